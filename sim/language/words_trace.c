/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/words_trace.h"

#include <string.h>

#define FILES_MAX 10000
#define TIMES_MAX 1000

/* ---- files ---- */

/* The path on top of the stack: relative to the script's. */
static void read_path(const struct args *a, const struct scenario *s, size_t size, char *ret)
{
	const char *file = lua_tostring(a->L, -1), *slash = strrchr(s->path, '/');
	int folder = slash && file && file[0] != '/' ? (int)(slash + 1 - s->path) : 0;

	if (lua_type(a->L, -1) != LUA_TSTRING || !*file)
		args_fail(a, "pcap and text want a path, or a list of paths");
	if ((size_t)snprintf(ret, size, "%.*s%s", folder, s->path, file) >= size)
		args_fail(a, "the path '%.100s…' is too long", file);
	if (access(ret, R_OK))
		args_fail(a, "cannot read '%s': %m", ret);
}

static void add_file(const struct args *a, const struct scenario *s, struct traffic *t)
{
	char path[sizeof(t->path)];
	char **place;

	if (!*t->path) {
		read_path(a, s, sizeof(t->path), t->path);
		return;
	}
	read_path(a, s, sizeof(path), path);
	place = words_grow(a->L, &t->more, &t->more_count, sizeof(*place));
	*place = strdup(path);
	if (!*place)
		args_fail(a, "no memory for a path");
}

void words_read_files(const struct args *a, const struct scenario *s, struct traffic *t)
{
	lua_State *L = a->L;

	if (lua_getfield(L, a->index, t->is_text ? "text" : "pcap") != LUA_TTABLE) {
		add_file(a, s, t);
		lua_pop(L, 1);
		return;
	}
	for (lua_Integer i = 1; i <= FILES_MAX && lua_geti(L, -1, i) != LUA_TNIL; i++) {
		add_file(a, s, t);
		lua_pop(L, 1);
	}
	lua_settop(L, a->index > 0 ? a->index : lua_gettop(L));
	if (!*t->path)
		args_fail(a, "pcap and text want a path, or a list of paths");
}

/* ---- what of them ---- */

/* "192.0.2.0/24", "2001:db8::1" */
static void read_prefix(const struct args *a, struct traffic_filter *f)
{
	char text[64];
	char *slash, *end = NULL;

	if (!args_has(a, "clients"))
		return;
	snprintf(text, sizeof(text), "%s", args_text(a, "clients", ""));
	slash = strchr(text, '/');
	if (slash)
		*slash++ = '\0';
	if (!address_parse(text, &f->clients))
		args_fail(a, "clients wants a prefix, like \"192.0.2.0/24\" or \"2001:db8::/32\"");
	f->bits = (unsigned)address_len(&f->clients) * 8;
	if (!slash)
		return;
	unsigned long bits = strtoul(slash, &end, 10);

	if (*end || !*slash || bits > f->bits)
		args_fail(a, "clients: a prefix of %u bits has no /%s", f->bits, slash);
	f->bits = (unsigned)bits;
}

/* An instant as the trace has it, or its seconds. */
static bool read_time(const struct args *a, const char *key, simtime *ret)
{
	const char *text;
	char *end;
	double seconds;
	struct err e;

	if (!args_has(a, key))
		return false;
	text = args_text(a, key, "");
	seconds = strtod(text, &end);
	if (*text && !*end && seconds >= 0 && seconds < 9e9)
		*ret = (simtime)(seconds * SECOND);
	else if (simtime_parse(text, ret, &e))
		args_fail(a, "%s: %s", key, e.text);
	return true;
}

static void read_only(const struct args *a, struct traffic_filter *f)
{
	struct err e;

	read_prefix(a, f);
	if (args_has(a, "below") && name_parse(args_text(a, "below", "."), f->below, &e))
		args_fail(a, "below: %s", e.text);
	f->has_begin = read_time(a, "from", &f->begin);
	f->has_end = read_time(a, "to", &f->end);
}

void words_read_filter(const struct args *a, struct traffic *t)
{
	static const char *const keys[] = { "clients", "below", "from", "to", NULL };
	int index = args_push(a, "only");

	if (index >= 0) {
		struct args only = args_table(a->L, index, "only", keys);

		read_only(&only, &t->filter);
		lua_pop(a->L, 1);
	}
	t->filter.keep = args_number(a, "keep", 0, 0, 1);
	t->filter.times = (unsigned)args_count(a, "times", 1, 1, TIMES_MAX);
}

/* ---- ports ---- */

static void add_port(const struct args *a, struct traffic *t)
{
	lua_Integer port = lua_tointeger(a->L, -1);

	if (!lua_isinteger(a->L, -1) || port < 1 || port > UINT16_MAX)
		args_fail(a, "port wants a number from 1 to 65535, or a list: { 53, 5353 }");
	if (t->port_count == TRAFFIC_PORTS_MAX)
		args_fail(a, "port: more than %d", TRAFFIC_PORTS_MAX);
	t->ports[t->port_count++] = (uint16_t)port;
}

/* port = 8053, or { 53, 5353 } */
void words_read_ports(const struct args *a, struct traffic *t)
{
	lua_State *L = a->L;

	if (t->is_text && args_has(a, "port"))
		args_fail(a, "a list of queries has no ports");
	if (lua_getfield(L, a->index, "port") == LUA_TTABLE) {
		for (lua_Integer i = 1; lua_geti(L, -1, i) != LUA_TNIL; i++) {
			add_port(a, t);
			lua_pop(L, 1);
		}
		lua_pop(L, 1);
	} else if (!lua_isnil(L, -1)) {
		add_port(a, t);
	}
	lua_pop(L, 1);
}

/* ---- of dnstap ---- */

/* messages = "client", or "resolver" */
void words_read_messages(const struct args *a, struct traffic *t)
{
	const char *whose = args_text(a, "messages", "client");

	t->of_resolvers = strcmp(whose, "resolver") == 0;
	if (t->of_resolvers && t->is_text)
		args_fail(a, "messages is for dnstap, and not for a list of queries");
	if (!t->of_resolvers && strcmp(whose, "client") != 0)
		args_fail(a, "messages is \"client\" or \"resolver\", not \"%s\"", whose);
}
