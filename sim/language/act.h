/* SPDX-License-Identifier: BSD-2-Clause */
/* act.h - the function of a watch, called while a cell runs.
 *
 * It is the only one that a script has running in a cell. What it gives back is what the operator
 * does now: nothing, an action, or a list of them, in order. Actions on the resolver and marks can
 * be said in it again; the world is fixed. */
#pragma once

#include "sim/language/scenario.h"

#define ACT_MAX 64 /* most that one call may want done */
#define ACT_WORDS                                                                                  \
	"sigfault.words" /* in the registry: the words behind the functions, as light userdata */

/* Calls it with the value on top of the script's stack, which is taken off, and fills `ret` with
 * events at `now`. -EINVAL: it failed, or gave something else; -ENOMEM: it took more than its
 * memory. The sentence has file:line. */
int act_call(struct scenario *s, const struct watch_plan *w, simtime now, struct event ret[ACT_MAX],
	     unsigned *count, struct err *e);
