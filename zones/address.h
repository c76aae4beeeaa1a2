/* SPDX-License-Identifier: BSD-2-Clause */
/* address.h - an IP address, of a server or of anybody else. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct address {
	uint8_t family; /* 4 or 6 */
	uint8_t bytes[16]; /* 4 or 16 of them */
};

/* As text, dotted or with colons. false: it is neither. */
bool address_parse(const char *text, struct address *ret);

/* Addresses that begin like this one. */
struct address_prefix {
	struct address address;
	unsigned bits;
};

/* "192.0.2.0/24", "2001:db8::1". false: it is none. */
bool address_prefix_parse(const char *text, struct address_prefix *ret);
bool address_prefix_has(const struct address_prefix *p, const struct address *a);

#define ADDRESS_TEXT_LEN 46

/* As text; "-" where family is 0. Gives `ret`. */
char *address_text(const struct address *a, char ret[ADDRESS_TEXT_LEN]);

static inline size_t address_len(const struct address *a)
{
	return a->family == 4 ? 4 : 16;
}

static inline bool address_equal(const struct address *a, const struct address *b)
{
	return a->family == b->family && !memcmp(a->bytes, b->bytes, address_len(a));
}
