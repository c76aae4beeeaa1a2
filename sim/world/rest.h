/* SPDX-License-Identifier: BSD-2-Clause */
/* rest.h - whether anything in a world computes, or waits for a core to compute on.
 *
 * On a busy machine a program may not get a core for seconds. How much machine time goes by says
 * nothing of what is stuck; that all sleep does. */
#pragma once

#include <stdbool.h>

#include "sim/base/simtime.h"
#include "sim/world/world.h"

/* true: every thread of every process in the world's pid namespace sleeps (or is stopped, or has
 * ended), or the world has ended. `cpu`, NULL allowed: what these processes have computed so far. */
bool world_rests(const struct world *w, simtime *cpu);
