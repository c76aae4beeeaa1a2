/* SPDX-License-Identifier: BSD-2-Clause */
/* prepared.h - the world of world.h, prepared for all tests of a program. */
#pragma once

#include "tests/support/world.h"

static struct tree *tree;

static inline int set_up_tree(void **state)
{
	(void)state;
	tree = world_prepared();
	return 0;
}

static inline int tear_down_tree(void **state)
{
	(void)state;
	tree_free(tree);
	return 0;
}
