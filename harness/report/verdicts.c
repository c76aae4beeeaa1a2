/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/verdicts.h"

#include <math.h>
#include <string.h>

#include "harness/results/known.h"
#include "harness/text/table.h"
#include "harness/text/wrap.h"

#define SIGN_WIDTH 13 /* of "✗ FAILED     ", which broken lines go on behind */

static void print_verdict(const char *bullet, const char *text, unsigned width, FILE *out)
{
	wrap_print(bullet, text, (unsigned)strlen(bullet) + SIGN_WIDTH, width, out);
}

char *verdicts_seen(const json_t *fault, char ret[SEEN_TEXT])
{
	char count[48];

	*ret = '\0';
	if (recorded_was_seen(fault))
		snprintf(ret, SEEN_TEXT, "%s times, first %.20s",
			 table_grouped(recorded_number(fault, "seen"), count),
			 recorded_text(fault, "first_seen"));
	else if (recorded_is_true(fault, "never_dnssec_ok"))
		snprintf(ret, SEEN_TEXT, "the resolver never asks for signatures");
	return ret;
}

static void print_fault(const json_t *fault, const char *bullet, unsigned width, FILE *out)
{
	bool seen = recorded_was_seen(fault);
	char text[1024], times[SEEN_TEXT];
	bool told = *verdicts_seen(fault, times);

	snprintf(text, sizeof(text), "%s  fault %s: %s%s%s%s", seen ? "✓ seen     " : "✗ NOT SEEN ",
		 recorded_text(fault, "kind"), recorded_text(fault, "text"), told ? " (" : "",
		 times, told ? ")" : "");
	print_verdict(bullet, text, width, out);
}

static void print_faults(const struct recorded_cell *c, bool seen_too, const char *bullet,
			 unsigned width, FILE *out)
{
	json_t *one;
	size_t i;

	json_array_foreach(recorded_list(c->json, "faults"), i, one)
	{
		if (seen_too || !recorded_was_seen(one))
			print_fault(one, bullet, width, out);
	}
}

static void print_judged(const struct recorded_cell *c, const char *list, const char *what,
			 bool held_too, const char *bullet, unsigned width, FILE *out)
{
	char text[2048], worse[WORSE_TEXT];
	json_t *one;
	size_t i;

	json_array_foreach(recorded_list(c->json, list), i, one)
	{
		const char *message = recorded_text(one, "message");
		bool held = recorded_held(one);

		if (held && !held_too)
			continue;
		if (*what && !held)
			message = verdicts_worse(one, worse);
		snprintf(text, sizeof(text), "%s  %s%s%s%s", held ? "✓ held     " : "✗ FAILED   ",
			 what, recorded_text(one, "text"), *message ? ": " : "", message);
		print_verdict(bullet, text, width, out);
	}
}

/* `all`: what is as known, and what could not be judged, too. */
static void print_known(const struct recorded_cell *c, bool all, const char *bullet, unsigned width,
			FILE *out)
{
	static const char *const signs[KNOWN_COUNT] = {
		[KNOWN_AS_KNOWN] = "✓ as known  ",
		[KNOWN_OTHERWISE] = "≠ OTHERWISE ",
		[KNOWN_NO_VERSION] = "? VERSION   ",
	};
	char text[2560], source[KNOWN_TEXT];
	json_t *one;
	size_t i;

	json_array_foreach(recorded_list(c->json, "known"), i, one)
	{
		enum known_verdict verdict = known_verdict_of(one);
		const char *message = verdict == KNOWN_NO_VERSION ? known_verdict_names[verdict]
								  : recorded_text(one, "message");

		if (verdict != KNOWN_OTHERWISE && !all)
			continue;
		snprintf(text, sizeof(text), "%s %.255s%s%.511s (%s)", signs[verdict],
			 recorded_text(one, "text"), *message ? ": " : "", message,
			 known_source(one, source));
		print_verdict(bullet, text, width, out);
	}
}

static void print_validity(const struct recorded_cell *c, const char *bullet, unsigned width,
			   FILE *out)
{
	const json_t *death = json_object_get(c->json, "death");
	char text[2048];

	if (!json_is_false(json_object_get(c->json, "valid")))
		return;
	snprintf(text, sizeof(text), "✗ NOT VALID  %s", recorded_text(c->json, "why"));
	print_verdict(bullet, text, width, out);
	if (json_is_object(death)) /* one line, to be copied */
		fprintf(out, "%*sagain: %s\n", (int)strlen(bullet) + SIGN_WIDTH, "",
			recorded_text(death, "repeat"));
}

static void print_all(const struct recorded_cell *c, bool seen_too, bool held_too,
		      const char *bullet, unsigned width, FILE *out)
{
	print_validity(c, bullet, width, out);
	print_faults(c, seen_too, bullet, width, out);
	print_judged(c, "expectations", "", held_too, bullet, width, out);
	print_judged(c, "thresholds", "against the baseline, ", held_too, bullet, width, out);
	print_known(c, held_too, bullet, width, out);
}

bool verdicts_any(const struct recorded_cell *c)
{
	return json_is_false(json_object_get(c->json, "valid")) ||
	       json_array_size(recorded_list(c->json, "faults")) ||
	       json_array_size(recorded_list(c->json, "expectations")) ||
	       json_array_size(recorded_list(c->json, "known")) ||
	       json_array_size(recorded_list(c->json, "thresholds"));
}

/* ", ✓ 12 of 12 expectations held" */
static void add_count(const struct recorded_cell *c, const char *list, const char *what,
		      bool (*holds)(const json_t *), char *text, size_t size)
{
	size_t len = strlen(text), n = json_array_size(recorded_list(c->json, list)), good = 0, i;
	json_t *one;

	json_array_foreach(recorded_list(c->json, list), i, one) good += holds(one);
	if (n)
		snprintf(text + len, size - len, "%s%s %zu of %zu %s", len ? ", " : "",
			 good == n ? "✓" : "✗", good, n, what);
}

/* ", ≠ 5 of 6 as known, ? 2 not judged: version not known" */
static void add_known(const struct recorded_cell *c, char *text, size_t size)
{
	const struct known_tally t = known_tally_of(c->json);
	size_t len = strlen(text);

	if (known_judged(&t))
		len += (size_t)snprintf(text + len, size - len, "%s%s %u of %u as known",
					len ? ", " : "", t.n[KNOWN_OTHERWISE] ? "≠" : "✓",
					t.n[KNOWN_AS_KNOWN], known_judged(&t));
	if (t.n[KNOWN_NO_VERSION])
		snprintf(text + len, size - len, "%s? %u not judged: version not known",
			 len ? ", " : "", t.n[KNOWN_NO_VERSION]);
}

void verdicts_print(const struct recorded_cell *c, bool faults, unsigned width, FILE *out)
{
	char text[256] = "", name[256];

	add_count(c, "faults", "faults seen", recorded_was_seen, text, sizeof(text));
	add_count(c, "expectations", "expectations held", recorded_held, text, sizeof(text));
	add_count(c, "thresholds", "within the baseline", recorded_held, text, sizeof(text));
	add_known(c, text, sizeof(text));
	snprintf(name, sizeof(name), "%.200s  ", c->label);
	wrap_print(name, text, 2, width, out);
	print_all(c, faults, false, "  ", width, out);
}

void verdicts_print_markdown(const struct recorded_cell *c, FILE *out)
{
	print_all(c, true, true, "- ", 0, out);
}

/* ---- worse than before ---- */

static const char *value_text(const struct figure_info *info, const json_t *value,
			      char text[FIGURE_TEXT])
{
	struct figure f = { FIGURE_VALUE, json_number_value(value) };

	if (json_is_string(value))
		return strcmp(json_string_value(value), "never") == 0 ? "never" : "before it";
	return json_is_number(value) ? figure_text(info, &f, text) : "not measured";
}

/* "allowed +1 point", "allowed × 1.2", "allowed none" */
static void allowed_text(const struct figure_info *info, const json_t *threshold, char *ret,
			 size_t size)
{
	double factor = recorded_number(threshold, "worse_by_factor");
	double amount = recorded_number(threshold, "worse_by");
	const char *sign = info->sense == FIGURE_LESS ? "+" : "−";
	struct figure f = { FIGURE_VALUE, amount };
	char text[FIGURE_TEXT];

	if (!isnan(factor))
		snprintf(ret, size, "allowed: %g times as bad", factor);
	else if (!(amount > 0))
		snprintf(ret, size, "allowed: not worse");
	else if (info->unit == FIGURE_SHARE)
		snprintf(ret, size, "allowed %s%g point%s", sign, amount * 100,
			 amount == 0.01 ? "" : "s");
	else if (info->unit == FIGURE_RATIO)
		snprintf(ret, size, "allowed %s%g", sign, amount);
	else
		snprintf(ret, size, "allowed %s%s", sign, figure_text(info, &f, text));
}

char *verdicts_worse(const json_t *threshold, char ret[WORSE_TEXT])
{
	const struct figure_info *info = figures_find(recorded_text(threshold, "figure"));
	char was[FIGURE_TEXT], is[FIGURE_TEXT], allowed[128];

	if (!info) {
		snprintf(ret, WORSE_TEXT, "%.500s", recorded_text(threshold, "message"));
		return ret;
	}
	allowed_text(info, threshold, allowed, sizeof(allowed));
	snprintf(ret, WORSE_TEXT, "%s %s → %s (%s)", info->label,
		 value_text(info, json_object_get(threshold, "was"), was),
		 value_text(info, json_object_get(threshold, "is"), is), allowed);
	return ret;
}

/* Of cases the sum says how many, and the cases tell the rest. */
static bool is_told(const json_t *threshold)
{
	return !recorded_held(threshold) &&
	       (*recorded_text(threshold, "figure") || *recorded_text(threshold, "case"));
}

unsigned verdicts_print_worse(const struct recorded *r, const char *bullet, unsigned width,
			      FILE *out)
{
	unsigned count = 0;
	json_t *one;
	size_t i;

	for (unsigned n = 0; n < r->cell_count; n++) {
		const struct recorded_cell *c = &r->cells[n];
		const json_t *baseline = json_object_get(r->runs[c->run], "baseline");

		json_array_foreach(recorded_list(c->json, "thresholds"), i, one)
		{
			char worse[WORSE_TEXT], text[WORSE_TEXT + 800];
			bool is_case = *recorded_text(one, "case");

			if (!is_told(one))
				continue;
			snprintf(text, sizeof(text), "WORSE than %.200s: %.200s%s%.200s%s%s",
				 recorded_text(baseline, "folder"),
				 r->cell_count > 1 ? c->label : "", r->cell_count > 1 ? ": " : "",
				 is_case ? recorded_text(one, "text") : "", is_case ? ": " : "",
				 verdicts_worse(one, worse));
			wrap_print(bullet, text, (unsigned)strlen(bullet), width, out);
			count++;
		}
	}
	return count;
}
