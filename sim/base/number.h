/* SPDX-License-Identifier: BSD-2-Clause */
/* number.h - numbers that people write: decimal digits, and at most one point among them.
 *
 * strtod() alone takes blanks, signs, 0x10, 1e9, "inf" and "nan", and each has been typed by mistake. */
#pragma once

#include <stdbool.h>

/* The number that `text` begins with, and where it ends. false: it begins with none. */
bool number_read(const char *text, double *ret, const char **end);

/* The whole text is one. */
bool number_is(const char *text, double *ret);
