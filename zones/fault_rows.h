/* SPDX-License-Identifier: BSD-2-Clause */
/* fault_rows.h - the catalogue's rows, a table for each group: inside zones/ only. A row without a
 * name ends each. */
#pragma once

#include <string.h>

#include "zones/tree.h"

extern const struct fault_row fault_control_rows[], fault_ds_rows[], fault_keys_rows[],
	fault_rrsig_rows[], fault_denial_rows[], fault_roll_rows[], fault_glue_rows[],
	fault_server_rows[];

#define NEEDS_DS (NEEDS_SIGNED | NEEDS_PARENT)
