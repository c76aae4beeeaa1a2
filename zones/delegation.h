/* SPDX-License-Identifier: BSD-2-Clause */
/* delegation.h - where a delegation leads: inside zones/ only; tree_delegation_plan() and
 * tree_delegation_find() are its part of tree.h.
 *
 * To a zone of the plan, or to a hosted leaf, of which nothing is kept: what it has follows from
 * its number or its name. */
#pragma once

#include "zones/site.h"

/* The delegation to a hosted leaf that a site is; false when it is none, or one to a zone of the
 * plan. */
bool delegation_of(const struct zone *z, const struct site *f, struct delegation *ret);

/* The servers of a site that is a delegation of either kind; lent. */
const struct server *delegation_servers(const struct zone *z, const struct site *f,
					unsigned *count);

/* The fault that leads it in a circle, or NULL. */
const struct fault *delegation_loop(const struct view *v, const struct site *found);
