/* SPDX-License-Identifier: BSD-2-Clause */
/* userns.h - user namespaces: being root in one, and who is whom in another. */
#pragma once

#include <sys/types.h>

#include "sim/base/err.h"

#define USERNS_NOBODY 65534u /* who strangers are outside, where we may say so */

/* Makes the caller root in a user namespace of its own, and nobody else outside of it than it was;
 * USERNS_NOBODY is himself there when the caller has a right to that. -EPERM, -ENOSYS:
 * see netns_refused(). */
int userns_become_root(struct err *e);

/* Says who is root in the user namespace that a child of ours has just made: `uid` and `gid`, as we
 * know them. Nobody else is anybody there. -EPERM. */
int userns_map(pid_t child, uid_t uid, gid_t gid, struct err *e);
