/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/pass.h"

#include <string.h>

#include "sim/base/rng.h"

enum { STREAM_KEEP = 0x6b656570 };

/* Puts a query's time on the scenario's; false behind its end. */
static bool map_time(struct pass *p, const struct scenario *s, const struct traffic *t, simtime *at)
{
	simtime begin = t->at > s->from ? t->at : s->from;
	double offset;

	if (!p->begun) {
		p->first = *at;
		p->last = begin;
		p->begun = true;
	}
	offset = (double)(*at - p->first) / t->speed;
	if (offset >= (double)(s->to - begin))
		return false;
	*at = begin + (simtime)offset;
	if (*at < p->last) {
		p->late++;
		if (p->last - *at > p->latest)
			p->latest = p->last - *at;
		*at = p->last;
	}
	p->last = *at;
	return true;
}

static bool has_prefix(const struct address *a, const struct address *prefix, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	return a->family == prefix->family && !memcmp(a->bytes, prefix->bytes, whole) &&
	       (!rest || (a->bytes[whole] ^ prefix->bytes[whole]) >> (8 - rest) == 0);
}

/* A client is kept with all its questions; a list does not tell its clients. */
static bool is_wanted_client(const struct address *a, const struct traffic_filter *f, uint64_t seed)
{
	if (!a->family)
		return true;
	if (f->clients.family && !has_prefix(a, &f->clients, f->bits))
		return false;
	return f->keep <= 0 ||
	       rng_unit(rng_hash(rng_of(seed, STREAM_KEEP), a->bytes, address_len(a))) < f->keep;
}

/* Whether the traffic's filter lets it through. */
static bool is_wanted(const struct trace_query *q, const struct traffic_filter *f, uint64_t seed)
{
	return name_under(q->qname, f->below) && !(f->has_begin && q->at < f->begin) &&
	       !(f->has_end && q->at >= f->end) && is_wanted_client(&q->client, f, seed);
}

int pass_next(struct pass *p, const struct scenario *s, const struct traffic *t,
	      struct trace_query *ret, struct err *e)
{
	int rc = trace_next(p->trace, ret, e);

	while (rc == 1 && !is_wanted(ret, &t->filter, s->seed)) {
		p->left_out++;
		rc = trace_next(p->trace, ret, e);
	}
	if (rc != 1)
		return rc;
	if (!map_time(p, s, t, &ret->at))
		return 0;
	p->count++;
	p->no_rd += !ret->rd;
	return 1;
}

void pass_note(const struct pass *p, const char *path, char note[NOTE_LEN])
{
	struct trace_counts c = trace_counts(p->trace);
	char text[32];

	if (c.cut)
		note_add(note, "'%.1000s' is cut off after %llu packets", path,
			 (unsigned long long)c.packets);
	trace_note(p->trace, note);
	if (p->left_out)
		note_add(note, "%llu queries are left out by only and keep",
			 (unsigned long long)p->left_out);
	if (p->late)
		note_add(note, "%llu queries came out of order, by at most %s: they are asked late",
			 (unsigned long long)p->late, simtime_duration_text(p->latest, text));
	if (p->no_rd)
		note_add(note, "%llu queries do not ask for recursion",
			 (unsigned long long)p->no_rd);
}
