/* SPDX-License-Identifier: BSD-2-Clause */
/* display.h - what a person sees while cells run, as many as run at once.
 *
 * On a terminal a line for each cell that runs, drawn over in place, and the sum of all below:
 *
 *	unbound-nta  63 %  21:15  SERVFAIL 88 %  ~9 s left
 *	3 of 12 cells  41 %  ~40 s left
 *
 * Events stand above, once. Elsewhere there is a line an event, and one for each twelfth of a cell.
 * Only one process prints, so that no line is broken by another. No colours. */
#pragma once

#include <signal.h>
#include <stdio.h>

#include "harness/cell/metrics.h"
#include "sim/base/cleanup.h"

struct display;

/* For `count` cells; `out` is lent, and with `silent` nothing is shown there. What is told goes to
 * `m`, too, unless it is NULL. */
int display_new(FILE *out, bool silent, unsigned count, struct metrics *m, struct display **ret,
		struct err *e);
void display_free(struct display *d);
DEFINE_FREEP(struct display, display)

/* Where cells send their messages to. */
int display_socket(const struct display *d);

/* A cell, by its number from 0, begins, or ends. */
void display_begin(struct display *d, unsigned cell, const char *name);
void display_end(struct display *d, unsigned cell);

/* Waits for a message, a signal among those that `open` lets through, or the next drawing; then
 * shows what there is to show. */
void display_wait(struct display *d, const sigset_t *open);
