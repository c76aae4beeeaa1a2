/* SPDX-License-Identifier: BSD-2-Clause */
/* clock_inside.h - what a clock consists of; for the clock's own files.
 *
 *	clock.c          its page, its time, and the resolvers that join it
 *	clock_machine.c  the machine's own time
 *	clock_watch.c    the processes: whether they run, and what they compute
 *	clock_wake.c     their threads: who waits for what, and is woken
 *	clock_settle.c   waiting until all of them rest
 *	clock_apart.c    where each has a time of its own
 *	clock_guard.c    ending it when that leads nowhere
 *	clock_inspect.c  whether the page can be what it says
 *	clock_stuck.c    what to say when they do not rest */
#pragma once

#include "sim/clock/clock.h"

#define CLOCK_KEEP (1 + PAGE_SLOTS) /* descriptors that a process inherits */
#define CLOCK_FEW 4 /* so many processes, or fewer, may have PAGE_SLOTS threads each */
#define CLOCK_THREADS 48 /* and each of more so many */

/* What we have written into a resolver's area before it began. */
struct area_terms {
	uint32_t calm_rcodes;
	int64_t slack, sleep_slack, idle_slack, ahead;
	uint8_t self4[4], self6[16];
	uint64_t seed;
};

/* One that joined: what it inherits, and its environment. */
struct process {
	int keep[CLOCK_KEEP][2];
	char preload[4096], env_area[32];
	const char *env[3];
};

struct clock {
	enum clock_mode mode;
	const char *subject; /* what its sentences call what lives on it */
	double speed;
	simtime epoch; /* date minus the page's `now` */
	int64_t real0; /* CLOCK_REAL: machine time at UPTIME */
	simtime date_shift; /* CLOCK_REAL: what the machine's date is ahead of ours */
	struct page *page;
	int page_fd;
	unsigned room; /* areas that the page has */
	unsigned threads; /* that a process may have */
	struct process *processes;
	char env_date[64], env_seed[64];
	const char *date[4];
	pid_t watched[PAGE_AREAS];
	struct page_area *area[PAGE_AREAS]; /* of each watched process */
	unsigned watched_count;
	bool bears_ends;
	struct {
		bool has_ended, is_told;
		char how[64];
	} ends[PAGE_AREAS]; /* of each area */
	/* What a resolver could overwrite in the page, as we left it there. */
	unsigned areas;
	int64_t least, lead; /* `now` was seen to be this; a library may move it so far */
	struct clock_instant {
		int64_t all, one;
		uint32_t of;
	} leads, others;
	bool apart;
	simtime lookahead;
	struct {
		int64_t now, lead;
	} own[PAGE_AREAS]; /* with `apart`: its time when it was seen last, and how far it may move it */
	uint64_t stirred; /* areas that ran since clock_stirred() was asked */
	uint64_t stale; /* areas whose first deadline is not that of `deadlines` any more */
	int64_t deadlines[PAGE_AREAS];
	uint32_t rests; /* so often all rested */
	uint32_t barrier, kicks_seen;
	double charge;
	struct area_terms terms[PAGE_AREAS];
	bool has_terms;
	uint64_t out_of_turn; /* threads that were let go before theirs */
	void (*look)(void *arg); /* NULL: nobody wants to */
	void *look_arg;
	char distrust[200]; /* what in it is garbage; "" */
	struct {
		simtime limit; /* of CPU time */
		int64_t now; /* where the clock stands */
		uint64_t rounds; /* so often we looked since */
		simtime cpu; /* that resolvers had used when we first looked; -1: not asked */
	} guard;
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

/* All areas, and those of them that ran since all rested last, as they say. */
uint64_t clock_all(const struct clock *c);
uint64_t clock_ran(const struct clock *c);

/* What this area's threads wait for has changed. */
void clock_stale(struct clock *c, unsigned area);

/* Tells the libraries when others want to be woken. */
void clock_tell_deadlines(struct clock *c);

/* Wakes all threads whose turn has not come. */
void clock_wake_queued(struct clock *c);

/* ---- what the resolvers wrote ---- */

/* How many slots of an area there are to look at, whatever the page says. */
unsigned clock_slots(const struct clock *c, unsigned area);

/* The slot of any area after this one that is to be looked at, the first after NULL; NULL: there are
 * no more. */
struct page_slot *clock_slot_after(const struct clock *c, const struct page_slot *last);

/* The area that a slot is in. */
unsigned clock_area_of(const struct clock *c, const struct page_slot *s);

/* Whether the page can be what it says, as far as that costs nothing; else it is distrusted. The
 * second when all rest. */
void clock_inspect(struct clock *c);
void clock_inspect_rest(struct clock *c);

/* The page's `now`, where it can be; and the clock has moved there. */
int64_t clock_page_now(const struct clock *c);
void clock_notice_time(struct clock *c);

/* With `apart`: one that is about to join; what has run has a time that it can have. */
void clock_begin_apart(struct clock *c, unsigned area);
void clock_notice_own(struct clock *c, uint64_t which);
void clock_inspect_own(struct clock *c, unsigned area);

/* -EBADMSG: the page is distrusted. */
int clock_trust(const struct clock *c, struct err *e);

/* ---- leading nowhere ---- */

/* Called whenever we look at resolvers again. `late`: they have let us wait. -EDEADLK: the clock
 * stands, and they have computed for so long, or we have looked so often. */
int clock_guard(struct clock *c, bool late, struct err *e);

/* ---- not coming to rest ---- */

/* CPU time that the resolvers have used since they began. */
simtime clock_computed(const struct clock *c);

/* -EDEADLK, in words: threads count as running but sit in the kernel; or one has not waited for so
 * long. */
int clock_describe_stuck(const struct clock *c, struct err *e);
int clock_describe_endless(const struct clock *c, struct err *e);
