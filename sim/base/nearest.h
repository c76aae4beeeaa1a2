/* SPDX-License-Identifier: BSD-2-Clause */
/* nearest.h - what somebody may have meant who mistyped a name.
 *
 * Names that there are get tried one after the other; the nearest of them is remembered, and given
 * when it is near enough to be what was meant:
 *
 *     struct nearest n = nearest_to("unbund");
 *     nearest_try(&n, "bind");
 *     nearest_try(&n, "unbound");
 *     err_set(e, -EINVAL, "there is no resolver '%s'%s", "unbund", nearest_hint(&n, text));
 */
#pragma once

#define NEAREST_LEN 64

struct nearest {
	const char *word; /* lent */
	char found[NEAREST_LEN]; /* "" until there is one */
	unsigned distance; /* of `found` */
};

struct nearest nearest_to(const char *word);

/* One more name that there is. Of several that are equally near the first one stays. */
void nearest_try(struct nearest *n, const char *name);

/* The name that was meant, or NULL: none is near. */
const char *nearest_found(const struct nearest *n);

/* "; did you mean 'NAME'?" or "": the end of a sentence. Gives `ret`. */
char *nearest_hint(const struct nearest *n, char ret[NEAREST_LEN + 24]);
