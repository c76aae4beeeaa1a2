/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/view.h"

#include "zones/published.h"

/* The version that a signer's zone has there then. */
static void look_for_version(struct view *v)
{
	struct zone *z;

	if (!v->zone->published)
		return;
	v->now = published_fetched(v->zone, v->server, v->now);
	z = published_at(v->zone, v->now);
	v->is_lost = !z;
	if (z)
		v->zone = z;
}

struct view view_at(struct zone *z, unsigned server, simtime now, struct fault_set *seen)
{
	struct view v = { .zone = z, .server = server, .now = now, .given = now, .seen = seen };
	const struct fault *f;

	for (unsigned i = 0; (f = fault_next(z, server, now, &i));) {
		switch (f->row->copy) {
		case COPY_RIGHT:
			continue;
		case COPY_FROZEN:
			v.now = f->from - f->values[0];
			break;
		case COPY_LAGGING:
			v.now = now - f->values[0];
			break;
		case COPY_UNSIGNED:
			v.is_unsigned = true;
			break;
		}
		if (seen)
			fault_set_add(seen, (unsigned)(f - z->tree->faults));
	}
	look_for_version(&v);
	return v;
}

bool view_signed(const struct view *v)
{
	return v->zone->is_signed && !v->is_unsigned;
}

void view_lacks(const struct view *v)
{
	if (v->lacks)
		*v->lacks = true;
}

void view_saw(const struct view *v, const struct fault *f)
{
	if (v->seen && v->now >= f->from)
		fault_set_add(v->seen, (unsigned)(f - f->zone->tree->faults));
}
