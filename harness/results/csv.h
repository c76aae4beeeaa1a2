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

/* The same for one that a cell need not have. 1: it is open; 0: it is not there, of which nothing is said. */
int csv_open_if_there(const char *folder, const char *name, struct csv **ret, struct err *e);
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

/* -EINVAL: it is not a number, or not a finite one. */
int csv_number(const struct csv *c, unsigned column, double *ret, struct err *e);

/* -EINVAL: nor is it one of these. The sentence has file and line. */
int csv_between(const struct csv *c, unsigned column, double least, double most, double *ret,
		struct err *e);

/* The instant of the row, its first column: seconds that an integer of nanoseconds can hold. */
int csv_time(const struct csv *c, double *ret, struct err *e);

/* How many, up to 2^53. */
int csv_count(const struct csv *c, unsigned column, double *ret, struct err *e);

/* An extended error (RFC 8914), or -1 for none. */
int csv_ede(const struct csv *c, unsigned column, double *ret, struct err *e);

/* What else is wrong with the row: -EINVAL, with file and line before the sentence. */
int csv_wrong(const struct csv *c, struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
