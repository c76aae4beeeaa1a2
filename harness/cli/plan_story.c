/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/plan_story.h"

#include <string.h>

#include "harness/text/paragraph.h"
#include "harness/judge/threshold.h"

/* "+05:49:00" */
static char *offset_text(simtime d, char ret[32])
{
	long s = (long)(d / SECOND);

	snprintf(ret, 32, "+%02ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
	return ret;
}

/* Who watches in cells of this mitigation; "": in all. */
static void print_watches(const struct scenario *s, const char *mitigation, FILE *out)
{
	int left = mitigation[0] ? 4 : 2;
	char d[32], every[48], apex[NAME_TEXT_LEN];

	for (unsigned i = 0; i < s->watch_count; i++) {
		const struct watch_plan *w = &s->watches[i];
		struct paragraph p;

		if (strcmp(w->mitigation, mitigation) != 0)
			continue;
		snprintf(every, sizeof(every), "every %s", simtime_duration_text(w->every, d));
		fprintf(out, "%*s%-18s", left, "", every);
		p = paragraph_begin(out, 1, "operator", 10);
		p.indent = p.column = left + 29;
		paragraph_say(&p, "watches %s",
			      w->zone ? name_text(w->zone->apex, apex) : "all names");
		paragraph_say(&p, "and may act (%s)", w->place);
		paragraph_end(&p);
	}
}

/* What looks whether all is well in cells of this mitigation; "": in all. */
static void print_monitors(const struct scenario *s, const char *mitigation, FILE *out)
{
	int left = mitigation[0] ? 4 : 2;
	char d[32], every[48];

	for (unsigned i = 0; i < s->monitor_count; i++) {
		const struct monitor_plan *m = &s->monitors[i];
		struct paragraph p;

		if (strcmp(m->mitigation, mitigation) != 0)
			continue;
		snprintf(every, sizeof(every), "every %s", simtime_duration_text(m->every, d));
		fprintf(out, "%*s%-18s", left, "", every);
		p = paragraph_begin(out, 1, "monitor", 10);
		p.indent = p.column = left + 29;
		paragraph_say(&p, "%s (%s)", m->name, m->place);
		paragraph_end(&p);
	}
}

static void print_timeline(const struct scenario *s, FILE *out)
{
	char t[32], offset[32], day[32] = "";

	fprintf(out, "\nTimeline (UTC)\n");
	if (!s->timeline.count)
		fprintf(out, "  nothing happens\n");
	print_watches(s, "", out);
	print_monitors(s, "", out);
	for (unsigned i = 0; i < s->timeline.count; i++) {
		const struct event *ev = &s->timeline.events[i];
		struct paragraph p;

		if (ev->mitigation[0])
			continue;
		simtime_text(ev->at, t);
		if (strncmp(day, t, 10) != 0)
			fprintf(out, "  %.10s\n", t);
		strcpy(day, t);
		fprintf(out, "  %.8s %-9s", t + 11, offset_text(ev->at - s->from, offset));
		p = paragraph_begin(out, 1, event_kind_name(ev->kind), 10);
		p.indent = p.column = 31;
		paragraph_say(&p, "%s", ev->what);
		if (ev->fault >= 0)
			paragraph_say(&p, "[fault %d begins]", ev->fault + 1);
		paragraph_end(&p);
	}
}

static void print_mitigation_event(const struct scenario *s, const struct event *ev, bool awaited,
				   FILE *out)
{
	struct paragraph p;
	char t[32], offset[32], d[32];

	if (awaited)
		fprintf(out, "    %-18s", "");
	else
		fprintf(out, "    %.8s %-9s", simtime_text(ev->at, t) + 11,
			offset_text(ev->at - s->from, offset));
	p = paragraph_begin(out, 1, event_kind_name(ev->kind), 10);
	p.indent = p.column = 33;
	paragraph_say(&p, "%s", ev->what);
	if (awaited)
		paragraph_say(&p, "%s after the first failure", simtime_duration_text(ev->at, d));
	paragraph_end(&p);
}

static bool has_events(const struct scenario *s, const char *mitigation)
{
	const struct timeline *tl = &s->timeline;

	for (unsigned i = 0; i < tl->count; i++)
		if (strcmp(tl->events[i].mitigation, mitigation) == 0)
			return true;
	for (unsigned i = 0; i < tl->awaited_count; i++)
		if (strcmp(tl->awaited[i].mitigation, mitigation) == 0)
			return true;
	for (unsigned i = 0; i < s->watch_count; i++)
		if (strcmp(s->watches[i].mitigation, mitigation) == 0)
			return true;
	return scenario_has_monitor(s, mitigation);
}

static void print_mitigation(const struct scenario *s, const struct mitigation *m, FILE *out)
{
	const struct timeline *tl = &s->timeline;
	struct paragraph p = paragraph_begin(out, 2, m->name, 14);

	if (m->about[0])
		paragraph_say(&p, "%s", m->about);
	if (m->like[0])
		paragraph_say(&p, "(like '%s')", m->like);
	if (m->setting_count)
		paragraph_say(&p, "(settings for");
	for (unsigned i = 0; i < m->setting_count; i++)
		paragraph_say(&p, "%s%s", m->settings[i].kind,
			      i + 1 < m->setting_count ? "," : ")");
	if (!m->like[0] && !m->setting_count && !has_events(s, m->name))
		paragraph_say(&p, "(no operator acts here)");
	paragraph_end(&p);
	for (unsigned i = 0; i < tl->count; i++)
		if (strcmp(tl->events[i].mitigation, m->name) == 0)
			print_mitigation_event(s, &tl->events[i], false, out);
	for (unsigned i = 0; i < tl->awaited_count; i++)
		if (strcmp(tl->awaited[i].mitigation, m->name) == 0)
			print_mitigation_event(s, &tl->awaited[i], true, out);
	print_watches(s, m->name, out);
	print_monitors(s, m->name, out);
}

static void print_mitigations(const struct scenario *s, FILE *out)
{
	fprintf(out,
		"\nMitigations (-m NAME; what resolvers have themselves goes without saying)\n");
	for (unsigned i = 0; i < s->mitigation_count; i++)
		print_mitigation(s, &s->mitigations[i], out);
}

static void print_faults(const struct scenario *s, FILE *out)
{
	char from[32], until[32], number[16];

	if (s->tree->fault_count)
		fprintf(out, "\nFaults\n");
	for (unsigned i = 0; i < s->tree->fault_count; i++) {
		const struct fault *f = &s->tree->faults[i];
		struct paragraph p;

		snprintf(number, sizeof(number), "%u", i + 1);
		p = paragraph_begin(out, 2, number, 6);
		if (f->text_names_it)
			paragraph_say(&p, "%s;", f->text);
		else
			paragraph_say(&p, "%s: %s;", f->row->name, f->text);
		if (f->until == SIMTIME_NEVER)
			paragraph_say(&p, "from %s on", simtime_text(f->from, from));
		else
			paragraph_say(&p, "%s to %s", simtime_text(f->from, from),
				      simtime_text(f->until, until));
		paragraph_end(&p);
	}
}

static void print_expectations(const struct scenario *s, FILE *out)
{
	if (s->expectation_count)
		fprintf(out, "\nExpectations\n");
	for (unsigned i = 0; i < s->expectation_count; i++) {
		const struct expectation *x = &s->expectations[i];
		struct paragraph p = paragraph_begin(out, 2, "-", 4);

		paragraph_say(&p, "%s", x->text);
		if (x->mitigation[0])
			paragraph_say(&p, "(with mitigation '%s')", x->mitigation);
		paragraph_end(&p);
	}
}

static void print_knowledge(const struct scenario *s, FILE *out)
{
	if (s->knowledge_count)
		fprintf(out, "\nKnown of resolvers\n");
	for (unsigned i = 0; i < s->knowledge_count; i++) {
		const struct knowledge *k = &s->knowledge[i];
		struct paragraph p = paragraph_begin(out, 2, "-", 4);

		paragraph_say(&p, "%s, %s:", k->resolver,
			      k->versions.count ? k->versions.text : "any version");
		paragraph_say(&p, "%s", k->text);
		if (k->mitigation[0])
			paragraph_say(&p, "(with mitigation '%s')", k->mitigation);
		paragraph_say(&p, "(%s)", k->because);
		paragraph_end(&p);
	}
}

void plan_story_print(const struct scenario *s, FILE *out)
{
	print_timeline(s, out);
	print_mitigations(s, out);
	print_faults(s, out);
	print_expectations(s, out);
	print_knowledge(s, out);
	if (s->allowance_count)
		fprintf(out, "\nAllowed against a baseline\n");
	threshold_print(s, out);
}
