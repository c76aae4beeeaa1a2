/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/judge/threshold.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "harness/results/figure_json.h"
#include "sim/base/nearest.h"

#define LEAST 1e-9 /* what rounding may add */

static const struct allowance defaults[] = {
	{ .figure = "servfail_share", .amount = 0.01 },
	{ .figure = "failed_names_share", .amount = 0.01 },
	{ .figure = "peak", .amount = 0.02 },
	{ .figure = "after_repair", .amount = 60 },
	{ .figure = "wrong", .amount = 0 },
};

static int no_figure(const struct allowance *a, struct err *e)
{
	struct nearest n = nearest_to(a->figure);
	char names[1024] = "", hint[NEAREST_LEN + 24];
	size_t len = 0;

	for (unsigned i = 0; i < figure_info_count; i++)
		nearest_try(&n, figure_infos[i].name);
	for (unsigned i = 0; i < figure_info_count && len < sizeof(names); i++)
		if (figure_infos[i].sense != FIGURE_NEUTRAL)
			len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s",
						len ? ", " : "", figure_infos[i].name);
	if (*nearest_hint(&n, hint))
		return err_set(e, -EINVAL, "%s: allow: there is no figure '%s'%s", a->place,
			       a->figure, hint);
	return err_set(e, -EINVAL, "%s: allow: there is no figure '%s'; there are %s", a->place,
		       a->figure, names);
}

int threshold_check(const struct scenario *s, struct err *e)
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
		if (a->is_duration && info->unit != FIGURE_SECONDS)
			return err_set(e, -EINVAL, "%s: allow: '%s' is no duration", a->place,
				       a->figure);
	}
	return 0;
}

/* Nothing is more than NAN, so that what was not measured does not hold. */
static bool may_be(const struct allowance *a, const struct figure_info *info, double was, double is)
{
	bool less = info->sense == FIGURE_LESS;

	if (isinf(was) && isinf(is))
		return true;
	if (a->is_factor)
		return less ? is <= was * a->amount + LEAST : is * a->amount + LEAST >= was;
	return (less ? is - was : was - is) <= a->amount + LEAST;
}

/* "worse by at most 2 percentage points" */
static void amount_text(const struct allowance *a, const struct figure_info *info, char *ret,
			size_t size)
{
	struct figure f = { FIGURE_VALUE, a->amount };
	char amount[FIGURE_TEXT];

	if (a->is_factor)
		snprintf(ret, size, "at most %g times as bad", a->amount);
	else if (a->amount == 0)
		snprintf(ret, size, "not worse");
	else if (info->unit == FIGURE_SHARE)
		snprintf(ret, size, "worse by at most %g percentage point%s", a->amount * 100,
			 a->amount == 0.01 ? "" : "s");
	else if (info->unit == FIGURE_RATIO)
		snprintf(ret, size, "worse by at most %g", a->amount);
	else
		snprintf(ret, size, "worse by at most %s", figure_text(info, &f, amount));
}

static const char *value_text(const struct figure_info *info, const struct figure *f,
			      char text[FIGURE_TEXT])
{
	if (f->kind == FIGURE_NEVER)
		return "never";
	return f->kind == FIGURE_ALREADY ? "already so" : figure_text(info, f, text);
}

static void say_values(const struct figure_info *info, const struct figure *was,
		       const struct figure *is, char *ret, size_t size)
{
	bool had = was->kind != FIGURE_MISSING, has = is->kind != FIGURE_MISSING;
	char before[FIGURE_TEXT], now[FIGURE_TEXT];

	if (had && has)
		snprintf(ret, size, "was %s, is %s", value_text(info, was, before),
			 value_text(info, is, now));
	else
		snprintf(ret, size, "it was not measured in %s",
			 had   ? "this run"
			 : has ? "the baseline"
			       : "either run");
}

static json_t *judge_figure(const struct allowance *a, const struct figure_info *info,
			    const struct figure *was, const struct figure *is)
{
	char text[192], amount[128], message[256];

	amount_text(a, info, amount, sizeof(amount));
	snprintf(text, sizeof(text), "%s: %s", info->label, amount);
	say_values(info, was, is, message, sizeof(message));
	return json_pack("{s:s, s:o, s:o, s:f, s:s, s:b, s:s}", "figure", info->name, "was",
			 figure_json(was), "is", figure_json(is),
			 a->is_factor ? "worse_by_factor" : "worse_by", a->amount, "text", text,
			 "held", may_be(a, info, figures_weight(was), figures_weight(is)),
			 "message", message);
}

/* Whether an allowance is for cells of a mitigation, and no other one is more so. */
static bool is_for(const struct scenario *s, const struct allowance *a, const char *mitigation)
{
	if (*a->mitigation)
		return strcmp(a->mitigation, mitigation) == 0;
	for (unsigned i = 0; i < s->allowance_count; i++)
		if (strcmp(s->allowances[i].figure, a->figure) == 0 &&
		    strcmp(s->allowances[i].mitigation, mitigation) == 0)
			return false;
	return true;
}

static void judge_defaults(const struct recorded_cell *before, const struct recorded_cell *now,
			   json_t *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		const struct figure_info *info = figures_find(defaults[i].figure);
		const struct figure *was = figures_get(&before->figures, info);
		const struct figure *is = figures_get(&now->figures, info);

		if (was->kind != FIGURE_MISSING || is->kind != FIGURE_MISSING)
			json_array_append_new(ret, judge_figure(&defaults[i], info, was, is));
	}
}

json_t *threshold_judge(const struct scenario *s, const struct recorded_cell *before,
			const struct recorded_cell *now)
{
	json_t *ret = json_array();
	bool has_own = false;

	for (unsigned i = 0; i < s->allowance_count; i++) {
		const struct allowance *a = &s->allowances[i];
		const struct figure_info *info = figures_find(a->figure);

		if (!is_for(s, a, now->mitigation))
			continue;
		has_own = true;
		json_array_append_new(ret,
				      judge_figure(a, info, figures_get(&before->figures, info),
						   figures_get(&now->figures, info)));
	}
	if (!has_own)
		judge_defaults(before, now, ret);
	return ret;
}

void threshold_print(const struct scenario *s, FILE *out)
{
	char text[128];

	for (unsigned i = 0; i < s->allowance_count; i++) {
		const struct allowance *a = &s->allowances[i];
		const struct figure_info *info = figures_find(a->figure);

		if (!info)
			continue;
		amount_text(a, info, text, sizeof(text));
		fprintf(out, "  %-28s %s%s%s%s\n", a->figure, text, *a->mitigation ? " (" : "",
			a->mitigation, *a->mitigation ? ")" : "");
	}
}

const struct allowance *threshold_default(const char *figure)
{
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		if (strcmp(defaults[i].figure, figure) == 0)
			return &defaults[i];
	return NULL;
}

void threshold_print_defaults(FILE *out)
{
	char text[128];

	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		amount_text(&defaults[i], figures_find(defaults[i].figure), text, sizeof(text));
		fprintf(out, "%-28s %s\n", defaults[i].figure, text);
	}
}
