/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/monitor_run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "sim/world/rest.h"
#include "sim/world/spawn.h"
#include "sim/world/streams.h"

#define PAUSE (200 * USEC) /* of the machine, between two looks */
#define BESIDE_STEP (20 * MSEC) /* of a clock that runs by itself */
/* For how long the one who looks got no core says nothing: a look counts so many seconds at most. */
#define LOOK_COUNTS 0.02

struct running {
	struct beside *beside;
	struct cell *cell;
	const struct monitor_plan *plan;
	struct monitor_run *ret;
	pid_t pid;
	int hear; /* what it prints */
	uint64_t seen; /* of it and those that it has started, when all slept; 0: they did not */
	double began, looked, idle; /* seconds of the machine */
	simtime computed;
};

/* ---- its start ---- */

#define VARIABLES 8

struct environment {
	char texts[VARIABLES][PATH_MAX + 64];
	const char *list[VARIABLES + 4];
	unsigned count;
};

static void __attribute__((format(printf, 2, 3))) put(struct environment *v, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(v->texts[v->count], sizeof(v->texts[0]), fmt, ap);
	va_end(ap);
	v->list[v->count] = v->texts[v->count];
	v->count++;
}

static void make_environment(const struct running *u, struct environment *ret)
{
	const struct cell *c = u->cell;
	const struct host *h = u->beside->host;
	const char *const *date = clock_standing_env(c->clock, h->area, c->scenario->clock_behind);

	*ret = (struct environment){ .count = 0 };
	put(ret, "HOME=%s", h->subject.inside);
	put(ret, "SIGFAULT_MONITOR=%s", u->plan->name);
	put(ret, "SIGFAULT_RESOLVER=%s", h->address4);
	put(ret, "SIGFAULT_HINTS=%s/anchor.hints", h->subject.inside);
	put(ret, "SIGFAULT_ANCHOR=%s/anchor.key", h->subject.inside);
	put(ret, "SIGFAULT_BIND_ANCHOR=%s/anchor.bind", h->subject.inside);
	for (unsigned i = 0; date && i < 2; i++)
		ret->list[ret->count + i] = date[i];
}

/* Whether it is the command's own trouble that it cannot be run. */
static bool is_its_own(int r)
{
	return r == -ENOENT || r == -EACCES || r == -ENOEXEC || r == -ENOTDIR || r == -EISDIR ||
	       r == -ELOOP || r == -E2BIG || r == -ENAMETOOLONG;
}

static int start(struct running *u, int tell, struct err *e)
{
	static struct environment env; /* too large for a stack */
	struct cell *c = u->cell;
	struct spawn spawn = { .argv = (const char *const *)u->plan->argv,
			       .folder = u->beside->host->subject.inside,
			       .env = env.list,
			       .out = tell,
			       .host = u->beside->host->number,
			       .netns = -1,
			       .core = c->plan->core,
			       .same_addresses = true };

	make_environment(u, &env);
	u->pid = spawn_start(&c->world, &spawn, e);
	u->began = u->looked = clock_machine_seconds();
	return u->pid < 0 ? (int)u->pid : 0;
}

/* ---- what it prints ---- */

static void keep(struct monitor_run *m, const char *bytes, size_t n)
{
	size_t over = m->len + n > MONITOR_TEXT ? m->len + n - MONITOR_TEXT : 0;

	memmove(m->text, m->text + over, m->len - over);
	memcpy(m->text + m->len - over, bytes, n);
	m->len += n - over;
	m->text[m->len] = '\0';
}

/* A line is a line, whatever stands in it. */
static void hear(struct running *u)
{
	char bytes[4096];
	ssize_t n;

	while ((n = read(u->hear, bytes, sizeof(bytes))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			if (!bytes[i])
				bytes[i] = ' ';
		keep(u->ret, bytes, (size_t)n);
	}
}

/* ---- while it runs ---- */

static bool awaits_stream(const struct running *u)
{
	static const uint16_t *const ports = transport_ports;
	uint64_t sleep;

	return streams_are_awaited(u->pid, ports, TRANSPORTS, &sleep);
}

/* What resolvers have to say to it by another way, a control command's. */
static int attend_others(struct cell *c, struct err *e)
{
	int r = clock_settle(c->clock, e);

	if (r > 0)
		r = cell_step(c, clock_now(c->clock), e);
	clock_open(c->clock);
	return r < 0 ? r : 0;
}

/* All of it sleeps, and nothing has it woken since the look before. */
static bool rests(struct running *u)
{
	uint64_t before = u->seen, seen;

	if (!world_sleeps(u->pid, &seen, &u->computed)) {
		u->seen = 0;
		return false;
	}
	u->seen = seen ?: 1;
	return u->seen == before;
}

/* Time stands but for its answers. Only what all of it has sent at an instant goes on, so that it does not matter how
 * quick each of it was. */
static int look(struct running *u, struct err *e)
{
	double now = clock_machine_seconds(), passed = now - u->looked;
	const struct timespec pause = { 0, PAUSE };
	int r = 0;

	u->looked = now;
	if (rests(u)) {
		r = beside_pass(u->beside, e);
		if (r > 0) {
			u->seen = 0;
			u->idle = 0;
			return 0;
		}
		if (r == 0 && awaits_stream(u))
			r = beside_wait(u->beside, u->pid, e);
		else if (r == 0)
			r = attend_others(u->cell, e);
		u->idle += passed < LOOK_COUNTS ? passed : LOOK_COUNTS;
	}
	nanosleep(&pause, NULL);
	return r;
}

static int look_beside(struct running *u, struct err *e)
{
	struct cell *c = u->cell;
	int r = cell_step(c, clock_now(c->clock) + BESIDE_STEP, e);

	u->idle = clock_machine_seconds() - u->began;
	return r < 0 ? r : 0;
}

static bool hangs(const struct running *u)
{
	return u->idle > (double)u->plan->timeout / (double)SECOND ||
	       u->computed > u->plan->timeout;
}

/* What it has started and left ends with it. */
static void end_group(const struct running *u)
{
	kill(-u->pid, SIGKILL);
}

static void end(struct running *u)
{
	end_group(u);
	kill(u->pid, SIGKILL);
	waitpid(u->pid, &u->ret->status, 0);
	u->ret->end = MONITOR_HUNG;
}

static int attend(struct running *u, struct err *e)
{
	bool is_virtual = clock_mode(u->cell->clock) == CLOCK_VIRTUAL;
	int r = 0;

	while (r == 0 && waitpid(u->pid, &u->ret->status, WNOHANG) == 0) {
		if (clock_interrupted())
			r = err_set(e, -EINTR, "interrupted");
		if (r == 0)
			r = is_virtual ? look(u, e) : look_beside(u, e);
		hear(u);
		if (r < 0 || hangs(u)) {
			end(u);
			return r;
		}
	}
	hear(u);
	end_group(u);
	if (r < 0 || !is_virtual)
		return r;
	clock_nudge(u->cell->clock); /* its connections are closed: that is seen now */
	r = clock_settle(u->cell->clock, e);
	return r < 0 ? r : 0;
}

int monitor_run(struct beside *b, const struct monitor_plan *p, struct monitor_run **ret,
		struct err *e)
{
	struct running u = { .beside = b, .cell = b->cell, .plan = p };
	_cleanup_(freep) struct monitor_run *m = calloc(1, sizeof(*m));
	_cleanup_(closep) int hear = -1;
	int ends[2], r;

	if (!m)
		return err_set(e, -ENOMEM, "no memory for a monitor");
	if (pipe2(ends, O_CLOEXEC) < 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0)
		return err_set(e, -errno, "cannot make a pipe: %s", strerror(errno));
	u.ret = m;
	u.hear = hear = ends[0];
	r = start(&u, ends[1], &m->why);
	close(ends[1]);
	if (r < 0 && !is_its_own(r))
		return err_set(e, r, "monitor '%s': %s", p->name, m->why.text);
	if (r < 0)
		m->end = MONITOR_MISSING;
	else
		r = attend(&u, e);
	if (r < 0 && m->end != MONITOR_MISSING)
		return r;
	*ret = TAKE(m);
	return 0;
}
