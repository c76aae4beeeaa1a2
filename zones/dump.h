/* SPDX-License-Identifier: BSD-2-Clause */
/* dump.h - a whole zone as a master file, for people and for judges that are not ours.
 *
 * RFC 1035 section 5 text, one record a line, signatures and the denial chain included, glue too:
 * what ldns-verify-zone, kzonecheck and named-checkzone read. */
#pragma once

#include <stdio.h>

#include "zones/walk.h"

#define DUMP_MAX_NAMES WALK_MAX_NAMES /* a larger zone is refused: shrink its population */

/* -EFBIG: more than DUMP_MAX_NAMES delegations. -EIO: `out` did not take it. */
int dump_zone(const struct view *v, FILE *out, struct err *e);

/* The lines of one RRset of a zone. */
int dump_rrset(const struct rrset *rs, FILE *out, struct err *e);
