/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/areas.h"

#include <string.h>

static unsigned number_of(const struct areas *a, const struct page_area *one)
{
	return (unsigned)(one - clock_page(a->clock)->area);
}

static uint64_t bit_of(const struct areas *a, const struct page_area *one)
{
	return page_bit(number_of(a, one));
}

struct rings *areas_rings(struct areas *a, const struct page_area *one)
{
	return &a->rings[number_of(a, one)];
}

struct page_area *areas_take(const struct areas *a, uint64_t *set)
{
	unsigned i = *set ? (unsigned)__builtin_ctzll(*set) : PAGE_AREAS;

	*set &= *set - 1;
	return i < clock_areas(a->clock) ? &clock_page(a->clock)->area[i] : NULL;
}

bool areas_is_gone(const struct areas *a, const struct page_area *one)
{
	return clock_has_ended(a->clock, number_of(a, one));
}

void areas_begin_anew(struct areas *a, struct page_area *one)
{
	struct rings *r = areas_rings(a, one);

	a->looked &= ~bit_of(a, one);
	atomic_store(&one->in.head, r->in.own);
	atomic_store(&one->answers.head, r->answers.own);
	ahead_seen(&r->ahead, SIMTIME_NEVER);
	areas_change(a, one);
}

/* ---- addresses ---- */

static void give_number(struct areas *a, unsigned number)
{
	const struct page_area *one = &clock_page(a->clock)->area[number];
	struct address four = { .family = 4 }, six = { .family = 6 };

	memcpy(four.bytes, one->self4, sizeof(one->self4));
	memcpy(six.bytes, one->self6, sizeof(one->self6));
	numbers_add(&a->numbers, &four, number);
	numbers_add(&a->numbers, &six, number);
}

struct page_area *areas_at(struct areas *a, const struct address *at)
{
	int found;

	while (a->numbered < clock_areas(a->clock))
		give_number(a, a->numbered++);
	found = numbers_find(&a->numbers, at);
	return &clock_page(a->clock)->area[found < 0 ? 0 : found];
}

/* ---- what they sent ---- */

static void learn(struct areas *a)
{
	uint64_t stirred = clock_stirred(a->clock);

	a->full |= stirred;
	a->looked &= ~stirred;
	a->changed |= stirred;
}

/* When the oldest that waits in one was sent; INT64_MAX: nothing does. */
static int64_t sent_by(struct areas *a, struct page_area *one)
{
	unsigned number = number_of(a, one);

	if (!clock_is_apart(a->clock) || !(a->looked & page_bit(number)))
		a->sent[number] =
			ring_oldest(&areas_rings(a, one)->out, &one->out, "out", a->clock);
	a->looked |= page_bit(number);
	return a->sent[number];
}

/* What lies ahead of all is not to be seen yet. */
static bool has_sent(struct areas *a, struct page_area *one)
{
	if (clock_is_apart(a->clock))
		return sent_by(a, one) <= clock_to_page(a->clock, clock_now(a->clock));
	return ring_waiting(&areas_rings(a, one)->out, &one->out, "out", a->clock);
}

bool areas_have_datagram(struct areas *a)
{
	uint64_t full;

	learn(a);
	full = a->full;
	for (struct page_area *one; (one = areas_take(a, &full));)
		if (has_sent(a, one))
			return true;
	return false;
}

struct page_area *areas_first_sender(struct areas *a)
{
	struct page_area *first = NULL;
	int64_t now = clock_to_page(a->clock, clock_now(a->clock)), sent = INT64_MAX;
	uint64_t full;

	learn(a);
	full = a->full;
	for (struct page_area *one; (one = areas_take(a, &full));) {
		int64_t at = sent_by(a, one);

		if (at == INT64_MAX) {
			atomic_store(&one->attention, 0);
			a->full &= ~bit_of(a, one);
		}
		if (at < sent && (at <= now || !clock_is_apart(a->clock))) {
			sent = at;
			first = one;
		}
	}
	if (first)
		a->looked &= ~bit_of(a, first);
	return first;
}

simtime areas_oldest(struct areas *a)
{
	int64_t oldest = INT64_MAX;
	uint64_t full;

	learn(a);
	full = a->full;
	for (struct page_area *one; (one = areas_take(a, &full));)
		oldest = earlier(oldest, sent_by(a, one));
	return clock_from_page(a->clock, oldest);
}

/* ---- readers ---- */

void areas_tell(struct areas *a, const struct page_area *one, uint16_t port)
{
	unsigned number = number_of(a, one);

	if (!a->port[number])
		a->port[number] = port;
	if (port)
		a->told |= page_bit(number);
}

void areas_wake_readers(struct areas *a)
{
	for (struct page_area *one; (one = areas_take(a, &a->told));) {
		unsigned number = number_of(a, one);

		clock_wake_reader(a->clock, one, a->port[number]);
		a->port[number] = 0;
	}
}

/* ---- what is ahead ---- */

void areas_change(struct areas *a, const struct page_area *one)
{
	a->changed |= bit_of(a, one);
}

static simtime next_in(struct areas *a, struct page_area *one)
{
	struct rings *r = areas_rings(a, one);
	uint64_t unread;

	if (areas_is_gone(a, one))
		return SIMTIME_NEVER;
	unread = ring_unread(&r->asks, &one->asks, "asks", a->clock);
	/* What the library moved the clock to itself it has seen. Computing moves it unseen. */
	if (!clock_is_charged(a->clock))
		ahead_seen(&r->ahead, clock_own_now(a->clock, number_of(a, one)));
	ahead_taken(&r->ahead, r->asks.own - unread);
	return ahead_next(&r->ahead);
}

static void look_up(struct areas *a)
{
	uint64_t changed;

	learn(a);
	for (unsigned i = 0; i < clock_areas(a->clock); i++)
		a->changed |= a->next[i] <= clock_own_now(a->clock, i) ? page_bit(i) : 0;
	changed = a->changed;
	a->changed = 0;
	for (struct page_area *one; (one = areas_take(a, &changed));) {
		a->next[number_of(a, one)] = next_in(a, one);
		a->streaming &= ~bit_of(a, one);
		a->streaming |= atomic_load(&one->streams) ? bit_of(a, one) : 0;
	}
}

bool areas_have_streams(struct areas *a)
{
	look_up(a);
	return a->streaming;
}

simtime areas_next(struct areas *a)
{
	simtime first = SIMTIME_NEVER;

	look_up(a);
	for (unsigned i = 0; i < clock_areas(a->clock); i++)
		first = earlier(first, a->next[i]);
	return first;
}

void areas_come_to_in(struct areas *a, unsigned number, simtime now)
{
	areas_tell(a, &clock_page(a->clock)->area[number], ahead_due(&a->rings[number].ahead, now));
}

void areas_look(struct areas *a)
{
	look_up(a);
}

simtime areas_next_in(const struct areas *a, unsigned number)
{
	return a->next[number];
}

bool areas_is_told(const struct areas *a, unsigned number)
{
	return a->told & page_bit(number);
}

void areas_come_to(struct areas *a, simtime now)
{
	for (unsigned i = 0; i < clock_areas(a->clock); i++)
		if (a->next[i] <= now)
			areas_come_to_in(a, i, now);
}

/* No library moves the clock to what lies ahead in another one's rings, which it does not see, as we
 * take what is due when it does for seen; nor does computing. Of several that are about to be woken none
 * moves it at all: which of them comes to rest last is the machine's, and when we are asked again would be.
 * Nor does one where another one has something for us, or a connection. */
void areas_lead(struct areas *a, simtime until)
{
	simtime first = SIMTIME_NEVER, second = SIMTIME_NEVER;
	unsigned soonest = 0;

	if (clock_areas(a->clock) < 2)
		return;
	look_up(a);
	if (a->told & (a->told - 1) || a->streaming || areas_have_datagram(a)) {
		clock_lead_nobody(a->clock);
		return;
	}
	for (unsigned i = 0; i < clock_areas(a->clock); i++) {
		if (a->next[i] < first) {
			second = first;
			first = a->next[i];
			soonest = i;
		} else {
			second = earlier(second, a->next[i]);
		}
	}
	if (clock_is_charged(a->clock))
		clock_lead(a->clock, earlier(until, first - 1));
	else
		clock_lead_all_but(a->clock, earlier(until, first - 1), soonest,
				   earlier(until, second - 1));
}

void areas_done(struct areas *a)
{
	for (unsigned i = 0; i < PAGE_AREAS; i++)
		ahead_done(&a->rings[i].ahead);
	numbers_done(&a->numbers);
}
