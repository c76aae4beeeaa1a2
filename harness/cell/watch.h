/* SPDX-License-Identifier: BSD-2-Clause */
/* watch.h - what a person sees while a cell runs, and what the machine says of the resolver's
 * process.
 *
 * On a terminal one line that is written over: virtual time, speed, queries, SERVFAIL share now.
 * Otherwise a line an event and one for each twelfth of the scenario. All on stderr. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "sim/record/record.h"

struct watch {
	char who[96]; /* "unbound-none" */
	bool quiet, terminal, is_open;
	simtime from, to, next_line;
	double began, shown; /* machine seconds */
};

void watch_init(struct watch *w, const char *resolver, const char *mitigation, bool quiet,
		bool terminal);
void watch_start(struct watch *w, simtime from, simtime to);
void watch_tick(struct watch *w, simtime now, struct record_totals totals);
void watch_event(struct watch *w, simtime at, const char *what);

/* In a cell of cases: the next one begins. */
void watch_case(struct watch *w, unsigned number, unsigned count, const char *name);

/* Ends a line that is being written over. */
void watch_stop(struct watch *w);

/* CPU time and memory of a process. */
struct watch_process {
	bool known;
	double cpu_seconds, rss_bytes;
};

struct watch_process watch_process(pid_t pid);
