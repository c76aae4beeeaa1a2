/* SPDX-License-Identifier: BSD-2-Clause */
/* instant.h - the instant that `zone` and `serve` look at. */
#pragma once

#include "harness/cli/option.h"

/* What --at says; without it the scenario's start. -EINVAL. */
int instant_of(const struct options *o, const struct scenario *s, simtime *ret, struct err *e);
