/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/driver_option.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/subject/driver_call.h"
#include "harness/text/json_text.h"
#include "sim/base/nearest.h"

void driver_read_options(struct driver *d, const struct args *driver)
{
	static const char *const keys[] = { "about", "least", "most", NULL };
	const char *names[ARGS_MAX_KEYS];
	lua_State *L = driver->L;
	struct args all, one;
	unsigned n;

	if (args_push(driver, "options") < 0)
		return;
	all = args_table(L, -1, "options", NULL);
	n = args_sorted(&all, names);
	if (n > DRIVER_OPTIONS)
		args_fail(&all, "more than %d of them", DRIVER_OPTIONS);
	for (unsigned i = 0; i < n; i++) {
		struct driver_option *o = &d->options[i];

		args_push(&all, names[i]);
		one = args_table(L, -1, names[i], keys);
		args_need(&one, "about");
		args_need(&one, "most");
		args_text(&one, "about", NULL);
		o->least = (unsigned)args_count(&one, "least", 1, 0, INT32_MAX);
		o->most = (unsigned)args_count(&one, "most", 1, o->least, INT32_MAX);
		d->option_count = i + 1;
		o->name = driver_copy(L, names[i]);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

static int no_option(const struct driver *d, const char *name, struct err *e)
{
	struct nearest n = nearest_to(name);
	char hint[NEAREST_LEN + 24], list[256] = "";

	for (unsigned i = 0; i < d->option_count; i++) {
		size_t len = strlen(list);

		nearest_try(&n, d->options[i].name);
		snprintf(list + len, sizeof(list) - len, "%s%s", len ? ", " : "",
			 d->options[i].name);
	}
	nearest_hint(&n, hint);
	if (!d->option_count)
		return err_set(e, -EINVAL,
			       "the driver of '%s' has no option '%s': it has none at all", d->kind,
			       name);
	return err_set(e, -EINVAL, "the driver of '%s' has no option '%s'%s%s%s", d->kind, name,
		       hint, *hint ? "" : "; it has: ", *hint ? "" : list);
}

static int choose(struct driver *d, const char *name, const char *value, struct err *e)
{
	struct driver_option *o = d->options;
	unsigned long n = strtoul(value, NULL, 10);

	while (o < d->options + d->option_count && strcmp(o->name, name) != 0)
		o++;
	if (o == d->options + d->option_count)
		return no_option(d, name, e);
	if (o->chosen)
		return err_set(e, -EINVAL, "'%s' of '%s' is given twice, and only one can count",
			       name, d->kind);
	if (value[strspn(value, "0123456789")] || strlen(value) > 9 || n < o->least || n > o->most)
		return err_set(e, -EINVAL, "'%s' of '%s' is '%s', and not a number from %u to %u",
			       name, d->kind, value, o->least, o->most);
	o->chosen = true;
	o->value = (unsigned)n;
	return 0;
}

int driver_choose(struct driver *d, const char *options, struct err *e)
{
	char text[CHOICE_OPTIONS], *rest = text, *one;
	int r = 0;

	snprintf(text, sizeof(text), "%s", options);
	while (r == 0 && *text && (one = strsep(&rest, ":"))) {
		const char *name = strsep(&one, "=");

		r = choose(d, name, one, e);
	}
	return r;
}

void driver_push_chosen(lua_State *L, const struct driver *d)
{
	lua_createtable(L, 0, (int)d->option_count);
	for (unsigned i = 0; i < d->option_count; i++) {
		if (d->options[i].chosen)
			script_set_number(L, d->options[i].name, d->options[i].value);
	}
	lua_setfield(L, -2, "options");
}

void driver_name_chosen(struct driver *d)
{
	for (unsigned i = 0; i < d->option_count; i++) {
		size_t len = strlen(d->name);

		if (d->options[i].chosen)
			snprintf(d->name + len, sizeof(d->name) - len, "+%s=%u", d->options[i].name,
				 d->options[i].value);
	}
}

bool driver_has_chosen(const struct driver *d)
{
	for (unsigned i = 0; i < d->option_count; i++)
		if (d->options[i].chosen)
			return true;
	return false;
}

json_t *driver_options_json(const struct driver *d)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < d->option_count; i++)
		if (d->options[i].chosen)
			json_object_set_new(o, d->options[i].name,
					    json_integer(d->options[i].value));
	return o;
}

void driver_options_done(struct driver *d)
{
	for (unsigned i = 0; i < d->option_count; i++)
		free(d->options[i].name);
}
