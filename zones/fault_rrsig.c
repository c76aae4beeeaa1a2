/* SPDX-License-Identifier: BSD-2-Clause */
/* fault_rrsig.c - what can be wrong with signatures. */
#include "zones/fault_rows.h"

#include "zones/fault_edit.h"

static void window(const struct fault *f, struct flaw *flaw)
{
	flaw->window = (unsigned)f->row->number;
	flaw->ends = f->from;
}

static void signer(const struct fault *f, struct flaw *flaw)
{
	(void)f;
	flaw->signer = true;
}

static void labels(const struct fault *f, struct flaw *flaw)
{
	(void)f;
	flaw->labels = true;
}

static void ttl(const struct fault *f, struct flaw *flaw)
{
	(void)f;
	flaw->ttl = true;
}

static void pair(const struct fault *f, struct flaw *flaw)
{
	flaw->pair = f->values[0] ? PAIR_OTHER_TAG : PAIR_SAME_TAG;
}

#define RRSIG_ROW                                                                                  \
	.group = GROUP_SIGNATURES, .is_dnssec = true, .needs = NEEDS_SIGNED,                       \
	.takes = TAKES_SHARE | TAKES_TYPES | TAKES_NAMES | TAKES_SERVERS

#define OVER_KEYS                                                                                  \
	.group = GROUP_SIGNATURES, .is_dnssec = true, .needs = NEEDS_SIGNED,                       \
	.takes = TAKES_SERVERS, .types = { RR_DNSKEY }

const struct fault_row fault_rrsig_rows[] = {
	{ RRSIG_ROW, .name = "rrsig-exp-all", .about = "every signature has expired",
	  .rfc = "RFC 4035 5.3.1",
	  .published = "Real signatures, made so long ago that they ended a week before they could "
		       "have been made at the earliest.",
	  .flaw = window, .number = WINDOW_PAST },
	{ RRSIG_ROW, .name = "rrsig-not-yet-all", .about = "every signature is not valid yet",
	  .rfc = "RFC 4035 5.3.1",
	  .published = "Real signatures whose inception lies a week after the end of what would be "
		       "right.",
	  .flaw = window, .number = WINDOW_FUTURE },
	{ RRSIG_ROW, .name = "rrsig-exp-before-all",
	  .about = "every signature expires before its inception", .rfc = "RFC 4034 3.1.5",
	  .published =
		  "Real signatures with the right inception and an expiration a week before that.",
	  .flaw = window, .number = WINDOW_INVERTED },
	{ RRSIG_ROW, .name = "rrsig-no-all", .alias = "sig-removed",
	  .about = "every signature is gone", .rfc = "RFC 4035 2.2",
	  .published = "The data without RRSIG, below a DS and with DNSKEYs as they were.",
	  .seen_in = ".ru, 16 August 2019, 14:13 to 16:19.", .flaw = fault_edit_absent },
	{ RRSIG_ROW, .name = "rrsig-exp-a", .about = "the signature over A has expired",
	  .rfc = "RFC 4035 5.3.1",
	  .published = "Real signatures, made so long ago that they ended a week before they could "
		       "have been made at the earliest.",
	  .flaw = window, .number = WINDOW_PAST, .types = { RR_A } },
	{ RRSIG_ROW, .name = "rrsig-not-yet-a", .about = "the signature over A is not valid yet",
	  .rfc = "RFC 4035 5.3.1",
	  .published = "Real signatures whose inception lies a week after the end of what would be "
		       "right.",
	  .flaw = window, .number = WINDOW_FUTURE, .types = { RR_A } },
	{ RRSIG_ROW, .name = "rrsig-exp-before-a",
	  .about = "the signature over A expires before its inception", .rfc = "RFC 4034 3.1.5",
	  .published =
		  "Real signatures with the right inception and an expiration a week before that.",
	  .flaw = window, .number = WINDOW_INVERTED, .types = { RR_A } },
	{ RRSIG_ROW, .name = "rrsig-no-a", .about = "the signature over A is gone",
	  .rfc = "RFC 4035 2.2",
	  .published = "The data without RRSIG, below a DS and with DNSKEYs as they were.",
	  .flaw = fault_edit_absent, .types = { RR_A } },
	{ RRSIG_ROW, .name = "rrsig-expire-at",
	  .about = "signatures run out at that instant, and nobody makes new ones",
	  .rfc = "RFC 4035 5.3.1",
	  .published = "Signatures end at the fault's beginning: those that were made before it "
		       "too, so that a cache that holds them sees the same end.",
	  .seen_in = ".zm, 6 December 2015: 43.65 hours. .bw, 25 December 2015. Resolvers let some "
		     "time pass before they mind: some a tenth of the validity.",
	  .flaw = window, .number = WINDOW_ENDS, .early = true },
	{ OVER_KEYS, .name = "no-rrsig-ksk", .alias = "ksk-sig-missing",
	  .about = "the KSK's signature over the DNSKEY RRset is gone", .rfc = "RFC 4035 2.2",
	  .published = "The ZSK's signature stays, where the zone has one (dnskey_signatures = "
		       "\"both\"): no signature there is by a key that the DS names.",
	  .seen_in = "RIPE NCC, e164.arpa, 15 February 2011.", .flaw = fault_edit_absent,
	  .by = 257 },
	{ OVER_KEYS, .name = "no-rrsig-dnskey", .about = "no signature is over the DNSKEY RRset",
	  .rfc = "RFC 4035 2.2", .published = "The keys alone.", .flaw = fault_edit_absent },
	{ OVER_KEYS, .name = "bad-rrsig-ksk",
	  .about = "the KSK's signature over the DNSKEY RRset is corrupt", .rfc = "RFC 4035 5.3.3",
	  .published = "Its last byte is another; the ZSK's signature, if there is one, is good.",
	  .flaw = fault_edit_corrupt, .by = 257 },
	{ OVER_KEYS, .name = "bad-rrsig-dnskey",
	  .about = "all signatures over the DNSKEY RRset are corrupt", .rfc = "RFC 4035 5.3.3",
	  .published = "The last byte of each is another.", .flaw = fault_edit_corrupt },
	{ RRSIG_ROW, .name = "rrsig-corrupt", .about = "signatures have a wrong byte",
	  .rfc = "RFC 4035 5.3.3",
	  .published = "The last byte of each is another; dates, tag and signer are right.",
	  .flaw = fault_edit_corrupt },
	{ RRSIG_ROW, .name = "rrsig-wrong-signer",
	  .about = "signatures name another zone as their signer", .rfc = "RFC 4035 5.3.1",
	  .published = "The signer's name is that of the zone above (of test. for the root), and "
		       "signed with it.",
	  .flaw = signer },
	{ RRSIG_ROW, .name = "rrsig-wrong-labels", .about = "signatures count one label too many",
	  .rfc = "RFC 4034 3.1.3",
	  .published = "The labels field is more than the owner has; the signature is over it.",
	  .flaw = labels },
	{ RRSIG_ROW, .name = "rrsig-wrong-ttl", .about = "signatures have half of the original TTL",
	  .rfc = "RFC 4034 3.1.4",
	  .published =
		  "The field is changed after signing, so the signature is over another number.",
	  .flaw = ttl },
	{ RRSIG_ROW, .name = "sig-by-unpublished-key", .alias = "rrsig-wrong-subset",
	  .about = "signatures are made with a key pair that is not in the DNSKEY RRset",
	  .rfc = "RFC 4035 5.3.1",
	  .published = "Signatures whose dates and signer are right, under the tag of a published "
		       "key or under the pair's own.",
	  .seen_in =
		  ".de, 5 May 2026: two thirds of them, same tag. .ru, 30 January 2024. .mg, 2017: "
		  "other tag. .se, 4 February 2022: a share that grew from version to version.",
	  .spares_keys = true, .flaw = pair,
	  .params = { { "tag", PARAM_CHOICE, .choices = "same other",
			.about = "the tag that they carry" } } },
	{ 0 },
};
