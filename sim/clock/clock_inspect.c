/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/clock_inside.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define STREAMS_MAX 65536 /* descriptors that the library knows of */
#define LOOK_AT_ALL 64 /* rests */
#define ORDER_MAX ((uint64_t)1 << 62) /* nobody counts so far */

void clock_distrust(struct clock *c, const char *fmt, ...)
{
	va_list ap;

	if (c->distrust[0])
		return;
	va_start(ap, fmt);
	vsnprintf(c->distrust, sizeof(c->distrust), fmt, ap);
	va_end(ap);
}

int clock_trust(const struct clock *c, struct err *e)
{
	if (!c->distrust[0])
		return 0;
	return err_set(e, -EBADMSG,
		       "the %s wrote garbage into the memory that it shares with the clock: "
		       "%s",
		       c->subject, c->distrust);
}

/* ---- time ---- */

/* How far the clock can have come without us: the library moves it as far as we lead it, and where
 * computing is charged for, by what was computed. */
static int64_t latest(const struct clock *c)
{
	int64_t to = c->lead > c->least ? c->lead : c->least;
	double cpu = 1e9;

	if (c->charge == 0)
		return to;
	for (unsigned i = 0; i < c->watched_count; i++)
		cpu += (double)clock_cpu_time(c->watched[i]);
	return to + (int64_t)(cpu * c->charge);
}

int64_t clock_page_now(const struct clock *c)
{
	int64_t now = c->apart ? c->least : atomic_load(&c->page->now);

	if (now == c->least)
		return now;
	return now < c->least || now > latest(c) ? c->least : now;
}

void clock_notice_time(struct clock *c)
{
	int64_t now;

	if (c->mode != CLOCK_VIRTUAL)
		return;
	if (c->apart) {
		clock_notice_own(c, clock_ran(c));
		return;
	}
	now = atomic_load(&c->page->now);
	if (now < c->least || (now > c->least && now > latest(c)))
		clock_distrust(c, "now is %" PRId64, now);
	else
		c->least = now;
}

/* ---- what is ours alone ---- */

void clock_fix(struct clock *c)
{
	for (unsigned i = 0; i < c->areas; i++) {
		const struct page_area *a = &c->page->area[i];
		struct area_terms *t = &c->terms[i];

		t->calm_rcodes = a->calm_rcodes;
		t->slack = a->slack;
		t->sleep_slack = a->sleep_slack;
		t->idle_slack = a->idle_slack;
		t->ahead = atomic_load(&a->ahead);
		t->seed = a->seed;
		memcpy(t->self4, a->self4, sizeof(t->self4));
		memcpy(t->self6, a->self6, sizeof(t->self6));
	}
	c->has_terms = true;
}

static void inspect_terms(struct clock *c, unsigned i)
{
	const struct page_area *a = &c->page->area[i];
	const struct area_terms *t = &c->terms[i];

	if (a->calm_rcodes != t->calm_rcodes)
		clock_distrust(c, "calm_rcodes is %#x", a->calm_rcodes);
	if (a->slack != t->slack)
		clock_distrust(c, "slack is %" PRId64, a->slack);
	if (a->sleep_slack != t->sleep_slack)
		clock_distrust(c, "sleep_slack is %" PRId64, a->sleep_slack);
	if (a->idle_slack != t->idle_slack)
		clock_distrust(c, "idle_slack is %" PRId64, a->idle_slack);
	if (atomic_load(&a->ahead) != t->ahead)
		clock_distrust(c, "ahead is %" PRId64, atomic_load(&a->ahead));
	if (a->seed != t->seed)
		clock_distrust(c, "seed is %" PRIu64, a->seed);
	if (memcmp(a->self4, t->self4, sizeof(t->self4)) != 0)
		clock_distrust(c, "self4 has changed");
	if (memcmp(a->self6, t->self6, sizeof(t->self6)) != 0)
		clock_distrust(c, "self6 has changed");
}

static void inspect_instant(struct clock *c, const char *name, const struct page_instant *i,
			    const struct clock_instant *ours)
{
	if (atomic_load(&i->all) != ours->all)
		clock_distrust(c, "%s is %" PRId64, name, atomic_load(&i->all));
	if (atomic_load(&i->one) != ours->one || atomic_load(&i->of) != ours->of)
		clock_distrust(c, "%s of area %u is %" PRId64, name, atomic_load(&i->of) - 1,
			       atomic_load(&i->one));
}

static bool differs(double a, double b)
{
	return memcmp(&a, &b, sizeof(a)) != 0;
}

static void inspect_head(struct clock *c)
{
	const struct page *p = c->page;

	if (p->magic != PAGE_MAGIC || p->version != PAGE_VERSION)
		clock_distrust(c, "magic and version are %#x and %u", p->magic, p->version);
	if (differs(p->speed, c->speed))
		clock_distrust(c, "speed is %g", p->speed);
	if (p->real0 != c->real0)
		clock_distrust(c, "real0 is %" PRId64, p->real0);
	if (p->epoch != c->epoch)
		clock_distrust(c, "epoch is %" PRId64, p->epoch);
	if (*(const uint8_t *)&p->datagrams != (c->mode == CLOCK_VIRTUAL))
		clock_distrust(c, "datagrams is %u", *(const uint8_t *)&p->datagrams);
	if (*(const uint8_t *)&p->apart != c->apart)
		clock_distrust(c, "apart is %u", *(const uint8_t *)&p->apart);
	if (differs(atomic_load(&p->charge), c->charge))
		clock_distrust(c, "charge is %g", atomic_load(&p->charge));
	if (p->room != c->room)
		clock_distrust(c, "room is %u", p->room);
	if (p->threads != c->threads)
		clock_distrust(c, "threads is %u", p->threads);
	if (atomic_load(&p->areas) != c->areas)
		clock_distrust(c, "areas is %u", atomic_load(&p->areas));
	if (atomic_load(&p->barrier) != c->barrier)
		clock_distrust(c, "barrier is %u", atomic_load(&p->barrier));
	if (atomic_load(&p->kicks_seen) != c->kicks_seen)
		clock_distrust(c, "kicks_seen is %u", atomic_load(&p->kicks_seen));
	inspect_instant(c, "lead", &p->lead, &c->leads);
	inspect_instant(c, "others", &p->others, &c->others);
	if (atomic_load(&p->stirred) & ~clock_all(c))
		clock_distrust(c, "stirred is %#" PRIx64, atomic_load(&p->stirred));
}

/* ---- what is theirs ---- */

unsigned clock_slots(const struct clock *c, unsigned area)
{
	unsigned top = atomic_load(&c->page->area[area].slot_top);

	return top < c->threads ? top : c->threads;
}

unsigned clock_area_of(const struct clock *c, const struct page_slot *s)
{
	return (unsigned)((size_t)((const char *)s - (const char *)c->page->area) /
			  sizeof(struct page_area));
}

struct page_slot *clock_slot_after(const struct clock *c, const struct page_slot *last)
{
	unsigned area = last ? clock_area_of(c, last) : 0;
	unsigned next = last ? (unsigned)(last - c->page->area[area].slots) + 1 : 0;

	while (area < c->areas && next >= clock_slots(c, area)) {
		area++;
		next = 0;
	}
	return area < c->areas ? &c->page->area[area].slots[next] : NULL;
}

static void inspect_counts(struct clock *c)
{
	const struct page *p = c->page;

	if (atomic_load(&p->running) > 2 * c->threads * c->room)
		clock_distrust(c, "running is %u", atomic_load(&p->running));
	if (atomic_load(&p->gate) > 2)
		clock_distrust(c, "gate is %u", atomic_load(&p->gate));
	if (atomic_load(&p->bell_waiting) > 1)
		clock_distrust(c, "bell_waiting is %u", atomic_load(&p->bell_waiting));
	if (atomic_load(&p->order) > ORDER_MAX)
		clock_distrust(c, "order is %" PRIu64, atomic_load(&p->order));
	if (atomic_load(&p->refused) > 2)
		clock_distrust(c, "refused is %u", atomic_load(&p->refused));
}

static void inspect_slot(struct clock *c, unsigned area, unsigned i)
{
	const struct page_slot *s = &c->page->area[area].slots[i];
	uint32_t state = atomic_load(&s->state), kind = atomic_load(&s->kind);

	if (state > PAGE_BLOCKED)
		clock_distrust(c, "slots[%u].state is %u", i, state);
	else if (kind > PAGE_FUTEX)
		clock_distrust(c, "slots[%u].kind is %u", i, kind);
	else if (atomic_load(&s->queued) > ORDER_MAX)
		clock_distrust(c, "slots[%u].queued is %" PRIu64, i, atomic_load(&s->queued));
}

/* One end may move while we look: the one that is behind is read first, so that it stays behind. */
static void inspect_ring(struct clock *c, const char *name, const struct page_ring *r)
{
	uint64_t head = atomic_load(&r->head), tail = atomic_load(&r->tail);

	if (head > tail)
		clock_distrust(c, "%s.head is %" PRIu64, name, head);
	else if (tail - head > PAGE_RING)
		clock_distrust(c, "%s.tail is %" PRIu64, name, tail);
}

static void inspect_area(struct clock *c, unsigned i)
{
	const struct page_area *a = &c->page->area[i];

	inspect_ring(c, "out", &a->out);
	inspect_ring(c, "in", &a->in);
	inspect_ring(c, "asks", &a->asks);
	inspect_ring(c, "answers", &a->answers);
	if (atomic_load(&a->attached) > 1)
		clock_distrust(c, "attached is %u", atomic_load(&a->attached));
	if (atomic_load(&a->attention) > 1)
		clock_distrust(c, "attention is %u", atomic_load(&a->attention));
	if (atomic_load(&a->streams) > STREAMS_MAX)
		clock_distrust(c, "streams is %u", atomic_load(&a->streams));
	if (atomic_load(&a->slot_top) > c->threads)
		clock_distrust(c, "slot_top is %u", atomic_load(&a->slot_top));
	clock_inspect_own(c, i);
	if (c->has_terms)
		inspect_terms(c, i);
}

static void inspect_areas(struct clock *c, uint64_t which)
{
	inspect_head(c);
	inspect_counts(c);
	for (; which; which &= which - 1) {
		unsigned area = (unsigned)__builtin_ctzll(which);

		for (unsigned i = 0; i < clock_slots(c, area); i++)
			inspect_slot(c, area, i);
		inspect_area(c, area);
	}
}

void clock_inspect(struct clock *c)
{
	inspect_areas(c, clock_all(c));
}

static void inspect_rest(struct clock *c, unsigned area)
{
	for (unsigned i = 0; i < clock_slots(c, area); i++)
		if (atomic_load(&c->page->area[area].slots[i].state) == PAGE_RUN)
			clock_distrust(c, "running is 0, and slots[%u] runs", i);
}

/* Who did not run has not changed his area, unless he lies, and not another's, either. That is looked
 * at from time to time. */
void clock_inspect_rest(struct clock *c)
{
	uint64_t which = ++c->rests % LOOK_AT_ALL ? clock_ran(c) : clock_all(c);

	inspect_areas(c, which);
	for (; which; which &= which - 1)
		inspect_rest(c, (unsigned)__builtin_ctzll(which));
}

/* ---- all of it ---- */

/* What was paid for was computed. */
static void audit_paid(struct clock *c, unsigned i)
{
	int64_t paid = atomic_load(&c->area[i]->paid);

	if (paid < 0 || paid > clock_cpu_time(c->watched[i]))
		clock_distrust(c, "paid is %" PRId64, paid);
}

static void audit_ports(struct clock *c, unsigned area)
{
	for (unsigned port = 0; port < 65536; port++) {
		unsigned slot = atomic_load(&c->page->area[area].port_slot[port]);

		if (slot > clock_slots(c, area))
			clock_distrust(c, "port_slot[%u] is %u", port, slot);
	}
}

static bool is_zero(const void *bytes, size_t len)
{
	const uint8_t *b = bytes;

	return !len || (b[0] == 0 && memcmp(b, b + 1, len - 1) == 0);
}

static void audit_slots(struct clock *c, unsigned area)
{
	const struct page_slot *s = c->page->area[area].slots;

	for (unsigned i = clock_slots(c, area); i < PAGE_SLOTS; i++)
		if (!is_zero(&s[i], sizeof(s[i])))
			clock_distrust(c, "slots[%u] was never given out, and is not empty", i);
}

int clock_audit(struct clock *c, struct err *e)
{
	int r = clock_trust(c, e);

	if (!c->page || r < 0)
		return r;
	clock_notice_time(c);
	clock_inspect(c);
	for (unsigned i = 0; i < c->areas; i++)
		audit_ports(c, i);
	for (unsigned i = 0; i < c->watched_count; i++)
		audit_paid(c, i);
	for (unsigned i = 0; i < c->areas; i++)
		audit_slots(c, i);
	for (unsigned i = c->areas; i < c->room; i++)
		if (!is_zero(&c->page->area[i], offsetof(struct page_area, out)))
			clock_distrust(c, "area[%u] is nobody's, and is not empty", i);
	return clock_trust(c, e);
}
