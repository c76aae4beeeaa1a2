/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/turns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/rng.h"

enum { STREAM_MOVES = 0x6d6f7665 };

void turns_done(struct turns *t)
{
	free(t->next);
	free(t->moves);
	*t = (struct turns){ 0 };
}

/* Who has one resolver, or begins with the first anyway, has no turn to be kept. */
static bool has_turns(const struct stub_plan *p)
{
	return p->asks_count > 1 && p->strategy != STRATEGY_IN_ORDER;
}

bool turns_hang_on_outcomes(const struct stub_plan *p)
{
	return p->asks_count > 1 && p->strategy == STRATEGY_STICKY;
}

static int make_room(struct turns *t, uint32_t client, struct err *e)
{
	size_t cap = t->cap ?: 1024;
	uint8_t *grown;

	if (client < t->cap)
		return 0;
	while (cap <= client)
		cap *= 2;
	grown = realloc(t->next, cap);
	if (!grown)
		return err_set(e, -ENOMEM, "no memory for the clients");
	memset(grown + t->cap, 0, cap - t->cap);
	t->next = grown;
	t->cap = cap;
	return 0;
}

int turns_begin(struct turns *t, const struct stub_plan *p, uint32_t client, struct err *e)
{
	uint8_t first;
	int r;

	if (!has_turns(p))
		return 0;
	r = make_room(t, client, e);
	if (r < 0)
		return r;
	first = t->next[client];
	if (p->strategy == STRATEGY_ROTATE)
		t->next[client] = (uint8_t)((first + 1) % p->asks_count);
	return first;
}

unsigned turns_at(const struct turns *t, const struct stub_plan *p, uint32_t client, unsigned first,
		  unsigned number)
{
	if (p->asks_count < 2)
		return 0;
	if (p->strategy == STRATEGY_STICKY)
		return t->next[client];
	return (first + number) % p->asks_count;
}

/* Of two that failed at the same one only the first moves on. */
void turns_failed(struct turns *t, const struct stub_plan *p, uint32_t client, unsigned at)
{
	if (turns_hang_on_outcomes(p) && t->next[client] == at)
		t->next[client] = (uint8_t)((at + 1) % p->asks_count);
}

int turns_move(struct turns *t, const struct client_move *m, struct err *e)
{
	struct client_move *grown = reallocarray(t->moves, t->move_count + 1, sizeof(*grown));

	if (!grown)
		return err_set(e, -ENOMEM, "no memory for the clients");
	t->moves = grown;
	grown[t->move_count++] = *m;
	return 0;
}

unsigned turns_route(const struct turns *t, unsigned role, uint32_t client, simtime now)
{
	for (unsigned i = 0; i < t->move_count; i++) {
		const struct client_move *m = &t->moves[i];
		uint64_t lot = rng_of(rng_of(t->seed ^ STREAM_MOVES, i), client);

		if (m->from == role && now < m->back && rng_unit(lot) < m->share)
			role = m->to;
	}
	return role;
}
