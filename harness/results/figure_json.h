/* SPDX-License-Identifier: BSD-2-Clause */
/* figure_json.h - a figure as documents have it. */
#pragma once

#include <jansson.h>

#include "harness/results/figures.h"

/* A number, "never" or "already"; null where it was not measured. */
json_t *figure_json(const struct figure *f);
