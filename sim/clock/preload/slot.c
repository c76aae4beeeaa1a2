/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/slot.h"

#include <linux/futex.h>
#include <stdlib.h>

#include "sim/clock/preload/look.h"
#include "sim/clock/preload/signals.h"

static __thread struct page_slot *own_slot;
static pthread_key_t exit_key;
static bool has_key;

static void slot_release(void *arg);

/* A program that this process ran before, a wrapper script's shell, took its threads along. */
static void release_former_threads(struct page *p)
{
	for (unsigned i = 0; i < shim_slots(p); i++) {
		struct page_slot *s = &area(p)->slots[i];
		uint32_t state = atomic_load(&s->state);

		if (state == PAGE_FREE || s == own_slot)
			continue;
		atomic_store(&s->state, PAGE_FREE);
		atomic_store(&s->queued, 0);
		if (state == PAGE_RUN)
			atomic_fetch_sub(&p->running, 1);
	}
}

/* The thread that loads us is the program's first. */
__attribute__((constructor)) static void start(void)
{
	struct page *p = shim_attach();

	has_key = pthread_key_create(&exit_key, slot_release) == 0;
	if (!p)
		return;
	pthread_setspecific(exit_key, shim_self(p));
	release_former_threads(p);
	atomic_store(&area(p)->attached, 1);
}

static void reach(struct page *p, uint32_t top)
{
	uint32_t was = atomic_load(&area(p)->slot_top);

	while (was < top && !atomic_compare_exchange_weak(&area(p)->slot_top, &was, top))
		;
}

/* Of this process something may have changed. */
static void stir(struct page *p)
{
	if (!(atomic_load(&p->stirred) & page_bit(shim_area)))
		atomic_fetch_or(&p->stirred, page_bit(shim_area));
}

static struct page_slot *slot_new(struct page *p)
{
	/* Counted first: while anybody runs the count is not 0. */
	atomic_fetch_add(&p->running, 1);
	stir(p);
	for (unsigned i = 0; i < shim_threads(p); i++) {
		struct page_slot *s = &area(p)->slots[i];
		uint32_t expected = PAGE_FREE;

		if (!atomic_compare_exchange_strong(&s->state, &expected, PAGE_RUN))
			continue;
		s->tid = 0;
		reach(p, i + 1);
		atomic_store(&s->deadline, NEVER);
		atomic_store(&s->queued, 0);
		atomic_store(&s->wake, 0);
		return s;
	}
	shim_refuse(p, "pthread_create (more threads than the clock has room for)");
}

struct page_slot *shim_self(struct page *p)
{
	if (!own_slot) {
		own_slot = slot_new(p);
		if (has_key)
			pthread_setspecific(exit_key, own_slot);
		own_slot->tid = (int32_t)RAW(SYS_gettid, 0, 0, 0, 0, 0, 0);
	}
	return own_slot;
}

static void one_less(struct page *p)
{
	if (atomic_fetch_sub(&p->running, 1) == 1)
		shim_ring(p);
}

/* Wakes a claimed slot by its kind. */
static void wake(struct page *p, struct page_slot *s)
{
	uint64_t one = 1;

	if (atomic_load(&s->kind) < PAGE_BY_FUTEX) {
		RAW(SYS_write, PAGE_FD + 1 + (s - area(p)->slots), &one, sizeof(one), 0, 0, 0);
		return;
	}
	atomic_store(&s->wake, 1);
	RAW(SYS_futex, &s->wake, FUTEX_WAKE, 1, 0, 0, 0);
}

void shim_wake_later(struct page *p, struct page_slot *s)
{
	if (p->speed != 0)
		wake(p, s);
	else
		atomic_store(&s->queued, atomic_fetch_add(&p->order, 1) + 1);
}

/* The first in the queue, and its place; NULL: there is none. */
static struct page_slot *first_queued(struct page *p, uint64_t *at)
{
	struct page_slot *first = NULL;

	*at = UINT64_MAX;
	for (unsigned i = 0; i < shim_slots(p); i++) {
		struct page_slot *s = &area(p)->slots[i];
		uint64_t queued = atomic_load(&s->queued);

		if (queued && queued < *at) {
			first = s;
			*at = queued;
		}
	}
	return first;
}

/* The turn goes to the first in the queue; false: there is none. One that the kernel woke before
 * its turn, and that waits for something else by now, does not take it. */
static bool wake_next(struct page *p)
{
	for (;;) {
		uint64_t at;
		struct page_slot *s = first_queued(p, &at);

		if (!s)
			return false;
		if (!atomic_compare_exchange_strong(&s->queued, &at, 0) ||
		    atomic_load(&s->state) != PAGE_RUN)
			continue;
		wake(p, s);
		return true;
	}
}

/* This thread does not run any more, and the turn goes on. Who has it next is counted already; were
 * this one still, he could not move the clock (wait.c), or could, as the machine has it. */
static void give_turn(struct page *p)
{
	uint64_t at;
	bool has_next = first_queued(p, &at);

	one_less(p);
	if (has_next)
		wake_next(p);
}

void shim_wake_all(struct page *p)
{
	while (wake_next(p))
		;
}

void shim_wait_publish(struct page *p, struct page_slot *s, enum page_wait kind, uint64_t what,
		       int64_t deadline)
{
	atomic_store(&s->kind, kind);
	atomic_store(&s->what, what);
	atomic_store(&s->deadline, deadline);
	atomic_store(&s->wake, 0);
	atomic_store(&s->order, atomic_fetch_add(&p->order, 1));
	stir(p);
	atomic_store(&s->state, PAGE_BLOCKED);
}

void shim_wait_yield(struct page *p)
{
	shim_charge(p);
	give_turn(p);
}

bool shim_wait_cancel(struct page_slot *s)
{
	uint32_t expected = PAGE_BLOCKED;

	return atomic_compare_exchange_strong(&s->state, &expected, PAGE_RUN);
}

void shim_wait_begin(struct page *p, struct page_slot *s, enum page_wait kind, uint64_t what,
		     int64_t deadline)
{
	shim_wait_publish(p, s, kind, what, deadline);
	shim_wait_yield(p);
}

bool shim_claim(struct page *p, struct page_slot *s)
{
	uint32_t expected = PAGE_BLOCKED;

	/* Counted before it can run: the count may be too high for a moment, never too low. */
	atomic_fetch_add(&p->running, 1);
	if (atomic_compare_exchange_strong(&s->state, &expected, PAGE_RUN))
		return true;
	one_less(p);
	return false;
}

/* Nobody but the kernel has woken this thread: it is let in when the harness waits. */
static void pass_gate(struct page *p)
{
	int saved = errno;
	uint32_t gate;

	while ((gate = atomic_load(&p->gate))) {
		if (gate == 1 && !atomic_compare_exchange_strong(&p->gate, &gate, 2))
			continue;
		RAW(SYS_futex, &p->gate, FUTEX_WAIT, 2, 0, 0, 0);
	}
	errno = saved;
}

/* The kernel has woken this thread before the turn that it is queued for. */
static void await_turn(const struct page_slot *s)
{
	static const struct timespec moment = { 0, 20000 };

	while (atomic_load(&s->queued))
		RAW(SYS_nanosleep, &moment, NULL, 0, 0, 0, 0);
}

bool shim_is_waiting(const struct page *p, const struct page_slot *s)
{
	return p->speed == 0 && atomic_load(&s->state) == PAGE_BLOCKED;
}

/* Another thread ended the wait, since its time has not come. Who polls sees by himself what there
 * is, and may be woken for nothing. */
static void note_end(struct page *p, struct page_slot *s)
{
	if (atomic_load(&s->kind) >= PAGE_BY_FUTEX && atomic_load(shim_clock(p)) < s->deadline)
		shim_happens();
}

bool shim_is_alone(struct page *p)
{
	if (!p->apart)
		return atomic_load(&p->running) == 1;
	for (unsigned i = 0; i < shim_slots(p); i++) {
		const struct page_slot *s = &area(p)->slots[i];

		if (s != own_slot && atomic_load(&s->state) == PAGE_RUN)
			return false;
	}
	return true;
}

/* Somebody else of this process has the turn. */
static bool is_anybody_on(struct page *p, const struct page_slot *self)
{
	for (unsigned i = 0; i < shim_slots(p); i++) {
		const struct page_slot *s = &area(p)->slots[i];

		if (s != self && atomic_load(&s->state) == PAGE_RUN && !atomic_load(&s->queued))
			return true;
	}
	return false;
}

/* The kernel alone has woken this thread, by a pipe or a connection, while another one has the turn:
 * two would run from here on. It comes behind all that are queued, and beside another one such by its
 * slot, so that it does not matter how soon the kernel did. */
static void queue_up(struct page *p, struct page_slot *s)
{
	if (p->speed != 0 || !is_anybody_on(p, s))
		return;
	atomic_store(&s->queued, PAGE_LAST_TURNS + (uint64_t)(s - area(p)->slots));
	if (!is_anybody_on(p, s))
		wake_next(p); /* he gave it on before he could see this one */
}

void shim_wait_end(struct page *p, struct page_slot *s)
{
	uint32_t expected = PAGE_BLOCKED;

	if (atomic_load(&s->state) == PAGE_BLOCKED) {
		/* Counted first: who shuts the gate then looks whether somebody runs. */
		atomic_fetch_add(&p->running, 1);
		pass_gate(p);
		if (!atomic_compare_exchange_strong(&s->state, &expected, PAGE_RUN))
			one_less(p);
		else
			queue_up(p, s);
	}
	await_turn(s);
	stir(p);
	note_end(p, s);
}

/* On a clock that stands the harness wakes whose time has come, one after the other: who came late
 * to his sleep and sees that himself would be out of turn. */
void shim_futex_wait(struct page *p, struct page_slot *s, int64_t deadline)
{
	struct timespec t;

	while (!atomic_load(&s->wake) && (p->speed == 0 || shim_now(p) < deadline))
		RAW(SYS_futex, &s->wake, FUTEX_WAIT, 0, shim_patience(p, deadline, &t), 0, 0);
}

/* A thread ends: those that wait to join it go on in its stead. */
static void slot_release(void *arg)
{
	struct page_slot *s = arg;
	struct page *p = shim_page;

	if (!p || !s)
		return;
	for (unsigned i = 0; i < shim_slots(p); i++) {
		struct page_slot *j = &area(p)->slots[i];

		if (atomic_load(&j->state) == PAGE_BLOCKED && atomic_load(&j->kind) == PAGE_JOIN &&
		    j->what == (uint64_t)pthread_self() && shim_claim(p, j))
			shim_wake_later(p, j);
	}
	own_slot = NULL;
	atomic_store(&s->queued, 0);
	atomic_store(&s->state, PAGE_FREE);
	give_turn(p);
}

struct beginning {
	void *(*run)(void *);
	void *arg;
	struct page_slot *slot;
};

static void *begin_thread(void *arg)
{
	struct beginning b = *(struct beginning *)arg;

	free(arg);
	own_slot = b.slot;
	own_slot->tid = (int32_t)RAW(SYS_gettid, 0, 0, 0, 0, 0, 0);
	pthread_setspecific(exit_key, own_slot);
	shim_open_sigsys();
	shim_futex_wait(shim_page, own_slot, NEVER);
	return b.run(b.arg);
}

HOOK int pthread_create(pthread_t *t, const pthread_attr_t *attr, void *(*run)(void *), void *arg)
{
	static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
	struct page *p = page();
	struct beginning *b;
	int r;

	if (!real)
		real = shim_libc("pthread_create", NULL);
	if (!p)
		return real(t, attr, run, arg);
	b = malloc(sizeof(*b));
	if (!b)
		return EAGAIN;
	*b = (struct beginning){ run, arg, slot_new(p) };
	shim_happens();
	atomic_store(&b->slot->kind, PAGE_FUTEX);
	shim_wake_later(p, b->slot);
	r = real(t, attr, begin_thread, b);
	if (r) {
		atomic_store(&b->slot->queued, 0);
		atomic_store(&b->slot->state, PAGE_FREE);
		one_less(p);
		free(b);
	}
	return r;
}

void shim_slot_forked(void)
{
	own_slot = NULL;
}
