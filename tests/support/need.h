/* SPDX-License-Identifier: BSD-2-Clause */
/* need.h - what a test wants of the machine. Where that is lacking the test says so and is skipped;
 * where MUST_WORK is set, as tests/run does under CI, it fails instead. */
#pragma once

#include <stdbool.h>

bool must_work(void);

/* Says what is lacking, printf-style without an end of the line, and ends the test that is run. */
void lacking(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Namespaces, mounts and users of the test's own. */
void need_root(void);

/* In PATH or where programs of administrators are. */
void need_program(const char *name);

/* A file or folder that a package brings. */
void need_file(const char *path, const char *package);

/* A module of Python 3. */
void need_python(const char *module);
