/* SPDX-License-Identifier: BSD-2-Clause */
/* cell.h - one run of one resolver under one mitigation: the world is built, time passes, all is
 * recorded.
 *
 * cell_run() is called in a process of its own (it enters namespaces and is pinned to a core) and
 * is the only place that knows every stage: wire, authority, clients, resolver, timeline and record
 * meet in its loop. */
#pragma once

#include <stdbool.h>

#include "harness/clients/stub.h"
#include "harness/judge/judge.h"
#include "harness/subject/chain.h"
#include "harness/subject/resolver.h"
#include "sim/authority/authority.h"
#include "sim/wire/wire.h"
#include "zones/pool.h"

struct cell_plan {
	struct scenario *scenario;
	struct driver *driver;
	const struct chain *chain; /* where the scenario has several resolvers */
	const char *mitigation;
	const char *without; /* a setting that is taken out of the user's configuration; NULL */
	bool is_member; /* of a fleet: what is expected is expected of the sum */
	const char *folder; /* DIR/<resolver>-<mitigation>, absolute, not there yet */
	const char *library;
	enum clock_mode clock;
	double speed;
	double charge; /* virtual seconds for a second of the resolver's CPU time; 0: computing
			  takes none */
	int core; /* -1: anywhere */
	int second_core; /* for some of several resolvers, + 1; 0: there is none */
	bool pcap, log_queries;
	simtime requests; /* how often the request list is sampled; 0: as counters are */
	simtime patience; /* see run.h */
	struct shell_plan *shell; /* it stops for somebody who looks round (shell.h); NULL */
	int progress; /* where it tells of it (progress.h); -1: nobody looks */
	unsigned index; /* among those that are run */
};

#define DEATH_QUESTIONS 5

/* When and of what a resolver's process ended by itself, as far as can be seen from outside. */
struct cell_death {
	bool happened;
	simtime at;
	struct recent_question last[DEATH_QUESTIONS]; /* that clients had asked it */
	unsigned last_count;
};

/* One of several resolvers that ended while the others went on. */
struct cell_host_end {
	char name[48];
	simtime at;
	char how[64];
};

struct command_failures {
	unsigned count;
	char why[200]; /* the last */
};

/* What does not happen at the same instant in every run, though the clock stands still. */
struct cell_chances {
	uint64_t out_of_turn; /* threads that were let go before their turn (clock.h) */
	unsigned slow_commands; /* control commands that had to be given virtual time (command.h) */
};

/* What came of clients' connections that last, by transport, and why a handshake failed first. */
struct cell_transports {
	struct sessions_counts counts[TRANSPORTS];
	char failure[128];
};

struct cell_monitor;

struct cell_result {
	int code; /* 0, or the negative errno that ended it */
	char why[1024]; /* the sentence that goes with it; "" */
	char command[2048]; /* that started the resolver, as a shell would take it; "" */
	char sandbox_lacks[1024]; /* sentences, a line each (sandbox.h) */
	struct cell_death death;
	struct cell_host_end *host_ends; /* freed by cell_result_done() */
	unsigned host_end_count;
	struct cell_monitor *monitors; /* likewise (monitor.h) */
	unsigned monitor_count;
	uint64_t queries;
	double wall_seconds, resolver_cpu, harness_cpu;
	long harness_kilobytes; /* most memory */
	struct losses_counts lost; /* by the testbed itself */
	struct wire_unread unread; /* by the resolver */
	struct cell_chances chances;
	struct cell_transports transports;
	struct pool_counts signatures; /* all 0 where none are shared */
	simtime latest; /* a question was asked that long after it was due, in real time */
	struct sighting sightings[FAULTS_MAX];
	uint64_t log_cut; /* bytes of the resolver's log that were cut off */
	uint64_t transfers, transfers_refused; /* of zones, by their servers */
	uint64_t notifies; /* that these sent */
	struct stub_lost lost_on_way; /* between clients and resolvers, as the scenario wants */
	unsigned restarts; /* of resolvers' processes, by operators */
	struct command_failures counters; /* that were asked for in vain */
	bool never_dnssec_ok; /* the resolver asked no authority for signatures */
	struct verdict *verdicts;
	unsigned verdict_count;
};

void cell_result_done(struct cell_result *r);

/* Always fills *ret; what was recorded up to an error stays readable. */
void cell_run(const struct cell_plan *p, struct cell_result *ret);
