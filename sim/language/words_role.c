/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/words_role.h"

#include <errno.h>
#include <string.h>

int words_role_find(const struct scenario *s, const char *name)
{
	for (unsigned i = 0; i < s->role_count; i++)
		if (strcmp(s->roles[i].name, name) == 0)
			return (int)i;
	return -1;
}

static void check_name(const struct args *a, const struct scenario *s, const char *name)
{
	const struct role *other;

	if (!*name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(name))
		args_fail(a, "'%s' is no name for a resolver: it has a-z, 0-9 and '-'", name);
	if (words_role_find(s, name) < 0)
		return;
	other = &s->roles[words_role_find(s, name)];
	args_fail(a, "there is a resolver '%s' already (%s)", name, other->place);
}

/* What may be asked there, as a zone's name that ends in a dot. */
static void read_zone(const struct args *a, const char *text, char ret[NAME_TEXT_LEN])
{
	uint8_t name[NAME_MAX_LEN];

	words_name(a->L, a->word, text, name);
	name_text(name, ret);
}

bool words_role_name(lua_State *L, int index, const struct scenario *s, char ret[32])
{
	const struct resolver_value *v = luaL_testudata(L, index, VALUE_RESOLVER);

	if (v && v->role >= 0)
		strcpy(ret, s->roles[v->role].name);
	else if (lua_type(L, index) == LUA_TSTRING)
		words_copy(L, "a resolver's name", lua_tostring(L, index), ret, 32);
	else
		return false;
	return true;
}

/* forward = { ["."] = cluster, ["in-addr.arpa."] = vpc } */
static void read_forwards(const struct args *role, const struct scenario *s, struct role *r)
{
	const char *names[ARGS_MAX_KEYS];
	struct args a = { .L = role->L,
			  .index = args_push(role, "forward"),
			  .word = "resolver: forward" };
	unsigned n;

	if (a.index < 0)
		return;
	n = args_sorted(&a, names);
	if (n > FORWARDS_MAX)
		args_fail(&a, "more than %d zones", FORWARDS_MAX);
	for (unsigned i = 0; i < n; i++) {
		struct forward *f = &r->forwards[r->forward_count++];

		read_zone(&a, names[i], f->zone);
		lua_getfield(a.L, a.index, names[i]);
		if (!words_role_name(a.L, -1, s, f->to))
			args_fail(&a, "wants { [\"ZONE\"] = RESOLVER }, where RESOLVER is what "
				      "resolver(\"NAME\", { ... }) gave, or its name");
		lua_pop(a.L, 1);
	}
	lua_pop(a.L, 1);
}

/* capped = { pps = 1024, per = "client" } */
static void read_cap(const struct args *role, struct role *r)
{
	static const char *const keys[] = { "pps", "per", NULL };
	struct args a;
	const char *per;

	if (lua_getfield(role->L, role->index, "capped") == LUA_TNIL) {
		lua_pop(role->L, 1);
		return;
	}
	a = args_table(role->L, -1, "resolver: capped", keys);
	args_need(&a, "pps");
	r->cap = (unsigned)args_count(&a, "pps", 0, 1, 10000000);
	per = args_text(&a, "per", "client");
	r->is_cap_shared = strcmp(per, "all") == 0;
	if (!r->is_cap_shared && strcmp(per, "client") != 0)
		args_fail(&a, "per is \"client\" (each address that asks has so many) or \"all\"");
	lua_pop(role->L, 1);
}

static void read_link(const struct args *a, struct role *r)
{
	r->delay = args_duration(a, "delay", MSEC);
	if (r->delay <= 0 || r->delay > MINUTE)
		args_fail(a, "delay is the time that a packet takes one way: above 0, at most 1m");
	r->loss = args_number(a, "loss", 0, 0, 1);
	r->capacity = args_number(a, "capacity", 0, 0, 1e12);
	r->queue = args_duration(a, "queue", 100 * MSEC);
}

/* like = cache: one that is told above */
static int read_like(const struct args *a, const struct scenario *s)
{
	char name[32];
	int role;

	if (!args_has(a, "like"))
		return -1;
	if (args_has(a, "driver") || args_has(a, "mitigation") || args_has(a, "tested"))
		args_fail(a, "like says driver and mitigation: leave them out, and 'tested'");
	lua_getfield(a->L, a->index, "like");
	if (!words_role_name(a->L, -1, s, name))
		args_fail(a, "like wants what resolver(\"NAME\", { ... }) gave, or its name");
	lua_pop(a->L, 1);
	role = words_role_find(s, name);
	if (role < 0)
		args_fail(a, "like: there is no resolver '%s' above", name);
	return s->roles[role].like < 0 ? role : s->roles[role].like;
}

static int word_resolver(lua_State *L)
{
	static const char *const keys[] = { "count", "driver",	 "mitigation", "forward", "delay",
					    "loss",  "capacity", "queue",      "capped",  "asked",
					    "like",  "tested",	 NULL };
	struct scenario *s = words_world(L, "resolver");
	const char *name = luaL_checkstring(L, 2);
	struct args a = args_table(L, 3, "resolver", keys);
	struct role r = { .count = 1 };
	struct resolver_value *v;

	check_name(&a, s, name);
	if (s->role_count == ROLES_MAX)
		args_fail(&a, "more than %d of them", ROLES_MAX);
	words_copy(L, "the resolver's name", name, r.name, sizeof(r.name));
	words_copy(L, "driver", args_text(&a, "driver", ""), r.driver, sizeof(r.driver));
	words_copy(L, "mitigation", args_text(&a, "mitigation", "none"), r.mitigation,
		   sizeof(r.mitigation));
	r.count = (unsigned)args_count(&a, "count", 1, 1, HOSTS_MAX);
	r.is_asked = args_flag(&a, "asked", false);
	r.is_tested = args_flag(&a, "tested", false);
	r.like = read_like(&a, s);
	read_link(&a, &r);
	read_cap(&a, &r);
	read_forwards(&a, s, &r);
	words_place(L, r.place);
	*(struct role *)words_grow(L, &s->roles, &s->role_count, sizeof(r)) = r;
	v = words_value(L, VALUE_RESOLVER, sizeof(*v));
	v->role = (int)s->role_count - 1;
	strcpy(v->name, r.name);
	return 1;
}

void words_role_open(lua_State *L)
{
	struct resolver_value *v = lua_touserdata(L, -1);

	v->role = -1;
	lua_getmetatable(L, -1);
	lua_pushvalue(L, -3);
	lua_pushcclosure(L, word_resolver, 1);
	lua_setfield(L, -2, "__call");
	lua_pop(L, 1);
}

/* ---- when all is told ---- */

static int find_targets(struct scenario *s, struct role *r, struct err *e)
{
	for (unsigned i = 0; i < r->forward_count; i++) {
		int to = words_role_find(s, r->forwards[i].to);

		if (to < 0)
			return err_set(e, -EINVAL,
				       "%s: resolver '%s' forwards to '%s', and there is no such "
				       "resolver",
				       r->place, r->name, r->forwards[i].to);
		r->forwards[i].role = (unsigned)to;
		s->roles[to].is_forwarded_to = true;
	}
	return 0;
}

/* The way that was gone so far, each role once. */
struct way {
	unsigned roles[ROLES_MAX + 1], count;
};

static int tell_circle(const struct scenario *s, const struct way *w, struct err *e)
{
	const struct role *last = &s->roles[w->roles[w->count - 1]];
	char text[600] = "";
	size_t len = 0;

	for (unsigned i = 0; i < w->count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s'%s'", i ? " to " : "",
					s->roles[w->roles[i]].name);
	return err_set(e, -EINVAL, "%s: resolvers forward in a circle: %s", last->place, text);
}

static int follow(const struct scenario *s, struct way *w, struct err *e)
{
	const struct role *r = &s->roles[w->roles[w->count - 1]];
	int code = 0;

	for (unsigned i = 0; i + 1 < w->count; i++)
		if (w->roles[i] == w->roles[w->count - 1])
			return tell_circle(s, w, e);
	for (unsigned i = 0; code == 0 && i < r->forward_count; i++) {
		w->roles[w->count++] = r->forwards[i].role;
		code = follow(s, w, e);
		w->count--;
	}
	return code;
}

/* The one that all ask who have no list. */
static int find_asked(struct scenario *s, struct err *e)
{
	unsigned asked = 0, fronts = 0, front = 0;

	for (unsigned i = 0; i < s->role_count; i++) {
		if (s->roles[i].is_asked) {
			s->asked = i;
			asked++;
		}
		if (!s->roles[i].is_forwarded_to) {
			front = i;
			fronts++;
		}
	}
	if (asked > 1)
		return err_set(e, -EINVAL,
			       "%s: clients ask one resolver's role: 'asked' is said twice",
			       s->roles[s->asked].place);
	if (asked == 1)
		return 0;
	if (s->traffic[0].stub.asks_count)
		front = s->traffic[0].stub.roles[0];
	else if (fronts != 1)
		return err_set(e, -EINVAL,
			       "%s: nobody forwards to %u of the resolvers: say which one the "
			       "clients ask, with 'asked = true'",
			       s->roles[0].place, fronts);
	s->asked = front;
	return 0;
}

/* The one that is said to be, or that clients ask. */
static int find_tested(struct scenario *s, struct err *e)
{
	unsigned count = 0;

	s->tested = s->roles[s->asked].like < 0 ? s->asked : (unsigned)s->roles[s->asked].like;
	for (unsigned i = 0; i < s->role_count; i++) {
		if (!s->roles[i].is_tested)
			continue;
		s->tested = i;
		count++;
	}
	return count < 2 ? 0
			 : err_set(e, -EINVAL,
				   "%s: one resolver's role is under test: 'tested' is said twice",
				   s->roles[s->tested].place);
}

/* Of a stub's list. */
static int find_listed(const struct scenario *s, struct traffic *t, struct err *e)
{
	for (unsigned i = 0; i < t->stub.asks_count; i++) {
		int role = words_role_find(s, t->stub.asks[i]);

		if (role < 0)
			return err_set(
				e, -EINVAL,
				"%s: traffic: stub: resolvers has '%s', and there is no such "
				"resolver",
				t->place, t->stub.asks[i]);
		t->stub.roles[i] = (unsigned)role;
	}
	return 0;
}

/* Who has no list asks the one that all ask. */
static void list_asked(const struct scenario *s, struct stub_plan *p)
{
	if (p->asks_count || !s->role_count)
		return;
	strcpy(p->asks[0], s->roles[s->asked].name);
	p->roles[0] = s->asked;
	p->asks_count = 1;
}

int words_check_roles(struct scenario *s, struct err *e)
{
	unsigned hosts = 0;
	int r = 0;

	for (unsigned i = 0; r == 0 && i < s->role_count; i++) {
		hosts += s->roles[i].count;
		r = find_targets(s, &s->roles[i], e);
	}
	for (unsigned i = 0; r == 0 && i < s->role_count; i++) {
		struct way w = { { i }, 1 };

		r = follow(s, &w, e);
	}
	if (r == 0 && hosts > HOSTS_MAX)
		return err_set(e, -EINVAL, "%s: %u resolvers in all, and %d are the most",
			       s->roles[0].place, hosts, HOSTS_MAX);
	for (unsigned i = 0; r == 0 && i < s->traffic_count; i++)
		r = find_listed(s, &s->traffic[i], e);
	if (r == 0 && s->role_count)
		r = find_asked(s, e);
	if (r == 0 && s->role_count)
		r = find_tested(s, e);
	for (unsigned i = 0; r == 0 && i < s->traffic_count; i++)
		list_asked(s, &s->traffic[i].stub);
	return r;
}
