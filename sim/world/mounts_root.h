/* SPDX-License-Identifier: BSD-2-Clause */
/* mounts_root.h - a folder that has a system of its own, as the root of a file system: for mounts.c
 * alone.
 *
 * What stands at the top of the folder is shown in a new, empty root, read-only, one by one: so the
 * folder need not have the places for what is not its own (MOUNTS_OURS), and nothing is written to
 * it. Where it is to be laid over the machine's tree a folder that both have is an overlay of the
 * two, and what it lacks is the machine's, but for homes. */
#pragma once

#include <stdbool.h>

#include "sim/base/err.h"

/* Goes to a root made of `folder`, an O_PATH file in the caller's mount namespace; `path` is what the
 * caller calls it. The places that are not its own are empty folders there, but for /sys, which is the
 * machine's. */
int mounts_root_enter(int folder, const char *path, bool over, struct err *e);
