/* SPDX-License-Identifier: BSD-2-Clause */
/* check.h - an answer held against what a validating resolver must ask of it: RFC 4035 section 5. */
#pragma once

#include "harness/evidence/exchange.h"
#include "harness/evidence/signature.h"

struct check {
	struct facts *facts;
	struct signatures *signatures;
	struct finding *findings; /* in the order in which they were made */
	size_t count, cap;
	bool no_memory;
};

int check_init(struct check *c, struct facts *f, struct err *e);
void check_done(struct check *c);

/* What is wrong with the answer to `x`, and what is good, into `x`. `at` is when it came. Data that
 * cannot be read is a finding. -ENOMEM. */
int check_answer(struct check *c, struct exchange *x, const uint8_t *data, size_t len,
		 struct err *e);

/* That none came. */
int check_silence(struct check *c, struct exchange *x, struct err *e);

/* For its own files. */
struct finding check_finding(const struct check *c, const struct exchange *x, enum reason r,
			     const uint8_t *owner, uint16_t type);
void check_add(struct check *c, struct exchange *x, const struct finding *f);

/* denial.c: whether a denial is proven, and does not deny what is there. */
void check_denial(struct check *c, struct exchange *x, const ldns_pkt *p);
