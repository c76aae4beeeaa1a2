/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/command.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <utlist.h>

#include "harness/cell/cell_state.h"
#include "harness/cell/talk.h"
#include "sim/world/rest.h"
#include "sim/world/spawn.h"

/* Of these seconds the machine's load is no part: they are counted in looks that find all asleep. */
#define COMMAND_IDLE 10 /* seconds of rest after which a command waits for time to pass */
#define COMMAND_LIMIT 30 /* seconds that it may rest, or compute */
#define LOOK_AFTER 0.01 /* machine seconds */
#define LOOK_COUNTS                                                                                \
	0.02 /* seconds at most: for how long the one who looks got no core says nothing */

/* Something that is wanted: an event's commands, the counters, or the requests in work. */
struct errand {
	struct errand *prev, *next;
	struct event event; /* OPERATION_NONE: something is asked for */
	enum resolver_asked what;
	struct host *host; /* of which it is wanted */
	int out; /* where what its commands say goes: the log, or a file in memory */
	const char *const *asking[2]; /* the one command that asks for it; NULL: it has none */
	bool is_heard; /* there is an answer to read */
};

static const char *const *const nothing_more[] = { NULL };

static bool asks(const struct errand *o)
{
	return o->event.operation == OPERATION_NONE;
}

static void free_order(struct cell *c, struct errand *o)
{
	DL_DELETE(c->command.orders, o);
	if (asks(o))
		close(o->out);
	free(o);
}

/* ---- beginning ---- */

/* What there is to know of it from here on; the driver may be asked for others while it runs. */
static void note_start(struct command *m, const char *first, const char *second)
{
	snprintf(m->said, sizeof(m->said), "%s%s%s", first, second ? " " : "",
		 second ? second : "");
	m->began = m->looked = clock_machine_seconds();
	m->rested = m->idle = 0;
	m->is_slow = m->rests = false;
	m->computed = -1;
}

static int start(struct cell *c, const struct host *h, const char *const *argv, int out,
		 struct err *e)
{
	struct spawn spawn = { .argv = argv,
			       .folder = h->subject.inside,
			       .host = h->number,
			       .env = clock_date_env(c->clock, h->area),
			       .out = out,
			       .netns = -1,
			       .core = c->plan->core };
	int r = cell_check_program(c, h, argv[0], e);
	pid_t pid;

	if (r < 0)
		return r;
	pid = spawn_start(&c->world, &spawn, e);
	if (pid < 0)
		return pid;
	c->command.pid = pid;
	note_start(&c->command, argv[0], argv[1]);
	return 0;
}

/* By its socket, if it has one and somebody is there. */
static bool talk_to(struct cell *c, struct errand *o)
{
	const struct driver_socket *s = resolver_socket(o->host->driver, o->what);

	c->command.talk = s ? talk_begin(o->host->subject.folder, s->file, s->say) : NULL;
	if (c->command.talk)
		note_start(&c->command, s->file, NULL);
	return c->command.talk;
}

/* The driver lends its commands until it is asked for others, so it is asked when they begin. */
static int begin_order(struct cell *c, struct errand *o, struct err *e)
{
	int r;

	c->command.next = nothing_more;
	if (asks(o)) {
		o->is_heard = talk_to(c, o);
		if (o->is_heard)
			return 0;
		o->asking[0] = resolver_ask(o->host->driver, &o->host->subject, o->what);
		o->is_heard = o->asking[0];
		c->command.next = o->asking;
		return 0;
	}
	if (o->event.operation == OPERATION_RESTART)
		return cell_restart(c, o->host, e);
	r = resolver_operation(o->host->driver, &o->host->subject, o->event.operation,
			       o->event.zone, &c->command.next, e);
	return r == -EOPNOTSUPP ? -EINVAL : r; /* the driver's lack, not the machine's */
}

/* ---- end ---- */

struct counted {
	struct cell *cell;
	const struct host *host;
};

static void each_counter(const char *name, double value, void *arg)
{
	const struct counted *c = arg;

	cell_metric(c->cell, c->host, clock_now(c->cell->clock), name, value);
	if (c->host == c->cell->host && strcmp(name, "request-list") == 0)
		c->cell->progress.sample.request_list = value;
}

static int read_requests(struct cell *c, const struct host *h, const char *text, struct err *e)
{
	unsigned depth;
	int r = resolver_read_requests(h->driver, text, &depth, e);

	if (r == 0 && h->name[0])
		cell_metric(c, h, clock_now(c->clock), "requests", depth);
	if (r < 0 || h != c->host)
		return r;
	return record_requests(c->record, clock_now(c->clock), depth, text, e);
}

static int read_asked(struct cell *c, const struct errand *o, struct err *e)
{
	static char text[1 << 18];
	struct counted counted = { c, o->host };
	ssize_t n = pread(o->out, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	if (o->what == ASKED_REQUESTS)
		return read_requests(c, o->host, text, e);
	return resolver_read_counters(o->host->driver, text, each_counter, &counted, e);
}

static void end_what_runs(struct cell *c)
{
	if (c->command.pid > 0) {
		kill(c->command.pid, SIGKILL);
		waitpid(c->command.pid, NULL, 0);
	}
	c->command.pid = 0;
	talk_free(c->command.talk);
	c->command.talk = NULL;
}

/* A command never ends: who waits for it would wait forever. */
static int give_up(struct cell *c, struct err *e)
{
	end_what_runs(c);
	return err_set(e, -ETIMEDOUT,
		       "the control command '%s' has not ended within %d s (resolver.log has "
		       "what it said)",
		       c->command.said, COMMAND_LIMIT);
}

/* Its connections are closed: that is seen now, not some moment later. */
static int see_end(struct cell *c, struct err *e)
{
	if (clock_mode(c->clock) != CLOCK_VIRTUAL)
		return 0;
	clock_nudge(c->clock);
	return clock_settle(c->clock, e);
}

static int take_end(struct cell *c, int status, struct err *e)
{
	int r;

	c->command.pid = 0;
	r = see_end(c, e);
	if (r < 0)
		return r;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	if (WIFSIGNALED(status))
		return err_set(e, -EREMOTEIO, "'%s' was ended by signal %d (%s)", c->command.said,
			       WTERMSIG(status), strsignal(WTERMSIG(status)));
	return err_set(e, -EREMOTEIO, "'%s' failed with status %d (resolver.log has what it said)",
		       c->command.said, WEXITSTATUS(status));
}

/* The run goes on without them, and says so. */
static void note_failure(struct cell *c, const struct err *e)
{
	struct command_failures *f = &c->command.failures;

	f->count++;
	snprintf(f->why, sizeof(f->why), "%.199s", e->text);
}

/* An order is carried out, or has failed with `r`. */
static int end_order(struct cell *c, int r, struct err *e)
{
	struct errand *o = c->command.orders;

	if (asks(o) && r == 0 && o->is_heard)
		r = read_asked(c, o, e);
	else if (asks(o) && r == -EREMOTEIO) {
		note_failure(c, e);
		r = 0;
	} else if (r < 0 && !asks(o))
		err_prefix(e, "%s", o->event.what);
	c->command.next = NULL;
	free_order(c, o);
	return r;
}

/* Begins what is next, unless nothing is wanted. */
static int go_on(struct cell *c, struct err *e)
{
	int r = 0;

	while (r == 0 && c->command.orders) {
		struct errand *o = c->command.orders;

		if (!c->command.next)
			r = begin_order(c, o, e);
		if (r == 0 && c->command.talk)
			return 0;
		if (r == 0 && *c->command.next) {
			r = start(c, o->host, *c->command.next++, o->out, e);
			if (r == 0)
				return 0;
		}
		r = end_order(c, r, e);
	}
	return r;
}

/* Whether all sleep, from time to time, and for how long they have. */
static void look(struct cell *c)
{
	struct command *m = &c->command;
	double now = clock_machine_seconds(), passed = now - m->looked;
	simtime computed;

	if (passed < LOOK_AFTER)
		return;
	m->looked = now;
	m->rests = world_rests(&c->world, &computed);
	if (m->computed < 0)
		m->computed = computed; /* most are over before anybody looks, which costs */
	passed = m->rests ? (passed < LOOK_COUNTS ? passed : LOOK_COUNTS) : 0;
	m->rested = m->rests ? m->rested + passed : 0;
	m->idle += passed;
	if (!m->is_slow && m->rested > COMMAND_IDLE) {
		m->is_slow = true;
		m->slow++;
	}
	m->computes_on = computed - m->computed > COMMAND_LIMIT * SECOND;
}

/* In real time the resolver works on for others: only the machine's clock is left. */
static bool takes_too_long(struct cell *c)
{
	if (clock_mode(c->clock) != CLOCK_VIRTUAL)
		return clock_machine_seconds() - c->command.began > COMMAND_LIMIT;
	look(c);
	return c->command.idle > COMMAND_LIMIT || c->command.computes_on;
}

/* 1: the command that runs is over; 0: not yet. */
static int is_over(struct cell *c, struct err *e)
{
	int status = 0, r;

	if (waitpid(c->command.pid, &status, WNOHANG) == 0)
		return 0;
	r = take_end(c, status, e);
	return r < 0 ? r : 1;
}

/* While virtual time stands there is nothing else to do; and who has much to say may wait for us to hear it,
 * so that it is not waited for first until all rest. 1: it has said all; 0: not yet, and rests. */
static int hear(struct cell *c, const char *failed, struct err *e)
{
	const struct errand *o = c->command.orders;

	for (;;) {
		int r = talk_hear(c->command.talk, o->out, failed, e);

		if (r != 0 || clock_mode(c->clock) != CLOCK_VIRTUAL)
			return r;
		clock_open(c->clock);
		r = clock_interrupted() ? err_set(e, -EINTR, "interrupted")
					: clock_check(c->clock, e);
		if (r < 0 || takes_too_long(c) || c->command.is_slow)
			return r;
		talk_wait(c->command.talk, 10 * MSEC);
	}
}

/* 1: what is asked by a socket is answered; 0: not yet. */
static int is_answered(struct cell *c, struct err *e)
{
	const struct errand *o = c->command.orders;
	const struct driver_socket *s = resolver_socket(o->host->driver, o->what);
	int r = hear(c, s->failed, e), seen = 0;

	if (r == 0)
		return 0;
	end_what_runs(c);
	if (r == -EREMOTEIO)
		err_prefix(e, "'%s' of '%s'", s->file, driver_name(o->host->driver));
	if (r == 1 || r == -EREMOTEIO)
		seen = see_end(c, e);
	return seen < 0 ? seen : r;
}

int command_poll(struct cell *c, struct err *e)
{
	int r = 0;

	while (r == 0 && command_runs(c)) {
		r = c->command.talk ? is_answered(c, e) : is_over(c, e);
		if (r == 0 && !takes_too_long(c))
			return 0;
		r = r == 0 ? give_up(c, e) : r < 0 ? r : 0;
		if (r < 0)
			r = end_order(c, r, e);
		if (r == 0)
			r = go_on(c, e);
	}
	return r;
}

/* ---- wanting ---- */

static int want(struct cell *c, const struct errand *order, struct err *e)
{
	struct errand *o = malloc(sizeof(*o));

	if (!o)
		return err_set(e, -ENOMEM, "no memory for a control command");
	*o = *order;
	DL_APPEND(c->command.orders, o);
	return o->prev == o ? go_on(c, e) : 0;
}

/* One that operators speak of by its role, or that is under test. */
static bool is_meant(const struct cell *c, const struct host *h, unsigned role)
{
	return h->role == (role ? (int)role - 1 : c->host->role);
}

int command_act(struct cell *c, const struct event *ev, struct err *e)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < c->host_count; i++) {
		struct host *h = &c->hosts[i];

		if (is_meant(c, h, ev->role))
			r = want(c, &(struct errand){ .event = *ev, .host = h, .out = h->log }, e);
	}
	return r;
}

static int ask_one(struct cell *c, struct host *h, enum resolver_asked what, struct err *e)
{
	struct errand order = { .event.operation = OPERATION_NONE, .host = h, .what = what };

	order.out = memfd_create("asked", MFD_CLOEXEC);
	return order.out < 0 ? 0 : want(c, &order, e);
}

/* All of them, unless they are being asked for it already. */
static int ask_for(struct cell *c, enum resolver_asked what, struct err *e)
{
	struct errand *o;
	int r = 0;

	DL_FOREACH (c->command.orders, o) {
		/* cppcheck-suppress uninitvar ; it does not see that o walks the list */
		if (asks(o) && o->what == what)
			return 0;
	}
	for (unsigned i = 0; r == 0 && i < c->host_count; i++)
		r = ask_one(c, &c->hosts[i], what, e);
	return r;
}

int command_sample(struct cell *c, struct err *e)
{
	return ask_for(c, ASKED_COUNTERS, e);
}

int command_list(struct cell *c, struct err *e)
{
	return ask_for(c, ASKED_REQUESTS, e);
}

bool command_runs(const struct cell *c)
{
	return c->command.pid > 0 || c->command.talk;
}

bool command_holds(const struct cell *c)
{
	return command_runs(c) && clock_mode(c->clock) == CLOCK_VIRTUAL;
}

bool command_is_slow(const struct cell *c)
{
	return c->command.is_slow;
}

bool command_rests(const struct cell *c)
{
	return c->command.rests;
}

void command_done(struct cell *c)
{
	end_what_runs(c);
	while (c->command.orders)
		free_order(c, c->command.orders);
	c->command = (struct command){ 0 };
}
