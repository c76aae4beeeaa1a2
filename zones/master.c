/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/master.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <ldns/ldns.h>

#include "sim/base/cleanup.h"
#include "sim/base/names.h"
#include "zones/records.h"

#define DEPTH_MAX 8 /* of files that include each other */

/* One of the files, while it is read. */
struct reading {
	struct zone *zone;
	const char *path;
	FILE *in;
	int line; /* that was read last */
	unsigned depth;
	uint32_t ttl;
	ldns_rdf *origin, *owner; /* as directives and records before have set them */
	struct master_counts *counts;
	bool *has_soa;
	struct err *e;
};

static int refuse(struct reading *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int refuse(struct reading *r, const char *fmt, ...)
{
	char text[700], place[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(place, sizeof(place), "%.280s:%d", r->path, r->line);
	err_set(r->e, -EINVAL, "%s", text);
	err_place(r->e, place);
	return -EINVAL;
}

static void copy_name(uint8_t ret[NAME_MAX_LEN], const ldns_rdf *rdf)
{
	memcpy(ret, ldns_rdf_data(rdf), ldns_rdf_size(rdf));
}

static int take_soa(struct reading *r, const ldns_rr *rr)
{
	struct zone *z = r->zone;

	if (*r->has_soa)
		return refuse(r, "a zone has one SOA");
	*r->has_soa = true;
	copy_name(z->soa_mname, ldns_rr_rdf(rr, 0));
	copy_name(z->soa_rname, ldns_rr_rdf(rr, 1));
	z->soa_refresh = ldns_rdf2native_int32(ldns_rr_rdf(rr, 3));
	z->soa_retry = ldns_rdf2native_int32(ldns_rr_rdf(rr, 4));
	z->soa_expire = ldns_rdf2native_int32(ldns_rr_rdf(rr, 5));
	z->ttl.negative = ldns_rdf2native_int32(ldns_rr_rdf(rr, 6));
	z->ttl.soa = ldns_rr_ttl(rr);
	return 0;
}

static bool is_dnssec(uint16_t type)
{
	return type == RR_RRSIG || type == RR_NSEC || type == RR_NSEC3 || type == RR_NSEC3PARAM ||
	       type == RR_DNSKEY;
}

static int take_record(struct reading *r, ldns_rr *rr)
{
	char place[300], type[NAMES_LEN], owner[NAME_TEXT_LEN];
	uint16_t number = (uint16_t)ldns_rr_get_type(rr);
	uint8_t name[NAME_MAX_LEN];
	int rc;

	ldns_rr2canonical(rr);
	copy_name(name, ldns_rr_owner(rr));
	if (is_dnssec(number)) {
		r->counts->dnssec++;
		return 0;
	}
	if (number == RR_NS && name_equal(name, r->zone->apex)) {
		r->zone->ttl.ns = ldns_rr_ttl(rr);
		r->counts->servers++;
		return 0;
	}
	if (number == RR_SOA && name_equal(name, r->zone->apex))
		return take_soa(r, rr);
	if (number == RR_NS || number == RR_DS || number == RR_SOA)
		return refuse(r,
			      "%s of '%s': what is delegated is told as a zone of its own, and not "
			      "in a file",
			      names_type(number, type), name_text(name, owner));
	snprintf(place, sizeof(place), "%.280s:%d", r->path, r->line);
	rc = records_take(r->zone, rr, place, r->e);
	if (rc)
		return refuse(r, "%s", strdupa(r->e->text));
	r->counts->records++;
	return 0;
}

static int read_file(struct reading *r);

/* $INCLUDE FILE [ORIGIN]: relative to the file that has it (RFC 1035 section 5.1). */
static int include(struct reading *r, char *line)
{
	char *save = NULL, *path, *origin, full[PATH_MAX];
	const char *slash = strrchr(r->path, '/');
	struct reading in = *r;
	int rc;

	strtok_r(line, " \t\r\n", &save);
	path = strtok_r(NULL, " \t\r\n", &save);
	origin = strtok_r(NULL, " \t\r\n", &save);
	if (!path || *path == ';')
		return refuse(r, "$INCLUDE wants the name of a file");
	if (r->depth >= DEPTH_MAX)
		return refuse(r, "files include each other more than %d deep", DEPTH_MAX);
	if ((size_t)snprintf(full, sizeof(full), "%.*s%s",
			     slash && *path != '/' ? (int)(slash + 1 - r->path) : 0, r->path,
			     path) >= sizeof(full))
		return refuse(r, "the path '%.100s…' is too long", path);
	in.path = full;
	in.depth++;
	in.line = 0;
	in.in = fopen(full, "r");
	if (!in.in)
		return refuse(r, "cannot open '%.500s': %s", full, strerror(errno));
	in.origin = origin && *origin != ';' ? ldns_dname_new_frm_str(origin)
					     : ldns_rdf_clone(r->origin);
	in.owner = ldns_rdf_clone(r->owner ? r->owner : r->origin);
	rc = in.origin ? read_file(&in) : refuse(r, "'%.200s' is no name", origin ? origin : "");
	ldns_rdf_deep_free(in.origin);
	ldns_rdf_deep_free(in.owner);
	fclose(in.in);
	return rc;
}

/* Whether the next line is one that ldns does not do, or has nothing in it: then it is taken. *rc is
 * its result. */
static bool take_line(struct reading *r, int *rc)
{
	_cleanup_(freep) char *line = NULL;
	long at = ftell(r->in);
	size_t size = 0, blank;

	if (getline(&line, &size, r->in) < 0)
		return true;
	blank = strspn(line, " \t\r\n");
	if (line[blank] && line[blank] != ';' && strncasecmp(line, "$INCLUDE", 8) != 0) {
		fseek(r->in, at, SEEK_SET);
		return false;
	}
	r->line++;
	if (line[0] == '$')
		*rc = include(r, line);
	return true;
}

static int read_one(struct reading *r)
{
	ldns_rr *rr = NULL;
	ldns_status status =
		ldns_rr_new_frm_fp_l(&rr, r->in, &r->ttl, &r->origin, &r->owner, &r->line);
	int rc = 0;

	switch (status) {
	case LDNS_STATUS_OK:
		rc = take_record(r, rr);
		break;
	case LDNS_STATUS_SYNTAX_EMPTY:
	case LDNS_STATUS_SYNTAX_TTL:
	case LDNS_STATUS_SYNTAX_ORIGIN:
		break;
	default:
		rc = refuse(r, "%s", ldns_get_errorstr_by_id(status));
	}
	ldns_rr_free(rr);
	return rc;
}

static int read_file(struct reading *r)
{
	int rc = 0;

	while (!rc && !feof(r->in))
		if (!take_line(r, &rc))
			rc = read_one(r);
	if (!rc && ferror(r->in))
		return refuse(r, "cannot be read further");
	return rc;
}

int master_read(struct zone *z, const char *path, struct master_counts *ret, struct err *e)
{
	bool has_soa = false;
	struct reading r = { .zone = z,
			     .path = path,
			     .in = fopen(path, "r"),
			     .ttl = z->ttl.address,
			     .counts = ret,
			     .has_soa = &has_soa,
			     .e = e };
	int rc;

	*ret = (struct master_counts){ 0 };
	if (!r.in)
		return err_set(e, -errno, "cannot open '%s': %s", path, strerror(errno));
	r.origin = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, name_len(z->apex), z->apex);
	rc = r.origin ? read_file(&r) : err_set(e, -ENOMEM, "no memory for a file");
	if (!rc && !has_soa) {
		rc = err_set(e, -EINVAL, "has no SOA: it is no zone's");
		err_place(e, path);
	}
	ldns_rdf_deep_free(r.origin);
	ldns_rdf_deep_free(r.owner);
	fclose(r.in);
	return rc;
}
