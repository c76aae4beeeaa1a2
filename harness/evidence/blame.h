/* SPDX-License-Identifier: BSD-2-Clause */
/* blame.h - which of the findings a failed question is due to.
 *
 * What a question depends on: its name and those above, the names that CNAMEs lead to, and the names of
 * the servers of the zones that these are in. */
#pragma once

#include "harness/evidence/evidence.h"

struct blame_index; /* exchanges with authorities, by the name asked for */

/* NULL: no memory. */
struct blame_index *blame_index_new(struct evidence *v);
void blame_index_free(struct blame_index *b);
DEFINE_FREEP(struct blame_index, blame_index)

/* Why `x`, a client's question, failed: in `ret`. false: nothing that was seen says so. */
bool blame_find(const struct blame_index *b, const struct exchange *x, struct finding *ret);

/* Whether an exchange with an authority is one that the question depends on. */
bool blame_concerns(const struct blame_index *b, const struct exchange *x,
		    const struct exchange *upstream);

/* How long before a question the exchanges stand that were made for it: resolvers join what is under way. */
#define BLAME_WINDOW (15 * SECOND)
