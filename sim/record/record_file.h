/* SPDX-License-Identifier: BSD-2-Clause */
/* record_file.h - a text file that holds only whole bins.
 *
 * What is put waits in memory until record_file_flush(), which writes all of it or nothing: when
 * the disk fills up in the middle, the file is cut back to where it was. Used by record.c alone. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "sim/base/err.h"

struct record_file {
	int fd; /* -1: not open */
	char name[32];
	off_t size; /* of what is safely in the file */
	char *text;
	size_t len, cap;
	bool failed; /* a put found no memory */
};

/* Makes FOLDER/NAME, which must not exist, with `header` as its first line. */
int record_file_open(struct record_file *f, const char *folder, const char *name,
		     const char *header, struct err *e);

void record_file_put(struct record_file *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A field of RFC 4180: in quotes when it needs them. */
void record_file_put_field(struct record_file *f, const char *text);

/* -ENOSPC: "disk full"; -ENOMEM: a put got no memory. */
int record_file_flush(struct record_file *f, struct err *e);

/* Closes; what was not flushed is dropped. */
void record_file_done(struct record_file *f);

/* The sentence for an error of writing: "disk full" for -ENOSPC. `error` is negative and
 * returned. */
int record_file_error(int error, const char *name, struct err *e);
