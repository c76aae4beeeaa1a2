/* SPDX-License-Identifier: BSD-2-Clause */
/* signatures.h - what the cells of a run share, and runs by a file: signatures that one of them has made
 * (zones/pool.h). */
#pragma once

#include "harness/cell/run.h"
#include "zones/pool.h"

/* For the `count` cells that are forked from now on, with what options->signatures has from earlier runs. *ret
 * may be NULL: there is one cell and no file, or no memory, and each makes its own. -EINVAL, -EACCES …: the
 * file cannot be used. */
int signatures_share(const struct run_options *o, unsigned count, struct pool **ret, struct err *e);

/* The cells are over. What they made goes into the file; where that cannot be, a note says so. */
void signatures_keep(const struct run_options *o, struct pool *p);
