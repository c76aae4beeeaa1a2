/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/fit.h"

#include <errno.h>

#include "zones/key.h"
#include "zones/life.h"

#define MESSAGE_MAX UINT16_MAX
/* Header, a question with the longest name, an OPT with an extended error. */
#define MESSAGE_REST (12 + NAME_MAX_LEN + 4 + 17)
#define RECORD 12 /* a record but for its RDATA: its owner is a pointer to where it stands */
#define RRSIG_HEAD 18
#define SOA_LEN (RECORD + 2 * NAME_MAX_LEN + 20)
#define DENIAL_LEN (2 * NAME_MAX_LEN + 10 + 300) /* an NSEC or NSEC3 with its owner, salt, types */

static size_t rrsig_len(const struct zone *z, const struct key_plan *k)
{
	return RECORD + RRSIG_HEAD + name_len(z->apex) + key_signature_len(k);
}

/* The key that signs data; of several the one with the largest signatures. */
static const struct key_plan *data_key(const struct zone *z)
{
	const struct key_plan *largest = NULL;

	for (unsigned i = 0; i < z->key_count; i++) {
		const struct key_plan *k = &z->keys[i];

		if (k->role != KEY_KSK && !k->never_signs &&
		    (!largest || key_signature_len(k) > key_signature_len(largest)))
			largest = k;
	}
	return largest;
}

static bool befalls_type(const struct fault *f, uint16_t type)
{
	for (unsigned i = 0; i < f->type_count; i++)
		if (f->types[i] == type)
			return true;
	return !f->type_count;
}

static int too_many(const struct zone *z, const struct fault *f, const char *what, size_t want,
		    size_t each, size_t rest, struct err *e)
{
	char apex[NAME_TEXT_LEN];
	size_t room = rest < MESSAGE_MAX ? MESSAGE_MAX - rest : 0;

	return err_set(e, -EMSGSIZE,
		       "%s%szone '%s': an answer with %zu %s takes %zu bytes, and a message holds "
		       "%d: at most %zu fit",
		       f ? f->row->name : "", f ? ": " : "", name_text(z->apex, apex), want, what,
		       rest + want * each, MESSAGE_MAX, room / each);
}

/* The answer for DNSKEY: keys of the plan, those of a trap, and what signs them. */
static int check_keys(const struct zone *z, simtime now, const struct fault *f, struct err *e)
{
	size_t traps = f ? (size_t)f->values[0] : 0, each, rest = MESSAGE_REST, n = 0;
	size_t sigs = f && befalls_type(f, RR_DNSKEY) ? (size_t)f->values[1] : 1;

	for (unsigned i = 0; i < z->key_count; i++) {
		const struct key_plan *k = &z->keys[i];

		if (!life_published(k, now))
			continue;
		n++;
		rest += RECORD + key_rdata_len(k);
		if (!k->never_signs && life_signs_keys(k, now))
			rest += rrsig_len(z, k);
		else if (!k->never_signs && z->zsk_signs_keys)
			rest += sigs * rrsig_len(z, k);
	}
	if (!n)
		return 0;
	if (!f && rest > MESSAGE_MAX)
		return too_many(z, f, "keys", n, rest / n, rest - n * (rest / n), e);
	each = RECORD + (f ? key_rdata_len(data_key(z)) : 0);
	if (rest + traps * each > MESSAGE_MAX)
		return too_many(z, f, "keys of one tag", traps, each, rest, e);
	return 0;
}

/* The largest answer that is not about keys: a name that is not there is denied by the SOA and two
 * NSEC or three NSEC3 records, and each has all the signatures. */
static int check_signatures(const struct zone *z, const struct fault *f, struct err *e)
{
	bool nsec3 = z->denial == DENIAL_NSEC3;
	size_t denials = nsec3 ? 3 : 2, sets = 0, each;

	if (befalls_type(f, RR_SOA))
		sets++;
	if (befalls_type(f, nsec3 ? RR_NSEC3 : RR_NSEC))
		sets += denials;
	if (!sets)
		sets = 1; /* an answer with the one type that is meant */
	if (f->name_count && sets > f->name_count)
		sets = f->name_count;
	each = sets * rrsig_len(z, data_key(z));
	if (MESSAGE_REST + SOA_LEN + denials * DENIAL_LEN + (size_t)f->values[1] * each <=
	    MESSAGE_MAX)
		return 0;
	return too_many(z, f, "signatures over each of its RRsets", (size_t)f->values[1], each,
			MESSAGE_REST + SOA_LEN + denials * DENIAL_LEN, e);
}

int fit_check(const struct zone *z, simtime now, const struct fault *f, struct err *e)
{
	int rc = 0;

	if (!z->is_signed || !data_key(z))
		return 0;
	rc = check_keys(z, now, f, e);
	if (!rc && f)
		rc = check_signatures(z, f, e);
	return rc;
}
