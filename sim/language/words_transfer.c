/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/words_transfer.h"

#include <string.h>

#include "sim/language/script.h"

static void read_list(const struct args *a, const char *key, struct address_prefix **list,
		      unsigned *count)
{
	lua_State *L = a->L;
	int index = args_push(a, key);
	lua_Unsigned n = index < 0 ? 0 : lua_rawlen(L, index);

	if (index < 0)
		return;
	if (!n)
		args_fail(a, "%s is a list of addresses", key);
	for (lua_Unsigned i = 0; i < n; i++) {
		struct address_prefix *p = words_grow(L, list, count, sizeof(*p));

		if (lua_rawgeti(L, index, (lua_Integer)i + 1) != LUA_TSTRING ||
		    !address_prefix_parse(lua_tostring(L, -1), p))
			args_fail(a,
				  "%s: '%s' is no address or prefix, like \"198.19.0.53\" or "
				  "\"10.0.0.0/8\"",
				  key, luaL_tolstring(L, -1, NULL));
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

/* Resolvers have such, and nobody else hears of a new version. */
static bool is_resolvers(const struct address_prefix *p)
{
	static const uint8_t v4[] = { 198, 19 }, v6[] = { 0xfd, 0x00, 0x00, 0x53 };
	const struct address *a = &p->address;

	return p->bits == address_len(a) * 8 &&
	       memcmp(a->bytes, a->family == 4 ? v4 : v6, a->family == 4 ? 2 : 4) == 0;
}

static void read_notify(const struct args *a, struct transfer_plan *t)
{
	read_list(a, "notify", &t->notify, &t->notify_count);
	for (unsigned i = 0; i < t->notify_count; i++)
		if (!is_resolvers(&t->notify[i]))
			args_fail(a, "notify: resolvers are told, 198.19.0.53, 198.19.0.54 … and "
				     "fd00:53::53 …");
}

/* { name = "secondary.", secret = "c2VjcmV0IG9mIHR3byBzZXJ2ZXJz" }; gives the secret as it stands there. */
static const char *read_key_table(const struct args *a, struct tsig_key *k)
{
	const char *secret = args_text(a, "secret", "");

	args_need(a, "name");
	args_need(a, "secret");
	k->algorithm = tsig_algorithm_find(args_text(a, "algorithm", "hmac-sha256"));
	if (!k->algorithm)
		args_fail(a, "algorithm is " TSIG_ALGORITHMS);
	words_name(a->L, "key: name", args_text(a, "name", ""), k->name);
	if (!tsig_key_secret(k, secret))
		args_fail(a, "secret is base64 of 1 to %d bytes", TSIG_SECRET_MAX);
	return secret;
}

static const char *const key_keys[] = { "name", "secret", "algorithm", NULL };

static void read_key(const struct args *transfer, struct transfer_plan *t)
{
	int index = args_push(transfer, "key");
	struct args a;

	if (index < 0)
		return;
	a = args_table(transfer->L, index, "key", key_keys);
	t->key = calloc(1, sizeof(*t->key));
	if (!t->key)
		luaL_error(a.L, "not enough memory");
	read_key_table(&a, t->key);
	lua_pop(transfer->L, 1);
}

void words_signer_key(const struct args *signer, struct signer_plan *p)
{
	lua_State *L = signer->L;
	int type = lua_getfield(L, signer->index, "tsig");
	struct args a;

	p->tsig = type == LUA_TNIL ? SIGNER_TSIG_IF_IT_CAN : SIGNER_TSIG;
	if (type == LUA_TBOOLEAN && !lua_toboolean(L, -1))
		p->tsig = SIGNER_NO_TSIG;
	if (type != LUA_TNIL && type != LUA_TBOOLEAN && type != LUA_TTABLE)
		args_fail(signer, "tsig is true, false, or { name = …, secret = … }");
	if (type != LUA_TTABLE) {
		lua_pop(L, 1);
		lua_newtable(L);
		script_set_text(L, "name", "transfer.");
		script_set_text(L, "secret", "c2lnbmVyIGFuZCBpdHMgc2Vjb25kYXJ5");
	}
	a = args_table(L, lua_gettop(L), "signer: tsig", key_keys);
	words_copy(L, "tsig: secret", read_key_table(&a, &p->key), p->secret, sizeof(p->secret));
	lua_pop(L, 1);
}

/* transfer = true, or { to = { "198.19.0.53" } } */
void words_transfer(const struct args *zone, struct zone *z)
{
	static const char *const keys[] = { "to", "notify", "key", NULL };
	lua_State *L = zone->L;
	int type = lua_getfield(L, zone->index, "transfer"), index = lua_gettop(L);
	struct args a;

	if (type == LUA_TNIL || (type == LUA_TBOOLEAN && !lua_toboolean(L, -1))) {
		lua_pop(L, 1);
		return;
	}
	if (type != LUA_TTABLE && type != LUA_TBOOLEAN)
		args_fail(zone, "transfer is true, or { to = { … }, key = { … } }");
	z->transfer = calloc(1, sizeof(*z->transfer));
	if (!z->transfer)
		luaL_error(L, "not enough memory");
	if (type == LUA_TTABLE) {
		a = args_table(L, index, "transfer", keys);
		read_list(&a, "to", &z->transfer->to, &z->transfer->to_count);
		read_notify(&a, z->transfer);
		read_key(&a, z->transfer);
	}
	lua_pop(L, 1);
}
