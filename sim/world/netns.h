/* SPDX-License-Identifier: BSD-2-Clause */
/* netns.h - network namespaces without names, held by file descriptors: making one and going into
 * it, and what it means when the kernel will not, also of the processes that are to be in it. */
#pragma once

#include "sim/base/err.h"

/* Makes one, in which the caller is then. -EPERM, -ENOSYS: see netns_refused(). */
int netns_new(int *ret, struct err *e);

/* Goes there; sockets made there stay there. */
int netns_enter(int netns, struct err *e);

/* Why the kernel started no process: -code. */
int netns_no_process(int code, struct err *e);

/* Why the kernel refused a namespace of this kind ("user", "pid", "network") with this errno, and
 * the command that mends it: -EPERM, -ENOSYS, or what the kernel said. */
int netns_refused(const char *kind, int code, struct err *e);
