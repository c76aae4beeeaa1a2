/* SPDX-License-Identifier: BSD-2-Clause */
/* master_load.c - a file, or the image of it, into the plan of its zone. */
#include "zones/master.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "zones/image.h"
#include "zones/records.h"

#define HOSTERS 100

void master_count(const struct zone *z, const struct image *i, struct master_counts *ret)
{
	ret->delegations = image_head(i)->count;
	ret->secure = image_head(i)->secure;
	ret->records = 0;
	for (unsigned n = 0; z->as_signed && n < z->record_count; n++)
		ret->records++;
	for (unsigned n = 0; !z->as_signed && n < z->record_count; n++) {
		ret->records += z->records[n].type != RR_NS && z->records[n].type != RR_DS;
		ret->delegations += z->records[n].type == RR_NS &&
				    (!n || z->records[n - 1].type != RR_NS ||
				     !name_equal(z->records[n].owner, z->records[n - 1].owner));
	}
}

/* Gives the zone the delegations of the image, which it takes. */
static int take_image(struct zone *z, struct image *i, const struct master_counts *counts,
		      struct err *e)
{
	struct population *p;

	if (!counts->delegations || z->as_signed) {
		image_free(i);
		return 0;
	}
	z->population = p = calloc(1, sizeof(*p));
	if (!p) {
		image_free(i);
		return err_set(e, -ENOMEM, "no memory for delegations");
	}
	*p = (struct population){ .image = i,
				  .count = image_head(i)->count,
				  .hosters = HOSTERS,
				  .latency = 10 * MSEC,
				  .algorithm = ALG_ECDSAP256SHA256 };
	if (p->count && z->is_signed)
		p->signed_share = (double)image_head(i)->secure / (double)p->count;
	return 0;
}

/* All of an image but its delegations goes into the plan. */
static int unpack(struct zone *z, const struct image *i, struct master_counts *ret, struct err *e)
{
	const struct image_head *h = image_head(i);
	struct image_record record;
	size_t pos = 0;
	int rc;

	if (!name_equal(h->apex, z->apex))
		return err_set(e, -EINVAL, "the image is of another zone");
	name_copy(z->soa_mname, h->mname);
	name_copy(z->soa_rname, h->rname);
	z->soa_refresh = h->refresh;
	z->soa_retry = h->retry;
	z->soa_expire = h->expire;
	z->ttl.soa = h->ttl.soa;
	z->ttl.ns = h->ttl.ns;
	z->ttl.negative = h->ttl.negative;
	z->ttl.delegation = h->ttl.delegation;
	z->ttl.ds = h->ttl.ds;
	*ret = (struct master_counts){ .dnssec = h->left[0],
				       .servers = h->left[1],
				       .glue = h->left[2],
				       .occluded = h->left[3] };
	while ((rc = image_record(i, &pos, &record)) > 0)
		if (records_put(z, &record, e))
			return -EBADMSG;
	if (rc)
		return err_set(e, rc,
			       "the image is damaged (a record is none): make it anew with "
			       "'sigfault zone compile'");
	master_count(z, i, ret);
	return 0;
}

static int load_image(struct zone *z, const char *path, const char *beside,
		      struct master_counts *ret, struct image **image, struct err *e)
{
	int rc = image_open(beside, image, e);

	if (!rc)
		rc = image_check_sources(*image, path, e);
	if (rc)
		return rc;
	rc = unpack(z, *image, ret, e);
	if (rc)
		err_prefix(e, "%s", beside);
	return rc;
}

int master_load(struct zone *z, const char *path, struct master_counts *ret, struct err *e)
{
	_cleanup_(image_freep) struct image *image = NULL;
	_cleanup_(freep) char *beside = NULL;
	int rc;

	if (asprintf(&beside, "%s" IMAGE_SUFFIX, path) < 0) {
		beside = NULL;
		return err_set(e, -ENOMEM, "no memory for a file");
	}
	rc = access(beside, F_OK) == 0 && !z->as_signed
		     ? load_image(z, path, beside, ret, &image, e)
		     : master_read(z, path, ret, &image, e);
	return rc ? rc : take_image(z, TAKE(image), ret, e);
}
