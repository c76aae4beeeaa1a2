/* SPDX-License-Identifier: BSD-2-Clause */
/* fork.h - a child process is not under the clock: it leaves the page to its parent. */
#pragma once

#include "sim/clock/preload/shim.h"

/* clone() with these flags, and all else as its arguments say, from where the child could not go on
 * in its parent's memory: it gets a copy. */
long shim_clone(uint64_t flags, const long a[6]);
