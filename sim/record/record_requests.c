/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/record_requests.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cleanup.h"

static const char TEXT[] = "requests.txt";

static int begin(struct record_requests *r, const char *folder, struct err *e)
{
	r->csv.fd = -1;
	r->folder = strdup(folder);
	if (!r->folder)
		return err_set(e, -ENOMEM, "no memory for the record");
	return record_file_open(&r->csv, folder, "requests.csv", "t,utc,depth", e);
}

static int write_worst(const struct record_requests *r, const struct record_stamp *at,
		       const char *text, struct err *e)
{
	_cleanup_(fclosep) FILE *f = NULL;
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", r->folder, TEXT) >= (int)sizeof(path))
		return err_set(e, -ENAMETOOLONG, "'%.200s' is too long a path", r->folder);
	errno = 0;
	f = fopen(path, "we");
	if (!f ||
	    fprintf(f, "%s, %u request%s\n%s", at->utc, r->most, r->most == 1 ? "" : "s", text) <
		    0 ||
	    fflush(f) != 0)
		return record_file_error(errno ? -errno : -EIO, TEXT, e);
	return 0;
}

int record_requests_put(struct record_requests *r, const char *folder,
			const struct record_stamp *at, unsigned depth, const char *text,
			struct err *e)
{
	bool is_first = !r->folder;
	int rc = is_first ? begin(r, folder, e) : 0;

	if (rc < 0)
		return rc;
	record_file_put(&r->csv, "%" PRId64 ",%s,%u\n", at->t, at->utc, depth);
	if (!is_first && depth <= r->most)
		return 0;
	r->most = depth;
	return write_worst(r, at, text, e);
}

int record_requests_flush(struct record_requests *r, struct err *e)
{
	return r->folder ? record_file_flush(&r->csv, e) : 0;
}

void record_requests_done(struct record_requests *r)
{
	if (!r->folder)
		return;
	record_file_done(&r->csv);
	free(r->folder);
}
