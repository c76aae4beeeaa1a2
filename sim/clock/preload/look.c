/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/look.h"

/* So many that nobody has who does not wait by them: the most that was seen of four resolvers was 2
 * and 727. */
static const unsigned allowed[] = { [LOOK_AT_DESCRIPTORS] = 100, [LOOK_AT_CLOCK] = 1000000 };

#define TURNS 1000

/* This thread's at one instant, one after the other. */
static __thread struct {
	int64_t now;
	unsigned count[2], turns;
} looks;

static void begin(int64_t now)
{
	looks.now = now;
	shim_traffic();
}

bool shim_look_waits(struct page *p, enum look at)
{
	int64_t now = atomic_load_explicit(shim_clock(p), memory_order_relaxed);

	if (p->speed != 0 || atomic_load_explicit(&p->charge, memory_order_relaxed) != 0)
		return false;
	if (looks.now != now)
		begin(now);
	if (looks.count[at] >= allowed[at])
		return true;
	looks.count[at]++;
	return false;
}

/* It is the same looking, at a later instant; the other one begins anew. */
void shim_look_waited(struct page *p, enum look at)
{
	begin(atomic_load(shim_clock(p)));
	looks.count[at] = allowed[at];
}

int64_t shim_look_end(struct page *p)
{
	return atomic_load(shim_clock(p)) + LOOK_MOMENT;
}

void shim_happens(void)
{
	looks.count[LOOK_AT_DESCRIPTORS] = 0;
	looks.count[LOOK_AT_CLOCK] = 0;
}

void shim_traffic(void)
{
	looks.turns = 0;
	shim_happens();
}

bool shim_turn_waits(struct page *p)
{
	int64_t now = atomic_load_explicit(shim_clock(p), memory_order_relaxed);

	if (p->speed != 0 || atomic_load_explicit(&p->charge, memory_order_relaxed) != 0)
		return false;
	if (looks.now != now)
		begin(now);
	return looks.turns >= TURNS;
}

void shim_turned(void)
{
	looks.turns++;
}
