/* SPDX-License-Identifier: BSD-2-Clause */
/* list.h - `sigfault figures`, `resolvers` and `scenarios`: what there is. */
#pragma once

#include <stdio.h>

#include "sim/language/scenario.h"

int list_figures(FILE *out, struct err *e);
int list_resolvers(FILE *out, struct err *e);
int list_scenarios(FILE *out, struct err *e);

/* When the first fault begins, and when the last is over, both within the scenario; without a fault
 * its start and its end. */
void list_fault_span(const struct scenario *s, simtime *from, simtime *until);
