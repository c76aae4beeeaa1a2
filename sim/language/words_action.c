/* SPDX-License-Identifier: BSD-2-Clause */
/* words_action.c - what can happen: mark, and the methods of zones, servers and the resolver. */
#include "sim/language/words_action.h"

#include <string.h>

#include "sim/language/words_aim.h"
#include "sim/language/words_role.h"

struct server_value {
	struct zone *zone;
	unsigned server;
};

struct action *words_new_action(lua_State *L, enum action_kind kind)
{
	const struct words *w = lua_touserdata(L, lua_upvalueindex(1));
	struct action *a;

	if (!w->acting)
		words_scenario(L);
	else if (kind == ACTION_SIGN || kind == ACTION_FAULT || kind == ACTION_SIGNER)
		luaL_error(L, "an operator acts on the resolver: zones, servers and signers are "
			      "the same in every cell");
	a = words_value(L, VALUE_ACTION, sizeof(*a));
	a->kind = kind;
	return a;
}

/* "de. SOA", or "apex-nsec3", or "apex-nsec". */
static void read_rrset(const struct args *a, const struct zone *z, const char *text,
		       struct rrset_ref *ret)
{
	char name[NAME_TEXT_LEN], type[16];

	if (strcmp(text, "apex-nsec3") == 0 || strcmp(text, "apex-nsec") == 0) {
		name_copy(ret->owner, z->apex);
		ret->type = text[9] ? RR_NSEC3 : RR_NSEC;
		return;
	}
	if (sscanf(text, "%1000s %15s", name, type) != 2)
		args_fail(a, "always_mismatched wants \"apex-nsec3\" or \"NAME TYPE\", not \"%s\"",
			  text);
	words_name(a->L, "sign: always_mismatched", name, ret->owner);
	ret->type = words_type(a, "always_mismatched", type);
	if (!name_under(ret->owner, z->apex))
		args_fail(a, "always_mismatched: '%s' is not in the zone", name);
}

static void read_always(const struct args *sign, struct action *action)
{
	lua_State *L = sign->L;
	int index = args_push(sign, "always_mismatched");
	lua_Unsigned n = index < 0 ? 0 : lua_rawlen(L, index);

	if (index < 0)
		return;
	if (!n || n > ALWAYS_MAX)
		args_fail(sign, "always_mismatched is a list of 1 to %d RRsets", ALWAYS_MAX);
	for (lua_Unsigned i = 0; i < n; i++) {
		lua_rawgeti(L, index, (lua_Integer)i + 1);
		if (lua_type(L, -1) != LUA_TSTRING)
			args_fail(sign, "always_mismatched is a list of texts");
		read_rrset(sign, action->zone, lua_tostring(L, -1), &action->always[i]);
		lua_pop(L, 1);
	}
	action->always_count = (unsigned)n;
	lua_pop(L, 1);
}

/* reaches_servers = "19:30", or { from = "22:08", to = "23:15" } */
static void read_reach(const struct args *sign, struct action *action)
{
	static const char *const keys[] = { "from", "to", NULL };
	lua_State *L = sign->L;
	struct signing *s = &action->signing;
	int type = lua_getfield(L, sign->index, "reaches_servers");

	action->at_once = type == LUA_TNIL;
	if (type == LUA_TSTRING) {
		s->reach_from = words_time(L, "sign: reaches_servers", lua_tostring(L, -1));
		s->reach_to = s->reach_from;
	} else if (type != LUA_TNIL) {
		struct args a = args_table(L, -1, "reaches_servers", keys);

		args_need(&a, "from");
		args_need(&a, "to");
		s->reach_from = words_time_key(&a, "from", 0);
		s->reach_to = words_time_key(&a, "to", 0);
		if (s->reach_to < s->reach_from)
			args_fail(&a, "ends before it begins");
	}
	lua_pop(L, 1);
}

static unsigned find_signer(const struct args *a, const struct zone *z, const char *name)
{
	char known[512] = "";
	size_t len = 0;

	for (unsigned i = 0; i < z->key_count; i++) {
		if (z->keys[i].role == KEY_KSK)
			continue;
		if (strcmp(z->keys[i].name, name) == 0)
			return i;
		if (len < sizeof(known))
			len += (size_t)snprintf(known + len, sizeof(known) - len, "%s'%s'",
						len ? ", " : "", z->keys[i].name);
	}
	args_fail(a, "there is no ZSK '%s'; there is: %s", name, known);
	return 0;
}

/* also = { "old" }: who signs beside the key. */
static void read_also(const struct args *sign, struct action *action)
{
	lua_State *L = sign->L;
	int index = args_push(sign, "also");
	lua_Unsigned n = index < 0 ? 0 : lua_rawlen(L, index);

	for (lua_Unsigned i = 0; i < n; i++) {
		lua_rawgeti(L, index, (lua_Integer)i + 1);
		if (lua_type(L, -1) != LUA_TSTRING)
			args_fail(sign, "also is a list of keys' names");
		action->signing.also |= UINT64_C(1)
					<< find_signer(sign, action->zone, lua_tostring(L, -1));
		lua_pop(L, 1);
	}
	if (index >= 0)
		lua_pop(L, 1);
}

/* The zone is published without signatures; the DNSKEY RRset is what its keys' times make it. */
static int method_unsign(lua_State *L)
{
	struct zone *z = words_check_zone(L, 1, "zone:unsign(), with a colon,");
	struct action *action;

	if (!z->is_signed || z->as_signed)
		return luaL_error(L, "unsign: the zone is %s",
				  z->as_signed ? "taken as signed, and stays as its file has it"
					       : "not signed");
	action = words_new_action(L, ACTION_SIGN);
	action->zone = z;
	action->at_once = true;
	action->signing.key = z->signings[0].key;
	action->signing.withheld = true;
	return 1;
}

static int method_sign(lua_State *L)
{
	static const char *const keys[] = {
		"key", "mismatched", "always_mismatched", "reaches_servers", "also", NULL
	};
	struct zone *z = words_check_zone(L, 1, "zone:sign { … }, with a colon,");
	struct args a = args_table(L, 2, "sign", keys);
	struct action *action;

	args_need(&a, "key");
	if (!z->is_signed)
		return args_fail(&a, "the zone is not signed");
	if (z->as_signed)
		return args_fail(&a, "the zone is taken as signed, and stays as its file has it");
	action = words_new_action(L, ACTION_SIGN);
	action->zone = z;
	action->signing.key = find_signer(&a, z, args_text(&a, "key", ""));
	action->signing.mismatched = args_number(&a, "mismatched", 0, 0, 1);
	read_always(&a, action);
	read_also(&a, action);
	read_reach(&a, action);
	return 1;
}

static int method_server(lua_State *L)
{
	struct zone *z = words_check_zone(L, 1, "zone:server \"NAME\", with a colon,");
	struct server_value *v;
	uint8_t name[NAME_MAX_LEN];

	words_name(L, "server", lua_tostring(L, 2), name);
	for (unsigned i = 0; i < z->server_count; i++) {
		if (!name_equal(z->servers[i].name, name))
			continue;
		v = words_value(L, VALUE_SERVER, sizeof(*v));
		*v = (struct server_value){ .zone = z, .server = i };
		return 1;
	}
	return luaL_error(L, "the zone has no server '%s'", lua_tostring(L, 2));
}

/* Begins a fault of the server whose method is called: `how` it is told. */
static struct action *disturb(lua_State *L, const struct args *a, const char *name, const char *how)
{
	const struct server_value *v = luaL_testudata(L, 1, VALUE_SERVER);
	char server[NAME_TEXT_LEN];
	struct action *action;

	if (!v)
		luaL_error(L, "write zone:server(\"NAME\"):%s { … }, with colons", a->word);
	if (v->server > 63)
		luaL_error(L, "only the first 64 servers of a zone can be told apart");
	action = words_new_action(L, ACTION_FAULT);
	action->zone = v->zone;
	action->server = v->server;
	action->fault.row = fault_find(name);
	action->fault.servers = UINT64_C(1) << v->server;
	action->fault.until = words_time_key(a, "to", SIMTIME_NEVER);
	action->fault.share = 1;
	snprintf(action->text, sizeof(action->text), "%.90s %.60s",
		 name_text(v->zone->servers[v->server].name, server), how);
	words_aim(a, action);
	words_aim_text(action, action->text, sizeof(action->text));
	return action;
}

static int method_dark(lua_State *L)
{
	static const char *const keys[] = { "to", AIM_KEYS, NULL };
	struct args a;

	if (lua_isnoneornil(L, 2)) {
		lua_settop(L, 1);
		lua_newtable(L);
	}
	a = args_table(L, 2, "dark", keys);
	disturb(L, &a, "authority-dark", "goes dark");
	return 1;
}

static int method_drop(lua_State *L)
{
	static const char *const keys[] = { "share", "to", AIM_KEYS, NULL };
	struct args a = args_table(L, 2, "drop", keys);
	double share = args_number(&a, "share", 0, 0, 1);
	char how[60];

	if (share <= 0)
		return args_fail(&a, "needs a share above 0");
	snprintf(how, sizeof(how), "drops %.3g %% of the queries", share * 100);
	disturb(L, &a, share < 1 ? "authority-drop" : "authority-dark", how)->fault.share = share;
	return 1;
}

static int method_delay(lua_State *L)
{
	static const char *const keys[] = { "by", "jitter", "to", AIM_KEYS, NULL };
	struct args a = args_table(L, 2, "delay", keys);
	simtime by = args_duration(&a, "by", 0);
	char how[60], duration[32];
	struct action *action;

	if (by <= 0)
		return args_fail(&a, "needs 'by', a duration");
	snprintf(how, sizeof(how), "answers %s late", simtime_duration_text(by, duration));
	action = disturb(L, &a, "authority-delay", how);
	action->fault.values[0] = by;
	action->fault.values[1] = args_duration(&a, "jitter", 0);
	return 1;
}

/* The zone that an operator names: `resolver:nta "de."`. */
static int operate(lua_State *L, enum operation op, bool with_zone)
{
	const struct resolver_value *v = luaL_testudata(L, 1, VALUE_RESOLVER);
	struct action *action;
	uint8_t name[NAME_MAX_LEN];
	char text[NAME_TEXT_LEN];

	if (!v)
		return luaL_error(L, "write resolver:%s, with a colon", operation_name(op));
	action = words_new_action(L, ACTION_OPERATE);
	action->operation = op;
	action->role = (unsigned)(v->role + 1);
	if (v->role >= 0)
		strcpy(action->role_name, v->name);
	if (!with_zone)
		return 1;
	words_name(L, operation_name(op), lua_tostring(L, 2), name);
	name_text(name, text);
	if (strlen(text) >= sizeof(action->name))
		return luaL_error(L, "%s: '%s' is too long", operation_name(op), text);
	strcpy(action->name, text);
	return 1;
}

static int method_nta(lua_State *L)
{
	return operate(L, OPERATION_NTA, true);
}

static int method_nta_remove(lua_State *L)
{
	return operate(L, OPERATION_NTA_REMOVE, true);
}

static int method_flush(lua_State *L)
{
	return operate(L, OPERATION_FLUSH, true);
}

static int method_flush_all(lua_State *L)
{
	return operate(L, OPERATION_FLUSH_ALL, false);
}

static int method_reload(lua_State *L)
{
	return operate(L, OPERATION_RELOAD, false);
}

static int method_restart(lua_State *L)
{
	return operate(L, OPERATION_RESTART, false);
}

static int method_validation_off(lua_State *L)
{
	return operate(L, OPERATION_VALIDATION_OFF, false);
}

static int method_validation_on(lua_State *L)
{
	return operate(L, OPERATION_VALIDATION_ON, false);
}

static unsigned read_names(lua_State *L)
{
	static const char *const keys[] = { "names", NULL };
	struct args a;

	if (lua_isnoneornil(L, 3))
		return 1;
	a = args_table(L, 3, "probe", keys);
	return (unsigned)args_count(&a, "names", 1, 1, PROBE_NAMES);
}

/* resolver:probe("de." [, { names = 5 }]) */
static int method_probe(lua_State *L)
{
	const struct words *w = lua_touserdata(L, lua_upvalueindex(1));
	unsigned names = read_names(L);
	uint8_t apex[NAME_MAX_LEN];
	const struct zone *z;
	struct action *a;

	if (!w->acting)
		return luaL_error(L,
				  "resolver:probe is for the function of a watch, which can look "
				  "at what came of it");
	operate(L, OPERATION_PROBE, true);
	a = lua_touserdata(L, -1);
	a->names = names;
	words_name(L, "probe", a->name, apex);
	z = words_find_zone(w->acting, apex);
	if (!z || !z->population || z->population->signed_share <= 0)
		return luaL_error(L, "probe: there are no signed delegations below '%s'", a->name);
	return 1;
}

static int word_mark(lua_State *L)
{
	const char *text = luaL_checkstring(L, 1);
	struct action *action = words_new_action(L, ACTION_MARK);

	if (strlen(text) >= sizeof(((struct event *)0)->what))
		return luaL_error(L, "mark: the text is too long");
	strcpy(action->name, text);
	return 1;
}

const luaL_Reg words_action[] = {
	{ "mark", word_mark },
	{ NULL, NULL },
};

const luaL_Reg words_zone_methods[] = {
	{ "sign", method_sign },
	{ "unsign", method_unsign },
	{ "server", method_server },
	{ NULL, NULL },
};

const luaL_Reg words_server_methods[] = {
	{ "dark", method_dark },
	{ "drop", method_drop },
	{ "delay", method_delay },
	{ NULL, NULL },
};

const luaL_Reg words_resolver_methods[] = {
	{ "nta", method_nta },
	{ "nta_remove", method_nta_remove },
	{ "flush", method_flush },
	{ "flush_all", method_flush_all },
	{ "reload", method_reload },
	{ "restart", method_restart },
	{ "validation_off", method_validation_off },
	{ "validation_on", method_validation_on },
	{ "probe", method_probe },
	{ NULL, NULL },
};
