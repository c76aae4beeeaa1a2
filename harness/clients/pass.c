/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/pass.h"

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

int pass_next(struct pass *p, const struct scenario *s, const struct traffic *t,
	      struct trace_query *ret, struct err *e)
{
	int rc = trace_next(p->trace, ret, e);

	if (rc <= 0 || rc == TRACE_ANSWER)
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
	if (p->late)
		note_add(note, "%llu queries came out of order, by at most %s: they are asked late",
			 (unsigned long long)p->late, simtime_duration_text(p->latest, text));
	if (p->no_rd)
		note_add(note, "%llu queries do not ask for recursion",
			 (unsigned long long)p->no_rd);
}
