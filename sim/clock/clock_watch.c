/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/clock_inside.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* It does without the library that sleeps in so many looks in a row, or has computed so much, before
 * the library has a word: on a busy machine to load it may take long. */
#define ASLEEP 2000
#define COMPUTED (10 * SECOND)

static volatile sig_atomic_t interrupted, child_changed;

bool clock_interrupted(void)
{
	return interrupted;
}

static void on_child(int sig)
{
	(void)sig;
	child_changed = 1;
}

void clock_interrupt(void)
{
	interrupted = 1;
}

void clock_watch_children(void)
{
	struct sigaction sa = { .sa_handler = on_child, .sa_flags = SA_NOCLDSTOP };

	sigaction(SIGCHLD, &sa, NULL);
}

void clock_look_again(void)
{
	child_changed = 1;
}

/* Whether `pid` has ended, and how, in words. */
static bool has_ended(pid_t pid, char how[64])
{
	siginfo_t si = { 0 };

	if (waitid(P_PID, (id_t)pid, &si, WEXITED | WNOHANG | WNOWAIT) < 0 || si.si_pid != pid)
		return false;
	if (si.si_code == CLD_EXITED)
		snprintf(how, 64, "exited with status %d", si.si_status);
	else
		snprintf(how, 64, "was ended by signal %d (%s)", si.si_status,
			 strsignal(si.si_status));
	return true;
}

/* A name of ours, unless the resolver has written it itself. */
static bool is_name(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

static int check_refused(struct clock *c, struct err *e)
{
	char name[sizeof(c->page->refused_name)];

	if (!c->page || atomic_load(&c->page->refused) != 2)
		return 0;
	memcpy(name, c->page->refused_name, sizeof(name));
	name[sizeof(name) - 1] = '\0';
	if (!is_name(name)) {
		clock_distrust(c, "refused_name is no name");
		return clock_trust(c, e);
	}
	return err_set(e, -EBADRQC, "the %s called '%s', which the clock cannot virtualise",
		       c->subject, name);
}

/* Its threads are gone with it, wherever they were. */
static void free_slots(struct clock *c, struct page_area *a)
{
	for (unsigned i = 0; i < PAGE_SLOTS; i++) {
		struct page_slot *s = &a->slots[i];

		if (atomic_exchange(&s->state, PAGE_FREE) == PAGE_RUN)
			atomic_fetch_sub(&c->page->running, 1);
		atomic_store(&s->queued, 0);
	}
	atomic_store(&a->attention, 0);
	atomic_store(&a->streams, 0);
}

/* It is not watched any more. */
static void forget(struct clock *c, unsigned i)
{
	if (c->area[i]) {
		unsigned area = (unsigned)(c->area[i] - c->page->area);

		free_slots(c, c->area[i]);
		clock_stale(c, area);
		c->stirred |= page_bit(area);
	}
	c->watched_count--;
	for (; i < c->watched_count; i++) {
		c->watched[i] = c->watched[i + 1];
		c->area[i] = c->area[i + 1];
	}
}

static void let_go(struct clock *c, unsigned i, const char *how)
{
	unsigned area = (unsigned)(c->area[i] - c->page->area);

	c->ends[area].has_ended = true;
	snprintf(c->ends[area].how, sizeof(c->ends[area].how), "%s", how);
	forget(c, i);
}

void clock_forget(struct clock *c, pid_t pid)
{
	for (unsigned i = 0; i < c->watched_count; i++)
		if (c->watched[i] == pid)
			forget(c, i--);
}

void clock_bear_ends(struct clock *c)
{
	c->bears_ends = c->page != NULL;
}

int clock_ended(struct clock *c, char how[64])
{
	for (unsigned i = 0; i < c->areas; i++) {
		if (!c->ends[i].has_ended || c->ends[i].is_told)
			continue;
		c->ends[i].is_told = true;
		memcpy(how, c->ends[i].how, 64);
		return (int)i;
	}
	return -1;
}

bool clock_has_ended(const struct clock *c, unsigned area)
{
	return c->ends[area].has_ended;
}

int clock_check(struct clock *c, struct err *e)
{
	char how[64];
	int r = clock_trust(c, e);

	if (r == 0)
		r = check_refused(c, e);
	if (r < 0 || !child_changed)
		return r;
	child_changed = 0;
	for (unsigned i = 0; i < c->watched_count; i++) {
		if (has_ended(c->watched[i], how)) {
			if (c->bears_ends && c->watched_count > 1) {
				let_go(c, i--, how);
				continue;
			}
			child_changed = 1;
			/* What it wrote there may be what ended it. */
			if (c->page)
				clock_inspect(c);
			r = clock_trust(c, e);
			return r < 0 ? r : err_set(e, -ECHILD, "the %s %s", c->subject, how);
		}
	}
	return 0;
}

int clock_watch(struct clock *c, const struct clock_share *share, pid_t pid, struct err *e)
{
	unsigned asleep = 0;
	int r;

	c->area[c->watched_count] = share->area;
	c->watched[c->watched_count++] = pid;
	while (share->area && !atomic_load(&share->area->attached)) {
		child_changed = 1;
		r = interrupted ? err_set(e, -EINTR, "interrupted") : clock_check(c, e);
		if (r == 0 && c->ends[share->area - c->page->area].has_ended)
			r = err_set(e, -ECHILD, "the %s %s", c->subject,
				    c->ends[share->area - c->page->area].how);
		if (r < 0)
			return r;
		asleep = clock_sleeps(pid) ? asleep + 1 : 0;
		if (asleep > ASLEEP || clock_cpu_time(pid) > COMPUTED)
			return err_set(e, -ELIBACC,
				       "the clock library was not loaded into the %s (static, "
				       "privileged or confined program?): use --clock real",
				       c->subject);
		usleep(500);
	}
	return 0;
}

void clock_charge(struct clock *c, double factor)
{
	if (c->mode != CLOCK_VIRTUAL)
		return;
	for (unsigned i = 0; i < c->watched_count; i++)
		atomic_store(&c->area[i]->paid, clock_cpu_time(c->watched[i]));
	c->charge = factor;
	atomic_store(&c->page->charge, factor);
}

bool clock_is_charged(const struct clock *c)
{
	return c->charge != 0;
}

void clock_collect_charge(struct clock *c)
{
	for (unsigned i = 0; i < c->watched_count && clock_is_charged(c); i++)
		page_charge(c->page, c->area[i], clock_cpu_time(c->watched[i]));
}
