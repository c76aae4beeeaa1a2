/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/words_signer.h"

#include <errno.h>
#include <string.h>

#include "sim/language/words_transfer.h"
#include "zones/key.h"

#define LIFETIME_LEAST HOUR

static void check_name(const struct args *a, const struct scenario *s, const char *name)
{
	if (!*name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(name))
		args_fail(a, "'%s' is no name for a signer: it has a-z, 0-9 and '-'", name);
	for (unsigned i = 0; i < s->signer_count; i++)
		if (strcmp(s->signers[i].name, name) == 0)
			args_fail(a, "there is a signer '%s' already (%s)", name,
				  s->signers[i].place);
	if (s->signer_count == SIGNERS_MAX)
		args_fail(a, "more than %d of them", SIGNERS_MAX);
}

/* Above 0, in whole seconds: signers know no others. */
static simtime seconds(const struct args *a, const char *key, simtime def, simtime least)
{
	simtime d = args_duration(a, key, def);

	if (d < least || d % SECOND)
		args_fail(a, "%s is whole seconds, %d at least", key, (int)(least / SECOND));
	return d;
}

/* A key that is rolled after a time, or never: 0s. */
static simtime lifetime(const struct args *a, const char *key, simtime def)
{
	simtime d = seconds(a, key, def, 0);

	if (d && d < LIFETIME_LEAST)
		args_fail(a, "%s is an hour at least, or 0s: never rolled", key);
	return d;
}

const char *const words_policy_keys[] = {
	"algorithm",   "csk",	   "ksk_lifetime", "zsk_lifetime", "dnskey_ttl",
	"propagation", "validity", "refresh",	   "nsec3",	   NULL
};

void words_policy(const struct args *a, struct signer_policy *p)
{
	const char *algorithm = args_text(a, "algorithm", p->algorithm);
	simtime was = p->validity;

	if (key_algorithm_by_name(algorithm) == ALG_NONE)
		args_fail(a, "unknown algorithm '%s'", algorithm);
	if (algorithm != p->algorithm)
		words_copy(a->L, "algorithm", algorithm, p->algorithm, sizeof(p->algorithm));
	p->csk = args_flag(a, "csk", p->csk);
	if (p->csk && args_has(a, "zsk_lifetime"))
		args_fail(a, "csk = true is one key for all: its lifetime is ksk_lifetime");
	p->ksk_lifetime = lifetime(a, "ksk_lifetime", p->ksk_lifetime);
	p->zsk_lifetime = lifetime(a, "zsk_lifetime", p->zsk_lifetime);
	p->dnskey_ttl = (uint32_t)args_count(a, "dnskey_ttl", p->dnskey_ttl, 1, INT32_MAX);
	p->propagation = seconds(a, "propagation", p->propagation, SECOND);
	p->validity = seconds(a, "validity", p->validity, HOUR);
	p->refresh =
		seconds(a, "refresh", p->validity == was ? p->refresh : p->validity / 2, MINUTE);
	if (p->refresh >= p->validity)
		args_fail(a, "refresh is how long before its end a signature is made anew: less "
			     "than validity");
	p->nsec3 = args_flag(a, "nsec3", p->nsec3);
}

static void read_policy(const struct args *signer, struct signer_policy *p)
{
	struct args a;

	*p = (struct signer_policy){ .algorithm = "ECDSAP256SHA256",
				     .dnskey_ttl = 3600,
				     .propagation = HOUR,
				     .validity = 14 * DAY,
				     .refresh = 7 * DAY };
	lua_getfield(signer->L, signer->index, "policy");
	if (lua_isnil(signer->L, -1)) {
		lua_pop(signer->L, 1);
		lua_newtable(signer->L);
	}
	a = args_table(signer->L, -1, "signer: policy", words_policy_keys);
	words_policy(&a, p);
	lua_pop(signer->L, 1);
}

static void read_parent(const struct args *signer, struct signer_plan *p)
{
	static const char *const keys[] = { "polls", "propagation", NULL };
	struct args a;

	lua_getfield(signer->L, signer->index, "parent");
	if (lua_isnil(signer->L, -1)) {
		lua_pop(signer->L, 1);
		lua_newtable(signer->L);
	}
	a = args_table(signer->L, -1, "signer: parent", keys);
	p->polls = seconds(&a, "polls", HOUR, MINUTE);
	p->parent_propagation = seconds(&a, "propagation", HOUR, SECOND);
	lua_pop(signer->L, 1);
}

static const struct zone *read_zone(const struct args *signer, const struct scenario *s)
{
	const struct zone *z;

	args_need(signer, "zone");
	lua_getfield(signer->L, signer->index, "zone");
	z = words_check_zone(signer->L, -1, "signer: zone");
	lua_pop(signer->L, 1);
	if (!z->parent)
		args_fail(signer, "the root has no parent that takes its DS: a signer is for a "
				  "zone below it");
	if (!z->server_count || z->servers[0].v4.family != 4 || !z->parent->server_count ||
	    z->parent->servers[0].v4.family != 4)
		args_fail(signer, "the first server of the zone, which is told of new versions, "
				  "and of its parent have IPv4 addresses");
	for (unsigned i = 0; i < s->signer_count; i++)
		if (s->signers[i].zone == z)
			args_fail(signer, "the zone has a signer: '%s' (%s)", s->signers[i].name,
				  s->signers[i].place);
	return z;
}

/* The instant at which an answer was given is told by its address, which has room for so much; a signer's life has no answers. */
int words_check_span(const struct scenario *s, struct err *e)
{
	if (s->to - s->from <= TREE_SPAN_MAX ||
	    (s->signer_count && !s->traffic_count && !s->case_count))
		return 0;
	return err_set(e, -EINVAL,
		       "%s: scenario: lasts more than four years, as those may alone in which "
		       "signers live and nobody asks anything",
		       s->place);
}

/* Where there are resolvers nobody serves yet what a signer makes. */
int words_note_signers(struct scenario *s, struct err *e)
{
	char apex[NAME_TEXT_LEN], **grown;

	if (!s->signer_count || (!s->traffic_count && !s->case_count))
		return 0;
	grown = reallocarray(s->notes, s->note_count + s->signer_count, sizeof(*grown));
	if (!grown)
		return err_set(e, -ENOMEM, "not enough memory");
	s->notes = grown;
	for (unsigned i = 0; i < s->signer_count; i++) {
		const struct signer_plan *p = &s->signers[i];

		if (asprintf(&s->notes[s->note_count],
			     "%s: the signer '%s' lives in 'sigfault sign' alone: in the world of "
			     "resolvers '%s' is signed by its own keys of the scenario",
			     p->place, p->name, name_text(p->zone->apex, apex)) < 0)
			return err_set(e, -ENOMEM, "not enough memory");
		s->note_count++;
	}
	return 0;
}

static bool read_source(const struct args *signer)
{
	const char *source = args_text(signer, "source", "file");

	if (strcmp(source, "file") != 0 && strcmp(source, "transfer") != 0)
		args_fail(signer, "source is \"file\", or \"transfer\" from a hidden primary");
	return strcmp(source, "transfer") == 0;
}

static int word_signer(lua_State *L)
{
	static const char *const keys[] = { "zone",  "driver", "policy", "parent", "hsm",
					    "every", "tsig",   "source", NULL };
	struct scenario *s = words_world(L, "signer");
	const char *name = luaL_checkstring(L, 1);
	struct args a = args_table(L, 2, "signer", keys);
	struct signer_plan p = { .name = "" };
	struct signer_value *v;

	check_name(&a, s, name);
	words_copy(L, "the signer's name", name, p.name, sizeof(p.name));
	args_need(&a, "driver");
	words_copy(L, "driver", args_text(&a, "driver", ""), p.driver, sizeof(p.driver));
	p.zone = read_zone(&a, s);
	p.hsm = args_flag(&a, "hsm", false);
	if (args_has(&a, "every"))
		p.every = seconds(&a, "every", DAY, MINUTE);
	words_signer_key(&a, &p);
	p.by_transfer = read_source(&a);
	read_policy(&a, &p.policy);
	read_parent(&a, &p);
	words_place(L, p.place);
	*(struct signer_plan *)words_grow(L, &s->signers, &s->signer_count, sizeof(p)) = p;
	v = words_value(L, VALUE_SIGNER, sizeof(*v));
	v->number = s->signer_count - 1;
	return 1;
}

const luaL_Reg words_signer[] = {
	{ "signer", word_signer },
	{ NULL, NULL },
};
