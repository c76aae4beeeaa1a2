/* SPDX-License-Identifier: BSD-2-Clause */
/* cached_spans.h - a set of instants: spans, half open. */
#pragma once

#include <stdbool.h>

#include "sim/base/simtime.h"

struct cached_span {
	simtime from, until;
};

struct cached_spans {
	struct cached_span *list;
	unsigned count;
};

/* An empty one adds nothing. false: no memory. */
bool cached_spans_add(struct cached_spans *s, simtime from, simtime until);

/* Puts them in order; those that touch become one. */
void cached_spans_join(struct cached_spans *s);

bool cached_spans_has(const struct cached_spans *s, simtime t);

/* Joins them, and gives how long they are together. */
simtime cached_spans_length(struct cached_spans *s);

void cached_spans_done(struct cached_spans *s);
