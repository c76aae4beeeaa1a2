/* SPDX-License-Identifier: BSD-2-Clause */
/* tree.h - the plan of a DNS tree: zones, their keys and servers, and what changes in them.
 *
 * Built once from a scenario, then constant, except that names a trace asks for may be added before
 * the run begins. Everything that is published is a pure function of this plan, a server of the
 * zone and an instant; what is remembered to make it fast (keys, chains, signatures, leafs) hangs
 * behind the opaque pointers, is made on first use and freed by tree_free().
 *
 * The tree: tree_zone() for the zones of a scenario. A zone with a population has that many
 * delegations without a byte of memory each; tree_leaf() makes the leaf zone of one of them, a
 * struct zone like any other, when it is asked for. */
#pragma once

#include "sim/base/simtime.h"
#include "zones/address.h"
#include "zones/fault.h"
#include "zones/tsig_key.h"

enum algorithm { /* IANA DNSSEC algorithm numbers */
		 ALG_NONE = 0,
		 ALG_RSAMD5 = 1,
		 ALG_DSA = 3,
		 ALG_RSASHA1 = 5,
		 ALG_DSA_NSEC3_SHA1 = 6,
		 ALG_RSASHA1_NSEC3_SHA1 = 7,
		 ALG_RSASHA256 = 8,
		 ALG_RSASHA512 = 10,
		 ALG_ECC_GOST = 12,
		 ALG_ECDSAP256SHA256 = 13,
		 ALG_ECDSAP384SHA384 = 14,
		 ALG_ED25519 = 15,
		 ALG_ED448 = 16,
		 ALG_MLDSA44 = 18,
		 /* unassigned: key_sized.h */
		 ALG_SIZED_MLDSA44 = 118,
		 ALG_SIZED_FALCON512 = 119,
		 ALG_SIZED_SLHDSA128S = 120,
};

enum key_role { KEY_KSK, KEY_ZSK, KEY_CSK };

enum denial { DENIAL_NSEC, DENIAL_NSEC3 };

/* From `from` until `until`. Both 0: as long as the key is published. */
struct key_span {
	simtime from, until;
};

/* A key as a signer's policy has it. */
struct key_plan {
	char name[32]; /* "old", "new": how scenarios call it */
	enum key_role role;
	enum algorithm algorithm;
	unsigned bits; /* RSA modulus; 0 for the algorithm's default */
	int tag; /* wanted key tag, -1 for any; RSA only */
	simtime published; /* in the DNSKEY RRset from here … */
	simtime removed; /* … to here, SIMTIME_NEVER */
	simtime revoked; /* from here on its REVOKE bit is set (RFC 5011), and it signs the DNSKEY RRset; 0: never */
	struct key_span ds; /* KSK, CSK: its DS stands at the parent */
	struct key_span signs; /* KSK, CSK: it signs the DNSKEY RRset while it is in it */
	bool never_signs; /* it is there, and nothing is signed with it */
	bool is_no_anchor; /* of the root's: resolvers are not told of it */
	char again
		[32]; /* the key of its role that comes back with these times, whose pair it has; else "" */
};

/* An RRset by its owner and type, RR_NSEC3 standing for the one that matches the owner. */
struct rrset_ref {
	uint8_t owner[NAME_MAX_LEN];
	uint16_t type;
};

/* From `at` on the zone's own data is signed with `key`; every RRset is signed anew at that
 * instant. A `mismatched` share of the RRsets, drawn per RRset and zone version, and every one in
 * `always` is signed with another key pair under the same tag. It reaches the zone's servers one
 * after the other, in the order of `servers`, evenly between `reach_from` and `reach_to` (both =
 * `at` when all at once). */
struct signing {
	simtime at, reach_from, reach_to;
	unsigned key; /* index into keys */
	uint64_t also; /* bit i: keys[i] signs beside it */
	bool withheld; /* nobody does: only the DNSKEY RRset is signed, while there is one */
	double mismatched;
	struct rrset_ref *always;
	unsigned always_count;
	int fault; /* index into tree's faults, -1 when nothing is wrong with it */
};

struct server {
	uint8_t name[NAME_MAX_LEN];
	/* Family 0: none. 198.18.32.0 … 198.18.255.255 and fd00:5f:: of the same are for hosters.
	 */
	struct address v4, v6;
	simtime latency; /* round trip to the resolver */
	/* Of a zone that a signer published: how often it looks for a new version (0: it is told of
	 * each), and how long after that it has it. */
	simtime polls, lag;
};

struct ttls { /* seconds */
	uint32_t soa, ns, dnskey, delegation, ds, denial, negative, address;
};

/* TTL `ttl` for a `share` of the names; shares add up to 1. */
struct ttl_share {
	uint32_t ttl;
	double share;
};

/* Where a share of the hosters has its servers' names: below `zone` (an apex). */
struct hoster_share {
	uint8_t zone[NAME_MAX_LEN];
	double share;
};

struct image;

/* What hosts of a population may have. */
enum host_type { HOST_A, HOST_AAAA, HOST_MX, HOST_TXT, HOST_TYPES };

/* Delegations without a list: number 0 … count-1, all about each of them drawn from the seed. With
 * `wildcard` or `hosts` they are no delegations but names of the zone itself, without hosters: "*"
 * below the apex answers for them, or each has RRsets of its own. */
struct population {
	struct image *image; /* their names and which are signed, out of a file; NULL: by rule */
	uint64_t count;
	double signed_share;
	unsigned hosters;
	struct ttl_share *ttl;
	unsigned ttl_count;
	struct hoster_share *hoster_zones; /* none: all hosters live below the zone itself */
	unsigned hoster_zone_count;
	enum algorithm algorithm; /* of signed leafs, ALG_ECDSAP256SHA256 */
	simtime latency; /* of the hosters' servers */
	unsigned wildcard; /* bits of enum wildcard */
	bool hosts;
	bool parted; /* they were told as a wildcard, of whose one RRset a fault has a share */
	double host_share[HOST_TYPES]; /* of the hosts that have such an RRset; one is 1 */
	double lame,
		dark; /* shares of the delegations that are so all the time; in all at most 1 */
	double bogus; /* of the signed ones that are neither */
};

static inline bool population_delegates(const struct population *p)
{
	return !p->wildcard && !p->hosts;
}

/* What is wrong with a leaf at all times, as with some of any large zone's: no fault of the scenario,
 * which has its instants. */
enum ailment {
	AILMENT_NONE,
	AILMENT_LAME, /* its servers do not have it (RFC 1912 section 2.8): REFUSED */
	AILMENT_DARK, /* they keep silent */
	AILMENT_BOGUS, /* another key than the published signs it */
};

/* What stands at "*". */
enum wildcard { WILDCARD_A = 1, WILDCARD_AAAA = 2 };

/* Who may have all of a zone (RFC 5936). */
struct transfer_plan {
	struct address_prefix *to; /* none: whoever asks */
	unsigned to_count;
	struct address_prefix *notify; /* who is told of a new version, each one address */
	unsigned notify_count;
	struct tsig_key *key; /* who asks has to sign with it; NULL: nobody has to */
};

struct zone_state; /* what is remembered of a zone */
struct published; /* published.h */
struct record_plan; /* records.h */

struct zone {
	uint8_t apex[NAME_MAX_LEN];
	struct tree *tree;
	struct zone *parent; /* NULL: the root */
	bool is_signed;
	bool is_bare; /* a leaf with addresses at its apex and no other names than its servers' */
	bool tells_servers; /* its NS RRset and their addresses stand beside positive answers */
	enum ailment ailment; /* of a leaf */
	uint8_t lame_rcode; /* what AILMENT_LAME answers; 0: REFUSED */
	bool zsk_signs_keys; /* the DNSKEY RRset has the ZSKs' signatures too */
	enum denial denial;
	uint16_t nsec3_iterations;
	uint8_t salt[255], salt_len;
	bool optout;
	struct ttls ttl;
	uint8_t soa_mname[NAME_MAX_LEN], soa_rname[NAME_MAX_LEN];
	uint32_t soa_refresh, soa_retry, soa_expire;
	struct key_plan *keys;
	unsigned key_count;
	struct zone *keys_of; /* whose key pairs it has, with the same plans; NULL: its own */
	struct signing *signings; /* in time order; the first holds from the beginning of time */
	unsigned signing_count;
	simtime validity, backdate; /* of signatures: 14 days, 90 minutes */
	simtime version_every; /* a new serial and SOA signature this often: 1 minute */
	uint16_t edns_size; /* most a server of it sends by UDP: 1232 */
	uint8_t *report_channel; /* whom its servers name in answers, for reports of errors (RFC
				    9567); NULL: nobody */
	struct server *servers;
	unsigned server_count;
	struct population *population; /* NULL: none */
	struct record_plan *records; /* that are told one by one, or stand in a file */
	unsigned record_count;
	struct transfer_plan *transfer; /* NULL: nobody may have all of it */
	bool as_signed; /* its records are those of a file, keys and signatures too */
	struct published *published; /* as_signed, version after version; NULL */
	char *file; /* what it was read from, for people; NULL: it was not */
	uint64_t seed;
	unsigned *faults; /* indexes into the tree's */
	unsigned fault_count;
	/* NULL until tree_prepare(); then made, and freed with the tree */
	struct zone_state *state;
};

struct tree_state;

struct tree {
	struct zone **zones; /* zones[0] is the root; parents come before children */
	unsigned zone_count;
	struct fault *faults;
	unsigned fault_count; /* at most FAULTS_MAX */
	simtime from; /* the start of the scenario: addresses count their seconds from here */
	bool is_long; /* it lasts longer than a year: A records count fours of seconds */
	simtime date_shift; /* added to dates in signatures and serials: 0, but for runs in real
			       time */
	uint64_t seed;
	struct tree_state *state;
};

/* An empty tree; a zone with the defaults above, linked into the tree (`parent` NULL: the root).
 * Everything it points to is malloc'ed and owned by the tree. */
struct tree *tree_new(uint64_t seed, simtime from);
void tree_free(struct tree *t);
struct zone *tree_add(struct tree *t, const uint8_t *apex, struct zone *parent);

/* Checks the plan (a signed zone has a KSK and a ZSK, or a CSK, and an algorithm its keys share;
 * parents enclose children; names of servers lie in a zone of the tree), places the address records
 * of servers' names in the zones that enclose them, gives hosters their addresses, and makes the
 * keys that are to have a certain tag. Call once, after the last change to the plan and before
 * anything below. -EINVAL, with a sentence. */
int tree_prepare(struct tree *t, struct err *e);

/* Makes sure that `name` exists, for traces: adds a TLD (signed, healthy, hosted on servers of its
 * own) where no zone of the scenario has one, a delegation below it, and the name in the leaf zone.
 * Single labels are left alone: they stay NXDOMAIN at the root. After tree_prepare(), before the
 * first answer. */
int tree_add_name(struct tree *t, const uint8_t *name, struct err *e);

/* Prepares a zone that tree_add() made after tree_prepare(). */
int tree_join(struct zone *z, struct err *e);

/* The zone of the scenario with this apex, NULL when there is none. */
struct zone *tree_zone(const struct tree *t, const uint8_t *apex);

/* The deepest zone of the plan at or above the name. */
struct zone *tree_zone_above(const struct tree *t, const uint8_t *name);

/* The name of delegation `n` of the zone's population: the same for the same n, whatever
 * the seed. */
void tree_delegation(const struct zone *z, uint64_t n, uint8_t ret[NAME_MAX_LEN]);

/* What is planned for one delegation of a zone, by number or by a name at or below it. */
struct delegation {
	uint64_t number; /* UINT64_MAX for one that a trace added */
	uint8_t name[NAME_MAX_LEN];
	bool is_signed;
	uint32_t ttl; /* of the leaf's records */
	unsigned hoster; /* its number in the tree */
	enum ailment ailment;
	const struct told_zone *told; /* what answers told of it; NULL: nothing */
};

void tree_delegation_plan(const struct zone *z, uint64_t n, struct delegation *ret);
bool tree_delegation_find(const struct zone *z, const uint8_t *name, struct delegation *ret);

/* The leaf zone of a delegation, from a cache: lent until the next call, as by tree_at(). NULL: no
 * memory. */
struct zone *tree_leaf(const struct zone *z, const struct delegation *d);

/* The zone served at `address` that is the deepest at or above `qname`, and which of its servers
 * that is; NULL when no zone there encloses it (the answer is REFUSED). Leaf zones come from a
 * cache: lent until the next call. `qtype` RR_DS looks for the parent's side when this server has
 * both. */
struct zone *tree_at(struct tree *t, const struct address *address, const uint8_t *qname,
		     uint16_t qtype, unsigned *ret_server);

/* Whether anybody serves anything at this address. */
bool tree_is_server(const struct tree *t, const struct address *address);

/* Which server that is, whatever it is asked for; NULL when there is none. *ret_zone is the first zone
 * of the scenario that has it, as its number *ret_server, and NULL at a hoster's. */
const struct server *tree_server(const struct tree *t, const struct address *address,
				 struct zone **ret_zone, unsigned *ret_server);

/* The address in a leaf's A or AAAA answer carries the second in which it was given, counted from
 * `from` and up to TREE_SPAN_MAX after it, and a check of the name. given = -1 in
 * tree_address_read(): never given for that name; else the first of the seconds, tree_address_unit()
 * of them, in one of which it was. */
#define TREE_YEAR (366 * DAY) /* the longest that is told to the second by A records */
#define TREE_SPAN_MAX (4 * TREE_YEAR) /* no scenario lasts longer */
unsigned tree_address_unit(const struct tree *t, int family);
void tree_address_write(const struct tree *t, const uint8_t *name, simtime now, int family,
			uint8_t *ret);
int64_t tree_address_read(const struct tree *t, const uint8_t *name, int family,
			  const uint8_t *bytes);

/* The TTL that the address of this family of a name has in its zone; -1: it has none. */
int64_t tree_address_ttl(const struct tree *t, const uint8_t *name, unsigned family);

/* Whether a record that the plan tells gives the name this address, which has no second in it. */
bool tree_address_is_told(const struct tree *t, const uint8_t *name, const struct address *a);
