/* SPDX-License-Identifier: BSD-2-Clause */
/* name.h - domain names in wire form.
 *
 * A name is a `const uint8_t *` to its uncompressed wire form, in lower case, root label included:
 * "\2de\0". It needs no length: the root label ends it. Buffers hold NAME_MAX_LEN bytes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"

#define NAME_MAX_LEN 255
#define NAME_TEXT_LEN 1025

/* A byte of a name in lower case: of ASCII alone, RFC 4343. */
static inline uint8_t name_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* Bytes, root label included. */
size_t name_len(const uint8_t *name);

/* Labels without the root label: 0 for ".", 2 for "a.de.". */
unsigned name_labels(const uint8_t *name);

bool name_equal(const uint8_t *a, const uint8_t *b);

/* Canonical order, RFC 4034 section 6.1: <0, 0 or >0. */
int name_compare(const uint8_t *a, const uint8_t *b);

/* Whether `name` is `apex` or below it. */
bool name_under(const uint8_t *name, const uint8_t *apex);

/* The name without its first `labels` labels: a place inside `name`. */
const uint8_t *name_skip(const uint8_t *name, unsigned labels);

/* "*.<parent>", "label.<parent>": -ENAMETOOLONG when it does not fit. */
int name_prepend(uint8_t ret[NAME_MAX_LEN], const char *label, const uint8_t *parent);

void name_copy(uint8_t ret[NAME_MAX_LEN], const uint8_t *name);

/* From presentation form, RFC 1035 section 5.1 escapes included; a missing last dot is added.
 * -EINVAL: an empty or too long label or name. */
int name_parse(const char *text, uint8_t ret[NAME_MAX_LEN], struct err *e);

/* To presentation form, with the last dot. Returns `text`. */
char *name_text(const uint8_t *name, char text[NAME_TEXT_LEN]);
