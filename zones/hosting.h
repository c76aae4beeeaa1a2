/* SPDX-License-Identifier: BSD-2-Clause */
/* hosting.h - who serves what from which address: inside zones/ only.
 *
 * A host is a name with real addresses: a server of the plan or of a hoster. A hoster serves
 * delegations of one zone's population; it has a domain of its own, h017.de. when that lies below
 * the zone itself, h017-de.net. when below net., with two servers ns1 and ns2. The hoster's number
 * in the tree gives their addresses:
 *
 *	198.18.32.0 + 2k + i	server i of the k-th TLD that a trace added
 *	198.18.64.0 + 2n + i	server i of hoster n
 *	fd00:5f::198.18.x.y	the same for IPv6 */
#pragma once

#include "zones/table.h"
#include "zones/tree.h"

struct host {
	struct address *addresses;
	unsigned address_count;
	uint8_t name[];
};

struct hoster {
	unsigned number;
	const struct zone *customer; /* whose population it serves */
	const struct zone *home; /* where its own domain is delegated */
	bool is_signed; /* its domain */
	uint8_t domain[NAME_MAX_LEN];
	struct server servers[2];
};

/* What the tree remembers; made by tree_prepare(). */
struct tree_state {
	struct table zones; /* struct zone by apex */
	struct table hosts; /* struct host by name */
	struct table addresses; /* struct server by the bytes of each of its addresses */
	struct table added; /* struct content of leafs that traces added names to, by apex */
	struct hoster **hosters; /* by number */
	unsigned hoster_count;
	unsigned added_tlds;
	struct leaf *leafs; /* leaf.c */
	bool prepared;
};

/* Remembers the addresses of a server under its name. -ENOMEM. */
int hosting_add_host(struct tree *t, const struct server *s, struct err *e);

/* The host of this name, NULL when there is none. */
const struct host *hosting_host(const struct tree *t, const uint8_t *name);

/* Makes the hosters of z->population and delegates their domains. -EINVAL, -ENOMEM, -ENOSPC: no
 * addresses left. */
int hosting_add_hosters(struct zone *z, struct err *e);

/* The hoster with this address and which of its servers that is, NULL for any other address. */
const struct hoster *hosting_at(const struct tree *t, const struct address *a, unsigned *server);

/* Whether the address is one that hosters and added TLDs draw from. */
bool hosting_owns(const struct address *a);

/* The servers of the k-th added TLD, which lie below "nic". */
void hosting_tld_servers(unsigned k, const uint8_t *apex, bool v6, struct server ret[2]);
#define HOSTING_TLD_MAX 4096

void hosting_done(struct tree *t);
