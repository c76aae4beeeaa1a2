/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "harness/evidence/evidence_text.h"
#include "harness/evidence/triage.h"
#include "harness/text/table.h"
#include "sim/base/names.h"

#define CAUSES_SHOWN 8

static void print_servers(const struct evidence *v, const struct triage_cause *c, FILE *out)
{
	struct evidence_line l;

	if (!c->server_count || !evidence_line_begin(&l))
		return;
	fputs(c->server_count == 1 ? "server: " : "servers: ", l.out);
	for (unsigned i = 0; i < c->server_count; i++) {
		fputs(i ? ", " : "", l.out);
		evidence_print_server(v, &c->servers[i], l.out);
	}
	evidence_line_end(&l, "    ", 6, out);
}

static void print_cause(const struct evidence *v, const struct triage *t,
			const struct triage_cause *c, FILE *out)
{
	char many[48], all[48];
	struct evidence_line l;

	if (!evidence_line_begin(&l))
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
	evidence_line_end(&l, "", 2, out);
	evidence_print_finding(v, &c->first, out);
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
	struct evidence_line l;

	if (!evidence_line_begin(&l))
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
	evidence_line_end(&l, "", 2, out);
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
	struct evidence_line l;

	if (!a->asked || !evidence_line_begin(&l))
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
	evidence_line_end(&l, "", 2, out);
}

static void print_unknown(const struct evidence *v, const struct triage *t, FILE *out)
{
	char name[NAME_TEXT_LEN], type[NAMES_LEN], many[48];
	struct evidence_line l;

	if (!t->unknown || !evidence_line_begin(&l))
		return;
	fprintf(l.out, "unknown: %s of them; the first is %s %s, asked at ",
		table_grouped((double)t->unexplained, many), name_text(t->unknown->qname, name),
		names_type(t->unknown->qtype, type));
	evidence_print_instant(t->unknown->asked, l.out);
	fprintf(l.out, ", %s frame %llu", v->files[t->unknown->file].label,
		(unsigned long long)t->unknown->asked_frame);
	evidence_line_end(&l, "", 2, out);
}

static void print_notes(const struct evidence *v, FILE *out)
{
	for (unsigned i = 0; i < v->file_count; i++) {
		const struct pairing_file *f = &v->files[i];

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
