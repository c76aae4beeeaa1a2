/* SPDX-License-Identifier: BSD-2-Clause */
/* yaml_text.h - where what stands in a YAML text, so that parts of it can be taken out and all else stays
 * as it is, byte for byte.
 *
 * For a user's own configuration (user_config.h). libyaml reads it; JSON is YAML, too. Of
 *
 *	recursor:
 *	  setuid: pdns
 *	  forward_zones:
 *	  - { zone: example, forwarders: [ 10.0.0.1 ] }
 *
 * the entries are "recursor", "recursor.setuid", "recursor.forward_zones",
 * "recursor.forward_zones[1]", "recursor.forward_zones[1].zone" and so on, in this order. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/cleanup.h"
#include "sim/base/err.h"

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml_entry {
	char *path;
	char *value; /* a text's; NULL: it has entries of its own, or is another one's alias */
	enum yaml_kind kind;
	unsigned line; /* from 1 */
	int parent; /* -1: none */
	bool is_flow; /* it stands within [ ] or { } */
	size_t from, to; /* where it begins, its key before it, and behind its end */
	size_t value_from;
};

struct yaml_text {
	struct yaml_entry *entries;
	size_t count, cap;
};

/* -EINVAL: it is no YAML, or is more than one document: "3: did not find expected key", the line in
 * front. */
int yaml_text_read(const char *text, struct yaml_text **ret, struct err *e);
void yaml_text_free(struct yaml_text *y);
DEFINE_FREEP(struct yaml_text, yaml_text)

/* The text with changes: entry i is as it was (changes[i] NULL), out ("") or has another text in its
 * value's place. A line of its own that is out becomes a comment behind `mark`, so that no line's
 * number changes; within brackets it becomes blank. A map or list that has nothing left is out with
 * it. The caller's; NULL: no memory. */
char *yaml_text_change(const struct yaml_text *y, const char *text, const char *const *changes,
		       const char *mark);
