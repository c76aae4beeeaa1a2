/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/rollover/rollover_text.h"

#include <string.h>

#include "harness/rollover/rollover_table.h"
#include "harness/text/paragraph.h"
#include "harness/text/terminal.h"
#include "harness/text/wrap.h"
#include "zones/key.h"

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

void rollover_print_head(const struct rollover *r, FILE *out)
{
	char t[32], title[400];
	struct paragraph p;

	snprintf(title, sizeof(title), "%s: %s", r->name, r->title);
	wrap_print("", title, 2, terminal_width(out), out);
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

/* "  KSK old, RSASHA256, tag 7". A signer's keys have their role and tag for a name. */
static void print_keys(const struct rollover *r, bool numbers, FILE *out)
{
	char number[8];

	for (unsigned i = 0; i < r->key_count; i++) {
		const struct rollover_key *k = &r->keys[i];

		if (numbers)
			fprintf(out, "  #%u", i + 1);
		fprintf(out, "  %s%s%s", r->is_state ? "" : key_role_names[k->role],
			r->is_state ? "" : " ", k->name);
		fprintf(out, ", %s", rollover_algorithm_name(k->algorithm, number));
		if (k->tag >= 0 && !r->is_state)
			fprintf(out, ", tag %d", k->tag);
		fputc('\n', out);
	}
}

/* ---- the verdict ---- */

/* "the DS RRset with 'old'", "the DNSKEY RRset with 'new' and 'zsk'", "an RRset signed by 'zsk'".
 */
static void version_text(const struct rollover *r, enum rollover_set set,
			 const struct rollover_version *v, char *ret, size_t size)
{
	char keys[ROLLOVER_KEYS_TEXT];

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
	char keys[ROLLOVER_KEYS_TEXT], number[8];

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
	char kept[ROLLOVER_KEYS_TEXT + 64], met[ROLLOVER_KEYS_TEXT + 64],
		lacks[ROLLOVER_KEYS_TEXT + 128];
	char when[32], since[48] = "";
	bool ends = f->fetched.until != SIMTIME_NEVER;

	version_text(r, f->kept_set, &f->kept, kept, sizeof(kept));
	version_text(r, f->met_set, &f->met, met, sizeof(met));
	lacks_text(r, f, lacks, sizeof(lacks));
	if (ends || f->fetched.from != ROLLOVER_ALWAYS)
		snprintf(since, sizeof(since), " %s %s", ends ? "before" : "after",
			 rollover_time_text(ends ? f->fetched.until : f->fetched.from, when));
	snprintf(ret, size, "a cache that fetched %s%s meets %s. %s.", kept, since, met, lacks);
}

static const char INSISTS[] =
	"Some validators can be told to insist on each algorithm of the DS RRset "
	"(mitigation 'strict'); RFC 6840 section 5.11 tells validators not "
	"to, RFC 4035 section 2.2 tells signers to give it.";

void rollover_print_finding(const struct rollover *r, const struct rollover_finding *f, FILE *out)
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
	wrap_print("  ", text, 4, terminal_width(out), out);
}

static bool any_strict(const struct rollover_analysis *a)
{
	return a->finding_count && a->findings[a->finding_count - 1].strict;
}

static void print_verdict(const struct rollover *r, const struct rollover_analysis *a, FILE *out)
{
	const struct rollover_finding *first = a->findings;
	char from[32], text[200];

	fputc('\n', out);
	if (!a->finding_count) {
		wrap_print("",
			   rollover_has_ds(r)
				   ? "Safe: nothing that a cache may rightly hold turns bogus."
				   : "Safe: there is no DS at the parent, so that nobody validates "
				     "the zone.",
			   2, terminal_width(out), out);
		return;
	}
	snprintf(text, sizeof(text), "Not safe%s: the first answers turn bogus %s%s.",
		 first->strict ? " with validators that insist on each algorithm" : "",
		 first->bogus.from == ROLLOVER_ALWAYS ? "" : "at ",
		 rollover_time_text(first->bogus.from, from));
	wrap_print("", text, 2, terminal_width(out), out);
	for (unsigned i = 0; i < a->finding_count; i++)
		rollover_print_finding(r, &a->findings[i], out);
	if (any_strict(a))
		wrap_print("  ", INSISTS, 2, terminal_width(out), out);
}

/* ---- what comes next ---- */

/* "from 2026-05-05 19:19:00 on". */
static char *from_text(const struct rollover *r, simtime t, char ret[64])
{
	char when[32];

	if (t <= r->from)
		strcpy(ret, "from now on");
	else if (t == SIMTIME_NEVER)
		strcpy(ret, "when something else has changed first");
	else
		snprintf(ret, 64, "from %s on", rollover_time_text(t, when));
	return ret;
}

/* "KSK 1 and KSK 2". */
char *rollover_names_text(const struct rollover *r, uint64_t keys, char ret[ROLLOVER_KEYS_TEXT])
{
	size_t len = 0;

	*ret = '\0';
	for (unsigned i = 0; i < r->key_count && len < ROLLOVER_KEYS_TEXT; i++)
		if (keys >> i & 1)
			len += (size_t)snprintf(ret + len, ROLLOVER_KEYS_TEXT - len, "%s%s",
						!len		 ? ""
						: keys >> i >> 1 ? ", "
								 : " and ",
						r->keys[i].name);
	return ret;
}

void rollover_next_text(const struct rollover *r, const struct rollover_next *n, char *ret,
			size_t size)
{
	static const char *const forms[ROLLOVER_NEXT_KINDS] = {
		[NEXT_DS_FIRST] = "DS of %1$s may come %3$s",
		[NEXT_DS_BESIDE] = "DS of %1$s may stand beside that of %2$s %3$s",
		[NEXT_DS_INSTEAD] = "DS of %1$s may replace that of %2$s %3$s",
		[NEXT_DS_OUT] = "DS of %1$s may go %3$s",
		[NEXT_SIGN_INSTEAD] = "%1$s may sign instead of %2$s %3$s",
		[NEXT_REMOVE] = "%1$s may go %3$s",
	};
	char keys[ROLLOVER_KEYS_TEXT], others[ROLLOVER_KEYS_TEXT], from[64], took[32];

	snprintf(ret, size, forms[n->kind], rollover_names_text(r, n->keys, keys),
		 rollover_names_text(r, n->others, others), from_text(r, n->earliest, from));
	if (n->after != ROLLOVER_ALWAYS && n->earliest != SIMTIME_NEVER && n->earliest > n->after)
		snprintf(ret + strlen(ret), size - strlen(ret), ", %s after that",
			 simtime_duration_text(n->earliest - n->after, took));
}

static void print_next_equations(const struct rollover_nexts *n, FILE *out)
{
	for (unsigned i = 0; i < n->count; i++) {
		const struct rollover_next *next = &n->list[i];
		bool told = !*next->section;

		for (unsigned j = 0; j < i && !told; j++)
			told = strcmp(n->list[j].section, next->section) == 0 &&
			       strcmp(n->list[j].equation, next->equation) == 0;
		if (!told)
			fprintf(out, "  %-14s  %s%s\n", next->section, next->equation,
				next->strict ? " (strict validators only)" : "");
	}
}

static void print_next(const struct rollover *r, const struct rollover_nexts *n, FILE *out)
{
	char text[6000], one[1200];
	bool roll = false;

	if (!n->count)
		return;
	for (unsigned i = 0; i < n->count; i++)
		roll |= n->list[i].kind != NEXT_DS_FIRST;
	snprintf(text, sizeof(text), "%sNext: ", roll ? "Roll in progress. " : "");
	for (unsigned i = 0; i < n->count; i++) {
		rollover_next_text(r, &n->list[i], one, sizeof(one));
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? "; " : "",
			 one);
	}
	snprintf(text + strlen(text), sizeof(text) - strlen(text), ".");
	wrap_print("", text, 2, terminal_width(out), out);
	print_next_equations(n, out);
}

void rollover_print(const struct rollover *r, const struct rollover_analysis *a,
		    const struct rollover_steps *s, const struct rollover_nexts *n, FILE *out)
{
	bool numbers = rollover_table_numbers(r, a, s);

	rollover_print_head(r, out);
	print_keys(r, numbers, out);
	rollover_table_published(r, a, numbers, out);
	print_verdict(r, a, out);
	print_next(r, n, out);
	rollover_table_steps(r, s, numbers, out);
}
