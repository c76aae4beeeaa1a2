/* SPDX-License-Identifier: BSD-2-Clause */
/* progress.h - what a cell tells of itself while it runs.
 *
 * A cell is a process of its own, and others run beside it: it prints nothing, but sends messages
 * to the run, which shows them (display.h). One whose state nobody has read yet is not waited for.
 */
#pragma once

#include "sim/record/record.h"

enum progress_kind {
	PROGRESS_STATE, /* how far it is, some times a second */
	PROGRESS_TWELFTH, /* the same, at each twelfth of the way */
	PROGRESS_EVENT, /* something happened: `text` */
	PROGRESS_OVER, /* how it has ended */
};

/* The resolver, as it was sampled last; NAN: it was not. */
struct progress_sample {
	double cpu_seconds, rss_bytes;
	double request_list; /* requests in work, by its own counter */
};

struct progress_message {
	enum progress_kind kind;
	unsigned cell; /* which of the run's */
	double share; /* of the way, 0 to 1 */
	double seconds; /* of the machine, since it began */
	simtime at; /* the scenario's time; SIMTIME_NEVER in a cell of cases */
	double speed; /* times faster than real time */
	struct record_totals totals; /* in a cell of cases nothing */
	struct progress_sample sample;
	double lost_seconds; /* of users: a minute of a client in which it failed is 60 */
	char text[192]; /* the event, or the case that is asked */
};

struct progress {
	int out; /* a SOCK_SEQPACKET socket; -1: nobody looks */
	unsigned cell;
	simtime from, to, next_line;
	double began, shown; /* machine seconds */
	struct progress_sample sample; /* goes out with the next message */
};

void progress_init(struct progress *p, int out, unsigned cell);
void progress_start(struct progress *p, simtime from, simtime to);
void progress_tick(struct progress *p, simtime now, const struct record_totals *totals);
/* The cell is over: its last totals are told, read or not. */
void progress_over(struct progress *p, simtime now, const struct record_totals *totals);

void progress_event(struct progress *p, simtime at, const char *what);

/* In a cell of cases: the next one begins. */
void progress_case(struct progress *p, unsigned number, unsigned count, const char *name);
