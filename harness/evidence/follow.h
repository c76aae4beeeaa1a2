/* SPDX-License-Identifier: BSD-2-Clause */
/* follow.h - one client's question followed through: what the resolver asked of whom for it, what came
 * back, and where it went wrong. */
#pragma once

#include <jansson.h>

#include "harness/evidence/evidence.h"

struct follow {
	const struct exchange *question;
	size_t *hops; /* places in the evidence's upstream list, by the instant of asking */
	size_t hop_count;
	bool failed, explained;
	struct finding why;
	bool remembered; /* what is wrong came before the question */
};

/* What is followed: of the client's questions for the evidence's wanted name the one that is nearest to
 * `at`; without an instant the first that failed, or the first. `type` 0: of any. -EINVAL: no client asked that. */
struct follow_wish {
	const uint8_t *name;
	uint16_t type;
	bool has_at;
	simtime at;
};

int follow_make(struct evidence *v, const struct follow_wish *wish, struct follow *ret,
		struct err *e);
void follow_done(struct follow *f);

/* For people, and docs/schema/trace-1.json. */
void follow_print(const struct evidence *v, const struct follow *f, FILE *out);
json_t *follow_json(const struct evidence *v, const struct follow *f);
