/* SPDX-License-Identifier: BSD-2-Clause */
/* leaf.h - leaf zones, made when they are asked for and kept in a cache: inside zones/ only.
 *
 * A leaf that was not used for longest is made into the next one when LEAF_MAX of them
 * are there. */
#pragma once

#include "zones/hosting.h"

#define LEAF_MAX 8192

/* The leaf of a delegation of z, lent until the next call. NULL: no memory. */
struct zone *leaf_get(const struct zone *z, const struct delegation *d);

void leaf_done(struct tree *t);
