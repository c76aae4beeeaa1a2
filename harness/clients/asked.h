/* SPDX-License-Identifier: BSD-2-Clause */
/* asked.h - the resolvers that clients ask, each client one of them. */
#pragma once

#include <stdint.h>

#include "sim/base/err.h"
#include "sim/wire/endpoint.h"

struct asked_one {
	struct endpoint at[2]; /* for IPv4 and IPv6; family 0: none */
};

struct asked { /* zeros: there is none yet */
	struct asked_one *all;
	unsigned count;
};

/* NULL: it does not listen there. */
int asked_add(struct asked *a, const struct endpoint *four, const struct endpoint *six,
	      struct err *e);
void asked_done(struct asked *a);

/* The one of this client, by his number. There must be one. */
const struct asked_one *asked_by(const struct asked *a, uint64_t client);

/* Whether it is an end of any. */
bool asked_has(const struct asked *a, const struct endpoint *end);
