/* SPDX-License-Identifier: BSD-2-Clause */
/* err.h - the sentence that goes with an errno.
 *
 * Functions return 0 or a negative errno; what a person should read rides in `struct err`, the last
 * argument. The function that detects a failure writes it, callers may put the place in front, and
 * only main() prints. Every function here accepts e == NULL. Sentences are lower case, have their
 * subject in 'quotes' and no full stop. */
#pragma once

struct err {
	char text[1024];
};

/* Writes the sentence and returns `code`, which is a negative errno: `return err_set(e, -EINVAL,
 * ...)`. */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Puts "PLACE: " in front of what is there. */
void err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
