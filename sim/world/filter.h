/* SPDX-License-Identifier: BSD-2-Clause */
/* filter.h - which system calls and capabilities a program in the sandbox has.
 *
 * All calls but those that make or enter namespaces, mount, look into other processes, load code into
 * the kernel, or open sockets of a family that no namespace holds. They fail with EPERM, or with
 * ENOSYS where programs have another way. A call of another machine (i386, x32) ends the program. */
#pragma once

#include <linux/filter.h>

#include "sim/base/cleanup.h"
#include "sim/base/err.h"

struct filter;

/* -ENOSYS: the library cannot make one. */
int filter_new(struct filter **ret, struct err *e);
void filter_free(struct filter *f);
DEFINE_FREEP(struct filter, filter)

/* Takes away from the caller, for good, what a program needs not: capabilities first, which are
 * those of his user namespace, then the right to get any back, then the calls. */
int filter_apply(const struct filter *f, struct err *e);
