/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/recent.h"

void recent_note(struct recent *r, simtime at, const uint8_t *qname, uint16_t qtype)
{
	struct recent_question *q = &r->list[r->count++ % RECENT_KEPT];

	q->at = at;
	q->qtype = qtype;
	name_copy(q->qname, qname);
}

unsigned recent_take(const struct recent *r, simtime now, struct recent_question *ret,
		     unsigned most)
{
	unsigned kept = r->count < RECENT_KEPT ? r->count : RECENT_KEPT;
	unsigned found = 0, i = r->count;

	while (found < most && kept > 0) {
		i--;
		kept--;
		found += r->list[i % RECENT_KEPT].at <= now;
	}
	for (unsigned n = 0; n < found; i++)
		if (r->list[i % RECENT_KEPT].at <= now)
			ret[n++] = r->list[i % RECENT_KEPT];
	return found;
}
