/* SPDX-License-Identifier: BSD-2-Clause */
/* cap.h - servers that answer so many packets a second and drop the rest: told from those that lose a
 * share.
 *
 * A server that drops each query by chance answers a number a second that scatters like chance's, and
 * drops in every second. One with a cap answers the same number in each second in which it drops, and
 * drops none in the others. */
#pragma once

#include "harness/evidence/evidence.h"

/* Makes REASON_CAP, with the number a second, of each REASON_SILENT that such a server is for. -ENOMEM. */
int cap_find(struct evidence *v, struct err *e);
