/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/user_config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glob.h>
#include <lauxlib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/subject/complaint.h"
#include "harness/subject/yaml_text.h"
#include "harness/text/json_text.h"
#include "harness/text/memory.h"
#include "sim/language/script.h"

#define FILE_MAX ((size_t)4 << 20) /* bytes of one file */

struct user_config {
	char path[PATH_MAX]; /* as the user has named it */
	char main[PATH_MAX]; /* the file */
	char folder[PATH_MAX]; /* what includes are looked for below; "": no folder was named */
	char *text;
	char *servers;
	char *scratch; /* what is being read, so that an error of Lua's loses nothing */
	struct yaml_text *yaml; /* likewise */
	const char **changes; /* likewise */
	glob_t found;
	bool has_found;
	json_t *told; /* { overrides, notes, copies, settings, complaints } */
};

/* ---- reading ---- */

static int read_whole(const char *path, char **ret, struct err *e)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "re");
	_cleanup_(freep) char *text = NULL;
	struct stat st;

	if (!f || fstat(fileno(f), &st) < 0)
		return err_set(e, -EINVAL, "cannot read '%.500s': %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode) || (size_t)st.st_size > FILE_MAX)
		return err_set(e, -EINVAL, "'%.500s' is no configuration: %s", path,
			       S_ISREG(st.st_mode) ? "it is too large" : "it is no file");
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		return err_set(e, -ENOMEM, "not enough memory");
	text[fread(text, 1, (size_t)st.st_size, f)] = '\0';
	if (strlen(text) < (size_t)st.st_size)
		return err_set(e, -EINVAL, "'%.500s' is no configuration: it is no text", path);
	*ret = TAKE(text);
	return 0;
}

static int find_main(struct user_config *c, const char *const *names, struct err *e)
{
	size_t len = strlen(c->main);
	struct stat st;

	strcpy(c->folder, c->main);
	for (const char *const *name = names; *name; name++) {
		if (len + strlen(*name) + 2 > sizeof(c->main))
			return err_set(e, -EINVAL, "--config: the path is too long");
		sprintf(c->main + len, "/%s", *name);
		if (stat(c->main, &st) == 0)
			return 0;
	}
	return err_set(e, -EINVAL, "--config '%.500s': there is no '%s'%s%s%s in this folder",
		       c->path, names[0], names[1] ? " or '" : "", names[1] ?: "",
		       names[1] ? "'" : "");
}

int user_config_load(const char *path, const char *const *names, struct user_config **ret,
		     struct err *e)
{
	_cleanup_(user_config_freep) struct user_config *c = calloc(1, sizeof(*c));
	struct stat st;
	int r;

	if (!c)
		return err_set(e, -ENOMEM, "not enough memory");
	if (strlen(path) >= sizeof(c->path))
		return err_set(e, -EINVAL, "--config: the path is too long");
	strcpy(c->path, path);
	if (stat(path, &st) < 0 || !realpath(path, c->main))
		return err_set(e, -EINVAL, "--config '%.500s': %s", path, strerror(errno));
	r = S_ISDIR(st.st_mode) ? find_main(c, names, e) : 0;
	if (r < 0)
		return r;
	r = read_whole(c->main, &c->text, e);
	if (r < 0)
		err_prefix(e, "--config");
	else
		*ret = TAKE(c);
	return r;
}

static void forget_found(struct user_config *c)
{
	if (c->has_found)
		globfree(&c->found);
	c->has_found = false;
	free(TAKE(c->scratch));
	yaml_text_free(TAKE(c->yaml));
	free(TAKE(c->changes));
}

void user_config_free(struct user_config *c)
{
	if (!c)
		return;
	forget_found(c);
	json_decref(c->told);
	free(c->text);
	free(c->servers);
	free(c);
}

static void put_address(const struct address *a, FILE *out)
{
	char text[INET6_ADDRSTRLEN];

	if (a->family &&
	    inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->bytes, text, sizeof(text)))
		fprintf(out, "%s ", text);
}

int user_config_servers(struct user_config *c, const struct tree *t, struct err *e)
{
	size_t size;
	FILE *out;

	free(TAKE(c->servers));
	out = open_memstream(&c->servers, &size);
	for (unsigned i = 0; out && i < t->zone_count; i++)
		for (unsigned k = 0; k < t->zones[i]->server_count; k++) {
			put_address(&t->zones[i]->servers[k].v4, out);
			put_address(&t->zones[i]->servers[k].v6, out);
		}
	return out && memory_close(out, &c->servers) ? 0 : err_set(e, -ENOMEM, "not enough memory");
}

static bool find(struct user_config *c, const char *pattern)
{
	forget_found(c);
	c->has_found = glob(pattern, 0, NULL, &c->found) == 0;
	return c->has_found;
}

/* /etc/unbound/a.conf may be FOLDER/etc/unbound/a.conf, FOLDER/unbound/a.conf or FOLDER/a.conf. */
static bool find_below(struct user_config *c, const char *pattern)
{
	char path[2 * PATH_MAX];

	for (const char *part = pattern; part && *c->folder; part = strchr(part + 1, '/')) {
		snprintf(path, sizeof(path), "%s%s", c->folder, part);
		if (find(c, path))
			return true;
	}
	return false;
}

static bool find_beside(struct user_config *c, const char *pattern)
{
	const char *slash = strrchr(c->main, '/');
	char path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%.*s/%s", (int)(slash - c->main), c->main, pattern);
	return find(c, path);
}

/* ---- for the driver ---- */

static bool find_any(struct user_config *c, const char *pattern)
{
	return *pattern == '/' ? find_below(c, pattern) || find(c, pattern)
			       : find_beside(c, pattern);
}

static int is_there(lua_State *L)
{
	struct user_config *c = lua_touserdata(L, lua_upvalueindex(1));

	lua_pushboolean(L, find_any(c, luaL_checkstring(L, 1)));
	return 1;
}

static int include(lua_State *L)
{
	struct user_config *c = lua_touserdata(L, lua_upvalueindex(1));
	bool found = find_any(c, luaL_checkstring(L, 1));
	struct err e = { .text = "" };

	lua_newtable(L);
	for (size_t i = 0; found && i < c->found.gl_pathc; i++) {
		free(TAKE(c->scratch));
		if (read_whole(c->found.gl_pathv[i], &c->scratch, &e) < 0)
			return luaL_error(L, "%s", e.text);
		lua_createtable(L, 0, 2);
		script_set_text(L, "name", c->found.gl_pathv[i]);
		script_set_text(L, "text", c->scratch);
		lua_seti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static void push_entry(lua_State *L, const struct yaml_entry *n)
{
	static const char *const kinds[] = { "text", "list", "map" };

	lua_createtable(L, 0, 7);
	script_set_text(L, "path", n->path);
	script_set_text(L, "value", n->value);
	script_set_text(L, "kind", kinds[n->kind]);
	script_set_number(L, "line", n->line);
	script_set_number(L, "parent", (size_t)(n->parent + 1));
	script_set_number(L, "from", n->from + 1);
	script_set_number(L, "to", n->to);
}

static int yaml(lua_State *L)
{
	struct user_config *c = lua_touserdata(L, lua_upvalueindex(1));
	struct err e = { .text = "" };

	forget_found(c);
	if (yaml_text_read(luaL_checkstring(L, 1), &c->yaml, &e) < 0) {
		lua_pushnil(L);
		lua_pushstring(L, e.text);
		return 2;
	}
	lua_createtable(L, (int)c->yaml->count, 0);
	for (size_t i = 0; i < c->yaml->count; i++) {
		push_entry(L, &c->yaml->entries[i]);
		lua_seti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

/* change(TEXT, { [3] = "" }, MARK); texts of the table stay where they are as long as it does. */
static int change(lua_State *L)
{
	struct user_config *c = lua_touserdata(L, lua_upvalueindex(1));
	const char *text = luaL_checkstring(L, 1), *mark = luaL_checkstring(L, 3);
	struct err e = { .text = "" };

	luaL_checktype(L, 2, LUA_TTABLE);
	forget_found(c);
	if (yaml_text_read(text, &c->yaml, &e) < 0)
		return luaL_error(L, "%s", e.text);
	c->changes = calloc(c->yaml->count + 1, sizeof(*c->changes));
	for (size_t i = 0; c->changes && i < c->yaml->count; i++) {
		if (lua_geti(L, 2, (lua_Integer)i + 1) == LUA_TSTRING)
			c->changes[i] = lua_tostring(L, -1);
		lua_pop(L, 1);
	}
	if (c->changes)
		c->scratch = yaml_text_change(c->yaml, text, c->changes, mark);
	if (!c->scratch)
		return luaL_error(L, "not enough memory");
	lua_pushstring(L, c->scratch);
	return 1;
}

static void push_servers(lua_State *L, const char *text)
{
	lua_newtable(L);
	while (text && *text) {
		size_t len = strcspn(text, " ");

		lua_pushlstring(L, text, len);
		lua_pushboolean(L, 1);
		lua_settable(L, -3);
		text += len + (text[len] == ' ');
	}
}

void user_config_push(lua_State *L, struct user_config *c)
{
	static const luaL_Reg words[] = { { "include", include },
					  { "is_there", is_there },
					  { "yaml", yaml },
					  { "change", change },
					  { NULL, NULL } };

	lua_createtable(L, 0, 7);
	lua_pushlightuserdata(L, c);
	luaL_setfuncs(L, words, 1);
	script_set_text(L, "name", c->main);
	script_set_text(L, "text", c->text);
	push_servers(L, c->servers);
	lua_setfield(L, -2, "servers");
}

/* The table of texts at the top of the stack. */
static json_t *texts_json(lua_State *L)
{
	json_t *o = json_object();

	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
		if (lua_type(L, -2) == LUA_TSTRING && lua_isstring(L, -1))
			json_object_set_new(o, lua_tostring(L, -2), json_text(lua_tostring(L, -1)));
	return o;
}

/* The list under a key, of texts or of tables of texts. */
static void take_list(lua_State *L, struct user_config *c, const char *key)
{
	json_t *list = json_array();

	json_object_set_new(c->told, key, list);
	if (lua_getfield(L, -1, key) == LUA_TTABLE)
		for (lua_Integer i = 1; i <= luaL_len(L, -1); i++) {
			if (lua_geti(L, -1, i) == LUA_TTABLE)
				json_array_append_new(list, texts_json(L));
			else if (lua_isstring(L, -1))
				json_array_append_new(list, json_text(lua_tostring(L, -1)));
			lua_pop(L, 1);
		}
	lua_pop(L, 1);
}

int user_config_take(lua_State *L, struct user_config *c, struct err *e)
{
	if (!lua_istable(L, -1))
		luaL_error(L, "overlay: wants { files = { … }, overrides = { … } }");
	if (lua_getfield(L, -1, "error") == LUA_TSTRING)
		return err_set(e, -EINVAL, "%.900s", lua_tostring(L, -1));
	lua_pop(L, 1);
	json_decref(c->told);
	c->told = json_object();
	take_list(L, c, "overrides");
	take_list(L, c, "notes");
	take_list(L, c, "settings");
	take_list(L, c, "complaints");
	if (lua_getfield(L, -1, "copies") == LUA_TTABLE)
		json_object_set_new(c->told, "copies", texts_json(L));
	lua_pop(L, 1);
	lua_getfield(L, -1, "files");
	return 0;
}

/* ---- told ---- */

const char *user_config_path(const struct user_config *c)
{
	return c->main;
}

json_t *user_config_json(const struct user_config *c)
{
	return json_pack("{s:o, s:O*, s:O*, s:O*}", "path", json_text(c->path), "overrides",
			 json_object_get(c->told, "overrides"), "notes",
			 json_object_get(c->told, "notes"), "settings",
			 json_object_get(c->told, "settings"));
}

const json_t *user_config_settings(const struct user_config *c)
{
	return json_object_get(c->told, "settings");
}

static const char *text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key)) ?: "";
}

void user_config_print(const struct user_config *c, const char *resolver, FILE *out)
{
	json_t *one;
	size_t i;

	fprintf(out, "%s runs with %s as it stands, but for:\n", resolver, c->main);
	json_array_foreach(json_object_get(c->told, "overrides"), i, one)
	{
		fprintf(out, "  %s: %s -> %s\n", text_of(one, "place"), text_of(one, "was"),
			text_of(one, "is"));
	}
	json_array_foreach(json_object_get(c->told, "notes"), i, one)
	{
		fprintf(out, "  %s\n", json_string_value(one));
	}
}

bool user_config_complaint(const struct user_config *c, const char *log, char *ret, size_t size)
{
	return complaint_find(c->told, log, ret, size);
}
