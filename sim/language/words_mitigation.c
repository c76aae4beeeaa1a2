/* SPDX-License-Identifier: BSD-2-Clause */
/* words_mitigation.c - mitigation: what an operator does, and what stands in a configuration, in
 * cells of one name.
 *
 * The functions are called when all has been read: only then is it known when faults end, and what
 * other mitigations do. */
#include "sim/language/words_mitigation.h"

#include <string.h>

#include "sim/language/script.h"
#include "sim/language/words_action.h"

void words_check_mitigation(lua_State *L, const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (!len || name[len] || len >= sizeof(((struct event *)0)->mitigation))
		luaL_error(L, "'%s' is not a mitigation's name: a-z, 0-9 and -, at most 31", name);
}

static struct mitigation *find(const struct scenario *s, const char *name)
{
	return (struct mitigation *)scenario_mitigation(s, name);
}

/* ---- definitions ---- */

static void forget(struct words *w, struct mitigation *m)
{
	for (unsigned i = 0; i < m->setting_count; i++)
		free(m->settings[i].text);
	free(m->settings);
	for (unsigned i = 0; i < w->postponed_count; i++)
		if (strcmp(w->postponed[i].mitigation, m->name) == 0)
			w->postponed[i].function = LUA_NOREF;
	memset(m, 0, sizeof(*m));
}

/* The place for what is said now. A scenario may add to what it said; a file's definition takes the
 * place of a shipped one. */
static struct mitigation *define(lua_State *L, struct words *w, const char *name)
{
	struct mitigation *m = find(w->s, name);

	if (m && w->source == MITIGATION_OF_FILE && m->source != MITIGATION_SHIPPED)
		luaL_error(L, "the mitigation '%s' is there already (%s): take another name", name,
			   m->place);
	if (m && w->source == MITIGATION_OF_SCENARIO)
		return m;
	if (m)
		forget(w, m);
	else
		m = words_grow(L, &w->s->mitigations, &w->s->mitigation_count, sizeof(*m));
	strcpy(m->name, name);
	m->source = w->source;
	words_place(L, m->place);
	return m;
}

/* The function at the top of the stack. */
static void postpone(lua_State *L, struct words *w, const char *name)
{
	int function = luaL_ref(L, LUA_REGISTRYINDEX);
	struct postponed *p =
		words_grow(L, &w->postponed, &w->postponed_count, sizeof(*w->postponed));

	strcpy(p->mitigation, name);
	p->function = function;
}

static void read_settings(lua_State *L, const struct args *table, struct mitigation *m)
{
	const char *kinds[ARGS_MAX_KEYS];
	struct args a;
	unsigned n;

	if (args_push(table, "settings") < 0)
		return;
	a = args_table(L, -1, "settings", NULL);
	n = args_sorted(&a, kinds);
	for (unsigned i = 0; i < n; i++) {
		const char *text = args_text(&a, kinds[i], "");
		struct setting *s =
			words_grow(L, &m->settings, &m->setting_count, sizeof(*m->settings));

		words_copy(L, "a resolver's name in settings", kinds[i], s->kind, sizeof(s->kind));
		s->text = strdup(text);
		if (!s->text)
			luaL_error(L, "not enough memory");
	}
	lua_pop(L, 1);
}

static void read_table(lua_State *L, struct words *w, struct mitigation *m)
{
	static const char *const keys[] = { "about", "like", "settings", "operator", NULL };
	struct args a = args_table(L, 2, "mitigation", keys);

	words_copy(L, "about", args_text(&a, "about", m->about), m->about, sizeof(m->about));
	if (args_has(&a, "like")) {
		const char *like = args_text(&a, "like", "");

		words_check_mitigation(L, like);
		strcpy(m->like, like);
	}
	if (args_has(&a, "settings") && m->setting_count)
		args_fail(&a, "the settings of '%s' are told once", m->name);
	read_settings(L, &a, m);
	if (!args_has(&a, "operator"))
		return;
	lua_getfield(L, 2, "operator");
	if (!lua_isfunction(L, -1))
		args_fail(&a, "operator wants a function");
	postpone(L, w, m->name);
}

/* A scenario's own mitigation stands; a shipped one of its name at most says what it is. */
static bool is_taken(lua_State *L, struct words *w, const char *name)
{
	struct mitigation *m = w->source == MITIGATION_SHIPPED ? find(w->s, name) : NULL;

	if (!m || !lua_istable(L, 2))
		return m;
	lua_getfield(L, 2, "about");
	if (!m->about[0] && lua_isstring(L, -1))
		words_copy(L, "about", lua_tostring(L, -1), m->about, sizeof(m->about));
	return true;
}

static int word_mitigation(lua_State *L)
{
	struct words *w = words_of(L);
	const char *name = luaL_checkstring(L, 1);
	struct mitigation *m;

	words_scenario(L);
	words_check_mitigation(L, name);
	if (strcmp(name, "none") == 0)
		return luaL_error(L, "'none' is the run without a mitigation: it has no events");
	if (w->mitigation[0])
		return luaL_error(L, "a mitigation stands in another, '%s'", w->mitigation);
	if (!lua_isfunction(L, 2) && !lua_istable(L, 2))
		return luaL_error(L,
				  "mitigation '%s' wants a function, or a table with about, like, "
				  "settings, operator",
				  name);
	lua_settop(L, 2);
	if (is_taken(L, w, name))
		return 0;
	m = define(L, w, name);
	if (lua_isfunction(L, 2))
		postpone(L, w, name);
	else
		read_table(L, w, m);
	return 0;
}

int words_operators(lua_State *L)
{
	struct words *w = lua_touserdata(L, 1);

	for (unsigned i = 0; i < w->postponed_count; i++) {
		if (w->postponed[i].function == LUA_NOREF)
			continue;
		strcpy(w->mitigation, w->postponed[i].mitigation);
		lua_rawgeti(L, LUA_REGISTRYINDEX, w->postponed[i].function);
		lua_call(L, 0, 0);
		w->mitigation[0] = '\0';
	}
	return 0;
}

/* ---- what a mitigation's function may look at ---- */

static void check_told(lua_State *L, const char *word)
{
	words_scenario(L);
	if (!words_of(L)->told)
		luaL_error(L,
			   "%s is for the functions of mitigations: they run when all else has "
			   "been read",
			   word);
}

/* An instant, to the nanosecond when it must be. */
static void set_time(lua_State *L, const char *key, simtime t)
{
	char whole[32], text[48] = "";

	simtime_text(t, whole);
	if (t % SECOND)
		snprintf(text, sizeof(text), "%.19s.%09lldZ", whole, (long long)(t % SECOND));
	script_set_text(L, key, t % SECOND ? text : whole);
}

static void push_event(lua_State *L, const struct event *ev, bool awaited)
{
	struct action *a;
	char after[32];

	lua_createtable(L, 0, 4);
	if (awaited) {
		snprintf(after, sizeof(after), "%lldns", (long long)ev->at);
		script_set_text(L, "after_first_failure", after);
	} else {
		set_time(L, "at", ev->at);
	}
	script_set_text(L, "operation", operation_name(ev->operation));
	if (ev->zone[0])
		script_set_text(L, "zone", ev->zone);
	a = words_value(L, VALUE_ACTION, sizeof(*a));
	a->kind = ACTION_OPERATE;
	a->operation = ev->operation;
	a->role = ev->role;
	a->move = ev->move;
	if (ev->operation == OPERATION_MOVE)
		strcpy(a->text, ev->what);
	if (ev->role)
		strcpy(a->role_name, words_of(L)->s->roles[ev->role - 1].name);
	strcpy(a->name, ev->zone);
	lua_setfield(L, -2, "action");
}

static lua_Integer push_events(lua_State *L, const struct event *list, unsigned count,
			       const char *name, bool awaited, lua_Integer n)
{
	for (unsigned i = 0; i < count; i++) {
		if (list[i].kind != EVENT_OPERATOR || strcmp(list[i].mitigation, name) != 0)
			continue;
		push_event(L, &list[i], awaited);
		lua_seti(L, -2, ++n);
	}
	return n;
}

/* events_of(NAME): { { at, operation, zone, action }, … }; one whose instant is not known has
 * after_first_failure for at. */
static int word_events_of(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	const struct timeline *tl;
	lua_Integer n;

	check_told(L, "events_of");
	if (!find(words_of(L)->s, name))
		return luaL_error(L, "events_of: there is no mitigation '%s'", name);
	tl = &words_of(L)->s->timeline;
	lua_newtable(L);
	n = push_events(L, tl->events, tl->count, name, false, 0);
	push_events(L, tl->awaited, tl->awaited_count, name, true, n);
	return 1;
}

/* faults(): { { kind, zone, from, to }, … }; to is nil when it does not end. */
static int word_faults(lua_State *L)
{
	const struct tree *t;
	char apex[NAME_TEXT_LEN];

	check_told(L, "faults");
	t = words_of(L)->s->tree;
	lua_newtable(L);
	for (unsigned i = 0; i < t->fault_count; i++) {
		lua_createtable(L, 0, 4);
		script_set_text(L, "kind", t->faults[i].row->name);
		set_time(L, "from", t->faults[i].from);
		if (t->faults[i].until != SIMTIME_NEVER)
			set_time(L, "to", t->faults[i].until);
		script_set_text(L, "zone", name_text(t->faults[i].zone->apex, apex));
		lua_seti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

const luaL_Reg words_mitigation[] = {
	{ "mitigation", word_mitigation },
	{ "events_of", word_events_of },
	{ "faults", word_faults },
	{ NULL, NULL },
};
