/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/name.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LABELS_MAX 128 /* 127 of one byte each, and the root */

size_t name_len(const uint8_t *name)
{
	const uint8_t *p = name;

	while (*p)
		p += *p + 1;
	return (size_t)(p - name) + 1;
}

unsigned name_labels(const uint8_t *name)
{
	unsigned n = 0;

	for (; *name; name += *name + 1)
		n++;
	return n;
}

/* A length byte never differs where the bytes before it are equal and the names are: so this is a
 * comparison of the two wire forms. */
bool name_equal(const uint8_t *a, const uint8_t *b)
{
	while (*a && *a == *b) {
		if (memcmp(a + 1, b + 1, *a))
			return false;
		a += *a + 1;
		b += *b + 1;
	}
	return *a == *b;
}

static unsigned label_starts(const uint8_t *name, const uint8_t *starts[LABELS_MAX])
{
	unsigned n = 0;

	for (; *name; name += *name + 1)
		starts[n++] = name;
	return n;
}

static int label_compare(const uint8_t *a, const uint8_t *b)
{
	int order = memcmp(a + 1, b + 1, *a < *b ? *a : *b);

	return order ? order : *a - *b;
}

int name_compare(const uint8_t *a, const uint8_t *b)
{
	const uint8_t *as[LABELS_MAX], *bs[LABELS_MAX];
	unsigned an = label_starts(a, as), bn = label_starts(b, bs);

	while (an && bn) {
		int order = label_compare(as[--an], bs[--bn]);

		if (order)
			return order;
	}
	return (int)an - (int)bn;
}

bool name_under(const uint8_t *name, const uint8_t *apex)
{
	size_t len = name_len(name), apex_len = name_len(apex);

	while (len > apex_len) {
		len -= *name + 1u;
		name += *name + 1;
	}
	return len == apex_len && !memcmp(name, apex, len);
}

const uint8_t *name_skip(const uint8_t *name, unsigned labels)
{
	for (; labels && *name; labels--)
		name += *name + 1;
	return name;
}

int name_prepend(uint8_t ret[NAME_MAX_LEN], const char *label, const uint8_t *parent)
{
	size_t len = strlen(label), parent_len = name_len(parent);

	if (!len || len > 63 || 1 + len + parent_len > NAME_MAX_LEN)
		return -ENAMETOOLONG;
	memmove(ret + 1 + len, parent, parent_len); /* `parent` may lie in `ret` */
	ret[0] = (uint8_t)len;
	memcpy(ret + 1, label, len);
	return 0;
}

void name_copy(uint8_t ret[NAME_MAX_LEN], const uint8_t *name)
{
	memmove(ret, name, name_len(name));
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads one character, or an escape of one: NULL when an escape is broken. */
static const char *read_char(const char *p, uint8_t *ret)
{
	if (*p != '\\') {
		*ret = (uint8_t)*p;
		return p + 1;
	}
	if (!digit(p[1])) {
		*ret = (uint8_t)p[1];
		return p[1] ? p + 2 : NULL;
	}
	if (!digit(p[2]) || !digit(p[3]))
		return NULL;

	int value = (p[1] - '0') * 100 + (p[2] - '0') * 10 + (p[3] - '0');

	*ret = (uint8_t)value;
	return value < 256 ? p + 4 : NULL;
}

int name_parse(const char *text, uint8_t ret[NAME_MAX_LEN], struct err *e)
{
	uint8_t name[NAME_MAX_LEN];
	size_t len = 1, label = 0; /* bytes written; where the current label's length byte is */
	const char *p = text;

	if (!*text)
		return err_set(e, -EINVAL, "a name is empty");
	if (!strcmp(text, "."))
		p++;
	while (*p) {
		if (*p == '.') {
			if (len == label + 1)
				return err_set(e, -EINVAL, "name '%s' has an empty label", text);
			name[label] = (uint8_t)(len - label - 1);
			label = len++;
			p++;
		} else if (len == label + 64) {
			return err_set(e, -EINVAL, "name '%s' has a label of more than 63 bytes",
				       text);
		} else {
			p = read_char(p, &name[len]);
			if (!p)
				return err_set(e, -EINVAL, "name '%s' has a broken escape", text);
			name[len] = name_lower(name[len]);
			len++;
		}
		if (len >= NAME_MAX_LEN && *p)
			return err_set(e, -EINVAL, "name '%.300s' is longer than 255 bytes", text);
	}
	if (len > label + 1) { /* the last dot is missing */
		name[label] = (uint8_t)(len - label - 1);
		label = len++;
	}
	if (len > NAME_MAX_LEN)
		return err_set(e, -EINVAL, "name '%.300s' is longer than 255 bytes", text);
	name[label] = 0;
	memcpy(ret, name, len);
	return 0;
}

static char *write_char(char *out, uint8_t c)
{
	if (c <= 0x20 || c >= 0x7f)
		return out + sprintf(out, "\\%03u", c);
	if (strchr(".\\\"();@$", c))
		*out++ = '\\';
	*out++ = (char)c;
	return out;
}

char *name_text(const uint8_t *name, char text[NAME_TEXT_LEN])
{
	char *out = text;

	if (!*name)
		*out++ = '.';
	for (; *name; name += *name + 1) {
		for (unsigned i = 1; i <= *name; i++)
			out = write_char(out, name[i]);
		*out++ = '.';
	}
	*out = '\0';
	return text;
}
