/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/scenario.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "sim/base/nearest.h"
#include "sim/base/shipped.h"
#include "sim/language/params.h"
#include "sim/language/script.h"
#include "sim/language/words_at.h"
#include "sim/language/words_case.h"
#include "sim/language/words_fault.h"
#include "sim/language/words_fleet.h"
#include "sim/language/words_mitigation.h"
#include "sim/language/words_open.h"
#include "sim/language/words_role.h"
#include "sim/language/words_signer.h"

const char *const class_names[CLASS_COUNT] = {
	[CLASS_ALL] = "all",
	[CLASS_SIGNED] = "signed",
	[CLASS_UNSIGNED] = "unsigned",
	[CLASS_NXDOMAIN] = "nxdomain",
	[CLASS_OUTSIDE] = "outside",
	[CLASS_FRESH_SIGNED] = "fresh-signed",
	[CLASS_FRESH_UNSIGNED] = "fresh-unsigned",
	[CLASS_CD] = "cd",
};

const char *const stub_strategy_names[] = {
	[STRATEGY_IN_ORDER] = "in order",
	[STRATEGY_ROTATE] = "rotate",
	[STRATEGY_STICKY] = "sticky",
};

/* A path names a file, whatever is shipped. */
static bool is_path(const char *name)
{
	size_t len = strlen(name);

	return strchr(name, '/') || (len > 4 && strcmp(name + len - 4, ".lua") == 0);
}

/* A file, or the name of a shipped scenario. */
static int find_script(const char *name, char ret[PATH_MAX], struct err *e)
{
	char hint[NEAREST_LEN + 24];
	int r = shipped_script(SHIPPED_SCENARIOS, name, ret, e);

	if (r != -ENOENT)
		return r;
	if (is_path(name))
		return err_set(e, r, "there is no scenario '%s': no such file", name);
	shipped_hint(SHIPPED_SCENARIOS, name, hint);
	return err_set(e, r, "there is no scenario '%s'%s%s", name, hint,
		       *hint ? "" : "; 'sigfault scenarios' lists those that are shipped");
}

static void folder_of(const char *path, char ret[PATH_MAX])
{
	const char *slash = strrchr(path, '/');

	snprintf(ret, PATH_MAX, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
	if (slash == path)
		strcpy(ret, "/");
}

/* Gives the script its words. The struct words lives as long as they. */
static int define_words(struct scenario *s, const struct scenario_options *o, struct words **ret,
			struct err *e)
{
	lua_State *L = script_state(s->script);
	int r;

	lua_pushcfunction(L, words_open);
	lua_pushlightuserdata(L, s);
	lua_pushlightuserdata(L, (void *)o);
	r = script_call(s->script, 2, 1, e);
	if (r)
		return r;
	*ret = lua_touserdata(L, -1);
	luaL_ref(L, LUA_REGISTRYINDEX);
	return 0;
}

int scenario_instant(const struct scenario *s, const char *text, simtime *ret, struct err *e)
{
	simtime after;
	int r;

	if (text[0] != '+')
		return simtime_parse_after(text, s->from, ret, e);
	r = simtime_parse_duration(text + 1, &after, e);
	if (r)
		return r;
	if (after > 36600 * DAY)
		return err_set(e, -EINVAL, "'%s' is too far away", text);
	after = simtime_plus(s->from, after);
	if (simtime_check(after, text, e))
		return -EINVAL;
	*ret = after;
	return 0;
}

static int check_told(const struct scenario *s, struct err *e)
{
	if (!s->name[0])
		return err_set(e, -EINVAL, "%s: there is no scenario { … } in it", s->path);
	if (!s->tree->zone_count)
		return err_set(e, -EINVAL, "%s: there is no zone in it", s->path);
	return 0;
}

static int read_mitigations(struct scenario *s, struct words *w, const char *path,
			    enum mitigation_source source, struct err *e)
{
	w->source = source;
	return script_run_file(s->script, path, 0, e);
}

/* The shipped mitigations and the user's; then what all of their operators do. */
static int run_mitigations(struct scenario *s, const struct scenario_options *o, struct words *w,
			   struct err *e)
{
	const char *shipped = shipped_path(SHIPPED_MITIGATIONS);
	int r = shipped ? read_mitigations(s, w, shipped, MITIGATION_SHIPPED, e)
			: err_set(e, -ENOENT, "the shipped mitigations.lua is not there");

	for (unsigned i = 0; r == 0 && i < o->mitigation_file_count; i++)
		r = read_mitigations(s, w, o->mitigation_files[i], MITIGATION_OF_FILE, e);
	if (r)
		return r;
	lua_pushcfunction(script_state(s->script), words_operators);
	lua_pushlightuserdata(script_state(s->script), w);
	return script_call(s->script, 1, 0, e);
}

/* Runs the script and fills `s`. */
static int run(struct scenario *s, const struct scenario_options *o, struct err *e)
{
	struct words *w;
	int r = define_words(s, o, &w, e);

	if (r)
		return r;
	r = script_run_file(s->script, s->path, 0, e);
	if (!r)
		r = check_told(s, e);
	if (!r)
		r = words_finish(w, e);
	if (!r)
		r = words_check_cases(s, e);
	if (!r)
		r = words_finish_fleet(s, o, e);
	if (!r)
		r = words_check_roles(s, e);
	if (!r)
		r = words_check_span(s, e);
	if (!r)
		r = words_note_signers(s, e);
	w->told = true;
	if (!r)
		r = run_mitigations(s, o, w, e);
	if (!r)
		r = params_check(s->params, s->param_count, o, s->path, "scenario", e);
	if (!r) {
		r = tree_prepare(s->tree, e);
		if (r)
			words_locate(w, e);
		else
			r = words_check_faults(w, e);
	}
	words_close(w);
	return r;
}

/* Each bin is some rows in each of the files of a cell, and all bins are in memory when they are read:
 * what nobody has said is a minute, and in a run of more than two weeks so much longer that there are no
 * more bins than in these. */
#define MOST_BINS (14 * DAY / MINUTE)

static void choose_bin(struct scenario *s, simtime of_user)
{
	static const simtime lengths[] = { MINUTE,	2 * MINUTE,  5 * MINUTE,
					   10 * MINUTE, 20 * MINUTE, 30 * MINUTE };
	size_t i = 0;

	if (of_user)
		s->bin = of_user;
	if (s->bin)
		return;
	while (i + 1 < ARRAY_SIZE(lengths) && s->to - s->from > MOST_BINS * lengths[i])
		i++;
	s->bin = lengths[i];
	s->bin_is_longer = i > 0;
}

int scenario_load(const char *name, const struct scenario_options *o, struct scenario **ret,
		  struct err *e)
{
	_cleanup_(scenario_freep) struct scenario *s = calloc(1, sizeof(*s));
	static const struct scenario_options none;
	char folder[PATH_MAX];
	int r;

	if (!o)
		o = &none;
	if (!s || !(s->tree = tree_new(o->seed, 0)))
		return err_set(e, -ENOMEM, "not enough memory");
	r = find_script(name, s->path, e);
	if (r)
		return r;
	s->seed = s->chance = o->seed;
	folder_of(s->path, folder);
	r = script_new(folder, &s->script, e);
	if (!r)
		r = run(s, o, e);
	if (r)
		return r;
	choose_bin(s, o->bin);
	if (o->has_charge)
		s->charge = o->charge;
	*ret = TAKE(s);
	return 0;
}

const struct mitigation *scenario_mitigation(const struct scenario *s, const char *name)
{
	for (unsigned i = 0; i < s->mitigation_count; i++)
		if (strcmp(s->mitigations[i].name, name) == 0)
			return &s->mitigations[i];
	return NULL;
}

void scenario_print_notes(const struct scenario *s, FILE *out)
{
	char length[32], bin[32];

	for (unsigned i = 0; i < s->note_count; i++)
		fprintf(out, "sigfault: %s\n", s->notes[i]);
	if (s->bin_is_longer && !s->case_count && s->traffic_count)
		fprintf(out,
			"sigfault: this run is %s long: a row of its curves is %s and not a minute "
			"(sums are the same; --bin makes rows of any length)\n",
			simtime_duration_text(s->to - s->from, length),
			simtime_duration_text(s->bin, bin));
}

int scenario_check_asked(const struct scenario *s, struct err *e)
{
	return !s->signer_count || s->traffic_count || s->case_count
		       ? 0
		       : err_set(e, -EINVAL,
				 "%s: nobody asks a resolver anything in it: its signers live in "
				 "'sigfault sign'",
				 s->path);
}

bool scenario_has_watch(const struct scenario *s, const char *mitigation)
{
	for (unsigned i = 0; i < s->watch_count; i++)
		if (strcmp(s->watches[i].mitigation, mitigation) == 0)
			return true;
	return false;
}

bool scenario_has_monitor(const struct scenario *s, const char *mitigation)
{
	for (unsigned i = 0; i < s->monitor_count; i++)
		if (strcmp(s->monitors[i].mitigation, mitigation) == 0)
			return true;
	return false;
}

static void free_monitors(struct scenario *s)
{
	for (unsigned i = 0; i < s->monitor_count; i++) {
		for (unsigned k = 0; k < s->monitors[i].argc; k++)
			free(s->monitors[i].argv[k]);
		free(s->monitors[i].argv);
	}
	free(s->monitors);
}

void scenario_free(struct scenario *s)
{
	if (!s)
		return;
	script_free(s->script);
	timeline_done(&s->timeline);
	tree_free(s->tree);
	for (unsigned i = 0; i < s->traffic_count; i++) {
		free(s->traffic[i].rates);
		for (unsigned k = 0; k < s->traffic[i].more_count; k++)
			free(s->traffic[i].more[k]);
		free(s->traffic[i].more);
	}
	for (unsigned i = 0; i < s->source_count; i++)
		free(s->sources[i]);
	free(s->sources);
	for (unsigned i = 0; i < s->note_count; i++)
		free(s->notes[i]);
	free(s->notes);
	free(s->params);
	for (unsigned i = 0; i < s->mitigation_count; i++) {
		for (unsigned j = 0; j < s->mitigations[i].setting_count; j++)
			free(s->mitigations[i].settings[j].text);
		free(s->mitigations[i].settings);
	}
	free(s->mitigations);
	free(s->watches);
	free_monitors(s);
	free(s->roles);
	free(s->cases);
	free(s->signers);
	free(s->signer_events);
	free(s->signer_expectations);
	free(s->expectations);
	free(s->knowledge);
	free(s->allowances);
	free(s->reports);
	free(s->drawings);
	free(s);
}

unsigned scenario_transports(const struct scenario *s)
{
	unsigned bits = 0, plain = 0;

	for (unsigned i = 0; i < s->traffic_count; i++) {
		const struct stub_plan *p = &s->traffic[i].stub;

		plain |= !p->has_transports;
		for (unsigned t = 0; p->has_transports && t < TRANSPORTS; t++)
			bits |= (unsigned)(p->share[t] > 0) << t;
	}
	return bits ? bits | plain << TRANSPORT_UDP : 0;
}
