/* SPDX-License-Identifier: BSD-2-Clause */
/* unpack.h - files that are packed, by gzip, zstd, lz4, xz or bzip2, read as if they were not: gzip by zlib
 * (gunzip.h), the others by libarchive. What is unpacked can be sought to its beginning, and no further. */
#pragma once

#include <stdio.h>

#include "sim/base/err.h"

#define UNPACK_WHY 160

/* The file itself, at its beginning, when it is not packed; else one that gives what is in it. It closes `file`, as
 * does an error. Where packed bytes are cut off, or are not those that were packed (a CRC, a length), reading fails:
 * ferror(). Then `why`, which is lent until the file is closed, is no longer empty. */
int unpack_file(FILE *file, const char *name, char why[UNPACK_WHY], FILE **ret, struct err *e);

/* The sentence for that; -EINVAL. */
int unpack_err(struct err *e, const char *name, const char *why);
