/* SPDX-License-Identifier: BSD-2-Clause */
/* shell.h - for tests that use sigfault as its users do: commands, their output, and the tables
 * they leave in the test's folder. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "tests/support/folder.h"
#include "tests/support/need.h"
#include "tests/support/text.h"

#define SIGFAULT "build/sigfault"
#define RESOLVERS "unbound,bind,knot,powerdns"
#define EVER 1e9 /* seconds: more than any scenario has */

struct shell {
	int status; /* exit status; 128 + signal when one ended it */
	double wall; /* machine seconds */
	char out[65536]; /* stdout and stderr, as far as it fits */
};

/* What ran last, for tests that need no more than that. */
extern struct shell sh;

/* Runs a command line, printf-style. */
void shell(struct shell *ret, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Runs one into `sh`, and fails the test when it ends with another status. */
void ends_with(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Whether a text is in sh.out. */
void assert_says(const char *text);
void assert_does_not_say(const char *text);

/* How often, without overlapping. */
unsigned says_times(const char *text);

/* Whether a run in real time, `status` its exit, has nothing to tell but that the machine was too busy
 * for it: a question was asked more than so many of its seconds late. The runs are folders in the
 * test's, a pattern of the shell's. */
bool is_too_late(int status, const char *runs, double most);

/* The sum of a column of a CSV file over the rows whose `key` column (NULL: all rows) has a value
 * and whose t is in [from, to). Fails the test when the file or the column is not there. */
double csv_sum(const char *path, const char *column, const char *key, const char *value,
	       double from, double to);

/* The sum of a column of a cell's curve.csv, of all its queries, and what share of them that is.
 * The cell is a folder in the test's. */
double cell_sum(const char *cell, const char *column, double from, double to);
double cell_share(const char *cell, const char *column, double from, double to);
