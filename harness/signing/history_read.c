/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/signing/history_read.h"

#include <errno.h>
#include <limits.h>

#include "zones/published_folder.h"

bool history_is(const char *folder)
{
	char path[PATH_MAX];

	if ((size_t)snprintf(path, sizeof(path), "%s/versions.csv", folder) >= sizeof(path))
		return false;
	return access(path, R_OK) == 0;
}

struct reading {
	struct published_folder f;
	simtime at; /* that is asked for */
	unsigned count; /* versions that had come by then */
	struct zone_copy *zone;
};

/* What comes later is not read: it may still be written. */
static int count_version(void *arg, unsigned version, simtime at)
{
	struct reading *r = arg;

	if (at > r->at)
		return 1;
	r->count = version;
	return 0;
}

static int count_versions(struct reading *r)
{
	int rc = published_folder_versions(&r->f, count_version, r);

	if (rc < 0)
		return rc;
	if (!r->f.line)
		return err_set(r->f.e, -EINVAL, "%s: it is empty", r->f.path);
	return r->count ? 0
			: err_set(r->f.e, -ENOENT, "'%s': nothing was published by then",
				  r->f.folder);
}

static int apply(void *arg, unsigned version, ldns_rr *rr, bool goes)
{
	struct reading *r = arg;
	struct err why;
	int rc = goes ? zone_copy_remove(r->zone, rr, &why) : zone_copy_add(r->zone, rr, &why);

	(void)version;
	if (rc == -ENOENT)
		return published_folder_refuse(&r->f, why.text);
	return rc < 0 ? err_set(r->f.e, rc, "%s", why.text) : 0;
}

int history_zone(const char *folder, simtime at, struct zone_copy **ret, struct err *e)
{
	_cleanup_(zone_copy_freep) struct zone_copy *c = zone_copy_new();
	struct reading r = { .f = { .folder = folder, .hint = "", .e = e }, .at = at, .zone = c };
	int rc = c ? count_versions(&r) : err_set(e, -ENOMEM, "no memory for a zone");

	for (unsigned i = 1; rc == 0 && i <= r.count; i++)
		rc = published_folder_records(&r.f, i, apply, &r);
	if (rc == 0)
		*ret = TAKE(c);
	return rc;
}
