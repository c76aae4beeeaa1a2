/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_store.h - the records of the version that is published, by RRset, and what was found of each RRset: an SQLite
 * database, in a state folder or in memory. A version is a transaction: what is held back leaves no trace. */
#pragma once

#include <stdbool.h>

#include <ldns/ldns.h>

#include "sim/base/cleanup.h"
#include "zones/cached/cached.h"

struct gate_store;

/* What is known of an RRset that is published. */
struct gate_rrset {
	int entry; /* number of its entry; -1: the DNSKEY RRset */
	uint32_t ttl;
	simtime ends;
	unsigned unknown;
	int tag;
};

/* `folder` is made where it is not there; NULL: in memory. -EINVAL: what is there is none of ours; -EIO, -ENOMEM. */
int gate_store_open(const char *folder, struct gate_store **ret, struct err *e);
void gate_store_free(struct gate_store *s);
DEFINE_FREEP(struct gate_store, gate_store)

int gate_store_begin(struct gate_store *s, struct err *e);
int gate_store_commit(struct gate_store *s, struct err *e);
void gate_store_back(struct gate_store *s); /* to where it began; not begun: nothing */

/* A text by name: "zone", "serial". `ret` is the caller's; NULL: there is none. */
int gate_store_note(struct gate_store *s, const char *name, const char *value, struct err *e);
int gate_store_read_note(struct gate_store *s, const char *name, char **ret, struct err *e);

/* The history, saved and read back: keys, DS and entries by their numbers. */
int gate_store_save(struct gate_store *s, const struct cached *c, struct err *e);
int gate_store_load(struct gate_store *s, struct cached *c, struct err *e);

/* ---- records ---- */

/* A record comes (1) or goes (-1): noted until gate_store_apply(). One that does both has not changed. */
int gate_store_change(struct gate_store *s, const ldns_rr *rr, int way, struct err *e);

/* A record of a version that is told wholly; behind the last, gate_store_whole(): what is not told goes. */
int gate_store_tell(struct gate_store *s, const ldns_rr *rr, struct err *e);
int gate_store_whole(struct gate_store *s, struct err *e);

/* What was noted is forgotten. */
int gate_store_forget(struct gate_store *s, struct err *e);

/* Makes the changes. -ENOENT: a record goes that is not there. Gives how many records came and went. */
int gate_store_apply(struct gate_store *s, unsigned *came, unsigned *gone, struct err *e);

/* Whether a change touched an RRset (1, 0), which it then no longer does; and any one that it did. `owner` has room
 * for CACHED_NAME; ret_same: its records are what they were. */
int gate_store_take(struct gate_store *s, const char *owner, uint16_t type, struct err *e);
int gate_store_next(struct gate_store *s, char *owner, uint16_t *type, bool *ret_same,
		    struct err *e);

/* All whose signatures are in part unknown want a look. */
int gate_store_touch_unknown(struct gate_store *s, struct err *e);

/* The records of an RRset and its signatures: made for the caller. */
int gate_store_rrset(struct gate_store *s, const char *owner, uint16_t type, ldns_rr_list **rrset,
		     ldns_rr_list **sigs, struct err *e);

/* Whether a name has an NS RRset. */
bool gate_store_has_ns(struct gate_store *s, const char *owner);

/* ---- what was found ---- */

/* 1: there is something; 0. */
int gate_store_found(struct gate_store *s, const char *owner, uint16_t type, struct gate_rrset *ret,
		     struct err *e);
int gate_store_put(struct gate_store *s, const char *owner, uint16_t type,
		   const struct gate_rrset *found, struct err *e); /* NULL: nothing any more */

/* How many RRsets have a signature that has ended by then, and the one that ended first: room as above. */
int gate_store_ended(struct gate_store *s, simtime by, unsigned *count, char *owner, uint16_t *type,
		     struct gate_rrset *ret, struct err *e);

/* The number of records, and of RRsets with something found. */
int gate_store_counts(struct gate_store *s, unsigned *records, unsigned *rrsets, struct err *e);
