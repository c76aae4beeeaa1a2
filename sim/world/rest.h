/* SPDX-License-Identifier: BSD-2-Clause */
/* rest.h - whether anything in a world computes, or waits for a core to compute on.
 *
 * On a busy machine a program may not get a core for seconds. How much machine time goes by says
 * nothing of what is stuck; that all sleep does. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/simtime.h"
#include "sim/world/world.h"

/* true: every thread of every process in the world's pid namespace sleeps (or is stopped, or has
 * ended), or the world has ended. `cpu`, NULL allowed: what these processes have computed so far. */
bool world_rests(const struct world *w, simtime *cpu);

/* The same of one process and all that it has started, as far as their parents live. `seen` is one number until one of
 * them has run again, or another one is there: who finds the same twice, and all asleep, knows that none is about to
 * wake. */
bool world_sleeps(pid_t pid, uint64_t *seen, simtime *cpu);
