/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/figures_files.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/csv.h"
#include "sim/base/names.h"

int figures_open(const char *folder, const char *name, struct csv **ret, struct err *e)
{
	int rc = csv_open_if_there(folder, name, ret, e);

	return rc < 0 ? rc : 0;
}

static void set(struct figure *f, double v)
{
	*f = (struct figure){ FIGURE_VALUE, v };
}

/* How the samples of a metric make a figure. */
enum fold { FOLD_LAST, FOLD_MOST, FOLD_SINCE /* what a counter grew by from the fault on */ };

struct metric {
	const char *name;
	struct figure *figure;
	enum fold fold;
	double before; /* value of the last sample before the fault */
};

static void take_sample(struct metric *m, const struct figures_span *s, double t, double v)
{
	if (m->fold == FOLD_SINCE && isinf(s->since))
		return;
	if (m->fold == FOLD_SINCE && t < s->since)
		m->before = v;
	if (m->fold == FOLD_MOST && m->figure->kind == FIGURE_VALUE && v < m->figure->value)
		return;
	set(m->figure, v - m->before);
}

static int take_metric_row(const struct csv *csv, struct metric *wanted, unsigned count,
			   const unsigned columns[2], const struct figures_span *s, struct err *e)
{
	double t, v;
	int rc;

	for (unsigned i = 0; i < count; i++) {
		if (strcmp(csv_text(csv, columns[0]), wanted[i].name) != 0)
			continue;
		rc = csv_time(csv, &t, e);
		if (rc == 0)
			rc = csv_number(csv, columns[1], &v, e);
		if (rc < 0)
			return rc;
		take_sample(&wanted[i], s, t, v);
	}
	return 0;
}

int figures_from_metrics(const char *folder, const struct figures_span *s, struct figures *f,
			 struct err *e)
{
	struct figure ttls = { FIGURE_MISSING, 0 };
	struct metric wanted[] = {
		{ "distinct_clients", &f->clients, FOLD_LAST, 0 },
		{ "distinct_failed_clients", &f->failed_clients, FOLD_LAST, 0 },
		{ "distinct_names", &f->names, FOLD_LAST, 0 },
		{ "distinct_failed_names", &f->failed_names, FOLD_LAST, 0 },
		{ "user_minutes", &f->user_minutes, FOLD_SINCE, 0 },
		{ "lost_questions", &f->lost_questions, FOLD_SINCE, 0 },
		{ "unvalidated_answers", &f->unvalidated, FOLD_SINCE, 0 },
		{ "leaks.stale_unvalidated", &f->stale_unvalidated, FOLD_SINCE, 0 },
		{ "leaks.ad_under_nta", &f->ad_under_nta, FOLD_SINCE, 0 },
		{ "leaks.stale_without_ede", &f->stale_without_ede, FOLD_SINCE, 0 },
		{ "leaks.nta_without_ede", &f->nta_without_ede, FOLD_SINCE, 0 },
		{ "ttl.smallest", &f->ttl_smallest, FOLD_LAST, 0 },
		{ "ttl.sum", &f->ttl_mean, FOLD_LAST, 0 },
		{ "ttl.answers", &ttls, FOLD_LAST, 0 },
		{ "ttl.over", &f->ttl_over, FOLD_LAST, 0 },
		{ "cpu_seconds", &f->cpu_seconds, FOLD_LAST, 0 },
		{ "rss_bytes", &f->memory_peak, FOLD_MOST, 0 },
		{ "request-list", &f->request_list_peak, FOLD_MOST, 0 },
	};
	_cleanup_(csv_freep) struct csv *csv = NULL;
	int rc = figures_open(folder, "metrics.csv", &csv, e), name, number;

	if (rc < 0 || !csv)
		return rc;
	name = csv_column(csv, "name", e);
	number = csv_column(csv, "value", e);
	if (name < 0 || number < 0)
		return -EINVAL;
	while (rc == 0 && (rc = csv_next(csv, e)) == 1)
		rc = take_metric_row(csv, wanted, ARRAY_SIZE(wanted),
				     (unsigned[]){ (unsigned)name, (unsigned)number }, s, e);
	if (f->ttl_mean.kind == FIGURE_VALUE && ttls.kind == FIGURE_VALUE && ttls.value > 0)
		f->ttl_mean.value /= ttls.value;
	if (f->names.kind == FIGURE_VALUE && f->names.value > 0 &&
	    f->failed_names.kind == FIGURE_VALUE)
		set(&f->failed_names_share, f->failed_names.value / f->names.value);
	return rc;
}

struct load { /* queries to authorities */
	double before, during, since;
};

static void add_load(struct load *l, const struct figures_span *s, double t, double n)
{
	l->since += t >= s->since ? n : 0;
	l->before += t >= s->hour_before && t < s->since ? n : 0;
	l->during += t >= s->from && t < s->until ? n : 0;
}

static void tell_load(const struct load *l, const struct figures_span *s, struct figure *count,
		      struct figure *ratio)
{
	if (!isinf(s->since))
		set(count, l->since);
	if (s->has_fault && l->before > 0 && s->until > s->from)
		set(ratio,
		    l->during / (s->until - s->from) / (l->before / (s->since - s->hour_before)));
}

static bool has_fault(const struct figures_fault *fault, const char *zone)
{
	for (unsigned i = 0; i < fault->zone_count; i++)
		if (strcmp(fault->zones[i], zone) == 0)
			return true;
	return false;
}

int figures_from_upstream(const char *folder, const struct figures_span *s,
			  const struct figures_fault *fault, struct figures *f, struct err *e)
{
	_cleanup_(csv_freep) struct csv *csv = NULL;
	int rc = figures_open(folder, "upstream.csv", &csv, e), zone, queries;
	struct load all = { 0 }, faulty = { 0 };
	double t, n;

	if (rc < 0 || !csv)
		return rc;
	zone = csv_column(csv, "zone", e);
	queries = csv_column(csv, "queries", e);
	if (zone < 0 || queries < 0)
		return -EINVAL;
	while ((rc = csv_next(csv, e)) == 1) {
		rc = csv_time(csv, &t, e);
		if (rc == 0)
			rc = csv_count(csv, (unsigned)queries, &n, e);
		if (rc < 0)
			return rc;
		add_load(&all, s, t, n);
		if (has_fault(fault, csv_text(csv, (unsigned)zone)))
			add_load(&faulty, s, t, n);
	}
	if (rc < 0)
		return rc;
	tell_load(&all, s, &f->upstream, &f->upstream_ratio);
	if (fault->zone_count)
		tell_load(&faulty, s, &f->zone_upstream, &f->zone_upstream_ratio);
	return 0;
}

int figures_from_asked(const char *folder, const struct figures_span *s, const char *traffic,
		       struct figures *f, struct err *e)
{
	_cleanup_(csv_freep) struct csv *csv = NULL;
	int rc = figures_open(folder, "asked.csv", &csv, e), whose, lost;
	double t, n, sum = 0;

	if (rc < 0 || !csv || isinf(s->since))
		return rc;
	whose = csv_column(csv, "traffic", e);
	lost = csv_column(csv, "lost", e);
	if (whose < 0 || lost < 0)
		return -EINVAL;
	while ((rc = csv_next(csv, e)) == 1) {
		rc = csv_time(csv, &t, e);
		if (rc == 0)
			rc = csv_count(csv, (unsigned)lost, &n, e);
		if (rc < 0)
			return rc;
		if (t >= s->since && strcmp(csv_text(csv, (unsigned)whose), traffic) == 0)
			sum += n;
	}
	if (rc == 0)
		set(&f->lost_questions, sum);
	return rc;
}

struct ede_sum {
	int code;
	uint64_t count;
};

struct ede_sums {
	struct ede_sum *list;
	unsigned count;
	double right, failed; /* SERVFAILs of the fault, with a DNSSEC code and in all */
};

static int by_count(const void *a, const void *b)
{
	const struct ede_sum *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return x->code - y->code;
}

static void ede_sums_done(struct ede_sums *s)
{
	free(s->list);
}

static bool add_ede(struct ede_sums *s, int code, double n)
{
	unsigned i = 0;

	while (i < s->count && s->list[i].code != code)
		i++;
	if (i == s->count) {
		struct ede_sum *list = reallocarray(s->list, s->count + 1, sizeof(*list));

		if (!list)
			return false;
		s->list = list;
		list[s->count++] = (struct ede_sum){ .code = code };
	}
	s->list[i].count += (uint64_t)n;
	return true;
}

static int take_ede_row(const struct csv *csv, const unsigned columns[3],
			const struct figures_span *s, struct ede_sums *sums, struct err *e)
{
	double t, code, n;
	int rc = csv_time(csv, &t, e);

	if (rc == 0)
		rc = csv_ede(csv, columns[1], &code, e);
	if (rc == 0)
		rc = csv_count(csv, columns[2], &n, e);
	if (rc < 0)
		return rc;
	if (!add_ede(sums, (int)code, n))
		return err_set(e, -ENOMEM, "no memory to read 'ede.csv'");
	if (strcmp(csv_text(csv, columns[0]), "SERVFAIL") == 0 && t >= s->from && t < s->until) {
		sums->failed += n;
		sums->right += names_ede_is_dnssec((int)code) ? n : 0;
	}
	return 0;
}

static void tell_ede(struct ede_sums *sums, struct figures *f)
{
	if (sums->count)
		qsort(sums->list, sums->count, sizeof(*sums->list), by_count);
	for (unsigned i = 0; i < sums->count && i < FIGURES_EDE_MAX; i++) {
		f->ede[i].code = sums->list[i].code;
		f->ede[i].count = sums->list[i].count;
		f->ede_count++;
	}
}

int figures_from_ede(const char *folder, const struct figures_span *s, bool is_dnssec,
		     const char *traffic, struct figures *f, struct err *e)
{
	static const char *const names[] = { "rcode", "code", "count" };
	_cleanup_(csv_freep) struct csv *csv = NULL;
	int rc = figures_open(folder, "ede.csv", &csv, e), whose = -1;
	_cleanup_(ede_sums_done) struct ede_sums sums = { .count = 0 };
	unsigned columns[3];
	struct err lacks;

	if (rc < 0 || !csv)
		return rc;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		rc = csv_column(csv, names[i], e);
		if (rc < 0)
			return rc;
		columns[i] = (unsigned)rc;
	}
	if (traffic && (whose = csv_column(csv, "traffic", &lacks)) < 0)
		return 0;
	rc = 0;
	while (rc == 0 && (rc = csv_next(csv, e)) == 1)
		rc = traffic && strcmp(csv_text(csv, (unsigned)whose), traffic) != 0
			     ? 0
			     : take_ede_row(csv, columns, s, &sums, e);
	if (rc < 0)
		return rc;
	tell_ede(&sums, f);
	if (s->has_fault && is_dnssec && sums.failed > 0)
		set(&f->right_ede, sums.right / sums.failed);
	return 0;
}
