/* SPDX-License-Identifier: BSD-2-Clause */
/* primary.h - a hidden primary: it has the zone that is not signed, tells the signer of each new version of it (NOTIFY, RFC 1996),
 * and gives it by AXFR (RFC 5936) or as what has changed since the version before (IXFR, RFC 1995).
 *
 * With a key all of that is signed (RFC 8945), and who has not signed his question with it gets nothing. */
#pragma once

#include "harness/signing/zone_copy.h"
#include "sim/wire/wire.h"
#include "zones/tsig_key.h"

struct primary;

struct primary_plan {
	const char *zone; /* with a dot at its end; lent */
	struct endpoint self, signer;
	const struct tsig_key *key; /* NULL: nothing is signed. Lent */
	int (*gave)(simtime at, const char *what, void *arg, struct err *e); /* of each transfer */
	void *arg;
};

/* The wire is lent until primary_free(). */
int primary_new(const struct primary_plan *p, struct wire *w, struct primary **ret, struct err *e);
void primary_free(struct primary *m);
DEFINE_FREEP(struct primary, primary)

/* The zone from here on, its own then. Of the first nobody is told. */
void primary_have(struct primary *m, struct zone_copy *zone, simtime now);

/* A record, as a line of a master file, comes into the next version. -EINVAL: it is none of this zone. */
int primary_add(struct primary *m, const char *record, simtime now, struct err *e);

/* When it tells the signer next; does it. */
simtime primary_due(const struct primary *m);
int primary_run(struct primary *m, simtime now, struct err *e);

/* A packet that came to it. */
int primary_take(struct primary *m, const struct packet *p, simtime now, struct err *e);
