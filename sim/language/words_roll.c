/* SPDX-License-Identifier: BSD-2-Clause */
/* words_roll.c - rollovers that go wrong, and zones of other algorithms: the plan's keys change at
 * an instant. */
#include "sim/language/words_roll.h"

#include <string.h>

#include "zones/key.h"

enum algorithm words_roll_algorithm(const struct fault *f)
{
	char word[FAULT_WORD];

	switch (f->row->roll) {
	case ROLL_ALGORITHM:
		return (enum algorithm)f->row->number;
	case ROLL_ALGORITHM_BUT_DS:
	case ROLL_SECOND_ALGORITHM:
		return key_algorithm_by_name(
			fault_choice_word(&f->row->params[0], f->values[0], word));
	case ROLL_NONE:
	case ROLL_KSK:
	case ROLL_ZSK:
		break;
	}
	return ALG_NONE;
}

struct signing *words_signing(lua_State *L, struct zone *z, simtime at, unsigned key)
{
	unsigned i;

	for (i = 1; i < z->signing_count; i++)
		if (z->signings[i].at == at)
			luaL_error(L, "the zone is signed twice at one instant");

	words_grow(L, &z->signings, &z->signing_count, sizeof(*z->signings));
	for (i = z->signing_count - 1; i && z->signings[i - 1].at > at; i--)
		z->signings[i] = z->signings[i - 1];
	z->signings[i] = (struct signing){
		.at = at, .reach_from = at, .reach_to = at, .key = key, .fault = -1
	};
	return &z->signings[i];
}

/* A key in the place of number `i`, from `at` on. Its number. */
static unsigned add_key(lua_State *L, struct zone *z, unsigned i, enum algorithm algorithm,
			simtime at)
{
	struct key_plan *k = words_grow(L, &z->keys, &z->key_count, sizeof(*k));
	const struct key_plan *was = &z->keys[i];
	bool same_size = key_is_rsa(was->algorithm) && key_is_rsa(algorithm);

	*k = (struct key_plan){ .role = was->role,
				.algorithm = algorithm,
				.bits = same_size ? was->bits : 0,
				.tag = -1,
				.published = at,
				.removed = SIMTIME_NEVER };
	snprintf(k->name, sizeof(k->name), "%.20s-%u", was->name, z->key_count);
	return z->key_count - 1;
}

static bool is_there(const struct key_plan *k, simtime at)
{
	return k->published <= at && at < k->removed;
}

/* Other keys in the place of those whose role `signs_keys` and `signs_data` tell; `ds` is for the
 * new ones. */
static void replace(lua_State *L, struct zone *z, const struct fault *f, simtime at)
{
	enum roll roll = f->row->roll;
	enum algorithm algorithm = words_roll_algorithm(f);
	unsigned count = z->key_count;
	int signer = -1;

	for (unsigned i = 0; i < count; i++) {
		enum key_role role = z->keys[i].role;
		unsigned n;

		if (!is_there(&z->keys[i], at) || (roll == ROLL_KSK && role == KEY_ZSK) ||
		    (roll == ROLL_ZSK && role != KEY_ZSK))
			continue;
		n = add_key(L, z, i, algorithm ? algorithm : z->keys[i].algorithm, at);
		z->keys[i].removed = at;
		if (roll == ROLL_ALGORITHM_BUT_DS) {
			z->keys[i].ds = (struct key_span){ 0, SIMTIME_NEVER };
			z->keys[n].ds = (struct key_span){ SIMTIME_NEVER, SIMTIME_NEVER };
		}
		if (role != KEY_KSK && signer < 0)
			signer = (int)n;
	}
	if (signer >= 0)
		words_signing(L, z, at, (unsigned)signer);
}

static void add_second(lua_State *L, struct zone *z, const struct fault *f, simtime at)
{
	unsigned i = 0, n;

	while (i + 1 < z->key_count && (z->keys[i].role == KEY_ZSK || !is_there(&z->keys[i], at)))
		i++;
	n = add_key(L, z, i, words_roll_algorithm(f), at);
	z->keys[n].role = KEY_KSK;
	z->keys[n].never_signs = true;
}

void words_roll(lua_State *L, struct zone *z, struct fault *f, simtime at)
{
	switch (f->row->roll) {
	case ROLL_NONE:
		break;
	case ROLL_KSK:
		replace(L, z, f, at);
		if (z->parent)
			f->until = at + z->parent->ttl.ds * SECOND;
		break;
	case ROLL_ZSK:
		replace(L, z, f, at);
		f->until = at + z->ttl.dnskey * SECOND;
		break;
	case ROLL_ALGORITHM:
	case ROLL_ALGORITHM_BUT_DS:
		replace(L, z, f, at);
		break;
	case ROLL_SECOND_ALGORITHM:
		add_second(L, z, f, at);
		break;
	}
}
