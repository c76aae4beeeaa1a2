/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/aim.h"

static bool hits_type(const struct fault *f, uint16_t type)
{
	for (unsigned i = 0; i < f->type_count; i++)
		if (f->types[i] == type)
			return true;
	return !f->type_count;
}

/* "*.x.de." means every name below x.de. */
static bool means(const uint8_t *told, const uint8_t *name)
{
	const uint8_t *above = told[0] == 1 && told[1] == '*' ? told + 2 : NULL;

	return above ? name_under(name, above) && !name_equal(name, above) : name_equal(told, name);
}

static bool hits_name(const struct fault *f, const uint8_t *name)
{
	for (unsigned i = 0; i < f->name_count; i++)
		if (means(f->names[i], name))
			return true;
	return !f->name_count;
}

bool aim_hits(const struct fault *f, const struct asked *q)
{
	const struct aim *a = &f->aim;

	return hits_type(f, q->qtype) && hits_name(f, q->qname) &&
	       (a->over == OVER_BOTH || q->tcp == (a->over == OVER_TCP)) &&
	       (!a->family || a->family == q->family) &&
	       (!a->bigger_than || q->size > a->bigger_than);
}

const struct fault *aim_next(const struct zone *z, unsigned server, simtime now,
			     const struct asked *q, struct aim_walk *w)
{
	const struct fault *f;

	if (!w->at)
		w->at = z;
	while (w->at) {
		while ((f = fault_next(w->at, server, now, &w->next)))
			if (f->row->wire && (w->at == z || f->aim.below) && aim_hits(f, q))
				return f;
		w->at = w->at->parent;
		w->next = 0;
	}
	return NULL;
}

/* Whether a type is among those of the other. */
static bool meets_types(const struct fault *a, const struct fault *b)
{
	for (unsigned i = 0; i < a->type_count; i++)
		if (hits_type(b, a->types[i]))
			return true;
	return !a->type_count || !b->type_count;
}

static bool meets_names(const struct fault *a, const struct fault *b)
{
	for (unsigned i = 0; i < a->name_count; i++)
		for (unsigned k = 0; k < b->name_count; k++)
			if (means(a->names[i], b->names[k]) || means(b->names[k], a->names[i]) ||
			    name_equal(a->names[i], b->names[k]))
				return true;
	return !a->name_count || !b->name_count;
}

bool aim_meets(const struct fault *a, const struct fault *b)
{
	const struct aim *x = &a->aim, *y = &b->aim;

	return meets_types(a, b) && meets_names(a, b) &&
	       (!x->over || !y->over || x->over == y->over) &&
	       (!x->family || !y->family || x->family == y->family);
}

static bool covers_types(const struct fault *a, const struct fault *b)
{
	for (unsigned i = 0; i < b->type_count; i++)
		if (!hits_type(a, b->types[i]))
			return false;
	return !a->type_count || b->type_count;
}

static bool covers_names(const struct fault *a, const struct fault *b)
{
	for (unsigned i = 0; i < b->name_count; i++)
		if (!hits_name(a, b->names[i]))
			return false;
	return !a->name_count || b->name_count;
}

bool aim_covers(const struct fault *a, const struct fault *b)
{
	const struct aim *x = &a->aim, *y = &b->aim;

	return covers_types(a, b) && covers_names(a, b) && (!x->over || x->over == y->over) &&
	       (!x->family || x->family == y->family) && x->bigger_than <= y->bigger_than;
}
