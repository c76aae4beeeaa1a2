/* SPDX-License-Identifier: BSD-2-Clause */
/* history.h - what a signer's life leaves: each version that it published, and what happened.
 *
 *	versions.csv		a row for each version
 *	versions/1.zone		the first, as a master file
 *	versions/2.diff		what has changed since: "- record" and "+ record", a line each; and so on
 *	ds.csv			a row for each DS that the parent's servers have from then on; without one: none
 *	events.csv		what the registry did, and transfers that failed
 *	bogus.csv, margins.csv	what that was to caches (judged.h)
 */
#pragma once

#include "harness/signing/judged.h"
#include "harness/signing/registry.h"
#include "harness/signing/secondary.h"

struct history;

/* In `folder`, which is there. */
int history_new(const char *folder, const char *zone, struct history **ret, struct err *e);
void history_free(struct history *h);
DEFINE_FREEP(struct history, history)

/* What the parent's servers have from then on. */
int history_ds(struct history *h, simtime at, const ldns_rr_list *ds, struct err *e);

/* `ds` is what the parent's servers have at that instant. */
int history_version(struct history *h, const struct secondary_version *v, const char *ds,
		    struct err *e);
int history_event(struct history *h, simtime at, const char *kind, const char *what, struct err *e);

/* What is in it so far. */
struct history_counts {
	unsigned versions, by_ixfr, failures;
	unsigned keys,
		zone_keys; /* that were ever in the DNSKEY RRset: with the SEP flag, and without */
	unsigned ds; /* changes of it at the parent */
	unsigned expired; /* versions that were still there when a signature of theirs ended */
};

struct history_counts history_counts(const struct history *h);

/* Notes whether the last version has a signature that has ended by now. */
int history_look(struct history *h, simtime now, struct err *e);
simtime history_due(const struct history *h);

/* Judges what was published, and writes all files to the disk. -EIO, -ENOSPC. */
int history_finish(struct history *h, simtime now, struct judged_result *ret, struct err *e);
