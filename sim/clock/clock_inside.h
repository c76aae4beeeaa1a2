/* SPDX-License-Identifier: BSD-2-Clause */
/* clock_inside.h - what a clock consists of; for the clock's own files.
 *
 *	clock.c          its page, its time, and the resolvers that join it
 *	clock_machine.c  the machine's own time
 *	clock_watch.c    the processes: whether they run, and what they compute
 *	clock_wake.c     their threads: who waits for what, and is woken
 *	clock_settle.c   waiting until all of them rest
 *	clock_stuck.c    what to say when they do not */
#pragma once

#include "sim/clock/clock.h"

#define CLOCK_KEEP (1 + PAGE_SLOTS)

struct clock {
	enum clock_mode mode;
	double speed;
	simtime epoch; /* date minus the page's `now` */
	int64_t real0; /* CLOCK_REAL: machine time at UPTIME */
	struct page *page;
	int keep[CLOCK_KEEP][2];
	char preload[4096], env_area[32];
	const char *env[3];
	char env_date[48];
	const char *date[3];
	pid_t watched[PAGE_AREAS];
	struct page_area *area[PAGE_AREAS]; /* of each watched process */
	unsigned watched_count;
};

/* ---- the machine ---- */

/* CLOCK_MONOTONIC in ns. */
int64_t clock_machine_now(void);

/* ---- watching ---- */

/* From here on clock_check() is told when a child ends. */
void clock_watch_children(void);

/* The next clock_check() looks, though no child seems to have ended. */
void clock_look_again(void);

/* Charges for what resolvers have computed without a call to the library. */
void clock_collect_charge(struct clock *c);

/* ---- waking ---- */

/* Wakes all threads whose turn has not come. */
void clock_wake_queued(struct clock *c);

/* ---- not coming to rest ---- */

/* Whether a thread of a resolver has the CPU, or would have it if it were its turn there, or waits
 * for a disk. */
bool clock_computes(const struct clock *c);

/* -EDEADLK, in words: threads count as running but sit in the kernel; or one has not waited for so
 * long. */
int clock_describe_stuck(const struct clock *c, struct err *e);
int clock_describe_endless(const struct clock *c, simtime within, struct err *e);
