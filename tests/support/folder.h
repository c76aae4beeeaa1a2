/* SPDX-License-Identifier: BSD-2-Clause */
/* folder.h - the temporary folder of a test program.
 *
 * It is there from when it is first asked for to the end of the process that asked, or to
 * folder_remove(); who asks after that gets another one. */
#pragma once

#include <stdio.h>

/* Lent until it is removed. */
const char *folder(void);

/* The path of something in it, printf-style; lent until eight more have been asked for. */
const char *folder_path(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Writes a file in it, in the place of one of that name, and gives its path as folder_path()
 * does. */
const char *folder_put(const char *name, const char *text);

/* The same, printf-style. */
const char *folder_print(const char *name, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A program: the same, to be run by anybody. */
const char *folder_program(const char *name, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A file in it that is written from its beginning; a folder in between is made. */
FILE *folder_open(const char *name);

/* All of a file in it, as file_text() gives it. */
char *folder_text(const char *name);

/* Removes it with all that is in it. A teardown for cmocka: 0, or what keeps it from being one. */
int folder_remove(void **state);
