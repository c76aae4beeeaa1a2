/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/evidence/finding.h"

#include "sim/base/cleanup.h"
#include "sim/base/names.h"
#include "zones/name.h"

static const char *const cause_names[CAUSE_COUNT] = {
	[CAUSE_SIGNATURE] = "signature-fault",
	[CAUSE_EXPIRY] = "expiry",
	[CAUSE_DS] = "ds-mismatch",
	[CAUSE_DENIAL] = "denial-fault",
	[CAUSE_UNREACHABLE] = "unreachable-authority",
	[CAUSE_CAPPED] = "capped-upstream",
	[CAUSE_LOOP] = "delegation-loop",
	[CAUSE_NAMES_GONE] = "names-gone",
	[CAUSE_LOCAL] = "local-fault",
	[CAUSE_UNKNOWN] = "unknown",
};

/* In a text: %o owner and type, %z zone, %q the question's name, %t key tag, %a algorithm, %l the
 * limit, %n the number, %r the number as an RCODE, %s the server. */
struct row {
	const char *name;
	enum cause cause;
	unsigned weight;
	const char *line, *headline;
};

static const struct row rows[REASON_COUNT] = {
	[REASON_BOGUS] = { "bogus-signature", CAUSE_SIGNATURE, 9,
			   "the RRSIG over %o by key tag %t (algorithm %a) is not that key's",
			   "%z is signed by a key that is not its published one of tag %t" },
	[REASON_NO_SUCH_KEY] = { "no-such-key", CAUSE_SIGNATURE, 9,
				 "the RRSIG over %o is by key tag %t (algorithm %a), which is not "
				 "in the DNSKEY RRset",
				 "%z is signed by a key, tag %t, that is not in its DNSKEY RRset" },
	[REASON_NO_RRSIG] = { "no-rrsig", CAUSE_SIGNATURE, 9, "%o has no RRSIG, and %z has a DS",
			      "%z has a DS, and data without signatures" },
	[REASON_WRONG_SIGNER] = { "wrong-signer", CAUSE_SIGNATURE, 9,
				  "the RRSIG over %o names a signer that is not its zone",
				  "%z has signatures that name another zone as their signer" },
	[REASON_WRONG_LABELS] = { "wrong-labels", CAUSE_SIGNATURE, 9,
				  "the RRSIG over %o by key tag %t counts more labels than the "
				  "name has",
				  "%z has signatures, by key tag %t, that count more labels than "
				  "their names have" },
	[REASON_TOO_MANY] = { "too-many-checks", CAUSE_SIGNATURE, 10,
			      "%o has signatures and keys of tag %t for %n checks, more than "
			      "resolvers make",
			      "%z has keys of one tag, %t, and signatures for more checks than "
			      "resolvers make" },
	[REASON_ALGORITHM] = { "algorithm-lacks", CAUSE_SIGNATURE, 2,
			       "algorithm %a of the DS has no RRSIG over %o",
			       "%z is not signed with algorithm %a, which its DS names" },
	[REASON_EXPIRED] = { "expired", CAUSE_EXPIRY, 8,
			     "the RRSIG over %o by key tag %t expired at %l",
			     "%z has signatures, by key tag %t, that have expired" },
	[REASON_NOT_YET] = { "not-yet-valid", CAUSE_EXPIRY, 8,
			     "the RRSIG over %o by key tag %t begins at %l",
			     "%z has signatures, by key tag %t, that are not valid yet" },
	[REASON_DS_NO_KEY] = { "ds-matches-no-key", CAUSE_DS, 11,
			       "no key in %o is that of a DS (tag %t) of %z",
			       "%z has no key that its DS, tag %t, is for" },
	[REASON_NO_DNSKEY] = { "no-dnskey", CAUSE_DS, 11, "there is no %o, under a DS of tag %t",
			       "%z has no DNSKEY, under a DS of tag %t" },
	[REASON_CACHED_DS] = { "cached-ds", CAUSE_DS, 2,
			       "no key of %z is that of the DS, tag %t, that was sent before and "
			       "may be in the cache until %l",
			       "%z has no key for the DS, tag %t, that it had before and that "
			       "caches still hold" },
	[REASON_NO_KSK_SIGNATURE] = { "dnskey-not-signed", CAUSE_SIGNATURE, 10,
				      "%o has no good RRSIG by the key that its DS, tag %t, is for",
				      "%z has a DNSKEY RRset that the key of its DS, tag %t, has "
				      "not signed" },
	[REASON_NO_PROOF] = { "no-proof", CAUSE_DENIAL, 7,
			      "the answer for %o denies without NSEC or NSEC3, and %z has a DS",
			      "%z has a DS, and denies without proof" },
	[REASON_BAD_PROOF] = { "bad-proof", CAUSE_DENIAL, 6,
			       "the NSEC or NSEC3 for %o do not prove that it is not there",
			       "%z has proofs that do not prove what they are for" },
	[REASON_DENIES_WHAT_IS] = { "denies-what-is", CAUSE_DENIAL, 5,
				    "the answer for %o denies a type that is there",
				    "%z denies, by a signed proof, types that are there" },
	[REASON_TOO_WIDE] = { "covers-too-much", CAUSE_DENIAL, 5,
			      "an NSEC3 in the answer covers %o, which is there",
			      "%z has NSEC3 that cover names that are there" },
	[REASON_ITERATIONS] = { "nsec3-iterations", CAUSE_DENIAL, 3,
				"the NSEC3 for %o have %n iterations, more than RFC 9276 lets "
				"resolvers take",
				"%z has NSEC3 of more iterations than RFC 9276 lets resolvers "
				"take" },
	[REASON_SILENT] = { "no-answer", CAUSE_UNREACHABLE, 4, "no answer for %o from %s",
			    "servers of %z do not answer" },
	[REASON_SLOW] = { "slow", CAUSE_UNREACHABLE, 3, "the answer for %o from %s took %n ms",
			  "servers of %z answer too late" },
	[REASON_SILENT_TCP] = { "no-answer-by-tcp", CAUSE_UNREACHABLE, 4,
				"the answer for %o from %s was truncated, and none came by TCP",
				"servers of %z do not answer by TCP" },
	[REASON_RCODE] = { "rcode", CAUSE_UNREACHABLE, 4, "%r for %o from %s",
			   "servers of %z answer %r" },
	[REASON_FORWARDER_SILENT] = { "no-answer-of-forwarder", CAUSE_UNREACHABLE, 3,
				      "no answer for %o from %s, to which it is forwarded",
				      "%s, to which questions are forwarded, does not answer" },
	[REASON_FORWARDER_RCODE] = { "rcode-of-forwarder", CAUSE_UNREACHABLE, 3,
				     "%r for %o from %s, to which it is forwarded",
				     "%s, to which questions are forwarded, answers %r" },
	[REASON_MALFORMED] = { "malformed", CAUSE_UNREACHABLE, 4,
			       "the answer for %o from %s cannot be read",
			       "servers of %z send answers that cannot be read" },
	[REASON_CAP] = { "cap", CAUSE_CAPPED, 4,
			 "no answer for %o from %s, which answers %n a second and no more",
			 "%s answers %n packets a second and drops the rest" },
	[REASON_LOOP] = { "delegation-loop", CAUSE_LOOP, 4,
			  "the servers of %o have their names in zones whose servers' names lead "
			  "back to it",
			  "%z and another zone each have their servers in the other" },
	[REASON_GONE] = { "name-gone", CAUSE_NAMES_GONE, 1,
			  "%r for %o from %s, which was there in another answer",
			  "%z has lost names: authoritative denials of names that were there" },
	[REASON_GOOD_UPSTREAM] = { "good-upstream", CAUSE_LOCAL, 1,
				   "the answer for %o came from %s, and all of it is good",
				   "the resolver fails though all that it was sent is good" },
	[REASON_REFUSES] = { "resolver-refuses", CAUSE_LOCAL, 4,
			     "the resolver answers %r for %o and asked nobody",
			     "the resolver itself answers %r" },
	[REASON_STALLED] = { "resolver-stalled", CAUSE_LOCAL, 4,
			     "for %n seconds from the question for %o on the resolver answered "
			     "nobody, and no authority owed it an answer",
			     "the resolver stalls: for seconds it answers nobody, and waits for "
			     "nobody" },
};

const char *cause_name(enum cause c)
{
	return cause_names[c];
}

const char *reason_name(enum reason r)
{
	return rows[r].name;
}

enum cause reason_cause(enum reason r)
{
	return rows[r].cause;
}

unsigned reason_weight(enum reason r)
{
	return rows[r].weight;
}

static void print_name(const uint8_t *name, FILE *out)
{
	char text[NAME_TEXT_LEN];

	fputs(name ? name_text(name, text) : "a zone that is not known", out);
}

static void print_owner(const struct finding *f, FILE *out)
{
	char type[NAMES_LEN];

	print_name(f->owner, out);
	if (f->type)
		fprintf(out, " %s", names_type(f->type, type));
}

static void print_part(char part, const struct finding *f, FILE *out)
{
	char text[64];

	switch (part) {
	case 'o':
		print_owner(f, out);
		break;
	case 'z':
		print_name(f->zone, out);
		break;
	case 'q':
		print_name(f->qname, out);
		break;
	case 't':
		fprintf(out, "%d", f->tag);
		break;
	case 'a':
		fprintf(out, "%d", f->algorithm);
		break;
	case 'l':
		fputs(simtime_text(f->limit, text), out);
		break;
	case 'n':
		fprintf(out, "%u", f->number);
		break;
	case 'r':
		fputs(names_rcode(f->number, text), out);
		break;
	case 's':
		fputs(address_text(&f->seen.server, text), out);
		break;
	}
}

static void print_text(const char *text, const struct finding *f, FILE *out)
{
	for (; *text; text++)
		if (*text == '%')
			print_part(*++text, f, out);
		else
			fputc(*text, out);
}

void finding_print(const struct finding *f, FILE *out)
{
	print_text(rows[f->reason].line, f, out);
}

void finding_print_headline(const struct finding *f, FILE *out)
{
	print_text(rows[f->reason].headline, f, out);
}
