/* SPDX-License-Identifier: BSD-2-Clause */
/* entries.h - the explicit names of a zone, behind zone->state->content: inside zones/ only.
 *
 * Hosts, delegations to zones of the plan, delegations to hosters (their own domains, and what
 * traces added), names that traces added, and the empty non-terminals above all of them. What a
 * population or a leaf has by rule is not here. */
#pragma once

#include "zones/content.h"
#include "zones/hosting.h"
#include "zones/told.h"

struct entry {
	/* NODE_EMPTY, NODE_DATA or NODE_CUT; NODE_ABSENT: a name that would be there by rule is not */
	enum node_kind kind;
	bool added; /* NODE_DATA with the records of a leaf's name; else a host */
	struct zone *child; /* NODE_CUT: a zone of the plan, or NULL: a hosted leaf … */
	const struct hoster *hoster; /* … that is this hoster's own domain, or NULL: of a trace */
	struct told *told; /* these are its records; or NULL. At a NODE_CUT with these: */
	struct server *servers;
	unsigned server_count;
	struct told_zone *told_zone; /* NODE_CUT to a hosted leaf: what is known of it; or NULL */
	uint8_t name[];
};

struct content {
	struct table names;
	struct told *apex; /* records at the apex beside those that every one has; NULL: by rule */
	struct entry **list;
	unsigned count, cap;
	unsigned *chain; /* those of `list` with a record in the denial chain; NULL: not made yet */
	unsigned chain_count;
	/* Numbers of delegations of an image that are something else here, in ascending order, and
	 * which of the signed ones they are: census.c. NULL: not looked for yet. */
	uint64_t *taken, *taken_signed;
	unsigned taken_count, taken_signed_count;
};

/* Each adds the name with its empty non-terminals. -EINVAL: there is something else, or a
 * delegation above. -ENOMEM. */
int entries_add_host(struct zone *z, const uint8_t *name, struct err *e);
int entries_add_child(struct zone *z, struct zone *child, struct err *e);
int entries_add_hosted(struct zone *z, const uint8_t *name, const struct hoster *h, struct err *e);

/* A name that a trace asks for, in a zone with records of its own at it, or in the leaf of a
 * delegation. */
int entries_add_name(struct zone *z, const uint8_t *name, struct err *e);
int entries_add_leaf_name(struct tree *t, const uint8_t *apex, const uint8_t *name, struct err *e);

/* A name with the records that are told, which it takes; at the apex of the zone too. -EINVAL as above,
 * and for the name of a server. */
int entries_tell_name(struct zone *z, const uint8_t *name, struct told *told, struct err *e);

/* A name of a zone that is taken as it is signed, with its records and the servers that it is delegated to, if
 * it `is_cut`: both are taken. What else the plan has there keeps its place. */
int entries_put(struct zone *z, const uint8_t *name, bool is_cut, struct told *told,
		struct server *servers, unsigned count, struct err *e);

/* A name that a trace asks for, with the records that its answers tell, which it takes; at the apex of
 * the zone or leaf too. What is something else already stays that. */
int entries_learn_name(struct zone *z, const uint8_t *name, struct told *told, struct err *e);
int entries_learn_leaf_name(struct tree *t, const uint8_t *apex, const uint8_t *name,
			    struct told *told, struct err *e);

/* A name that is not there, whatever a leaf has by rule. -EEXIST: something has put it there. */
int entries_deny(struct zone *z, const uint8_t *name, struct err *e);
int entries_deny_leaf_name(struct tree *t, const uint8_t *apex, const uint8_t *name, struct err *e);

/* The entry of the name; NULL when there is none. */
struct entry *entries_find(const struct content *c, const uint8_t *name);

void entries_free(struct content *c);
