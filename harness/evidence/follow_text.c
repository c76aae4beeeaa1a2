/* SPDX-License-Identifier: BSD-2-Clause */
/* follow_text.c - a line for what was asked, and one for what came of it:
 *
 *	    0 ms  a.nic.de. 198.18.1.1, for de.: d00000001.de. A?
 *	   10 ms    NOERROR, referral to d00000001.de.; 2 RRsets good (frame 12) */
#include "harness/evidence/evidence_text.h"
#include "harness/evidence/follow.h"
#include "sim/base/names.h"

#define HOPS_SHOWN 60
#define COLUMN 12 /* where texts begin, behind the time */

static void print_question(const uint8_t *qname, uint16_t qtype, FILE *out)
{
	char name[NAME_TEXT_LEN], type[NAMES_LEN];

	fprintf(out, "%s %s", name_text(qname, name), names_type(qtype, type));
}

static void end_at(struct evidence_line *l, simtime since, unsigned more, FILE *out)
{
	char bullet[40];

	snprintf(bullet, sizeof(bullet), "%6lld ms  %*s", (long long)(since / MSEC), (int)more, "");
	evidence_line_end(l, bullet, COLUMN + more + 2, out);
}

/* Whether somebody is the resolver that the client asked: by address, or, as it has one of each family, by
 * name. */
static bool is_asked(const struct evidence *v, const struct follow *f, const struct address *a)
{
	const uint8_t *asked = facts_server_name(v->facts, &f->question->server);

	if (asked)
		return facts_server_name(v->facts, a) == asked;
	return address_equal(a, &f->question->server) || a->family != f->question->server.family;
}

static void print_asked(const struct evidence *v, const struct follow *f, const struct exchange *up,
			FILE *out)
{
	const uint8_t *zone = facts_server_zone(v->facts, &up->server, up->qname);
	char text[NAME_TEXT_LEN];
	struct evidence_line l;

	if (!evidence_line_begin(&l))
		return;
	if (!is_asked(v, f, &up->asker)) {
		evidence_print_server(v, &up->asker, l.out);
		fputs(" asks ", l.out);
	}
	evidence_print_server(v, &up->server, l.out);
	if (zone)
		fprintf(l.out, ", of %s", name_text(zone, text));
	fputs(": ", l.out);
	print_question(up->qname, up->qtype, l.out);
	fputs("?", l.out);
	if (up->tcp)
		fputs(" by TCP", l.out);
	if (up->sends > 1)
		fprintf(l.out, " (sent %u times)", up->sends);
	end_at(&l, up->asked - f->question->asked, 0, out);
}

static void print_kind(const struct exchange *up, FILE *out)
{
	char text[NAME_TEXT_LEN];

	if (up->referral)
		fprintf(out, ", referral to %s", name_text(up->referral, text));
	else if (up->has_data)
		fputs(", an answer", out);
	else if (up->rcode == RCODE_NOERROR && !up->tc)
		fputs(", no such type", out);
}

static void print_judged(const struct exchange *up, FILE *out)
{
	if (up->good)
		fprintf(out, "; %u RRset%s good", up->good, up->good == 1 ? " is" : "s are");
	if (up->unchecked)
		fprintf(out, "; %u cannot be checked: the keys are not in the capture",
			up->unchecked);
	if (up->insecure)
		fputs("; unsigned, and its parent says so", out);
}

static void print_came(const struct evidence *v, const struct follow *f, const struct exchange *up,
		       FILE *out)
{
	struct evidence_line l;

	if (!evidence_line_begin(&l))
		return;
	evidence_print_answer(up, l.out);
	if (up->answered != SIMTIME_NEVER) {
		print_kind(up, l.out);
		print_judged(up, l.out);
		fprintf(l.out, " (%s frame %llu)", v->files[up->answered_file].label,
			(unsigned long long)up->answered_frame);
		end_at(&l, up->answered - f->question->asked, 2, out);
	} else {
		fprintf(l.out, " (asked in %s frame %llu)", v->files[up->file].label,
			(unsigned long long)up->asked_frame);
		evidence_line_end(&l, "            ", COLUMN + 4, out);
	}
	for (size_t i = 0; i < up->findings; i++) {
		const struct finding *w = &v->check.findings[up->first_finding + i];

		if (reason_cause(w->reason) == CAUSE_UNREACHABLE || !evidence_line_begin(&l))
			continue;
		fputs("WRONG: ", l.out);
		finding_print(w, l.out);
		evidence_line_end(&l, "            ", COLUMN + 4, out);
	}
}

static void print_head(const struct evidence *v, const struct follow *f, FILE *out)
{
	const struct exchange *x = f->question;
	char address[ADDRESS_TEXT_LEN];
	struct evidence_line l;

	if (!evidence_line_begin(&l))
		return;
	print_question(x->qname, x->qtype, l.out);
	fprintf(l.out, "%s, asked by %s", x->cd ? " with CD" : "",
		address_text(&x->asker, address));
	if (facts_server_name(v->facts, &x->server)) {
		fputs(" of ", l.out);
		evidence_print_server(v, &x->server, l.out);
	}
	fputs(" at ", l.out);
	evidence_print_sighting(
		v, &(struct sighting){ .file = x->file, .frame = x->asked_frame, .at = x->asked },
		l.out);
	evidence_line_end(&l, "", 2, out);
}

static void print_end(const struct evidence *v, const struct follow *f, FILE *out)
{
	const struct exchange *x = f->question;
	struct evidence_line l;

	if (!evidence_line_begin(&l))
		return;
	evidence_print_answer(x, l.out);
	fputs(x->answered == SIMTIME_NEVER ? " to the client" : ", to the client", l.out);
	if (x->answered == SIMTIME_NEVER) {
		evidence_line_end(&l, "            ", COLUMN + 2, out);
		return;
	}
	fprintf(l.out, " (%s frame %llu)", v->files[x->answered_file].label,
		(unsigned long long)x->answered_frame);
	end_at(&l, x->answered - x->asked, 0, out);
}

static void print_why(const struct evidence *v, const struct follow *f, FILE *out)
{
	struct evidence_line l;

	if (!f->failed || !evidence_line_begin(&l))
		return;
	fputs("\n", out);
	if (!f->explained)
		fputs(v->has_upstream ? "Why is unknown: nothing that was captured says it."
				      : "Why is unknown: the packets between resolver and "
					"authorities are not in it.",
		      l.out);
	else {
		fprintf(l.out, "%s (%s): ",
			f->remembered ? "It failed by what the resolver remembered"
				      : "Here it went wrong",
			cause_name(reason_cause(f->why.reason)));
		finding_print_headline(&f->why, l.out);
		fputs(".", l.out);
	}
	evidence_line_end(&l, "", 2, out);
	if (f->explained)
		evidence_print_finding(v, &f->why, out);
}

void follow_print(const struct evidence *v, const struct follow *f, FILE *out)
{
	print_head(v, f, out);
	fputs("\n", out);
	for (size_t i = 0; i < f->hop_count && i < HOPS_SHOWN; i++) {
		const struct exchange *up = &v->upstream[f->hops[i]];

		print_asked(v, f, up, out);
		print_came(v, f, up, out);
	}
	if (f->hop_count > HOPS_SHOWN)
		fprintf(out, "            … and %zu more (--json has all)\n",
			f->hop_count - HOPS_SHOWN);
	if (!f->hop_count && v->has_upstream)
		fputs("            nobody was asked: out of the cache\n", out);
	print_end(v, f, out);
	print_why(v, f, out);
}
