/* SPDX-License-Identifier: BSD-2-Clause */
/* fault_roll.c - other algorithms, and rollovers that went wrong: what becomes of the plan's keys
 * is done in sim/language/words_roll.c. */
#include "zones/fault_rows.h"

static void trapped(const struct fault *f, struct flaw *flaw)
{
	flaw->corrupt = true;
	flaw->more = (unsigned)f->values[1] - 1;
}

#define ALGORITHMS                                                                                 \
	"rsasha1-nsec3-sha1 rsasha1 rsasha256 rsasha512 ecdsap256sha256 ecdsap384sha384 ed25519 "  \
	"ed448"

#define SIGNED_WITH .group = GROUP_ALGORITHMS, .needs = NEEDS_DS, .roll = ROLL_ALGORITHM
#define GOOD_ZONE                                                                                  \
	.published = "Real keys and signatures, a DS for them, and nothing of the old algorithm: " \
		     "a good zone."
#define RETIRED                                                                                    \
	"Keys, DS and signatures as they should be, for validators that still know the "           \
	"algorithm; to all others the zone is insecure."
#define ROLLOVER .group = GROUP_ROLLOVER, .is_dnssec = true
#define OTHER_ALGORITHM                                                                            \
	.params = { { "algorithm", PARAM_CHOICE, -1, 0, 0, ALGORITHMS, "the other algorithm" } }

const struct fault_row fault_roll_rows[] = {
	{ SIGNED_WITH, .name = "rsamd5",
	  .about = "the zone is signed with RSA/MD5, which nobody may use", .rfc = "RFC 6944 2.3",
	  .published = RETIRED " The tag is reckoned as RFC 4034 appendix B.1 has it.",
	  .number = 1 },
	{ SIGNED_WITH, .name = "dsa", .about = "the zone is signed with DSA, which is retired",
	  .rfc = "RFC 8624 3.1", .published = RETIRED, .number = 3 },
	{ SIGNED_WITH, .name = "rsasha1", .about = "the zone is signed with RSA/SHA-1",
	  .rfc = "RFC 8624 3.1", GOOD_ZONE, .number = 5 },
	{ SIGNED_WITH, .name = "dsa-nsec3-sha1",
	  .about = "the zone is signed with DSA under its NSEC3 number, which is retired",
	  .rfc = "RFC 8624 3.1", .published = RETIRED, .number = 6 },
	{ SIGNED_WITH, .name = "rsasha1-nsec3-sha1",
	  .about = "the zone is signed with RSA/SHA-1 under its NSEC3 number",
	  .rfc = "RFC 8624 3.1", GOOD_ZONE, .number = 7 },
	{ SIGNED_WITH, .name = "rsasha256", .about = "the zone is signed with RSA/SHA-256",
	  .rfc = "RFC 5702 3", GOOD_ZONE, .number = 8 },
	{ SIGNED_WITH, .name = "rsasha512", .about = "the zone is signed with RSA/SHA-512",
	  .rfc = "RFC 5702 3", GOOD_ZONE, .number = 10 },
	{ SIGNED_WITH, .name = "ecc-gost", .alias = "gost",
	  .about = "the zone is signed with GOST R 34.10-2001, which is retired",
	  .rfc = "RFC 8624 3.1",
	  .published = "Keys of the right length and a DS for them; the signatures have the right "
		       "length and verify nothing, as OpenSSL knows the algorithm no more. To a "
		       "validator that does not, the zone is insecure.",
	  .number = 12 },
	{ SIGNED_WITH, .name = "ecdsap256sha256", .about = "the zone is signed with ECDSA P-256",
	  .rfc = "RFC 6605 3", GOOD_ZONE, .number = 13 },
	{ SIGNED_WITH, .name = "ecdsap384sha384", .about = "the zone is signed with ECDSA P-384",
	  .rfc = "RFC 6605 3", GOOD_ZONE, .number = 14 },
	{ SIGNED_WITH, .name = "ed25519", .about = "the zone is signed with Ed25519",
	  .rfc = "RFC 8080 3", GOOD_ZONE, .number = 15 },
	{ SIGNED_WITH, .name = "ed448", .about = "the zone is signed with Ed448",
	  .rfc = "RFC 8080 3", GOOD_ZONE, .number = 16 },
	{ ROLLOVER, .needs = NEEDS_DS, .name = "algo-set-incomplete",
	  .about = "the DS set names an algorithm that nothing is signed with",
	  .rfc = "RFC 6840 5.11",
	  .published = "A KSK of the other algorithm is in the DS set and the DNSKEY RRset; all "
		       "signatures are by the old one. Validators differ: one good path is enough "
		       "(RFC 6840), or each algorithm must be there.",
	  .seen_in = ".gov, 14 August 2013: signed with 8 alone while the DS still named 7.",
	  .roll = ROLL_SECOND_ALGORITHM, .shows = RR_DNSKEY, OTHER_ALGORITHM },
	{ ROLLOVER, .needs = NEEDS_DS, .name = "algo-roll-one-sided",
	  .about = "the zone changes its algorithm and the parent's DS stays",
	  .rfc = "RFC 6781 4.1.4",
	  .published =
		  "Keys and signatures of the other algorithm alone, under the DS of the old KSK.",
	  .roll = ROLL_ALGORITHM_BUT_DS, .shows = RR_DNSKEY, OTHER_ALGORITHM },
	{ ROLLOVER, .needs = NEEDS_DS, .name = "ksk-dropped-before-parent-ds-expiry",
	  .about =
		  "the KSK and its DS are replaced in one step, while caches still hold the old DS",
	  .rfc = "RFC 6781 4.1.2",
	  .published = "A new KSK and a new DS at one instant, nothing of the old. Whoever fetched "
		       "the DS before fails until it runs out; fresh caches see nothing wrong.",
	  .seen_in =
		  ".nz, 29 May 2023: second-level zones failed for up to the two days of the DS.",
	  .roll = ROLL_KSK, .shows = RR_DNSKEY },
	{ ROLLOVER, .needs = NEEDS_SIGNED | NEEDS_ZSK, .name = "standby-signer-other-zsk",
	  .about = "another signer takes over, with the same KSK and other ZSKs",
	  .rfc = "RFC 6781 4.1.1",
	  .published =
		  "A ZSK that was never published before signs everything at once. Whoever holds "
		  "the old DNSKEY RRset fails until it runs out; fresh caches see nothing wrong.",
	  .seen_in = "APNIC's reverse zones, 7 December 2012: up to a day.", .roll = ROLL_ZSK,
	  .shows = RR_RRSIG },
	{ ROLLOVER, .needs = NEEDS_DS, .name = "ds-removed-while-cached",
	  .about = "the DS is taken out and the zone unsigned in one step, while caches still hold "
		   "the DS",
	  .rfc = "RFC 6781 4.3.5",
	  .published = "No DS at the parent, which proves it, and no DNSSEC records in the zone. "
		       "Whoever fetched the DS before fails until it runs out.",
	  .seen_in = "slack.com, 30 September 2021: until the day of the DS at .com was over.",
	  .hides_ds = true, .copy = COPY_UNSIGNED },
	{ ROLLOVER, .needs = NEEDS_SIGNED | NEEDS_ROOT, .name = "trust-anchor-stale",
	  .about = "the root's KSK is replaced, and resolvers keep the old trust anchor",
	  .rfc = "RFC 5011 2.4",
	  .published = "A KSK that no resolver was told of, from that instant on, without the "
		       "month that RFC 5011 asks for. For resolvers the root is bogus.",
	  .seen_in = "What the roll of 2018 was put off for a year to avoid.", .roll = ROLL_KSK,
	  .shows = RR_DNSKEY },
	{ .group = GROUP_COST,
	  .is_dnssec = true,
	  .needs = NEEDS_SIGNED,
	  .takes = TAKES_SERVERS | TAKES_TYPES | TAKES_NAMES,
	  .name = "keytrap",
	  .about = "many keys under one tag, and many signatures by none of them",
	  .rfc = "CVE-2023-50387",
	  .published = "`keys` more ZSKs with the tag of the ZSK in use, and `sigs` signatures "
		       "under that tag that no key verifies, in the place of the good one: keys "
		       "times signatures are to be tried. Those of ECDSA have some of the flags "
		       "that a validator ignores (RFC 4034 2.1.1), which makes them a tag "
		       "cheaply.",
	  .seen_in = "KeyTrap, 2023. Resolvers have caps since: one takes 4 keys of a tag for a DS "
		     "and 8 signatures for an RRset, another 32 tries for a question.",
	  .by = 256,
	  .trap = true,
	  .flaw = trapped,
	  .params = { { "keys", PARAM_COUNT, 16, 1, 128, NULL, "keys of one tag" },
		      { "sigs", PARAM_COUNT, 16, 1, 128, NULL, "signatures over each RRset" } } },
	{ 0 },
};
