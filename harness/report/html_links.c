/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/html_links.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/html_column.h"
#include "harness/report/html_figure.h"
#include "harness/report/html_text.h"
#include "harness/results/csv.h"
#include "harness/text/memory.h"
#include "harness/text/table.h"
#include "sim/base/hash.h"

#define SHOWN 10 /* links, each of two directions or of one */

struct link {
	char *key; /* "from\nto" */
	double packets, bytes, dropped;
	struct html_column *rate; /* of those that are shown */
	UT_hash_handle hh;
};

static void links_done(struct link **links)
{
	struct link *l, *next;

	HASH_ITER (hh, *links, l, next) {
		HASH_DEL(*links, l);
		free(l->key);
		html_column_free(l->rate);
		free(l);
	}
}

enum column { FROM, TO, PACKETS, BYTES, DROPPED, COLUMNS };

/* 0: the cell has none, of an older version. */
static int open_links(const struct recorded_cell *cell, struct csv **ret, unsigned columns[COLUMNS],
		      struct err *e)
{
	static const char *const names[COLUMNS] = { "from", "to", "packets", "bytes", "dropped" };
	int rc = csv_open_if_there(cell->path, "links.csv", ret, e);

	if (rc <= 0)
		return rc;
	for (unsigned i = 0; i < COLUMNS; i++) {
		rc = csv_column(*ret, names[i], e);
		if (rc < 0)
			return rc;
		columns[i] = (unsigned)rc;
	}
	return 1;
}

static struct link *link_of(struct link **links, const char *from, const char *to, bool makes)
{
	_cleanup_(freep) char *key = NULL;
	struct link *l;

	if (asprintf(&key, "%s\n%s", from, to) < 0) {
		memory_ended(); /* a link that is not found is one that is not shown */
		key = NULL;
		return NULL;
	}
	HASH_FIND_STR(*links, key, l);
	if (l || !makes)
		return l;
	l = calloc(1, sizeof(*l));
	if (!l) {
		memory_ended();
		return NULL;
	}
	l->key = TAKE(key);
	HASH_ADD_KEYPTR(hh, *links, l->key, strlen(l->key), l);
	return l;
}

static int count_row(const struct csv *csv, const unsigned columns[COLUMNS], struct link **links,
		     struct err *e)
{
	double packets, bytes, dropped;
	struct link *l;
	int rc = csv_count(csv, columns[PACKETS], &packets, e);

	if (rc == 0)
		rc = csv_count(csv, columns[BYTES], &bytes, e);
	if (rc == 0)
		rc = csv_count(csv, columns[DROPPED], &dropped, e);
	if (rc < 0)
		return rc;
	l = link_of(links, csv_text(csv, columns[FROM]), csv_text(csv, columns[TO]), true);
	if (!l)
		return -ENOMEM;
	l->packets += packets;
	l->bytes += bytes;
	l->dropped += dropped;
	return 0;
}

static int count_all(const struct recorded_cell *cell, struct link **links, struct err *e)
{
	_cleanup_(csv_freep) struct csv *csv = NULL;
	unsigned columns[COLUMNS];
	int rc = open_links(cell, &csv, columns, e);

	if (rc <= 0)
		return rc;
	while ((rc = csv_next(csv, e)) == 1) {
		rc = count_row(csv, columns, links, e);
		if (rc < 0)
			return rc;
	}
	return rc;
}

/* The busiest first; links with as much by their names. */
static int by_packets(const struct link *a, const struct link *b)
{
	if (a->packets > b->packets || a->packets < b->packets)
		return a->packets > b->packets ? -1 : 1;
	return strcmp(a->key, b->key);
}

/* Those that are shown get a column; the others go. */
static int choose(const struct recorded_cell *cell, struct link **links)
{
	struct link *l, *next;
	unsigned n = 0;

	HASH_SORT(*links, by_packets);
	HASH_ITER (hh, *links, l, next) {
		if (n++ >= SHOWN) {
			HASH_DEL(*links, l);
			free(l->key);
			free(l);
			continue;
		}
		l->rate = html_column_new(cell->curve);
		if (!l->rate)
			return -ENOMEM;
	}
	return 0;
}

static int fill_columns(const struct recorded_cell *cell, struct link **links, struct err *e)
{
	_cleanup_(csv_freep) struct csv *csv = NULL;
	unsigned columns[COLUMNS];
	double t, packets;
	struct link *l;
	int rc = open_links(cell, &csv, columns, e);

	while (rc > 0 && (rc = csv_next(csv, e)) == 1) {
		l = link_of(links, csv_text(csv, columns[FROM]), csv_text(csv, columns[TO]), false);
		if (!l)
			continue;
		rc = csv_time(csv, &t, e);
		if (rc == 0)
			rc = csv_count(csv, columns[PACKETS], &packets, e);
		if (rc < 0)
			return rc;
		if (html_column_bin(cell->curve, t) < l->rate->count)
			html_column_add(l->rate, html_column_bin(cell->curve, t), packets);
		rc = 1;
	}
	return rc;
}

static json_t *json_of(const struct recorded_cell *cell, const struct link *l)
{
	double most = 0;

	html_column_fill(l->rate);
	html_column_scale(l->rate, 1 / (double)cell->curve->bin);
	for (unsigned i = 0; i < l->rate->count; i++)
		most = fmax(most, l->rate->values[i]);
	return json_pack("{s:s%, s:s, s:o, s:o, s:o, s:o, s:o}", "from", l->key,
			 strcspn(l->key, "\n"), "to", strchr(l->key, '\n') + 1, "packets",
			 html_number(l->packets), "bytes", html_number(l->bytes), "dropped",
			 html_number(l->dropped), "most", html_number(most), "rate",
			 html_column_json(l->rate));
}

int html_links_read(const struct recorded_cell *cell, json_t *json, struct err *e)
{
	_cleanup_(links_done) struct link *links = NULL;
	int rc = count_all(cell, &links, e);
	json_t *all;
	unsigned n = 0;

	if (rc == 0)
		rc = choose(cell, &links);
	if (rc == 0)
		rc = fill_columns(cell, &links, e);
	if (rc < 0 || !links)
		return rc;
	all = json_object();
	for (const struct link *l = links; l; l = l->hh.next) {
		char key[16];

		snprintf(key, sizeof(key), "%u", n++);
		if (json_object_set_new(all, key, json_of(cell, l)) < 0)
			rc = -ENOMEM;
	}
	return json_object_set_new(json, "links", all) < 0 ? -ENOMEM : rc;
}

/* ---- the page ---- */

static char *bytes_text(double bytes, char text[48])
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	size_t i = 0;

	for (; bytes >= 1000 && i + 1 < ARRAY_SIZE(units); i++)
		bytes /= 1000;
	snprintf(text, 48, "%.*f %s", i && bytes < 100, bytes, units[i]);
	return text;
}

static void put_row(const struct html_page *p, const json_t *link)
{
	char packets[48], bytes[48], dropped[48], most[48];

	snprintf(most, sizeof(most), "%.1f", recorded_number(link, "most"));
	html_put(p->out,
		 "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td><td>%s</td><td>%s</td>"
		 "<td>%s</td></tr>\n",
		 recorded_text(link, "from"), recorded_text(link, "to"),
		 table_grouped(recorded_number(link, "packets"), packets), most,
		 bytes_text(recorded_number(link, "bytes"), bytes),
		 table_grouped(recorded_number(link, "dropped"), dropped));
}

static void put_table(const struct html_page *p, unsigned number, const json_t *links)
{
	html_put(p->out,
		 "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"links of cell "
		 "%u\"><table><caption>Packets from host to host, the %u directions with the "
		 "most</caption><thead><tr><th scope=\"col\">from</th><th scope=\"col\">to</th>"
		 "<th scope=\"col\">packets</th><th scope=\"col\">a second, most</th>"
		 "<th scope=\"col\">bytes of IP</th><th "
		 "scope=\"col\">dropped</th></tr></thead><tbody>\n",
		 number, (unsigned)json_object_size(links));
	for (unsigned i = 0; i < json_object_size(links); i++) {
		char key[16];

		snprintf(key, sizeof(key), "%u", i);
		put_row(p, json_object_get(links, key));
	}
	html_put(p->out, "</tbody></table></div>\n");
}

int html_links(const struct html_page *p, const struct recorded_cell *cell)
{
	unsigned number = html_cell_number(p, cell), count;
	const json_t *json = json_array_get(json_object_get(p->data, "cells"), number - 1);
	const json_t *links = json_object_get(json, "links");
	struct html_figure f = {
		.title = "Links", .more = "", .axis = "packets a second", .to = p->recorded->span
	};
	char names[SHOWN][128];

	count = (unsigned)json_object_size(links);
	if (!count || count > SHOWN)
		return 0;
	snprintf(f.id, sizeof(f.id), "links-%u", number);
	for (unsigned i = 0; i < count; i++) {
		char key[HTML_PATH_MAX];
		const json_t *link;

		snprintf(key, sizeof(key), "%u", i);
		link = json_object_get(links, key);
		snprintf(names[i], sizeof(names[i]), "%.60s → %.60s", recorded_text(link, "from"),
			 recorded_text(link, "to"));
		snprintf(key, sizeof(key), "links/%u/rate", i);
		html_figure_add(&f, number - 1, names[i], i, key, "");
	}
	f.most = html_figure_round(html_figure_most(p, &f));
	put_table(p, number, links);
	return html_figure_write(p, &f);
}
