/* SPDX-License-Identifier: BSD-2-Clause */
/* recorded_load.h - reads runs from their folders, and merges them into one. */
#pragma once

#include "harness/results/recorded.h"

/* At least one folder. -ENOENT: not the folder of a run; -EINVAL: a file in it is not what it
 * should be, or it is a run of another scenario, start, end or bin than the first. recorded_done()
 * is the caller's either way; `dirs` are lent. */
int recorded_load(const char *const *dirs, unsigned count, struct recorded *ret, struct err *e);
