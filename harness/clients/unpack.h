/* SPDX-License-Identifier: BSD-2-Clause */
/* unpack.h - files that are packed, by gzip, zstd, lz4, xz or bzip2, read as if they were not: by
 * libarchive. What is unpacked can be sought to its beginning, and no further. */
#pragma once

#include <stdio.h>

#include "sim/base/err.h"

/* The file itself, at its beginning, when it is not packed; else one that gives what is in it. It closes `file`, as does an error. Where packed bytes are cut off or
 * damaged reading fails: ferror(). */
int unpack_file(FILE *file, const char *name, FILE **ret, struct err *e);
