/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/clock.h"

#include <dirent.h>
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#define UPTIME (1000 * SECOND) /* what the monotonic clocks say at `start` */
#define PATIENCE                                                                                   \
	(2 *                                                                                       \
	 SECOND) /* real time that a thread may sit in the kernel while it counts as running   \
		      */
#define SPIN                                                                                       \
	(1 *                                                                                       \
	 SECOND) /* real time after which a thread may be turning round and round for another  \
			one */
#define REST_WITHIN (30 * SECOND) /* real time that a thread may compute without waiting once */
#define REST_WITHIN_CHARGED (30 * MINUTE) /* the same, where it is what is to be seen */
#define LOOK_EVERY (50 * MSEC)
#define LOOK_EVERY_CHARGED (5 * MSEC) /* and the share of the core that a thread gets at once */
#define KEEP (1 + PAGE_SLOTS)

struct clock {
	enum clock_mode mode;
	double speed;
	simtime epoch; /* date minus the page's `now` */
	int64_t real0; /* CLOCK_REAL: machine time at UPTIME */
	struct page *page;
	int keep[KEEP][2];
	char preload[4096], env_area[32];
	const char *env[3];
	char env_date[48];
	const char *date[3];
	pid_t watched[PAGE_AREAS];
	struct page_area *area[PAGE_AREAS]; /* of each watched process */
	unsigned watched_count;
};

static volatile sig_atomic_t interrupted, child_changed;

bool clock_interrupted(void)
{
	return interrupted;
}

static int64_t read_machine(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

static int64_t machine_now(void)
{
	return read_machine(CLOCK_MONOTONIC);
}

double clock_machine_seconds(void)
{
	return (double)machine_now() / (double)SECOND;
}

simtime clock_machine_date(void)
{
	return read_machine(CLOCK_REALTIME);
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

/* The page and the slots' eventfds, under the numbers that a resolver will find them by. */
static int make_page(struct clock *c, struct err *e)
{
	int fd = memfd_create("sigfault-clock", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, sizeof(struct page)) < 0)
		return err_set(e, -errno, "no shared page for the clock: %s", strerror(errno));
	c->keep[0][0] = fd;
	c->keep[0][1] = PAGE_FD;
	c->page = mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (c->page == MAP_FAILED) {
		c->page = NULL;
		return err_set(e, -errno, "no shared page for the clock: %s", strerror(errno));
	}
	for (int i = 1; i < KEEP; i++) {
		c->keep[i][0] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		c->keep[i][1] = PAGE_FD + i;
		if (c->keep[i][0] < 0)
			return err_set(e, -errno, "no eventfd for the clock: %s", strerror(errno));
	}
	return 0;
}

int clock_new(enum clock_mode mode, double speed, simtime start, struct clock **ret, struct err *e)
{
	_cleanup_(clock_freep) struct clock *c = calloc(1, sizeof(*c));
	struct sigaction sa = { .sa_handler = on_child, .sa_flags = SA_NOCLDSTOP };
	int r;

	if (!c)
		return err_set(e, -ENOMEM, "out of memory");
	for (int i = 0; i < KEEP; i++)
		c->keep[i][0] = -1;
	c->mode = mode;
	c->speed = mode == CLOCK_VIRTUAL ? 0 : mode == CLOCK_REAL ? 1 : speed;
	c->epoch = start - UPTIME;
	c->real0 = machine_now();
	sigaction(SIGCHLD, &sa, NULL);
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
	}
	*ret = TAKE(c);
	return 0;
}

void clock_free(struct clock *c)
{
	if (!c)
		return;
	for (int i = 0; i < KEEP; i++)
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
		return c->epoch + atomic_load(&c->page->now);
	return c->epoch + UPTIME + (simtime)((double)(machine_now() - c->real0) * c->speed);
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
	if (access(library, R_OK) < 0)
		return err_set(e, -ENOENT,
			       "the clock library '%s' is not there: build it with make", library);
	n = atomic_load(&c->page->areas);
	if (n == PAGE_AREAS)
		return err_set(e, -EMFILE, "more than %d resolvers on one clock", PAGE_AREAS);
	atomic_store(&c->page->areas, n + 1);
	c->page->area[n].seed = seed;
	snprintf(c->preload, sizeof(c->preload), "LD_PRELOAD=%s", library);
	snprintf(c->env_area, sizeof(c->env_area), PAGE_ENV "=%u", n);
	c->env[0] = c->preload;
	c->env[1] = c->env_area;
	*ret = (struct clock_share){ &c->page->area[n], (const int(*)[2])c->keep, KEEP, c->env };
	return 0;
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

static int check_refused(const struct clock *c, struct err *e)
{
	if (!c->page || atomic_load(&c->page->refused) != 2)
		return 0;
	return err_set(e, -EBADRQC, "the resolver called '%s', which the clock cannot virtualise",
		       c->page->refused_name);
}

int clock_check(struct clock *c, struct err *e)
{
	char how[64];
	int r;

	if (!child_changed)
		return 0;
	child_changed = 0;
	r = check_refused(c, e);
	if (r < 0)
		return r;
	for (unsigned i = 0; i < c->watched_count; i++) {
		if (has_ended(c->watched[i], how)) {
			child_changed = 1;
			return err_set(e, -ECHILD, "the resolver %s", how);
		}
	}
	return 0;
}

int clock_watch(struct clock *c, const struct clock_share *share, pid_t pid, struct err *e)
{
	int64_t give_up = machine_now() + 10 * SECOND;
	int r;

	c->area[c->watched_count] = share->area;
	c->watched[c->watched_count++] = pid;
	while (share->area && !atomic_load(&share->area->attached)) {
		child_changed = 1;
		r = interrupted ? err_set(e, -EINTR, "interrupted") : clock_check(c, e);
		if (r < 0)
			return r;
		if (machine_now() > give_up)
			return err_set(
				e, -ELIBACC,
				"the clock library was not loaded into the resolver (static, "
				"privileged or confined program?): use --clock real");
		usleep(500);
	}
	return 0;
}

simtime clock_cpu_time(pid_t pid)
{
	struct timespec t;
	clockid_t id;

	if (clock_getcpuclockid(pid, &id) != 0 || clock_gettime(id, &t) < 0)
		return 0;
	return t.tv_sec * SECOND + t.tv_nsec;
}

void clock_charge(struct clock *c, double factor)
{
	if (c->mode != CLOCK_VIRTUAL)
		return;
	for (unsigned i = 0; i < c->watched_count; i++)
		atomic_store(&c->area[i]->paid, clock_cpu_time(c->watched[i]));
	atomic_store(&c->page->charge, factor);
}

bool clock_is_charged(const struct clock *c)
{
	return c->page && atomic_load(&c->page->charge) != 0;
}

/* What resolvers have computed without a call to the library. */
static void charge(struct clock *c)
{
	for (unsigned i = 0; i < c->watched_count && clock_is_charged(c); i++)
		page_charge(c->page, c->area[i], clock_cpu_time(c->watched[i]));
}

/* Computing has taken the clock as far as the harness wanted to let it go. */
static bool has_come_far(const struct clock *c)
{
	return clock_is_charged(c) && atomic_load(&c->page->now) >= atomic_load(&c->page->lead);
}

void clock_lead(struct clock *c, simtime to)
{
	atomic_store(&c->page->lead, clock_to_page(c, to));
}

/* Moves a blocked slot to running. */
static bool claim(struct clock *c, struct page_slot *s)
{
	uint32_t expected = PAGE_BLOCKED;

	atomic_fetch_add(&c->page->running, 1);
	if (atomic_compare_exchange_strong(&s->state, &expected, PAGE_RUN))
		return true;
	atomic_fetch_sub(&c->page->running, 1);
	return false;
}

static void rouse(struct clock *c, struct page_slot *s)
{
	uint64_t one = 1;

	if (atomic_load(&s->kind) < PAGE_BY_FUTEX) {
		if (write(c->keep[1 + (s - c->page->slots)][0], &one, sizeof(one)) < 0)
			return; /* full: it is awake already */
		return;
	}
	atomic_store(&s->wake, 1);
	syscall(SYS_futex, &s->wake, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static bool wake(struct clock *c, struct page_slot *s)
{
	if (!claim(c, s))
		return false;
	rouse(c, s);
	return true;
}

/* Wakes all whose turn has not come. */
static void wake_queued(struct clock *c)
{
	for (unsigned i = 0; i < atomic_load(&c->page->slot_top); i++)
		if (atomic_exchange(&c->page->slots[i].queued, 0))
			rouse(c, &c->page->slots[i]);
}

/* Begins a turn in an area where nobody runs. */
static void wake_first(struct clock *c, uint32_t area)
{
	struct page_slot *first = NULL;

	for (unsigned i = 0; i < atomic_load(&c->page->slot_top); i++) {
		struct page_slot *s = &c->page->slots[i];

		if (atomic_load(&s->queued) && s->area == area &&
		    (!first || atomic_load(&s->queued) < atomic_load(&first->queued)))
			first = s;
	}
	if (first && atomic_exchange(&first->queued, 0))
		rouse(c, first);
}

static bool is_polling(struct page_slot *s)
{
	return atomic_load(&s->state) == PAGE_BLOCKED && atomic_load(&s->kind) <= PAGE_POLL;
}

void clock_wake_reader(struct clock *c, struct page_area *a, uint16_t port)
{
	uint8_t hint = atomic_load(&a->port_slot[port]);
	uint32_t index = (uint32_t)(a - c->page->area);

	if (hint && is_polling(&c->page->slots[hint - 1]) && wake(c, &c->page->slots[hint - 1]))
		return;
	for (unsigned i = 0; i < atomic_load(&c->page->slot_top); i++)
		if (c->page->slots[i].area == index && is_polling(&c->page->slots[i]) &&
		    wake(c, &c->page->slots[i]))
			return;
}

void clock_nudge(struct clock *c)
{
	uint32_t barrier;

	if (c->mode != CLOCK_VIRTUAL)
		return;
	barrier = atomic_fetch_add(&c->page->barrier, 1) + 1;
	for (unsigned i = 0; i < atomic_load(&c->page->slot_top); i++) {
		struct page_slot *s = &c->page->slots[i];

		if (is_polling(s) && atomic_load(&s->ack) < barrier && claim(c, s))
			atomic_store(&s->queued, atomic_fetch_add(&c->page->order, 1) + 1);
	}
	for (uint32_t area = 0; area < atomic_load(&c->page->areas); area++)
		wake_first(c, area);
}

simtime clock_deadline(const struct clock *c)
{
	int64_t first = PAGE_NEVER;

	for (unsigned i = 0; i < atomic_load(&c->page->slot_top); i++) {
		struct page_slot *s = &c->page->slots[i];

		if (atomic_load(&s->state) == PAGE_BLOCKED && atomic_load(&s->deadline) < first)
			first = atomic_load(&s->deadline);
	}
	return clock_from_page(c, first);
}

void clock_step(struct clock *c, simtime to)
{
	page_advance(c->page, clock_to_page(c, to));
}

bool clock_wake_due(struct clock *c)
{
	int64_t now = atomic_load(&c->page->now);

	for (unsigned i = 0; i < atomic_load(&c->page->slot_top); i++) {
		struct page_slot *s = &c->page->slots[i];

		if (atomic_load(&s->state) == PAGE_BLOCKED && atomic_load(&s->deadline) <= now &&
		    wake(c, s))
			return true;
	}
	return false;
}

/* Where the kernel has a thread: its state's letter and the place it waits in. */
static char thread_state(pid_t pid, int tid, char place[64])
{
	char path[64], state = '?';
	_cleanup_(fclosep) FILE *stat = NULL;
	_cleanup_(fclosep) FILE *wchan = NULL;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
	stat = fopen(path, "re");
	if (stat && fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
		state = '?';
	snprintf(path, sizeof(path), "/proc/%d/task/%d/wchan", pid, tid);
	wchan = fopen(path, "re");
	if (!wchan || fscanf(wchan, "%63s", place) != 1)
		strcpy(place, "?");
	return state;
}

/* Whether a thread of a resolver has the CPU, or would have it if it were its turn there, or waits
 * for a disk. */
static bool computes(const struct clock *c)
{
	char path[64], place[64];
	bool found = false;

	for (unsigned i = 0; i < c->watched_count && !found; i++) {
		struct dirent *d;
		DIR *tasks;

		snprintf(path, sizeof(path), "/proc/%d/task", c->watched[i]);
		tasks = opendir(path);
		while (tasks && !found && (d = readdir(tasks)))
			found = d->d_name[0] != '.' &&
				strchr("RD", thread_state(c->watched[i], atoi(d->d_name), place));
		if (tasks)
			closedir(tasks);
	}
	return found;
}

/* The threads that count as running but sit in the kernel, in words. The tids that slots hold are
 * those of the resolver's pid namespace; /proc here shows its threads by ours, so they are listed
 * by order. */
static int describe_stuck(const struct clock *c, struct err *e)
{
	char text[768] = "", place[64];
	size_t len = 0;

	for (unsigned i = 0; i < atomic_load(&c->page->slot_top) && len < sizeof(text) - 128; i++) {
		struct page_slot *s = &c->page->slots[i];
		static const char *const states[] = { "free", "running", "blocked" };
		static const char *const kinds[] = { "epoll",	  "poll",   "sleep", "condition",
						     "semaphore", "signal", "join",  "futex" };

		if (atomic_load(&s->state) == PAGE_FREE)
			continue;
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%sthread %d %s (%s)",
					len ? ", " : "", s->tid, states[atomic_load(&s->state)],
					kinds[atomic_load(&s->kind)]);
	}
	thread_state(c->watched[0], c->watched[0], place);
	return err_set(
		e, -EDEADLK,
		"the resolver does not come to rest: it sits in '%s' outside of the clock; %s",
		place, text);
}

/* What the kernel calls a process. */
static const char *name_of(pid_t pid, char ret[32])
{
	char path[64];
	_cleanup_(fclosep) FILE *f = NULL;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%31[^\n]", ret) != 1)
		strcpy(ret, "?");
	return ret;
}

static bool is_half_full(struct clock *c)
{
	for (unsigned i = 0; i < atomic_load(&c->page->areas); i++) {
		struct page_ring *r = &c->page->area[i].out;

		if (atomic_load(&r->tail) - atomic_load(&r->head) > PAGE_RING / 2)
			return true;
	}
	return false;
}

/* Sleeps until the bell rings after `seen`, or for a moment. true: it was a moment. */
static bool wait_for_bell(struct page *p, uint32_t seen, simtime wait)
{
	struct timespec moment = { 0, wait };
	bool late = false;

	atomic_store(&p->bell_waiting, 1);
	if (atomic_load(&p->running))
		late = syscall(SYS_futex, &p->bell, FUTEX_WAIT, seen, &moment, NULL, 0) < 0 &&
		       errno == ETIMEDOUT;
	atomic_store(&p->bell_waiting, 0);
	return late;
}

/* One that has not waited for so long. */
static int describe_endless(const struct clock *c, simtime within, struct err *e)
{
	char name[32];

	return err_set(e, -EDEADLK,
		       "the resolver (%s) has not come to rest for %d s: it computes "
		       "without end",
		       name_of(c->watched[0], name), (int)(within / SECOND));
}

void clock_open(struct clock *c)
{
	if (c->mode == CLOCK_VIRTUAL && atomic_exchange(&c->page->gate, 0) == 2)
		syscall(SYS_futex, &c->page->gate, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

/* false: somebody was quicker. */
static bool shut(struct clock *c)
{
	struct page *p = c->page;

	atomic_store(&p->gate, 1);
	if (atomic_load(&p->running) == 0 && atomic_load(&p->kicks) == atomic_load(&p->kicks_seen))
		return true;
	clock_open(c);
	return false;
}

int clock_settle(struct clock *c, struct err *e)
{
	simtime within = clock_is_charged(c) ? REST_WITHIN_CHARGED : REST_WITHIN;
	simtime look = clock_is_charged(c) ? LOOK_EVERY_CHARGED : LOOK_EVERY;
	struct page *p = c->page;
	int64_t since = 0;
	bool computing;
	int r;

	clock_open(c);
	for (;;) {
		uint32_t bell = atomic_load(&p->bell);

		if (interrupted)
			return err_set(e, -EINTR, "interrupted");
		r = clock_check(c, e);
		if (r < 0)
			return r;
		if (atomic_load(&p->running) == 0) {
			uint32_t kicks = atomic_load(&p->kicks);

			if (kicks == atomic_load(&p->kicks_seen)) {
				if (shut(c))
					return 0;
				continue;
			}
			/* Seen only after all were woken: until then none may move the clock. */
			clock_nudge(c);
			atomic_store(&p->kicks_seen, kicks);
			continue;
		}
		if (is_half_full(c) || has_come_far(c))
			return 1;
		if (!wait_for_bell(p, bell, look)) {
			since = 0;
			continue;
		}
		child_changed = 1;
		charge(c);
		if (!since)
			since = machine_now();
		computing = computes(c);
		if (!computing || clock_is_charged(c) || machine_now() - since > SPIN)
			wake_queued(c);
		if (machine_now() - since < PATIENCE)
			continue;
		if (!computing)
			return describe_stuck(c, e);
		if (machine_now() - since > within)
			return describe_endless(c, within, e);
	}
}
