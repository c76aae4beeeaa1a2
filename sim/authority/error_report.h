/* SPDX-License-Identifier: BSD-2-Clause */
/* error_report.h - what a resolver tells the agent of a zone that it could not resolve a name, and why (RFC 9567
 * section 6.1.1): a question for TXT, whose name says it all.
 *
 *	_er.1.d00000007.de.9._er.agent.example.	the question `d00000007.de. A` came to the extended error 9 */
#pragma once

#include <stdbool.h>

#include "zones/tree.h"

struct error_report {
	const uint8_t *agent; /* lent by the tree */
	uint8_t qname[NAME_MAX_LEN];
	uint16_t qtype, ede;
};

/* Whether a question is one, to an agent that a zone of the tree names. */
bool error_report_read(const struct tree *t, const uint8_t *qname, uint16_t qtype,
		       struct error_report *ret);

/* Whether any zone names one. */
bool error_report_is_wanted(const struct tree *t);
