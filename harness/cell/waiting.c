/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/waiting.h"

#include "sim/world/streams.h"

#define ANSWER_WITHIN (10 * SECOND)

/* What came by the kernel is seen by the resolvers, and what they send at once is handed on. */
static int come_to_rest(struct cell *c, struct err *e)
{
	int r = clock_settle(c->clock, e);

	clock_nudge(c->clock);
	if (r >= 0)
		r = clock_settle(c->clock, e);
	wire_look(c->wire);
	if (r >= 0)
		r = cell_step(c, clock_now(c->clock), e);
	return r < 0 ? r : 0;
}

static bool is_awaited(pid_t pid, uint64_t *sleep)
{
	uint16_t ports[] = { transport_ports[TRANSPORT_TCP], transport_ports[TRANSPORT_DOT],
			     transport_ports[TRANSPORT_DOH] };

	return streams_are_awaited(pid, ports, ARRAY_SIZE(ports), sleep);
}

int waiting_pass(struct waiting *w, struct cell *c, pid_t pid, struct err *e)
{
	int r = come_to_rest(c, e);
	uint64_t sleep;

	while (r == 0 && is_awaited(pid, &sleep)) {
		simtime now = clock_now(c->clock), next = cell_next(c);
		simtime limit = earlier(w->since + ANSWER_WITHIN, c->scenario->to);

		/* What it sent before it fell asleep may be under way to who answers at once. */
		if (sleep != w->sleep)
			*w = (struct waiting){ sleep, now };
		else if (now >= limit)
			break;
		else
			r = cell_step(c, earlier(next > now ? next : now + 1, limit), e);
		if (r >= 0)
			r = come_to_rest(c, e);
	}
	clock_open(c->clock);
	return r;
}
