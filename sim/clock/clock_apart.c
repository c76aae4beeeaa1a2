/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/clock_inside.h"

#include <inttypes.h>

void clock_part(struct clock *c, simtime lookahead)
{
	if (c->mode != CLOCK_VIRTUAL || c->room < 2 || lookahead <= 0)
		return;
	c->apart = c->page->apart = true;
	c->lookahead = lookahead;
}

simtime clock_lookahead(const struct clock *c)
{
	return c->lookahead;
}

bool clock_is_apart(const struct clock *c)
{
	return c->apart;
}

void clock_begin_apart(struct clock *c, unsigned area)
{
	c->own[area].now = c->own[area].lead = c->least;
	atomic_store(&c->page->area[area].now, c->least);
	atomic_store(&c->page->area[area].lead, c->least);
}

/* Whoever rests has the time that it was seen with; who runs may move it. */
static int64_t own_now(struct clock *c, unsigned area)
{
	int64_t now = atomic_load(&c->page->area[area].now);

	if (now < c->own[area].now || (now > c->own[area].now && now > c->own[area].lead))
		clock_distrust(c, "now of area %u is %" PRId64, area, now);
	else
		c->own[area].now = now;
	return c->own[area].now;
}

void clock_notice_own(struct clock *c, uint64_t which)
{
	for (; which; which &= which - 1)
		own_now(c, (unsigned)__builtin_ctzll(which));
}

void clock_inspect_own(struct clock *c, unsigned area)
{
	const struct page_area *a = &c->page->area[area];

	if (!c->apart)
		return;
	own_now(c, area);
	if (atomic_load(&a->lead) != c->own[area].lead)
		clock_distrust(c, "lead of area %u is %" PRId64, area, atomic_load(&a->lead));
}

simtime clock_own_now(const struct clock *c, unsigned area)
{
	return clock_from_page(c, c->apart ? c->own[area].now : clock_page_now(c));
}

bool clock_own_stands(const struct clock *c, unsigned area)
{
	return atomic_load(&c->page->area[area].attention);
}

bool clock_own_runs(const struct clock *c, unsigned area)
{
	bool found = false;

	for (unsigned i = 0; i < clock_slots(c, area); i++)
		found |= atomic_load(&c->page->area[area].slots[i].state) == PAGE_RUN;
	return found;
}

static void set_now(struct clock *c, unsigned area, int64_t now)
{
	if (now <= c->own[area].now)
		return;
	c->own[area].now = now;
	atomic_store(&c->page->area[area].now, now);
}

void clock_own_step(struct clock *c, unsigned area, simtime to, simtime lead)
{
	int64_t most = clock_to_page(c, lead);

	if (most > c->own[area].lead) {
		c->own[area].lead = most;
		atomic_store(&c->page->area[area].lead, most);
	}
	set_now(c, area, clock_to_page(c, to));
}

void clock_own_meet(struct clock *c)
{
	for (unsigned i = 0; i < c->areas; i++)
		set_now(c, i, c->least);
}
