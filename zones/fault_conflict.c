/* SPDX-License-Identifier: BSD-2-Clause */
/* fault_conflict.c - faults that cannot both be seen. */
#include "zones/fault.h"

#include <string.h>

#include "sim/base/cleanup.h"
#include "zones/aim.h"

static bool share_time(const struct fault *a, const struct fault *b)
{
	return a->from < b->until && b->from < a->until;
}

static bool share_servers(const struct fault *a, const struct fault *b)
{
	return !a->servers || !b->servers || a->servers & b->servers;
}

/* The types that a fault is meant for: told ones, or its row's; none: all. */
static unsigned types_of(const struct fault *f, const uint16_t **ret)
{
	unsigned n = 0;

	if (f->row->takes & TAKES_TYPES && f->type_count) {
		*ret = f->types;
		return f->type_count;
	}
	*ret = f->row->types;
	while (n < ARRAY_SIZE(f->row->types) && f->row->types[n])
		n++;
	return n;
}

static bool share_types(const struct fault *a, const struct fault *b)
{
	const uint16_t *at, *bt;
	unsigned an = types_of(a, &at), bn = types_of(b, &bt);

	for (unsigned i = 0; i < an; i++)
		for (unsigned j = 0; j < bn; j++)
			if (at[i] == bt[j])
				return true;
	return !an || !bn;
}

static bool share_names(const struct fault *a, const struct fault *b)
{
	for (unsigned i = 0; i < a->name_count; i++)
		for (unsigned j = 0; j < b->name_count; j++)
			if (name_equal(a->names[i], b->names[j]))
				return true;
	return !a->name_count || !b->name_count;
}

static bool share_keys(const struct fault *a, const struct fault *b)
{
	return !a->row->by || !b->row->by || a->row->by == b->row->by;
}

/* Both change the same of a signature, or one of them leaves none. */
static bool flaws_contradict(const struct fault *a, const struct fault *b)
{
	struct flaw x = { .absent = false }, y = { .absent = false };

	if (!a->row->flaw || !b->row->flaw || !share_types(a, b) || !share_names(a, b) ||
	    !share_keys(a, b))
		return false;
	a->row->flaw(a, &x);
	b->row->flaw(b, &y);
	return x.absent || y.absent || (x.window && y.window) || (x.pair && y.pair) ||
	       (x.corrupt && y.corrupt) || (x.signer && y.signer) || (x.labels && y.labels) ||
	       (x.ttl && y.ttl);
}

/* Both change the same records. */
static bool edits_contradict(const struct fault *a, const struct fault *b)
{
	bool both = (a->row->edit && b->row->edit) || (a->row->denial && b->row->denial);

	return both && share_types(a, b) && share_names(a, b) && share_keys(a, b);
}

/* `a` takes away what `b` is about. */
static bool hides(const struct fault *a, const struct fault *b)
{
	const struct fault_row *r = a->row, *s = b->row;
	const uint16_t *types;
	unsigned n = types_of(b, &types);

	if (r->hides_ds && (s->ds || s->hides_ds))
		return true;
	if (r->copy == COPY_UNSIGNED && s->needs & NEEDS_SIGNED && !s->ds && !s->hides_ds)
		return true;
	if (!r->hides)
		return false;
	if (s->hides == r->hides || (r->hides_too && s->hides == r->hides_too))
		return true;
	for (unsigned i = 0; i < n; i++)
		if (types[i] != r->hides && types[i] != r->hides_too)
			return false;
	return n && (s->edit || s->denial || s->flaw);
}

/* Nothing that a server sends shows `other`. */
static bool silences(const struct fault *f, const struct fault *other)
{
	return f->row->wire == WIRE_DROP && f->share >= 1 && aim_covers(f, other);
}

static bool manners_contradict(const struct fault *a, const struct fault *b)
{
	enum wire_fault x = a->row->wire, y = b->row->wire;

	if (!x || !y || !aim_meets(a, b))
		return false;
	return x == y || silences(a, b) || silences(b, a) ||
	       (x == WIRE_RCODE && y == WIRE_TRUNCATE) || (x == WIRE_TRUNCATE && y == WIRE_RCODE) ||
	       (x == WIRE_EDE && y == WIRE_NO_EDNS) || (x == WIRE_NO_EDNS && y == WIRE_EDE);
}

bool fault_contradicts(const struct fault *a, const struct fault *b)
{
	const struct fault_row *r = a->row, *s = b->row;

	if (a->zone != b->zone || !share_time(a, b) || !share_servers(a, b))
		return false;
	return (r->ds && s->ds) || (r->copy && s->copy) || (r->roll && s->roll) ||
	       (r->hashing && r->hashing == s->hashing) ||
	       ((r->address || r->loops) && (s->address || s->loops)) ||
	       (r->truncates && s->truncates) || flaws_contradict(a, b) || edits_contradict(a, b) ||
	       hides(a, b) || hides(b, a) || manners_contradict(a, b);
}
