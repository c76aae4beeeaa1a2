/* SPDX-License-Identifier: BSD-2-Clause */
/* notes_inside.h - for notes.c and notes_holes.c alone. */
#pragma once

#include <stdio.h>

#include "harness/results/recorded.h"

/* One more note is what goes into the file. NULL: no memory. */
FILE *notes_begin(struct recorded *r);

/* NULL: none was begun, for want of memory. */
int notes_end(const struct recorded *r, FILE *out);

int notes_add(struct recorded *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What a cell's record lacks, and what else of it has to be told. */
int notes_of_holes(struct recorded *r, const struct recorded_cell *c);
