/* SPDX-License-Identifier: BSD-2-Clause */
/* asked.h - the resolvers that clients may ask, by role: of those of one role each client has one. */
#pragma once

#include <stdint.h>

#include "sim/base/err.h"
#include "sim/language/scenario.h"
#include "sim/wire/endpoint.h"

struct asked_one {
	unsigned role;
	unsigned number; /* among all, from 0 */
	struct endpoint at[2]; /* for IPv4 and IPv6; family 0: none */
};

struct asked { /* zeros: there is none yet */
	struct asked_one *all;
	unsigned count;
	unsigned first[ROLES_MAX], of_role[ROLES_MAX]; /* of each role: where it begins, how many */
};

/* All of a role come one after the other. NULL: it does not listen there. */
int asked_add(struct asked *a, unsigned role, const struct endpoint *four,
	      const struct endpoint *six, struct err *e);
void asked_done(struct asked *a);

/* The one of this client, by his number, among those of a role, of which there is one at least. */
const struct asked_one *asked_by(const struct asked *a, unsigned role, uint64_t client);

/* Whether it is one of its ends. */
bool asked_is(const struct asked_one *one, const struct endpoint *end);
