/* SPDX-License-Identifier: BSD-2-Clause */
/* list.h - `sigfault figures`, `resolvers` and `scenarios`: what there is. */
#pragma once

#include <stdio.h>

#include "sim/base/err.h"

int list_figures(FILE *out, struct err *e);
int list_resolvers(FILE *out, struct err *e);
int list_scenarios(FILE *out, struct err *e);
