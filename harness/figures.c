#include "harness/figures.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/csv.h"

#define HOUR_BEFORE 3600.0
#define BACK_TO_NORMAL 0.01

const char *figures_ede_name(int code)
{
	static const char *const names[] = {
		"Other Error",
		"Unsupported DNSKEY Algorithm",
		"Unsupported DS Digest Type",
		"Stale Answer",
		"Forged Answer",
		"DNSSEC Indeterminate",
		"DNSSEC Bogus",
		"Signature Expired",
		"Signature Not Yet Valid",
		"DNSKEY Missing",
		"RRSIGs Missing",
		"No Zone Key Bit Set",
		"NSEC Missing",
		"Cached Error",
		"Not Ready",
		"Blocked",
		"Censored",
		"Filtered",
		"Prohibited",
		"Stale NXDOMAIN Answer",
		"Not Authoritative",
		"Not Supported",
		"No Reachable Authority",
		"Network Error",
		"Invalid Data",
		"Signature Expired before Valid",
		"Too Early",
		"Unsupported NSEC3 Iterations Value",
		"Unable to conform to policy",
		"Synthesized",
		"Invalid Query Type",
	};

	return code >= 0 && code < (int)ARRAY_SIZE(names) ? names[code] : NULL;
}

#define F(member) offsetof(struct figures, member)
const struct figure_info figure_infos[] = {
	{ "queries", "queries", FIGURE_COUNT, FIGURE_NEUTRAL, F(queries) },
	{ "retries", "of them retries", FIGURE_COUNT, FIGURE_LESS, F(retries) },
	{ "clients", "clients", FIGURE_COUNT, FIGURE_NEUTRAL, F(clients) },
	{ "failed_clients", "clients that failed", FIGURE_COUNT, FIGURE_LESS, F(failed_clients) },
	{ "failed_names", "names that failed", FIGURE_COUNT, FIGURE_LESS, F(failed_names) },
	{ "servfail_before", "SERVFAIL in the hour before", FIGURE_SHARE, FIGURE_LESS, F(before) },
	{ "servfail_1min", "SERVFAIL at fault + 1 min", FIGURE_SHARE, FIGURE_LESS, F(at_1min) },
	{ "servfail_1h", "SERVFAIL at fault + 1 h", FIGURE_SHARE, FIGURE_LESS, F(at_1h) },
	{ "servfail_2h", "SERVFAIL at fault + 2 h", FIGURE_SHARE, FIGURE_LESS, F(at_2h) },
	{ "peak", "SERVFAIL peak", FIGURE_SHARE, FIGURE_LESS, F(peak) },
	{ "time_to_10", "10 % SERVFAIL within", FIGURE_SECONDS, FIGURE_MORE, F(to_10) },
	{ "time_to_50", "50 % SERVFAIL within", FIGURE_SECONDS, FIGURE_MORE, F(to_50) },
	{ "after_repair", "repair to under 1 %", FIGURE_SECONDS, FIGURE_LESS, F(after_repair) },
	{ "after_nta", "NTA to under 1 %", FIGURE_SECONDS, FIGURE_LESS, F(after_nta) },
	{ "stale_share", "stale answers in the fault", FIGURE_SHARE, FIGURE_NEUTRAL, F(stale) },
	{ "upstream_ratio", "upstream, fault to before", FIGURE_RATIO, FIGURE_LESS, F(upstream) },
};
#undef F
const unsigned figure_info_count = ARRAY_SIZE(figure_infos);

const struct figure *figures_get(const struct figures *f, const struct figure_info *i)
{
	return (const struct figure *)(const void *)((const char *)f + i->offset);
}

const struct figure_info *figures_find(const char *name)
{
	for (unsigned i = 0; i < figure_info_count; i++)
		if (strcmp(figure_infos[i].name, name) == 0)
			return &figure_infos[i];
	return NULL;
}

static struct figure value(double v)
{
	return (struct figure){ isnan(v) ? FIGURE_MISSING : FIGURE_VALUE, isnan(v) ? 0 : v };
}

/* What all figures of one cell look at. */
struct view {
	const struct curve *curve;
	unsigned servfail;
	double minute, step; /* a minute, ten seconds; or a bin when bins are longer */
	double end; /* of the record */
	double from, until; /* of the fault, the latter within the record */
	double calm; /* the end of the last bin that lies before the fault as a whole */
};

static double share(const struct view *v, double from, double to)
{
	return curve_share(v->curve, CURVE_ALL, v->servfail, from, to);
}

static double hour_before(const struct view *v)
{
	return v->from > HOUR_BEFORE ? v->from - HOUR_BEFORE : 0;
}

/* Where the bin begins that an instant falls into. */
static double bin_of(const struct curve *c, double t)
{
	double first = (double)c->t[0], bin = (double)c->bin;

	return first + floor((t - first) / bin) * bin;
}

static struct figure share_after(const struct view *v, double seconds)
{
	double at = v->from + seconds;

	/* With long bins: the bin that `at` falls into, wherever it began. */
	if (v->curve->bin > 60)
		at = bin_of(v->curve, at);
	return value(share(v, at, at + v->minute));
}

static struct figure time_to(const struct view *v, double threshold)
{
	if (share(v, hour_before(v), v->calm) >= threshold)
		return (struct figure){ FIGURE_ALREADY, 0 };
	for (double at = v->from; at < v->until; at += v->step)
		if (share(v, at, at + v->step) >= threshold)
			return value(at + v->step - v->from);
	return (struct figure){ FIGURE_NEVER, v->until - v->from };
}

/* How long after an event the share is back under 1 %. ALREADY: it was so just before. */
static struct figure time_back(const struct view *v, double event)
{
	if (event >= v->end)
		return (struct figure){ FIGURE_MISSING, 0 };
	if (share(v, event - v->step, event) < BACK_TO_NORMAL)
		return (struct figure){ FIGURE_ALREADY, 0 };
	for (double at = event; at < v->end; at += v->step)
		if (share(v, at, at + v->step) < BACK_TO_NORMAL)
			return value(at - event);
	return (struct figure){ FIGURE_NEVER, v->end - event };
}

static void find_peak(const struct view *v, struct figures *f)
{
	for (double at = 0; at < v->end; at += v->minute) {
		double s = share(v, at, at + v->minute);

		if (isnan(s) || (f->peak.kind == FIGURE_VALUE && s <= f->peak.value))
			continue;
		f->peak = value(s);
		f->peak_at = value(at);
	}
}

static int from_curve(const struct view *v, const struct figures_fault *fault, struct figures *f,
		      struct err *e)
{
	int retries = curve_column(v->curve, "retries", e);
	int stale = curve_column(v->curve, "stale", e);
	int64_t sum;

	if (retries < 0 || stale < 0)
		return -EINVAL;
	curve_sum(v->curve, CURVE_ALL, 0, 0, v->end, &sum);
	f->queries = value((double)sum);
	curve_sum(v->curve, CURVE_ALL, (unsigned)retries, 0, v->end, &sum);
	f->retries = value((double)sum);
	find_peak(v, f);
	if (!fault->is_known || v->from >= v->end)
		return 0;
	f->before = value(share(v, hour_before(v), v->calm));
	f->at_1min = share_after(v, 60);
	f->at_1h = share_after(v, 3600);
	f->at_2h = share_after(v, 7200);
	f->to_10 = time_to(v, 0.1);
	f->to_50 = time_to(v, 0.5);
	f->stale = value(curve_share(v->curve, CURVE_ALL, (unsigned)stale, v->from, v->until));
	f->after_repair = time_back(v, fault->until);
	return 0;
}

/* Opens a file of the cell; *ret stays NULL when there is none, which is no error. */
static int open_optional(const char *folder, const char *name, struct csv **ret, struct err *e)
{
	int rc = csv_open(folder, name, ret, e);

	return rc == -ENOENT ? 0 : rc;
}

static int from_metrics(const char *folder, struct figures *f, struct err *e)
{
	const struct {
		const char *name;
		struct figure *figure;
	} wanted[] = { { "distinct_clients", &f->clients },
		       { "distinct_failed_clients", &f->failed_clients },
		       { "distinct_failed_names", &f->failed_names } };
	_cleanup_(csv_freep) struct csv *csv = NULL;
	int rc = open_optional(folder, "metrics.csv", &csv, e), name, number;
	double last;

	if (rc < 0 || !csv)
		return rc;
	name = csv_column(csv, "name", e);
	number = csv_column(csv, "value", e);
	if (name < 0 || number < 0)
		return -EINVAL;
	while ((rc = csv_next(csv, e)) == 1) {
		for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
			if (strcmp(csv_text(csv, (unsigned)name), wanted[i].name) != 0)
				continue;
			rc = csv_number(csv, (unsigned)number, &last, e);
			if (rc < 0)
				return rc;
			*wanted[i].figure = value(last);
		}
	}
	return rc;
}

static int from_upstream(const char *folder, const struct view *v, struct figures *f, struct err *e)
{
	_cleanup_(csv_freep) struct csv *csv = NULL;
	int rc = open_optional(folder, "upstream.csv", &csv, e), queries;
	double start = hour_before(v), before = 0, during = 0, t, n;

	if (rc < 0 || !csv || v->calm <= start || v->until <= v->from)
		return rc;
	queries = csv_column(csv, "queries", e);
	if (queries < 0)
		return queries;
	while ((rc = csv_next(csv, e)) == 1) {
		rc = csv_number(csv, 0, &t, e);
		if (rc == 0)
			rc = csv_number(csv, (unsigned)queries, &n, e);
		if (rc < 0)
			return rc;
		before += t >= start && t < v->calm ? n : 0;
		during += t >= v->from && t < v->until ? n : 0;
	}
	if (before > 0)
		f->upstream = value(during / (v->until - v->from) / (before / (v->calm - start)));
	return rc;
}

struct ede_sum {
	int code;
	uint64_t count;
};

static int by_count(const void *a, const void *b)
{
	const struct ede_sum *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return x->code - y->code;
}

static void add_ede(struct ede_sum *sums, unsigned *count, unsigned max, int code, uint64_t n)
{
	unsigned i = 0;

	while (i < *count && sums[i].code != code)
		i++;
	if (i == max)
		return;
	if (i == *count)
		sums[(*count)++] = (struct ede_sum){ .code = code };
	sums[i].count += n;
}

static int from_ede(const char *folder, struct figures *f, struct err *e)
{
	_cleanup_(csv_freep) struct csv *csv = NULL;
	int rc = open_optional(folder, "ede.csv", &csv, e), code, count;
	struct ede_sum sums[256];
	unsigned sum_count = 0;
	double c, n;

	if (rc < 0 || !csv)
		return rc;
	code = csv_column(csv, "code", e);
	count = csv_column(csv, "count", e);
	if (code < 0 || count < 0)
		return -EINVAL;
	while ((rc = csv_next(csv, e)) == 1) {
		rc = csv_number(csv, (unsigned)code, &c, e);
		if (rc == 0)
			rc = csv_number(csv, (unsigned)count, &n, e);
		if (rc < 0)
			return rc;
		add_ede(sums, &sum_count, ARRAY_SIZE(sums), (int)c, (uint64_t)n);
	}
	qsort(sums, sum_count, sizeof(*sums), by_count);
	for (unsigned i = 0; i < sum_count && i < FIGURES_EDE_MAX; i++) {
		f->ede[i].code = sums[i].code;
		f->ede[i].count = sums[i].count;
		f->ede_count++;
	}
	return rc;
}

bool figures_is_nta(const char *what)
{
	for (const char *p = what; (p = strcasestr(p, "nta")); p += 3) {
		bool begins = p == what || !isalnum((unsigned char)p[-1]);

		if (begins && !isalnum((unsigned char)p[3]))
			return !strcasestr(what, "remove");
	}
	return false;
}

static int from_events(const char *folder, const struct view *v, struct figures *f, struct err *e)
{
	_cleanup_(csv_freep) struct csv *csv = NULL;
	int rc = open_optional(folder, "events.csv", &csv, e), kind, what;
	double t;

	if (rc < 0 || !csv)
		return rc;
	kind = csv_column(csv, "kind", e);
	what = csv_column(csv, "what", e);
	if (kind < 0 || what < 0)
		return -EINVAL;
	while ((rc = csv_next(csv, e)) == 1) {
		if (strcmp(csv_text(csv, (unsigned)kind), "operator") != 0 ||
		    !figures_is_nta(csv_text(csv, (unsigned)what)))
			continue;
		rc = csv_number(csv, 0, &t, e);
		if (rc < 0)
			return rc;
		f->after_nta = time_back(v, t);
		return 0;
	}
	return rc;
}

int figures_compute(const char *folder, const struct curve *curve,
		    const struct figures_fault *fault, struct figures *ret, struct err *e)
{
	int servfail = curve_column(curve, "servfail", e), rc;
	struct view v = { .curve = curve, .servfail = (unsigned)servfail };

	*ret = (struct figures){ 0 };
	if (servfail < 0)
		return servfail;
	if (curve->count == 0)
		return 0;
	v.minute = curve->bin > 60 ? (double)curve->bin : 60;
	v.step = curve->bin > 10 ? (double)curve->bin : 10;
	v.end = (double)curve_end(curve);
	v.from = fault->from;
	v.calm = bin_of(curve, v.from);
	v.until = fault->until < v.end ? fault->until : v.end;
	rc = from_curve(&v, fault, ret, e);
	if (rc == 0)
		rc = from_metrics(folder, ret, e);
	if (rc == 0 && fault->is_known && v.from < v.end)
		rc = from_upstream(folder, &v, ret, e);
	if (rc == 0)
		rc = from_ede(folder, ret, e);
	if (rc == 0)
		rc = from_events(folder, &v, ret, e);
	return rc;
}
