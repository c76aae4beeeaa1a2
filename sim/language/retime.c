/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/retime.h"

#include <errno.h>
#include <string.h>

static bool is_his(const struct event *ev, const char *mitigation)
{
	return ev->kind == EVENT_OPERATOR && strcmp(ev->mitigation, mitigation) == 0;
}

/* The first of his in a list, which is in order; `count` when there is none. */
static unsigned first_of(const struct event *list, unsigned count, const char *mitigation)
{
	unsigned i = 0;

	while (i < count && !is_his(&list[i], mitigation))
		i++;
	return i;
}

bool retime_can(const struct scenario *s, const char *mitigation)
{
	const struct timeline *tl = &s->timeline;

	return first_of(tl->events, tl->count, mitigation) < tl->count ||
	       first_of(tl->awaited, tl->awaited_count, mitigation) < tl->awaited_count;
}

int retime_read(const struct scenario *s, const char *text, struct retiming *ret, struct err *e)
{
	struct retiming r = { .after_failure = !strchr(text, ':') && text[0] != '+' };
	struct err why;
	int rc = r.after_failure ? simtime_parse_duration(text, &r.at, &why)
				 : scenario_instant(s, text, &r.at, &why);

	if (rc < 0)
		return err_set(e, -EINVAL,
			       "'%s' is neither a time after the first bad answer, like 15m or 2h, "
			       "nor an instant, like 20:45 or +90s",
			       text);
	*ret = r;
	return 0;
}

/* Takes what he does first out of a list, and whatever he does at the same instant. */
static unsigned take_first(struct event *list, unsigned *count, const char *mitigation,
			   struct event *ret)
{
	unsigned first = first_of(list, *count, mitigation), kept = 0, taken = 0;
	simtime at = first < *count ? list[first].at : 0;

	for (unsigned i = 0; i < *count; i++) {
		if (is_his(&list[i], mitigation) && list[i].at == at)
			ret[taken++] = list[i];
		else
			list[kept++] = list[i];
	}
	*count = kept;
	return taken;
}

/* When he acts again; SIMTIME_NEVER: he does not. */
static simtime next_act(const struct timeline *tl, const char *mitigation)
{
	unsigned i = first_of(tl->events, tl->count, mitigation);

	return i < tl->count ? tl->events[i].at : SIMTIME_NEVER;
}

static int too_late(const struct timeline *tl, const char *mitigation, simtime at, struct err *e)
{
	const struct event *next = &tl->events[first_of(tl->events, tl->count, mitigation)];
	char t[32], then[32];

	return err_set(e, -EINVAL,
		       "%s is not before '%s' at %s, which the scenario's operator does next",
		       simtime_text(at, t), next->what, simtime_text(next->at, then));
}

static int put(struct timeline *tl, struct event *ev, const struct retiming *when, simtime next,
	       struct err *e)
{
	ev->at = when->at;
	if (!when->after_failure)
		return timeline_add(tl, ev, e);
	ev->before = next;
	return timeline_add_awaited(tl, ev, e);
}

/* What is told of the mitigation at its own instant says nothing of another one. */
static void forget_beliefs(struct scenario *s, const char *mitigation)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < s->expectation_count; i++)
		if (strcmp(s->expectations[i].mitigation, mitigation) != 0)
			s->expectations[kept++] = s->expectations[i];
	s->expectation_count = kept;
	kept = 0;
	for (unsigned i = 0; i < s->knowledge_count; i++)
		if (strcmp(s->knowledge[i].mitigation, mitigation) != 0)
			s->knowledge[kept++] = s->knowledge[i];
	s->knowledge_count = kept;
}

int retime(struct scenario *s, const char *mitigation, const struct retiming *when, struct err *e)
{
	struct timeline *tl = &s->timeline;
	_cleanup_(freep) struct event *moved =
		calloc(tl->count + tl->awaited_count + 1, sizeof(*moved));
	unsigned count;
	simtime next;
	int r = 0;

	if (!moved)
		return err_set(e, -ENOMEM, "not enough memory");
	count = take_first(tl->awaited, &tl->awaited_count, mitigation, moved);
	if (!count)
		count = take_first(tl->events, &tl->count, mitigation, moved);
	next = next_act(tl, mitigation);
	if (!when->after_failure && when->at >= next)
		return too_late(tl, mitigation, when->at, e);
	for (unsigned i = 0; i < count && r == 0; i++)
		r = put(tl, &moved[i], when, next, e);
	forget_beliefs(s, mitigation);
	return r;
}
