/* SPDX-License-Identifier: BSD-2-Clause */
/* zone_file.h - a zone that a stranger's program left in its folder as a master file. */
#pragma once

#include "harness/signing/zone_copy.h"

/* Which file it was: who finds the same one again need not read it. */
struct zone_file {
	uint64_t inode, size;
	int64_t changed; /* by the machine's date, nanoseconds */
};

/* Reads FOLDER/NAME into a copy, the caller's, unless it is the one that `seen` knows, which it does from then on. 1: it is
 * that one, and *ret stays. -ENOENT: there is none; -EINVAL: it is no master file of this zone, with the line; -ENOMEM. */
int zone_file_read(const char *folder, const char *name, const ldns_rdf *apex,
		   struct zone_file *seen, struct zone_copy **ret, struct err *e);
