/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/clock_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define UPTIME (1000 * SECOND) /* what the monotonic clocks say at `start` */
#define FILES 1024 /* that all else may need */

/* The memory that all share. Sealed, so that a resolver cannot take it away from under us. */
static int make_page(struct clock *c, struct err *e)
{
	size_t size = page_size(c->room);

	c->page_fd = memfd_create(CLOCK_PAGE_NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (c->page_fd < 0 || ftruncate(c->page_fd, (off_t)size) < 0 ||
	    fcntl(c->page_fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		return err_set(e, -errno, "no shared page for the clock: %s", strerror(errno));
	c->page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, c->page_fd, 0);
	if (c->page == MAP_FAILED) {
		c->page = NULL;
		return err_set(e, -errno, "no shared page for the clock: %s", strerror(errno));
	}
	return 0;
}

/* What a process inherits, under the numbers that it will find it by: the page, and an eventfd for
 * each of its threads. */
static int make_wakes(struct clock *c, struct process *p, struct err *e)
{
	p->keep[0][0] = c->page_fd;
	p->keep[0][1] = PAGE_FD;
	for (unsigned i = 1; i <= c->threads; i++) {
		p->keep[i][0] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		p->keep[i][1] = PAGE_FD + (int)i;
		if (p->keep[i][0] < 0)
			return err_set(e, -errno, "no eventfd for the clock: %s", strerror(errno));
	}
	return 0;
}

/* Of many processes each thread's eventfd is open here. */
static int allow_files(const struct clock *c, struct err *e)
{
	rlim_t wanted = FILES + c->room * (c->threads + 1);
	struct rlimit files;

	if (c->room == 1 || getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur >= wanted)
		return 0;
	files.rlim_cur = wanted;
	if (files.rlim_max >= wanted && setrlimit(RLIMIT_NOFILE, &files) == 0)
		return 0;
	return err_set(
		e, -EMFILE,
		"%u resolvers on one clock need %lu open files: raise the limit with 'ulimit "
		"-n %lu'",
		c->room, (unsigned long)wanted, (unsigned long)wanted);
}

/* Resolvers that count their TTLs in whole seconds of the date let them run out as it turns. So its
 * seconds turn when ours do, in real time as in virtual: the clock begins a little later. */
static void meet_machine(struct clock *c, simtime start)
{
	simtime date, wait;
	int64_t now;

	do {
		now = clock_machine_now();
		date = clock_machine_date();
	} while (clock_machine_now() - now > MSEC);
	wait = ((start - date) % SECOND + SECOND) % SECOND;
	c->real0 = now + wait;
	c->date_shift = date + wait - start;
}

static int make_room(struct clock *c, unsigned processes, struct err *e)
{
	if (processes > PAGE_AREAS)
		return err_set(e, -EMFILE, "more than %d resolvers on one clock", PAGE_AREAS);
	c->room = processes;
	c->threads = processes <= CLOCK_FEW ? PAGE_SLOTS : CLOCK_THREADS;
	c->processes = calloc(processes, sizeof(*c->processes));
	if (!c->processes)
		return err_set(e, -ENOMEM, "out of memory");
	for (unsigned i = 0; i < processes * CLOCK_KEEP; i++)
		c->processes[i / CLOCK_KEEP].keep[i % CLOCK_KEEP][0] = -1;
	return 0;
}

int clock_new(enum clock_mode mode, double speed, simtime start, unsigned processes,
	      struct clock **ret, struct err *e)
{
	_cleanup_(clock_freep) struct clock *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return err_set(e, -ENOMEM, "out of memory");
	c->page_fd = -1;
	r = make_room(c, processes, e);
	if (r < 0)
		return r;
	c->mode = mode;
	c->subject = "program";
	c->speed = mode == CLOCK_VIRTUAL ? 0 : mode == CLOCK_REAL ? 1 : speed;
	c->epoch = start - UPTIME;
	c->real0 = clock_machine_now();
	clock_watch_children();
	if (mode == CLOCK_REAL)
		meet_machine(c, start);
	if (mode != CLOCK_REAL) {
		r = allow_files(c, e);
		if (r == 0)
			r = make_page(c, e);
		if (r < 0)
			return r;
		c->page->room = c->room;
		c->page->threads = c->threads;
		c->page->magic = PAGE_MAGIC;
		c->page->version = PAGE_VERSION;
		c->page->speed = c->speed;
		c->page->real0 = c->real0;
		c->page->epoch = c->epoch;
		c->page->datagrams = mode == CLOCK_VIRTUAL;
		atomic_store(&c->page->now, UPTIME);
		atomic_store(&c->page->others.all, PAGE_NEVER);
		c->others.all = PAGE_NEVER;
		c->least = UPTIME;
	}
	clock_allow(c, CLOCK_PATIENCE);
	*ret = TAKE(c);
	return 0;
}

void clock_free(struct clock *c)
{
	if (!c)
		return;
	for (unsigned i = 0; i < c->areas; i++)
		for (int k = 1; k < CLOCK_KEEP; k++)
			closep(&c->processes[i].keep[k][0]);
	if (c->page)
		munmap(c->page, page_size(c->room));
	closep(&c->page_fd);
	free(c->processes);
	free(c);
}

void clock_call(struct clock *c, const char *what)
{
	c->subject = what;
}

enum clock_mode clock_mode(const struct clock *c)
{
	return c->mode;
}

struct page *clock_page(struct clock *c)
{
	return c->page;
}

simtime clock_now(const struct clock *c)
{
	if (c->mode == CLOCK_VIRTUAL)
		return c->epoch + clock_page_now(c);
	return c->epoch + UPTIME + (simtime)((double)(clock_machine_now() - c->real0) * c->speed);
}

simtime clock_date_shift(const struct clock *c)
{
	return c->date_shift;
}

simtime clock_real(const struct clock *c, simtime duration)
{
	return c->mode == CLOCK_VIRTUAL ? 0 : (simtime)((double)duration / c->speed);
}

int64_t clock_to_page(const struct clock *c, simtime t)
{
	return t == SIMTIME_NEVER ? PAGE_NEVER : t - c->epoch;
}

simtime clock_from_page(const struct clock *c, int64_t t)
{
	return t == PAGE_NEVER ? SIMTIME_NEVER : t + c->epoch;
}

int clock_join(struct clock *c, const char *library, uint64_t seed, struct clock_share *ret,
	       struct err *e)
{
	struct process *p;
	unsigned n = c->areas;

	*ret = (struct clock_share){ 0 };
	if (c->mode == CLOCK_REAL)
		return 0;
	if (n == c->room)
		return err_set(e, -EMFILE, "more than %u resolvers on one clock", c->room);
	p = &c->processes[n];
	c->areas = n + 1;
	atomic_store(&c->page->areas, c->areas);
	c->page->area[n].seed = seed;
	clock_begin_apart(c, n);
	c->deadlines[n] = PAGE_NEVER;
	snprintf(p->preload, sizeof(p->preload), "LD_PRELOAD=%s", library);
	snprintf(p->env_area, sizeof(p->env_area), PAGE_ENV "=%u", n);
	p->env[0] = p->preload;
	p->env[1] = p->env_area;
	*ret = (struct clock_share){ &c->page->area[n], (const void *)p->keep, 1 + c->threads,
				     p->env };
	return make_wakes(c, p, e);
}

/* What its threads were woken by and did not see. */
static void drain(const struct process *p, unsigned threads)
{
	uint64_t seen;

	for (unsigned i = 1; i <= threads; i++)
		if (read(p->keep[i][0], &seen, sizeof(seen)) < 0)
			continue;
}

void clock_rejoin(struct clock *c, unsigned area, uint64_t seed, struct clock_share *ret)
{
	struct process *p = &c->processes[area];
	struct page_area *a;

	*ret = (struct clock_share){ 0 };
	if (c->mode == CLOCK_REAL)
		return;
	a = &c->page->area[area];
	drain(p, c->threads);
	memset(a->port_slot, 0, sizeof(a->port_slot));
	atomic_store(&a->attached, 0);
	atomic_store(&a->pid, 0);
	atomic_store(&a->paid, 0);
	a->seed = seed;
	if (c->apart)
		clock_own_step(c, area, clock_now(c), clock_now(c));
	c->ends[area].has_ended = c->ends[area].is_told = false;
	*ret = (struct clock_share){ a, (const void *)p->keep, 1 + c->threads, p->env };
}

unsigned clock_areas(const struct clock *c)
{
	return c->areas;
}

const char *const *clock_date_env(struct clock *c, int area)
{
	if (area < 0 || (unsigned)area >= c->areas)
		return NULL;
	snprintf(c->env_date, sizeof(c->env_date), PAGE_ENV_DATE "=%lld",
		 (long long)(clock_now(c) +
			     (c->page ? atomic_load(&c->page->area[area].ahead) : 0) -
			     clock_machine_date()));
	c->date[0] = c->processes[area].preload;
	c->date[1] = c->env_date;
	c->date[2] = NULL;
	return c->date;
}

const char *const *clock_standing_env(struct clock *c, int area, simtime ahead)
{
	const char *const *env = clock_date_env(c, area);

	if (env && c->mode == CLOCK_VIRTUAL)
		snprintf(c->env_date, sizeof(c->env_date), PAGE_ENV_STANDS "=%lld",
			 (long long)(clock_now(c) + ahead));
	return env;
}

const char *const *clock_seeded_env(struct clock *c, int area, uint64_t seed)
{
	const char *const *env =
		clock_standing_env(c, area, atomic_load(&c->page->area[area].ahead));

	/* A number without a sign, that is read into one with it. */
	snprintf(c->env_seed, sizeof(c->env_seed), PAGE_ENV_SEED "=%lld",
		 (long long)(seed >> 1 | 1));
	c->date[2] = c->env_seed;
	return env;
}

static void lead(struct clock *c, const struct clock_instant *i)
{
	c->leads = *i;
	if (!c->page)
		return;
	atomic_store(&c->page->lead.all, i->all);
	atomic_store(&c->page->lead.one, i->one);
	atomic_store(&c->page->lead.of, i->of);
}

void clock_lead(struct clock *c, simtime to)
{
	clock_notice_time(c);
	c->lead = clock_to_page(c, to);
	if (c->areas > 1)
		clock_tell_deadlines(c);
	lead(c, &(struct clock_instant){ .all = c->lead });
}

void clock_lead_nobody(struct clock *c)
{
	lead(c, &(struct clock_instant){ 0 });
}

void clock_lead_all_but(struct clock *c, simtime to, unsigned area, simtime there)
{
	clock_tell_deadlines(c);
	lead(c, &(struct clock_instant){ clock_to_page(c, to), clock_to_page(c, there), area + 1 });
}

void clock_step(struct clock *c, simtime to)
{
	clock_notice_time(c);
	if (!c->apart)
		page_advance(&c->page->now, clock_to_page(c, to));
	if (clock_to_page(c, to) > c->least)
		c->least = clock_to_page(c, to);
}
