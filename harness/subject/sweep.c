/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/sweep.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "harness/text/json_text.h"
#include "sim/base/nearest.h"
#include "sim/base/number.h"

/* ---- reading ---- */

static bool has_param(const struct scenario *s, const char *key)
{
	for (unsigned i = 0; i < s->param_count; i++)
		if (strcmp(s->params[i].key, key) == 0)
			return true;
	return false;
}

static int no_axis(const struct scenario *s, const char *key, struct err *e)
{
	struct nearest n = nearest_to(key);
	char hint[NEAREST_LEN + 24], known[400] = "";
	size_t len = 0;

	if (scenario_has_watch(s, key))
		return err_set(
			e, -EINVAL,
			"--sweep %s: '%s' acts upon what it sees, and not at a time; sweep a "
			"parameter of it",
			key, key);
	if (scenario_mitigation(s, key))
		return err_set(
			e, -EINVAL,
			"--sweep %s: in this scenario nobody acts in the mitigation '%s', so "
			"that it has no time",
			key, key);
	for (unsigned i = 0; i < s->param_count && len < sizeof(known); i++) {
		nearest_try(&n, s->params[i].key);
		len += (size_t)snprintf(known + len, sizeof(known) - len, ", %s", s->params[i].key);
	}
	for (unsigned i = 0; i < s->mitigation_count; i++) {
		if (!retime_can(s, s->mitigations[i].name))
			continue;
		nearest_try(&n, s->mitigations[i].name);
		if (len < sizeof(known))
			len += (size_t)snprintf(known + len, sizeof(known) - len, ", %s",
						s->mitigations[i].name);
	}
	if (*nearest_hint(&n, hint))
		return err_set(e, -EINVAL,
			       "--sweep %s: the scenario has no such parameter, nor a mitigation "
			       "with a time%s",
			       key, hint);
	return err_set(e, -EINVAL,
		       "--sweep %s: the scenario has no such parameter, nor a mitigation with a "
		       "time; there is: %s",
		       key, len ? known + 2 : "none");
}

static bool is_same(const struct sweep_axis *a, unsigned i, unsigned k)
{
	double one, other;

	if (a->is_time)
		return a->times[i].after_failure == a->times[k].after_failure &&
		       a->times[i].at == a->times[k].at;
	if (number_is(a->values[i], &one) && number_is(a->values[k], &other))
		return !(one < other) && !(one > other);
	return strcmp(a->values[i], a->values[k]) == 0;
}

static int add_value(const struct sweep *s, struct sweep_axis *a, const char *value, struct err *e)
{
	unsigned n = a->count;

	if (!*value)
		return err_set(e, -EINVAL, "--sweep %s: a value is empty: --sweep %s=VALUE,…",
			       a->key, a->key);
	if (n == SWEEP_VALUES)
		return err_set(e, -E2BIG, "--sweep %s: more than %d values", a->key, SWEEP_VALUES);
	if (strlen(value) >= sizeof(a->values[0]))
		return err_set(e, -EINVAL, "--sweep %s: the value '%s' is too long", a->key, value);
	strcpy(a->values[n], value);
	if (a->is_time && retime_read(s->base, value, &a->times[n], e) < 0)
		return err_prefix(e, "--sweep %s", a->key), -EINVAL;
	for (unsigned i = 0; i < n; i++)
		if (is_same(a, i, n))
			return err_set(e, -EINVAL, "--sweep %s: '%s' and '%s' are the same", a->key,
				       a->values[i], a->values[n]);
	a->count++;
	return 0;
}

static bool is_set(const struct scenario_options *o, const char *key)
{
	size_t len = strlen(key);

	for (unsigned i = 0; i < o->set_count; i++)
		if (strncmp(o->sets[i], key, len) == 0 && o->sets[i][len] == '=')
			return true;
	return false;
}

static int begin_axis(struct sweep *s, const char *text, struct sweep_axis *a, struct err *e)
{
	const char *equals = strchr(text, '=');
	size_t len = equals ? (size_t)(equals - text) : 0;

	if (!len || len >= sizeof(a->key))
		return err_set(e, -EINVAL, "--sweep '%s' is not KEY=VALUE,VALUE,…", text);
	snprintf(a->key, sizeof(a->key), "%.*s", (int)len, text);
	for (unsigned i = 0; i < s->axis_count; i++)
		if (strcmp(s->axes[i].key, a->key) == 0)
			return err_set(e, -EINVAL,
				       "--sweep %s is given twice: name all values in one", a->key);
	if (is_set(s->options, a->key))
		return err_set(e, -EINVAL,
			       "'%s' is given by --set and by --sweep, and only one can "
			       "count",
			       a->key);
	a->is_time = !has_param(s->base, a->key);
	return a->is_time && !retime_can(s->base, a->key) ? no_axis(s->base, a->key, e) : 0;
}

static int read_axis(struct sweep *s, const char *text, struct err *e)
{
	struct sweep_axis *a = &s->axes[s->axis_count];
	_cleanup_(freep) char *values = NULL;
	char *rest, *value;
	int r;

	if (s->axis_count == SWEEP_AXES)
		return err_set(e, -E2BIG, "more than %d --sweep", SWEEP_AXES);
	r = begin_axis(s, text, a, e);
	if (r < 0)
		return r;
	rest = values = strdup(strchr(text, '=') + 1);
	if (!values)
		return err_set(e, -ENOMEM, "not enough memory");
	while (r == 0 && (value = strsep(&rest, ",")))
		r = add_value(s, a, value, e);
	s->axis_count += r == 0;
	return r;
}

int sweep_read(struct sweep *s, struct scenario *base, const char *path,
	       const struct scenario_options *o, const char *const *texts, unsigned count,
	       struct err *e)
{
	int r = 0;

	*s = (struct sweep){ .path = path, .options = o, .base = base };
	if (count && base->case_count)
		return err_set(e, -EINVAL,
			       "--sweep is for curves, and a scenario with cases has none");
	for (unsigned i = 0; i < count && r == 0; i++)
		r = read_axis(s, texts[i], e);
	return r;
}

static int add_setting(struct sweep_axis *a, const char *name, struct err *e)
{
	for (unsigned i = 0; i < a->count; i++)
		if (strcmp(a->values[i], name) == 0)
			return 0;
	if (a->count == SWEEP_VALUES)
		return err_set(e, -E2BIG, "--ablate: the configuration has more than %d settings",
			       SWEEP_VALUES);
	if (strlen(name) >= sizeof(a->values[0]))
		return err_set(e, -EINVAL, "--ablate: the setting '%s' has too long a name", name);
	strcpy(a->values[a->count++], name);
	return 0;
}

int sweep_add_settings(struct sweep *s, const json_t *settings, struct err *e)
{
	struct sweep_axis *a = &s->axes[s->axis_count];
	json_t *one;
	size_t i;
	int r = 0;

	if (s->axis_count == SWEEP_AXES)
		return err_set(e, -E2BIG, "--ablate and more than %d --sweep", SWEEP_AXES - 1);
	*a = (struct sweep_axis){ .key = "without", .is_setting = true };
	for (unsigned k = 0; k < s->axis_count; k++)
		if (strcmp(s->axes[k].key, a->key) == 0)
			return err_set(
				e, -EINVAL,
				"--ablate and --sweep %s cannot be told apart: sweep it in a "
				"run of its own",
				a->key);
	json_array_foreach(settings, i, one)
	{
		const char *name = json_string_value(json_object_get(one, "name"));

		if (r == 0 && name && *name)
			r = add_setting(a, name, e);
	}
	if (r == 0 && !a->count)
		r = err_set(e, -EINVAL,
			    "no setting of the configuration can be taken "
			    "out");
	s->axis_count += r == 0;
	return r;
}

void sweep_done(struct sweep *s)
{
	for (unsigned i = 0; i < s->point_count; i++) {
		if (s->points[i]->scenario != s->base)
			scenario_free(s->points[i]->scenario);
		free(s->points[i]);
	}
	s->point_count = 0;
}

/* ---- which cells it is about ---- */

static bool is_listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = list; p; p = strchr(p, ','), p += p != NULL)
		if (strncmp(p, name, len) == 0 && (p[len] == ',' || !p[len]))
			return true;
	return false;
}

int sweep_add_mitigations(const struct sweep *s, char *list, size_t size, struct err *e)
{
	for (unsigned i = 0; i < s->axis_count; i++) {
		size_t len = strlen(list);

		if (!s->axes[i].is_time || is_listed(list, s->axes[i].key))
			continue;
		if (len + strlen(s->axes[i].key) + 2 > size)
			return err_set(e, -E2BIG, "more mitigations than there is room for");
		sprintf(list + len, ",%s", s->axes[i].key);
	}
	return 0;
}

const char *sweep_unused(const struct sweep *s, const char *mitigations)
{
	if (is_listed(mitigations, "all"))
		return NULL;
	for (unsigned i = 0; i < s->axis_count; i++)
		if (s->axes[i].is_time && !is_listed(mitigations, s->axes[i].key))
			return s->axes[i].key;
	return NULL;
}

static bool applies(const struct sweep_axis *a, const char *mitigation)
{
	return !a->is_time || strcmp(a->key, mitigation) == 0;
}

static unsigned points_of(const struct sweep_axis *a)
{
	return a->count + a->is_setting;
}

unsigned sweep_count(const struct sweep *s, const char *mitigation)
{
	unsigned n = 1;

	for (unsigned i = 0; i < s->axis_count; i++)
		if (applies(&s->axes[i], mitigation))
			n = n > SWEEP_POINTS ? n : n * points_of(&s->axes[i]);
	return n;
}

static void choose(const struct sweep *s, const char *mitigation, unsigned number,
		   int ret[SWEEP_AXES])
{
	for (unsigned i = s->axis_count; i-- > 0;) {
		ret[i] = -1;
		if (!applies(&s->axes[i], mitigation))
			continue;
		ret[i] = (int)(number % points_of(&s->axes[i])) - s->axes[i].is_setting;
		number /= points_of(&s->axes[i]);
	}
}

/* ---- a point ---- */

/* In a file's name nothing stands that a shell, an archive or a CI's store of artifacts minds. */
static void put_plain(const char *text, char *ret)
{
	ret += strlen(ret);
	for (; *text; text++)
		*ret++ = isalnum((unsigned char)*text) || strchr("._+-", *text) ? *text
			 : *text == ':'						? '.'
										: '_';
	*ret = '\0';
}

static int name_point(const struct sweep *s, const char *mitigation, struct sweep_point *p,
		      struct err *e)
{
	size_t len = strlen(mitigation);

	for (unsigned i = 0; i < s->axis_count; i++)
		if (p->choice[i] >= 0)
			len += strlen(s->axes[i].key) + strlen(s->axes[i].values[p->choice[i]]) + 2;
	if (len >= sizeof(p->name))
		return err_set(e, -ENAMETOOLONG, "the values of --sweep make too long a name");
	strcpy(p->name, mitigation);
	for (unsigned i = 0; i < s->axis_count; i++) {
		const struct sweep_axis *a = &s->axes[i];

		if (p->choice[i] < 0)
			continue;
		if (a->is_time) {
			strcat(p->name, "=");
		} else {
			strcat(p->name, "-");
			put_plain(a->key, p->name);
			strcat(p->name, "=");
		}
		put_plain(a->values[p->choice[i]], p->name);
	}
	return 0;
}

static int differ(const char *point, const char *what, struct err *e)
{
	return err_set(e, -EINVAL,
		       "--sweep: with %s the scenario has another %s, and its curves could not be "
		       "laid over the others: use --set in runs of their own",
		       point, what);
}

static int check_fits(const struct sweep *s, const struct sweep_point *p, struct err *e)
{
	char text[SWEEP_NAME];

	sweep_point_text(p, text);
	if (p->scenario->from != s->base->from)
		return differ(text, "start", e);
	if (p->scenario->to != s->base->to)
		return differ(text, "end", e);
	return p->scenario->bin != s->base->bin ? differ(text, "length of bins", e) : 0;
}

static int load_set(const struct sweep *s, struct sweep_point *p, struct err *e)
{
	struct scenario_options o = *s->options;
	const char *sets[s->options->set_count + SWEEP_AXES];
	char texts[SWEEP_AXES][sizeof(s->axes[0].key) + sizeof(s->axes[0].values[0]) + 1];

	for (unsigned i = 0; i < o.set_count; i++)
		sets[i] = s->options->sets[i];
	o.sets = sets;
	for (unsigned i = 0; i < s->axis_count; i++) {
		const struct sweep_axis *a = &s->axes[i];

		if (p->choice[i] < 0 || a->is_time || a->is_setting)
			continue;
		snprintf(texts[i], sizeof(texts[i]), "%s=%s", a->key, a->values[p->choice[i]]);
		sets[o.set_count++] = texts[i];
	}
	return scenario_load(s->path, &o, &p->scenario, e);
}

static int load(const struct sweep *s, struct sweep_point *p, struct err *e)
{
	char text[SWEEP_NAME];
	int r = load_set(s, p, e);

	for (unsigned i = 0; i < s->axis_count && r == 0; i++)
		if (p->choice[i] >= 0 && s->axes[i].is_time)
			r = retime(p->scenario, s->axes[i].key, &s->axes[i].times[p->choice[i]], e);
	if (r < 0) {
		err_prefix(e, "--sweep %s", sweep_point_text(p, text));
		return -EINVAL;
	}
	return check_fits(s, p, e);
}

static const struct sweep_point *find(const struct sweep *s, const struct sweep_point *like)
{
	for (unsigned i = 0; i < s->point_count; i++)
		if (strcmp(s->points[i]->name, like->name) == 0 &&
		    memcmp(s->points[i]->choice, like->choice, sizeof(like->choice)) == 0)
			return s->points[i];
	return NULL;
}

int sweep_point(struct sweep *s, const char *mitigation, unsigned number,
		const struct sweep_point **ret, struct err *e)
{
	struct sweep_point like = { .sweep = s }, *p;
	int r;

	choose(s, mitigation, number, like.choice);
	r = name_point(s, mitigation, &like, e);
	if (r < 0)
		return r;
	*ret = find(s, &like);
	if (*ret)
		return 0;
	if (s->point_count == SWEEP_POINTS)
		return err_set(e, -E2BIG, "more than %d points of --sweep", SWEEP_POINTS);
	p = malloc(sizeof(*p));
	if (!p)
		return err_set(e, -ENOMEM, "not enough memory");
	*p = like;
	s->points[s->point_count++] = p;
	p->scenario = s->base;
	for (unsigned i = 0; i < s->axis_count; i++)
		if (p->choice[i] >= 0 && !s->axes[i].is_setting)
			p->scenario = NULL;
	r = p->scenario ? 0 : load(s, p, e);
	if (r == 0)
		*ret = p;
	return r;
}

const char *sweep_point_without(const struct sweep_point *p)
{
	const struct sweep *s = p->sweep;

	for (unsigned i = 0; i < s->axis_count; i++)
		if (s->axes[i].is_setting && p->choice[i] >= 0)
			return s->axes[i].values[p->choice[i]];
	return NULL;
}

/* ---- told ---- */

static const char *kind_of(const struct sweep_axis *a)
{
	return a->is_setting ? "setting" : a->is_time ? "time" : "parameter";
}

char *sweep_point_text(const struct sweep_point *p, char ret[SWEEP_NAME])
{
	const struct sweep *s = p->sweep;
	size_t len = 0;

	*ret = '\0';
	for (unsigned i = 0; i < s->axis_count; i++)
		if (p->choice[i] >= 0 && len < SWEEP_NAME)
			len += (size_t)snprintf(ret + len, SWEEP_NAME - len, "%s%s=%s",
						len ? " " : "", s->axes[i].key,
						s->axes[i].values[p->choice[i]]);
	return ret;
}

json_t *sweep_point_json(const struct sweep_point *p)
{
	const struct sweep *s = p->sweep;
	json_t *o = json_object();

	for (unsigned i = 0; i < s->axis_count; i++)
		if (p->choice[i] >= 0)
			json_object_set_new(o, s->axes[i].key,
					    json_text(s->axes[i].values[p->choice[i]]));
	return o;
}

json_t *sweep_json(const struct sweep *s)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < s->axis_count; i++) {
		const struct sweep_axis *a = &s->axes[i];
		json_t *values = json_array();

		for (unsigned k = 0; k < a->count; k++)
			json_array_append_new(values, json_text(a->values[k]));
		json_array_append_new(list, json_pack("{s:o, s:s, s:o}", "key", json_text(a->key),
						      "kind", kind_of(a), "values", values));
	}
	return list;
}
