/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/rollover_script.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "sim/base/nearest.h"
#include "sim/base/shipped.h"
#include "sim/language/params.h"
#include "sim/language/script.h"
#include "sim/language/words.h"

#define TTL_MAX INT32_MAX /* RFC 2181 section 8 */
#define NUMBER_MAX 1e9 /* seconds after the beginning: 31 years */

/* What the words fill: lent to them as an upvalue. */
struct plan {
	struct rollover *r;
	const struct scenario_options *options;
	bool begun;
	struct param *params;
	unsigned param_count;
};

static struct plan *plan_of(lua_State *L)
{
	return lua_touserdata(L, lua_upvalueindex(1));
}

/* ---- times ---- */

/* ISO 8601, "HH:MM" after the beginning, or "+90s". */
static simtime parse_instant(const struct args *a, const char *key, const char *text)
{
	const struct rollover *r = plan_of(a->L)->r;
	struct err e;
	simtime t;

	if (text[0] != '+') {
		if (simtime_parse_after(text, r->from, &t, &e))
			args_fail(a, "%s: %s", key, e.text);
		return t;
	}
	if (simtime_parse_duration(text + 1, &t, &e) ||
	    simtime_check(simtime_plus(r->from, t), text, &e))
		args_fail(a, "%s: %s", key, e.text);
	return r->from + t;
}

/* An instant as text, seconds after the beginning as a number, or "never". */
static simtime instant(const struct args *a, const char *key, simtime def)
{
	lua_State *L = a->L;
	int type = lua_getfield(L, a->index, key);
	simtime t = def;
	struct err e;

	if (type == LUA_TNUMBER) {
		double n = lua_tonumber(L, -1);

		if (!(n >= 0 && n <= NUMBER_MAX))
			args_fail(a, "%s is %g: seconds after the beginning are 0 to %g", key, n,
				  NUMBER_MAX);
		t = simtime_plus(plan_of(L)->r->from, (simtime)llround(n * (double)SECOND));
		if (simtime_check(t, lua_tostring(L, -1), &e))
			args_fail(a, "%s: %s", key, e.text);
	} else if (type == LUA_TSTRING) {
		const char *text = lua_tostring(L, -1);

		t = strcmp(text, "never") == 0 ? SIMTIME_NEVER : parse_instant(a, key, text);
	} else if (type != LUA_TNIL) {
		args_fail(a,
			  "%s wants an instant, like \"2026-05-05T12:00Z\", \"+2h\" or a number "
			  "of seconds after the beginning, not a %s",
			  key, luaL_typename(L, -1));
	}
	lua_pop(L, 1);
	return t;
}

/* ---- rollover { … } ---- */

static simtime ttl(const struct args *a, const char *key, simtime def)
{
	return (simtime)args_count(a, key, (uint64_t)(def / SECOND), 0, TTL_MAX) * SECOND;
}

static void read_ttls(const struct args *plan, struct rollover *r)
{
	static const char *const keys[] = { "dnskey", "ds", "zone", "negative", NULL };
	struct args a;

	args_push(plan, "ttl");
	a = args_table(plan->L, -1, "ttl", keys);
	for (int i = 0; i < 3; i++)
		args_need(&a, keys[i]);
	r->ttl.dnskey = ttl(&a, "dnskey", 0);
	r->ttl.ds = ttl(&a, "ds", 0);
	r->ttl.zone = ttl(&a, "zone", 0);
	r->ttl.negative = ttl(&a, "negative", HOUR);
	lua_pop(plan->L, 1);
}

static void read_propagation(const struct args *plan, struct rollover *r)
{
	static const char *const keys[] = { "zone", "parent", NULL };
	struct args a;

	args_push(plan, "propagation");
	a = args_table(plan->L, -1, "propagation", keys);
	args_need(&a, "zone");
	args_need(&a, "parent");
	r->propagation.zone = args_duration(&a, "zone", 0);
	r->propagation.parent = args_duration(&a, "parent", 0);
	lua_pop(plan->L, 1);
}

static void read_zone(const struct args *a, struct rollover *r)
{
	uint8_t wire[NAME_MAX_LEN];
	char text[NAME_TEXT_LEN];

	words_name(a->L, "rollover: zone", args_text(a, "zone", ""), wire);
	if (!wire[0])
		args_fail(a, "the root has no DS: a rollover of its keys is another matter "
			     "(RFC 5011)");
	words_copy(a->L, "zone", name_text(wire, text), r->zone, sizeof(r->zone));
}

static int word_rollover(lua_State *L)
{
	static const char *const keys[] = { "name",	   "title",   "zone",	  "from", "ttl",
					    "propagation", "signing", "validity", NULL };
	static const char *const needed[] = { "name", "zone", "from", "ttl", "propagation", NULL };
	struct args a = args_table(L, 1, "rollover", keys);
	struct plan *p = plan_of(L);
	struct rollover *r = p->r;
	struct err e;

	for (const char *const *key = needed; *key; key++)
		args_need(&a, *key);
	if (p->begun)
		return args_fail(&a, "is told once");
	words_copy(L, "name", args_text(&a, "name", ""), r->name, sizeof(r->name));
	words_copy(L, "title", args_text(&a, "title", r->name), r->title, sizeof(r->title));
	read_zone(&a, r);
	if (simtime_parse(args_text(&a, "from", ""), &r->from, &e))
		return args_fail(&a, "from: %s", e.text);
	read_ttls(&a, r);
	read_propagation(&a, r);
	r->signing = args_duration(&a, "signing", 0);
	r->validity = args_duration(&a, "validity", 0);
	p->begun = true;
	return 0;
}

/* ---- key(NAME, { … }) ---- */

static enum key_role read_role(const struct args *a)
{
	static const char *const names[] = { "ksk", "zsk", "csk" };
	const char *name = args_text(a, "role", "");

	for (int i = 0; i < 3; i++)
		if (strcmp(names[i], name) == 0)
			return (enum key_role)i;
	args_fail(a, "role is \"ksk\", \"zsk\" or \"csk\", not \"%s\"", name);
	return KEY_KSK;
}

static uint8_t read_algorithm(const struct args *a)
{
	const char *name = args_text(a, "algorithm", "ECDSAP256SHA256");
	uint8_t number = rollover_algorithm(name);

	if (!number)
		args_fail(a, "unknown algorithm '%s': IANA's mnemonics are known, like RSASHA256",
			  name);
	return number;
}

/* What is not told follows from the rest: a key signs while it is published, and one that is there
 * from the beginning has its DS from then on. */
static void read_spans(const struct args *a, struct rollover_key *k)
{
	simtime in = k->role == KEY_ZSK || args_has(a, "publish") ? SIMTIME_NEVER : ROLLOVER_ALWAYS;

	k->published.from = instant(a, "publish", ROLLOVER_ALWAYS);
	k->published.until = instant(a, "remove", SIMTIME_NEVER);
	k->signs.from = instant(a, "sign", k->published.from);
	k->signs.until = instant(a, "retire", k->published.until);
	k->has_signs_keys = args_has(a, "sign_keys");
	if (k->has_signs_keys && k->role != KEY_CSK)
		args_fail(a,
			  "'sign_keys' is for a key that signs all: this one's 'sign' says when");
	k->signs_keys =
		(struct rollover_span){ instant(a, "sign_keys", ROLLOVER_ALWAYS), k->signs.until };
	k->ds.from = instant(a, "ds_in", in);
	k->ds.until = instant(a, "ds_out", SIMTIME_NEVER);
}

static int word_key(lua_State *L)
{
	static const char *const keys[] = { "role",   "algorithm", "tag",   "publish",
					    "sign",   "sign_keys", "ds_in", "ds_out",
					    "retire", "remove",	   NULL };
	struct plan *p = plan_of(L);
	const char *name = luaL_checkstring(L, 1);
	struct args a = args_table(L, 2, "key", keys);
	struct rollover_key *k;
	struct err e;

	if (!p->begun)
		return luaL_error(L, "rollover { … } comes first: all times are read by it");
	args_need(&a, "role");
	if (p->r->key_count == ROLLOVER_KEYS)
		return luaL_error(L, "more than %d keys in one plan", ROLLOVER_KEYS);
	k = words_grow(L, &p->r->keys, &p->r->key_count, sizeof(*k));
	words_copy(L, "a key's name", name, k->name, sizeof(k->name));
	k->role = read_role(&a);
	k->algorithm = read_algorithm(&a);
	k->tag = args_has(&a, "tag") ? (int)args_count(&a, "tag", 0, 0, 65535) : -1;
	read_spans(&a, k);
	if (rollover_check(p->r, &e))
		return luaL_error(L, "%s", e.text);
	return 0;
}

static int word_param(lua_State *L)
{
	struct plan *p = plan_of(L);

	return params_word(L, &p->params, &p->param_count, p->options);
}

/* ---- the script ---- */

static int unknown_word(lua_State *L)
{
	return luaL_error(L, "unknown word '%s'", luaL_tolstring(L, 2, NULL));
}

static int open_words(lua_State *L)
{
	static const luaL_Reg words[] = {
		{ "param", word_param },
		{ "rollover", word_rollover },
		{ "key", word_key },
		{ NULL, NULL },
	};

	lua_pushglobaltable(L);
	lua_insert(L, 1);
	luaL_setfuncs(L, words, 1);
	lua_newtable(L);
	lua_pushcfunction(L, unknown_word);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
	return 0;
}

static int find(const char *name, char ret[PATH_MAX], struct err *e)
{
	char hint[NEAREST_LEN + 24];
	int r = shipped_script(SHIPPED_ROLLOVERS, name, ret, e);

	if (r != -ENOENT)
		return r;
	shipped_hint(SHIPPED_ROLLOVERS, name, hint);
	return err_set(e, r, "there is no plan '%s'%s%s", name, hint,
		       *hint ? "" : "; 'sigfault rollover' lists those that are shipped");
}

static int run(struct plan *p, const char *path, struct err *e)
{
	_cleanup_(script_freep) struct script *s = NULL;
	char folder[PATH_MAX];
	char *slash;
	int rc;

	strcpy(folder, path);
	slash = strrchr(folder, '/');
	strcpy(slash ? slash : folder, slash ? "" : ".");
	rc = script_new(folder, &s, e);
	if (rc)
		return rc;
	lua_pushcfunction(script_state(s), open_words);
	lua_pushlightuserdata(script_state(s), p);
	rc = script_call(s, 1, 0, e);
	if (!rc)
		rc = script_run_file(s, path, 0, e);
	if (!rc && !p->begun)
		rc = err_set(e, -EINVAL, "%s: there is no rollover { … } in it", path);
	if (!rc && !p->r->key_count)
		rc = err_set(e, -EINVAL, "%s: there is no key in it", path);
	return rc ? rc : params_check(p->params, p->param_count, p->options, path, "plan", e);
}

int rollover_script_load(const char *name, const struct scenario_options *o, struct rollover **ret,
			 struct err *e)
{
	_cleanup_(rollover_freep) struct rollover *r = calloc(1, sizeof(*r));
	static const struct scenario_options none;
	struct plan p = { .r = r, .options = o ? o : &none };
	char path[PATH_MAX];
	int rc;

	if (!r)
		return err_set(e, -ENOMEM, "not enough memory");
	rc = find(name, path, e);
	if (!rc)
		rc = run(&p, path, e);
	free(p.params);
	if (!rc)
		*ret = TAKE(r);
	return rc;
}
