/* SPDX-License-Identifier: BSD-2-Clause */
/* command.h - what an operator does to the resolver: its control commands, run while the cell's
 * clock waits for them.
 *
 * The commands are the driver's; here they are started beside the resolver, and time passes as they
 * need it. */
#pragma once

#include "sim/language/timeline.h"

struct cell;

/* Carries out an event of an operator, command by command. -EINVAL: the driver has no such
 * operation. -EREMOTEIO: a command failed. */
int command_act(struct cell *c, const struct event *ev, struct err *e);

/* Records the resolver's own counters, by its control command; a resolver that does not answer it
 * goes on without. */
int command_sample(struct cell *c, struct err *e);
