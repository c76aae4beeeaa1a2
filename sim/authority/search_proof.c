/* SPDX-License-Identifier: BSD-2-Clause */
/* search_proof.c - the proofs of what is not there. */
#include "sim/authority/search_inside.h"

static bool proved_already(const struct search *s, const uint8_t *owner)
{
	for (unsigned i = 0; i < s->proof_count; i++)
		if (name_equal(s->proofs[i], owner))
			return true;
	return false;
}

/* Puts the record that is in s->proof, once. */
void search_put_proof(struct search *s)
{
	struct rrset *rs = &s->proof.rrset;

	if (proved_already(s, rs->owner))
		return;
	if (s->proof_count < PROOFS_MAX)
		name_copy(s->proofs[s->proof_count++], rs->owner);
	search_put(s, rs, rs->ttl, NULL, rs->type == RR_NSEC3 ? s->proof.stands_for : NULL);
}

bool search_match(struct search *s, const uint8_t *name)
{
	if (!denial_match(&s->v, name, &s->proof))
		return false;
	search_put_proof(s);
	return true;
}

void search_cover(struct search *s, const uint8_t *name)
{
	if (denial_cover(&s->v, name, &s->proof))
		search_put_proof(s);
}

/* RFC 5155 section 7.2.1: the closest encloser that the chain has, at least `depth` labels up,
 * matches; the next closer name is covered. */
void search_encloser(struct search *s, const uint8_t *name, unsigned depth)
{
	unsigned most = name_labels(name) - name_labels(s->v.zone->apex);

	for (; depth <= most; depth++) {
		if (!search_match(s, name_skip(name, depth)))
			continue;
		if (depth)
			search_cover(s, name_skip(name, depth - 1));
		return;
	}
}

bool search_has_nsec3(const struct search *s)
{
	return s->v.zone->denial == DENIAL_NSEC3;
}

/* The name is there and the type is not: RFC 4035 section 3.1.3.1, 5155 sections 7.2.3 and 7.2.4.
 * No NSEC matches an empty non-terminal; the one before it covers it. */
void search_no_type(struct search *s, const uint8_t *name)
{
	if (search_match(s, name))
		return;
	if (search_has_nsec3(s))
		search_encloser(s, name, 1);
	else
		search_cover(s, name);
}
