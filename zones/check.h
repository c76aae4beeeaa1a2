/* SPDX-License-Identifier: BSD-2-Clause */
/* check.h - whether a tree's plan can be published at all: inside zones/ only. */
#pragma once

#include "zones/tree.h"

/* What tree_prepare() promises to refuse. -EINVAL, with a sentence. */
int check_plan(const struct tree *t, struct err *e);

/* Says of an error that it is this zone's; `rc`, which is returned, is negative when there is one. */
int check_blame(const struct zone *z, int rc, struct err *e);
