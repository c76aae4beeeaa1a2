/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/report/asked_text.h"
#include "harness/report/monitors_text.h"
#include "harness/report/traffics_text.h"
#include "harness/report/transports_text.h"
#include "harness/report/html_drawing.h"
#include "harness/report/html_links.h"
#include "harness/report/html_page.h"
#include "harness/report/html_text.h"
#include "harness/report/verdicts.h"
#include "harness/results/known.h"
#include "harness/results/label.h"
#include "harness/text/memory.h"
#include "harness/text/table.h"

/* What is shown of a file that is larger than both. */
#define HEAD_MAX 16384
#define TAIL_MAX 32768

static void put_verdict(const struct html_page *p, const struct recorded_cell *cell, bool holds,
			bool all, const char *what, const char *text, const char *message)
{
	if (holds && !all)
		return;
	html_put(p->out, "<li class=\"%s\"><span aria-hidden=\"true\">%s</span> ",
		 holds ? "good" : "bad", holds ? "✓" : "✗");
	if (!all)
		html_put(p->out, "<a href=\"#cell-%u\">%s</a> ", html_cell_number(p, cell),
			 cell->label);
	html_put(p->out, "<b>%s</b> %s%s%s</li>\n", what, text, *message ? ": " : "", message);
}

static void put_fault(const struct html_page *p, const struct recorded_cell *cell,
		      const json_t *fault, bool all)
{
	bool seen = recorded_was_seen(fault);
	char message[SEEN_TEXT];

	put_verdict(p, cell, seen, all, seen ? "fault seen" : "fault not seen",
		    recorded_text(fault, "text"), verdicts_seen(fault, message));
}

static void put_known(const struct html_page *p, const struct recorded_cell *cell,
		      const json_t *one, bool all)
{
	static const struct {
		const char *class, *sign;
	} looks[KNOWN_COUNT] = {
		[KNOWN_AS_KNOWN] = { "good", "✓" },
		[KNOWN_OTHERWISE] = { "other", "≠" },
		[KNOWN_NO_VERSION] = { "other", "?" },
	};
	enum known_verdict verdict = known_verdict_of(one);
	const char *message = recorded_text(one, "message");
	char source[KNOWN_TEXT];

	if (verdict != KNOWN_OTHERWISE && !all)
		return;
	html_put(p->out, "<li class=\"%s\"><span aria-hidden=\"true\">%s</span> ",
		 looks[verdict].class, looks[verdict].sign);
	if (!all)
		html_put(p->out, "<a href=\"#cell-%u\">%s</a> ", html_cell_number(p, cell),
			 cell->label);
	html_put(p->out, "<b>%s</b> %s%s%s (%s)</li>\n", known_verdict_names[verdict],
		 recorded_text(one, "text"), *message ? ": " : "", message,
		 known_source(one, source));
}

void html_verdicts(const struct html_page *p, const struct recorded_cell *cell, bool all)
{
	bool valid = recorded_is_true(cell->json, "valid");
	const json_t *death = json_object_get(cell->json, "death");
	char again[1024] = "";
	json_t *one;
	size_t i;

	if (json_is_object(death))
		snprintf(again, sizeof(again), "again: %s", recorded_text(death, "repeat"));
	put_verdict(p, cell, valid, all, valid ? "valid" : "not valid",
		    recorded_text(cell->json, "why"), again);
	json_array_foreach(recorded_list(cell->json, "faults"), i, one)
		put_fault(p, cell, one, all);
	json_array_foreach(recorded_list(cell->json, "expectations"), i, one) put_verdict(
		p, cell, recorded_held(one), all, recorded_held(one) ? "held" : "failed",
		recorded_text(one, "text"), recorded_text(one, "message"));
	json_array_foreach(recorded_list(cell->json, "thresholds"), i, one)
		put_verdict(p, cell, recorded_held(one), all,
			    recorded_held(one) ? "within baseline" : "worse than baseline",
			    recorded_text(one, "text"), recorded_text(one, "message"));
	json_array_foreach(recorded_list(cell->json, "known"), i, one) put_known(p, cell, one, all);
}

/* The end of the last whole line in a text, and the beginning of the first. */
static size_t line_end(const char *text, size_t len)
{
	const char *newline = memrchr(text, '\n', len);

	return newline ? (size_t)(newline - text) + 1 : len;
}

static size_t line_start(const char *text, size_t len)
{
	const char *newline = memchr(text, '\n', len);

	return newline && (size_t)(newline - text) + 1 < len ? (size_t)(newline - text) + 1 : 0;
}

/* `len` bytes from `offset` on. NULL: no memory, or the file became shorter. */
static char *read_part(FILE *f, long offset, size_t len)
{
	_cleanup_(freep) char *text = malloc(len + 1);

	if (!text)
		memory_ended();
	if (!text || fseek(f, offset, SEEK_SET) < 0 || fread(text, 1, len, f) != len)
		return NULL;
	return TAKE(text);
}

static void put_whole(const struct html_page *p, FILE *f, size_t len)
{
	_cleanup_(freep) char *text = read_part(f, 0, len);

	if (text)
		html_text(p->out, text, len);
}

static void put_bounded(const struct html_page *p, const char *name, FILE *f, size_t len)
{
	_cleanup_(freep) char *first = read_part(f, 0, HEAD_MAX);
	_cleanup_(freep) char *last = read_part(f, (long)(len - TAIL_MAX), TAIL_MAX);
	size_t head, tail;
	char count[48];

	if (!first || !last)
		return;
	head = line_end(first, HEAD_MAX);
	tail = line_start(last, TAIL_MAX);
	html_text(p->out, first, head);
	html_put(p->out,
		 "</pre><p class=\"cut\">%s bytes are left out here; all of it is in %s.</p><pre "
		 "tabindex=\"0\">",
		 table_grouped((double)(len - TAIL_MAX + tail - head), count), name);
	html_text(p->out, last + tail, TAIL_MAX - tail);
}

static void put_file(const struct html_page *p, const struct recorded_cell *cell, const char *file,
		     const char *what)
{
	_cleanup_(freep) char *path = NULL, *name = NULL;
	_cleanup_(fclosep) FILE *f = NULL;
	struct stat st;

	if (asprintf(&path, "%s/%s", cell->path, file) < 0 ||
	    asprintf(&name, "%s/%s", cell->folder, file) < 0) {
		memory_ended();
		return;
	}
	f = fopen(path, "re");
	if (!f || fstat(fileno(f), &st) < 0)
		return;
	html_put(p->out,
		 "<details class=\"%s\"><summary>%s <code>%s</code></summary><pre tabindex=\"0\">",
		 what, what, name);
	if (st.st_size > HEAD_MAX + TAIL_MAX)
		put_bounded(p, name, f, (size_t)st.st_size);
	else
		put_whole(p, f, (size_t)st.st_size);
	html_put(p->out, "</pre></details>\n");
}

static void put_row(const struct html_page *p, const char *name, const char *text, const char *more)
{
	if (*text)
		html_put(p->out, "<div><dt>%s</dt><dd>%s%s%s</dd></div>\n", name, text,
			 *more ? ": " : "", more);
}

/* Where a resolver comes from that is not this machine's own. */
static void put_root(const struct html_page *p, const json_t *root)
{
	char libc[64] = "";

	if (!root)
		return;
	if (*recorded_text(root, "libc"))
		snprintf(libc, sizeof(libc), "glibc %.50s", recorded_text(root, "libc"));
	put_row(p, "root folder", recorded_text(root, "folder"), libc);
}

static void put_options(const struct html_page *p, json_t *options)
{
	const char *key;
	json_t *value;

	json_object_foreach(options, key, value)
	{
		char text[32];

		snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		put_row(p, key, text, "");
	}
}

static void put_what_ran(const struct html_page *p, const struct recorded_cell *cell)
{
	html_put(p->out, "<dl class=\"provenance\">\n");
	put_row(p, "resolver", cell->resolver, label_version(cell->resolver, cell->version));
	put_row(p, "mitigation", cell->mitigation, recorded_text(cell->json, "about"));
	put_row(p, "clock", recorded_text(cell->json, "clock"),
		recorded_text(cell->json, "clock_why"));
	put_row(p, "program", recorded_text(cell->json, "program"), "");
	put_root(p, json_object_get(cell->json, "root"));
	put_options(p, json_object_get(cell->json, "options"));
	if (recorded_is_true(cell->json, "lists_no_requests"))
		put_row(p, "requests", "it has no command that lists those in work", "");
	put_row(p, "configuration", recorded_text(json_object_get(cell->json, "config"), "path"),
		"");
	if (*recorded_text(cell->json, "command"))
		html_put(p->out, "<div><dt>command</dt><dd><code>%s</code></dd></div>\n",
			 recorded_text(cell->json, "command"));
	html_put(p->out, "</dl>\n");
}

/* Marks, windows and the like as text: a picture does not tell them to everybody. */
static void put_events(const struct html_page *p, unsigned number)
{
	const json_t *cell = json_array_get(json_object_get(p->data, "cells"), number - 1);
	json_t *marks = recorded_list(cell, "marks"), *mark;
	char text[32];
	size_t i;

	if (!json_array_size(marks))
		return;
	html_put(p->out, "<p>Marks: ");
	json_array_foreach(marks, i, mark)
	{
		simtime_text(p->recorded->from + simtime_of_seconds(recorded_number(mark, "t")),
			     text);
		html_put(p->out, "%s<time datetime=\"%s\">%s</time> %s", i ? "; " : "", text,
			 strndupa(text + 11, 8), recorded_text(mark, "what"));
	}
	html_put(p->out, ".</p>\n");
}

static int put_cell(const struct html_page *p, const struct recorded_cell *cell)
{
	unsigned number = html_cell_number(p, cell);
	int rc;

	html_put(p->out,
		 "<section class=\"cell\" id=\"cell-%u\" aria-labelledby=\"cell-%u-title\"><h3 "
		 "id=\"cell-%u-title\">%s</h3>\n",
		 number, number, number, cell->label);
	put_what_ran(p, cell);
	rc = recorded_has_cases(p->recorded) ? 0 : html_cell_chart(p, cell);
	if (rc < 0)
		return rc;
	rc = recorded_has_cases(p->recorded) ? 0 : asked_html(p, cell);
	if (rc < 0)
		return rc;
	if (!recorded_has_cases(p->recorded)) {
		transports_html(p, cell);
		monitors_html(p, cell);
		traffics_html(p, cell);
	}
	rc = recorded_has_cases(p->recorded) ? 0 : html_links(p, cell);
	if (rc == 0)
		rc = html_drawings(p, cell);
	if (rc < 0)
		return rc;
	put_events(p, number);
	html_put(p->out, "<ul class=\"verdicts\">\n");
	html_verdicts(p, cell, true);
	html_put(p->out, "</ul>\n");
	put_file(p, cell, "report.txt", "printed");
	put_file(p, cell, "requests.txt", "requests");
	put_file(p, cell, "resolver.conf", "configuration");
	put_file(p, cell, "resolver.version", "version");
	put_file(p, cell, "resolver.log", "log");
	html_put(p->out, "</section>\n");
	return 0;
}

int html_cells(const struct html_page *p)
{
	int rc = 0;

	html_put(
		p->out,
		"<section id=\"cells\" aria-labelledby=\"cells-title\"><h2 id=\"cells-title\">Each "
		"cell</h2>\n");
	for (unsigned i = 0; i < p->recorded->cell_count && rc == 0; i++)
		rc = put_cell(p, &p->recorded->cells[i]);
	html_put(p->out, "</section>\n");
	return rc;
}
