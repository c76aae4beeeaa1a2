/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/authority/manners.h"

#include <string.h>

#include "sim/base/cleanup.h"
#include "sim/authority/query.h"
#include "sim/base/rng.h"

unsigned manners_rcode(int64_t choice)
{
	/* RFC 1035 section 4.1.1, RFC 2136 section 2.2. */
	static const uint8_t rcodes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };

	return choice >= 0 && choice < (int64_t)ARRAY_SIZE(rcodes) ? rcodes[choice]
								   : RCODE_SERVFAIL;
}

/* What one fault makes of them; false: nothing of this query's. */
static bool spoil(struct manners *m, const struct fault *f, bool edns)
{
	switch (f->row->wire) {
	case WIRE_RCODE:
		m->rcode = f->row->number ? f->row->number : (int)manners_rcode(f->values[0]);
		return true;
	case WIRE_EDE:
		m->ede = (int)f->values[0];
		return edns;
	case WIRE_TRUNCATE:
		m->truncates = true;
		return true;
	case WIRE_NO_EDNS:
		m->ignores_edns = f->values[0] == 0;
		m->rejects_edns = f->values[0] == 1;
		return edns;
	case WIRE_NONE:
	case WIRE_AS_ALWAYS:
	case WIRE_DROP:
	case WIRE_DELAY:
	case WIRE_CAP:
	case WIRE_ID:
	case WIRE_SOURCE:
	case WIRE_CORRUPT:
	case WIRE_MTU:
		break;
	}
	return false;
}

/* The draw is the question's at that instant and server: an answer that is made twice has one. */
static bool is_drawn(const struct fault *f, unsigned server, simtime now, const struct asked *q)
{
	uint64_t seed = rng_hash(f->zone->seed, f->row->name, strlen(f->row->name));
	uint64_t when = rng_of(rng_of(seed, (uint64_t)now), (uint64_t)server << 16 | q->qtype);

	return f->share >= 1 || rng_unit(rng_hash(when, q->qname, name_len(q->qname))) < f->share;
}

struct manners manners_of(const struct zone *z, unsigned server, simtime now, const struct asked *q,
			  bool edns, struct fault_set *seen)
{
	struct manners m = { .rcode = NO_RCODE, .ede = NO_EDE };
	struct aim_walk w = { NULL, 0 };
	const struct fault *f;

	while ((f = aim_next(z, server, now, q, &w))) {
		if (!is_drawn(f, server, now, q) || !spoil(&m, f, edns))
			continue;
		m.by_size |= f->aim.bigger_than > 0;
		fault_set_add(seen, (unsigned)(f - z->tree->faults));
	}
	if (!edns)
		m.ede = NO_EDE;
	return m;
}
