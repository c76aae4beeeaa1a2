/* SPDX-License-Identifier: BSD-2-Clause */
/* stranger.h - resolvers of knows() that nobody knows: a mistyped name would never be judged, and
 * nobody would see it. */
#pragma once

#include "harness/subject/matrix.h"

/* A line on `out` for each name in knows() that is neither a driver that comes with sigfault nor
 * one of `m` (NULL: there is no matrix), with its file and line. */
void stranger_print(const struct scenario *s, const struct matrix *m, FILE *out);
