/* SPDX-License-Identifier: BSD-2-Clause */
/* figures.h - the numbers of a cell, computed from its files.
 *
 * A share is that of the row `all`: SERVFAIL answers over all queries, retries included. It is
 * taken over a minute; where the time until something happens is looked for, over steps of ten
 * seconds; over a bin when bins are longer. These count from the event in question. A bin belongs
 * to the stretch in which it begins. The fault lasts from the first moment that one could be seen
 * to the last; the repair is that end. What is counted "from the fault on" reaches to the end of
 * the record and includes the bin in which the fault begins; without a fault it is the whole run.
 * A figure that was not measured is missing, never 0. Each one's definition stands in its row of
 * figure_infos[] (figure_info.h). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "harness/results/curve.h"
#include "harness/results/figure_info.h"

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

#define FIGURES_ZONES_MAX 16

/* Seconds since the scenario's start; `until` is INFINITY for a fault that does not end. */
struct figures_fault {
	bool is_known;
	double from, until;
	bool is_dnssec; /* what it breaks is DNSSEC */
	const char *zones[FIGURES_ZONES_MAX]; /* those with a fault, as upstream.csv writes them;
						 lent */
	unsigned zone_count;
};

/* Members are told by the rows of figure_infos[]; these have none: peak_at and the codes. */
struct figures {
	struct figure servfail_share, servfail, lost_questions, user_minutes, failed_names_share;
	struct figure peak, peak_at; /* peak_at: when that minute begins, s since start */
	struct figure to_10, to_50, over_1, after_repair, after_nta, lingering;
	struct figure before, at_1min, at_1h, at_2h;
	struct figure stale_share, stale, wrong, unvalidated, cd_servfail_share, right_ede;
	struct figure stale_unvalidated, ad_under_nta, nta_left, stale_without_ede, nta_without_ede;
	struct figure ttl_smallest, ttl_mean, ttl_over;
	struct figure upstream, upstream_ratio, zone_upstream, zone_upstream_ratio;
	struct figure first_report, reports, reports_peak; /* to zones' agents (RFC 9567) */
	struct figure first_alarm, false_alarms, alarm_over; /* of all monitors together */
	struct figure cpu_seconds, memory_peak, request_list_peak;
	struct figure wall_seconds; /* in no file of the cell: of run.json (recorded.h) */
	struct figure queries, retries, names, failed_names, clients, failed_clients;
	struct {
		int code; /* -1: SERVFAIL without a code */
		uint64_t count;
	} ede[FIGURES_EDE_MAX]; /* most frequent first, of the whole run */
	unsigned ede_count;
	bool operations_untold; /* an operator acted, and events.csv has no column `operation`:
				   it is of an older version, and after_nta is missing */
};

/* Files that are not there leave their figures missing; -EINVAL: one of them is not what it
 * should be. */
int figures_compute(const char *folder, const struct curve *curve,
		    const struct figures_fault *fault, struct figures *ret, struct err *e);

/* The same of the questions of one of several traffics. What resolvers and authorities did is nobody's of them, and
 * metrics.csv tells none apart: those figures are missing. Nor had older versions its extended errors. */
int figures_of_traffic(const char *folder, const struct curve *curve,
		       const struct figures_fault *fault, const char *traffic, struct figures *ret,
		       struct err *e);
