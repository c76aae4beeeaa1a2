/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/league_text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/report/html_asset.h"
#include "harness/report/html_text.h"
#include "harness/results/league.h"
#include "harness/results/recorded.h"
#include "harness/text/json_text.h"
#include "harness/text/shown.h"
#include "harness/text/table.h"
#include "harness/text/terminal.h"
#include "harness/text/whole.h"
#include "sim/base/cleanup.h"

/* ---- tables ---- */

static struct table *fill(const json_t *league, const json_t *one)
{
	json_t *versions = recorded_list(league, "versions"), *v, *figure, *value;
	struct table *t = table_new((unsigned)json_array_size(versions));
	char text[LEAGUE_TEXT];
	size_t i, k;

	if (!t)
		return NULL;
	table_row(t, "");
	json_array_foreach(versions, i, v)
	{
		table_set(t, (unsigned)i, "%s", recorded_text(v, "name"));
	}
	json_array_foreach(recorded_list(one, "figures"), i, figure)
	{
		table_row(t, recorded_text(figure, "label"));
		json_array_foreach(recorded_list(figure, "values"), k, value)
		{
			if (k < json_array_size(versions))
				table_set(t, (unsigned)k, "%s",
					  league_value_text(recorded_text(figure, "name"), value,
							    text));
		}
	}
	return t;
}

/* "minute, mitigation none" */
static void name_table(const json_t *one, char *ret, size_t size)
{
	const char *mitigation = recorded_text(one, "mitigation"),
		   *clock = recorded_text(one, "clock");
	bool is_virtual = strcmp(clock, "virtual") == 0;

	snprintf(ret, size, "%s, mitigation %s%s%s", recorded_text(one, "scenario"), mitigation,
		 is_virtual ? "" : ", clock ", is_virtual ? "" : clock);
}

static void print_invalid(const json_t *one, const char *bullet, FILE *out)
{
	json_t *cell;
	size_t i;

	json_array_foreach(recorded_list(one, "not_valid"), i, cell)
	{
		fprintf(out, "%s%s is not valid: %s\n", bullet, recorded_text(cell, "version"),
			recorded_text(cell, "why"));
	}
}

/* Hands out each table with its name and its place among them. */
static void each_table(const json_t *league,
		       void (*put)(const json_t *league, const json_t *one, const char *name,
				   unsigned number, FILE *out),
		       FILE *out)
{
	json_t *one;
	char name[512];
	size_t i;

	json_array_foreach(recorded_list(league, "tables"), i, one)
	{
		name_table(one, name, sizeof(name));
		put(league, one, name, (unsigned)i, out);
	}
}

static void print_table(const json_t *league, const json_t *one, const char *name, unsigned number,
			FILE *out)
{
	_cleanup_(table_freep) struct table *t = fill(league, one);

	fprintf(out, "%s%s: %s\n\n", number ? "\n" : "", name, recorded_text(one, "title"));
	if (t)
		table_print(t, terminal_width(out), out);
	print_invalid(one, "", out);
}

void league_print(const json_t *league, FILE *out)
{
	each_table(league, print_table, out);
}

static void put_markdown(const json_t *league, const json_t *one, const char *name, unsigned number,
			 FILE *out)
{
	_cleanup_(table_freep) struct table *t = fill(league, one);

	fprintf(out, "%s### ", number ? "\n" : "");
	shown_markdown(name, strlen(name), out);
	fprintf(out, "\n\n");
	if (t)
		table_print_markdown(t, out);
	print_invalid(one, "- ", out);
}

int league_print_markdown(const json_t *league, FILE *out, struct err *e)
{
	_cleanup_(fclosep) FILE *shown = shown_over(out);

	if (!shown)
		return err_set(e, -ENOMEM, "no memory for the league");
	each_table(league, put_markdown, shown);
	return 0;
}

/* ---- the page ---- */

static void put_rows(const json_t *league, const json_t *one, FILE *out)
{
	json_t *versions = recorded_list(league, "versions"), *v, *figure, *value;
	char text[LEAGUE_TEXT];
	size_t i, k;

	html_put(out, "<thead><tr><th scope=\"col\">figure</th>");
	json_array_foreach(versions, i, v)
	{
		html_put(out, "<th scope=\"col\">%s</th>", recorded_text(v, "name"));
	}
	html_put(out, "</tr></thead>\n<tbody>\n");
	json_array_foreach(recorded_list(one, "figures"), i, figure)
	{
		html_put(out, "<tr><th scope=\"row\">%s</th>", recorded_text(figure, "label"));
		json_array_foreach(recorded_list(figure, "values"), k, value)
		{
			html_put(out, "<td>%s</td>",
				 league_value_text(recorded_text(figure, "name"), value, text));
		}
		html_put(out, "</tr>\n");
	}
	html_put(out, "</tbody>");
}

static void put_table(const json_t *league, const json_t *one, const char *name, unsigned number,
		      FILE *out)
{
	json_t *cell;
	size_t i;

	number++;
	html_put(out,
		 "<section aria-labelledby=\"t%u\"><h2 id=\"t%u\">%s</h2>\n<p>%s</p>\n"
		 "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-labelledby=\"t%u\">"
		 "<table>\n",
		 number, number, name, recorded_text(one, "title"), number);
	put_rows(league, one, out);
	html_put(out, "</table></div>\n");
	json_array_foreach(recorded_list(one, "not_valid"), i, cell)
	{
		html_put(out, "<p>%s is not valid: %s</p>\n", recorded_text(cell, "version"),
			 recorded_text(cell, "why"));
	}
	html_put(out, "</section>\n");
}

int league_print_html(const json_t *league, FILE *out, struct err *e)
{
	_cleanup_(html_assets_freep) struct html_assets *assets = NULL;
	int r = html_assets_load(&assets, e);

	if (r < 0)
		return r;
	html_put(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	html_assets_head(assets, out);
	html_put(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		      "<meta name=\"color-scheme\" content=\"light dark\">\n"
		      "<title>sigfault: versions side by side</title>\n</head>\n<body>\n"
		      "<header><h1>Versions side by side</h1></header>\n<main>\n");
	each_table(league, put_table, out);
	html_put(out, "</main>\n</body>\n</html>\n");
	return 0;
}

/* ---- files ---- */

static int print_json(const json_t *league, FILE *out, struct err *e)
{
	return json_document_print(json_incref((json_t *)league), out, e);
}

int league_write(const json_t *league, const char *folder, struct err *e)
{
	static const struct {
		const char *name;
		int (*write)(const json_t *league, FILE *out, struct err *e);
	} files[] = { { "league.md", league_print_markdown },
		      { "league.json", print_json },
		      { "league.html", league_print_html } };
	int r = 0;

	if (mkdir(folder, 0755) < 0 && errno != EEXIST)
		return err_set(e, -errno, "cannot make the folder '%s': %s", folder,
			       strerror(errno));
	for (size_t i = 0; i < ARRAY_SIZE(files) && r == 0; i++) {
		struct whole w;

		r = whole_open(&w, folder, files[i].name, e);
		if (r == 0)
			r = whole_close(&w, files[i].write(league, w.out, e), e);
	}
	return r;
}
