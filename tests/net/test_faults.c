/* SPDX-License-Identifier: BSD-2-Clause */
/* Each fault of the catalogue in the eyes of a program that is not ours: it has to name what the
 * fault claims, and to find the same zone clean before the fault begins. tests/scenarios/faults.lua
 * has a zone for each, broken from 12:30 on. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"
#include "zones/fault.h"

#define SCENARIO "tests/scenarios/faults.lua"

/* ldns-verify-zone reads the dumped zone; delv asks an Unbound that only iterates; for the others
 * `question` is a shell command that knows $z, the zone's name, and $s, its server's address. */
enum judge { LDNS, DELV, SHELL };

/* What stands in the judge's words on the zone with the fault (NULL: nothing that the test knows)
 * and on the same zone before (NULL too); neither may stand in the other. */
static const struct proof {
	const char *zone; /* its first label: the fault's name, or what the scenario calls it */
	enum judge judge;
	const char *question;
	const char *broken, *whole;
} proofs[] = {
#define KDIG "kdig +dnssec +timeout=$t +retry=0 "
#define SERIALS                                                                                    \
	"v=$(kdig @198.18.1.1 valid.de. A | awk '/\\tIN\\tA\\t/ { print $NF; exit }'); "           \
	"a=$(kdig +short @$v valid.de. SOA | cut -d' ' -f3); "                                     \
	"b=$(kdig +short @$s $z SOA | cut -d' ' -f3); "                                            \
	"[ $((a - b)) -lt 300 ] && echo UP TO DATE || echo OLD"
#define TWELVE(command)                                                                            \
	"for i in 1 2 3 4 5 6 7 8 9 10 11 12; do " command " & done 2>&1 | sort | uniq -c"
#define VERIFIED "Zone is verified and complete"
#define NO_KEY "No keys with the keytag and algorithm from the RRSIG found for"
#define BOGUS "Bogus DNSSEC signature for"
#define SECURE "\n; fully validated"
#define DENIED "; negative response, fully validated"
/* It says why, too, but each version in its own words. */
#define FAILS "NOTHING HOLDS"
#define UNSIGNED "\n; unsigned answer"
	{ "no-zsk", LDNS, "", NO_KEY " ns1.no-zsk.de.\tA", VERIFIED },
	{ "bad-zsk", LDNS, "", NO_KEY " ns1.bad-zsk.de.\tA", VERIFIED },
	{ "no-ksk", LDNS, "", NO_KEY " no-ksk.de.\tDNSKEY", VERIFIED },
	{ "bad-ksk", LDNS, "", NO_KEY " bad-ksk.de.\tDNSKEY", VERIFIED },
	{ "no-dnskey", LDNS, "", "No DNSKEY records at zone apex", VERIFIED },
	{ "no-dnskey-256", LDNS, "", NO_KEY " ns1.no-dnskey-256.de.\tA", VERIFIED },
	{ "no-dnskey-257", LDNS, "", NO_KEY " no-dnskey-257.de.\tDNSKEY", VERIFIED },
	{ "ksk-revoked", LDNS, "", NO_KEY " ksk-revoked.de.\tDNSKEY", VERIFIED },
	{ "no-dnskey-256-257", LDNS, "", NO_KEY " no-dnskey-256-257.de.\tDNSKEY", VERIFIED },
	{ "bad-protocol", LDNS, "", NO_KEY " bad-protocol.de.\tDNSKEY", VERIFIED },
	{ "bad-zsk-algo", LDNS, "", NO_KEY " ns1.bad-zsk-algo.de.\tA", VERIFIED },
	{ "unassigned-zsk-algo", LDNS, "", NO_KEY " ns1.unassigned-zsk-algo.de.\tA", VERIFIED },
	{ "reserved-zsk-algo", LDNS, "", NO_KEY " ns1.reserved-zsk-algo.de.\tA", VERIFIED },
	{ "bad-ksk-algo", LDNS, "", NO_KEY " bad-ksk-algo.de.\tDNSKEY", VERIFIED },
	{ "unassigned-ksk-algo", LDNS, "", NO_KEY " unassigned-ksk-algo.de.\tDNSKEY", VERIFIED },
	{ "reserved-ksk-algo", LDNS, "", NO_KEY " reserved-ksk-algo.de.\tDNSKEY", VERIFIED },
	{ "rrsig-exp-all", LDNS, "", "signature has expired for rrsig-exp-all.de.\tDNSKEY",
	  VERIFIED },
	{ "rrsig-exp-a", LDNS, "", "signature has expired for rrsig-exp-a.de.\tA\n", VERIFIED },
	{ "rrsig-not-yet-all", LDNS, "", "not incepted yet for rrsig-not-yet-all.de.\tSOA",
	  VERIFIED },
	{ "rrsig-not-yet-a", LDNS, "", "not incepted yet for rrsig-not-yet-a.de.\tA\n", VERIFIED },
	{ "rrsig-exp-before-all", LDNS, "", "expiration date earlier than inception date",
	  VERIFIED },
	{ "rrsig-exp-before-a", LDNS, "",
	  "earlier than inception date for rrsig-exp-before-a.de.\tA\n", VERIFIED },
	{ "rrsig-no-all", LDNS, "", "no signatures for rrsig-no-all.de.\tDNSKEY", VERIFIED },
	{ "rrsig-no-a", LDNS, "", "no signatures for rrsig-no-a.de.\tA\n", VERIFIED },
	{ "rrsig-expire-at", LDNS, "", "signature has expired for rrsig-expire-at.de.\tSOA",
	  VERIFIED },
	{ "no-rrsig-dnskey", LDNS, "", "no signatures for no-rrsig-dnskey.de.\tDNSKEY", VERIFIED },
	{ "bad-rrsig-dnskey", LDNS, "", BOGUS " bad-rrsig-dnskey.de.\tDNSKEY", VERIFIED },
	{ "rrsig-corrupt", LDNS, "", BOGUS " rrsig-corrupt.de.\tSOA", VERIFIED },
	{ "rrsig-wrong-ttl", LDNS, "", BOGUS " rrsig-wrong-ttl.de.\tSOA", VERIFIED },
	{ "sig-by-unpublished-key", LDNS, "", BOGUS " sig-by-unpublished-key.de.\tSOA", VERIFIED },
	{ "other-tag", LDNS, "", NO_KEY " other-tag.de.\tSOA", VERIFIED },
	{ "bad-nsec3-hash", LDNS, "", "original of NSEC3 hashed name could not be found",
	  VERIFIED },
	{ "bad-nsec3-next", LDNS, "", "points to the wrong next hashed owner name", VERIFIED },
	{ "nsec3-wrong-next", LDNS, "", "points to the wrong next hashed owner name", VERIFIED },
	{ "nsec3-too-wide", LDNS, "", "points to the wrong next hashed owner name", VERIFIED },
	{ "nsec-too-wide", LDNS, "", "points to the wrong next owner name", VERIFIED },
	{ "bad-nsec3-rrsig", LDNS, "", ".bad-nsec3-rrsig.de.\tNSEC3", VERIFIED },
	{ "nsec3-rrsig-missing", LDNS, "",
	  "the NSEC(3) record of nsec3-rrsig-missing.de. has no signatures", VERIFIED },
	{ "nsec3-missing", LDNS, "", "there is no NSEC(3) for nsec3-missing.de.", VERIFIED },
	{ "no-nsec3param-nsec3", LDNS, "", "there is no NSEC(3) for no-nsec3param-nsec3.de.",
	  VERIFIED },
	{ "bad-nsec3param-salt", LDNS, "", BOGUS " bad-nsec3param-salt.de.\tNSEC3PARAM", VERIFIED },
	{ "nsec-missing", LDNS, "", "there is no NSEC(3) for nsec-missing.de.", VERIFIED },
	{ "bad-nsec-next", LDNS, "", "points to the wrong next owner name", VERIFIED },
	{ "nsec-wrong-next", LDNS, "", "points to the wrong next owner name", VERIFIED },
	{ "bad-nsec-rrsig", LDNS, "", BOGUS " bad-nsec-rrsig.de.\tNSEC", VERIFIED },
	{ "nsec-rrsig-missing", LDNS, "",
	  "the NSEC(3) record of nsec-rrsig-missing.de. has no signatures", VERIFIED },
	{ "ecc-gost", LDNS, "", "Unknown cryptographic algorithm for ecc-gost.de.\tDNSKEY",
	  VERIFIED },
	{ "unsigned-copy", LDNS, "", "No DNSKEY records at zone apex", VERIFIED },
	{ "keytrap", LDNS, "", BOGUS " keytrap.de.\tSOA", VERIFIED },

	{ "valid", DELV, "$z A", SECURE, SECURE },
	{ "no-ds", DELV, "$z A", UNSIGNED, SECURE },
	{ "unsigned", DELV, "$z A", UNSIGNED, SECURE },
	{ "ds-bad-tag", DELV, "$z A", FAILS, SECURE },
	{ "ds-bad-key-algo", DELV, "$z A", FAILS, SECURE },
	{ "ds-unassigned-key-algo", DELV, "$z A", UNSIGNED, SECURE },
	{ "ds-reserved-key-algo", DELV, "$z A", UNSIGNED, SECURE },
	{ "ds-unassigned-digest-algo", DELV, "$z A", UNSIGNED, SECURE },
	{ "ds-bogus-digest-value", DELV, "$z A", FAILS, SECURE },
	{ "ds-no-matching-dnskey", DELV, "$z A", FAILS, SECURE },
	{ "ds-gost", DELV, "$z A", UNSIGNED, SECURE },
	{ "no-rrsig-ksk", DELV, "$z A", "DNSKEY: no valid signature found (DS)", SECURE },
	{ "bad-rrsig-ksk", DELV, "$z A", "DNSKEY: no valid signature found (DS)", SECURE },
	{ "rrsig-wrong-signer", DELV, "$z A", FAILS, SECURE },
	/* Not all validators count: ldns does not, nor does BIND 9.18.49 as Debian 12 first had it. */
	{ "rrsig-wrong-labels", SHELL, KDIG "@$s $z DNSKEY", "DNSKEY 8 3 ", "DNSKEY 8 2 " },
	{ "nsec3param-missing", DELV, "x.$z A", FAILS, DENIED },
	{ "bad-nsec3param-salt", DELV, "x.$z A", FAILS, DENIED },
	{ "nsec3-wrong-next", DELV, "x.$z A", FAILS, DENIED },
	{ "nsec3-bad-algo", DELV, "x.$z A", FAILS, DENIED },
	{ "nsec3-iter-200", DELV, "x.$z A", "negative response, unsigned answer", DENIED },
	{ "algo-roll-one-sided", DELV, "$z A", "DNSKEY: no valid signature found (DS)", SECURE },
	{ "unsigned-copy", DELV, "$z A", FAILS, SECURE },
	{ "rsamd5", DELV, "$z A", UNSIGNED, SECURE },
	{ "dsa", DELV, "$z A", UNSIGNED, SECURE },
	{ "dsa-nsec3-sha1", DELV, "$z A", UNSIGNED, SECURE },
	{ "ecc-gost", DELV, "$z A", UNSIGNED, SECURE },
	{ "keytrap", DELV, "$z A", FAILS, SECURE },
	{ "no-edns", DELV, "$z A", FAILS, SECURE },

	{ "rsasha1", DELV, "$z A", SECURE, SECURE },
	{ "rsasha1-nsec3-sha1", DELV, "$z A", SECURE, SECURE },
	{ "rsasha256", DELV, "$z A", SECURE, SECURE },
	{ "rsasha512", DELV, "$z A", SECURE, SECURE },
	{ "ecdsap256sha256", DELV, "$z A", SECURE, SECURE },
	{ "ecdsap384sha384", DELV, "$z A", SECURE, SECURE },
	{ "ed25519", DELV, "$z A", SECURE, SECURE },
	{ "ed448", DELV, "$z A", SECURE, SECURE },
	{ "rsasha1", SHELL, KDIG "@$s $z SOA", "RRSIG\tSOA 5 2 ", "RRSIG\tSOA 8 2 " },
	{ "rsasha1-nsec3-sha1", SHELL, KDIG "@$s $z SOA", "RRSIG\tSOA 7 2 ", "RRSIG\tSOA 8 2 " },
	{ "rsasha512", SHELL, KDIG "@$s $z SOA", "RRSIG\tSOA 10 2 ", "RRSIG\tSOA 8 2 " },
	{ "ecdsap256sha256", SHELL, KDIG "@$s $z SOA", "RRSIG\tSOA 13 2 ", "RRSIG\tSOA 8 2 " },
	{ "ecdsap384sha384", SHELL, KDIG "@$s $z SOA", "RRSIG\tSOA 14 2 ", "RRSIG\tSOA 8 2 " },
	{ "ed25519", SHELL, KDIG "@$s $z SOA", "RRSIG\tSOA 15 2 ", "RRSIG\tSOA 8 2 " },
	{ "ed448", SHELL, KDIG "@$s $z SOA", "RRSIG\tSOA 16 2 ", "RRSIG\tSOA 8 2 " },
	{ "ds-referral", SHELL, "kdig +dnssec @198.18.1.1 $z DS",
	  "ANSWER: 0; AUTHORITY: 3; ADDITIONAL: 2", "ANSWER: 2; AUTHORITY: 0" },
	{ "ds-sha1", SHELL, "kdig @198.18.1.1 $z DS", " 8 1 ", " 8 2 " },
	{ "ds-gost", SHELL, "kdig @198.18.1.1 $z DS", " 8 3 ", " 8 2 " },
	{ "ds-bad-tag", SHELL, "kdig @198.18.1.1 $z DS", "\tDS\t0 8 2 ", NULL },
	{ "ds-bad-key-algo", SHELL, "kdig @198.18.1.1 $z DS", " 7 2 ", " 8 2 " },
	{ "ds-unassigned-key-algo", SHELL, "kdig @198.18.1.1 $z DS", " 100 2 ", " 8 2 " },
	{ "ds-reserved-key-algo", SHELL, "kdig @198.18.1.1 $z DS", " 200 2 ", " 8 2 " },
	{ "ds-unassigned-digest-algo", SHELL, "kdig @198.18.1.1 $z DS", " 8 100 ", " 8 2 " },
	{ "nsec3-salt", SHELL, KDIG "@$s x.$z A", "\tNSEC3\t1 0 0 A5E01B56", "\tNSEC3\t1 0 0 - " },
	{ "nsec3-optout-everywhere", SHELL, KDIG "@$s x.$z A", "\tNSEC3\t1 1 0 - ",
	  "\tNSEC3\t1 0 0 - " },
	{ "nsec-bitmap-wrong", SHELL, KDIG "@$s $z MX", " NS SOA RRSIG DNSKEY",
	  " A NS SOA AAAA RRSIG" },
	{ "rsamd5", SHELL, KDIG "@$s $z SOA", "RRSIG\tSOA 1 2 ", "RRSIG\tSOA 8 2 " },
	{ "dsa", SHELL, KDIG "@$s $z SOA", "RRSIG\tSOA 3 2 ", "RRSIG\tSOA 8 2 " },
	{ "algo-set-incomplete", SHELL, "kdig @198.18.1.1 $z DS", " 15 2 ", NULL },
	{ "authority-dark", SHELL, KDIG "@$s $z SOA", "response timeout", "status: NOERROR" },
	{ "not-auth", SHELL, KDIG "@$s $z SOA", "status: REFUSED", "qr aa rd" },
	{ "allow-query-none", SHELL, KDIG "@$s $z SOA", "status: REFUSED", "qr aa rd" },
	{ "allow-query-localhost", SHELL, KDIG "@$s $z SOA", "status: REFUSED", "qr aa rd" },
	{ "authority-servfail", SHELL, KDIG "@$s $z SOA", "status: SERVFAIL", "status: NOERROR" },
	{ "rcode-yxdomain", SHELL, KDIG "@$s $z SOA", "status: YXDOMAIN", "status: NOERROR" },
	{ "ede-22", SHELL, KDIG "@$s $z SOA", "EDE: 22 (No Reachable Authority)", NULL },
	{ "tc-loop", SHELL, KDIG "@$s $z SOA", "retrying over TCP", NULL },
	{ "tc-loop", SHELL, KDIG "+tcp @$s $z SOA", "qr aa tc rd", "qr aa rd" },
	{ "path-mtu", SHELL, KDIG "@$s $z DNSKEY", "response timeout", "status: NOERROR" },
	{ "no-edns", SHELL, KDIG "@$s $z SOA", "ADDITIONAL: 0", "EDNS PSEUDOSECTION" },
	{ "wrong-id", SHELL, "dig +timeout=1 +tries=1 +norec @$s $z SOA", "ID mismatch",
	  "status: NOERROR" },
	{ "stale-copy", SHELL, SERIALS, "OLD", "UP TO DATE" },
	{ "lagging-copy", SHELL, SERIALS, "OLD", "UP TO DATE" },
	{ "authority-delay", SHELL, "kdig +timeout=1 +retry=0 @$s $z SOA | grep -o 'in 7[0-9]*'",
	  "in 7", NULL },
	{ "corrupt-answer", SHELL, TWELVE("kdig +timeout=1 +retry=0 +short @$s $z NS"), NULL,
	  "12 ns1" },
	{ "authority-drop", SHELL, TWELVE("kdig +timeout=1 +retry=0 +short @$s $z NS"), NULL,
	  "12 ns1" },
	{ "authority-pps-cap", SHELL, TWELVE("kdig +timeout=1 +retry=0 +short @$s $z NS"), NULL,
	  "12 ns1" },
	{ "wrong-source", SHELL,
	  "timeout 60 tshark -l -i internet -c 1 -T fields -e ip.src 'src net 198.18.0.0/16 and "
	  "udp' "
	  ">$d/seen 2>/dev/null & for i in $(seq 60); do kdig +timeout=1 +retry=0 @$s $z SOA "
	  ">/dev/null; sleep 0.5; [ -s $d/seen ] && break; done; "
	  "grep -qx $s $d/seen && echo FROM SERVER || grep 198.18 $d/seen",
	  "198.18.", "FROM SERVER" },
	{ "loop-a", SHELL, "kdig @198.18.1.1 loop-a.de. A; kdig @198.18.1.1 loop-b.de. A",
	  "NS\tns1.loop-a.de.\n\n;; Received", "IN\tA\t198.18." },
	{ "optout", DELV, "d00000003.optout. A", FAILS, UNSIGNED },
	{ "cut", SHELL,
	  "kdig @198.18.2.2 $(seq -f 'd00000%g.cut. A' 100 199) | grep -c 'status: NXDOMAIN' | "
	  "awk '{ print (($1 > 60 && $1 < 90) ? \"THREE QUARTERS\" : $1) }'",
	  "THREE QUARTERS", "0\n" },
	{ "v6-mapped", SHELL, KDIG "@198.18.1.1 $z A", "AAAA\t::ffff:1.2.3.4", "A\t198.18." },
	{ "v6-unspecified", SHELL, KDIG "@198.18.1.1 $z A", "AAAA\t::\n", "A\t198.18." },
	{ "v4-hex", SHELL, KDIG "@198.18.1.1 $z A", "AAAA\tc000:201::", "A\t198.18." },
	{ "v6-link-local", SHELL, KDIG "@198.18.1.1 $z A", "AAAA\tfe80::a:b:c:d", "A\t198.18." },
	{ "v6-localhost", SHELL, KDIG "@198.18.1.1 $z A", "AAAA\t::1\n", "A\t198.18." },
	{ "v6-mapped-dep", SHELL, KDIG "@198.18.1.1 $z A", "AAAA\t::102:304", "A\t198.18." },
	{ "v6-doc", SHELL, KDIG "@198.18.1.1 $z A", "AAAA\t2001:db8::1", "A\t198.18." },
	{ "v6-unique-local", SHELL, KDIG "@198.18.1.1 $z A", "AAAA\tfc05::20:1", "A\t198.18." },
	{ "v6-nat64", SHELL, KDIG "@198.18.1.1 $z A", "AAAA\t64:ff9b::102:304", "A\t198.18." },
	{ "v6-multicast", SHELL, KDIG "@198.18.1.1 $z A", "AAAA\tff02::16", "A\t198.18." },
	{ "v4-private-10", SHELL, KDIG "@198.18.1.1 $z A", "A\t10.0.0.1", "A\t198.18." },
	{ "v4-private-172", SHELL, KDIG "@198.18.1.1 $z A", "A\t172.16.0.1", "A\t198.18." },
	{ "v4-private-192", SHELL, KDIG "@198.18.1.1 $z A", "A\t192.168.0.1", "A\t198.18." },
	{ "v4-this-host", SHELL, KDIG "@198.18.1.1 $z A", "A\t0.0.0.0", "A\t198.18." },
	{ "v4-loopback", SHELL, KDIG "@198.18.1.1 $z A", "A\t127.0.0.1", "A\t198.18." },
	{ "v4-link-local", SHELL, KDIG "@198.18.1.1 $z A", "A\t169.254.0.1", "A\t198.18." },
	{ "v4-doc", SHELL, KDIG "@198.18.1.1 $z A", "A\t198.51.100.0", "A\t198.18." },
	{ "v4-reserved", SHELL, KDIG "@198.18.1.1 $z A", "A\t240.0.0.1", "A\t198.18." },
};

#define PROOFS (sizeof(proofs) / sizeof(proofs[0]))

static const char *const judges[] = { [LDNS] = "ldns", [DELV] = "delv", [SHELL] = "shell" };

/* The script that asks all judges: a heading before what each says, "== 12" for proofs[12]. It runs
 * in `sigfault serve`, beside an Unbound. */
static void write_script(const char *path, const char *at, const char *date, bool broken)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fprintf(f,
		"d=%s\nns() { kdig @198.18.1.1 $1 A | awk '/\\tIN\\tA\\t/ { print $NF; exit }'; "
		"}\n",
		folder());
	for (size_t i = 0; i < PROOFS; i++) {
		const struct proof *p = &proofs[i];

		/* Silence that is expected is not waited for; an answer is, on a machine that is busy. */
		fprintf(f, "echo '== %zu'\nz=%s.de.\nt=%d\n", i, p->zone,
			broken && p->broken && strstr(p->broken, "timeout") ? 1 : 30);
		switch (p->judge) {
		case LDNS:
			fprintf(f,
				SIGFAULT " zone --set only=%s --at %s " SCENARIO " $z >$d/zone && "
					 "ldns-verify-zone -t %s $d/zone 2>&1 | sort -u\n",
				p->zone, at, date);
			break;
		case DELV:
			fprintf(f,
				"delv -a $SIGFAULT_BIND_ANCHOR +root=. @127.0.0.1 -p 5353 %s 2>&1 "
				"| awk '!/RRSIG/; /^; .*(validated|unsigned answer)/ { held = 1 } "
				"END { if (!held) print \"" FAILS "\" }'\n",
				p->question);
			break;
		case SHELL:
			fprintf(f, "s=$(ns $z)\n{ %s; } 2>&1\n", p->question);
			break;
		}
	}
	fprintf(f, "echo '== %zu'\n", PROOFS);
	fclose(f);
}

/* All that the judges say at an instant. */
static char *ask(const char *at, const char *date, bool broken)
{
	char script[200], out[200];

	snprintf(script, sizeof(script), "%s/script", folder());
	snprintf(out, sizeof(out), "%s/said-%s", folder(), date);
	write_script(script, at, date, broken);
	shell(&sh,
	      SIGFAULT " serve --at %s " SCENARIO
		       " tests/support/beside_unbound %s 'sh %s' >%s 2>&1",
	      at, folder(), script, out);
	return file_text(out);
}

/* What was said of proofs[i]: ended in place. */
static char *part(char *said, size_t i)
{
	char head[32], next[32], *from, *to;

	snprintf(head, sizeof(head), "== %zu\n", i);
	snprintf(next, sizeof(next), "\n== %zu\n", i + 1);
	from = strstr(said, head);
	if (!from || !(to = strstr(from, next)))
		fail_msg("no answer to question %zu: %s", i, said);
	to[1] = '\0';
	return from + strlen(head) - 1;
}

static unsigned judge(const char *at, const char *date, bool broken)
{
	char *said = ask(at, date, broken);
	unsigned wrong = 0;

	for (size_t i = PROOFS; i--;) {
		const struct proof *p = &proofs[i];
		const char *text = part(said, i), *there = broken ? p->broken : p->whole,
			   *absent = broken ? p->whole : p->broken;

		if ((!there || strstr(text, there)) &&
		    (!absent || absent == there || !strstr(text, absent)))
			continue;
		print_error("%s, %s, %s: '%s' should %sbe there: %s\n", p->zone, judges[p->judge],
			    at, there && !strstr(text, there) ? there : absent,
			    there && !strstr(text, there) ? "" : "not ", text);
		wrong++;
	}
	return wrong;
}

static void judges_name_each_fault(void **state)
{
	(void)state;
	assert_int_equal(judge("+45m", "20260505124500", true), 0);
}

static void judges_find_the_same_zones_clean_before(void **state)
{
	(void)state;
	assert_int_equal(judge("+10m", "20260505121000", false), 0);
}

/* What DNSViz calls them. That of Debian 12 ends with a traceback where labels, bitmaps or NSEC3
 * parameters are wrong. */
static const struct {
	const char *zone, *code;
} words[] = {
	{ "ds-bad-tag", "MISSING_SEP_FOR_ALG" },
	{ "ds-bad-key-algo", "MISSING_RRSIG_FOR_ALG_DS" },
	{ "ds-bogus-digest-value", "DIGEST_INVALID" },
	{ "ds-no-matching-dnskey", "MISSING_SEP_FOR_ALG" },
	{ "no-zsk", "SIGNATURE_INVALID" },
	{ "bad-zsk", "SIGNATURE_INVALID" },
	{ "no-ksk", "MISSING_SEP_FOR_ALG" },
	{ "bad-ksk", "MISSING_SEP_FOR_ALG" },
	{ "no-dnskey", "NO_SEP" },
	{ "no-dnskey-257", "MISSING_SEP_FOR_ALG" },
	{ "ksk-revoked", "NO_SEP" },
	{ "bad-protocol", "NO_SEP" },
	{ "rrsig-exp-all", "EXPIRATION_IN_PAST" },
	{ "rrsig-exp-a", "EXPIRATION_IN_PAST" },
	{ "rrsig-not-yet-all", "INCEPTION_IN_FUTURE" },
	{ "rrsig-exp-before-all", "EXPIRATION_IN_PAST" },
	{ "rrsig-no-all", "MISSING_RRSIG" },
	{ "rrsig-no-a", "MISSING_RRSIG" },
	{ "no-rrsig-ksk", "NO_SEP" },
	{ "bad-rrsig-ksk", "SIGNATURE_INVALID" },
	{ "rrsig-corrupt", "SIGNATURE_INVALID" },
	{ "rrsig-wrong-signer", "SIGNER_NOT_ZONE" },
	{ "rrsig-wrong-ttl", "ORIGINAL_TTL_EXCEEDED" },
	{ "sig-by-unpublished-key", "SIGNATURE_INVALID" },
	{ "bad-nsec3-hash", "NO_CLOSEST_ENCLOSER" },
	{ "bad-nsec3-next", "NO_CLOSEST_ENCLOSER" },
	{ "nsec3-wrong-next", "NO_CLOSEST_ENCLOSER" },
	{ "bad-nsec3-rrsig", "SIGNATURE_INVALID" },
	{ "nsec3-rrsig-missing", "MISSING_RRSIG" },
	{ "nsec3-missing", "MISSING_NSEC_FOR_NXDOMAIN" },
	{ "nsec3-bad-algo", "UNSUPPORTED_NSEC3_ALGORITHM" },
};

#define WORDS (sizeof(words) / sizeof(words[0]))

/* "zone code" a line: what DNSViz has to complain about, of the names of words[from] up to words[to],
 * and "zone was seen". */
static void ask_dnsviz(const char *at, size_t from, size_t to)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/dnsviz", folder());
	f = fopen(path, "w");
	assert_non_null(f);
	for (size_t i = from; i < to; i++)
		fprintf(f, "names=\"$names %s.de. nosuch.%s.de.\"\n", words[i].zone, words[i].zone);
	fputs("dnsviz probe -A -x .:a.root-servers.test=198.18.0.1 -R A,SOA,DNSKEY $names "
	      "2>/dev/null | dnsviz grok -P | jq -r 'to_entries[] | "
	      "(.key | split(\".\")[-3]) as $z | (.value | .. | objects | (.errors // empty) | "
	      ".[] | \"\\($z) \\(.code | sub(\"_EXCEEDED_RR(SET|SIG)$\"; \"_EXCEEDED\"))\"), "
	      "\"\\($z) was seen\"' | sort -u\n",
	      f);
	fclose(f);
	shell(&sh, SIGFAULT " serve --at %s tests/scenarios/faults.lua sh %s", at, path);
	assert_int_equal(sh.status, 0);
}

static bool is_said(size_t i)
{
	char line[128];

	snprintf(line, sizeof(line), "%s %s\n", words[i].zone, words[i].code);
	return strstr(sh.out, line);
}

/* A run that is asked about many zones is a quick one; but it may end with a traceback for one of them,
 * or take a zone for known that it was only asked about: what is missing there is asked about alone. */
static void dnsviz_names_faults_of_keys_signatures_and_denial(void **state)
{
	bool said[WORDS];
	unsigned wrong = 0;

	(void)state;
	ask_dnsviz("+45m", 0, WORDS);
	for (size_t i = 0; i < WORDS; i++)
		said[i] = is_said(i);
	for (size_t i = 0; i < WORDS; i++) {
		if (said[i])
			continue;
		ask_dnsviz("+45m", i, i + 1);
		if (is_said(i))
			continue;
		print_error("%s: no %s\n", words[i].zone, words[i].code);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void dnsviz_finds_the_same_zones_clean_before(void **state)
{
	char line[128];

	(void)state;
	ask_dnsviz("+10m", 0, WORDS);
	for (size_t i = 0; i < WORDS; i++) {
		snprintf(line, sizeof(line), "%s was seen\n", words[i].zone);
		assert_non_null(strstr(sh.out, line));
		snprintf(line, sizeof(line), "%s ", words[i].zone);
		for (const char *at = sh.out; (at = strstr(at, line)); at++)
			if ((at == sh.out || at[-1] == '\n') &&
			    strncmp(at + strlen(line), "was seen", 8) != 0)
				fail_msg("%.60s", at);
	}
}

/* Faults that no judge of one instant can see: they are in caches. */
static const char *const rolls[] = { "standby-signer-other-zsk",
				     "ksk-dropped-before-parent-ds-expiry",
				     "ds-removed-while-cached", "trust-anchor-stale" };

/* In front of a resolver that has the old keys or DS: rolls.lua says what is expected. */
static void caches_fail_until_what_they_hold_has_run_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rolls) / sizeof(rolls[0]); i++) {
		shell(&sh,
		      SIGFAULT " run tests/scenarios/rolls.lua --quiet --set fault=%s -o %s/%s",
		      rolls[i], folder(), rolls[i]);
		if (sh.status != 0)
			fail_msg("%s: %s", rolls[i], sh.out);
	}
}

/* Whether a zone of the scenario that has the fault is among those that a judge is asked about;
 * sh.out has "FAULT ZONE", a line each. */
static bool is_judged(const struct fault_row *r)
{
	char line[300];

	for (size_t i = 0; i < PROOFS; i++) {
		snprintf(line, sizeof(line), "\n%s %s.", r->name, proofs[i].zone);
		if (strstr(sh.out, line))
			return true;
	}
	return false;
}

static bool is_rolled(const struct fault_row *r)
{
	for (size_t i = 0; i < sizeof(rolls) / sizeof(rolls[0]); i++)
		if (strcmp(rolls[i], r->name) == 0)
			return true;
	return false;
}

static void every_fault_of_the_catalogue_is_proved(void **state)
{
	const struct fault_row *r;
	unsigned missing = 0;

	(void)state;
	shell(&sh, "echo; " SIGFAULT " plan " SCENARIO
		   " --json | jq -r '.faults[] | \"\\(.kind) \\(.zone)\"'");
	assert_int_equal(sh.status, 0);
	for (unsigned n = 0; (r = fault_row(n)); n++) {
		if (is_judged(r) || is_rolled(r))
			continue;
		print_error("nothing proves '%s'\n", r->name);
		missing++;
	}
	assert_int_equal(missing, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fault_of_the_catalogue_is_proved),
		cmocka_unit_test(judges_name_each_fault),
		cmocka_unit_test(judges_find_the_same_zones_clean_before),
		cmocka_unit_test(dnsviz_names_faults_of_keys_signatures_and_denial),
		cmocka_unit_test(dnsviz_finds_the_same_zones_clean_before),
		cmocka_unit_test(caches_fail_until_what_they_hold_has_run_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
