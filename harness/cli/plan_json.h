/* SPDX-License-Identifier: BSD-2-Clause */
/* plan_json.h - `sigfault plan --json`: what a scenario means, for machines (docs/schema/plan-1.json).
 */
#pragma once

#include "sim/language/scenario.h"

int plan_json_print(const struct scenario *s, FILE *out, struct err *e);
