/* SPDX-License-Identifier: BSD-2-Clause */
/* secondary.h - one who has a copy of a signer's zone, and keeps it up to date: NOTIFY (RFC 1996) or the SOA's
 * refresh, then SOA, then IXFR (RFC 1995) or AXFR (RFC 5936) by TCP.
 *
 * It asks from an address of the clients', as the wire has it; what it is told comes to an address of
 * the internet's, and the one loop hands both to it. Times are those of the world's clock. */
#pragma once

#include "harness/signing/zone_copy.h"
#include "sim/wire/wire.h"
#include "zones/tsig_key.h"

struct secondary;

/* How a version came. */
struct secondary_version {
	simtime at;
	uint32_t serial;
	const char *how; /* "AXFR", "IXFR", "file" */
	const struct zone_copy *zone, *before; /* lent; before: NULL, it is the first */
};

struct secondary_plan {
	const char *zone; /* with a dot at its end; lent */
	struct endpoint signer, self; /* whom it asks, and from where */
	simtime round_trip;
	const struct tsig_key
		*key; /* signs what it asks, and is to sign what it is told; NULL: none. Lent */
	bool is_given; /* it asks nobody: what it has is given to it */
	/* Called for each version as it is there, and with what went wrong: a negative number is returned
	 * by who called the secondary. */
	int (*version)(const struct secondary_version *v, void *arg, struct err *e);
	int (*failed)(simtime at, const char *what, void *arg, struct err *e);
	void *arg;
};

/* The wire is lent until secondary_free(). */
int secondary_new(const struct secondary_plan *p, struct wire *w, struct secondary **ret,
		  struct err *e);
void secondary_free(struct secondary *s);
DEFINE_FREEP(struct secondary, secondary)

/* Somebody has told it that there is a new version. */
void secondary_notified(struct secondary *s, simtime now);

/* Gives it the zone, its own from here on, as its signer has left it in a file. Nothing new is no version, and is not fetched
 * either where its serial has not grown (RFC 1982), which is told as a failure. */
int secondary_give(struct secondary *s, struct zone_copy *zone, simtime now, struct err *e);

/* When it does something by itself next; does it. */
simtime secondary_due(const struct secondary *s);
int secondary_run(struct secondary *s, simtime now, struct err *e);

/* A packet that came to it. */
int secondary_take(struct secondary *s, const struct packet *p, simtime now, struct err *e);

/* What it has; NULL: nothing yet. */
const struct zone_copy *secondary_zone(const struct secondary *s);

/* What it had against the last answer; "": nothing. */
const char *secondary_objection(const struct secondary *s);

/* Whether nobody has ever answered it. */
bool secondary_is_unheard(const struct secondary *s);
