/* SPDX-License-Identifier: BSD-2-Clause */
/* monitor_rows.h - what the monitors of a cell said: monitors.csv, written and added up.
 *
 * A row for each time that a monitor's command was run:
 *
 *	t,utc,monitor,status,alarm,false,seconds,line
 *	4620,2026-05-05T20:02:00Z,expiry,2,1,0,0.040,CRITICAL: de. DNSKEY is bogus
 *	4680,2026-05-05T20:03:00Z,expiry,hung,,,0.000,
 *
 * `status` is its exit status, "signal N", "hung" (it was ended) or "missing" (it could not be started); `alarm` is empty
 * where it said nothing by that. An alarm is `false` while no fault is on, unless it has stood since one was. `seconds`
 * are of the world's time; `line` is the last that it printed. */
#pragma once

#include "sim/record/record_file.h"
#include "sim/base/simtime.h"

#define MONITOR_FILE "monitors.csv"

enum monitor_says { MONITOR_NOTHING, MONITOR_FINE, MONITOR_ALARM };

struct monitor_row {
	const char *name;
	simtime start, at; /* of the scenario, and of the run */
	char status[24];
	enum monitor_says says;
	bool is_false;
	simtime took;
	const char *line;
};

/* Makes FOLDER/monitors.csv; adds a row to it, which is in the file at once. */
int monitor_rows_open(struct record_file *f, const char *folder, struct err *e);
int monitor_rows_put(struct record_file *f, const struct monitor_row *row, struct err *e);

/* What one of them said in all. */
struct monitor_sum {
	char name[64];
	unsigned runs, alarms, false_alarms, failed; /* failed: it said nothing */
	double first; /* s since the start, of the first alarm; NAN: none */
	double first_alarm; /* s from the fault's first moment to the first that is not false; NAN: none */
	double cleared; /* s from its last moment to the first run without alarm; NAN: none, or there was none */
};

struct monitor_sums {
	struct monitor_sum *list; /* in the order of their first rows */
	unsigned count;
};

/* Reads a cell's; none where it has no such file. `from` and `until` are the fault's, in seconds since the start;
 * INFINITY: there is none. -EINVAL: the file is not what it should be. */
int monitor_sums_load(const char *folder, double from, double until, struct monitor_sums *ret,
		      struct err *e);
void monitor_sums_done(struct monitor_sums *s);
