/* SPDX-License-Identifier: BSD-2-Clause */
/* repeat.h - the command line that makes a cell of a run once more. */
#pragma once

#include "harness/cell/run.h"

#define REPEAT_TEXT 4096

/* "sigfault run minute -r unbound -m none --seed 1 --cell 1 -o again", as a shell takes it. What
 * does not fit is cut. Gives `ret`. */
char *repeat_text(const struct run_options *o, unsigned cell, char ret[REPEAT_TEXT]);
