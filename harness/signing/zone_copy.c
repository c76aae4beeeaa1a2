/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/signing/zone_copy.h"

#include <errno.h>
#include <string.h>

#include <uthash.h>

struct record {
	UT_hash_handle hh;
	ldns_rr_type type, covered; /* of an RRSIG: what it is for */
	uint32_t expiry; /* of an RRSIG */
	char text[];
};

struct zone_copy {
	struct record *records; /* by their lines */
	struct record *soa;
	uint32_t serial;
};

struct zone_copy *zone_copy_new(void)
{
	return calloc(1, sizeof(struct zone_copy));
}

void zone_copy_free(struct zone_copy *c)
{
	struct record *r;

	while (c && (r = c->records)) {
		HASH_DELETE(hh, c->records, r);
		free(r);
	}
	free(c);
}

static struct record *find(const struct zone_copy *c, const char *text)
{
	struct record *r;

	HASH_FIND_STR(c->records, text, r);
	return r;
}

static void put(struct zone_copy *c, struct record *r)
{
	HASH_ADD_KEYPTR(hh, c->records, r->text, strlen(r->text), r);
}

/* As a line of a master file, without its end. NULL: no memory. */
static char *line_of(const ldns_rr *rr)
{
	char *text = ldns_rr2str(rr);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

static struct record *record_new(const char *text)
{
	size_t size = strlen(text) + 1;
	struct record *r = calloc(1, sizeof(*r) + size);

	if (r)
		memcpy(r->text, text, size);
	return r;
}

struct zone_copy *zone_copy_clone(const struct zone_copy *c)
{
	_cleanup_(zone_copy_freep) struct zone_copy *ret = zone_copy_new();
	struct record *one;

	for (const struct record *r = c->records; r; r = r->hh.next) {
		one = ret ? record_new(r->text) : NULL;
		if (!one)
			return NULL;
		one->type = r->type;
		one->covered = r->covered;
		one->expiry = r->expiry;
		put(ret, one);
		if (r == c->soa)
			ret->soa = one;
	}
	if (ret)
		ret->serial = c->serial;
	return TAKE(ret);
}

static void describe(struct zone_copy *c, struct record *r, const ldns_rr *rr)
{
	r->type = ldns_rr_get_type(rr);
	if (r->type == LDNS_RR_TYPE_RRSIG) {
		r->covered = ldns_rdf2rr_type(ldns_rr_rrsig_typecovered(rr));
		r->expiry = ldns_rdf2native_int32(ldns_rr_rrsig_expiration(rr));
	}
	if (r->type == LDNS_RR_TYPE_SOA) {
		c->soa = r;
		c->serial = ldns_rdf2native_int32(ldns_rr_rdf(rr, 2));
	}
}

int zone_copy_add(struct zone_copy *c, const ldns_rr *rr, struct err *e)
{
	_cleanup_(freep) char *text = line_of(rr);
	struct record *r;

	if (text && find(c, text))
		return 0;
	r = text ? record_new(text) : NULL;
	if (!r)
		return err_set(e, -ENOMEM, "no memory for a zone");
	describe(c, r, rr);
	put(c, r);
	return 0;
}

int zone_copy_remove(struct zone_copy *c, const ldns_rr *rr, struct err *e)
{
	_cleanup_(freep) char *text = line_of(rr);
	struct record *r = text ? find(c, text) : NULL;

	if (!text)
		return err_set(e, -ENOMEM, "no memory for a zone");
	if (!r)
		return err_set(e, -ENOENT, "it takes out '%.300s', which is not there", text);
	if (r == c->soa)
		c->soa = NULL;
	HASH_DELETE(hh, c->records, r);
	free(r);
	return 0;
}

unsigned zone_copy_count(const struct zone_copy *c)
{
	return HASH_COUNT(c->records);
}

bool zone_copy_equal(const struct zone_copy *a, const struct zone_copy *b)
{
	if (zone_copy_count(a) != zone_copy_count(b))
		return false;
	for (const struct record *r = a->records; r; r = r->hh.next)
		if (!find(b, r->text))
			return false;
	return true;
}

uint32_t zone_copy_serial(const struct zone_copy *c)
{
	return c->soa ? c->serial : 0;
}

/* ---- what is in it ---- */

static ldns_rr_list *select_records(const struct zone_copy *c, const ldns_rdf *apex,
				    ldns_rr_type type, ldns_rr_type covered)
{
	ldns_rr_list *ret = ldns_rr_list_new();
	ldns_rr *rr;

	for (const struct record *r = c->records; r; r = r->hh.next) {
		if (!ret || r->type != type || r->covered != covered)
			continue;
		if (ldns_rr_new_frm_str(&rr, r->text, 0, NULL, NULL) != LDNS_STATUS_OK)
			continue;
		if (ldns_dname_compare(ldns_rr_owner(rr), apex) != 0 ||
		    !ldns_rr_list_push_rr(ret, rr))
			ldns_rr_free(rr);
	}
	if (ret)
		ldns_rr_list_sort(ret);
	return ret;
}

ldns_rr_list *zone_copy_rrset(const struct zone_copy *c, const ldns_rdf *apex, ldns_rr_type type)
{
	return select_records(c, apex, type, (ldns_rr_type)0);
}

ldns_rr_list *zone_copy_signatures(const struct zone_copy *c, const ldns_rdf *apex,
				   ldns_rr_type covered)
{
	return select_records(c, apex, LDNS_RR_TYPE_RRSIG, covered);
}

uint32_t zone_copy_first_expiry(const struct zone_copy *c)
{
	uint32_t first = 0;

	for (const struct record *r = c->records; r; r = r->hh.next) {
		if (r->type == LDNS_RR_TYPE_RRSIG && (!first || (int32_t)(r->expiry - first) < 0))
			first = r->expiry;
	}
	return first;
}

/* ---- as text ---- */

static int by_text(const void *a, const void *b)
{
	const struct record *const *x = a, *const *y = b;

	return strcmp((*x)->text, (*y)->text);
}

/* Those that `other` has not (NULL: all), in the order of their lines. NULL: no memory. */
static const struct record **sorted(const struct zone_copy *c, const struct zone_copy *other,
				    unsigned *count)
{
	const struct record **list = calloc(HASH_COUNT(c->records) + 1, sizeof(struct record *));
	unsigned n = 0;

	for (const struct record *r = c->records; r; r = r->hh.next) {
		if (list && (!other || !find(other, r->text)))
			list[n++] = r;
	}
	if (list)
		qsort(list, n, sizeof(struct record *), by_text);
	*count = n;
	return list;
}

int zone_copy_write(const struct zone_copy *c, FILE *out, struct err *e)
{
	unsigned count;
	_cleanup_(freep) const struct record **list = sorted(c, NULL, &count);

	if (!list)
		return err_set(e, -ENOMEM, "no memory for a zone");
	if (c->soa)
		fprintf(out, "%s\n", c->soa->text);
	for (unsigned i = 0; i < count; i++)
		if (list[i] != c->soa)
			fprintf(out, "%s\n", list[i]->text);
	return ferror(out) ? err_set(e, -EIO, "a zone could not be written") : 0;
}

int zone_copy_write_difference(const struct zone_copy *before, const struct zone_copy *later,
			       FILE *out, unsigned *removed, unsigned *added, struct err *e)
{
	_cleanup_(freep) const struct record **gone = sorted(before, later, removed);
	_cleanup_(freep) const struct record **came = sorted(later, before, added);

	if (!gone || !came)
		return err_set(e, -ENOMEM, "no memory for a zone");
	for (unsigned i = 0; i < *removed; i++)
		fprintf(out, "- %s\n", gone[i]->text);
	for (unsigned i = 0; i < *added; i++)
		fprintf(out, "+ %s\n", came[i]->text);
	return ferror(out) ? err_set(e, -EIO, "a difference could not be written") : 0;
}
