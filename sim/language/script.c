/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/script.h"

#include <ctype.h>
#include <errno.h>
#include <lauxlib.h>
#include <limits.h>
#include <lualib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "sim/language/foreign.h"
#include "sim/language/script_cpu.h"

#define MEMORY_LIMIT ((size_t)256 << 20)
#define INSTRUCTION_LIMIT 100000000
#define INSTRUCTION_STEP 10000 /* how often we look */
#define CPU_LIMIT 10 /* seconds */

struct script {
	lua_State *L;
	char folder[PATH_MAX];
	size_t used;
	int64_t left; /* instructions */
	unsigned depth; /* of calls into Lua */
	unsigned cpu_limit; /* seconds */
	char where[128]; /* "file:line: " at which memory was refused, or "" */
	bool refused; /* the last time that a script wanted more memory */
	bool hungry; /* the error that ends the call is one of memory */
	bool placed; /* its sentence begins with file:line */
};

static struct script *script_of(lua_State *L)
{
	return *(struct script **)lua_getextraspace(L);
}

/* The innermost line of Lua that is being run. Allocates nothing: the allocator asks, too. */
static void innermost(lua_State *L, char *ret, size_t size)
{
	lua_Debug ar;

	ret[0] = '\0';
	for (int level = 0; lua_getstack(L, level, &ar); level++) {
		lua_getinfo(L, "Sl", &ar);
		if (ar.currentline <= 0)
			continue;
		snprintf(ret, size, "%s:%d: ", ar.short_src, ar.currentline);
		break;
	}
}

static void *allocate(void *arg, void *p, size_t old, size_t size)
{
	struct script *s = arg;

	if (!p)
		old = 0; /* Lua puts the kind of the object there */
	if (!size) {
		s->used -= old;
		free(p);
		return NULL;
	}
	s->refused = size > old && size - old > MEMORY_LIMIT - s->used;
	if (s->refused) {
		if (s->L)
			innermost(s->L, s->where, sizeof(s->where));
		return NULL;
	}
	p = realloc(p, size);
	if (p)
		s->used += size - old;
	return p;
}

/* Once the limit is reached every further instruction fails, so that no pcall() can go on. */
static void count(lua_State *L, lua_Debug *ar)
{
	struct script *s = script_of(L);

	(void)ar;
	s->left -= INSTRUCTION_STEP;
	if (script_cpu_is_over()) {
		lua_sethook(L, count, LUA_MASKCOUNT, 1);
		luaL_where(L, 0);
		lua_pushfstring(L, "%stook more than %d s of CPU time: an endless loop?",
				lua_tostring(L, -1), (int)s->cpu_limit);
		lua_error(L);
	}
	if (s->left > 0)
		return;
	lua_sethook(L, count, LUA_MASKCOUNT, 1);
	luaL_where(L, 0);
	lua_pushfstring(L, "%stook more than %d million instructions: an endless loop?",
			lua_tostring(L, -1), INSTRUCTION_LIMIT / 1000000);
	lua_error(L);
}

/* print() is for people: it must not mix with what the program writes. */
static int base_print(lua_State *L)
{
	int n = lua_gettop(L);

	for (int i = 1; i <= n; i++) {
		fprintf(stderr, "%s%s", i > 1 ? "\t" : "", luaL_tolstring(L, i, NULL));
		lua_pop(L, 1);
	}
	fputc('\n', stderr);
	return 0;
}

/* Finalizers run with hooks off, so one that never ends could not be stopped. */
static int base_setmetatable(lua_State *L)
{
	if (lua_istable(L, 2)) {
		lua_pushliteral(L, "__gc");
		lua_rawget(L, 2);
		if (!lua_isnil(L, -1))
			return luaL_error(L, "__gc is not for scripts");
		lua_settop(L, 2);
	}
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
	return lua_gettop(L);
}

/* Dots part folders; a part begins with a letter, so there is no way up or to the root. */
static bool module_name_ok(const char *name)
{
	bool begin = true;

	for (; *name; name++) {
		if (begin ? !isalpha((unsigned char)*name)
			  : !isalnum((unsigned char)*name) && !strchr("._-", *name))
			return false;
		begin = *name == '.';
	}
	return !begin;
}

static int base_require(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	const char *path;
	FILE *f;

	if (!module_name_ok(name))
		return luaL_error(L, "require wants a name like 'lib.phrases', not '%s'", name);
	lua_settop(L, 1);
	lua_getfield(L, lua_upvalueindex(1), name); /* 2: what it gave the first time */
	if (lua_islightuserdata(L, 2))
		return luaL_error(L, "'%s' requires itself", name);
	if (!lua_isnil(L, 2))
		return 1;
	luaL_gsub(L, name, ".", "/");
	path = lua_pushfstring(L, "%s/%s.lua", script_of(L)->folder, lua_tostring(L, -1));
	f = fopen(path, "r");
	if (!f)
		return luaL_error(L, "there is no '%s' (looked for %s)", name, path);
	fclose(f);
	if (luaL_loadfilex(L, path, "t"))
		return lua_error(L);
	lua_pushlightuserdata(L, script_of(L));
	lua_setfield(L, lua_upvalueindex(1), name);
	lua_call(L, 0, 1);
	if (lua_isnil(L, -1)) {
		lua_pop(L, 1);
		lua_pushboolean(L, true);
	}
	lua_pushvalue(L, -1);
	lua_setfield(L, lua_upvalueindex(1), name);
	return 1;
}

static void remove_fields(lua_State *L, const char *const *names)
{
	for (; *names; names++) {
		lua_pushnil(L);
		lua_setfield(L, -2, *names);
	}
}

static int open_sandbox(lua_State *L)
{
	static const luaL_Reg libraries[] = {
		{ LUA_GNAME, luaopen_base },	    { LUA_TABLIBNAME, luaopen_table },
		{ LUA_STRLIBNAME, luaopen_string }, { LUA_MATHLIBNAME, luaopen_math },
		{ LUA_UTF8LIBNAME, luaopen_utf8 },
	};
	/* An xpcall()'s handler of an error in a hook runs with hooks off: see finalizers. */
	static const char *const not_base[] = { "xpcall",	  "dofile", "loadfile", "load",
						"collectgarbage", "warn",   NULL };
	static const char *const not_string[] = { "dump", NULL };
	static const char *const not_math[] = { "randomseed", NULL };

	for (size_t i = 0; i < ARRAY_SIZE(libraries); i++) {
		luaL_requiref(L, libraries[i].name, libraries[i].func, 1);
		lua_pop(L, 1);
	}
	lua_getglobal(L, "math"); /* the same script, the same numbers */
	lua_getfield(L, -1, "randomseed");
	lua_pushinteger(L, 1);
	lua_call(L, 1, 0);
	remove_fields(L, not_math);
	lua_getglobal(L, "string");
	remove_fields(L, not_string);

	lua_pushglobaltable(L);
	remove_fields(L, not_base);
	lua_pushcfunction(L, base_print);
	lua_setfield(L, -2, "print");
	lua_getfield(L, -1, "setmetatable");
	lua_pushcclosure(L, base_setmetatable, 1);
	lua_setfield(L, -2, "setmetatable");
	lua_newtable(L);
	lua_pushcclosure(L, base_require, 1);
	lua_setfield(L, -2, "require");
	return 0;
}

int script_new(const char *folder, struct script **ret, struct err *e)
{
	_cleanup_(script_freep) struct script *s = calloc(1, sizeof(*s));

	if (!s)
		return err_set(e, -ENOMEM, "not enough memory");
	if ((size_t)snprintf(s->folder, sizeof(s->folder), "%s", folder) >= sizeof(s->folder))
		return err_set(e, -ENAMETOOLONG, "'%s' is too long a path", folder);
	s->cpu_limit = CPU_LIMIT;
	s->L = lua_newstate(allocate, s);
	if (!s->L)
		return err_set(e, -ENOMEM, "not enough memory for Lua");
	*(struct script **)lua_getextraspace(s->L) = s;
	lua_pushcfunction(s->L, open_sandbox);
	if (lua_pcall(s->L, 0, 0, 0))
		return err_set(e, -ENOMEM, "Lua does not start: %s", lua_tostring(s->L, -1));
	*ret = TAKE(s);
	return 0;
}

void script_free(struct script *s)
{
	lua_State *L;

	if (!s)
		return;
	L = s->L;
	s->L = NULL;
	if (L)
		lua_close(L);
	free(s);
}

void script_limit_cpu(struct script *s, unsigned seconds)
{
	s->cpu_limit = seconds;
}

lua_State *script_state(struct script *s)
{
	return s->L;
}

/* Whether a message begins with "file:line: ". */
static bool has_place(const char *text)
{
	for (const char *p = strchr(text, ':'); p; p = strchr(p + 1, ':')) {
		const char *end = p + 1;

		while (isdigit((unsigned char)*end))
			end++;
		if (end > p + 1 && end[0] == ':' && end[1] == ' ')
			return true;
	}
	return false;
}

/* Runs where the error was raised, with the stack still there to ask for the line. The string
 * library raises an error of its own when it is refused memory, right then. */
static int on_error(lua_State *L)
{
	struct script *s = script_of(L);
	char where[128];

	s->hungry = s->refused;
	s->placed = true;
	if (lua_type(L, 1) != LUA_TSTRING) {
		lua_pushfstring(L, "error() was given a %s, not a sentence", luaL_typename(L, 1));
		lua_replace(L, 1);
	}
	if (has_place(lua_tostring(L, 1)))
		return 1;
	innermost(L, where, sizeof(where));
	s->placed = *where;
	lua_pushfstring(L, "%s%s", where, lua_tostring(L, 1));
	return 1;
}

static int failed(struct script *s, int status, struct err *e)
{
	const char *text = lua_tostring(s->L, -1);
	int r;

	if (status == LUA_ERRMEM || s->hungry) {
		s->placed = s->where[0];
		r = err_set(e, -ENOMEM, "%sneeds more than %zu MB of memory", s->where,
			    MEMORY_LIMIT >> 20);
	} else {
		r = err_set(e, -EINVAL, "%s", text ? text : "the script failed");
	}
	lua_pop(s->L, 1);
	return r;
}

int script_call(struct script *s, int args, int results, struct err *e)
{
	int base = lua_gettop(s->L) - args, status;

	if (s->depth++ == 0) {
		s->left = INSTRUCTION_LIMIT;
		s->where[0] = '\0';
		lua_sethook(s->L, count, LUA_MASKCOUNT, INSTRUCTION_STEP);
		script_cpu_begin(s->L, count, s->cpu_limit);
	}
	lua_pushcfunction(s->L, on_error);
	lua_insert(s->L, base);
	s->hungry = false;
	status = lua_pcall(s->L, args, results, base);
	lua_remove(s->L, base);
	if (--s->depth == 0)
		script_cpu_end();
	return status ? failed(s, status, e) : 0;
}

int script_run_file(struct script *s, const char *path, int results, struct err *e)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "r");
	char kind[160];
	int status;

	if (!f)
		return err_set(e, -errno, "cannot open '%s': %s", path, strerror(errno));
	s->where[0] = '\0';
	s->hungry = false;
	s->placed = true;
	status = luaL_loadfilex(s->L, path, "t");
	if (status && foreign_kind(path, kind, sizeof(kind))) {
		lua_pop(s->L, 1);
		return err_set(e, -EINVAL, "'%s' is no script in Lua, but %s", path, kind);
	}
	if (status)
		return failed(s, status, e);
	return script_call(s, 0, results, e);
}

bool script_error_has_place(const struct script *s)
{
	return s->placed;
}

void script_set_text(lua_State *L, const char *key, const char *value)
{
	if (!value)
		return;
	lua_pushstring(L, value);
	lua_setfield(L, -2, key);
}

void script_set_number(lua_State *L, const char *key, int64_t value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, key);
}

void script_set_flag(lua_State *L, const char *key, bool value)
{
	lua_pushboolean(L, value);
	lua_setfield(L, -2, key);
}

void script_make_type(lua_State *L, const char *type, const char *name, const luaL_Reg *words,
		      lua_CFunction index)
{
	if (!luaL_newmetatable(L, type))
		return;
	lua_newtable(L);
	luaL_setfuncs(L, words, 0);
	lua_pushcclosure(L, index, 1);
	lua_setfield(L, -2, "__index");
	lua_pushstring(L, name);
	lua_setfield(L, -2, "__metatable");
}
