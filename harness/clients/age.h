/* SPDX-License-Identifier: BSD-2-Clause */
/* age.h - how old an answer is: by the second in its address, against its TTL at the authority. */
#pragma once

#include "harness/clients/message.h"
#include "sim/record/record.h"

struct age_given {
	enum age age;
	int64_t given; /* the second since the scenario's start; -1: no address, or never given */
};

#define AGE_NOT_GIVEN ((struct age_given){ AGE_NONE, -1 })

/* `ttl` is that of the name's addresses, -1: not known. */
struct age_given age_of(const struct tree *t, const struct message *m, simtime sent, simtime now,
			int64_t ttl);
