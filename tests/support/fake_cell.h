/* SPDX-License-Identifier: BSD-2-Clause */
/* fake_cell.h - fakes in place of a cell's clock, wire, authority, stubs, record, driver and place.
 *
 * Each writes a word into `trace`, so that a test reads what happened in which order. Only a command
 * is a real process; it ends when the test says so. Behind cmocka's headers, in one file. */
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/cell/cell_state.h"
#include "harness/cell/monitor.h"
#include "harness/cell/shell.h"
#include "harness/cell/usage.h"
#include "sim/world/rest.h"
#include "sim/world/spawn.h"
#include "tests/support/test.h"

static struct cell cell;
static struct scenario scenario;
static struct cell_plan plan = { .scenario = &scenario, .mitigation = "nta", .progress = -1 };
static struct err err;
static char trace[1 << 16];

static enum clock_mode mode;
static simtime now, late; /* late: by so much a wait takes longer than it was asked to */
static double machine;
static bool rests; /* all that the world has sleeps */
static simtime computed;
static int settled; /* what clock_settle() gives next */

static struct packet packets[8];
static unsigned packet_count;
static bool is_flood; /* there are always more of them */
static simtime authority_at, stub_at, first_failure;
static struct recent recent;
static int wait_ends; /* what wire_wait() gives */
static bool sampled; /* the resolver has counters */

static int running = -1; /* the pipe whose end ends the command */
static int ends_with; /* its exit status */

static void note(const char *fmt, ...)
{
	size_t len = strlen(trace);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(trace + len, sizeof(trace) - len, fmt, ap);
	va_end(ap);
}

/* What happened since the last time. */
static void happened(const char *expected)
{
	assert_string_equal(trace, expected);
	trace[0] = '\0';
}

/* ---- fakes ---- */

enum clock_mode clock_mode(const struct clock *c)
{
	(void)c;
	return mode;
}

simtime clock_now(const struct clock *c)
{
	(void)c;
	return now;
}

double clock_machine_seconds(void)
{
	return machine;
}

static bool interrupted;

bool clock_interrupted(void)
{
	return interrupted;
}

int clock_audit(struct clock *c, struct err *e)
{
	(void)c;
	(void)e;
	return 0;
}

int shell_run(struct cell *c, struct err *e)
{
	(void)c;
	(void)e;
	return -1;
}

int monitors_pass(struct cell *c, simtime to, struct err *e)
{
	return cell_pass(c, to, e);
}

bool world_rests(const struct world *w, simtime *cpu)
{
	(void)w;
	if (cpu)
		*cpu = computed;
	return rests;
}

bool clock_is_charged(const struct clock *c)
{
	(void)c;
	return false;
}

const char *const *clock_date_env(struct clock *c, int area)
{
	(void)c;
	(void)area;
	return NULL;
}

int clock_check(struct clock *c, struct err *e)
{
	(void)c;
	(void)e;
	return 0;
}

int clock_settle(struct clock *c, struct err *e)
{
	int r = settled;

	(void)c;
	(void)e;
	note("settle ");
	settled = 0;
	return r;
}

void clock_open(struct clock *c)
{
	(void)c;
	note("open ");
}

void clock_nudge(struct clock *c)
{
	(void)c;
	note("nudge ");
}

bool wire_take(struct wire *w, struct packet *ret)
{
	(void)w;
	if (is_flood) {
		*ret = (struct packet){ .side = SIDE_CLIENT, .to.port = 5300 };
		return true;
	}
	if (!packet_count)
		return false;
	*ret = packets[0];
	memmove(packets, packets + 1, --packet_count * sizeof(packets[0]));
	return true;
}

int wire_wait(struct wire *w, simtime until, struct err *e)
{
	(void)w;
	if (until > now)
		now = until + late;
	note("| %lld: ", (long long)(now / MSEC));
	return wait_ends < 0 ? err_set(e, wait_ends, "the resolver was ended by signal 11") : 0;
}

int wire_send(struct wire *w, const struct packet *p, struct err *e)
{
	(void)w;
	(void)p;
	(void)e;
	note("send ");
	return 0;
}

bool wire_is_exact(const struct wire *w)
{
	(void)w;
	return mode == CLOCK_VIRTUAL;
}

void wire_begin_anew(struct wire *w, const struct address *resolver)
{
	(void)w;
	(void)resolver;
}

void wire_look(struct wire *w)
{
	(void)w;
}

struct sessions *wire_sessions(const struct wire *w)
{
	(void)w;
	return NULL;
}

simtime wire_next(struct wire *w)
{
	(void)w;
	return SIMTIME_NEVER;
}

simtime wire_due(const struct wire *w)
{
	(void)w;
	return SIMTIME_NEVER;
}

struct wire_unread wire_unread(const struct wire *w)
{
	(void)w;
	return (struct wire_unread){ 0 };
}

int authority_query(struct authority *a, const struct packet *p, struct err *e)
{
	(void)a;
	(void)p;
	(void)e;
	note("query ");
	return 0;
}

int authority_run(struct authority *a, simtime at, struct err *e)
{
	(void)a;
	(void)e;
	if (authority_at <= at) {
		note("answer ");
		authority_at = SIMTIME_NEVER;
	}
	return 0;
}

simtime authority_due(const struct authority *a)
{
	(void)a;
	return authority_at;
}

struct authority_counts authority_counts(const struct authority *a)
{
	(void)a;
	return (struct authority_counts){ 0 };
}

int stub_new(const struct scenario *s, struct replay *r, struct wire *w, struct record *rec,
	     struct stub **ret, struct err *e)
{
	(void)s;
	(void)r;
	(void)w;
	(void)rec;
	(void)ret;
	(void)e;
	return 0;
}

int stub_add_resolver(struct stub *st, unsigned role, const struct endpoint *four,
		      const struct endpoint *six, struct err *e)
{
	(void)st;
	(void)role;
	(void)four;
	(void)six;
	(void)e;
	return 0;
}

int stub_move(struct stub *st, const struct client_move *m, struct err *e)
{
	(void)st;
	(void)e;
	note("move(%u to %u) ", m->from, m->to);
	return 0;
}

struct host *cell_first_asked(const struct cell *c)
{
	return c->host;
}

int cell_plan_hosts(struct cell *c, struct err *e)
{
	(void)c;
	(void)e;
	return 0;
}

void record_host(struct record *r, const struct address *a, const char *name)
{
	(void)r;
	(void)a;
	(void)name;
}

void cell_watch_cores(struct cell *c)
{
	(void)c;
}

int cell_note_ends(struct cell *c, struct err *e)
{
	(void)c;
	(void)e;
	return 0;
}

int cell_check_ends(const struct cell *c, struct err *e)
{
	(void)c;
	(void)e;
	return 0;
}

struct host *cell_host_at(const struct cell *c, const struct address *a)
{
	(void)a;
	return c->host;
}

bool hops_owns(const struct hops *h, const struct packet *p)
{
	(void)h;
	(void)p;
	return false;
}

int hops_take(struct hops *h, const struct packet *p, struct err *e)
{
	(void)h;
	(void)p;
	(void)e;
	return 0;
}

simtime hops_due(const struct hops *h)
{
	(void)h;
	return SIMTIME_NEVER;
}

int hops_run(struct hops *h, simtime at, struct err *e)
{
	(void)h;
	(void)at;
	(void)e;
	return 0;
}

void stub_tell(struct stub *st, void (*each)(const struct record_query *q, void *arg), void *arg)
{
	(void)st;
	(void)each;
	(void)arg;
}

/* Asks once a second. */
int stub_run(struct stub *st, simtime at, simtime routed, struct err *e)
{
	(void)st;
	(void)routed;
	(void)e;
	while (stub_at <= at) {
		note("ask(%lld) ", (long long)(stub_at / MSEC));
		stub_at += SECOND;
	}
	return 0;
}

simtime stub_due(const struct stub *st)
{
	(void)st;
	return stub_at;
}

int stub_unreachable(struct stub *st, const struct packet *p, simtime at, struct err *e)
{
	(void)st;
	(void)p;
	(void)at;
	(void)e;
	note("unreachable ");
	return 0;
}

int stub_over(struct stub *st, const struct packet *p, simtime at, struct err *e)
{
	(void)st;
	(void)p;
	(void)at;
	(void)e;
	note("over ");
	return 0;
}

int stub_answer(struct stub *st, const struct packet *p, simtime at, struct err *e)
{
	(void)st;
	(void)p;
	(void)at;
	(void)e;
	note("got ");
	return 0;
}

const struct recent *stub_recent(const struct stub *st)
{
	(void)st;
	return &recent;
}

uint64_t stub_waiting(const struct stub *st)
{
	(void)st;
	return 0;
}

uint64_t stub_unasked(const struct stub *st)
{
	(void)st;
	return 0;
}

uint64_t stub_dropped(const struct stub *st)
{
	(void)st;
	return 0;
}

simtime stub_first_failure(const struct stub *st)
{
	(void)st;
	return first_failure;
}

int replay_new(struct scenario *s, struct replay **ret, struct err *e)
{
	(void)s;
	(void)ret;
	(void)e;
	return 0;
}

int record_new(const char *folder, const struct record_options *o, struct record **ret,
	       struct err *e)
{
	(void)folder;
	(void)o;
	(void)ret;
	(void)e;
	return 0;
}

void record_event(struct record *r, const struct record_event *ev)
{
	(void)r;
	note("%s(%s,%lld) ", ev->kind, ev->what, (long long)(ev->at / MSEC));
}

unsigned record_metrics_every(simtime from, simtime to, simtime bin)
{
	(void)from;
	(void)to;
	(void)bin;
	return 1;
}

void record_metric(struct record *r, simtime at, const char *name, double value)
{
	(void)r;
	(void)at;
	if (strcmp(name, "hits") == 0)
		note("hits=%g ", value);
}

void record_packet(struct record *r, const struct packet *p, simtime at)
{
	(void)r;
	(void)p;
	(void)at;
}

int record_query(struct record *r, const struct record_query *q, struct err *e)
{
	(void)r;
	(void)q;
	(void)e;
	return 0;
}

int record_advance(struct record *r, simtime at, struct err *e)
{
	(void)r;
	(void)at;
	(void)e;
	return 0;
}

const struct record_totals *record_totals(const struct record *r)
{
	static const struct record_totals none;

	(void)r;
	return &none;
}

struct usage usage_of(pid_t pid)
{
	(void)pid;
	note("sample ");
	return (struct usage){ 0 };
}

int cell_place(struct cell *c, struct err *e)
{
	(void)c;
	(void)e;
	return 0;
}

int cell_connect(struct cell *c, simtime at, struct err *e)
{
	(void)c;
	(void)at;
	(void)e;
	return 0;
}

struct losses_counts cell_lost(const struct cell *c)
{
	return c->lost;
}

int cell_audit(struct cell *c, struct err *e)
{
	return clock_audit(c->clock, e);
}

struct wire_unread cell_unread(const struct cell *c)
{
	return c->unread;
}

struct cell_chances cell_chances(const struct cell *c)
{
	return (struct cell_chances){ c->out_of_turn, c->command.slow };
}

int cell_check_program(const struct cell *c, const struct host *h, const char *program,
		       struct err *e)
{
	(void)c;
	(void)h;
	(void)program;
	(void)e;
	return 0;
}

int cell_start(struct cell *c, simtime from, struct err *e)
{
	(void)c;
	(void)e;
	now = from;
	return 0;
}

int cell_restart(struct cell *c, struct host *h, struct err *e)
{
	(void)c;
	(void)h;
	(void)e;
	note("restart ");
	return 0;
}

int cell_ask_restarted(struct cell *c, simtime at, struct err *e)
{
	(void)c;
	(void)at;
	(void)e;
	return 0;
}

simtime cell_next_probe(const struct cell *c)
{
	(void)c;
	return SIMTIME_NEVER;
}

void cell_note_answer(struct cell *c, struct host *h, unsigned rcode)
{
	(void)c;
	(void)h;
	(void)rcode;
}

bool cell_awaits_restarted(const struct cell *c)
{
	(void)c;
	return false;
}

int cell_check_restarts(const struct cell *c, struct err *e)
{
	(void)c;
	(void)e;
	return 0;
}

/* Two commands for a negative trust anchor, one for everything else. */
int resolver_operation(struct driver *d, const struct subject *s, enum operation op,
		       const char *zone, const char *const *const **ret, struct err *e)
{
	static const char *const first[] = { "first", "one", NULL };
	static const char *const second[] = { "second", NULL };
	static const char *const *const both[] = { first, second, NULL };

	(void)d;
	(void)s;
	(void)zone;
	if (op == OPERATION_RELOAD)
		return err_set(e, -EOPNOTSUPP, "not offered");
	*ret = op == OPERATION_NTA ? both : both + 1;
	return 0;
}

const char *const *resolver_ask(struct driver *d, const struct subject *s, enum resolver_asked what)
{
	static const char *const argv[] = { "stats", NULL };

	(void)d;
	(void)s;
	return sampled && what == ASKED_COUNTERS ? argv : NULL;
}

const struct driver_socket *resolver_socket(const struct driver *d, enum resolver_asked what)
{
	(void)d;
	(void)what;
	return NULL;
}

int resolver_read_requests(struct driver *d, const char *text, unsigned *ret, struct err *e)
{
	(void)d;
	(void)text;
	(void)e;
	*ret = 0;
	return 0;
}

int record_requests(struct record *r, simtime at, unsigned depth, const char *text, struct err *e)
{
	(void)r;
	(void)at;
	(void)depth;
	(void)text;
	(void)e;
	return 0;
}

int resolver_read_counters(struct driver *d, const char *text,
			   void (*each)(const char *name, double value, void *arg), void *arg,
			   struct err *e)
{
	(void)d;
	(void)e;
	each("hits", atof(text), arg);
	return 0;
}

/* Says 42, and waits to be let go. */
pid_t spawn_start(const struct world *w, const struct spawn *s, struct err *e)
{
	int ends[2];
	pid_t pid;

	(void)w;
	(void)e;
	note("<%s ", s->argv[0]);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		char c;

		close(ends[1]);
		if (s->out >= 0 && write(s->out, "42", 2) != 2)
			_exit(99);
		_exit(read(ends[0], &c, 1) == 1 ? c : 98);
	}
	close(ends[0]);
	running = ends[1];
	return pid;
}

/* The command that runs is over. */
static void let_go(void)
{
	char c = (char)ends_with;
	siginfo_t si;

	assert_int_equal(write(running, &c, 1), 1);
	close(running);
	running = -1;
	assert_int_equal(waitid(P_PID, (id_t)cell.command.pid, &si, WEXITED | WNOWAIT), 0);
	note("> ");
}
