/* figures.h - the numbers of a cell's column in the report's table, computed from its files.
 *
 * A share is that of the row `all`: SERVFAIL answers over all queries, retries included. It is
 * taken over a minute; where the time until something happens is looked for, over steps of ten
 * seconds; over a bin when bins are longer. These count from the event in question. A bin belongs
 * to the stretch in which it begins. The fault lasts from the first moment that one could be seen
 * to the last; the repair is that end. A figure that was not measured is missing, never 0. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/curve.h"

#define FIGURES_EDE_MAX 3

enum figure_kind {
	FIGURE_MISSING, /* not measured */
	FIGURE_VALUE,
	FIGURE_NEVER, /* looked for during `value` seconds, did not happen */
	FIGURE_ALREADY, /* was so before the event */
};

struct figure {
	enum figure_kind kind;
	double value;
};

/* Seconds since the scenario's start; `until` is INFINITY for a fault that does not end. */
struct figures_fault {
	bool is_known;
	double from, until;
};

struct figures {
	struct figure queries, retries; /* in all */
	struct figure clients; /* distinct ones in the whole run … */
	struct figure failed_clients, failed_names; /* … and those with a failed query in it */
	struct figure before; /* SERVFAIL share in the hour before the fault */
	struct figure at_1min, at_1h,
		at_2h; /* … in the minute that begins so long after its start */
	struct figure to_10, to_50; /* end of the fault's first step with 10 %, 50 %: s */
	struct figure peak,
		peak_at; /* largest share of a minute, and when it begins: s since start */
	struct figure stale; /* share of the fault's queries answered with stale addresses */
	struct figure after_repair; /* from repair to the first step under 1 %: s */
	struct figure after_nta; /* the same from the first negative trust anchor */
	struct figure upstream; /* queries a second to authorities: fault over the hour before */
	struct {
		int code; /* -1: SERVFAIL without a code */
		uint64_t count;
	} ede[FIGURES_EDE_MAX]; /* most frequent first, of the whole run */
	unsigned ede_count;
};

enum figure_unit { FIGURE_COUNT, FIGURE_SHARE, FIGURE_SECONDS, FIGURE_RATIO, FIGURE_BYTES };

/* Which way is better: for sentences, colours and baselines. */
enum figure_sense { FIGURE_NEUTRAL, FIGURE_LESS, FIGURE_MORE };

/* What there is to know of a figure: one row for each, in the order in which reports tell them. */
struct figure_info {
	const char *name; /* "servfail_share": in compare.csv, allow { } and JSON */
	const char *label; /* "SERVFAIL share", for people */
	enum figure_unit unit;
	enum figure_sense sense;
	size_t offset; /* in struct figures */
};

extern const struct figure_info figure_infos[];
extern const unsigned figure_info_count;

const struct figure *figures_get(const struct figures *f, const struct figure_info *i);

/* NULL: there is no figure of this name. */
const struct figure_info *figures_find(const char *name);

/* Files that are not there leave their figures missing; -EINVAL: one of them is not what it
 * should be. */
int figures_compute(const char *folder, const struct curve *curve,
		    const struct figures_fault *fault, struct figures *ret, struct err *e);

/* The name of an extended DNS error (IANA registry of RFC 8914), NULL for an unassigned one. */
const char *figures_ede_name(int code);

/* Whether an operator's event puts a negative trust anchor in place: it has the word "nta". */
bool figures_is_nta(const char *what);
