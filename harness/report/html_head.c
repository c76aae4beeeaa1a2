/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "harness/report/carried.h"
#include "harness/report/headline.h"
#include "harness/report/html_page.h"
#include "harness/report/html_text.h"
#include "harness/report/sentences.h"
#include "harness/report/verdicts.h"
#include "harness/results/known.h"
#include "harness/text/memory.h"

static void put_row(const struct html_page *p, const char *name, const char *text)
{
	if (*text)
		html_put(p->out, "<div><dt>%s</dt><dd>%s</dd></div>\n", name, text);
}

static void put_span(const struct html_page *p)
{
	const json_t *run = p->recorded->run;
	unsigned bins = p->recorded->bins_a_point;
	char duration[32], text[256];
	size_t len;

	snprintf(text, sizeof(text), "%.16sZ to %.16sZ (%s), in steps of %s",
		 recorded_text(run, "from"), recorded_text(run, "to"),
		 simtime_duration_text((simtime)(p->recorded->span * 1e9), duration),
		 simtime_duration_text(simtime_of_seconds(recorded_number(run, "bin_seconds")),
				       (char[32]){ 0 }));
	len = strlen(text);
	if (bins > 1)
		snprintf(text + len, sizeof(text) - len,
			 "; a point of the charts is %u steps: sums, and of names and clients the "
			 "most "
			 "of one step",
			 bins);
	put_row(p, "virtual time", text);
}

static void put_parameters(const struct html_page *p)
{
	json_t *set = json_object_get(p->recorded->run, "set"), *value;
	const char *key, *comma = "";

	if (!json_object_size(set))
		return;
	html_put(p->out, "<div><dt>parameters</dt><dd>");
	json_object_foreach(set, key, value)
	{
		html_put(p->out, "%s<code>%s=%s</code>", comma, key,
			 json_is_string(value) ? json_string_value(value) : "");
		comma = " ";
	}
	html_put(p->out, "</dd></div>\n");
}

static void put_runs(const struct html_page *p)
{
	html_put(p->out, "<div><dt>%s</dt><dd>", p->recorded->dir_count > 1 ? "runs" : "run");
	for (unsigned i = 0; i < p->recorded->dir_count; i++) {
		const json_t *run = p->recorded->runs[i];
		char seed[32] = "";

		if (json_is_integer(json_object_get(run, "seed")))
			snprintf(seed, sizeof(seed), ", seed %" JSON_INTEGER_FORMAT,
				 json_integer_value(json_object_get(run, "seed")));
		html_put(p->out, "%s<code>%s</code>%s, clock %s, sigfault %s", i ? "; " : "",
			 p->recorded->dirs[i], seed, recorded_text(run, "clock"),
			 recorded_text(run, "sigfault"));
	}
	html_put(p->out, "</dd></div>\n");
}

static void put_provenance(const struct html_page *p)
{
	const json_t *baseline = json_object_get(p->recorded->run, "baseline");

	html_put(p->out, "<dl class=\"provenance\">\n");
	put_row(p, "scenario", recorded_text(p->recorded->run, "scenario"));
	put_span(p);
	put_runs(p);
	put_parameters(p);
	put_row(p, "baseline", recorded_text(baseline, "folder"));
	html_put(p->out, "</dl>\n");
}

/* "5 of 6" of all cells. */
struct held {
	unsigned good, all;
};

static struct held count_list(const struct html_page *p, const char *key,
			      bool (*holds)(const json_t *))
{
	struct held t = { 0 };
	json_t *one;
	size_t i;

	for (unsigned c = 0; c < p->recorded->cell_count; c++)
		json_array_foreach(recorded_list(p->recorded->cells[c].json, key), i, one)
		{
			t.good += holds(one);
			t.all++;
		}
	return t;
}

static struct held count_valid(const struct html_page *p)
{
	struct held t = { .all = p->recorded->cell_count + p->recorded->missing };

	for (unsigned c = 0; c < p->recorded->cell_count; c++)
		t.good += recorded_is_true(p->recorded->cells[c].json, "valid");
	return t;
}

static void put_tally(const struct html_page *p, const char *what, struct held t)
{
	if (t.all)
		html_put(
			p->out,
			"<li class=\"%s\"><span aria-hidden=\"true\">%s</span> %s: %u of %u</li>\n",
			t.good == t.all ? "good" : "bad", t.good == t.all ? "✓" : "✗", what, t.good,
			t.all);
}

static void put_known(const struct html_page *p)
{
	struct known_tally all = { { 0 } };

	for (unsigned c = 0; c < p->recorded->cell_count; c++) {
		const struct known_tally t = known_tally_of(p->recorded->cells[c].json);

		for (unsigned i = 0; i < KNOWN_COUNT; i++)
			all.n[i] += t.n[i];
	}
	if (known_judged(&all))
		html_put(p->out,
			 "<li class=\"%s\"><span aria-hidden=\"true\">%s</span> resolvers as "
			 "known: %u of %u</li>\n",
			 all.n[KNOWN_OTHERWISE] ? "other" : "good",
			 all.n[KNOWN_OTHERWISE] ? "≠" : "✓", all.n[KNOWN_AS_KNOWN],
			 known_judged(&all));
	if (all.n[KNOWN_NO_VERSION])
		html_put(p->out,
			 "<li class=\"other\"><span aria-hidden=\"true\">?</span> version not "
			 "known: "
			 "%u</li>\n",
			 all.n[KNOWN_NO_VERSION]);
}

/* How many held, and each that did not. */
static void put_verdicts(const struct html_page *p)
{
	html_put(p->out, "<section aria-labelledby=\"verdicts-title\"><h2 id=\"verdicts-title\">"
			 "Verdicts</h2>\n<ul class=\"tallies\">\n");
	put_tally(p, "cells valid", count_valid(p));
	put_tally(p, "faults seen by the resolver", count_list(p, "faults", recorded_was_seen));
	put_tally(p, "expectations held", count_list(p, "expectations", recorded_held));
	put_tally(p, "within what the baseline allows", count_list(p, "thresholds", recorded_held));
	put_known(p);
	html_put(p->out, "</ul>\n<ul class=\"verdicts\">\n");
	for (unsigned i = 0; i < p->recorded->cell_count; i++)
		html_verdicts(p, &p->recorded->cells[i], false);
	html_put(p->out, "</ul></section>\n");
}

static void put_notes(const struct html_page *p)
{
	if (!p->recorded->note_count)
		return;
	html_put(p->out, "<ul class=\"notes\">\n");
	for (unsigned i = 0; i < p->recorded->note_count; i++)
		html_put(p->out, "<li>%s</li>\n", p->recorded->notes[i]);
	html_put(p->out, "</ul>\n");
}

static int put_sentences(const struct html_page *p)
{
	_cleanup_(sentences_freep) struct sentences *s = sentences_new(p->recorded);

	if (!s)
		return err_set(p->e, -ENOMEM, "no memory for the report");
	if (!s->count)
		return 0;
	html_put(p->out,
		 "<section aria-labelledby=\"sentences-title\"><h2 id=\"sentences-title\">What "
		 "it bought, what it cost</h2>\n<ul class=\"sentences\">\n");
	for (unsigned i = 0; i < s->count; i++)
		html_put(p->out, "<li>%s</li>\n", s->list[i].text);
	html_put(p->out, "</ul></section>\n");
	return 0;
}

/* "unbound-none: of 500 clients 500 failed at least once; …" for each cell, in few words what that
 * means, and what got worse than the baseline before all. */
static int put_headline(const struct html_page *p)
{
	char all[HEADLINE_ALL], text[HEADLINE_TEXT];
	int rc = headline_text(p->recorded, all, p->e);

	if (rc < 0)
		return rc;
	html_put(p->out, "<p class=\"headline\">%s</p>\n", all);
	if (recorded_has_cases(p->recorded))
		return 0;
	html_put(p->out, "<p class=\"why wide-why\">A client failed when one of its queries got "
			 "SERVFAIL, another error or no answer. A user-minute is lost when that "
			 "happens to one client within one minute.</p>\n");
	if (p->recorded->cell_count < 2)
		return 0;
	html_put(p->out, "<details class=\"printed\"><summary>Each cell</summary><ul>\n");
	for (unsigned i = 0; i < p->recorded->cell_count; i++)
		if (headline_cell(&p->recorded->cells[i].figures, text))
			html_put(p->out, "<li>%s: %s.</li>\n", p->recorded->cells[i].label, text);
	html_put(p->out, "</ul></details>\n");
	return 0;
}

static void put_worse(const struct html_page *p)
{
	_cleanup_(freep) char *text = NULL;
	size_t size = 0;
	FILE *lines = open_memstream(&text, &size);
	char *rest, *line;

	if (!lines) {
		memory_ended();
		return;
	}
	verdicts_print_worse(p->recorded, "", 0, lines);
	if (!memory_close(lines, &text) || !size)
		return;
	rest = text;
	html_put(p->out, "<ul class=\"verdicts worse\">\n");
	while ((line = strsep(&rest, "\n")) && *line)
		html_put(p->out, "<li class=\"bad\"><span aria-hidden=\"true\">✗</span> %s</li>\n",
			 line);
	html_put(p->out, "</ul>\n");
}

int html_head(const struct html_page *p)
{
	int rc;

	html_put(p->out, "<header>\n<h1>%s</h1>\n", recorded_text(p->recorded->run, "title"));
	put_worse(p);
	rc = put_headline(p);
	if (rc < 0)
		return rc;
	put_provenance(p);
	put_notes(p);
	html_put(p->out, "</header>\n");
	return 0;
}

/* Where nothing was done: what the resolver had of its own. */
static void put_carried(const struct html_page *p)
{
	const struct comparison *c = p->comparison;
	char text[CARRIED_TEXT];
	bool any = false;

	for (unsigned row = 0; row < c->row_count; row++) {
		const struct recorded_cell *none = comparison_none(c, row);

		if (!none || !carried_text(p->recorded, none, text))
			continue;
		if (!any)
			html_put(p->out, "<section aria-labelledby=\"carried-title\"><h2 "
					 "id=\"carried-title\">What carried each resolver, with "
					 "nothing done</h2>\n<ul class=\"carried\">\n");
		html_put(p->out, "<li>%s: %s.</li>\n", c->rows[row].name, text);
		any = true;
	}
	if (any)
		html_put(p->out, "</ul></section>\n");
}

int html_told(const struct html_page *p)
{
	int rc = recorded_has_cases(p->recorded) ? 0 : put_sentences(p);

	if (rc < 0)
		return rc;
	if (!recorded_has_cases(p->recorded))
		put_carried(p);
	put_verdicts(p);
	return 0;
}
