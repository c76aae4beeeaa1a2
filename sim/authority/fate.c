/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/authority/fate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/rng.h"

#define CAP_SERVERS 64
#define SEGMENT 1440 /* bytes that one of TCP has, over IPv6 */

/* What there is to remember of a fault: its lottery, and what each server has sent in the second
 * that is, where that is capped. */
struct acting {
	uint64_t seed, drawn; /* which numbers it draws, and for how many answers it has */
	struct cap {
		int64_t second;
		uint64_t count;
	} servers[CAP_SERVERS];
};

struct fates {
	const struct tree *tree;
	struct acting acting[]; /* one for each fault */
};

/* Of the zone, the kind of fault, and its place among equals there: what else the scenario has makes
 * no difference to what it draws. */
static uint64_t lottery_seed(const struct tree *t, unsigned i)
{
	const struct fault *f = &t->faults[i];
	uint64_t place = 0;

	for (unsigned k = 0; k < i; k++)
		place += t->faults[k].zone == f->zone && t->faults[k].row == f->row;
	return rng_of(rng_hash(f->zone->seed, f->row->name, strlen(f->row->name)), place);
}

int fates_new(const struct tree *t, struct fates **ret, struct err *e)
{
	struct fates *f = calloc(1, sizeof(*f) + t->fault_count * sizeof(f->acting[0]));

	if (!f)
		return err_set(e, -ENOMEM, "out of memory");
	f->tree = t;
	for (unsigned i = 0; i < t->fault_count; i++)
		f->acting[i].seed = lottery_seed(t, i);
	*ret = f;
	return 0;
}

void fates_free(struct fates *f)
{
	free(f);
}

/* The number drawn for this answer and fault. */
static uint64_t draw(const struct fates *fs, const struct fault *f)
{
	const struct acting *its = &fs->acting[f - fs->tree->faults];

	return rng_of(its->seed, its->drawn);
}

/* Whether the server has sent as many answers in this second as it can. A link has one cap. */
static bool is_over(struct fates *fs, const struct fault *f, unsigned server, simtime now)
{
	unsigned place = f->aim.below ? 0 : server % CAP_SERVERS;
	struct cap *c = &fs->acting[f - fs->tree->faults].servers[place];

	if (c->second != simtime_seconds(now)) {
		c->second = simtime_seconds(now);
		c->count = 0;
	}
	return c->count++ >= (uint64_t)f->values[0];
}

static bool is_delayed(const struct fates *fs, const struct fault *f)
{
	return f->share >= 1 || rng_unit(rng_mix(draw(fs, f))) < f->share;
}

/* Bytes of the packet that an answer is in; by TCP it is cut into such as fit, and the first is full
 * when there is more than one. */
static size_t packet_size(const struct asked *q)
{
	size_t ip = q->family == 4 ? 20 : 40;

	return ip + (q->tcp ? 20 + 2 : 8) + q->size;
}

/* What one fault does to an answer; false: nothing. */
static bool befall(struct fates *fs, const struct fault *f, const struct answer *ans,
		   const struct asked *q, simtime now, struct fate *fate)
{
	bool lost;

	switch (f->row->wire) {
	case WIRE_NONE:
	case WIRE_RCODE: /* manners.c */
	case WIRE_EDE:
	case WIRE_TRUNCATE:
	case WIRE_NO_EDNS:
		return false;
	case WIRE_AS_ALWAYS:
		return true;
	case WIRE_DROP:
		fate->lost |= rng_unit(draw(fs, f)) < f->share;
		return fate->lost;
	case WIRE_DELAY:
		if (!is_delayed(fs, f))
			return false;
		fate->delay += f->values[0];
		if (f->values[1])
			fate->delay += (simtime)rng_below(draw(fs, f), (uint64_t)f->values[1]);
		return true;
	case WIRE_CAP:
		fate->lost |= is_over(fs, f, ans->server, now);
		return fate->lost;
	case WIRE_MTU:
		lost = packet_size(q) > (size_t)f->values[0] && rng_unit(draw(fs, f)) < f->share;
		fate->lost |= lost;
		return lost;
	case WIRE_ID:
		fate->wrong_id |= rng_unit(draw(fs, f)) < f->share;
		return fate->wrong_id;
	case WIRE_SOURCE:
		fate->wrong_source |= rng_unit(draw(fs, f)) < f->share;
		return fate->wrong_source;
	case WIRE_CORRUPT:
		fate->corrupt |= rng_unit(draw(fs, f)) < f->share;
		fate->draw = rng_of(draw(fs, f), 1);
		return fate->corrupt;
	}
	return false;
}

unsigned fate_round_trips(const struct packet *p, size_t len)
{
	unsigned n = 1 + p->opens;

	for (size_t window = 10 * SEGMENT; p->tcp && len + 2 > window;
	     window = 2 * window + 10 * SEGMENT)
		n++;
	return n;
}

void fate_of(struct fates *fs, const struct answer *ans, const struct asked *q,
	     const struct packet *p, struct fate *fate)
{
	struct aim_walk w = { NULL, 0 };
	const struct fault *f;

	fate->delay = ans->zone->servers[ans->server].latency * fate_round_trips(p, q->size);
	while (!fate->lost && (f = aim_next(ans->zone, ans->server, p->at, q, &w))) {
		unsigned number = (unsigned)(f - fs->tree->faults);

		if (befall(fs, f, ans, q, p->at, fate))
			fault_set_add(&fate->faults, number);
		fs->acting[number].drawn++;
	}
}
