#include "harness/baseline.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "harness/recorded.h"

#define LEAST 1e-9 /* what rounding may add */

/* For scenarios without allow { }. */
static const struct allowance defaults[] = {
	{ .figure = "servfail_share", .amount = 0.01 },
	{ .figure = "failed_names_share", .amount = 0.01 },
	{ .figure = "peak", .amount = 0.02 },
	{ .figure = "after_repair", .amount = 60 },
	{ .figure = "wrong", .amount = 0 },
};

/* ---- before the run ---- */

static int no_figure(const struct allowance *a, struct err *e)
{
	char names[1024] = "";
	size_t len = 0;

	for (unsigned i = 0; i < figure_info_count && len < sizeof(names); i++)
		if (figure_infos[i].sense != FIGURE_NEUTRAL)
			len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s",
						len ? ", " : "", figure_infos[i].name);
	return err_set(e, -EINVAL, "%s: allow: there is no figure '%s'; there are %s", a->place,
		       a->figure, names);
}

int baseline_check_names(const struct scenario *s, struct err *e)
{
	for (unsigned i = 0; i < s->allowance_count; i++) {
		const struct allowance *a = &s->allowances[i];
		const struct figure_info *info = figures_find(a->figure);

		if (!info)
			return no_figure(a, e);
		if (info->sense == FIGURE_NEUTRAL)
			return err_set(
				e, -EINVAL,
				"%s: allow: '%s' is neither better nor worse when it changes",
				a->place, a->figure);
	}
	return 0;
}

static int differs(const char *dir, const char *what, const char *was, const char *is,
		   struct err *e)
{
	return err_set(e, -EINVAL, "the baseline '%s' is of another run: its %s is '%s', not '%s'",
		       dir, what, was, is);
}

static int check_set(const struct recorded *was, const struct scenario *s, struct err *e)
{
	const json_t *set = json_object_get(was->run, "set");
	char what[128];

	for (unsigned i = 0; i < s->param_count; i++) {
		const struct param *p = &s->params[i];

		if (strcmp(recorded_text(set, p->key), p->value) == 0)
			continue;
		snprintf(what, sizeof(what), "parameter '%s'", p->key);
		return differs(was->dirs[0], what, recorded_text(set, p->key), p->value, e);
	}
	return 0;
}

static int check_run(const struct recorded *was, const struct scenario *s, struct err *e)
{
	const char *dir = was->dirs[0];
	double bin = (double)s->bin / (double)SECOND;
	char from[32], to[32], is[32], had[32];

	if (strcmp(recorded_text(was->run, "scenario"), s->name) != 0)
		return differs(dir, "scenario", recorded_text(was->run, "scenario"), s->name, e);
	simtime_text(s->from, from);
	simtime_text(s->to, to);
	if (strcmp(recorded_text(was->run, "from"), from) != 0)
		return differs(dir, "start", recorded_text(was->run, "from"), from, e);
	if (strcmp(recorded_text(was->run, "to"), to) != 0)
		return differs(dir, "end", recorded_text(was->run, "to"), to, e);
	if (!(fabs(recorded_number(was->run, "bin_seconds") - bin) < LEAST)) {
		snprintf(is, sizeof(is), "%g s", bin);
		snprintf(had, sizeof(had), "%g s", recorded_number(was->run, "bin_seconds"));
		return differs(dir, "bin", had, is, e);
	}
	return check_set(was, s, e);
}

static const char *kind_of(const struct recorded_cell *c)
{
	const char *kind = recorded_text(c->json, "kind");

	return *kind ? kind : c->resolver;
}

/* The earlier cell: of this very name, else the only one of its kind. NULL: there is none, or a choice. */
static const struct recorded_cell *counterpart(const struct recorded *was, const char *resolver,
					       const char *kind, const char *mitigation)
{
	const struct recorded_cell *found = NULL;
	unsigned of_kind = 0;

	for (unsigned i = 0; i < was->cell_count; i++) {
		const struct recorded_cell *c = &was->cells[i];

		if (strcmp(c->mitigation, mitigation) != 0)
			continue;
		if (strcmp(c->resolver, resolver) == 0)
			return c;
		if (strcmp(kind_of(c), kind) == 0) {
			found = c;
			of_kind++;
		}
	}
	return of_kind == 1 ? found : NULL;
}

static int no_counterpart(const struct recorded *was, const struct matrix_cell *cell, struct err *e)
{
	char names[512] = "";
	size_t len = 0;

	for (unsigned i = 0; i < was->cell_count && len < sizeof(names); i++)
		len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s", i ? ", " : "",
					was->cells[i].folder);
	return err_set(e, -EINVAL,
		       "the baseline '%s' has no cell, or several, for '%s' to be held against; it "
		       "has: %s",
		       was->dirs[0], cell->folder, names);
}

static int check_cell(const struct recorded *was, const struct matrix_cell *cell, struct err *e)
{
	const struct recorded_cell *before = counterpart(
		was, driver_name(cell->driver), driver_kind(cell->driver), cell->mitigation);

	if (!before)
		return no_counterpart(was, cell, e);
	if (!recorded_is_true(before->json, "valid") || !before->curve)
		return err_set(e, -EINVAL, "the baseline's cell '%s/%s' is not valid", was->dirs[0],
			       before->folder);
	return 0;
}

int baseline_check(const char *dir, const struct scenario *s, const struct matrix *m, unsigned cell,
		   struct err *e)
{
	_cleanup_(recorded_done) struct recorded was = { 0 };
	int rc = recorded_load(&dir, 1, &was, e);
	double seed;

	if (rc == 0)
		rc = check_run(&was, s, e);
	for (unsigned i = 0; i < m->cell_count && rc == 0; i++)
		if (!cell || m->cells[i].number == cell)
			rc = check_cell(&was, &m->cells[i], e);
	seed = recorded_number(was.run, "seed");
	if (rc == 0 && seed != (double)s->seed)
		fprintf(stderr, "the baseline '%s' had the seed %.0f, this run has %.0f\n", dir,
			seed, (double)s->seed);
	return rc;
}

/* ---- after it ---- */

/* A figure as a number that can be compared: what never happened took longest. */
static double weight(const struct figure *f)
{
	switch (f->kind) {
	case FIGURE_MISSING:
		break;
	case FIGURE_VALUE:
		return f->value;
	case FIGURE_NEVER:
		return INFINITY;
	case FIGURE_ALREADY:
		return 0;
	}
	return (double)NAN;
}

static bool may_be(const struct allowance *a, const struct figure_info *info, double was, double is)
{
	bool less = info->sense == FIGURE_LESS;

	if (isinf(was) && isinf(is))
		return true;
	if (a->is_factor)
		return less ? is <= was * a->amount + LEAST : is * a->amount + LEAST >= was;
	return (less ? is - was : was - is) <= a->amount + LEAST;
}

/* "SERVFAIL peak: worse by at most 2 percentage points" */
static void threshold_text(const struct allowance *a, const struct figure_info *info, char *ret,
			   size_t size)
{
	struct figure f = { FIGURE_VALUE, a->amount };
	char amount[FIGURE_TEXT];

	if (a->is_factor)
		snprintf(ret, size, "%s: at most %g times as bad", info->label, a->amount);
	else if (a->amount == 0)
		snprintf(ret, size, "%s: not worse", info->label);
	else if (info->unit == FIGURE_SHARE)
		snprintf(ret, size, "%s: worse by at most %g percentage point%s", info->label,
			 a->amount * 100, a->amount == 0.01 ? "" : "s");
	else
		snprintf(ret, size, "%s: worse by at most %s", info->label,
			 figure_text(info, &f, amount));
}

/* NULL: a threshold of our own for what neither run measured. */
static json_t *judge_figure(const struct allowance *a, bool is_default,
			    const struct recorded_cell *before, const struct recorded_cell *now)
{
	const struct figure_info *info = figures_find(a->figure);
	const struct figure *was = figures_get(&before->figures, info),
			    *is = figures_get(&now->figures, info);
	bool measured = was->kind != FIGURE_MISSING && is->kind != FIGURE_MISSING;
	char text[160], message[256], had[FIGURE_TEXT], has[FIGURE_TEXT];

	if (is_default && was->kind == FIGURE_MISSING && is->kind == FIGURE_MISSING)
		return NULL;
	threshold_text(a, info, text, sizeof(text));
	if (measured)
		snprintf(message, sizeof(message), "was %s, is %s", figure_text(info, was, had),
			 figure_text(info, is, has));
	else
		snprintf(message, sizeof(message), "%s was not measured in %s", info->label,
			 was->kind != FIGURE_MISSING  ? "this run"
			 : is->kind != FIGURE_MISSING ? "the baseline"
						      : "either run");
	return json_pack("{s:s, s:s, s:b, s:s}", "figure", info->name, "text", text, "held",
			 measured && may_be(a, info, weight(was), weight(is)), "message", message);
}

static json_t *judge_cell(const struct scenario *s, const struct recorded_cell *before,
			  const struct recorded_cell *now)
{
	const struct allowance *list = s->allowance_count ? s->allowances : defaults;
	size_t count = s->allowance_count ? s->allowance_count : ARRAY_SIZE(defaults);
	json_t *ret = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *one;

		if (*list[i].mitigation && strcmp(list[i].mitigation, now->mitigation) != 0)
			continue;
		one = judge_figure(&list[i], list == defaults, before, now);
		if (one)
			json_array_append_new(ret, one);
	}
	return ret;
}

static json_t *find_cell(json_t *run, const char *folder)
{
	json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(run, "cells"), i, cell)
	{
		if (strcmp(recorded_text(cell, "folder"), folder) == 0)
			return cell;
	}
	return NULL;
}

int baseline_judge(const char *dir, const char *now, const struct scenario *s, json_t *run,
		   struct err *e)
{
	_cleanup_(recorded_done) struct recorded was = { 0 };
	_cleanup_(recorded_done) struct recorded is = { 0 };
	int rc = recorded_load(&dir, 1, &was, e);

	if (rc == 0)
		rc = recorded_load(&now, 1, &is, e);
	for (unsigned i = 0; i < is.cell_count && rc == 0; i++) {
		const struct recorded_cell *c = &is.cells[i], *before;

		before = counterpart(&was, c->resolver, kind_of(c), c->mitigation);
		if (before && c->curve && recorded_is_true(c->json, "valid"))
			json_object_set_new(find_cell(run, c->folder), "thresholds",
					    judge_cell(s, before, c));
	}
	if (rc == 0)
		json_object_set_new(run, "baseline",
				    json_pack("{s:s, s:o?}", "folder", dir, "seed",
					      json_incref(json_object_get(was.run, "seed"))));
	return rc;
}

void baseline_print_defaults(FILE *out)
{
	char text[160];

	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		threshold_text(&defaults[i], figures_find(defaults[i].figure), text, sizeof(text));
		fprintf(out, "%s\n", text);
	}
}
