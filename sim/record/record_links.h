/* SPDX-License-Identifier: BSD-2-Clause */
/* record_links.h - what goes from host to host, as a counter rule would show it: a row of links.csv for
 * each direction of each link in a bin in which something went.
 *
 *	t,utc,from,to,packets,bytes,dropped,tcp,connections
 *	5400,2026-05-05T14:15:00Z,resolver,a.nic.de,212,14840,0,9,8
 *	5400,2026-05-05T14:15:00Z,a.nic.de,resolver,212,61004,0,9,0
 *
 * A host has a name, and addresses that belong to it. Packets are what was sent, bytes those of IP and
 * what is in it; dropped are those of them that came to nothing: that no server answered, or for which
 * a receiver had no room. A message by TCP counts as one segment; `tcp` are those of the packets, and
 * `connections` those of them that were the first question on theirs. */
#pragma once

#include "sim/record/record_file.h"
#include "sim/wire/packet.h"

#define RECORD_LINKS_HEADER "t,utc,from,to,packets,bytes,dropped,tcp,connections"
#define RECORD_HOSTS_MAX 4096 /* further ones share the last */

struct record_stamp;

struct record_link_counts {
	uint64_t packets, bytes, dropped, tcp, connections;
};

/* In one bin, by number of the link. */
struct record_link_bin {
	struct record_link_counts *counts;
	unsigned cap;
};

struct record_host_address;
struct record_link;

/* The hosts and links of a whole run, numbered as they came up. A zeroed one is empty. */
struct record_links {
	char **hosts;
	unsigned host_count;
	struct record_host_address *addresses; /* uthash, by address */
	struct record_link *links; /* uthash, by the two hosts */
	struct record_link **list; /* by number */
	unsigned link_count;
};

/* The host of this name, which is made when there is none. -ENOMEM. */
int record_links_host(struct record_links *l, const char *name);

/* The address is that host's, by its number. -ENOMEM. */
int record_links_address(struct record_links *l, const struct address *a, int host);

/* Whether the address is any host's. */
bool record_links_knows(const struct record_links *l, const struct address *a);

/* Whose it is, lent; "": nobody's. */
const char *record_links_name(const struct record_links *l, const struct address *a);

/* The counts of a packet's link in a bin, lent until the next call; and booking it there. Of addresses
 * that are no host's those on the clients' side are "clients", and others "elsewhere". NULL: no memory. */
struct record_link_counts *record_links_at(struct record_links *l, struct record_link_bin *b,
					   const struct packet *p);
void record_links_count(struct record_link_counts *c, const struct packet *p);

void record_links_write(const struct record_links *l, const struct record_link_bin *b,
			const struct record_stamp *at, struct record_file *f);
void record_links_clear(struct record_link_bin *b);
void record_links_done(struct record_links *l);
