/* SPDX-License-Identifier: BSD-2-Clause */
/* cell_state.h - what the modules that make up a cell share: cell*.c and command.c,
 * nobody else. */
#pragma once

#include "harness/clients/asker.h"
#include "harness/cell/cell.h"
#include "harness/cell/command.h"
#include "harness/cell/monitor.h"
#include "harness/clients/stub.h"
#include "harness/cell/progress.h"
#include "harness/judge/lookout.h"
#include "sim/wire/certificate.h"
#include "sim/wire/hops.h"
#include "sim/world/link.h"
#include "zones/anchor.h"

/* A resolver of the cell. */
struct host {
	unsigned number; /* in the world */
	int role; /* the scenario's; -1: it has one resolver */
	char name[48]; /* "cluster-2"; "" for the only one */
	struct driver *driver;
	const char *mitigation;
	struct subject subject;
	struct subject_forward forwards[FORWARDS_MAX];
	const char *to[FORWARDS_MAX][HOSTS_MAX + 1]; /* of each: the addresses asked */
	char address4[LINK_ADDRESS_LEN], address6[LINK_ADDRESS_LEN];
	struct endpoint at, at6;
	char folder[4096]; /* where its log and its configuration are kept */
	char work[4096];
	char started[2048]; /* by this command, as a shell would take it; "": not yet */
	bool ready;
	unsigned failing; /* answers to ". SOA" that were no good ones, and the last's RCODE */
	unsigned failing_rcode;
	pid_t pid;
	int area; /* of the clock; -1: it has none */
	unsigned restarts;
	simtime restarted; /* when its process began anew and has not answered yet; SIMTIME_NEVER */
	simtime next_probe; /* until then */
	double spent; /* CPU seconds of the processes before */
	bool is_away; /* on the second core */
	simtime computed, load; /* until the cores were looked at last, and since the time before */
	int log;
	uint64_t log_cut; /* bytes that went beyond its limit */
};

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
	struct asker asker;
	struct progress progress;
	struct command command; /* what an operator does to it */
	simtime held_until; /* by a command that is slow: time passes until then */
	simtime took_at; /* the instant of the packet that was taken last */
	unsigned took; /* packets at that instant */
	struct host *hosts; /* in the order of the roles */
	unsigned host_count;
	struct host *host; /* the first that is under test */
	struct host *
		by_area[HOSTS_MAX]; /* of the clock, which they join in the order of their starts */
	struct cell_host_end *ends; /* of those that have ended */
	unsigned end_count;
	struct cell_monitor *monitors; /* that were run; NULL: none */
	unsigned monitor_count;
	struct hops *hops; /* what they send to each other; NULL: there is one */
	struct anchor anchor;
	struct certificate certificate; /* of its resolvers, where clients ask in TLS */
	struct {
		bool are_spread; /* over two */
		struct wire_beside seen; /* when that was looked at last */
		simtime computed; /* by us, until then */
	} cores;
	struct endpoint self; /* from which the cell itself asks; no client has this address */
	unsigned steps;
	unsigned next_event, next_awaited;
	simtime next_metrics, next_counters, next_requests;
	simtime marks[FAULTS_MAX]; /* when faults begin */
	const char *traffics[TRAFFICS_MAX], *resolvers[HOSTS_MAX]; /* their names */
	double resolver_cpu;
	struct losses_counts lost; /* until the last cell_disconnect() */
	struct wire_unread unread; /* likewise */
	uint64_t out_of_turn; /* likewise, clock_out_of_turn() */
	simtime latest; /* the most that we came late to what was due, in real time */
};

/* The cell's place: folders, log, namespaces. */
int cell_place(struct cell *c, struct err *e);

/* A resolver's log, and what of it is kept. `cell` is a cell, for clock_on_wait(). */
int cell_open_log(struct host *h, struct err *e);
void cell_cut_logs(void *cell);
void cell_watch_logs(struct cell *c); /* now and then does the same */
void cell_close_logs(struct cell *c);

/* clock_audit(), and whether anything in the world lives past the clock. -EBADRQC: something does. */
int cell_audit(struct cell *c, struct err *e);

/* Adds to the sentence of a resolver that is not heard which others are in its world. */
void cell_blame_children(const struct cell *c, struct err *e);

/* Adds to the sentence of an end that the disk is full, when it is: for ends that do not say so. */
void cell_blame_disk(const struct cell *c, struct err *e);

/* Whether a program of a resolver can be on the cell's clock. -ELIBACC: the library cannot be loaded
 * into it. */
int cell_check_program(const struct cell *c, const struct host *h, const char *program,
		       struct err *e);

/* cell_hosts.c: what there is to know of the resolvers before anything is made of them, and their folders
 * below the cell's. cell_forget_hosts() once all is over. */
int cell_plan_hosts(struct cell *c, struct err *e);
int cell_make_folders(struct cell *c, struct err *e);
void cell_forget_hosts(struct cell *c);

/* The first of those that clients ask who have no list. */
struct host *cell_first_asked(const struct cell *c);

/* The one that has this address; NULL: none. */
struct host *cell_host_at(const struct cell *c, const struct address *a);

/* Looks which of them have ended, and takes that down. -ENOMEM. Whether any has: -ECHILD, in words. */
int cell_note_ends(struct cell *c, struct err *e);
int cell_check_ends(const struct cell *c, struct err *e);

/* What they send to each other, once there is a wire. */
int cell_open_hops(struct cell *c, struct err *e);

/* cell_transports.c: what resolvers are to offer, and what clients take for theirs, once there is a wire; and
 * what a resolver shows, into its folder. */
void cell_count_transports(const struct cell *c, struct cell_transports *ret);
int cell_plan_transports(struct cell *c, struct err *e);
int cell_write_certificate(struct cell *c, const struct host *h, struct err *e);

/* So long nothing that one resolver sends is seen by another one, or answered; 0: it may be at once. */
simtime cell_lookahead(const struct cell *c);

/* What its area of the clock says of answers that can wait. */
uint32_t cell_calm_rcodes(const struct cell *c, const struct host *h);

/* cell_cores.c: the core that a resolver gets; its process goes there; and from time to time it is looked
 * whether a second core is of use. */
int cell_core_of(const struct cell *c, const struct host *h);
void cell_use_core(const struct cell *c, const struct host *h);
void cell_watch_cores(struct cell *c);

/* What lives on one clock, which begins so long before `at` that a resolver can be started: clock,
 * trust anchor, wire and authority. */
int cell_connect(struct cell *c, simtime at, struct err *e);
void cell_disconnect(struct cell *c);

/* What the testbed lost so far. */
struct losses_counts cell_lost(const struct cell *c);

/* What the resolver left unread so far. */
struct wire_unread cell_unread(const struct cell *c);

/* What chance decided so far. */
struct cell_chances cell_chances(const struct cell *c);

/* Starts the resolvers, those first that others forward to, waits until each answers, and lets time
 * pass until `from`. -ETIMEDOUT: one did not. */
int cell_start(struct cell *c, simtime from, struct err *e);

/* One step of that: configured, and on the clock as it is started; until nothing happens any more. */
int cell_start_process(struct cell *c, struct host *h, struct err *e);

/* Ends its process and what that has started; the CPU seconds that it took. */
double cell_end_process(struct host *h);

/* Asks it for ". SOA". */
int cell_probe(struct cell *c, const struct host *h, struct err *e);

/* cell_restart.c: an operator ends its process and starts another one, at one instant. It is asked
 * until it answers. */
int cell_restart(struct cell *c, struct host *h, struct err *e);
int cell_ask_restarted(struct cell *c, simtime now, struct err *e);
simtime cell_next_probe(const struct cell *c);
void cell_note_answer(struct cell *c, struct host *h, unsigned rcode);

/* -ETIMEDOUT: one that was restarted has not answered. */
bool cell_awaits_restarted(const struct cell *c);
int cell_check_restarts(const struct cell *c, struct err *e);

/* Ends them; the CPU seconds that they took. */
double cell_stop(struct cell *c);

/* What a cell is there for: the scenario's clients ask, or its cases are tried; `ret` gets their
 * sums. */
int cell_clients(struct cell *c, struct cell_result *ret, struct err *e);
int cell_cases(struct cell *c, struct cell_result *ret, struct err *e);

/* From here on the clients ask. */
void cell_clients_begin(struct cell *c);

/* What happens now, in this order: packets that have come are handed on, authorities answer, a
 * command is looked at, and the asker does what is due. Then the wait for what is next, which is
 * never after `until`. A command that holds the virtual clock is all that happens until it is over;
 * then the asker goes on where it was. 1: `until` has come, and no command runs. */
int cell_step(struct cell *c, simtime until, struct err *e);

/* When the next of it is, or a resolver that rests goes on: in between nothing happens. */
simtime cell_next(const struct cell *c);

/* Everything happens until `until`. */
int cell_pass(struct cell *c, simtime until, struct err *e);

/* What is due of the timeline and of those who watch: it is recorded and shown, and operators act.
 * When the next of it is. */
int cell_happen(struct cell *c, simtime now, struct err *e);
simtime cell_next_event(const struct cell *c);

/* Until when nobody can be routed elsewhere. */
simtime cell_next_move(const struct cell *c);

/* Records a number of a resolver's; where there are several its name stands before it. */
void cell_metric(struct cell *c, const struct host *h, simtime now, const char *name, double value);

/* Records the processes' CPU time and memory. */
void cell_sample(struct cell *c, simtime now);

/* Records the events that waited for a failure in vain; at the end. */
void cell_miss(struct cell *c);
