/* SPDX-License-Identifier: BSD-2-Clause */
/* triage.h - "is it them or us?": what failed at a resolver, and what its packets say of why.
 *
 * Each failed answer is held against what the resolver was sent for it: while it was pending, or before,
 * since resolvers remember failures. What explains most weighs most (finding.h). A failure that nothing
 * explains is of the resolver itself only where all that it was sent for it came and was good; else it is
 * unknown. */
#pragma once

#include <jansson.h>

#include "harness/evidence/evidence.h"

enum blame { BLAME_NOBODY, BLAME_THEM, BLAME_US, BLAME_UNKNOWN };

#define TRIAGE_SERVERS 16 /* of a cause that are named */

/* Findings that are one: of a reason, a zone and a key tag. */
struct triage_cause {
	struct finding
		first; /* the first that was seen; of one that explains failures, the first that does */
	struct sighting last;
	uint64_t findings, failures;
	simtime first_failure, last_failure;
	const uint8_t *failed_name; /* of the first */
	uint16_t failed_type;
	struct address servers[TRIAGE_SERVERS];
	unsigned server_count;
};

struct triage {
	enum blame blame;
	struct triage_cause *causes; /* what explains most failures first */
	unsigned cause_count;
	uint64_t failures, unexplained, gone;
	const struct exchange *unknown; /* the first that nothing explains; NULL: none */
};

int triage_make(struct evidence *v, struct triage *ret, struct err *e);
void triage_done(struct triage *t);

/* "them", "us", "unknown", "nothing". */
const char *blame_name(enum blame b);

/* For people, and as an object of docs/schema/triage-1.json. */
void triage_print(const struct evidence *v, const struct triage *t, FILE *out);
json_t *triage_json(const struct evidence *v, const struct triage *t);
