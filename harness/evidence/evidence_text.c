/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/evidence/evidence_text.h"

#include "harness/text/terminal.h"
#include "harness/text/wrap.h"
#include "sim/base/names.h"

FILE *evidence_line_begin(struct evidence_line *l)
{
	*l = (struct evidence_line){ NULL, 0, NULL };
	l->out = open_memstream(&l->text, &l->len);
	return l->out;
}

void evidence_line_end(struct evidence_line *l, const char *bullet, unsigned indent, FILE *out)
{
	if (l->out)
		fclose(l->out);
	if (l->text)
		wrap_print(bullet, l->text, indent, terminal_width(out), out);
	free(l->text);
}

void evidence_print_server(const struct evidence *v, const struct address *a, FILE *out)
{
	const uint8_t *name = facts_server_name(v->facts, a);
	char address[ADDRESS_TEXT_LEN], text[NAME_TEXT_LEN];

	fputs(address_text(a, address), out);
	if (name)
		fprintf(out, " (%s)", name_text(name, text));
}

void evidence_print_instant(simtime t, FILE *out)
{
	char text[32];

	simtime_text(t, text);
	fprintf(out, "%.19s.%03dZ", text, (int)((t - simtime_seconds(t) * SECOND) / MSEC));
}

void evidence_print_sighting(const struct evidence *v, const struct sighting *s, FILE *out)
{
	evidence_print_instant(s->at, out);
	fprintf(out, ", %s frame %llu", v->files[s->file].label, (unsigned long long)s->frame);
}

void evidence_print_answer(const struct exchange *x, FILE *out)
{
	char text[NAMES_LEN];

	if (x->answered == SIMTIME_NEVER) {
		fputs("no answer", out);
		return;
	}
	fputs(names_rcode(x->rcode, text), out);
	if (x->ede >= 0)
		fprintf(out, ", EDE %d (%s)", x->ede,
			names_ede(x->ede) ? names_ede(x->ede) : "no name");
	if (x->ad)
		fputs(", AD", out);
	if (x->tc)
		fputs(", truncated", out);
}

void evidence_print_finding(const struct evidence *v, const struct finding *f, FILE *out)
{
	struct evidence_line l;

	if (!evidence_line_begin(&l))
		return;
	evidence_print_sighting(v, &f->seen, l.out);
	fputs(", ", l.out);
	evidence_print_server(v, &f->seen.server, l.out);
	fputs(": ", l.out);
	finding_print(f, l.out);
	evidence_line_end(&l, "  ", 4, out);
	if (!f->keys.frame || !evidence_line_begin(&l))
		return;
	fputs("held against ", l.out);
	fputs(reason_cause(f->reason) == CAUSE_DS ? "the DS of " : "the keys of ", l.out);
	evidence_print_sighting(v, &f->keys, l.out);
	evidence_line_end(&l, "    ", 6, out);
}
