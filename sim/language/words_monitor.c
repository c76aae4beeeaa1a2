/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/words_monitor.h"

#include <limits.h>
#include <string.h>

#define ARGUMENTS_MAX 256
#define STATUS_MAX 255
#define TIMEOUT (30 * SECOND)
#define TIMEOUT_MAX (10 * MINUTE)

/* ---- its command ---- */

/* A program with a slash in its name stands where the script says, who sees it from its own folder; any other is
 * looked for as a shell does. */
static char *program_path(const char *word, const struct scenario *s)
{
	const char *slash = strrchr(s->path, '/');
	int folder = slash && *word != '/' ? (int)(slash + 1 - s->path) : 0;
	char path[PATH_MAX], *real;

	if (!strchr(word, '/'))
		return strdup(word);
	if ((size_t)snprintf(path, sizeof(path), "%.*s%s", folder, s->path, word) >= sizeof(path))
		return NULL;
	real = realpath(path, NULL);
	return real ?: strdup(path);
}

static void read_command(const struct args *a, const struct scenario *s, struct monitor_plan *m)
{
	lua_State *L = a->L;
	int index = args_push(a, "command");
	lua_Unsigned n = lua_rawlen(L, index);

	if (!n || n > ARGUMENTS_MAX)
		args_fail(a, "command is a list of 1 to %d texts: { \"PROGRAM\", \"ARGUMENT\", … }",
			  ARGUMENTS_MAX);
	for (lua_Unsigned i = 0; i < n; i++) {
		const char *word;
		char **place;

		if (lua_rawgeti(L, index, (lua_Integer)i + 1) != LUA_TSTRING)
			args_fail(a, "command: a program and its arguments are texts, not a %s",
				  luaL_typename(L, -1));
		word = lua_tostring(L, -1);
		if (i == 0 && !*word)
			args_fail(a, "command: its program has no name");
		place = words_grow(L, &m->argv, &m->argc, sizeof(*place));
		*place = i ? strdup(word) : program_path(word, s);
		if (!*place)
			luaL_error(L, "not enough memory");
		lua_pop(L, 1);
	}
	words_grow(L, &m->argv, &m->argc, sizeof(char *)); /* NULL, behind the last */
	m->argc--;
	lua_pop(L, 1);
}

/* ---- its name ---- */

static void read_name(const struct args *a, const struct scenario *s, struct monitor_plan *m)
{
	const char *slash = strrchr(m->argv[0], '/');

	words_copy(a->L, "monitor: name", args_text(a, "name", slash ? slash + 1 : m->argv[0]),
		   m->name, sizeof(m->name));
	if (!m->name[0])
		args_fail(a, "name: it has none");
	for (unsigned i = 0; i + 1 < s->monitor_count; i++)
		if (strcmp(s->monitors[i].name, m->name) == 0)
			args_fail(a, "there is a monitor '%s' already: give this one a 'name'",
				  m->name);
}

/* ---- what is an alarm ---- */

/* A status, or a text, on top of the stack. */
static void add_alarm(const struct args *a, struct monitor_plan *m)
{
	lua_State *L = a->L;
	lua_Integer status;

	if (lua_type(L, -1) == LUA_TSTRING && *lua_tostring(L, -1)) {
		if (m->word_count == MONITOR_WORDS)
			args_fail(a, "alarm: more than %d texts", MONITOR_WORDS);
		words_copy(L, "monitor: a text of alarm", lua_tostring(L, -1),
			   m->words[m->word_count++], sizeof(m->words[0]));
		return;
	}
	status = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : -1;
	if (status < 0 || status > STATUS_MAX)
		args_fail(a, "alarm is an exit status from 0 to %d, a text, or a list of them",
			  STATUS_MAX);
	if (m->status_count == MONITOR_STATUSES)
		args_fail(a, "alarm: more than %d statuses", MONITOR_STATUSES);
	m->statuses[m->status_count++] = (int)status;
}

/* alarm = 2, "BOGUS", { 1, 2, "CRITICAL" } */
static void read_alarm(const struct args *a, struct monitor_plan *m)
{
	lua_State *L = a->L;
	int top = lua_gettop(L);

	if (lua_getfield(L, a->index, "alarm") == LUA_TTABLE) {
		lua_Unsigned n = lua_rawlen(L, -1);

		for (lua_Unsigned i = 1; i <= n; i++) {
			lua_rawgeti(L, top + 1, (lua_Integer)i);
			add_alarm(a, m);
			lua_pop(L, 1);
		}
		if (!n)
			args_fail(a, "alarm: the list is empty");
	} else if (!lua_isnil(L, -1)) {
		add_alarm(a, m);
	}
	lua_settop(L, top);
}

/* monitor { every = "1m", command = { "PROGRAM", … }, name, alarm, timeout } */
static int word_monitor(lua_State *L)
{
	static const char *const keys[] = { "every", "command", "name", "alarm", "timeout", NULL };
	struct args a = args_table(L, 1, "monitor", keys);
	struct scenario *s = words_story(L, "monitor");
	struct monitor_plan *m;

	args_need(&a, "every");
	args_need(&a, "command");
	if (s->monitor_count == MONITORS_MAX)
		return args_fail(&a, "a scenario has %d at most", MONITORS_MAX);
	m = words_grow(L, &s->monitors, &s->monitor_count, sizeof(*m));
	m->every = args_duration(&a, "every", 0);
	if (m->every < SECOND || m->every % SECOND)
		return args_fail(&a, "every is whole seconds, at least one");
	m->timeout = args_duration(&a, "timeout", TIMEOUT);
	if (m->timeout < SECOND || m->timeout > TIMEOUT_MAX)
		return args_fail(&a, "timeout is from a second to ten minutes");
	read_command(&a, s, m);
	read_name(&a, s, m);
	read_alarm(&a, m);
	strcpy(m->mitigation, words_of(L)->mitigation);
	words_place(L, m->place);
	return 0;
}

const luaL_Reg words_monitor[] = {
	{ "monitor", word_monitor },
	{ NULL, NULL },
};
