/* SPDX-License-Identifier: BSD-2-Clause */
/* words_keys.c - a zone's keys: ksk, zsk, csk, and which of them signs at first. */
#include "sim/language/words_keys.h"

#include <string.h>

#include "zones/key.h"

enum algorithm words_algorithm(const struct args *a, enum algorithm def)
{
	const char *name = args_text(a, "algorithm", NULL);
	enum algorithm algorithm = name ? key_algorithm_by_name(name) : def;
	struct err e;

	if (algorithm == ALG_NONE)
		args_fail(
			a,
			"unknown algorithm '%s': RSAMD5, DSA, RSASHA1, DSA-NSEC3-SHA1, "
			"RSASHA1-NSEC3-SHA1, RSASHA256, RSASHA512, ECC-GOST, ECDSAP256SHA256, "
			"ECDSAP384SHA384, ED25519, ED448 and ML-DSA-44 are known, and of stand-ins "
			"SIZED-ML-DSA-44, SIZED-FALCON-512 and SIZED-SLH-DSA-128S",
			name);
	if (key_known(algorithm, &e) < 0)
		args_fail(a, "%s", e.text);
	return algorithm;
}

/* ds = { from = …, to = … }, or ds = false: never. */
static void read_span(const struct args *key, const char *name, enum key_role role,
		      struct key_span *ret)
{
	static const char *const keys[] = { "from", "to", NULL };
	lua_State *L = key->L;
	struct args a;

	if (args_has(key, name) && role == KEY_ZSK)
		args_fail(key, "%s is for KSKs and CSKs", name);
	if (lua_getfield(L, key->index, name) == LUA_TBOOLEAN && !lua_toboolean(L, -1))
		*ret = (struct key_span){ SIMTIME_NEVER, SIMTIME_NEVER };
	else if (!lua_isnil(L, -1)) {
		a = args_table(L, -1, name, keys);
		ret->from = words_time_key(&a, "from", 0);
		ret->until = words_time_key(&a, "to", SIMTIME_NEVER);
		if (ret->until <= ret->from)
			args_fail(&a, "ends before it begins");
	}
	lua_pop(L, 1);
}

/* What RFC 5011 has of a key of the root: when it is revoked, and whether resolvers begin with it. */
static void read_revocation(const struct args *a, enum key_role role, const struct zone *z,
			    struct key_plan *k)
{
	k->revoked = words_time_key(a, "revoked", 0);
	k->is_no_anchor = !args_flag(a, "anchor", true);
	if (k->revoked && role == KEY_ZSK)
		args_fail(a, "revoked is for KSKs and CSKs");
	if (k->revoked && (k->revoked <= k->published || k->revoked >= k->removed))
		args_fail(a, "is revoked when it is not published");
	if (k->is_no_anchor && (role == KEY_ZSK || z->parent))
		args_fail(a, "anchor is for the KSKs and CSKs of the root");
}

/* { bits = 2048, tag = 26755, … } at `index` becomes a key. */
static void read_key(lua_State *L, int index, const char *name, enum key_role role, struct zone *z,
		     enum algorithm algorithm)
{
	static const char *const keys[] = { "algorithm", "bits",  "tag",   "published",
					    "removed",	 "ds",	  "signs", "revoked",
					    "anchor",	 "again", NULL };
	struct args a = args_table(L, index, name, keys);
	struct key_plan *k;

	k = words_grow(L, &z->keys, &z->key_count, sizeof(*k));
	if (strlen(name) >= sizeof(k->name))
		args_fail(&a, "a key's name has at most %d bytes", (int)sizeof(k->name) - 1);
	strcpy(k->name, name);
	k->role = role;
	words_copy(L, "again", args_text(&a, "again", ""), k->again, sizeof(k->again));
	if (*k->again && (args_has(&a, "algorithm") || args_has(&a, "bits") || args_has(&a, "tag")))
		args_fail(&a, "algorithm, bits and tag are those of the key that it is again");
	k->algorithm = words_algorithm(&a, algorithm);
	k->bits = (unsigned)args_count(&a, "bits", 0, 1024, 4096);
	k->tag = args_has(&a, "tag") ? (int)args_count(&a, "tag", 0, 0, 65535) : -1;
	k->published = words_time_key(&a, "published", 0);
	k->removed = words_time_key(&a, "removed", SIMTIME_NEVER);
	read_revocation(&a, role, z, k);
	read_span(&a, "ds", role, &k->ds);
	read_span(&a, "signs", role, &k->signs);
	if (!key_is_rsa(k->algorithm) && (k->bits || k->tag >= 0))
		args_fail(&a, "bits and tag are for RSA keys");
	if (k->removed <= k->published)
		args_fail(&a, "is removed before it is published");
}

/* Whether a table is { old = {…}, new = {…} }: of one key only its spans are tables. */
static bool holds_tables(lua_State *L, int index)
{
	bool tables = false;

	for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
		const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
		bool is_span = strcmp(name, "ds") == 0 || strcmp(name, "signs") == 0;

		tables = tables || (lua_istable(L, -1) && !is_span);
	}
	return tables;
}

/* One key, which is called like its role, or several by name. */
static void read_role(const struct args *zone, const char *role_name, enum key_role role,
		      struct zone *z, enum algorithm algorithm)
{
	lua_State *L = zone->L;
	struct args a = { .L = L, .index = args_push(zone, role_name), .word = role_name };
	const char *names[ARGS_MAX_KEYS];
	unsigned n;

	if (a.index < 0)
		return;
	if (!holds_tables(L, a.index)) {
		read_key(L, a.index, role_name, role, z, algorithm);
		lua_pop(L, 1);
		return;
	}
	n = args_sorted(&a, names);
	for (unsigned i = 0; i < n; i++) {
		lua_getfield(L, a.index, names[i]);
		read_key(L, -1, names[i], role, z, algorithm);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

static void default_key(lua_State *L, const char *name, enum key_role role, struct zone *z,
			enum algorithm algorithm)
{
	struct key_plan *k = words_grow(L, &z->keys, &z->key_count, sizeof(*k));

	strcpy(k->name, name);
	*k = (struct key_plan){
		.role = role, .algorithm = algorithm, .tag = -1, .removed = SIMTIME_NEVER
	};
	strcpy(k->name, name);
}

static int by_role_and_age(const void *a, const void *b)
{
	const struct key_plan *x = a, *y = b;

	if (x->role != y->role)
		return (int)x->role - (int)y->role;
	if (x->published != y->published)
		return x->published < y->published ? -1 : 1;
	return strcmp(x->name, y->name);
}

static const struct key_plan *key_called(const struct zone *z, enum key_role role, const char *name)
{
	for (unsigned i = 0; i < z->key_count; i++)
		if (z->keys[i].role == role && strcmp(z->keys[i].name, name) == 0)
			return &z->keys[i];
	return NULL;
}

/* Keys that come back are what they were; nothing is published twice. */
static void take_pairs(const struct args *a, struct zone *z)
{
	for (unsigned i = 0; i < z->key_count; i++) {
		struct key_plan *k = &z->keys[i];
		const struct key_plan *was = key_called(z, k->role, k->again);

		if (!*k->again)
			continue;
		if (!was || *was->again) {
			args_fail(a, "key '%s': again = \"%s\" is no %s that comes before it",
				  k->name, k->again, key_role_names[k->role]);
			return;
		}
		if (k->published < was->removed)
			args_fail(a, "key '%s' is again published before '%s' is removed", k->name,
				  was->name);
		k->algorithm = was->algorithm;
		k->bits = was->bits;
		k->tag = was->tag;
	}
}

/* The key that signs from the beginning of time: `signs_with`, or else the one that is published
 * before the others. */
static unsigned first_signer(const struct args *a, const struct zone *z)
{
	const char *name = args_text(a, "signs_with", NULL);
	int found = -1;

	for (unsigned i = 0; i < z->key_count; i++) {
		const struct key_plan *k = &z->keys[i];

		if (k->role == KEY_KSK || (name && strcmp(k->name, name) != 0))
			continue;
		if (found >= 0 && k->published == z->keys[found].published)
			args_fail(a,
				  "two ZSKs are published first: tell which one signs, "
				  "signs_with = \"%s\"",
				  z->keys[found].name);
		if (found < 0)
			found = (int)i;
	}
	if (found < 0)
		args_fail(a, "signs_with: there is no ZSK '%s'", name ? name : "");
	return (unsigned)found;
}

/* keys_of = ZONE: the same key pairs, and the same one signs. */
static void borrow_keys(const struct args *a, struct zone *z)
{
	static const char *const own[] = { "algorithm", "ksk", "zsk", "csk", "signs_with", NULL };
	struct key_plan *keys;
	struct signing *first;
	struct zone *of;

	lua_getfield(a->L, a->index, "keys_of");
	of = words_check_zone(a->L, -1, "zone: keys_of");
	lua_pop(a->L, 1);
	for (const char *const *key = own; *key; key++)
		if (args_has(a, *key))
			args_fail(a, "%s goes without keys_of, whose keys these are", *key);
	if (!of->is_signed)
		args_fail(a, "keys_of: the zone has no keys");
	for (unsigned i = 0; i < of->key_count; i++) {
		keys = words_grow(a->L, &z->keys, &z->key_count, sizeof(*keys));
		*keys = of->keys[i];
	}
	z->keys_of = of->keys_of ? of->keys_of : of;
	first = words_grow(a->L, &z->signings, &z->signing_count, sizeof(*first));
	first->fault = -1;
	first->key = of->signings[0].key;
}

void words_keys(const struct args *a, struct zone *z)
{
	enum algorithm algorithm = words_algorithm(a, ALG_ECDSAP256SHA256);
	bool csk = args_has(a, "csk");
	struct signing *first;

	if (args_has(a, "keys_of")) {
		borrow_keys(a, z);
		return;
	}
	if (csk && (args_has(a, "ksk") || args_has(a, "zsk")))
		args_fail(a, "a csk goes without ksk and zsk");
	read_role(a, "ksk", KEY_KSK, z, algorithm);
	read_role(a, "zsk", KEY_ZSK, z, algorithm);
	read_role(a, "csk", KEY_CSK, z, algorithm);
	if (!csk && !args_has(a, "ksk"))
		default_key(a->L, "ksk", KEY_KSK, z, algorithm);
	if (!csk && !args_has(a, "zsk"))
		default_key(a->L, "zsk", KEY_ZSK, z, algorithm);
	qsort(z->keys, z->key_count, sizeof(*z->keys), by_role_and_age);
	take_pairs(a, z);
	first = words_grow(a->L, &z->signings, &z->signing_count, sizeof(*first));
	first->fault = -1;
	first->key = first_signer(a, z);
}
