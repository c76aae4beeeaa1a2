/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/words_signer_event.h"

#include <string.h>

#include "sim/language/words_signer.h"
#include "sim/world/hsm.h"

#define CLOCK_WRONG_MAX (3660 * DAY)
#define RESTART_TAKES                                                                              \
	(10 * SECOND) /* what it takes to end depends on the machine, too, but not so much */

/* The signer whose method is called. */
static unsigned number(lua_State *L, const char *method)
{
	const struct signer_value *v = luaL_testudata(L, 1, VALUE_SIGNER);

	if (!v)
		luaL_error(L,
			   "write SIGNER:%s, with a colon: SIGNER is what signer(\"NAME\", { … }) "
			   "gave",
			   method);
	return v->number;
}

static struct action *act(lua_State *L, enum signer_act what, const char *method)
{
	unsigned signer = number(L, method);
	struct action *a = words_new_action(L, ACTION_SIGNER);

	a->signer.signer = signer;
	a->signer.act = what;
	snprintf(a->signer.what, sizeof(a->signer.what), "%s", method);
	return a;
}

/* A text that a method is given. */
static const char *text_of(lua_State *L, const char *method)
{
	number(L, method);
	return luaL_checkstring(L, 2);
}

/* The table at `index`, which may be left out. */
static struct args options(lua_State *L, int index, const char *word, const char *const *keys)
{
	if (lua_isnoneornil(L, index)) {
		lua_settop(L, index - 1);
		lua_newtable(L);
	}
	return args_table(L, index, word, keys);
}

/* ---- keys ---- */

/* registry:roll("ksk" [, { emergency = true }]) */
static int method_roll(lua_State *L)
{
	static const char *const keys[] = { "emergency", NULL };
	const char *kind = text_of(L, "roll");
	struct args a = options(L, 3, "roll", keys);
	bool at_once = args_flag(&a, "emergency", false);
	struct action *action = act(L, SIGNER_ROLL, "roll");
	struct signer_event *ev = &action->signer;

	if (strcmp(kind, "ksk") != 0 && strcmp(kind, "zsk") != 0 && strcmp(kind, "csk") != 0)
		return luaL_error(L, "roll: '%s' is no kind of key: \"ksk\", \"zsk\" or \"csk\"",
				  kind);
	words_copy(L, "roll: the kind", kind, ev->kind, sizeof(ev->kind));
	ev->at_once = at_once;
	snprintf(ev->what, sizeof(ev->what), "roll %s%s", kind, at_once ? ", an emergency" : "");
	return 1;
}

static int method_hsm_lost(lua_State *L)
{
	act(L, SIGNER_KEYS_LOST, "hsm_lost");
	return 1;
}

static int method_hsm_restored(lua_State *L)
{
	act(L, SIGNER_KEYS_BACK, "hsm_restored")->signer.time = SIGNER_NO_COPY;
	return 1;
}

/* registry:hsm_restored_from("2026-01-03T00:00Z"): a copy is made then, and put back now */
static int method_hsm_restored_from(lua_State *L)
{
	simtime from = words_time(L, "hsm_restored_from", text_of(L, "hsm_restored_from"));
	struct signer_event *ev = &act(L, SIGNER_KEYS_BACK, "hsm_restored_from")->signer;
	char text[32];

	ev->time = from;
	snprintf(ev->what, sizeof(ev->what), "hsm_restored_from %s", simtime_text(from, text));
	return 1;
}

/* What an HSM does wrong: of a signer that has one. */
static struct signer_event *act_hsm(lua_State *L, const char *method)
{
	unsigned signer = number(L, method);
	const struct signer_plan *plan = &words_scenario(L)->signers[signer];
	struct signer_event *ev;

	if (!plan->hsm)
		luaL_error(L, "%s: the signer '%s' has no HSM: give it one, by hsm = true (%s)",
			   method, plan->name, plan->place);
	ev = &act(L, SIGNER_HSM, method)->signer;
	ev->share = -1;
	return ev;
}

/* registry:hsm_pairs(3) */
static int method_hsm_pairs(lua_State *L)
{
	struct signer_event *ev = act_hsm(L, "hsm_pairs");
	lua_Integer pairs = luaL_checkinteger(L, 2);

	if (pairs < 1 || pairs > HSM_PAIRS_MAX)
		return luaL_error(L, "hsm_pairs: a key is 1 to %d pairs", HSM_PAIRS_MAX);
	ev->pairs = (unsigned)pairs;
	snprintf(ev->what, sizeof(ev->what), "hsm_pairs %u", ev->pairs);
	return 1;
}

/* registry:hsm_bad { share = 0.001 } */
static int method_hsm_bad(lua_State *L)
{
	static const char *const keys[] = { "share", NULL };
	struct args a = args_table(L, 2, "hsm_bad", keys);
	struct signer_event *ev = act_hsm(L, "hsm_bad");

	args_need(&a, "share");
	ev->share = args_number(&a, "share", 0, 0, 1);
	snprintf(ev->what, sizeof(ev->what), "hsm_bad, a share of %g", ev->share);
	return 1;
}

/* ---- rules ---- */

/* The signer's rules as they are told so far. */
static const struct signer_policy *latest(const struct scenario *s, unsigned signer)
{
	const struct signer_policy *p = &s->signers[signer].policy;

	for (unsigned i = 0; i < s->signer_event_count; i++)
		if (s->signer_events[i].signer == signer &&
		    s->signer_events[i].act == SIGNER_POLICY)
			p = &s->signer_events[i].policy;
	return p;
}

/* registry:policy { algorithm = "ED25519" } */
static int method_policy(lua_State *L)
{
	struct args a = args_table(L, 2, "policy", words_policy_keys);
	struct action *action = act(L, SIGNER_POLICY, "policy");
	const char *names[ARGS_MAX_KEYS];
	struct signer_event *ev = &action->signer;
	unsigned n = args_sorted(&a, names);
	size_t len = strlen(ev->what);

	ev->policy = *latest(words_scenario(L), ev->signer);
	words_policy(&a, &ev->policy);
	for (unsigned i = 0; i < n && len < sizeof(ev->what); i++) {
		lua_getfield(L, a.index, names[i]);
		len += (size_t)snprintf(ev->what + len, sizeof(ev->what) - len, "%s %s = %s",
					i ? "," : "", names[i], luaL_tolstring(L, -1, NULL));
		lua_pop(L, 2);
	}
	return 1;
}

/* registry:unsigned { at_once = true } */
static int method_unsigned(lua_State *L)
{
	static const char *const keys[] = { "at_once", NULL };
	struct args a = options(L, 2, "unsigned", keys);
	bool at_once = args_flag(&a, "at_once", false);
	struct signer_event *ev = &act(L, SIGNER_UNSIGNED, "unsigned")->signer;

	ev->at_once = at_once;
	if (at_once)
		snprintf(ev->what, sizeof(ev->what), "unsigned, at once");
	return 1;
}

/* registry:parent_ds "newest" */
static int method_parent_ds(lua_State *L)
{
	const char *kind = text_of(L, "parent_ds");
	struct signer_event *ev = &act(L, SIGNER_DS, "parent_ds")->signer;

	if (strcmp(kind, "newest") != 0 && strcmp(kind, "none") != 0)
		return luaL_error(L,
				  "parent_ds: '%s': the parent gets the DS of the \"newest\" KSK "
				  "alone, or \"none\"",
				  kind);
	words_copy(L, "parent_ds", kind, ev->kind, sizeof(ev->kind));
	snprintf(ev->what, sizeof(ev->what), "parent_ds %s", kind);
	return 1;
}

/* ---- the machine ---- */

/* registry:restart { down = "10d" } */
static int method_restart(lua_State *L)
{
	static const char *const keys[] = { "down", NULL };
	struct args a = options(L, 2, "restart", keys);
	simtime down = args_duration(&a, "down", RESTART_TAKES);
	struct signer_event *ev = &act(L, SIGNER_RESTART, "restart")->signer;
	char text[32];

	ev->time = down;
	if (down != RESTART_TAKES)
		snprintf(ev->what, sizeof(ev->what), "restart, down for %s",
			 simtime_duration_text(down, text));
	return 1;
}

/* registry:standby { keys = "own" } */
static int method_standby(lua_State *L)
{
	static const char *const keys[] = { "keys", "down", NULL };
	struct args a = args_table(L, 2, "standby", keys);
	const char *which = (args_need(&a, "keys"), args_text(&a, "keys", NULL));
	simtime down = args_duration(&a, "down", RESTART_TAKES);
	bool is_own = strcmp(which, "own") == 0;
	struct signer_event *ev;

	if (!is_own && strcmp(which, "copied") != 0)
		args_fail(&a, "keys: '%s': a standby has \"copied\" keys, or ZSKs of its \"own\"",
			  which);
	ev = &act(L, SIGNER_STANDBY, "standby")->signer;
	ev->at_once = is_own;
	ev->time = down;
	snprintf(ev->what, sizeof(ev->what), "standby, %s",
		 is_own ? "with ZSKs of its own" : "with a copy of the keys");
	return 1;
}

/* registry:clock_wrong "-3h" */
static int method_clock_wrong(lua_State *L)
{
	const char *text = text_of(L, "clock_wrong");
	struct signer_event *ev = &act(L, SIGNER_CLOCK, "clock_wrong")->signer;
	bool is_behind = *text == '-';
	struct err e;

	if (simtime_parse_duration(text + (is_behind || *text == '+'), &ev->time, &e))
		return luaL_error(L, "clock_wrong: %s", e.text);
	if (ev->time > CLOCK_WRONG_MAX)
		return luaL_error(L, "clock_wrong: '%s' is more than ten years", text);
	if (is_behind)
		ev->time = -ev->time;
	snprintf(ev->what, sizeof(ev->what), "clock_wrong %.32s", text);
	return 1;
}

static int method_resign(lua_State *L)
{
	act(L, SIGNER_RESIGN, "resign");
	return 1;
}

/* registry:add_record "www.de. 3600 IN A 192.0.2.1" */
static int method_add_record(lua_State *L)
{
	const char *record = text_of(L, "add_record");
	struct signer_event *ev = &act(L, SIGNER_RECORD, "add_record")->signer;

	words_copy(L, "add_record", record, ev->record, sizeof(ev->record));
	snprintf(ev->what, sizeof(ev->what), "add_record %.140s", record);
	for (char *c = ev->what; *c; c++)
		if (*c == '"')
			*c = '\'';
	return 1;
}

/* registry:tsig_wrong() */
static int method_tsig_wrong(lua_State *L)
{
	act(L, SIGNER_KEY, "tsig_wrong")->signer.at_once = true;
	return 1;
}

static int method_tsig_right(lua_State *L)
{
	act(L, SIGNER_KEY, "tsig_right");
	return 1;
}

static int method_disk_full(lua_State *L)
{
	act(L, SIGNER_DISK_FULL, "disk_full");
	return 1;
}

static int method_disk_free(lua_State *L)
{
	act(L, SIGNER_DISK_FREE, "disk_free");
	return 1;
}

/* ---- what comes of it ---- */

/* registry:expect("TEXT", function(life) … end) */
static int method_expect(lua_State *L)
{
	const char *text = text_of(L, "expect");
	struct scenario *s = words_world(L, "expect");
	struct signer_expectation x = { .signer = number(L, "expect") };

	luaL_checktype(L, 3, LUA_TFUNCTION);
	words_copy(L, "the expectation's text", text, x.text, sizeof(x.text));
	words_place(L, x.place);
	lua_settop(L, 3);
	x.function = luaL_ref(L, LUA_REGISTRYINDEX);
	*(struct signer_expectation *)words_grow(L, &s->signer_expectations,
						 &s->signer_expectation_count, sizeof(x)) = x;
	return 0;
}

const luaL_Reg words_signer_methods[] = {
	{ "expect", method_expect },
	{ "roll", method_roll },
	{ "policy", method_policy },
	{ "restart", method_restart },
	{ "standby", method_standby },
	{ "hsm_lost", method_hsm_lost },
	{ "hsm_restored", method_hsm_restored },
	{ "hsm_restored_from", method_hsm_restored_from },
	{ "hsm_pairs", method_hsm_pairs },
	{ "hsm_bad", method_hsm_bad },
	{ "resign", method_resign },
	{ "clock_wrong", method_clock_wrong },
	{ "add_record", method_add_record },
	{ "tsig_wrong", method_tsig_wrong },
	{ "tsig_right", method_tsig_right },
	{ "disk_full", method_disk_full },
	{ "disk_free", method_disk_free },
	{ "unsigned", method_unsigned },
	{ "parent_ds", method_parent_ds },
	{ NULL, NULL },
};

/* ---- at() ---- */

/* A policy is told on top of the one before. */
static void check_order(lua_State *L, const struct scenario *s, const struct signer_event *ev)
{
	for (unsigned i = 0; i < s->signer_event_count; i++) {
		const struct signer_event *other = &s->signer_events[i];

		if (ev->act == SIGNER_POLICY && other->act == SIGNER_POLICY &&
		    other->signer == ev->signer && other->at > ev->at)
			luaL_error(L,
				   "policy: there is a later one of this signer already (%s): they "
				   "are told in "
				   "the order of their times",
				   other->place);
	}
}

static void add(lua_State *L, struct scenario *s, const struct signer_event *ev)
{
	struct signer_event *list;
	unsigned i;

	words_grow(L, &s->signer_events, &s->signer_event_count, sizeof(*ev));
	list = s->signer_events;
	for (i = s->signer_event_count - 1; i > 0 && list[i - 1].at > ev->at; i--)
		list[i] = list[i - 1];
	list[i] = *ev;
}

static void add_told(lua_State *L, struct scenario *s, const struct signer_event *ev)
{
	struct event line = { .at = ev->at, .kind = EVENT_SIGNER, .fault = -1 };

	snprintf(line.what, sizeof(line.what), "%.31s: %.120s", s->signers[ev->signer].name,
		 ev->what);
	words_event_add(L, s, &line);
	add(L, s, ev);
}

void words_do_signer(lua_State *L, struct scenario *s, const struct action *a, simtime at)
{
	struct signer_event ev = a->signer, copy = ev;

	ev.at = at;
	words_place(L, ev.place);
	check_order(L, s, &ev);
	if (ev.act == SIGNER_KEYS_BACK && ev.time != SIGNER_NO_COPY) {
		if (ev.time > at)
			luaL_error(L,
				   "hsm_restored_from: the copy is made later than it is put back");
		copy.act = SIGNER_KEYS_COPIED;
		copy.at = ev.time;
		strcpy(copy.place, ev.place);
		snprintf(copy.what, sizeof(copy.what), "the HSM is copied");
		add_told(L, s, &copy);
	}
	add_told(L, s, &ev);
}
