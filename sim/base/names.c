/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/base/names.h"

#include <ctype.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/cleanup.h"

/* The number behind a prefix, or -1. */
static int generic(const char *text, const char *prefix, unsigned long most)
{
	size_t len = strlen(prefix);
	unsigned long n;
	char *end;

	if (strncasecmp(text, prefix, len) != 0 || !isdigit((unsigned char)text[len]))
		return -1;
	n = strtoul(text + len, &end, 10);
	return *end || n > most ? -1 : (int)n;
}

int names_type_number(const char *text)
{
	int type = strncasecmp(text, "TYPE", 4) == 0 ? 0 : (int)ldns_get_rr_type_by_name(text);

	return type ? type : generic(text, "TYPE", UINT16_MAX);
}

char *names_type(uint16_t type, char ret[NAMES_LEN])
{
	_cleanup_(freep) char *text = ldns_rr_type2str((ldns_rr_type)type);

	/* ldns 1.8.4 has one name for two types. */
	if (text && names_type_number(text) == type)
		snprintf(ret, NAMES_LEN, "%s", text);
	else
		snprintf(ret, NAMES_LEN, "TYPE%u", type);
	return ret;
}

int names_rcode_number(const char *text)
{
	const ldns_lookup_table *known;

	if (strcasecmp(text, "NOTIMP") == 0)
		return RCODE_NOTIMP;
	known = ldns_lookup_by_name(ldns_rcodes, text);
	return known ? known->id : generic(text, "RCODE", 0xfff);
}

char *names_rcode(unsigned rcode, char ret[NAMES_LEN])
{
	const ldns_lookup_table *known = ldns_lookup_by_id(ldns_rcodes, (int)rcode);

	if (rcode == RCODE_NOTIMP) /* ldns alone says NOTIMPL; IANA, dig and kdig do not */
		return strcpy(ret, "NOTIMP");
	if (known)
		snprintf(ret, NAMES_LEN, "%s", known->name);
	else
		snprintf(ret, NAMES_LEN, "RCODE%u", rcode);
	return ret;
}

const char *names_ede(int code)
{
	static const char *const names[] = {
		"Other Error",
		"Unsupported DNSKEY Algorithm",
		"Unsupported DS Digest Type",
		"Stale Answer",
		"Forged Answer",
		"DNSSEC Indeterminate",
		"DNSSEC Bogus",
		"Signature Expired",
		"Signature Not Yet Valid",
		"DNSKEY Missing",
		"RRSIGs Missing",
		"No Zone Key Bit Set",
		"NSEC Missing",
		"Cached Error",
		"Not Ready",
		"Blocked",
		"Censored",
		"Filtered",
		"Prohibited",
		"Stale NXDOMAIN Answer",
		"Not Authoritative",
		"Not Supported",
		"No Reachable Authority",
		"Network Error",
		"Invalid Data",
		"Signature Expired before Valid",
		"Too Early",
		"Unsupported NSEC3 Iterations Value",
		"Unable to conform to policy",
		"Synthesized",
		"Invalid Query Type",
		[33] = "Negative Trust Anchor",
	};

	return code >= 0 && code < (int)ARRAY_SIZE(names) ? names[code] : NULL;
}

bool names_ede_is_dnssec(int code)
{
	return code == 1 || code == 2 || (code >= 5 && code <= 12) || code == 25 || code == 27;
}
