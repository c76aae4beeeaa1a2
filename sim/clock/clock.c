/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/clock_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>

#define UPTIME (1000 * SECOND) /* what the monotonic clocks say at `start` */

/* The page and the slots' eventfds, under the numbers that a resolver will find them by. Sealed, so
 * that a resolver cannot take the memory away from under us. */
static int make_page(struct clock *c, struct err *e)
{
	int fd = memfd_create(CLOCK_PAGE_NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || ftruncate(fd, sizeof(struct page)) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		return err_set(e, -errno, "no shared page for the clock: %s", strerror(errno));
	c->keep[0][0] = fd;
	c->keep[0][1] = PAGE_FD;
	c->page = mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (c->page == MAP_FAILED) {
		c->page = NULL;
		return err_set(e, -errno, "no shared page for the clock: %s", strerror(errno));
	}
	for (int i = 1; i < CLOCK_KEEP; i++) {
		c->keep[i][0] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		c->keep[i][1] = PAGE_FD + i;
		if (c->keep[i][0] < 0)
			return err_set(e, -errno, "no eventfd for the clock: %s", strerror(errno));
	}
	return 0;
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

int clock_new(enum clock_mode mode, double speed, simtime start, struct clock **ret, struct err *e)
{
	_cleanup_(clock_freep) struct clock *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return err_set(e, -ENOMEM, "out of memory");
	for (int i = 0; i < CLOCK_KEEP; i++)
		c->keep[i][0] = -1;
	c->mode = mode;
	c->speed = mode == CLOCK_VIRTUAL ? 0 : mode == CLOCK_REAL ? 1 : speed;
	c->epoch = start - UPTIME;
	c->real0 = clock_machine_now();
	clock_watch_children();
	if (mode == CLOCK_REAL)
		meet_machine(c, start);
	if (mode != CLOCK_REAL) {
		r = make_page(c, e);
		if (r < 0)
			return r;
		c->page->magic = PAGE_MAGIC;
		c->page->version = PAGE_VERSION;
		c->page->speed = c->speed;
		c->page->real0 = c->real0;
		c->page->epoch = c->epoch;
		c->page->datagrams = mode == CLOCK_VIRTUAL;
		atomic_store(&c->page->now, UPTIME);
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
	for (int i = 0; i < CLOCK_KEEP; i++)
		if (c->keep[i][0] >= 0)
			close(c->keep[i][0]);
	if (c->page)
		munmap(c->page, sizeof(*c->page));
	free(c);
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
	unsigned n;

	*ret = (struct clock_share){ 0 };
	if (c->mode == CLOCK_REAL)
		return 0;
	n = c->areas;
	if (n == PAGE_AREAS)
		return err_set(e, -EMFILE, "more than %d resolvers on one clock", PAGE_AREAS);
	c->areas = n + 1;
	atomic_store(&c->page->areas, c->areas);
	c->page->area[n].seed = seed;
	snprintf(c->preload, sizeof(c->preload), "LD_PRELOAD=%s", library);
	snprintf(c->env_area, sizeof(c->env_area), PAGE_ENV "=%u", n);
	c->env[0] = c->preload;
	c->env[1] = c->env_area;
	*ret = (struct clock_share){ &c->page->area[n], (const void *)c->keep, CLOCK_KEEP, c->env };
	return 0;
}

unsigned clock_areas(const struct clock *c)
{
	return c->areas;
}

const char *const *clock_date_env(struct clock *c)
{
	if (!c->preload[0])
		return NULL;
	snprintf(c->env_date, sizeof(c->env_date), PAGE_ENV_DATE "=%lld",
		 (long long)(clock_now(c) - clock_machine_date()));
	c->date[0] = c->preload;
	c->date[1] = c->env_date;
	return c->date;
}

void clock_lead(struct clock *c, simtime to)
{
	clock_notice_time(c);
	c->lead = clock_to_page(c, to);
	atomic_store(&c->page->lead, c->lead);
}

void clock_step(struct clock *c, simtime to)
{
	clock_notice_time(c);
	page_advance(c->page, clock_to_page(c, to));
	if (clock_to_page(c, to) > c->least)
		c->least = clock_to_page(c, to);
}
