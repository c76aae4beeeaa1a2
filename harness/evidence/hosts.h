/* SPDX-License-Identifier: BSD-2-Clause */
/* hosts.h - the names of hosts that no answer tells, as hosts(5) has them. */
#pragma once

#include "harness/evidence/evidence.h"

#define HOSTS_FILE "hosts.txt"

/* Names the resolvers whose addresses the folder's file has; without one none is. -EINVAL: a line of it is none
 * of hosts(5), and which; -ENOMEM. */
int hosts_read(struct evidence *v, const char *folder, struct err *e);
