/* SPDX-License-Identifier: BSD-2-Clause */
/* cell_cores.c - on which core each of several resolvers computes.
 *
 * Each with a time of its own they can compute beside one another, some of them on a second core if there is a
 * spare one. To wake one there takes an interrupt of that core, which costs as much as some datagrams: so they
 * are spread while many are woken in a window, and else all are here. Those that compute most are shared out
 * first, what we compute is this core's. What they do is the same on any core. */
#include "harness/cell/cell_state.h"
#include "harness/cell/core.h"

#include <stdlib.h>
#include <unistd.h>

#define LOOK_EVERY 512 /* windows */
/* So many are woken in a window, of all and at the least: they are spread; and so few: they are not. */
#define MANY 0.2
#define MANY_LEAST 2.0
#define FEW 0.14
#define FEW_LEAST 1.5
#define UNEVEN                                                                                     \
	0.2 /* of all that was computed one core had so much more: they are shared out anew */

static bool can_spread(const struct cell *c)
{
	return clock_is_apart(c->clock) && c->plan->second_core;
}

void cell_use_core(const struct cell *c, const struct host *h)
{
	int core = cell_core_of(c, h);

	if (clock_is_apart(c->clock) && core >= 0 && h->pid > 0)
		core_move(h->pid, core, core == c->plan->core);
}

int cell_core_of(const struct cell *c, const struct host *h)
{
	return h->is_away ? c->plan->second_core - 1 : c->plan->core;
}

static void move(const struct cell *c, struct host *h, bool is_away)
{
	if (h->is_away == is_away)
		return;
	h->is_away = is_away;
	if (h->area >= 0 && !clock_has_ended(c->clock, (unsigned)h->area))
		cell_use_core(c, h);
}

static int by_load(const void *a, const void *b)
{
	const struct host *x = *(struct host *const *)a, *y = *(struct host *const *)b;

	if (x->load != y->load)
		return x->load > y->load ? -1 : 1;
	return (int)x->number - (int)y->number;
}

static void share_out(struct cell *c, simtime ours)
{
	struct host *hosts[HOSTS_MAX] = { NULL };
	simtime here = ours, away = 0;

	for (unsigned i = 0; i < c->host_count; i++)
		hosts[i] = &c->hosts[i];
	qsort(hosts, c->host_count, sizeof(struct host *), by_load);
	for (unsigned i = 0; i < c->host_count; i++) {
		bool is_away = away < here;

		*(is_away ? &away : &here) += hosts[i]->load;
		move(c, hosts[i], is_away);
	}
}

static simtime since(simtime *last, simtime now)
{
	simtime passed = now > *last ? now - *last : 0;

	*last = now;
	return passed;
}

/* Since the last look: what we have computed, and each of them. */
static void measure(struct cell *c, simtime *ours, simtime *here, simtime *away)
{
	*ours = *here = since(&c->cores.computed, clock_cpu_time(getpid()));
	*away = 0;
	for (unsigned i = 0; i < c->host_count; i++) {
		struct host *h = &c->hosts[i];

		h->load = since(&h->computed, h->pid > 0 ? clock_cpu_time(h->pid) : 0);
		*(h->is_away ? away : here) += h->load;
	}
}

static double at_least(double a, double least)
{
	return a > least ? a : least;
}

static bool is_wanted(const struct cell *c, double woken)
{
	if (c->cores.are_spread)
		return woken >= at_least(FEW * c->host_count, FEW_LEAST);
	return woken > at_least(MANY * c->host_count, MANY_LEAST);
}

void cell_watch_cores(struct cell *c)
{
	struct wire_beside now = wire_beside(c->wire);
	uint64_t windows = now.windows - c->cores.seen.windows;
	simtime ours, here, away, more;
	double woken;

	if (windows < LOOK_EVERY || !can_spread(c))
		return;
	woken = (double)(now.woken - c->cores.seen.woken) / (double)windows;
	c->cores.seen = now;
	measure(c, &ours, &here, &away);
	c->cores.are_spread = is_wanted(c, woken);
	more = here > away ? here - away : away - here;
	if (c->cores.are_spread && (double)more > UNEVEN * (double)(here + away))
		share_out(c, ours);
	for (unsigned i = 0; i < c->host_count && !c->cores.are_spread; i++)
		move(c, &c->hosts[i], false);
}
