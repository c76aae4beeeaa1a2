/* SPDX-License-Identifier: BSD-2-Clause */
/* published_folder.h - the files of the folder that 'sigfault sign' left for a signer (published.h has them), read
 * line by line.
 *
 * Who reads tells what is to be done with each line; whatever of that is not 0 ends the reading, and is what comes
 * back. */
#pragma once

#include <limits.h>

#include <ldns/ldns.h>

#include "sim/base/err.h"
#include "sim/base/simtime.h"

struct published_folder {
	const char *folder;
	const char *hint; /* behind the sentence of a file that cannot be opened; "" */
	struct err *e; /* what all errors go to */
	char path[PATH_MAX]; /* of the file that is read, or was last */
	unsigned line; /* of it, from 1; 0: it has none */
};

/* -EINVAL: `what`, with the file and line that are read. It may be the text of `e`. */
int published_folder_refuse(struct published_folder *f, const char *what);

/* Each line of a file, without its end. -ENOENT and others: it cannot be opened. */
int published_folder_lines(struct published_folder *f, const char *name,
			   int (*each)(void *arg, char *line), void *arg);

/* Each row of versions.csv: when a version was there, from 1. -EINVAL: it is damaged. */
int published_folder_versions(struct published_folder *f,
			      int (*each)(void *arg, unsigned version, simtime at), void *arg);

/* A record, as it stands there; the caller's. -EINVAL. */
int published_folder_record(struct published_folder *f, const char *text, ldns_rr **ret);

/* Each record of a version's file: of the first all, of another what has come and what `goes`. Lent for the call. */
int published_folder_records(struct published_folder *f, unsigned version,
			     int (*each)(void *arg, unsigned version, ldns_rr *rr, bool goes),
			     void *arg);
