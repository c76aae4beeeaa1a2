/* SPDX-License-Identifier: BSD-2-Clause */
/* monitor.h - commands that look every so often whether all is well, in the world and on its clock.
 *
 * Each is run at every multiple of its interval after the scenario's start, one at a time, in the order in which the
 * scenario has them: in the sandbox and the network of the resolver under test, with the world's date, which stands while
 * it runs. Time stands, too, but for what its answers take (beside.h). One that outlasts its interval is next run at the
 * multiple after. What each run said is a row of monitors.csv (harness/results/monitor_rows.h); one that hangs, cannot be
 * started or is killed costs itself alone, and after three times that it hung it is run no more.
 *
 * In its environment: SIGFAULT_RESOLVER, an address, SIGFAULT_MONITOR, its name, and of the trust anchor
 * SIGFAULT_HINTS, SIGFAULT_ANCHOR and SIGFAULT_BIND_ANCHOR, as in a shell (shell.h). */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "sim/base/err.h"
#include "sim/base/simtime.h"

struct cell;

/* What came of one. */
struct cell_monitor {
	char name[64];
	simtime every;
	unsigned runs, alarms, false_alarms;
	unsigned failed; /* runs that said nothing */
	char why[200]; /* the last of them */
	bool is_given_up; /* it hung too often */
	simtime given_up;
};

/* Time passes until `to`, as in cell_pass(), with the monitors of the cell's mitigation. */
int monitors_pass(struct cell *c, simtime to, struct err *e);

/* For run.json; NULL where there are none. */
json_t *monitors_json(const struct cell_monitor *list, unsigned count);
