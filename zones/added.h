/* SPDX-License-Identifier: BSD-2-Clause */
/* added.h - zones that no plan has and a trace asks for: inside zones/ only; tree_add_name() is its
 * part of tree.h. */
#pragma once

#include "zones/told.h"

/* A zone of the tree with servers of its own and one key: a TLD, or one with zones below it. `told`
 * may be NULL. NULL: -ENOSPC or -ENOMEM, with a sentence. */
struct zone *added_zone(struct tree *t, const uint8_t *apex, const struct told_zone *told,
			struct err *e);

/* The TLD of a name, made when no zone has it. */
struct zone *added_tld(struct tree *t, const uint8_t *name, struct err *e);

/* A delegation to a hoster's leaf, which is not there yet. `told` is copied, and may be NULL. */
int added_delegation(struct zone *z, const uint8_t *name, const struct told_zone *told,
		     struct err *e);

/* Whether traces can have names of their own below this zone: not where all its names are told. */
bool added_may(const struct zone *z);
