/* SPDX-License-Identifier: BSD-2-Clause */
/* published_read.c - a signer's versions out of their folder. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <ldns/ldns.h>

#include "zones/published_folder.h"
#include "zones/published_inside.h"
#include "zones/records.h"

#define HINT ": versions = \"DIR\" is a folder that 'sigfault sign' made for a signer"

struct reading {
	struct published_folder f;
	struct published *p;
	unsigned record_cap, time_cap, ds_cap;
};

static int refuse(struct reading *r, const char *what)
{
	return published_folder_refuse(&r->f, what);
}

static int no_memory(struct err *e)
{
	return err_set(e, -ENOMEM, "no memory for a zone's versions");
}

/* Room for one more in *array. */
static bool make_room(void *array, unsigned count, unsigned *cap, size_t size)
{
	unsigned more = *cap ? 2 * *cap : 64;
	void *grown;

	if (count < *cap)
		return true;
	grown = reallocarray(*(void **)array, more, size);
	if (!grown)
		return false;
	*(void **)array = grown;
	*cap = more;
	return true;
}

static int take_version(void *arg, unsigned version, simtime at)
{
	struct reading *r = arg;
	struct published *p = r->p;

	(void)version;
	if (p->count && at < p->times[p->count - 1])
		return refuse(r, "it is no row of a version");
	if (!make_room(&p->times, p->count, &r->time_cap, sizeof(*p->times)))
		return no_memory(r->f.e);
	p->times[p->count++] = at;
	return 0;
}

/* ---- records ---- */

static int check_record(struct reading *r, ldns_rr *rr)
{
	ldns_rr2canonical(rr);
	if (records_check_fields(rr, r->f.e) == 0 && ldns_rr_ttl(rr) <= INT32_MAX)
		return 0;
	return refuse(r, "it is no whole record");
}

static size_t rdata_len(const ldns_rr *rr)
{
	size_t len = 0;

	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++)
		len += ldns_rdf_size(ldns_rr_rdf(rr, i));
	return len;
}

static void put_rdata(const ldns_rr *rr, uint8_t *to)
{
	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		const ldns_rdf *rdf = ldns_rr_rdf(rr, i);

		memcpy(to, ldns_rdf_data(rdf), ldns_rdf_size(rdf));
		to += ldns_rdf_size(rdf);
	}
}

static int add_record(struct reading *r, const ldns_rr *rr, unsigned version, bool goes)
{
	struct published *p = r->p;
	size_t owner = ldns_rdf_size(ldns_rr_owner(rr)), len = rdata_len(rr);
	struct published_record *one;

	if (!name_under(ldns_rdf_data(ldns_rr_owner(rr)), p->zone->apex))
		return refuse(r, "the record is of another zone");
	if (len > UINT16_MAX - 512)
		return refuse(r, "the record is larger than a message");
	one = malloc(sizeof(*one) + owner + len);
	if (!one || !make_room(&p->records, p->record_count, &r->record_cap, sizeof(one))) {
		free(one);
		return no_memory(r->f.e);
	}
	*one = (struct published_record){ .from = version,
					  .until = goes ? r->f.line : PUBLISHED_ALWAYS,
					  .ttl = ldns_rr_ttl(rr),
					  .type = (uint16_t)ldns_rr_get_type(rr),
					  .len = (uint16_t)len,
					  .owner_len = (uint8_t)owner,
					  .goes = goes };
	memcpy(one->bytes, ldns_rdf_data(ldns_rr_owner(rr)), owner);
	put_rdata(rr, one->bytes + owner);
	p->records[p->record_count++] = one;
	return 0;
}

/* Versions are numbered from 0 here. */
static int take_record(void *arg, unsigned version, ldns_rr *rr, bool goes)
{
	struct reading *r = arg;
	int rc = check_record(r, rr);

	return rc < 0 ? rc : add_record(r, rr, version - 1, goes);
}

static int read_versions(struct reading *r)
{
	int rc = 0;

	for (unsigned i = 1; rc == 0 && i <= r->p->count; i++)
		rc = published_folder_records(&r->f, i, take_record, r);
	return rc;
}

/* ---- spans ---- */

static const uint8_t *rdata_of(const struct published_record *r)
{
	return r->bytes + r->owner_len;
}

static int compare(const struct published_record *x, const struct published_record *y)
{
	int order = name_compare(x->bytes, y->bytes);

	if (order)
		return order;
	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	if (x->ttl != y->ttl)
		return x->ttl < y->ttl ? -1 : 1;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return memcmp(rdata_of(x), rdata_of(y), x->len);
}

static int in_order(const void *a, const void *b)
{
	const struct published_record *x = *(const struct published_record *const *)a;
	const struct published_record *y = *(const struct published_record *const *)b;
	int order = compare(x, y);

	return order ? order : (x->from > y->from) - (x->from < y->from);
}

static int unmatched(struct reading *r, const struct published_record *one)
{
	char name[NAME_TEXT_LEN], what[NAME_TEXT_LEN + 100];

	snprintf(r->f.path, sizeof(r->f.path), "%s/versions/%u.%s", r->p->folder, one->from + 1,
		 one->from ? "diff" : "zone");
	r->f.line = one->goes ? one->until : 1;
	snprintf(what, sizeof(what), "a record of '%.600s' %s", name_text(one->bytes, name),
		 one->goes ? "goes that was not there" : "comes that was there already");
	return refuse(r, what);
}

/* What goes ends what has come, and is let go of. */
static int settle(struct reading *r)
{
	struct published *p = r->p;
	struct published_record *open = NULL;
	unsigned kept = 0;

	qsort(p->records, p->record_count, sizeof(struct published_record *), in_order);
	for (unsigned i = 0; i < p->record_count; i++) {
		struct published_record *one = p->records[i];
		bool is_open = open && open->until == PUBLISHED_ALWAYS && !compare(open, one);

		if (one->goes != is_open)
			return unmatched(r, one);
		p->records[i] = NULL;
		if (one->goes) {
			open->until = one->from;
			free(one);
		} else {
			p->records[kept++] = open = one;
		}
	}
	p->record_count = kept;
	return 0;
}

/* ---- the parent's DS ---- */

static int add_ds(struct reading *r, simtime at, const ldns_rr *rr)
{
	struct published *p = r->p;
	struct published_ds *ds;

	if (rr && (ldns_rr_get_type(rr) != LDNS_RR_TYPE_DS || rdata_len(rr) > sizeof(ds->rdata) ||
		   !name_equal(ldns_rdf_data(ldns_rr_owner(rr)), p->zone->apex)))
		return refuse(r, "it is no DS of the zone");
	if (!make_room(&p->ds, p->ds_count, &r->ds_cap, sizeof(*p->ds)))
		return no_memory(r->f.e);
	ds = &p->ds[p->ds_count++];
	*ds = (struct published_ds){ .at = at };
	if (!rr)
		return 0;
	ds->len = (uint16_t)rdata_len(rr);
	put_rdata(rr, ds->rdata);
	return 0;
}

/* "2026-01-01T02:00:00Z,de. 86400 IN DS …", or nothing behind the comma. */
static int take_ds(void *arg, char *line)
{
	struct reading *r = arg;
	const struct published *p = r->p;
	char *record = strchr(line, ',');
	ldns_rr *rr = NULL;
	simtime at;
	int rc = 0;

	if (r->f.line == 1)
		return 0;
	if (record)
		*record++ = '\0';
	if (!record || simtime_parse(line, &at, NULL) < 0 ||
	    (p->ds_count && at < p->ds[p->ds_count - 1].at))
		return refuse(r, "it is no row of a DS");
	if (*record)
		rc = published_folder_record(&r->f, record, &rr);
	if (rc == 0 && rr)
		rc = check_record(r, rr);
	if (rc == 0)
		rc = add_ds(r, at, rr);
	ldns_rr_free(rr);
	return rc;
}

/* ---- all of it ---- */

static int check_start(const struct published *p, struct err *e)
{
	char start[32], first[32];

	if (!p->count)
		return err_set(e, -EINVAL, "'%s' has no version: the signer published nothing",
			       p->folder);
	if (p->times[0] <= p->zone->tree->from)
		return 0;
	return err_set(e, -EINVAL,
		       "'%s' has its first version at %s, and the scenario begins at %s: let it "
		       "begin later",
		       p->folder, simtime_text(p->times[0], first),
		       simtime_text(p->zone->tree->from, start));
}

static void count(const struct published *p, struct published_counts *ret)
{
	*ret = (struct published_counts){ .versions = p->count,
					  .from = p->times[0],
					  .last = p->times[p->count - 1] };
	for (unsigned i = 0; i < p->record_count; i++) {
		ret->first += !p->records[i]->from;
		ret->came += p->records[i]->from > 0;
		ret->gone += p->records[i]->until != PUBLISHED_ALWAYS;
	}
}

static int read_all(struct reading *r)
{
	int rc = published_folder_versions(&r->f, take_version, r);

	if (rc == 0)
		rc = check_start(r->p, r->f.e);
	if (rc == 0)
		rc = read_versions(r);
	if (rc == 0)
		rc = settle(r);
	return rc == 0 ? published_folder_lines(&r->f, "ds.csv", take_ds, r) : rc;
}

int published_load(struct zone *z, const char *folder, struct published_counts *ret, struct err *e)
{
	struct published *p = calloc(1, sizeof(*p));
	struct reading r = { .f = { .folder = folder, .hint = HINT, .e = e }, .p = p };
	int rc;

	if (!p || !(p->folder = strdup(folder))) {
		free(p);
		return no_memory(e);
	}
	p->zone = z;
	z->published = p; /* freed with the zone, whatever comes of it */
	rc = read_all(&r);
	if (rc == 0)
		count(p, ret);
	return rc;
}
