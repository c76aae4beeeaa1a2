/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/evidence/follow.h"

#include <errno.h>

#include "harness/evidence/blame.h"
#include "harness/evidence/cap.h"
#include "sim/base/names.h"

static simtime distance(simtime a, simtime b)
{
	return a < b ? b - a : a - b;
}

/* Whether `x` is rather meant than `best`. */
static bool is_better(const struct evidence *v, const struct follow_wish *wish,
		      const struct exchange *x, const struct exchange *best)
{
	if (!best)
		return true;
	if (wish->has_at)
		return distance(x->asked, wish->at) < distance(best->asked, wish->at);
	return evidence_failed(v, x) && !evidence_failed(v, best);
}

static int find_question(const struct evidence *v, const struct follow_wish *wish,
			 const struct exchange **ret, struct err *e)
{
	char name[NAME_TEXT_LEN], type[NAMES_LEN];
	const struct exchange *best = NULL;

	for (size_t i = 0; i < v->client_count; i++) {
		const struct exchange *x = &v->clients[i];

		if (name_equal(x->qname, wish->name) && (!wish->type || x->qtype == wish->type) &&
		    is_better(v, wish, x, best))
			best = x;
	}
	*ret = best;
	if (best)
		return 0;
	if (!v->has_clients)
		return err_set(e, -EINVAL,
			       "'%s' has no question of a client: the packets between clients and "
			       "resolver are not in it",
			       v->name);
	return err_set(e, -EINVAL, "'%s' has no question of a client for '%s%s%s'", v->name,
		       name_text(wish->name, name), wish->type ? " " : "",
		       wish->type ? names_type(wish->type, type) : "");
}

static simtime end_of(const struct exchange *x)
{
	return x->answered != SIMTIME_NEVER ? x->answered : x->asked + 10 * SECOND;
}

/* Asked while it was pending, or before and still under way. */
static bool is_hop(const struct exchange *up, const struct exchange *x)
{
	return up->asked <= end_of(x) &&
	       (up->asked >= x->asked ||
		(up->asked >= x->asked - BLAME_WINDOW && up->answered >= x->asked));
}

static int collect(const struct evidence *v, const struct blame_index *b, struct follow *f,
		   struct err *e)
{
	size_t cap = 0;

	for (size_t i = 0; i < v->upstream_count; i++) {
		const struct exchange *up = &v->upstream[i];

		if (up->asked > end_of(f->question))
			break;
		if (!is_hop(up, f->question) || !blame_concerns(b, f->question, up))
			continue;
		if (f->hop_count == cap) {
			size_t *more;

			cap = cap ? 2 * cap : 16;
			more = realloc(f->hops, cap * sizeof(*more));
			if (!more)
				return err_set(e, -ENOMEM, "no memory");
			f->hops = more;
		}
		f->hops[f->hop_count++] = i;
	}
	return 0;
}

int follow_make(struct evidence *v, const struct follow_wish *wish, struct follow *ret,
		struct err *e)
{
	_cleanup_(blame_index_freep) struct blame_index *b = blame_index_new(v);
	struct follow f = { 0 };
	int r = b ? cap_find(v, e) : err_set(e, -ENOMEM, "no memory");

	if (r == 0)
		r = find_question(v, wish, &f.question, e);
	if (r == 0)
		r = collect(v, b, &f, e);
	if (r < 0) {
		follow_done(&f);
		return r;
	}
	f.failed = evidence_failed(v, f.question) || evidence_gone(v, f.question);
	f.explained = f.failed && blame_find(b, f.question, &f.why);
	f.remembered = f.explained && f.why.seen.at < f.question->asked;
	for (size_t i = 0; i < f.hop_count; i++)
		if (v->upstream[f.hops[i]].answered_frame == f.why.seen.frame &&
		    v->upstream[f.hops[i]].answered_file == f.why.seen.file)
			f.remembered = false;
	*ret = f;
	return 0;
}

void follow_done(struct follow *f)
{
	free(f->hops);
	*f = (struct follow){ 0 };
}
