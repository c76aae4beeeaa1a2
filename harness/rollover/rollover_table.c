/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/rollover/rollover_table.h"

#include <string.h>

#include "harness/rollover/rollover_text.h"

#define WIDTH 80
#define COLUMNS 4 /* DS, DNSKEY, who signs the DNSKEY RRset, who all others */
#define CELL 400
#define TIME 19

static const char *const headings[COLUMNS] = { "DS", "DNSKEY", "signs DNSKEY", "signs others" };

/* How keys stand in a table. */
struct style {
	const struct rollover *r;
	bool numbers;
	bool stacked; /* a key a line */
};

static int longer(int a, int b)
{
	return a > b ? a : b;
}

static char *label(const struct style *s, unsigned key, char ret[32])
{
	if (s->numbers)
		snprintf(ret, 32, "#%u", key + 1);
	else
		snprintf(ret, 32, "%s", s->r->keys[key].name);
	return ret;
}

/* ---- what is published ---- */

simtime rollover_next_change(const struct rollover_analysis *a, simtime t)
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

static uint64_t cell_keys(const struct rollover_analysis *a, unsigned column, simtime t)
{
	switch (column) {
	case 0:
		return rollover_version_at(&a->versions[ROLLOVER_DS], t)->keys;
	case 1:
		return rollover_version_at(&a->versions[ROLLOVER_DNSKEY], t)->keys;
	case 2:
		return rollover_version_at(&a->versions[ROLLOVER_DNSKEY], t)->signers;
	default:
		return rollover_version_at(&a->versions[ROLLOVER_RRSIG], t)->signers;
	}
}

/* "KSK 1, ZSK 2", or the n-th of them alone; "-" for none. */
static void cell_text(const struct style *s, uint64_t keys, unsigned line, char ret[CELL])
{
	size_t len = 0;
	unsigned n = 0;
	char name[32];

	strcpy(ret, keys || line ? "" : "-");
	for (unsigned i = 0; i < s->r->key_count && len < CELL; i++) {
		if (!(keys >> i & 1))
			continue;
		if (!s->stacked || n == line)
			len += (size_t)snprintf(ret + len, CELL - len, "%s%s", len ? ", " : "",
						label(s, i, name));
		n++;
	}
}

static unsigned lines_of(const struct style *s, const struct rollover_analysis *a, simtime t)
{
	unsigned lines = 1;

	for (unsigned c = 0; c < COLUMNS && s->stacked; c++) {
		unsigned n = (unsigned)__builtin_popcountll(cell_keys(a, c, t));

		lines = n > lines ? n : lines;
	}
	return lines;
}

/* The first row is what stands as the plan begins; a signer's state is that of its present. */
static simtime first_row(const struct rollover *r)
{
	return r->from - !r->is_state;
}

/* How wide each column is, and all of it. */
static int measure(const struct style *s, const struct rollover_analysis *a, int width[COLUMNS])
{
	int all = 2 + TIME;
	char text[CELL];

	for (unsigned c = 0; c < COLUMNS; c++) {
		width[c] = (int)strlen(headings[c]);
		for (simtime t = first_row(s->r); t != SIMTIME_NEVER;
		     t = rollover_next_change(a, t))
			for (unsigned n = 0; n < lines_of(s, a, t); n++) {
				cell_text(s, cell_keys(a, c, t), n, text);
				width[c] = longer(width[c], (int)strlen(text));
			}
		all += 2 + width[c];
	}
	return all;
}

static const char *row_text(const struct rollover *r, simtime t, char text[32])
{
	if (t == first_row(r))
		return r->is_state ? "now" : "before";
	return rollover_time_text(t, text);
}

static void print_row(const struct style *s, const struct rollover_analysis *a, simtime t,
		      const int width[COLUMNS], FILE *out)
{
	char when[32], text[CELL];

	for (unsigned n = 0; n < lines_of(s, a, t); n++) {
		int gap = TIME + 4 - fprintf(out, "  %s", n ? "" : row_text(s->r, t, when));

		for (unsigned c = 0; c < COLUMNS; c++) {
			int len;

			cell_text(s, cell_keys(a, c, t), n, text);
			len = *text ? fprintf(out, "%*s%s", gap, "", text) - gap : 0;
			gap = len ? width[c] + 2 - len : gap + width[c] + 2;
		}
		fputc('\n', out);
	}
}

static unsigned count_past(const struct rollover *r, const struct rollover_analysis *a)
{
	unsigned n = 0;

	for (simtime t = rollover_next_change(a, ROLLOVER_ALWAYS); t <= first_row(r);
	     t = rollover_next_change(a, t))
		n++;
	return n;
}

void rollover_table_published(const struct rollover *r, const struct rollover_analysis *a,
			      bool numbers, FILE *out)
{
	struct style s = { r, numbers, false };
	unsigned past = count_past(r, a);
	int width[COLUMNS];

	s.stacked = measure(&s, a, width) > WIDTH;
	measure(&s, a, width);
	fprintf(out, "\n%-*s", TIME + 4, "Published (UTC)");
	for (unsigned c = 0; c + 1 < COLUMNS; c++)
		fprintf(out, "%-*s", width[c] + 2, headings[c]);
	fprintf(out, "%s\n", headings[COLUMNS - 1]);
	for (simtime t = first_row(r); t != SIMTIME_NEVER; t = rollover_next_change(a, t))
		print_row(&s, a, t, width, out);
	if (past)
		fprintf(out, "  (%u past step%s left out: --json has all)\n", past,
			past == 1 ? "" : "s");
}

/* ---- the steps ---- */

struct columns {
	int key, time, margin;
};

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

static bool has_seconds(simtime t)
{
	return t != ROLLOVER_ALWAYS && t != SIMTIME_NEVER && t % MINUTE;
}

/* To the minute where that is all there is to tell. */
static char *step_time(const struct columns *w, simtime t, char text[32])
{
	if (t == ROLLOVER_ALWAYS)
		return strcpy(text, "any time");
	if (t == SIMTIME_NEVER)
		return strcpy(text, "never");
	rollover_time_text(t, text);
	text[w->time] = '\0';
	return text;
}

static struct columns columns_of(const struct style *style, const struct rollover_steps *s)
{
	struct columns w = { 3, TIME - 3, 6 };
	char text[40], name[32];

	for (unsigned i = 0; i < style->r->key_count; i++)
		w.key = longer(w.key, (int)strlen(label(style, i, name)));
	for (unsigned i = 0; i < s->count; i++) {
		if (has_seconds(s->list[i].planned) || has_seconds(s->list[i].earliest))
			w.time = TIME;
		margin_text(&s->list[i], text);
		w.margin = longer(w.margin, (int)strlen(text));
	}
	return w;
}

static int steps_width(const struct columns *w)
{
	return 2 + 7 + 2 + w->key + 2 + w->time + 2 + w->time + 2 + w->margin + 2 + 4;
}

/* Which of the equations that are told below the table; each is told once. */
static unsigned note_of(const struct rollover_steps *s, unsigned i)
{
	unsigned n = 0;

	for (unsigned j = 0; j <= i; j++) {
		bool told = !*s->list[j].section;

		for (unsigned k = 0; k < j && !told; k++)
			told = strcmp(s->list[k].section, s->list[j].section) == 0 &&
			       strcmp(s->list[k].equation, s->list[j].equation) == 0;
		n += !told;
		if (strcmp(s->list[j].section, s->list[i].section) == 0 &&
		    strcmp(s->list[j].equation, s->list[i].equation) == 0)
			return n;
	}
	return n;
}

static void print_step(const struct style *style, const struct rollover_steps *s, unsigned i,
		       const struct columns *w, FILE *out)
{
	const struct rollover_step *step = &s->list[i];
	char planned[32], earliest[32], margin[40], name[32], note[16] = "-";

	margin_text(step, margin);
	if (*step->section)
		snprintf(note, sizeof(note), "[%u]", note_of(s, i));
	fprintf(out, "%s %-7s  %-*s  %-*s  %-*s  %-*s  %s\n",
		step->earliest > step->planned ? "!" : " ", rollover_step_names[step->kind], w->key,
		label(style, step->key, name), w->time, step_time(w, step->planned, planned),
		w->time, step_time(w, step->earliest, earliest), w->margin, margin, note);
}

/* Keys whose DS stays when another one's comes. */
static uint64_t beside(const struct rollover *r, const struct rollover_step *step)
{
	uint64_t keys = 0;

	for (unsigned i = 0; i < r->key_count; i++)
		if (r->keys[i].ds.from < step->planned &&
		    rollover_in(&r->keys[i].ds, step->planned))
			keys |= UINT64_C(1) << i;
	return keys;
}

/* A DS in place of another one, which could have come first and the old one gone later, and one
 * beside it are two steps. */
static void print_beside(const struct style *style, const struct rollover_step *step,
			 const struct columns *w, FILE *out)
{
	uint64_t stay = beside(style->r, step);
	char text[CELL], when[32];

	if (step->kind != STEP_DS_IN || (!step->replaces && !stay))
		return;
	cell_text(style, step->replaces ? step->replaces : stay, 0, text);
	fprintf(out, "           %s %s", step->replaces ? "instead of" : "beside", text);
	if (step->replaces && step->beside == ROLLOVER_ALWAYS)
		fputs("; beside it: at any time", out);
	else if (step->replaces && step->beside == SIMTIME_NEVER)
		fputs("; beside it: never", out);
	else if (step->replaces)
		fprintf(out, "; beside it: from %s on", step_time(w, step->beside, when));
	fputc('\n', out);
}

static void print_equations(const struct rollover_steps *s, FILE *out)
{
	unsigned told = 0;

	for (unsigned i = 0; i < s->count; i++) {
		if (!*s->list[i].section || note_of(s, i) <= told)
			continue;
		fprintf(out, "  [%u] %-14s  %s%s\n", ++told, s->list[i].section,
			s->list[i].equation, s->list[i].strict ? " (strict validators only)" : "");
	}
}

void rollover_table_steps(const struct rollover *r, const struct rollover_steps *s, bool numbers,
			  FILE *out)
{
	struct style style = { r, numbers, false };
	struct columns w = columns_of(&style, s);

	if (!s->count) {
		fputs("\nNo step is planned.\n", out);
		return;
	}
	fprintf(out, "\n  %-7s  %-*s  %-*s  %-*s  %-*s  %s\n", "Step", w.key, "key", w.time,
		"planned (UTC)", w.time, "safe from", w.margin, "margin", "by");
	for (unsigned i = 0; i < s->count; i++) {
		print_step(&style, s, i, &w, out);
		print_beside(&style, &s->list[i], &w, out);
	}
	print_equations(s, out);
}

bool rollover_table_numbers(const struct rollover *r, const struct rollover_analysis *a,
			    const struct rollover_steps *s)
{
	struct style stacked = { r, false, true };
	struct columns w = columns_of(&stacked, s);
	int width[COLUMNS];

	return measure(&stacked, a, width) > WIDTH || steps_width(&w) > WIDTH;
}
