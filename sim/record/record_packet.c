/* SPDX-License-Identifier: BSD-2-Clause */
/* record_packet.c - packets as they go from host to host: in links.csv, and in captures. */
#include "sim/record/record_inside.h"

void record_host(struct record *r, const struct address *a, const char *name)
{
	int host = record_links_host(&r->links, name);

	if (host < 0 || record_links_address(&r->links, a, host) < 0)
		record_keep_no_memory(r);
}

bool record_has_host(const struct record *r, const struct address *a)
{
	return record_links_knows(&r->links, a);
}

/* The bin of a packet; NULL: it is none of the scenario's time. */
static struct record_bin *bin_of_packet(struct record *r, simtime at)
{
	bool within = at >= r->options.from && at < r->options.to;

	return within && !r->error ? record_bin_at(r, at) : NULL;
}

static void book_packet(struct record *r, const struct packet *p, simtime at, bool is_dropped)
{
	struct record_bin *b = bin_of_packet(r, at);
	struct record_link_counts *c = b ? record_links_at(&r->links, &b->links, p) : NULL;

	if (b && !c)
		record_keep_no_memory(r);
	if (c && is_dropped)
		c->dropped++;
	else if (c)
		record_links_count(c, p);
}

void record_drop(struct record *r, const struct packet *p, simtime at)
{
	book_packet(r, p, at, true);
}

void record_packet(struct record *r, const struct packet *p, simtime at)
{
	book_packet(r, p, at, false);
	/* Nobody could read on the wire what goes in TLS. */
	if (r->options.pcap && !r->error && at >= r->options.from && p->transport < TRANSPORT_DOT)
		record_pcap_put(p->side == SIDE_AUTHORITY ? r->upstream_pcap : r->clients_pcap, p,
				at);
}
