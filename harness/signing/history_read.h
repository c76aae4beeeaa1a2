/* SPDX-License-Identifier: BSD-2-Clause */
/* history_read.h - what a signer had published at an instant, out of what history.h kept. */
#pragma once

#include <stdbool.h>

#include "harness/signing/zone_copy.h"
#include "sim/base/simtime.h"

/* Whether a folder is one of a signer's. */
bool history_is(const char *folder);

/* The version that was there at `at`, put together; SIMTIME_NEVER: the last. The caller's. -ENOENT: there was
 * none yet. -EINVAL: what is kept is damaged, with file and line; -ENOMEM. */
int history_zone(const char *folder, simtime at, struct zone_copy **ret, struct err *e);
