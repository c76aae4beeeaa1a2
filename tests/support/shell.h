/* SPDX-License-Identifier: BSD-2-Clause */
/* shell.h - for tests that use sigfault as its users do: commands, their output, and the tables
 * they leave. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct shell {
	int status; /* exit status; 128 + signal when one ended it */
	double wall; /* machine seconds */
	char out[65536]; /* stdout and stderr, as far as it fits */
};

/* Runs a command line, printf-style. */
void shell(struct shell *ret, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A folder below /tmp that shell_done() removes; lent. */
const char *shell_folder(void);
void shell_done(void);

/* The sum of a column of a CSV file over the rows whose `class` (or any text column) has a value
 * and whose t is in [from, to). Fails the test when the file or the column is not there. */
double csv_sum(const char *path, const char *column, const char *key, const char *value,
	       double from, double to);
