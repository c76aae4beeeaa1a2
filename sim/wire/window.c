/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/window.h"

static struct page_area *area_of(const struct window *w, unsigned i)
{
	return &clock_page(w->areas->clock)->area[i];
}

/* Who has sent nothing and has no connection does not stand. */
static uint64_t look_who_stands(const struct window *w)
{
	uint64_t some = w->areas->full | w->areas->streaming, stand = 0;

	for (; some; some &= some - 1) {
		unsigned i = (unsigned)__builtin_ctzll(some);

		if (clock_own_stands(w->areas->clock, i) ||
		    (!w->is_instant && atomic_load(&area_of(w, i)->streams)))
			stand |= page_bit(i);
	}
	return stand;
}

/* When one has something to do: at once, where it does it or stands. */
static simtime next_of(const struct window *w, unsigned i)
{
	struct clock *c = w->areas->clock;
	simtime own = clock_own_now(c, i), next;

	if (areas_is_gone(w->areas, area_of(w, i)))
		return SIMTIME_NEVER;
	if (w->stand & page_bit(i) || (w->some_run && clock_own_runs(c, i)))
		return own;
	next = areas_is_told(w->areas, i)
		       ? clock_now(c)
		       : earlier(areas_next_in(w->areas, i), clock_own_deadline(c, i));
	return next > own ? next : own;
}

static void look(struct window *w)
{
	areas_look(w->areas);
	w->stand = look_who_stands(w);
	for (unsigned i = 0; i < clock_areas(w->areas->clock); i++)
		w->next[i] = next_of(w, i);
}

static simtime first_of(const struct window *w, simtime first)
{
	for (unsigned i = 0; i < clock_areas(w->areas->clock); i++)
		first = earlier(first, w->next[i]);
	return first;
}

struct window window_begin(struct areas *a, simtime until, bool has_streams, bool some_run)
{
	struct window w = { .areas = a, .is_instant = has_streams, .some_run = some_run };
	simtime first;

	look(&w);
	first = first_of(&w, earlier(until, areas_oldest(a)));
	w.last = w.is_instant ? first : earlier(until, first + clock_lookahead(a->clock) - 1);
	return w;
}

static bool has_to(const struct window *w, unsigned i)
{
	return w->next[i] <= w->last && !(w->stand & page_bit(i));
}

/* What has come is told to a reader first, then that time has. */
static void wake(const struct window *w, unsigned i)
{
	struct clock *c = w->areas->clock;

	/* Before its time is that: what was ahead then counts as seen. */
	if (!areas_is_told(w->areas, i) && areas_next_in(w->areas, i) <= w->next[i])
		areas_come_to_in(w->areas, i, w->next[i]);
	clock_own_step(c, i, w->next[i], w->last);
	if (!areas_is_told(w->areas, i))
		clock_own_wake_due(c, i);
}

unsigned window_wake(const struct window *w)
{
	unsigned woken = 0;

	for (unsigned i = 0; i < clock_areas(w->areas->clock); i++) {
		if (!has_to(w, i))
			continue;
		wake(w, i);
		woken++;
	}
	areas_wake_readers(w->areas);
	return woken;
}

bool window_look(struct window *w, bool some_run)
{
	bool any = false;

	w->some_run = some_run;
	look(w);
	for (unsigned i = 0; i < clock_areas(w->areas->clock); i++)
		any |= has_to(w, i);
	return any;
}

simtime window_horizon(const struct window *w)
{
	return first_of(w, w->last);
}
