/* SPDX-License-Identifier: BSD-2-Clause */
/* words_population.c - population: delegations without a list. */
#include "sim/language/words_population.h"

#include <math.h>
#include <string.h>

#include "sim/language/words_keys.h"

#define SHARES_MAX 64

struct population_value {
	struct population plan; /* its pointers are NULL until a zone takes a copy */
	struct ttl_share ttl[SHARES_MAX];
	struct hoster_share hosters[SHARES_MAX];
	bool has_ttl;
	bool has_types; /* of hosts */
	bool has_signed;
	const char *delegated; /* a key that only delegations have; NULL: it was told none */
};

/* The shares of a whole: they add up to 1. */
static void check_sum(const struct args *a, double sum)
{
	if (fabs(sum - 1) > 1e-6)
		args_fail(a, "the shares add up to %g, not to 1", sum);
}

static double read_share(const struct args *a)
{
	double share = lua_tonumber(a->L, -1);

	if (lua_type(a->L, -1) != LUA_TNUMBER || !(share >= 0 && share <= 1))
		args_fail(a, "a share is a number from 0 to 1");
	return share;
}

static int by_ttl(const void *a, const void *b)
{
	const struct ttl_share *x = a, *y = b;

	return x->ttl < y->ttl ? -1 : x->ttl > y->ttl;
}

/* ttl = { [60] = .1, [300] = .9 } */
static void read_ttl_shares(const struct args *population, struct population_value *p)
{
	lua_State *L = population->L;
	struct args a = { .L = L,
			  .index = args_push(population, "ttl"),
			  .word = "population: ttl" };
	double sum = 0;

	if (a.index < 0) {
		p->ttl[p->plan.ttl_count++] = (struct ttl_share){ .ttl = 3600, .share = 1 };
		return;
	}
	p->has_ttl = true;
	for (lua_pushnil(L); lua_next(L, a.index); lua_pop(L, 1)) {
		double ttl = lua_tonumber(L, -2);

		if (lua_type(L, -2) != LUA_TNUMBER || ttl != floor(ttl) || ttl < 0 ||
		    ttl > INT32_MAX)
			args_fail(&a, "wants whole seconds: [3600] = 0.4");
		if (p->plan.ttl_count == SHARES_MAX)
			args_fail(&a, "more than %d values", SHARES_MAX);
		p->ttl[p->plan.ttl_count] =
			(struct ttl_share){ .ttl = (uint32_t)ttl, .share = read_share(&a) };
		sum += p->ttl[p->plan.ttl_count++].share;
	}
	check_sum(&a, sum);
	qsort(p->ttl, p->plan.ttl_count, sizeof(*p->ttl), by_ttl);
	lua_pop(L, 1);
}

/* hosters_in = { ["net."] = 0.3, ["de."] = 0.7 } */
static void read_hosters(const struct args *population, struct population_value *p)
{
	lua_State *L = population->L;
	struct args a = { .L = L,
			  .index = args_push(population, "hosters_in"),
			  .word = "population: hosters_in" };
	const char *names[ARGS_MAX_KEYS];
	double sum = 0;
	unsigned n;

	if (a.index < 0)
		return;
	n = args_sorted(&a, names);
	if (n > SHARES_MAX)
		args_fail(&a, "more than %d values", SHARES_MAX);
	for (unsigned i = 0; i < n; i++) {
		words_name(L, a.word, names[i], p->hosters[i].zone);
		lua_getfield(L, a.index, names[i]);
		p->hosters[i].share = read_share(&a);
		sum += p->hosters[i].share;
		lua_pop(L, 1);
	}
	p->plan.hoster_zone_count = n;
	check_sum(&a, sum);
	lua_pop(L, 1);
}

static unsigned host_type(const struct args *a, const char *name)
{
	static const char *const names[HOST_TYPES] = { "A", "AAAA", "MX", "TXT" };

	for (unsigned i = 0; name && i < HOST_TYPES; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	args_fail(a, "types of hosts are \"A\", \"AAAA\", \"MX\" and \"TXT\"");
	return 0;
}

/* types = { "A", "AAAA" }, or { A = 1, AAAA = 0.8 } */
static void read_host_types(const struct args *population, struct population_value *p)
{
	lua_State *L = population->L;
	struct args a = { .L = L,
			  .index = args_push(population, "types"),
			  .word = "population: types" };
	double most = 0;

	if (a.index < 0)
		return;
	p->has_types = true;
	for (lua_pushnil(L); lua_next(L, a.index); lua_pop(L, 1)) {
		bool is_list = lua_type(L, -2) == LUA_TNUMBER;
		const char *name = lua_type(L, is_list ? -1 : -2) == LUA_TSTRING
					   ? lua_tostring(L, is_list ? -1 : -2)
					   : NULL;
		double *share = &p->plan.host_share[host_type(&a, name)];

		*share = is_list ? 1 : read_share(&a);
		most = fmax(most, *share);
	}
	if (most < 1)
		args_fail(&a, "one of them is every host's, with the share 1");
	lua_pop(L, 1);
}

/* A key that hosts do not have. */
static const char *delegated_key(const struct args *a)
{
	static const char *const keys[] = { "signed",  "hosters", "hosters_in", "algorithm",
					    "latency", "lame",	  "dark",	"bogus" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (args_has(a, keys[i]))
			return keys[i];
	return NULL;
}

static int word_population(lua_State *L)
{
	static const char *const keys[] = { "count",	  "signed",    "hosters", "ttl",
					    "hosters_in", "algorithm", "latency", "lame",
					    "dark",	  "bogus",     "types",	  NULL };
	struct args a = args_table(L, 1, "population", keys);
	struct population_value *p;

	words_world(L, "population");
	p = words_value(L, VALUE_POPULATION, sizeof(*p));
	p->plan.count = args_has(&a, "count") ? args_count(&a, "count", 0, 1, 1000000000) : 0;
	p->has_signed = args_has(&a, "signed");
	p->plan.signed_share = args_number(&a, "signed", 0, 0, 1);
	p->plan.hosters = (unsigned)args_count(&a, "hosters", 100, 1, 10000);
	p->plan.algorithm = words_algorithm(&a, ALG_ECDSAP256SHA256);
	p->plan.latency = args_duration(&a, "latency", 10 * MSEC);
	p->plan.lame = args_number(&a, "lame", 0, 0, 1);
	p->plan.dark = args_number(&a, "dark", 0, 0, 1);
	p->plan.bogus = args_number(&a, "bogus", 0, 0, 1);
	if (p->plan.lame + p->plan.dark > 1)
		args_fail(&a, "lame and dark are more than all: %g", p->plan.lame + p->plan.dark);
	read_ttl_shares(&a, p);
	read_hosters(&a, p);
	read_host_types(&a, p);
	p->delegated = delegated_key(&a);
	return 1;
}

/* A copy of an array for the tree, which frees it. */
static void *copy_array(lua_State *L, const void *from, size_t count, size_t size)
{
	void *to;

	if (!count)
		return NULL;
	to = malloc(count * size);
	if (!to)
		luaL_error(L, "not enough memory");
	return memcpy(to, from, count * size);
}

static unsigned read_wildcard_types(const struct args *a)
{
	lua_State *L = a->L;
	int index = args_push(a, "types");
	lua_Unsigned n = index < 0 ? 0 : lua_rawlen(L, index);
	unsigned bits = 0;

	if (index < 0)
		return WILDCARD_A | WILDCARD_AAAA;
	for (lua_Unsigned i = 0; i < n; i++) {
		const char *type;

		lua_rawgeti(L, index, (lua_Integer)i + 1);
		type = lua_tostring(L, -1);
		if (type && strcmp(type, "A") == 0)
			bits |= WILDCARD_A;
		else if (type && strcmp(type, "AAAA") == 0)
			bits |= WILDCARD_AAAA;
		else
			args_fail(a, "types are \"A\" and \"AAAA\"");
		lua_pop(L, 1);
	}
	if (!bits)
		args_fail(a, "types is a list: { \"A\", \"AAAA\" }");
	lua_pop(L, 1);
	return bits;
}

/* wildcard = { names = 1000, types = { "A" } }: names of the zone itself. */
static void read_wildcard(const struct args *zone, struct zone *z)
{
	static const char *const keys[] = { "names", "types", NULL };
	int index = args_push(zone, "wildcard");
	struct args a;

	if (index < 0)
		return;
	if (args_has(zone, "delegations"))
		args_fail(zone, "a zone has delegations or a wildcard");
	a = args_table(zone->L, index, "wildcard", keys);
	z->population = calloc(1, sizeof(*z->population));
	if (!z->population || !(z->population->ttl = calloc(1, sizeof(*z->population->ttl))))
		luaL_error(zone->L, "not enough memory");
	z->population->count = args_count(&a, "names", 1000, 1, 1000000000);
	z->population->signed_share = z->is_signed;
	z->population->hosters = 1;
	z->population->ttl_count = 1;
	z->population->ttl[0] = (struct ttl_share){ .ttl = z->ttl.address, .share = 1 };
	z->population->wildcard = read_wildcard_types(&a);
	lua_pop(zone->L, 1);
}

/* The population under a key, pushed; NULL and nothing pushed when it is not there. */
static struct population_value *push_population(const struct args *a, const char *key)
{
	struct population_value *p;

	if (lua_getfield(a->L, a->index, key) == LUA_TNIL) {
		lua_pop(a->L, 1);
		return NULL;
	}
	p = luaL_testudata(a->L, -1, VALUE_POPULATION);
	if (!p)
		args_fail(a, "%s wants population { … }", key);
	return p;
}

/* hosts = population { … }: names of the zone itself, each with RRsets. */
static struct population_value *push_hosts(const struct args *a)
{
	struct population_value *p = push_population(a, "hosts");

	if (!p)
		return NULL;
	if (args_has(a, "delegations") || args_has(a, "wildcard"))
		args_fail(a, "a zone has hosts, delegations or a wildcard");
	if (p->delegated)
		args_fail(a, "hosts are names of the zone itself, and have no '%s'", p->delegated);
	return p;
}

static void make_hosts(const struct population_value *told, struct zone *z)
{
	struct population *p = z->population;

	p->hosts = true;
	p->hosters = 1;
	p->signed_share = z->is_signed;
	if (!told->has_types)
		p->host_share[HOST_A] = p->host_share[HOST_AAAA] = 1;
	if (!told->has_ttl)
		p->ttl[0].ttl = z->ttl.address;
}

/* delegations = population { … } beside a file: what is not in it. */
static void take_from_file(const struct args *a, const struct population_value *p, struct zone *z)
{
	struct population *to = z->population;
	const struct population file = *to;

	if (p->plan.count || p->has_signed)
		args_fail(a, "delegations: how many there are and which are signed is the file's");
	*to = p->plan;
	to->image = file.image;
	to->count = file.count;
	to->signed_share = file.signed_share;
}

void words_delegations(const struct args *a, struct zone *z)
{
	lua_State *L = a->L;
	struct population_value *hosts, *p;

	read_wildcard(a, z);
	p = hosts = push_hosts(a);
	if (!p) {
		p = push_population(a, "delegations");
		if (p && p->has_types)
			args_fail(a, "types are for hosts: delegations have what any leaf has");
		if (p && p->plan.signed_share > 0 && !z->is_signed)
			args_fail(a, "an unsigned zone has no signed delegations");
	}
	if (!p)
		return;
	if (z->population)
		take_from_file(a, p, z);
	else if (p->plan.count)
		z->population = copy_array(L, &p->plan, 1, sizeof(p->plan));
	else if (z->file)
		args_fail(a, "the file delegates nothing: it has no delegations");
	else
		luaL_error(L, "population: needs 'count'");
	z->population->ttl = NULL;
	z->population->hoster_zones = NULL;
	z->population->ttl = copy_array(L, p->ttl, p->plan.ttl_count, sizeof(*p->ttl));
	z->population->hoster_zones =
		copy_array(L, p->hosters, p->plan.hoster_zone_count, sizeof(*p->hosters));
	if (hosts)
		make_hosts(hosts, z);
	lua_pop(L, 1);
}

const luaL_Reg words_population[] = {
	{ "population", word_population },
	{ NULL, NULL },
};
