/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_verdict.h - may a version go out, and in one sentence why not.
 *
 * It is held back when a cache that has something rightly would be bogus by it, and when RRsets of it that nobody can
 * validate are as many as in what is published, or more: a version that mends a part of them goes out. */
#pragma once

#include <jansson.h>

#include "harness/gate/gate.h"
#include "harness/gate/gate_text.h"

struct gate_verdict {
	bool hold;
	bool has_version; /* else the parent's DS alone has changed */
	simtime at;
	struct gate_version version;
	struct cached_verdict caches;
	char sentence[GATE_SENTENCE + 256];
};

/* Of a version that gate_take() has taken; NULL: of the DS that gate_take_ds() has. -ENOMEM. */
int gate_decide(const struct gate *g, simtime at, const struct gate_version *v,
		struct gate_verdict *ret, struct err *e);
void gate_verdict_done(struct gate_verdict *d);

/* The document gate-1 (docs/schema). NULL: no memory. */
json_t *gate_json(const struct gate *g, const struct gate_verdict *d);
