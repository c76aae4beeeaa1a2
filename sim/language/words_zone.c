/* SPDX-License-Identifier: BSD-2-Clause */
/* words_zone.c - zone. */
#include "sim/language/words_zone.h"

#include <limits.h>
#include <string.h>

#include "sim/language/words_keys.h"
#include "sim/language/words_population.h"
#include "sim/language/words_transfer.h"
#include "zones/master.h"
#include "zones/published.h"

static void read_salt(const struct args *a, struct zone *z)
{
	const char *hex = args_text(a, "salt", "");
	size_t len = strcmp(hex, "-") == 0 ? 0 : strlen(hex);
	unsigned byte;

	if (len % 2 || len / 2 > sizeof(z->salt) || strspn(hex, "0123456789abcdefABCDEF") < len)
		args_fail(a, "salt is hexadecimal, like \"a1b2\", or \"\"");
	for (z->salt_len = 0; z->salt_len < len / 2; z->salt_len++) {
		sscanf(hex + z->salt_len * 2, "%2x", &byte);
		z->salt[z->salt_len] = (uint8_t)byte;
	}
}

static void read_denial(const struct args *zone, struct zone *z)
{
	static const char *const keys[] = { "iterations", "salt", "optout", NULL };
	const char *denial = args_text(zone, "denial", NULL);
	int index = args_push(zone, "nsec3");

	if (denial && strcmp(denial, "nsec") != 0 && strcmp(denial, "nsec3") != 0)
		args_fail(zone, "denial is \"nsec\" or \"nsec3\", not \"%s\"", denial);
	z->denial = index >= 0 || (denial && denial[4]) ? DENIAL_NSEC3 : DENIAL_NSEC;
	if (index < 0)
		return;
	if (denial && !denial[4])
		args_fail(zone, "denial = \"nsec\" has no nsec3 { … }");
	struct args a = args_table(zone->L, index, "nsec3", keys);

	z->nsec3_iterations = (uint16_t)args_count(&a, "iterations", 0, 0, 2500);
	z->optout = args_flag(&a, "optout", false);
	read_salt(&a, z);
	lua_pop(zone->L, 1);
}

static void read_ttls(const struct args *zone, struct zone *z)
{
	static const char *const keys[] = { "soa",  "ns",    "dnskey",	 "delegation", "ds",
					    "nsec", "nsec3", "negative", "address",    NULL };
	uint32_t *const values[] = { &z->ttl.soa,	 &z->ttl.ns,	   &z->ttl.dnskey,
				     &z->ttl.delegation, &z->ttl.ds,	   &z->ttl.denial,
				     &z->ttl.denial,	 &z->ttl.negative, &z->ttl.address };
	int index = args_push(zone, "ttl");

	if (index < 0)
		return;
	struct args a = args_table(zone->L, index, "ttl", keys);

	if (args_has(&a, z->denial == DENIAL_NSEC3 ? "nsec" : "nsec3"))
		args_fail(&a, "the zone has %s",
			  z->denial == DENIAL_NSEC3 ? "nsec3, not nsec" : "nsec, not nsec3");
	for (unsigned i = 0; keys[i]; i++)
		*values[i] = (uint32_t)args_count(&a, keys[i], *values[i], 0, INT32_MAX);
	lua_pop(zone->L, 1);
}

/* The prefixes that the world answers for: see link.h. */
static bool in_the_world(const struct address *a)
{
	static const uint8_t v4[] = { 198, 18 }, v6[] = { 0xfd, 0x00, 0x00, 0x5f };

	return a->family == 4 ? memcmp(a->bytes, v4, sizeof(v4)) == 0
			      : memcmp(a->bytes, v6, sizeof(v6)) == 0;
}

static void read_address(const struct args *a, struct server *server)
{
	const char *text = lua_type(a->L, -1) == LUA_TSTRING ? lua_tostring(a->L, -1) : NULL;
	struct address address, *place;

	if (!text)
		args_fail(a, "an address is a text, not a %s", luaL_typename(a->L, -1));
	if (!address_parse(text, &address))
		args_fail(a, "'%s' is not an IPv4 or IPv6 address", text);
	if (!in_the_world(&address))
		args_fail(a, "'%s' is outside of the world: 198.18.0.0/16 and fd00:5f::/32", text);
	place = address.family == 4 ? &server->v4 : &server->v6;
	if (place->family)
		args_fail(a, "a server has one IPv4 and one IPv6 address: '%s' is too many", text);
	*place = address;
}

static bool is_server_key(const char *text)
{
	static const char *const keys[] = { "latency", "polls", "lag", NULL };

	for (unsigned i = 0; keys[i]; i++)
		if (strcmp(keys[i], text) == 0)
			return true;
	return false;
}

/* polls = "15m", lag = "2h": how it comes by what a signer publishes. */
static void read_fetching(const struct args *server, const struct zone *z, struct server *ret)
{
	if (!z->published && (args_has(server, "polls") || args_has(server, "lag")))
		args_fail(server, "polls and lag are for servers of a zone with versions: of "
				  "others the fault 'lagging-copy' makes one late");
	ret->polls = args_duration(server, "polls", 0);
	ret->lag = args_duration(server, "lag", 0);
	if (args_has(server, "polls") && ret->polls < SECOND)
		args_fail(server, "polls is a second at least");
}

/* "198.18.1.1", or { "198.18.1.1", "fd00:5f::1:1", latency = "20ms" }, on top of the stack. */
static void read_server(const struct args *a, const char *name, struct zone *z, simtime latency)
{
	lua_State *L = a->L;
	struct server *server = words_grow(L, &z->servers, &z->server_count, sizeof(*server));
	struct args one = { .L = L, .index = lua_gettop(L), .word = a->word };

	words_name(L, a->word, name, server->name);
	server->latency = latency;
	if (!lua_istable(L, -1)) {
		read_address(a, server);
		return;
	}
	for (lua_pushnil(L); lua_next(L, one.index); lua_pop(L, 1)) {
		if (lua_type(L, -2) == LUA_TNUMBER)
			read_address(a, server);
		else if (lua_type(L, -2) != LUA_TSTRING || !is_server_key(lua_tostring(L, -2)))
			args_fail(a, "a server has addresses, latency, polls and lag");
	}
	server->latency = args_duration(&one, "latency", latency);
	read_fetching(&one, z, server);
	if (!server->v4.family && !server->v6.family)
		args_fail(a, "'%s' has no address", name);
}

/* Servers that the script gives no names: a.nic.<zone>, b.nic.<zone> … */
static void read_unnamed_servers(const struct args *a, struct zone *z, simtime latency)
{
	char apex[NAME_TEXT_LEN], name[NAME_TEXT_LEN + 32];
	int n = (int)lua_rawlen(a->L, a->index);

	name_text(z->apex, apex);
	if (n > 26)
		args_fail(a, "more than 26 servers want names");
	for (int i = 0; i < n; i++) {
		if (z->parent)
			snprintf(name, sizeof(name), "%c.nic.%s", 'a' + i, apex);
		else
			snprintf(name, sizeof(name), "%c.root-servers.test.", 'a' + i);
		lua_rawgeti(a->L, a->index, i + 1);
		read_server(a, name, z, latency);
		lua_pop(a->L, 1);
	}
}

static void read_servers(const struct args *zone, struct zone *z)
{
	struct args a = { .L = zone->L, .index = args_push(zone, "servers"), .word = "servers" };
	simtime latency = args_duration(zone, "latency", 10 * MSEC);
	const char *names[ARGS_MAX_KEYS];
	unsigned n;

	if (lua_rawlen(a.L, a.index)) {
		read_unnamed_servers(&a, z, latency);
	} else {
		n = args_sorted(&a, names);
		for (unsigned i = 0; i < n; i++) {
			lua_getfield(a.L, a.index, names[i]);
			read_server(&a, names[i], z, latency);
			lua_pop(a.L, 1);
		}
	}
	if (!z->server_count)
		args_fail(&a, "a zone needs a server");
	lua_pop(a.L, 1);
}

static void read_soa(const struct args *zone, struct zone *z)
{
	static const char *const keys[] = { "mname", "rname", "refresh", "retry", "expire", NULL };
	int index = args_push(zone, "soa");

	if (index < 0)
		return;
	struct args a = args_table(zone->L, index, "soa", keys);

	if (args_has(&a, "mname"))
		words_name(a.L, "soa: mname", args_text(&a, "mname", ""), z->soa_mname);
	if (args_has(&a, "rname"))
		words_name(a.L, "soa: rname", args_text(&a, "rname", ""), z->soa_rname);
	z->soa_refresh = (uint32_t)args_count(&a, "refresh", z->soa_refresh, 1, INT32_MAX);
	z->soa_retry = (uint32_t)args_count(&a, "retry", z->soa_retry, 1, INT32_MAX);
	z->soa_expire = (uint32_t)args_count(&a, "expire", z->soa_expire, 1, INT32_MAX);
	lua_pop(zone->L, 1);
}

static void read_signing(const struct args *a, struct zone *z)
{
	static const char *const only_signed[] = {
		"algorithm", "ksk",	   "zsk",      "csk",	   "keys_of",		"denial",
		"nsec3",     "signs_with", "validity", "backdate", "dnskey_signatures", NULL
	};

	static const char *const of_file[] = { "signed", "soa", "ttl", "delegations", "bare" };
	const char *both = args_text(a, "dnskey_signatures", "ksk");

	z->is_signed = args_flag(a, "signed", true);
	z->zsk_signs_keys = strcmp(both, "both") == 0;
	if (!z->zsk_signs_keys && strcmp(both, "ksk") != 0)
		args_fail(a, "dnskey_signatures is \"ksk\" or \"both\", not \"%s\"", both);
	if (!z->is_signed) {
		for (const char *const *key = only_signed; *key; key++)
			if (args_has(a, *key))
				args_fail(a, "%s is for signed zones", *key);
		return;
	}
	if (z->as_signed) {
		for (size_t i = 0; i < ARRAY_SIZE(of_file); i++)
			if (args_has(a, of_file[i]))
				args_fail(a, "%s is the file's, as the zone is taken as signed",
					  of_file[i]);
		for (const char *const *key = only_signed; *key; key++)
			if (args_has(a, *key))
				args_fail(a, "%s is the file's, as the zone is taken as signed",
					  *key);
		return;
	}
	read_denial(a, z);
	words_keys(a, z);
	z->validity = args_duration(a, "validity", z->validity);
	z->backdate = args_duration(a, "backdate", z->backdate);
	if (z->validity < HOUR)
		args_fail(a, "validity is an hour at least");
}

static struct zone *read_parent(const struct args *a, const struct scenario *s, const uint8_t *apex)
{
	char text[NAME_TEXT_LEN], above[NAME_TEXT_LEN];
	struct zone *parent;

	name_text(apex, text);
	if (words_find_zone(s, apex))
		args_fail(a, "'%s' is told twice", text);
	if (!args_has(a, "parent")) {
		if (apex[0])
			args_fail(a, "'%s' has no parent: only '.' stands alone", text);
		return NULL;
	}
	lua_getfield(a->L, a->index, "parent");
	parent = words_check_zone(a->L, -1, "zone: parent");
	lua_pop(a->L, 1);
	if (!apex[0] || !name_under(apex, parent->apex))
		args_fail(a, "'%s' is not below its parent '%s'", text,
			  name_text(parent->apex, above));
	return parent;
}

/* A path of the script's, relative to its folder. */
static void path_beside(const struct args *a, const struct scenario *s, const char *name,
			char ret[PATH_MAX])
{
	const char *slash = strrchr(s->path, '/');
	int folder = slash && name[0] != '/' ? (int)(slash + 1 - s->path) : 0;

	if ((size_t)snprintf(ret, PATH_MAX, "%.*s%s", folder, s->path, name) >= PATH_MAX)
		args_fail(a, "the path '%.100s…' is too long", name);
}

/* file = "x.de.zone": relative to the script's folder. All its names are told there. */
static void read_file(const struct args *a, const struct scenario *s, struct zone *z)
{
	static const char *const others[] = { "wildcard", "hosts" };
	const char *file = args_text(a, "file", NULL);
	struct master_counts counts;
	char from[32], until[32];
	int n;
	char path[PATH_MAX], text[240];
	struct err e;

	if (!file)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (args_has(a, others[i]))
			args_fail(a, "a zone has a file or %s", others[i]);
	path_beside(a, s, file, path);
	if (master_load(z, path, &counts, &e))
		args_fail(a, "file: %s", e.text);
	z->is_bare = true;
	n = snprintf(text, sizeof(text), "%.80s: %u records", file, counts.records);
	if (z->as_signed)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
			      ", taken as signed; all signatures hold from %.19sZ to %.19sZ",
			      simtime_text(counts.signed_from * SECOND, from),
			      simtime_text(counts.signed_until * SECOND, until));
	else if (counts.delegations)
		n += snprintf(
			text + n, sizeof(text) - (size_t)n, ", %llu delegations (%llu with a DS)",
			(unsigned long long)counts.delegations, (unsigned long long)counts.secure);
	n += snprintf(text + n, sizeof(text) - (size_t)n, "; left out: %u of DNSSEC, %u of servers",
		      counts.dnssec, counts.servers);
	if (counts.delegations)
		snprintf(text + n, sizeof(text) - (size_t)n, ", %u of glue, %u below delegations",
			 counts.glue, counts.occluded);
	z->file = strdup(text);
	if (!z->file)
		luaL_error(a->L, "not enough memory");
}

/* versions = "year/registry-knot": what 'sigfault sign' left, relative to the script's folder. */
static void read_versions(const struct args *a, const struct scenario *s, struct zone *z)
{
	const char *folder = args_text(a, "versions", NULL);
	char path[PATH_MAX], text[300], from[32], last[32];
	struct published_counts n;
	struct err e;

	if (!folder)
		return;
	path_beside(a, s, folder, path);
	if (published_load(z, path, &n, &e))
		args_fail(a, "versions: %s", e.text);
	z->is_bare = true;
	snprintf(text, sizeof(text),
		 "%.80s: %u versions as they were signed, from %s to %s; %u records in the first, "
		 "%u came and %u went",
		 folder, n.versions, simtime_text(n.from, from), simtime_text(n.last, last),
		 n.first, n.came, n.gone);
	z->file = strdup(text);
	if (!z->file)
		luaL_error(a->L, "not enough memory");
}

/* What is in the zone stands in a file, or is what a signer published. */
static void check_source(const struct args *a, const struct zone *z)
{
	static const char *const others[] = { "file", "as_signed", "wildcard", "hosts" };

	if (!args_has(a, "versions")) {
		if (z->as_signed && (!args_has(a, "file") || !z->parent))
			args_fail(a, "as_signed is for a zone out of a file, and not for the root");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (args_has(a, others[i]))
			args_fail(a, "a zone has versions or %s", others[i]);
	if (!z->parent)
		args_fail(a, "versions are for a zone below the root");
}

/* Whom errors are reported to. */
static void read_channel(const struct args *a, struct zone *z)
{
	uint8_t agent[NAME_MAX_LEN];

	if (!args_has(a, "report_channel"))
		return;
	words_name(a->L, "zone: report_channel", args_text(a, "report_channel", NULL), agent);
	if (!*agent)
		args_fail(a, "report_channel: the root is no agent's domain (RFC 9567)");
	z->report_channel = malloc(name_len(agent));
	if (!z->report_channel)
		luaL_error(a->L, "not enough memory");
	memcpy(z->report_channel, agent, name_len(agent));
}

static const char *const zone_keys[] = { "parent",
					 "algorithm",
					 "signed",
					 "denial",
					 "nsec3",
					 "ksk",
					 "zsk",
					 "csk",
					 "signs_with",
					 "ttl",
					 "servers",
					 "soa",
					 "latency",
					 "edns_size",
					 "version_every",
					 "validity",
					 "backdate",
					 "delegations",
					 "wildcard",
					 "keys_of",
					 "dnskey_signatures",
					 "bare",
					 "hosts",
					 "minimal",
					 "file",
					 "as_signed",
					 "versions",
					 "transfer",
					 "report_channel",
					 NULL };

/* In this order: what a zone is made from says what else may be told of it. */
static void read_zone(const struct args *a, const struct scenario *s, struct zone *z)
{
	z->as_signed = args_flag(a, "as_signed", false);
	check_source(a, z);
	z->as_signed |= args_has(a, "versions");
	read_signing(a, z);
	z->is_bare = args_flag(a, "bare", false);
	z->tells_servers = !args_flag(a, "minimal", true);
	read_file(a, s, z);
	read_versions(a, s, z);
	read_ttls(a, z);
	read_servers(a, z);
	read_soa(a, z);
	z->edns_size = (uint16_t)args_count(a, "edns_size", z->edns_size, 512, 65535);
	z->version_every = args_duration(a, "version_every", z->version_every);
	if (z->version_every < SECOND)
		args_fail(a, "version_every is a second at least");
	read_channel(a, z);
	words_delegations(a, z);
	words_transfer(a, z);
}

static int word_zone(lua_State *L)
{
	struct words *w = words_of(L);
	struct scenario *s = words_world(L, "zone");
	uint8_t apex[NAME_MAX_LEN];
	struct zone *z, *parent;
	struct args a;

	words_name(L, "zone", lua_tostring(L, 1), apex);
	if (lua_gettop(L) < 2)
		return luaL_error(L,
				  "zone \"%s\" has no table: write zone(\"%s\", { … }) in "
				  "parentheses, or Lua drops what follows the comma",
				  lua_tostring(L, 1), lua_tostring(L, 1));
	a = args_table(L, 2, "zone", zone_keys);
	args_need(&a, "servers");
	parent = read_parent(&a, s, apex);
	words_place(L, words_grow(L, &w->places, &w->place_count, sizeof(*w->places)));
	z = tree_add(s->tree, apex, parent);
	if (!z)
		return luaL_error(L, "not enough memory");
	read_zone(&a, s, z);
	*(struct zone **)words_value(L, VALUE_ZONE, sizeof(z)) = z;
	return 1;
}

const luaL_Reg words_zone[] = {
	{ "zone", word_zone },
	{ NULL, NULL },
};
