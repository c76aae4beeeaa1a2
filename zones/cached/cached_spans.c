/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/cached/cached_spans.h"

#include <stdlib.h>

bool cached_spans_add(struct cached_spans *s, simtime from, simtime until)
{
	struct cached_span *grown;

	if (from >= until)
		return true;
	grown = reallocarray(s->list, s->count + 1, sizeof(*grown));
	if (!grown)
		return false;
	s->list = grown;
	grown[s->count++] = (struct cached_span){ from, until };
	return true;
}

static int by_beginning(const void *a, const void *b)
{
	const struct cached_span *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

void cached_spans_join(struct cached_spans *s)
{
	unsigned n = 0;

	if (!s->count)
		return;
	qsort(s->list, s->count, sizeof(*s->list), by_beginning);
	for (unsigned i = 1; i < s->count; i++) {
		if (s->list[i].from <= s->list[n].until)
			s->list[n].until = later(s->list[n].until, s->list[i].until);
		else
			s->list[++n] = s->list[i];
	}
	s->count = n + 1;
}

bool cached_spans_has(const struct cached_spans *s, simtime t)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->list[i].from <= t && t < s->list[i].until)
			return true;
	return false;
}

simtime cached_spans_length(struct cached_spans *s)
{
	simtime all = 0;

	cached_spans_join(s);
	for (unsigned i = 0; i < s->count; i++)
		all += s->list[i].until - s->list[i].from;
	return all;
}

void cached_spans_done(struct cached_spans *s)
{
	free(s->list);
	*s = (struct cached_spans){ 0 };
}
