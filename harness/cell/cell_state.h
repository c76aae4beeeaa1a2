/* SPDX-License-Identifier: BSD-2-Clause */
/* cell_state.h - what the modules that make up a cell share: cell*.c and command.c,
 * nobody else. */
#pragma once

#include "harness/clients/asker.h"
#include "harness/cell/cell.h"
#include "harness/clients/stub.h"
#include "harness/cell/progress.h"
#include "harness/judge/lookout.h"
#include "zones/anchor.h"

struct cell {
	const struct cell_plan *plan;
	struct scenario *scenario;
	struct world world;
	struct clock *clock;
	struct wire *wire;
	struct record *record;
	struct authority *authority;
	struct replay *replay;
	struct stub *stub;
	struct lookout *lookout; /* NULL: nobody watches, and there are no probes */
	struct prober *prober;
	struct asker *asker; /* in a cell of cases, while one is asked; lent */
	struct progress progress;
	struct subject subject;
	const char *const *command; /* that starts it, lent by the driver; NULL: not known yet */
	struct anchor anchor;
	char work[4096];
	struct endpoint resolver;
	struct endpoint self; /* from which the cell itself asks; no client has this address */
	bool ready;
	pid_t pid;
	int log;
	unsigned next_event, next_awaited;
	simtime next_metrics, next_counters;
	double resolver_cpu;
};

/* The cell's place: folders, log, namespaces. */
int cell_place(struct cell *c, struct err *e);

/* What lives on one clock, which begins so long before `at` that a resolver can be started: clock,
 * trust anchor, wire and authority. */
int cell_connect(struct cell *c, simtime at, struct err *e);
void cell_disconnect(struct cell *c);

/* Starts the resolver, waits until it answers, and lets time pass until `from`. -ETIMEDOUT: it did
 * not. */
int cell_start(struct cell *c, simtime from, struct err *e);

/* Ends it; the CPU seconds that it took. */
double cell_stop(struct cell *c);

/* Asks the cases instead of letting clients ask; `ret` gets their sums. */
int cell_cases(struct cell *c, struct cell_result *ret, struct err *e);

/* Hands on every packet that has come. */
int cell_take(struct cell *c, struct err *e);

/* What happens now, and then the wait for what is next, which is never after `until`; with
 * `started` the clients ask and the timeline runs. 1: `until` has come. */
int cell_step(struct cell *c, simtime until, bool started, struct err *e);

/* Everything happens until `until`. */
int cell_pass(struct cell *c, simtime until, bool started, struct err *e);

/* An event happens, if it is one of this cell: it is recorded and shown, and operators act. */
int cell_event(struct cell *c, const struct event *ev, struct err *e);

/* Records the process's CPU time and memory. */
void cell_sample(struct cell *c, simtime now);

/* Records the events that waited for a failure in vain; at the end. */
void cell_miss(struct cell *c);
