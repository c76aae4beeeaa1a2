/* SPDX-License-Identifier: BSD-2-Clause */
/* result_transports.h - what came of clients' connections, as run.json has it: cells[].transports. */
#pragma once

#include <jansson.h>

#include "harness/cell/cell.h"

/* Nothing where there were none. */
void result_transports(json_t *cell, const struct cell_transports *t);
