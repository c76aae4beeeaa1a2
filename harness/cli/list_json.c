/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/list_json.h"

#include <errno.h>

#include "harness/cli/list.h"
#include "harness/judge/threshold.h"
#include "harness/results/figure_info.h"
#include "harness/subject/driver.h"
#include "harness/subject/store.h"
#include "harness/text/json_text.h"
#include "sim/base/shipped.h"
#include "sim/language/rollover_script.h"

static int print_list(const char *schema, const char *key, json_t *list, FILE *out, struct err *e)
{
	json_t *o = json_document(schema);

	json_object_set_new(o, key, list);
	return json_document_print(o, out, e);
}

/* ---- figures ---- */

static json_t *figure_json(const struct figure_info *f)
{
	static const char *const units[] = { [FIGURE_COUNT] = "count",
					     [FIGURE_SHARE] = "share",
					     [FIGURE_SECONDS] = "seconds",
					     [FIGURE_RATIO] = "ratio",
					     [FIGURE_BYTES] = "bytes" };
	static const char *const better[] = {
		[FIGURE_NEUTRAL] = "neither", [FIGURE_LESS] = "less", [FIGURE_MORE] = "more"
	};
	json_t *o = json_pack("{ss ss ss ss ss}", "name", f->name, "label", f->label, "unit",
			      units[f->unit], "better", better[f->sense], "about", f->about);
	const struct allowance *a = threshold_default(f->name);

	if (a)
		json_object_set_new(o, "worse_by", json_real(a->amount));
	return o;
}

int list_json_figures(FILE *out, struct err *e)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < figure_info_count; i++)
		json_array_append_new(list, figure_json(&figure_infos[i]));
	return print_list("figures-1", "figures", list, out, e);
}

/* ---- resolvers ---- */

static void add_resolver(const char *name, void *list)
{
	_cleanup_(driver_freep) struct driver *d = NULL;
	struct err e = { "" };

	if (driver_load(name, &d, &e) < 0)
		json_array_append_new(list, json_pack("{ss sb so}", "name", name, "found", false,
						      "why", json_text(e.text)));
	else
		json_array_append_new(list,
				      json_pack("{ss sb sb so so}", "name", driver_name(d), "found",
						true, "default", driver_is_default(d), "version",
						json_text(driver_version(d)), "program",
						json_text(driver_program(d))));
}

static void add_stored(const char *kind, const char *version, const char *path, void *list)
{
	_cleanup_(driver_freep) struct driver *d = NULL;
	char name[2 * STORE_VERSION + 2];
	struct err e = { "" };

	snprintf(name, sizeof(name), "%s@%s", kind, version);
	if (driver_load(name, &d, &e) < 0 || *driver_trouble(d))
		json_array_append_new(list, json_pack("{ss sb so so}", "name", name, "found", false,
						      "root", json_text(path), "why",
						      json_text(d ? driver_trouble(d) : e.text)));
	else
		json_array_append_new(list, json_pack("{ss sb sb so so so}", "name", name, "found",
						      true, "default", false, "root",
						      json_text(driver_root(d)->folder), "version",
						      json_text(driver_version(d)), "program",
						      json_text(driver_program(d))));
}

int list_json_resolvers(FILE *out, struct err *e)
{
	json_t *list = json_array();
	int r = driver_list(add_resolver, list, e);

	if (r == 0)
		r = store_each(add_stored, list, e);

	if (r < 0) {
		json_decref(list);
		return r;
	}
	return print_list("resolvers-1", "resolvers", list, out, e);
}

/* ---- scenarios, and plans of rollovers ---- */

static json_t *fault_kinds_json(const struct tree *t)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < t->fault_count; i++) {
		bool told = false;

		for (unsigned j = 0; j < i; j++)
			told = told || t->faults[j].row == t->faults[i].row;
		if (!told)
			json_array_append_new(list, json_string(t->faults[i].row->name));
	}
	return list;
}

static void add_scenario(const char *name, void *list)
{
	struct scenario_options o = { .seed = 1 };
	_cleanup_(scenario_freep) struct scenario *s = NULL;
	struct err e = { "" };
	simtime from, until;

	if (scenario_load(name, &o, &s, &e) < 0) {
		json_array_append_new(list,
				      json_pack("{ss so}", "name", name, "why", json_text(e.text)));
		return;
	}
	list_fault_span(s, &from, &until);
	json_array_append_new(list,
			      json_pack("{ss so so so so so so si}", "name", name, "title",
					json_text(s->title), "from", json_instant(s->from), "to",
					json_instant(s->to), "fault_from", json_instant(from),
					"fault_seconds", json_seconds(until - from), "faults",
					fault_kinds_json(s->tree), "cases", (int)s->case_count));
}

static void add_rollover(const char *name, void *list)
{
	_cleanup_(rollover_freep) struct rollover *r = NULL;
	struct err e = { "" };

	if (rollover_script_load(name, NULL, &r, &e) < 0)
		json_array_append_new(list,
				      json_pack("{ss so}", "name", name, "why", json_text(e.text)));
	else
		json_array_append_new(
			list, json_pack("{ss so}", "name", name, "title", json_text(r->title)));
}

static int print_shipped(enum shipped kind, void (*add)(const char *name, void *list),
			 const char *schema, const char *key, FILE *out, struct err *e)
{
	json_t *list = json_array();

	if (shipped_each(kind, add, list) < 0) {
		json_decref(list);
		return err_set(e, -ENOENT, "the shipped %s are not there", key);
	}
	return print_list(schema, key, list, out, e);
}

int list_json_scenarios(FILE *out, struct err *e)
{
	return print_shipped(SHIPPED_SCENARIOS, add_scenario, "scenarios-1", "scenarios", out, e);
}

int list_json_rollovers(FILE *out, struct err *e)
{
	return print_shipped(SHIPPED_ROLLOVERS, add_rollover, "rollovers-1", "plans", out, e);
}

/* ---- commands ---- */

static json_t *option_json(const struct option_row *row)
{
	char letter[3] = { '-', row->letter, '\0' }, name[64];

	if (row->name)
		snprintf(name, sizeof(name), "--%s", row->name);
	return json_pack("{ss? ss? ss? sb sb ss}", "name", row->name ? name : NULL, "letter",
			 row->letter ? letter : NULL, "value", row->value, "value_may_lack",
			 row->may_lack, "repeats", row->repeats, "about", row->about);
}

static json_t *command_json(const struct command *c)
{
	json_t *options = json_array(), *examples = json_array();

	for (unsigned id = 0; id < OPTION_COUNT; id++)
		if (command_takes(c, id))
			json_array_append_new(options, option_json(&option_rows[id]));
	for (unsigned i = 0; i < ARRAY_SIZE(c->examples) && c->examples[i]; i++)
		json_array_append_new(examples, json_string(c->examples[i]));
	return json_pack("{ss ss ss ss so so}", "name", c->name, "arguments", c->arguments, "about",
			 c->line, "text", c->text, "options", options, "examples", examples);
}

int list_json_commands(const struct command *only, FILE *out, struct err *e)
{
	json_t *list = json_array();
	const struct command *c;

	for (unsigned i = 0; (c = command_at(i)); i++)
		if (only ? c == only : !c->hidden)
			json_array_append_new(list, command_json(c));
	return print_list("help-1", "commands", list, out, e);
}
