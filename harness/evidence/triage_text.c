/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "harness/evidence/triage.h"
#include "harness/text/table.h"
#include "harness/text/terminal.h"
#include "harness/text/wrap.h"
#include "sim/base/names.h"

#define CAUSES_SHOWN 8

/* A line that is made by printing, broken to fit. */
struct line {
	char *text;
	size_t len;
	FILE *out;
};

static FILE *line_begin(struct line *l)
{
	*l = (struct line){ NULL, 0, NULL };
	l->out = open_memstream(&l->text, &l->len);
	return l->out;
}

static void line_end(struct line *l, const char *bullet, unsigned indent, FILE *out)
{
	if (l->out)
		fclose(l->out);
	if (l->text)
		wrap_print(bullet, l->text, indent, terminal_width(out), out);
	free(l->text);
}

static void print_server(const struct evidence *v, const struct address *a, FILE *out)
{
	const uint8_t *name = facts_server_name(v->facts, a);
	char address[ADDRESS_TEXT_LEN], text[NAME_TEXT_LEN];

	fputs(address_text(a, address), out);
	if (name)
		fprintf(out, " (%s)", name_text(name, text));
}

/* "2026-05-05T19:19:00.013Z" */
static void print_instant(simtime t, FILE *out)
{
	char text[32];

	simtime_text(t, text);
	fprintf(out, "%.19s.%03dZ", text, (int)((t - simtime_seconds(t) * SECOND) / MSEC));
}

static void print_sighting(const struct evidence *v, const struct sighting *s, FILE *out)
{
	print_instant(s->at, out);
	fprintf(out, ", %s frame %llu", v->files[s->file].label, (unsigned long long)s->frame);
}

static void print_evidence(const struct evidence *v, const struct triage_cause *c, FILE *out)
{
	struct line l;

	if (!line_begin(&l))
		return;
	print_sighting(v, &c->first.seen, l.out);
	fputs(", ", l.out);
	print_server(v, &c->first.seen.server, l.out);
	fputs(": ", l.out);
	finding_print(&c->first, l.out);
	line_end(&l, "  ", 4, out);
	if (!c->first.keys.frame || !line_begin(&l))
		return;
	fputs("held against ", l.out);
	fputs(reason_cause(c->first.reason) == CAUSE_DS ? "the DS of " : "the keys of ", l.out);
	print_sighting(v, &c->first.keys, l.out);
	line_end(&l, "    ", 6, out);
}

static void print_servers(const struct evidence *v, const struct triage_cause *c, FILE *out)
{
	struct line l;

	if (!c->server_count || !line_begin(&l))
		return;
	fputs(c->server_count == 1 ? "server: " : "servers: ", l.out);
	for (unsigned i = 0; i < c->server_count; i++) {
		fputs(i ? ", " : "", l.out);
		print_server(v, &c->servers[i], l.out);
	}
	line_end(&l, "    ", 6, out);
}

static void print_cause(const struct evidence *v, const struct triage *t,
			const struct triage_cause *c, FILE *out)
{
	char many[48], all[48];
	struct line l;

	if (!line_begin(&l))
		return;
	fprintf(l.out, "%s: ", cause_name(reason_cause(c->first.reason)));
	finding_print_headline(&c->first, l.out);
	if (c->failures)
		fprintf(l.out, " (%s of %s failed answers)",
			table_grouped((double)c->failures, many),
			table_grouped((double)(t->failures + t->gone), all));
	else
		fprintf(l.out, " (seen %s time%s%s)", table_grouped((double)c->findings, many),
			c->findings == 1 ? "" : "s",
			v->has_clients ? ", no failure is due to it" : "");
	line_end(&l, "", 2, out);
	print_evidence(v, c, out);
	print_servers(v, c, out);
}

static const char *why_unknown(const struct evidence *v)
{
	if (!v->answers.asked)
		return "Unknown: no question in it was answered, or stands five seconds before its "
		       "end";
	return v->has_upstream ? "Unknown: nothing that was captured says why"
			       : "Unknown: the packets between resolver and authorities are not in "
				 "it";
}

static void print_headline(const struct evidence *v, const struct triage *t, FILE *out)
{
	struct line l;

	if (!line_begin(&l))
		return;
	switch (t->blame) {
	case BLAME_THEM:
		fputs("Them: ", l.out);
		finding_print_headline(&t->causes[0].first, l.out);
		break;
	case BLAME_US:
		fputs("Us: ", l.out);
		finding_print_headline(&t->causes[0].first, l.out);
		break;
	case BLAME_UNKNOWN:
		fputs(why_unknown(v), l.out);
		break;
	case BLAME_NOBODY:
		fputs(v->has_clients ? "Nothing failed" : "Nothing that a resolver must fail on",
		      l.out);
		break;
	}
	fputs(".", l.out);
	line_end(&l, "", 2, out);
}

static void print_edes(const struct evidence *v, FILE *out)
{
	const char *before = "; it said ";

	for (int code = 0; code < EVIDENCE_EDES; code++) {
		if (!v->edes[code])
			continue;
		fprintf(out, "%sEDE %d (%s) %llu times", before, code,
			names_ede(code) ? names_ede(code) : "no name",
			(unsigned long long)v->edes[code]);
		before = ", ";
	}
}

static void print_answers(const struct evidence *v, FILE *out)
{
	const struct evidence_answers *a = &v->answers;
	char text[6][48];
	struct line l;

	if (!v->has_clients || !line_begin(&l))
		return;
	fprintf(l.out,
		"Of %s questions %s were answered NOERROR, %s NXDOMAIN, %s SERVFAIL, %s otherwise, "
		"%s not at all",
		table_grouped((double)a->asked, text[0]),
		table_grouped((double)a->noerror, text[1]),
		table_grouped((double)a->nxdomain, text[2]),
		table_grouped((double)a->servfail, text[3]),
		table_grouped((double)a->other, text[4]), table_grouped((double)a->none, text[5]));
	print_edes(v, l.out);
	fputs(".", l.out);
	line_end(&l, "", 2, out);
}

static void print_unknown(const struct evidence *v, const struct triage *t, FILE *out)
{
	char name[NAME_TEXT_LEN], type[NAMES_LEN], many[48];
	struct line l;

	if (!t->unknown || !line_begin(&l))
		return;
	fprintf(l.out, "unknown: %s of them; the first is %s %s, asked at ",
		table_grouped((double)t->unexplained, many), name_text(t->unknown->qname, name),
		names_type(t->unknown->qtype, type));
	print_instant(t->unknown->asked, l.out);
	fprintf(l.out, ", %s frame %llu", v->files[t->unknown->file].label,
		(unsigned long long)t->unknown->asked_frame);
	line_end(&l, "", 2, out);
}

static void print_notes(const struct evidence *v, FILE *out)
{
	for (unsigned i = 0; i < v->file_count; i++) {
		const struct evidence_file *f = &v->files[i];

		if (f->counts.cut)
			fprintf(out,
				"'%s' is cut off in the middle of a packet: what follows is not "
				"known.\n",
				f->label);
		if (f->counts.in_part)
			fprintf(out,
				"'%s' has only a part of %llu messages: capture whole packets "
				"(tcpdump -s 0).\n",
				f->label, (unsigned long long)f->counts.in_part);
	}
}

void triage_print(const struct evidence *v, const struct triage *t, FILE *out)
{
	unsigned shown = 0;

	print_headline(v, t, out);
	print_answers(v, out);
	for (unsigned i = 0; i < t->cause_count && shown < CAUSES_SHOWN; i++) {
		if (v->has_clients && !t->causes[i].failures && shown)
			continue;
		fputs("\n", out);
		print_cause(v, t, &t->causes[i], out);
		shown++;
	}
	if (t->unknown)
		fputs("\n", out);
	print_unknown(v, t, out);
	print_notes(v, out);
}
