/* SPDX-License-Identifier: BSD-2-Clause */
/* err.h - the sentence that goes with an errno.
 *
 * Functions return 0 or a negative errno; what a person should read rides in `struct err`, the last
 * argument. The function that detects a failure writes it, callers may put the place in front, and
 * only main() prints. Every function here accepts e == NULL. Sentences are lower case, have their
 * subject in 'quotes' and no full stop.
 *
 * The sentence is for people alone: what a program goes by is the code and, where there is one, the
 * zone. A package that the machine lacks is -ENOPKG, and the sentence says what installs it. */
#pragma once

#include <stdbool.h>

struct err {
	char text[1024];
	char zone[1025]; /* whose fault it is, in presentation form; "": no zone's */
	bool placed; /* the sentence begins with the file and line that it is about */
};

/* Writes the sentence, forgets the zone and returns `code`, which is a negative errno: `return err_set(e, -EINVAL,
 * ...)`. */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Says which zone it is about. */
void err_zone(struct err *e, const char *zone);

/* Puts "file:line: " in front of what is there, which is all that is to say of where it is. */
void err_place(struct err *e, const char *place);

/* Puts "PLACE: " in front of what is there. */
void err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
