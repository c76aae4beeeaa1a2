/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/ede.h"

#include <stddef.h>

#include "sim/base/cleanup.h"

const char *ede_name(int code)
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
	};

	return code >= 0 && code < (int)ARRAY_SIZE(names) ? names[code] : NULL;
}

bool ede_is_dnssec(int code)
{
	return code == 1 || code == 2 || (code >= 5 && code <= 12) || code == 25 || code == 27;
}
