/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover.h - a plan of key rollovers as a registry has it: which key is published, signs and has
 * its DS, and when.
 *
 * Plain data: read by sim/ and harness/ from a script or from a signer's own files, then constant.
 * Spans are half open: a key that is published from a until b is in the DNSKEY RRset at a and not
 * at b. What is true before the plan begins has been so since ROLLOVER_ALWAYS.
 *
 * The zone is signed while a key is published or signs. When all that signed data have stopped and
 * a key is still published, the last signatures stand until they expire. */
#pragma once

#include "sim/base/cleanup.h"
#include "zones/tree.h"

#define ROLLOVER_ALWAYS INT64_MIN
#define ROLLOVER_KEYS 64 /* a set of keys is a uint64_t */

struct rollover_span {
	simtime from, until;
};

struct rollover_key {
	char name[32];
	enum key_role role;
	uint8_t algorithm; /* IANA's number, of any algorithm */
	int tag; /* -1: not told */
	struct rollover_span published; /* in the DNSKEY RRset */
	struct rollover_span signs; /* a KSK the DNSKEY RRset, a ZSK all others, a CSK both */
	struct rollover_span signs_keys; /* a CSK the DNSKEY RRset, where that is another span */
	bool has_signs_keys;
	simtime seen_signed; /* from then on no cache has another RRset without its signature; 0: as
				`signing` has it */
	struct rollover_span ds; /* its DS stands at the parent; ZSK: never */
	bool leaves; /* its signer is done with it, whether or not it says when it goes */
	unsigned
		again; /* the place, from 1 on, of the key before it that comes back with these times; in
			   sets it is that one. 0: a key of its own */
};

struct rollover {
	char name[64], title[256];
	char zone[256]; /* presentation form, absolute */
	simtime from; /* what happens before is past */
	struct {
		simtime dnskey, ds;
		simtime zone; /* the longest of the zone's RRsets */
		simtime negative; /* of the proof that there is no DS, or no DNSKEY */
	} ttl;
	struct {
		simtime zone, parent; /* until the last server of it has a change: Dprp, DprpP */
	} propagation;
	simtime signing; /* until the last RRset is signed by a new key: Dsgn */
	bool signs_first_at_once; /* but not where the zone was unsigned */
	simtime validity; /* of signatures; 0: not told, then nothing expires */
	bool is_state; /* a signer's state: what is still to come need not be planned yet */
	simtime since; /* of a signer's state: what it gives no date has been so from then on */
	simtime emptied; /* caches have nothing that they fetched before it; 0: they have */
	struct rollover_key *keys;
	unsigned key_count;
};

void rollover_free(struct rollover *r);
DEFINE_FREEP(struct rollover, rollover)

/* A plan of its own with room for `more` further keys. NULL: no memory. */
struct rollover *rollover_copy(const struct rollover *r, unsigned more);

/* Whether the plan makes sense: it has keys, each span begins before it ends, durations are not
 * negative, names are plain and told apart. -EINVAL. */
int rollover_check(const struct rollover *r, struct err *e);

/* No instant at all. */
struct rollover_span rollover_never(void);

static inline bool rollover_in(const struct rollover_span *s, simtime t)
{
	return s->from <= t && t < s->until;
}

/* The key's place in a set of keys; of one that comes back the place of the one that it was. */
static inline uint64_t rollover_bit(const struct rollover *r, unsigned i)
{
	return UINT64_C(1) << (r->keys[i].again ? r->keys[i].again - 1 : i);
}

/* t + d, where ALWAYS and NEVER stay what they are. d is not negative. */
simtime rollover_after(simtime t, simtime d);

/* "'new'", "'old' or 'new'", of a set of keys; `word` stands before the last. Cut to size. */
char *rollover_keys_text(const struct rollover *r, uint64_t keys, const char *word, char *ret,
			 size_t size);

/* "RSASHA256", or the number. Lent: of a table, or `text`. */
const char *rollover_algorithm_name(uint8_t algorithm, char text[8]);

/* The number of a mnemonic (IANA's, in any case) or of a number as text; 0: neither. */
uint8_t rollover_algorithm(const char *name);
