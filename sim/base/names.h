/* SPDX-License-Identifier: BSD-2-Clause */
/* names.h - what the numbers of DNS are called: types of records, response codes, extended errors.
 *
 * Types and response codes are those that ldns knows; the names of extended errors are IANA's. A
 * type without a name is "TYPE65280" (RFC 3597 section 5), a response code "RCODE23". */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum rcode {
	RCODE_NOERROR = 0,
	RCODE_FORMERR = 1,
	RCODE_SERVFAIL = 2,
	RCODE_NXDOMAIN = 3,
	RCODE_NOTIMP = 4,
	RCODE_REFUSED = 5,
	RCODE_YXDOMAIN = 6,
	RCODE_NOTAUTH = 9,
	RCODE_BADVERS = 16,
};

enum { /* extended errors that are asked for by number, RFC 8914 section 4 */
       EDE_STALE_ANSWER = 3,
       EDE_STALE_NXDOMAIN = 19,
       EDE_NTA = 33, /* names_ede() */
};

#define NAMES_LEN 24 /* room for a type's or a response code's name */

/* The number of a type: its mnemonic in any case, or TYPE65280. -1: it is neither. */
int names_type_number(const char *text);

/* "AAAA", "TYPE65280". `ret` is returned. */
char *names_type(uint16_t type, char ret[NAMES_LEN]);

/* The number of a response code: "SERVFAIL" in any case, or RCODE23. -1: it is neither. */
int names_rcode_number(const char *text);

/* "SERVFAIL", "RCODE23". `ret` is returned. */
char *names_rcode(unsigned rcode, char ret[NAMES_LEN]);

/* What RFC 8914 section 4 and, from 25 on, IANA's registry of extended errors call a code; the names
 * from 30 on are as libknot of Debian's forky had them in November 2026. 33 is
 * draft-farrokhi-dnsop-ede-nta's. NULL: it has none there, as 31 and 32. */
const char *names_ede(int code);

/* Whether an extended error tells a client that DNSSEC is what failed, and is so the right thing to
 * say of a bogus answer: 1, 2, 5 to 12, 25 and 27. 22 (No Reachable Authority), 13 (Cached Error),
 * 0 (Other Error) and no code at all (-1) leave the reason opaque. */
bool names_ede_is_dnssec(int code);
