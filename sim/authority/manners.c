/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/authority/manners.h"

#include "sim/base/cleanup.h"
#include "sim/authority/query.h"

unsigned manners_rcode(int64_t choice)
{
	/* RFC 1035 section 4.1.1, RFC 2136 section 2.2. */
	static const uint8_t rcodes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };

	return choice >= 0 && choice < (int64_t)ARRAY_SIZE(rcodes) ? rcodes[choice]
								   : RCODE_SERVFAIL;
}

/* What one fault makes of them; false: nothing of this query's. */
static bool spoil(struct manners *m, const struct fault *f, bool tcp, bool edns)
{
	switch (f->row->wire) {
	case WIRE_RCODE:
		m->rcode = f->row->number ? f->row->number : (int)manners_rcode(f->values[0]);
		return true;
	case WIRE_EDE:
		m->ede = (int)f->values[0];
		return edns;
	case WIRE_TRUNCATE:
		m->truncates = !tcp || f->values[0] == 0;
		return m->truncates;
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
		break;
	}
	return false;
}

struct manners manners_of(const struct zone *z, unsigned server, simtime now, bool tcp, bool edns,
			  struct fault_set *seen)
{
	struct manners m = { .rcode = NO_RCODE, .ede = NO_EDE };
	const struct fault *f;

	for (unsigned i = 0; (f = fault_next(z, server, now, &i));)
		if (spoil(&m, f, tcp, edns))
			fault_set_add(seen, (unsigned)(f - z->tree->faults));
	if (!edns)
		m.ede = NO_EDE;
	return m;
}
