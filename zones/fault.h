/* SPDX-License-Identifier: BSD-2-Clause */
/* fault.h - the catalogue of things that are wrong on purpose, and one of them as a scenario plans
 * it.
 *
 * A row of the catalogue says what a kind of fault is called, what it may be told, and what it does
 * at the places where a zone is made: each place is a function or a number, and most rows have one.
 * A fault acts on a zone from an instant until another one, on the servers that publish it. All of
 * it is pure: the plan, a view of the zone and records in, changed records out. What a server does
 * on the wire is an enum here and done in sim/.
 *
 *	place	at		changes
 *	ds	the parent	the DS RRset, before the parent signs it
 *	hides	the zone	an RRset is not there (hides_ds: at the parent, its DS)
 *	hashing	the zone	the parameters of its NSEC3 chain
 *	denial	the zone	an NSEC or NSEC3 record, before it is signed
 *	copy	the zone	what a server has instead of it
 *	roll	the plan	its keys
 *	flaw	the zone	how an RRset is signed
 *	edit	the zone	an RRset, when it is signed already
 *	address	the parent	the glue of the zone's servers (loops: its NS RRset)
 *	wire	a server	what it does with a query or an answer */
#pragma once

#include "sim/base/simtime.h"
#include "zones/rrset.h"

struct fault;
struct hashing;
struct view;
struct zone;

enum fault_group {
	GROUP_CONTROL,
	GROUP_DS,
	GROUP_KEYS,
	GROUP_SIGNATURES,
	GROUP_DENIAL,
	GROUP_ALGORITHMS,
	GROUP_ROLLOVER,
	GROUP_DELEGATION,
	GROUP_SERVERS,
	GROUP_WIRE,
	GROUP_COST,
	GROUP_COUNT,
};

extern const char *const fault_groups[GROUP_COUNT];

/* What any fault may be told, where it makes sense. `to` goes with all. */
enum {
	TAKES_SHARE = 1,
	TAKES_TYPES = 2,
	TAKES_NAMES = 4,
	TAKES_SERVERS = 8,
	TAKES_BITMAP = 16, /* `types` too, but they are those of a bitmap */
};

/* What the zone must be like: "cannot be expressed" otherwise. */
enum {
	NEEDS_SIGNED = 1,
	NEEDS_NSEC = 2,
	NEEDS_NSEC3 = 4,
	NEEDS_PARENT = 8,
	NEEDS_OPTOUT = 16,
	NEEDS_ZSK = 32,
	NEEDS_ROOT = 64,
	NEEDS_GLUE = 128, /* a server whose name is below the zone */
};

/* What a fault is told beside that: a key of its table. */
struct fault_param {
	const char *name;
	enum { PARAM_COUNT, PARAM_DURATION, PARAM_CHOICE, PARAM_ZONE } type;
	int64_t otherwise; /* -1: it must be given */
	int64_t least, most; /* PARAM_COUNT */
	const char *choices; /* PARAM_CHOICE: "same other", whose numbers are 0 and 1 */
	const char *about;
};

#define FAULT_PARAMS 2

/* How the signatures over an RRset are made. All zeros: as they should be. */
struct flaw {
	bool absent;
	bool corrupt; /* a byte of the signature is another */
	bool signer, labels, ttl; /* this field is wrong */
	enum { PAIR_RIGHT, PAIR_SAME_TAG, PAIR_OTHER_TAG } pair; /* the key pair it is made with */
	enum { WINDOW_RIGHT, WINDOW_PAST, WINDOW_FUTURE, WINDOW_INVERTED, WINDOW_ENDS } window;
	simtime ends; /* WINDOW_ENDS: when */
	unsigned more; /* signatures of no worth beside it */
};

/* What a server does on the wire. */
enum wire_fault {
	WIRE_NONE,
	WIRE_AS_ALWAYS,
	WIRE_DROP,
	WIRE_DELAY,
	WIRE_CAP,
	WIRE_RCODE, /* answers with row->number, or with the parameter */
	WIRE_EDE,
	WIRE_TRUNCATE,
	WIRE_NO_EDNS,
	WIRE_ID,
	WIRE_SOURCE,
	WIRE_CORRUPT,
	WIRE_MTU, /* answers that no packet of so many bytes holds are lost */
};

/* By which transport a query comes that a fault on the wire is meant for. */
enum over { OVER_BOTH, OVER_UDP, OVER_TCP };

/* What else such a fault is told: aim.h. All zeros: it is meant for every query. */
struct aim {
	enum over over;
	unsigned family; /* of the server's address, 4 or 6; 0: both */
	unsigned bigger_than; /* bytes of the answer; 0: any */
	bool below; /* the servers of zones below have it too */
};

/* What a server has instead of the zone. */
enum copy { COPY_RIGHT, COPY_FROZEN, COPY_LAGGING, COPY_UNSIGNED };

/* What becomes of the plan's keys when it begins. */
enum roll {
	ROLL_NONE,
	ROLL_KSK, /* another KSK, and its DS, at once */
	ROLL_ZSK, /* another ZSK, with which all is signed at once */
	ROLL_ALGORITHM, /* keys of another algorithm in the place of all */
	ROLL_ALGORITHM_BUT_DS, /* the same, and the DS stays */
	ROLL_SECOND_ALGORITHM, /* a KSK of another algorithm too, with its DS; nothing is signed
				  with it */
};

struct fault_row {
	const char *name; /* as scenarios, reports and run.json call it */
	const char *alias; /* another name for it, NULL */
	enum fault_group group;
	bool is_dnssec; /* what it breaks is DNSSEC: answers are bogus, and an extended error should
			   say so */
	const char *about; /* one sentence */
	const char *rfc; /* where the rule stands that it breaks */
	const char *published; /* what is published, for its page */
	const char *seen_in; /* an incident, NULL */
	unsigned takes, needs;
	struct fault_param params[FAULT_PARAMS];
	uint16_t types[4]; /* of RRsets that it befalls, unless it is told others; none: all */
	uint16_t by; /* flags of the keys meant: 257 (KSK, CSK), 256 (ZSK), 0 for all */
	int number; /* what its functions make of it */
	bool is_family; /* NAME-N is this fault with the first parameter N */
	bool spares_keys; /* DNSKEY RRsets, unless they are among `types` */
	bool early; /* signatures made before it show it */

	void (*ds)(const struct fault *f, struct zone *child, struct rrset *ds);
	uint16_t hides;
	bool hides_ds;
	bool refers_ds; /* the parent answers for its DS as for a name below the delegation */
	uint16_t hides_too;
	bool no_proofs; /* records of the chain are there, and no answer has them */
	void (*hashing)(const struct fault *f, struct hashing *h);
	void (*denial)(const struct fault *f, struct rrset *rs);
	void (*flaw)(const struct fault *f, struct flaw *flaw);
	void (*edit)(const struct fault *f, struct rrset *rs);
	uint16_t shows; /* an RRset of this type carries it (RR_RRSIG: any that is signed), and is
			   as planned: what is wrong is in caches */
	bool trap; /* keys and signatures that cost and are worth nothing */
	const char *address; /* of the zone's servers, in the parent's glue */
	bool loops; /* its delegation leads to servers in `other` */
	bool truncates; /* of the delegations only `share` are left */
	enum copy copy;
	enum roll roll;
	enum wire_fault wire;
	enum over over; /* unless it is told another one */
};

/* Whether it does something with queries, so that it takes aim at them. */
static inline bool fault_row_aims(const struct fault_row *r)
{
	return r->wire > WIRE_AS_ALWAYS;
}

/* Row `n` of the catalogue, group by group; NULL past the last. */
const struct fault_row *fault_row(unsigned n);

/* A key that a fault's table may have. */
struct fault_key {
	const char *name, *about; /* `about` is a parameter's own */
	const struct fault_param
		*param; /* NULL: what any fault may be told, where it makes sense */
};

#define FAULT_KEYS_MAX (FAULT_PARAMS + 9)

/* Those of a row, in the order in which they are told; how many. Lent, for ever. */
unsigned fault_keys(const struct fault_row *r, struct fault_key ret[FAULT_KEYS_MAX]);

/* The number of a word among the choices of a parameter; -1 when it is none. */
int64_t fault_choice(const struct fault_param *p, const char *word);

#define FAULT_WORD 32

/* The word of a number among them. Gives `ret`. */
char *fault_choice_word(const struct fault_param *p, int64_t number, char ret[FAULT_WORD]);

/* NULL: there is no kind of this name. Of a family's member ("nsec3-iter-150") *ret_number is the
 * number, else -1; it may be NULL. */
const struct fault_row *fault_find_number(const char *name, int64_t *ret_number);
const struct fault_row *fault_find(const char *name);

/* A thing that is wrong on purpose; the run must see it on the wire. */
struct fault {
	const struct fault_row *row;
	char text[160]; /* for people */
	bool text_names_it; /* with the row's name in it */
	simtime from, until; /* when it can be seen first, when it is over (SIMTIME_NEVER) */
	simtime mended; /* when the first server is well again, where one is before the others; 0 */
	struct zone *zone;
	uint64_t servers; /* bit i: server i of the zone has it (of the parent, for ds and glue); 0:
			     all */
	double share; /* of the RRsets, or of the queries; 1 */
	uint16_t *types; /* instead of row->types */
	unsigned type_count;
	uint8_t (*names)[NAME_MAX_LEN]; /* at these alone */
	unsigned name_count;
	struct aim aim; /* of one on the wire; its types and names are those of queries */
	int64_t values[FAULT_PARAMS]; /* of row->params: a count, nanoseconds, the number of a
					 choice */
	struct zone *other; /* PARAM_ZONE */
};

void fault_done(struct fault *f);

/* Whether server `server` has it at `now`. */
bool fault_acts(const struct fault *f, unsigned server, simtime now);

/* Whether it befalls the RRset of a type at an owner, of those that it is meant for; the lottery of
 * `share` is drawn by both. */
bool fault_befalls(const struct fault *f, const uint8_t *owner, uint16_t type);

/* The faults of a zone that its server `server` has at `now`: from *i (start with 0); NULL after
 * the last. */
const struct fault *fault_next(const struct zone *z, unsigned server, simtime now, unsigned *i);

/* Whether two faults of a zone cannot both be seen: at one time, on one server, what one does is
 * undone or hidden by the other. */
bool fault_contradicts(const struct fault *a, const struct fault *b);

/* Faults by their numbers in the tree. All zeros: none. */
#define FAULTS_MAX 1024

struct fault_set {
	uint64_t bits[FAULTS_MAX / 64];
};

static inline void fault_set_add(struct fault_set *s, unsigned n)
{
	s->bits[n / 64] |= UINT64_C(1) << n % 64;
}

static inline bool fault_set_has(const struct fault_set *s, unsigned n)
{
	return s->bits[n / 64] >> n % 64 & 1;
}

static inline void fault_set_join(struct fault_set *s, const struct fault_set *more)
{
	for (unsigned i = 0; i < FAULTS_MAX / 64; i++)
		s->bits[i] |= more->bits[i];
}

static inline bool fault_set_empty(const struct fault_set *s)
{
	uint64_t all = 0;

	for (unsigned i = 0; i < FAULTS_MAX / 64; i++)
		all |= s->bits[i];
	return !all;
}
