/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/metrics.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/recorded_load.h"
#include "harness/text/whole.h"
#include "sim/clock/clock.h"

#define WRITE_EVERY 1.0 /* machine seconds */
#define LABELS 640

enum state { CELL_WAITS, CELL_RUNS, CELL_OVER, CELL_STATES };

struct cell_metrics {
	enum state state;
	char labels[LABELS];
	bool has_told;
	struct progress_message last;
};

struct metrics {
	char folder[PATH_MAX];
	const char *name;
	char scenario[128];
	double written_at; /* machine seconds */
	unsigned count;
	struct cell_metrics cells[];
};

/* ---- what is told of a cell ---- */

enum kind { GAUGE, TOTAL };
enum type { REAL, COUNT, TIME }; /* double; uint64_t; simtime, told in seconds */

struct row {
	const char *name, *unit, *help; /* of rows with one name the first has them */
	const char *label; /* NULL: none of its own */
	size_t offset; /* in struct progress_message */
	enum kind kind;
	enum type type;
};

#define M(member) offsetof(struct progress_message, member)
static const struct row rows[] = {
	{ "cell_progress_ratio", "ratio", "How far the cell has come on its way.", NULL, M(share),
	  GAUGE, REAL },
	{ "cell_machine_seconds", "seconds", "Machine time that the cell has taken.", NULL,
	  M(seconds), GAUGE, REAL },
	{ "virtual_time_seconds", "seconds", "The scenario's time, since the Unix epoch.", NULL,
	  M(at), GAUGE, TIME },
	{ "clock_speed_ratio", "ratio", "How many times faster than real time.", NULL, M(speed),
	  GAUGE, REAL },
	{ "servfail_ratio", "ratio",
	  "SERVFAIL answers over queries in the bin that was finished last.", NULL,
	  M(totals.servfail_share_now), GAUGE, REAL },
	{ "client_queries_total", NULL, "Queries that clients sent, retries included.", NULL,
	  M(totals.queries), TOTAL, COUNT },
	{ "client_retries_total", NULL, "Queries that repeat one that failed.", NULL,
	  M(totals.retries), TOTAL, COUNT },
	{ "client_outcomes_total", NULL, "Queries by what came of them.", "outcome=\"noerror\"",
	  M(totals.outcomes[OUTCOME_NOERROR]), TOTAL, COUNT },
	{ "client_outcomes_total", NULL, NULL, "outcome=\"nxdomain\"",
	  M(totals.outcomes[OUTCOME_NXDOMAIN]), TOTAL, COUNT },
	{ "client_outcomes_total", NULL, NULL, "outcome=\"servfail\"",
	  M(totals.outcomes[OUTCOME_SERVFAIL]), TOTAL, COUNT },
	{ "client_outcomes_total", NULL, NULL, "outcome=\"other\"",
	  M(totals.outcomes[OUTCOME_OTHER]), TOTAL, COUNT },
	{ "client_outcomes_total", NULL, NULL, "outcome=\"timeout\"",
	  M(totals.outcomes[OUTCOME_TIMEOUT]), TOTAL, COUNT },
	{ "client_stale_answers_total", NULL, "Answers with an address older than its TTL.", NULL,
	  M(totals.stale), TOTAL, COUNT },
	{ "client_wrong_answers_total", NULL, "Answers with an address that was never given.", NULL,
	  M(totals.wrong), TOTAL, COUNT },
	{ "client_lost_questions_total", NULL, "Questions whose last attempt failed.", NULL,
	  M(totals.lost_questions), TOTAL, COUNT },
	{ "client_lost_seconds_total", "seconds",
	  "Time lost by clients: 60 for each minute in which one of them failed.", NULL,
	  M(lost_seconds), TOTAL, REAL },
	{ "unvalidated_answers_total", NULL, "Answers accepted without validation.", NULL,
	  M(totals.unvalidated), TOTAL, COUNT },
	{ "leaks_total", NULL, "What the resolver should not have given, or not in silence.",
	  "leak=\"stale_unvalidated\"", M(totals.leaks.stale_unvalidated), TOTAL, COUNT },
	{ "leaks_total", NULL, NULL, "leak=\"ad_under_nta\"", M(totals.leaks.ad_under_nta), TOTAL,
	  COUNT },
	{ "leaks_total", NULL, NULL, "leak=\"stale_without_ede\"",
	  M(totals.leaks.stale_without_ede), TOTAL, COUNT },
	{ "leaks_total", NULL, NULL, "leak=\"nta_without_ede\"", M(totals.leaks.nta_without_ede),
	  TOTAL, COUNT },
	{ "upstream_queries_total", NULL, "Queries that reached authorities.", NULL,
	  M(totals.upstream), TOTAL, COUNT },
	{ "upstream_dropped_total", NULL, "Those of them that no authority answered.", NULL,
	  M(totals.upstream_dropped), TOTAL, COUNT },
	{ "resolver_cpu_seconds_total", "seconds", "The resolver's CPU time.", NULL,
	  M(sample.cpu_seconds), TOTAL, REAL },
	{ "resolver_resident_memory_bytes", "bytes", "The resolver's resident memory.", NULL,
	  M(sample.rss_bytes), GAUGE, REAL },
	{ "resolver_requests", NULL, "Requests that the resolver works on, by its own counter.",
	  NULL, M(sample.request_list), GAUGE, REAL },
};
#undef M

/* NAN: it was not measured. */
static double value_of(const struct row *row, const struct progress_message *m)
{
	const char *at = (const char *)m + row->offset;
	double real;
	uint64_t count;
	simtime time;

	switch (row->type) {
	case REAL:
		memcpy(&real, at, sizeof(real));
		return row->kind == GAUGE && real < 0 ? (double)NAN : real;
	case COUNT:
		memcpy(&count, at, sizeof(count));
		return (double)count;
	case TIME:
		memcpy(&time, at, sizeof(time));
		return time == SIMTIME_NEVER ? (double)NAN : (double)time / (double)SECOND;
	}
	return (double)NAN;
}

/* ---- text ---- */

/* A label's value: backslash, quote and line end are escaped in it. */
static void escape(const char *text, char *ret, size_t size)
{
	size_t len = 0;

	for (; *text && len + 3 < size; text++) {
		if (*text == '\\' || *text == '"' || *text == '\n')
			ret[len++] = '\\';
		ret[len++] = *text == '\n' ? 'n' : *text;
	}
	ret[len] = '\0';
}

static char *labels_of(const struct metrics *m, const char *cell, const char *resolver,
		       const char *mitigation, char ret[LABELS])
{
	char texts[3][128];

	escape(cell, texts[0], sizeof(texts[0]));
	escape(resolver, texts[1], sizeof(texts[1]));
	escape(mitigation, texts[2], sizeof(texts[2]));
	snprintf(ret, LABELS, "scenario=\"%s\",cell=\"%s\",resolver=\"%s\",mitigation=\"%s\"",
		 m->scenario, texts[0], texts[1], texts[2]);
	return ret;
}

static void put_head(FILE *out, const char *name, const char *unit, enum kind kind,
		     const char *help)
{
	if (kind == GAUGE)
		fprintf(out, "# TYPE sigfault_%s gauge\n", name);
	if (kind == GAUGE && unit)
		fprintf(out, "# UNIT sigfault_%s %s\n", name, unit);
	fprintf(out, "# HELP sigfault_%s %s\n", name, help);
}

static void put_value(FILE *out, const char *name, const char *labels, const char *label,
		      double value)
{
	fprintf(out, "sigfault_%s{%s%s%s} ", name, labels, label ? "," : "", label ?: "");
	if (isinf(value))
		fprintf(out, "%sInf\n", value < 0 ? "-" : "+");
	else
		fprintf(out, "%.15g\n", value);
}

static void put_row(FILE *out, const struct metrics *m, const struct row *row)
{
	if (row->help)
		put_head(out, row->name, row->unit, row->kind, row->help);
	for (unsigned i = 0; i < m->count; i++) {
		const struct cell_metrics *c = &m->cells[i];
		double value = value_of(row, &c->last);

		if (c->has_told && !isnan(value))
			put_value(out, row->name, c->labels, row->label, value);
	}
}

static void put_states(FILE *out, const struct metrics *m)
{
	static const char *const names[CELL_STATES] = { "state=\"waiting\"", "state=\"running\"",
							"state=\"over\"" };
	char scenario[160];
	unsigned counts[CELL_STATES] = { 0 };

	for (unsigned i = 0; i < m->count; i++)
		counts[m->cells[i].state]++;
	snprintf(scenario, sizeof(scenario), "scenario=\"%s\"", m->scenario);
	put_head(out, "cells", NULL, GAUGE, "The run's cells by how far they are.");
	for (unsigned i = 0; i < CELL_STATES; i++)
		put_value(out, "cells", scenario, names[i], counts[i]);
}

/* ---- figures ---- */

/* What a unit's metrics end with, instead of what its figures' names may end with; a minute is sixty
 * seconds. */
struct ending {
	const char *unit, *instead_of;
	double factor;
};

static struct ending ending_of(const struct figure_info *i)
{
	const char *minutes = strstr(i->name, "_minutes");

	switch (i->unit) {
	case FIGURE_COUNT:
		return minutes ? (struct ending){ "seconds", "_minutes", 60 }
			       : (struct ending){ NULL, "", 1 };
	case FIGURE_SHARE:
		return (struct ending){ "ratio", "_share", 1 };
	case FIGURE_SECONDS:
		return (struct ending){ "seconds", "_seconds", 1 };
	case FIGURE_RATIO:
		return (struct ending){ "ratio", "_ratio", 1 };
	case FIGURE_BYTES:
		return (struct ending){ "bytes", "_bytes", 1 };
	}
	return (struct ending){ NULL, "", 1 };
}

static void name_figure(const struct figure_info *i, const struct ending *end, char ret[96])
{
	size_t len = strlen(i->name), cut = strlen(end->instead_of);

	if (cut && len > cut && strcmp(i->name + len - cut, end->instead_of) == 0)
		len -= cut;
	snprintf(ret, 96, "result_%.*s%s%s", (int)len, i->name, end->unit ? "_" : "",
		 end->unit ?: "");
}

static void put_figure(FILE *out, const struct metrics *m, const struct recorded *r,
		       const struct figure_info *info)
{
	struct ending end = ending_of(info);
	char name[96], help[400], labels[LABELS];

	name_figure(info, &end, name);
	snprintf(help, sizeof(help), "The figure %s: %.300s.", info->name, info->about);
	put_head(out, name, end.unit, GAUGE, help);
	for (unsigned i = 0; i < r->cell_count; i++) {
		const struct recorded_cell *c = &r->cells[i];
		double v = figures_weight(figures_get(&c->figures, info));

		if (!isnan(v))
			put_value(out, name,
				  labels_of(m, c->folder, c->resolver, c->mitigation, labels), NULL,
				  v * end.factor);
	}
}

static void put_results(FILE *out, const struct metrics *m, const struct recorded *r)
{
	char labels[LABELS];

	put_head(out, "cell_valid", NULL, GAUGE, "Whether the cell's figures mean anything.");
	for (unsigned i = 0; i < r->cell_count; i++) {
		const struct recorded_cell *c = &r->cells[i];

		put_value(out, "cell_valid",
			  labels_of(m, c->folder, c->resolver, c->mitigation, labels), NULL,
			  recorded_is_true(c->json, "valid"));
	}
	for (unsigned i = 0; i < figure_info_count && !recorded_has_cases(r); i++)
		put_figure(out, m, r, &figure_infos[i]);
}

/* With figures where `r` is not NULL. */
static int write_file(struct metrics *m, const struct recorded *r, struct err *e)
{
	struct whole w;
	int rc = whole_open(&w, m->folder, m->name, e);

	if (rc < 0)
		return rc;
	m->written_at = clock_machine_seconds();
	put_states(w.out, m);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		put_row(w.out, m, &rows[i]);
	if (r)
		put_results(w.out, m, r);
	fputs("# EOF\n", w.out);
	return whole_close(&w, 0, e);
}

/* ---- what happens ---- */

/* Between its beginning and its end a file that cannot be written is tried again. */
static void write_meanwhile(struct metrics *m)
{
	struct err e;

	if (clock_machine_seconds() - m->written_at >= WRITE_EVERY)
		write_file(m, NULL, &e);
}

int metrics_new(const char *path, const char *scenario, unsigned count, struct metrics **ret,
		struct err *e)
{
	_cleanup_(metrics_freep) struct metrics *m =
		calloc(1, sizeof(*m) + count * sizeof(m->cells[0]));
	const char *slash = strrchr(path, '/');
	int rc;

	if (!m)
		return err_set(e, -ENOMEM, "no memory for the metrics of %u cells", count);
	m->name = slash ? slash + 1 : path;
	if (!*m->name || strlen(path) >= sizeof(m->folder) - 8)
		return err_set(e, -EINVAL, "'%.200s' is no name of a file for metrics", path);
	snprintf(m->folder, sizeof(m->folder), "%.*s", slash ? (int)(slash - path) : 1,
		 slash ? path : ".");
	escape(scenario, m->scenario, sizeof(m->scenario));
	m->count = count;
	rc = write_file(m, NULL, e);
	if (rc < 0)
		return rc;
	*ret = TAKE(m);
	return 0;
}

void metrics_free(struct metrics *m)
{
	free(m);
}

void metrics_begin(struct metrics *m, unsigned cell, const char *name, const char *resolver,
		   const char *mitigation)
{
	struct cell_metrics *c = &m->cells[cell];

	*c = (struct cell_metrics){ .state = CELL_RUNS };
	labels_of(m, name, resolver, mitigation, c->labels);
}

void metrics_take(struct metrics *m, const struct progress_message *msg)
{
	struct cell_metrics *c = &m->cells[msg->cell];

	if (msg->kind == PROGRESS_EVENT)
		return;
	c->last = *msg;
	c->has_told = true;
	write_meanwhile(m);
}

void metrics_end(struct metrics *m, unsigned cell)
{
	m->cells[cell].state = CELL_OVER;
	write_meanwhile(m);
}

int metrics_finish(struct metrics *m, const char *folder, struct err *e)
{
	_cleanup_(recorded_done) struct recorded recorded = { 0 };
	int r = recorded_load(&folder, 1, &recorded, e);

	return r < 0 ? r : write_file(m, &recorded, e);
}
