/* SPDX-License-Identifier: BSD-2-Clause */
/* clock.h - the run's one clock, and the resolvers that live on it.
 *
 * CLOCK_VIRTUAL stands still until clock_step() moves it; the resolvers run with our preload
 * library, and the clock knows whether any of their threads can still do something now
 * (clock_settle()). CLOCK_SCALED runs at a constant multiple of real time under the same library.
 * CLOCK_REAL runs as it is, without it.
 *
 * Each resolver process has an area of the page (page.h); all have the same time. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "sim/base/cleanup.h"
#include "sim/base/simtime.h"
#include "sim/clock/page.h"

/* What the shared page is called, and how /proc/PID/maps shows it. */
#define CLOCK_PAGE_NAME "sigfault-clock"
#define CLOCK_PAGE_IN_MAPS "memfd:" CLOCK_PAGE_NAME

enum clock_mode { CLOCK_VIRTUAL, CLOCK_SCALED, CLOCK_REAL };

struct clock;

/* `speed` is for CLOCK_SCALED. `start` is the virtual instant at which it begins; with CLOCK_REAL it
 * does so within a second. So many `processes` may join, PAGE_AREAS at most. -EMFILE: with what
 * raises the limit. */
int clock_new(enum clock_mode mode, double speed, simtime start, unsigned processes,
	      struct clock **ret, struct err *e);
void clock_free(struct clock *c);
DEFINE_FREEP(struct clock, clock)

/* What its sentences call what lives on it, instead of "program": "the resolver exited with status 1". Lent. */
void clock_call(struct clock *c, const char *what);

enum clock_mode clock_mode(const struct clock *c);
simtime clock_now(const struct clock *c);

/* How far the date that resolvers see is ahead of clock_now(): 0 but with CLOCK_REAL, where it is
 * the machine's. Whole seconds. */
simtime clock_date_shift(const struct clock *c);

/* The real duration that a virtual one takes; virtual clocks have none. */
simtime clock_real(const struct clock *c, simtime duration);

/* An area for a resolver that is about to be started: what spawn_start() needs. `library` is
 * where the resolver finds the clock library, as LD_PRELOAD has it. CLOCK_REAL gives count 0 and no env. Lent until
 * clock_free(). */
struct clock_share {
	struct page_area *area; /* NULL with CLOCK_REAL */
	const int (*keep)[2];
	unsigned keep_count;
	const char *const *env;
};

int clock_join(struct clock *c, const char *library, uint64_t seed, struct clock_share *ret,
	       struct err *e);

/* From here on the date that the process of an area sees is so much ahead of all others' (negative: behind). Who waits for a date
 * looks again, as in Linux: or may, where a program asks for it by pthread_cond_timedwait(). A virtual clock's alone. */
void clock_set_ahead(struct clock *c, unsigned area, simtime ahead);

/* From here on polls and sleeps that a process begins end so late (page.h, "Slack"). Between two runs of it. */
void clock_set_slack(struct clock *c, unsigned area, simtime of_polls, simtime of_sleeps);

/* How many resolvers have joined. */
unsigned clock_areas(const struct clock *c);

/* What the caller has written into the areas is not the resolvers' to change. Before they start. */
void clock_fix(struct clock *c);

/* What a command beside the process of an area needs in its environment to have the clock's date, and no more of the
 * clock: rndc and named, for one, refuse each other when their dates differ. It finds the library where that process does.
 * NULL with CLOCK_REAL, and for an area that nobody has. Lent until the next call. */
const char *const *clock_date_env(struct clock *c, int area);

/* The same for one that is to see the date of now for as long as it lives, however long the machine takes over it: so
 * that it is the same in every run; `ahead` of the resolvers' date, where that is wrong. On a clock that runs by itself the
 * date runs, too. */
const char *const *clock_standing_env(struct clock *c, int area, simtime ahead);

/* The same with the date that the process of an area sees, where what it draws at random is drawn from a seed, not 0, too: each
 * process that it starts draws its own. A virtual clock's alone. */
const char *const *clock_seeded_env(struct clock *c, int area, uint64_t seed);

/* Tells which process was started, to notice its end, and waits until the library has attached to
 * its area. -ELIBACC: it runs, but without the library (a static program, one with file
 * capabilities, or a policy that refuses the preload); -ECHILD: it ended. */
int clock_watch(struct clock *c, const struct clock_share *share, pid_t pid, struct err *e);

/* The process of a resolver was ended by the caller, and is watched no more. */
void clock_forget(struct clock *c, pid_t pid);

/* An area whose process is forgotten is as before its start, for another process of the same
 * resolver; what the caller has written into it stays. clock_watch() follows, as after clock_join(). */
void clock_rejoin(struct clock *c, unsigned area, uint64_t seed, struct clock_share *ret);

/* Whether watched processes still run: -ECHILD with how one ended. Cheap. */
int clock_check(struct clock *c, struct err *e);

/* From here on the end of one of several is no end: the others live on, and it is told by
 * clock_ended(), each once: its area's number, or -1 when there is none more. Where it was the last -ECHILD is
 * returned as ever. */
void clock_bear_ends(struct clock *c);
int clock_ended(struct clock *c, char how[64]);

/* Whether the process of an area has ended. */
bool clock_has_ended(const struct clock *c, unsigned area);

/* What a resolver wrote into the page, or into a ring of it, cannot be: from here on
 * clock_check() and clock_settle() return -EBADMSG with the first sentence of these. */
void clock_distrust(struct clock *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Looks at all that resolvers can write to, also at what is not used. -EBADMSG. When it is over. */
int clock_audit(struct clock *c, struct err *e);

/* Called now and then while resolvers let us wait for long: what they do meanwhile may want a look.
 * `arg` is lent. */
void clock_on_wait(struct clock *c, void (*look)(void *arg), void *arg);

#define CLOCK_PATIENCE (30 * SECOND)

/* How much CPU time resolvers may use while the clock stands; so much unless this says otherwise. CPU time, not time: a busy machine is no reason to end a run. */
void clock_allow(struct clock *c, simtime cpu);

/* The page that all share; NULL with CLOCK_REAL. */
struct page *clock_page(struct clock *c);

/* A virtual instant in the page's terms, and back. */
int64_t clock_to_page(const struct clock *c, simtime t);
simtime clock_from_page(const struct clock *c, int64_t t);

/* Wakes one thread of an area, which is at rest: there is something in its rings, the first for
 * this local port. The thread that reads from it if that is known; another one hands over what is
 * not its own. */
void clock_wake_reader(struct clock *c, struct page_area *a, uint16_t port);

/* From here on computing takes time: `factor` virtual seconds for each second of CPU time that a
 * watched resolver uses (page.h), as if all of its threads shared one core that is so many times
 * slower. Only a virtual clock can; 0 ends it. */
void clock_charge(struct clock *c, double factor);
bool clock_is_charged(const struct clock *c);

/* CPU time that a process of this user has used, all its threads together; 0 when there is none. */
simtime clock_cpu_time(pid_t pid);

/* Whether a process waits for something other than a core, a disk or SIGCONT. */
bool clock_sleeps(pid_t pid);

/* Whether a thread of a resolver, or also of what it started, has the CPU, or would have it if it
 * were its turn there, or waits for a disk. */
bool clock_computes(const struct clock *c, bool with_children);

/* The areas, a bit for each, in which something may have changed since this was asked last: a thread
 * ran, or the process ended. */
uint64_t clock_stirred(struct clock *c);

/* How far the library may move the clock itself (page.h): in any area, in none, and in all but one,
 * where it is `there`. */
void clock_lead(struct clock *c, simtime to);
void clock_lead_nobody(struct clock *c);
void clock_lead_all_but(struct clock *c, simtime to, unsigned area, simtime there);

/* From here on, and before any joins, each process has a time of its own (page.h): what one sends
 * does not come to another one, nor to whoever answers it, before `lookahead` has passed. Nothing
 * where there is one process, or the clock runs. */
void clock_part(struct clock *c, simtime lookahead);
bool clock_is_apart(const struct clock *c);
simtime clock_lookahead(const struct clock *c);

/* A process's own time, as it was when all rested last; clock_now() is the one up to which all is done. Whether it stands, since
 * something that it sent is to be taken first. */
simtime clock_own_now(const struct clock *c, unsigned area);
bool clock_own_stands(const struct clock *c, unsigned area);

/* Moves the time of one that rests to `to`, and lets its library move it to `lead`; neither goes
 * back. And all that are behind come to clock_now(). */
void clock_own_step(struct clock *c, unsigned area, simtime to, simtime lead);
void clock_own_meet(struct clock *c);

/* Whether a thread of an area runs. */
bool clock_own_runs(const struct clock *c, unsigned area);

/* When the first thread of an area wants to be woken; and lets one whose time has come run. */
simtime clock_own_deadline(struct clock *c, unsigned area);
bool clock_own_wake_due(struct clock *c, unsigned area);

/* Waits until no thread of any resolver can go on without a packet, a signal or later time, or
 * until one of them has sent much, or computing has brought what the clock leads to (then 1). 0: at
 * rest, and nobody goes on by himself until it is called again (page.h). Errors as wire_wait(). */
int clock_settle(struct clock *c, struct err *e);

/* While the harness does something else that takes real time: who is woken by the kernel may go on.
 * clock_settle() begins with it and ends it. */
void clock_open(struct clock *c);

/* The earliest instant at which a thread wants to be woken. SIMTIME_NEVER: none does. */
simtime clock_deadline(struct clock *c);

/* Moves a virtual clock that is at rest to `to`; never back. */
void clock_step(struct clock *c, simtime to);

/* Lets one thread whose time has come run, the one that has waited in the lowest slot; false: there
 * is none. One after the other they run in the same order every time. */
bool clock_wake_due(struct clock *c);

/* How many threads were let go before their turn, since who had it waited for them behind the
 * library's back (page.h): when that is seen is not the same in every run. 0 where computing takes
 * time, as they share the core there. */
uint64_t clock_out_of_turn(const struct clock *c);

/* Lets every thread that waits in a poll look at its descriptors again. */
void clock_nudge(struct clock *c);

/* Asks clock_settle() to return -EINTR from now on. Async-signal-safe. */
void clock_interrupt(void);
bool clock_interrupted(void);

/* The machine's own time, for what is really measured or has to have today's date: seconds since
 * some moment that does not change while it runs, and the date. */
double clock_machine_seconds(void);
simtime clock_machine_date(void);
