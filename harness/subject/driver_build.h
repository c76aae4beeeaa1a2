/* SPDX-License-Identifier: BSD-2-Clause */
/* driver_build.h - which build of its program a driver runs: where it is, which version, what to
 * call it. */
#pragma once

#include "harness/subject/driver.h"

/* Finds the program, and the one that controls it. `other`: another build than the installed
 * one, or NULL. -ENOPKG: with the package that has it. */
int driver_find_programs(struct driver *d, const char *other, struct err *e);

/* Asks the program what it says of itself, its version among it; one that does not tell has
 * none. */
int driver_ask_version(struct driver *d, bool is_other, struct err *e);

/* Names it: as its kind where it is the installed one, else by what tells it from other builds. For /opt/unbound-1.22/sbin/unbound "unbound-1.22", for
 * /home/me/patched/unbound "unbound-patched": the last folder that says more than every
 * installation's do; else the version. For a root folder "unbound@1.26.2" or "unbound@trixie". */
void driver_name_build(struct driver *d, bool is_other);
