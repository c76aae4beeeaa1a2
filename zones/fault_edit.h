/* SPDX-License-Identifier: BSD-2-Clause */
/* fault_edit.h - what rows of several groups do to records and signatures: inside zones/ only. */
#pragma once

#include "zones/fault.h"

/* Lets `record` change a copy of each record that the row means (row->by); false takes the record
 * away. `number` is the row's. The order of the records may change with them. */
void fault_edit(const struct fault *f, struct rrset *rs,
		bool (*record)(uint8_t *rdata, size_t len, int number));

/* Signatures that are not there, or verify nothing: for `flaw` of a row. */
void fault_edit_absent(const struct fault *f, struct flaw *flaw);
void fault_edit_corrupt(const struct fault *f, struct flaw *flaw);
