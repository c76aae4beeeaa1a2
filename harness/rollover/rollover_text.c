/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/rollover/rollover_text.h"

#include <string.h>

#include "harness/text/paragraph.h"
#include "harness/text/wrap.h"

#define WIDTH 80
#define KEYS_TEXT 400

char *rollover_time_text(simtime t, char text[32])
{
	if (t == ROLLOVER_ALWAYS)
		return strcpy(text, "from the beginning");
	if (t == SIMTIME_NEVER)
		return strcpy(text, "without end");
	simtime_text(t, text);
	text[10] = ' ';
	text[19] = '\0';
	return text;
}

static char *duration_text(simtime d, char text[32])
{
	return d ? simtime_duration_text(d, text) : strcpy(text, "0 s");
}

/* ---- the head ---- */

static void print_head(const struct rollover *r, FILE *out)
{
	struct paragraph p;
	char t[32];

	fprintf(out, "%s: %s\n", r->name, r->title);
	fprintf(out, "%s\n", r->zone);
	p = paragraph_begin(out, 0, "", 2);
	paragraph_say(&p, "TTLs: DNSKEY %s,", duration_text(r->ttl.dnskey, t));
	paragraph_say(&p, "DS %s,", duration_text(r->ttl.ds, t));
	paragraph_say(&p, "other RRsets up to %s,", duration_text(r->ttl.zone, t));
	paragraph_say(&p, "proofs of absence %s;", duration_text(r->ttl.negative, t));
	paragraph_say(&p, "the last server has a change of the zone after %s,",
		      duration_text(r->propagation.zone, t));
	paragraph_say(&p, "of the parent after %s;", duration_text(r->propagation.parent, t));
	paragraph_say(&p, "signing takes %s", duration_text(r->signing, t));
	if (r->validity)
		paragraph_say(&p, "and holds for %s", duration_text(r->validity, t));
	paragraph_end(&p);
}

static void print_keys(const struct rollover *r, FILE *out)
{
	char number[8];

	for (unsigned i = 0; i < r->key_count; i++) {
		const struct rollover_key *k = &r->keys[i];

		fprintf(out, "  %s %s", rollover_role_names[k->role], k->name);
		fprintf(out, ", %s", rollover_algorithm_name(k->algorithm, number));
		if (k->tag >= 0)
			fprintf(out, ", tag %d", k->tag);
		fputc('\n', out);
	}
}

/* ---- what is published ---- */

/* "old, zsk", or "–". */
static char *names(const struct rollover *r, uint64_t keys, char ret[KEYS_TEXT])
{
	size_t len = 0;

	strcpy(ret, "-");
	for (unsigned i = 0; i < r->key_count && len < KEYS_TEXT; i++)
		if (keys >> i & 1)
			len += (size_t)snprintf(ret + len, KEYS_TEXT - len, "%s%s", len ? ", " : "",
						r->keys[i].name);
	return ret;
}

struct row {
	simtime at;
	char cells[ROLLOVER_SETS][KEYS_TEXT];
};

static void fill_row(const struct rollover *r, const struct rollover_analysis *a, struct row *row)
{
	for (unsigned set = 0; set < ROLLOVER_SETS; set++) {
		const struct rollover_version *v = rollover_version_at(&a->versions[set], row->at);

		names(r, set == ROLLOVER_RRSIG ? v->signers : v->keys, row->cells[set]);
	}
}

/* The next instant after `t` at which something changes. */
static simtime next_change(const struct rollover_analysis *a, simtime t)
{
	simtime next = SIMTIME_NEVER;

	for (unsigned set = 0; set < ROLLOVER_SETS; set++)
		for (unsigned i = 0; i < a->versions[set].count; i++) {
			simtime from = a->versions[set].list[i].life.from;

			if (from > t && from < next)
				next = from;
		}
	return next;
}

static void print_row(const struct row *row, const int width[2], FILE *out)
{
	char t[32];

	fprintf(out, "  %-20s %-*s  %-*s  %s\n",
		row->at == ROLLOVER_ALWAYS ? "before" : rollover_time_text(row->at, t), width[0],
		row->cells[0], width[1], row->cells[1], row->cells[2]);
}

static void print_published(const struct rollover *r, const struct rollover_analysis *a, FILE *out)
{
	int width[2] = { 2, 6 };
	struct row row;

	for (simtime t = ROLLOVER_ALWAYS; t != SIMTIME_NEVER; t = next_change(a, t)) {
		row.at = t;
		fill_row(r, a, &row);
		for (int i = 0; i < 2; i++)
			if ((int)strlen(row.cells[i]) > width[i])
				width[i] = (int)strlen(row.cells[i]);
	}
	fprintf(out, "\n%-22s %-*s  %-*s  %s\n", "Published (UTC)", width[0], "DS", width[1],
		"DNSKEY", "signatures by");
	for (simtime t = ROLLOVER_ALWAYS; t != SIMTIME_NEVER; t = next_change(a, t)) {
		row.at = t;
		fill_row(r, a, &row);
		print_row(&row, width, out);
	}
}

/* ---- the verdict ---- */

/* "the DS RRset with 'old'", "the DNSKEY RRset with 'new' and 'zsk'", "an RRset signed by 'zsk'".
 */
static void version_text(const struct rollover *r, enum rollover_set set,
			 const struct rollover_version *v, char *ret, size_t size)
{
	char keys[KEYS_TEXT];

	rollover_keys_text(r, set == ROLLOVER_RRSIG ? v->signers : v->keys, " and ", keys,
			   sizeof(keys));
	if (set == ROLLOVER_RRSIG)
		snprintf(ret, size,
			 v->signers ? "an RRset signed by %s"
				    : "an RRset without a valid signature",
			 keys);
	else if (!v->keys)
		snprintf(ret, size, "the proof that there is no %s",
			 set == ROLLOVER_DS ? "DS" : "DNSKEY");
	else
		snprintf(ret, size, "the %s with %s", rollover_set_names[set], keys);
}

static void lacks_text(const struct rollover *r, const struct rollover_finding *f, char *ret,
		       size_t size)
{
	enum rollover_set lower = f->kept_set < f->met_set ? f->kept_set : f->met_set;
	enum rollover_set upper = f->kept_set < f->met_set ? f->met_set : f->kept_set;
	char keys[KEYS_TEXT], number[8];

	rollover_keys_text(r, f->lacks.keys, " or ", keys, sizeof(keys));
	if (f->strict)
		snprintf(ret, size,
			 "The DS RRset lists algorithm %s, of which the %s has no signature (key "
			 "%s)",
			 rollover_algorithm_name(f->lacks.algorithm, number),
			 rollover_set_names[upper], keys);
	else if (lower == ROLLOVER_DS)
		snprintf(ret, size, "Missing from the DNSKEY RRset, or from those that sign it: %s",
			 keys);
	else if (f->lacks.keys)
		snprintf(ret, size, "Missing from the DNSKEY RRset: %s", keys);
	else
		snprintf(ret, size, "Missing: a signature by a key of the DNSKEY RRset");
}

void rollover_finding_text(const struct rollover *r, const struct rollover_finding *f, char *ret,
			   size_t size)
{
	char kept[KEYS_TEXT + 64], met[KEYS_TEXT + 64], lacks[KEYS_TEXT + 128];
	char when[32];
	bool ends = f->fetched.until != SIMTIME_NEVER;

	version_text(r, f->kept_set, &f->kept, kept, sizeof(kept));
	version_text(r, f->met_set, &f->met, met, sizeof(met));
	lacks_text(r, f, lacks, sizeof(lacks));
	snprintf(ret, size, "a cache that fetched %s %s %s meets %s. %s.", kept,
		 ends ? "before" : "after",
		 rollover_time_text(ends ? f->fetched.until : f->fetched.from, when), met, lacks);
}

static const char INSISTS[] =
	"Some validators can be told to insist on each algorithm of the DS RRset "
	"(mitigation 'strict'); RFC 6840 section 5.11 tells validators not "
	"to, RFC 4035 section 2.2 tells signers to give it.";

static void print_finding(const struct rollover *r, const struct rollover_finding *f, FILE *out)
{
	char text[2048], sentence[1800], from[32], until[32], took[32];

	rollover_finding_text(r, f, sentence, sizeof(sentence));
	snprintf(text, sizeof(text), "%s%s to %s", f->strict ? "(strict validators only) " : "",
		 rollover_time_text(f->bogus.from, from),
		 rollover_time_text(f->bogus.until, until));
	if (f->bogus.from != ROLLOVER_ALWAYS && f->bogus.until != SIMTIME_NEVER)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " (%s)",
			 simtime_duration_text(f->bogus.until - f->bogus.from, took));
	snprintf(text + strlen(text), sizeof(text) - strlen(text), ": %s", sentence);
	wrap_print("  ", text, 4, WIDTH, out);
}

static bool any_strict(const struct rollover_analysis *a)
{
	return a->finding_count && a->findings[a->finding_count - 1].strict;
}

static void print_verdict(const struct rollover *r, const struct rollover_analysis *a, FILE *out)
{
	const struct rollover_finding *first = a->findings;
	char from[32];

	fputc('\n', out);
	if (!a->finding_count) {
		fputs("Safe: nothing that a cache may rightly hold turns bogus.\n", out);
		return;
	}
	fprintf(out, "Not safe%s: the first answers turn bogus at %s.\n",
		first->strict ? " with validators that insist on each algorithm" : "",
		rollover_time_text(first->bogus.from, from));
	for (unsigned i = 0; i < a->finding_count; i++)
		print_finding(r, &a->findings[i], out);
	if (any_strict(a))
		wrap_print("  ", INSISTS, 2, WIDTH, out);
}

/* ---- the steps ---- */

static int key_width(const struct rollover *r)
{
	int width = 3;

	for (unsigned i = 0; i < r->key_count; i++)
		if ((int)strlen(r->keys[i].name) > width)
			width = (int)strlen(r->keys[i].name);
	return width;
}

static void margin_text(const struct rollover_step *s, char ret[40])
{
	simtime margin = s->planned - s->earliest;
	char t[32];

	if (s->earliest == ROLLOVER_ALWAYS || s->earliest == SIMTIME_NEVER)
		strcpy(ret, "-");
	else if (!margin)
		strcpy(ret, "0");
	else
		snprintf(ret, 40, "%c%s", margin < 0 ? '-' : '+',
			 simtime_duration_text(margin < 0 ? -margin : margin, t));
}

static void print_step(const struct rollover *r, const struct rollover_step *s, int width,
		       FILE *out)
{
	char planned[32], earliest[32], margin[40];

	margin_text(s, margin);
	fprintf(out, "%s %-8s %-*s  %-19s  %-19s  %-13s %s\n", s->earliest > s->planned ? "!" : " ",
		rollover_step_names[s->kind], width, r->keys[s->key].name,
		rollover_time_text(s->planned, planned),
		s->earliest == ROLLOVER_ALWAYS ? "any time"
		: s->earliest == SIMTIME_NEVER ? "never"
					       : rollover_time_text(s->earliest, earliest),
		margin, *s->section ? s->section : "-");
}

/* Each equation once, under the table. */
static void print_equations(const struct rollover_steps *s, FILE *out)
{
	for (unsigned i = 0; i < s->count; i++) {
		bool told = !*s->list[i].section;

		for (unsigned j = 0; j < i && !told; j++)
			told = strcmp(s->list[j].section, s->list[i].section) == 0 &&
			       strcmp(s->list[j].equation, s->list[i].equation) == 0;
		if (!told)
			fprintf(out, "  %-15s %s%s\n", s->list[i].section, s->list[i].equation,
				s->list[i].strict ? " (only for validators that want each "
						    "algorithm)"
						  : "");
	}
}

static void print_steps(const struct rollover *r, const struct rollover_steps *s, FILE *out)
{
	int width = key_width(r);

	fprintf(out, "\n  %-8s %-*s  %-19s  %-19s  %-13s %s\n", "Step", width, "key",
		"planned (UTC)", "safe from", "margin", "section");
	for (unsigned i = 0; i < s->count; i++)
		print_step(r, &s->list[i], width, out);
	print_equations(s, out);
}

void rollover_print(const struct rollover *r, const struct rollover_analysis *a,
		    const struct rollover_steps *s, FILE *out)
{
	print_head(r, out);
	print_keys(r, out);
	print_published(r, a, out);
	print_verdict(r, a, out);
	print_steps(r, s, out);
}
