/* SPDX-License-Identifier: BSD-2-Clause */
/* gate.h - versions of one zone, one after the other: what is published, what caches may rightly have of it and of
 * the parent's DS, and whether the next one may go out.
 *
 * A version that is taken is what is published from its instant on; one that is held back leaves everything as it
 * was. Its signatures are verified where its RRsets are others than before, and no others. */
#pragma once

#include "harness/gate/gate_store.h"
#include "zones/cached/cached_judge.h"

struct gate {
	struct gate_store *store;
	struct cached *cached;
	const char *folder; /* lent; NULL: in memory */
	char *zone; /* with a dot at its end, in small letters */
	simtime last; /* of the version before; SIMTIME_NEVER: there is none */
};

/* -EINVAL: the state is of another zone, or none of ours; -ENOMEM, -EIO. */
int gate_open(const char *folder, const char *zone, struct gate **ret, struct err *e);
void gate_free(struct gate *g);
DEFINE_FREEP(struct gate, gate)

/* What the parent has from `at` on; an empty list: no DS. It stays so, whatever becomes of a version. */
int gate_take_ds(struct gate *g, simtime at, const ldns_rr_list *ds, struct err *e);

/* What came of a version. */
struct gate_version {
	unsigned came, gone, rrsets; /* records; RRsets that were judged */
	uint32_t serial;
	unsigned broken_before; /* RRsets that nobody can validate, as it was and as it would be */
	unsigned broken;
	char first_broken[CACHED_NAME]; /* the one whose signature ended first */
	uint16_t first_type;
	int first_tag;
	simtime first_ended;
};

/* The next version, published at `at`: a file, as gate_file.h has it. gate_keep() follows, or gate_hold() and the end
 * of the gate. -EINVAL: `at` is before the version before, or the file is wrong. */
int gate_take(struct gate *g, simtime at, const char *path, struct gate_version *ret,
	      struct err *e);
int gate_keep(struct gate *g, simtime at, const char *path, struct err *e);
void gate_hold(struct gate *g);

/* Notes that signatures which are published now have ended, for cached_judge(). */
int gate_look(struct gate *g, simtime now, struct err *e);
