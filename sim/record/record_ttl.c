/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/record_ttl.h"

void record_ttls_add(struct record_ttls *sum, const struct record_ttls *n)
{
	if (n->answers && (!sum->answers || n->smallest < sum->smallest))
		sum->smallest = n->smallest;
	sum->answers += n->answers;
	sum->sum += n->sum;
	sum->over += n->over;
}

void record_ttls_query(struct record_ttls *t, const struct record_query *q)
{
	if (q->ttl < 0)
		return;
	record_ttls_add(t, &(struct record_ttls){ 1, (uint64_t)q->ttl, q->ttl_over, q->ttl });
}
