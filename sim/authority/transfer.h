/* SPDX-License-Identifier: BSD-2-Clause */
/* transfer.h - all of a zone, as one of its servers has it: AXFR (RFC 5936); and what has changed in it
 * since a version that the client has: IXFR (RFC 1995), which is all of it where that is not known.
 *
 * What is sent is the zone of one version (zones/version.h), as it was when that came: so the serial
 * says all of it, and who asks twice within a version gets the same. */
#pragma once

#include "sim/authority/answer.h"
#include "sim/wire/packet.h"

/* Where messages go, one after the other: each stands in `out` when `send` is called. */
struct transfer_sink {
	uint8_t *out; /* 65,535 bytes */
	int (*send)(void *arg, size_t len, struct err *e);
	void *arg;
};

/* What came of it, for people. */
struct transfer_end {
	char why[120]; /* it was not given: why not; "": it was */
	uint32_t serial;
	uint64_t records;
	bool is_change; /* only what has changed */
	char all[120]; /* that was asked for, and all of it given: why */
};

/* Answers a query for which answer_make() said ANSWER_TRANSFER; `ret` gets the rest of what it says
 * there. -ENOMEM, and what `send` gives. */
int transfer_make(struct tree *t, const struct packet *p, const struct transfer_sink *sink,
		  struct answer *ret, struct transfer_end *end, struct err *e);
