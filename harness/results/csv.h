/* SPDX-License-Identifier: BSD-2-Clause */
/* csv.h - reading what record.h wrote: comma-separated fields, names in the first line (RFC 4180).
 *
 * A last line without its end belongs to a run that was killed while writing, and is left out. */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "sim/base/cleanup.h"
#include "sim/base/err.h"

struct csv;

/* -ENOENT: no such file. -EINVAL: it is empty. */
int csv_open(const char *folder, const char *name, struct csv **ret, struct err *e);
void csv_free(struct csv *c);
DEFINE_FREEP(struct csv, csv)

unsigned csv_width(const struct csv *c);

/* The name of a column, lent until csv_free(). */
const char *csv_heading(const struct csv *c, unsigned column);

/* The number of a column, or -EINVAL: there is none of this name. */
int csv_column(const struct csv *c, const char *heading, struct err *e);

/* 1: the next row is there. 0: the end. -EINVAL: a row has too few or too many fields. */
int csv_next(struct csv *c, struct err *e);

/* A field of the row, lent until the next one. */
const char *csv_text(const struct csv *c, unsigned column);

/* -EINVAL: it is not a number. */
int csv_number(const struct csv *c, unsigned column, double *ret, struct err *e);
