/* SPDX-License-Identifier: BSD-2-Clause */
/* plan_story.h - the part of a plan that has instants in it: what happens, in which mitigation,
 * what is broken when, and what is expected. */
#pragma once

#include <stdio.h>

#include "sim/language/scenario.h"

void plan_story_print(const struct scenario *s, FILE *out);
