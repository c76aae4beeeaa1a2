/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_file.h - a version of a zone as a file, read into a gate's store: all of it, or what has changed.
 *
 *	de. 3600 IN SOA …		a master file
 *
 *	- de. 3600 IN SOA …		what goes and comes: as 'sigfault sign' keeps it, a record with
 *	+ de. 3600 IN SOA …		absolute names in each line
 *
 * A master file that stands in one line a record, with absolute names, is not read anew where it is as it was: a
 * copy of the last one is in the state folder. Others are read wholly each time. */
#pragma once

#include "harness/gate/gate_store.h"

/* `folder` is the state's; NULL: there is none, and no copy. `zone` is what names without a dot at their end are under. Notes what differs from what is published
 * (gate_store_apply() is the caller's). -EINVAL, with file and line; -ENOMEM, -EIO. */
int gate_file_read(struct gate_store *s, const char *folder, const ldns_rdf *zone, const char *path,
		   struct err *e);

/* The file is what is published: keeps a copy of it. Part of the transaction, until gate_file_kept(). */
int gate_file_keep(struct gate_store *s, const char *folder, const char *path, struct err *e);

/* The transaction has been made: what is not needed any more goes. */
void gate_file_kept(struct gate_store *s, const char *folder);
