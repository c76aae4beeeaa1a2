/* SPDX-License-Identifier: BSD-2-Clause */
/* whole.h - a file that is written whole or not at all: beside its place, and then renamed to it. A
 * disk that gets full, or an end before its time, leaves what stood there before. */
#pragma once

#include <limits.h>
#include <stdio.h>

#include "sim/base/err.h"

struct whole {
	FILE *out;
	char path[PATH_MAX], aside[PATH_MAX];
};

/* Begins to write 'folder/name'. */
int whole_open(struct whole *w, const char *folder, const char *name, struct err *e);

/* Ends it. `rc` is what the writer came to: with an error of his, or one that `out` met, there is no
 * file, and that error is returned. -ENOSPC says that the disk is full, -ENOMEM that memory has
 * ended while it was made (memory.h). */
int whole_close(struct whole *w, int rc, struct err *e);
