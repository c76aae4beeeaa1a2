/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/resolver.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdint.h>
#include <string.h>

#include "harness/subject/driver_call.h"
#include "harness/subject/driver_files.h"
#include "harness/subject/driver_option.h"
#include "sim/base/transport.h"
#include "sim/wire/http.h"
#include "sim/world/link.h"
#include "sim/world/mounts.h"

/* forward = { { zone = ".", addresses = { "198.19.0.54" } } } */
static void push_forwards(lua_State *L, const struct subject *s)
{
	lua_newtable(L);
	for (unsigned i = 0; i < s->forward_count; i++) {
		const struct subject_forward *f = &s->forwards[i];

		lua_newtable(L);
		script_set_text(L, "zone", f->zone);
		lua_newtable(L);
		for (unsigned k = 0; f->addresses[k]; k++) {
			lua_pushstring(L, f->addresses[k]);
			lua_rawseti(L, -2, k + 1);
		}
		lua_setfield(L, -2, "addresses");
		lua_rawseti(L, -2, i + 1);
	}
	lua_setfield(L, -2, "forward");
}

/* tls = { certificate = "tls.pem", key = "tls.key", dot = 853, doh = 443, path = "/dns-query" } */
static void push_transports(lua_State *L, const struct subject *s)
{
	script_set_number(L, "connections", s->connections);
	if (!s->certificate)
		return;
	lua_newtable(L);
	script_set_text(L, "certificate", s->certificate);
	script_set_text(L, "key", s->key);
	script_set_text(L, "path", HTTP_PATH);
	if (s->dot)
		script_set_number(L, "dot", transport_ports[TRANSPORT_DOT]);
	if (s->doh)
		script_set_number(L, "doh", transport_ports[TRANSPORT_DOH]);
	lua_setfield(L, -2, "tls");
}

static void push_subject(lua_State *L, const struct call *c)
{
	const struct subject *s = c->s;

	lua_createtable(L, 0, 16);
	if (c->d->user_config)
		script_set_text(L, "config", user_config_path(c->d->user_config));
	driver_set_program(L, c->d);
	script_set_text(L, "folder", s->inside ? s->inside : s->folder);
	script_set_text(L, "mitigation", s->mitigation);
	script_set_text(L, "settings", s->settings ? s->settings : "");
	script_set_text(L, "without", s->without);
	script_set_text(L, "address4", s->address4);
	script_set_text(L, "address6", s->address6);
	script_set_text(L, "root_hints", s->root_hints);
	script_set_text(L, "root_key", s->root_key);
	script_set_text(L, "root_ds", s->root_ds);
	script_set_number(L, "seed", (int64_t)s->seed);
	push_forwards(L, s);
	push_transports(L, s);
	driver_push_chosen(L, c->d);
}

/* ---- configuration ---- */

/* A driver that knows nothing of it would have each setting counted as of no use. */
static int check_without(lua_State *L, const struct call *c)
{
	bool is_out = false;

	if (!c->s->without || !lua_istable(L, -1))
		return 0;
	if (lua_getfield(L, -1, "without") == LUA_TSTRING)
		is_out = strcmp(lua_tostring(L, -1), c->s->without) == 0;
	lua_pop(L, 1);
	return is_out ? 0
		      : err_set(c->e, -EINVAL,
				"--ablate: the driver of '%s' cannot take a setting out of a "
				"user's configuration",
				c->d->name);
}

/* The driver's files are at the top; those that a user's configuration makes of them are then. */
static int overlay(lua_State *L, struct call *c)
{
	int r;

	driver_push(L, c->d);
	lua_getfield(L, -1, "overlay");
	push_subject(L, c);
	user_config_push(L, c->d->user_config);
	lua_pushvalue(L, -5);
	lua_call(L, 3, 1);
	r = check_without(L, c);
	return r < 0 ? r : user_config_take(L, c->d->user_config, c->e);
}

/* The driver's table, and what its function gives. */
static void call_function(lua_State *L, struct call *c, const char *name)
{
	driver_push(L, c->d);
	lua_getfield(L, -1, name);
	push_subject(L, c);
	lua_call(L, 1, 1);
}

/* The driver's table and the files, on the stack. */
static int push_files(lua_State *L, struct call *c)
{
	call_function(L, c, "files");
	return c->d->user_config && lua_istable(L, -1) ? overlay(L, c) : 0;
}

static int try_config(lua_State *L)
{
	struct call *c = driver_call_of(L);

	c->r = push_files(L, c);
	return 0;
}

static int configure(lua_State *L)
{
	struct call *c = driver_call_of(L);

	c->r = push_files(L, c);
	if (c->r < 0)
		return 0;
	c->settled = false;
	c->r = driver_write_files(L, c, "resolver.conf");
	if (!c->r && !c->settled)
		return luaL_error(L, "files: the driver does not put subject.settings, which the "
				     "mitigation has, into any of them");
	call_function(L, c, "start");
	driver_take_command(L, c->commands, "start");
	return 0;
}

int resolver_try_config(struct driver *d, const char *without, struct err *e)
{
	const struct subject s = { .folder = MOUNTS_WORK,
				   .mitigation = "none",
				   .settings = "",
				   .without = without,
				   .address4 = LINK_RESOLVER_V4,
				   .address6 = LINK_RESOLVER_V6,
				   .root_hints = "",
				   .root_key = ". 3600 IN DNSKEY 257 3 8 AA==",
				   .root_ds = "" };
	struct call c = { .d = d, .s = &s, .e = e };

	return driver_carry(&c, try_config);
}

int resolver_configure(struct driver *d, const struct subject *s, const char *cell,
		       const char *const **ret_argv, struct err *e)
{
	struct call c = { .d = d, .s = s, .cell = cell, .commands = &d->start, .e = e };

	return driver_configure(&c, configure, "resolver.version", ret_argv);
}

/* ---- operations ---- */

static int operate(lua_State *L)
{
	struct call *c = driver_call_of(L);

	driver_push(L, c->d);
	if (lua_getfield(L, -1, "operations") == LUA_TTABLE)
		lua_getfield(L, -1, c->operation);
	c->absent = !lua_isfunction(L, -1);
	if (c->absent)
		return 0;
	push_subject(L, c);
	lua_pushstring(L, c->text);
	lua_call(L, 2, 1);
	driver_take_commands(L, c);
	return 0;
}

int resolver_operation(struct driver *d, const struct subject *s, enum operation op,
		       const char *zone, const char *const *const **ret, struct err *e)
{
	struct call c = { .d = d,
			  .s = s,
			  .operation = operation_name(op),
			  .text = zone,
			  .commands = &d->operation,
			  .e = e };
	int r;

	r = driver_gather(&c, operate);
	if (!r && c.absent)
		r = err_set(e, -EOPNOTSUPP, "the driver of '%s' has no operation '%s'", d->name,
			    c.operation);
	if (r < 0)
		return r;
	*ret = d->operation.list;
	return 0;
}

/* ---- counters and requests ---- */

static const char *const asked_names[] = {
	[ASKED_COUNTERS] = "counters", [ASKED_REQUESTS] = "requests"
};

static int push_asking(lua_State *L)
{
	struct call *c = driver_call_of(L);
	char what[32];

	driver_push(L, c->d);
	c->absent = lua_getfield(L, -1, c->asked) != LUA_TTABLE;
	if (c->absent)
		return 0;
	lua_getfield(L, -1, "command");
	push_subject(L, c);
	lua_call(L, 1, 1);
	snprintf(what, sizeof(what), "%s.command", c->asked);
	driver_take_command(L, c->commands, what);
	return 0;
}

const char *const *resolver_ask(struct driver *d, const struct subject *s, enum resolver_asked what)
{
	struct commands *w = &d->asking[what];
	struct call c = { .d = d, .s = s, .commands = w, .asked = asked_names[what] };

	if (driver_gather(&c, push_asking) < 0 || c.absent)
		return NULL;
	return w->list[0];
}

const struct driver_socket *resolver_socket(const struct driver *d, enum resolver_asked what)
{
	return d->sockets[what].file ? &d->sockets[what] : NULL;
}

static int read_requests(lua_State *L)
{
	struct call *c = driver_call_of(L);

	driver_push(L, c->d);
	lua_getfield(L, -1, "requests");
	lua_getfield(L, -1, "read");
	lua_pushstring(L, c->text);
	lua_call(L, 1, 1);
	if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) < 0 || lua_tointeger(L, -1) > INT32_MAX)
		return luaL_error(L, "requests.read: wants how many requests are listed");
	c->depth = (unsigned)lua_tointeger(L, -1);
	return 0;
}

int resolver_read_requests(struct driver *d, const char *text, unsigned *ret, struct err *e)
{
	struct call c = { .d = d, .text = text, .e = e };
	int r = driver_carry(&c, read_requests);

	if (r == 0)
		*ret = c.depth;
	return r;
}

static int read_text(lua_State *L)
{
	struct call *c = driver_call_of(L);
	struct driver *d = c->d;

	driver_push(L, d);
	if (lua_getfield(L, -1, "counters") != LUA_TTABLE)
		return 0;
	lua_getfield(L, -1, "read");
	lua_pushstring(L, c->text);
	lua_call(L, 1, 1);
	if (!lua_istable(L, -1))
		return luaL_error(L, "counters.read: wants { [\"name\"] = number, … }");
	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
		struct counter *grown;

		if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TNUMBER)
			return luaL_error(L, "counters.read: wants { [\"name\"] = number, … }");
		grown = reallocarray(d->counters, d->counter_count + 1, sizeof(*grown));
		if (!grown)
			return luaL_error(L, "not enough memory");
		d->counters = grown;
		grown[d->counter_count].value = lua_tonumber(L, -1);
		grown[d->counter_count].name = driver_copy(L, lua_tostring(L, -2));
		d->counter_count++;
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct counter *)a)->name, ((const struct counter *)b)->name);
}

int resolver_read_counters(struct driver *d, const char *text,
			   void (*each)(const char *name, double value, void *arg), void *arg,
			   struct err *e)
{
	struct call c = { .d = d, .text = text, .e = e };
	int r;

	driver_forget_counters(d);
	r = driver_carry(&c, read_text);
	if (r < 0)
		return r;
	/* Lua walks a table in an order that changes from run to run. */
	if (d->counter_count)
		qsort(d->counters, d->counter_count, sizeof(*d->counters), by_name);
	for (unsigned i = 0; i < d->counter_count; i++)
		each(d->counters[i].name, d->counters[i].value, arg);
	return 0;
}
