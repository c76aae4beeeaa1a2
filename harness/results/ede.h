/* SPDX-License-Identifier: BSD-2-Clause */
/* ede.h - extended DNS errors: the codes of IANA's registry (RFC 8914, section 5.2). */
#pragma once

#include <stdbool.h>

/* NULL for an unassigned one. */
const char *ede_name(int code);

/* Whether it tells a client that DNSSEC is what failed, and is so the right thing to say of a bogus
 * answer: 1, 2, 5 to 12, 25 and 27. 22 (No Reachable Authority), 13 (Cached Error), 0 (Other Error)
 * and no code at all (-1) leave the reason opaque. */
bool ede_is_dnssec(int code);
