/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/master.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <ldns/ldns.h>

#include "sim/base/cleanup.h"
#include "sim/base/names.h"
#include "zones/image_draft.h"
#include "zones/records.h"

#define DEPTH_MAX 8 /* of files that include each other */

/* What all of the files come to. */
struct whole {
	struct master_counts counts;
	struct image_draft *draft;
	const char *path; /* of the zone's own */
	bool has_soa, has_ns, has_ds; /* NS and DS of delegations */
	bool has_keys; /* at the apex */
	bool has_lost; /* there was no memory for a source */
};

/* One of the files, while it is read. */
struct reading {
	struct zone *zone;
	const char *path;
	FILE *in;
	int line; /* that was read last */
	unsigned depth;
	uint32_t ttl;
	ldns_rdf *origin, *owner; /* as directives and records before have set them */
	struct whole *whole;
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

	if (r->whole->has_soa)
		return refuse(r, "a zone has one SOA");
	r->whole->has_soa = true;
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

/* The TTLs of the first NS and DS are those of all: a zone has one for its delegations. */
static void take_delegation_ttl(struct reading *r, uint16_t type, uint32_t ttl)
{
	bool *has = type == RR_NS ? &r->whole->has_ns : &r->whole->has_ds;

	if (*has)
		return;
	*has = true;
	if (type == RR_NS)
		r->zone->ttl.delegation = ttl;
	else
		r->zone->ttl.ds = ttl;
}

/* NS or DS below the apex. One label below, where there may be millions, they become labels; further
 * down they stay records. */
static int take_delegation(struct reading *r, ldns_rr *rr, const uint8_t *name, uint16_t type)
{
	char owner[NAME_TEXT_LEN], apex[NAME_TEXT_LEN], place[300];
	unsigned depth = name_labels(name) - name_labels(r->zone->apex);

	if (!name_under(name, r->zone->apex))
		return refuse(r, "'%s' is not in the zone '%s'", name_text(name, owner),
			      name_text(r->zone->apex, apex));
	if (!depth)
		return refuse(r, "the DS of a zone stands in the zone above it");
	take_delegation_ttl(r, type, ldns_rr_ttl(rr));
	if (depth == 1)
		return image_draft_add(r->whole->draft, name, type == RR_DS)
			       ? err_set(r->e, -ENOMEM, "no memory for delegations")
			       : 0;
	snprintf(place, sizeof(place), "%.280s:%d", r->path, r->line);
	return records_take(r->zone, rr, place, r->e) ? refuse(r, "%s", strdupa(r->e->text)) : 0;
}

/* RFC 5155 section 4.2. */
static int take_nsec3param(struct reading *r, const ldns_rr *rr)
{
	const ldns_rdf *salt = ldns_rr_rdf(rr, 3);
	struct zone *z = r->zone;

	z->denial = DENIAL_NSEC3;
	z->nsec3_iterations = ldns_rdf2native_int16(ldns_rr_rdf(rr, 2));
	z->salt_len = ldns_rdf_data(salt)[0];
	memcpy(z->salt, ldns_rdf_data(salt) + 1, z->salt_len);
	return 0;
}

static void note_span(struct master_counts *c, const ldns_rr *rr)
{
	uint32_t until = ldns_rdf2native_int32(ldns_rr_rdf(rr, 4));
	uint32_t from = ldns_rdf2native_int32(ldns_rr_rdf(rr, 5));

	if (!c->signatures || from > c->signed_from)
		c->signed_from = from;
	if (!c->signatures++ || until < c->signed_until)
		c->signed_until = until;
}

/* All that the file has stays a record. */
static int take_as_signed(struct reading *r, ldns_rr *rr, const uint8_t *name, uint16_t type)
{
	char place[300];
	bool at_apex = name_equal(name, r->zone->apex);
	int rc = 0;

	if (type == RR_SOA && at_apex)
		rc = take_soa(r, rr);
	else if (type == RR_SOA)
		return refuse(r, "a zone has one SOA, at its apex");
	if (type == RR_NSEC3PARAM && at_apex)
		rc = take_nsec3param(r, rr);
	if ((type == RR_NS || type == RR_DS) && !at_apex)
		take_delegation_ttl(r, type, ldns_rr_ttl(rr));
	r->whole->has_keys |= type == RR_DNSKEY && at_apex;
	if (type == RR_RRSIG)
		note_span(&r->whole->counts, rr);
	snprintf(place, sizeof(place), "%.280s:%d", r->path, r->line);
	if (!rc && records_take(r->zone, rr, place, r->e))
		rc = refuse(r, "%s", strdupa(r->e->text));
	return rc;
}

static int take_record(struct reading *r, ldns_rr *rr)
{
	char place[300], owner[NAME_TEXT_LEN];
	uint16_t number = (uint16_t)ldns_rr_get_type(rr);
	uint8_t name[NAME_MAX_LEN];
	int rc;

	if (records_check_fields(rr, r->e))
		return refuse(r, "%s", strdupa(r->e->text));
	ldns_rr2canonical(rr);
	copy_name(name, ldns_rr_owner(rr));
	if (r->zone->as_signed)
		return take_as_signed(r, rr, name, number);
	if (is_dnssec(number)) {
		r->whole->counts.dnssec++;
		return 0;
	}
	if (number == RR_NS && name_equal(name, r->zone->apex)) {
		r->zone->ttl.ns = ldns_rr_ttl(rr);
		r->whole->counts.servers++;
		return 0;
	}
	if (number == RR_SOA && name_equal(name, r->zone->apex))
		return take_soa(r, rr);
	if (number == RR_SOA)
		return refuse(r, "'%s' has a SOA, and is another zone's apex",
			      name_text(name, owner));
	if (number == RR_NS || number == RR_DS)
		return take_delegation(r, rr, name, number);
	snprintf(place, sizeof(place), "%.280s:%d", r->path, r->line);
	rc = records_take(r->zone, rr, place, r->e);
	if (rc)
		return refuse(r, "%s", strdupa(r->e->text));
	return 0;
}

static int read_file(struct reading *r);

/* For the image: "more.zone", seen from the zone's own file. */
static void note_source(struct reading *r)
{
	const char *slash = strrchr(r->whole->path, '/');
	size_t folder = slash ? (size_t)(slash + 1 - r->whole->path) : 0;
	const char *name =
		strncmp(r->path, r->whole->path, folder) == 0 ? r->path + folder : r->path;

	if (image_draft_source(r->whole->draft, r->path == r->whole->path ? "" : name, r->path))
		r->whole->has_lost = true;
}

/* NULL: `why`. A device or a pipe might never end, and lines are gone back to. */
static FILE *open_plain(const char *path, const char **why)
{
	struct stat st;
	FILE *f;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		errno = EINVAL;
		*why = S_ISDIR(st.st_mode) ? strerror(EISDIR)
					   : "it is a device or a pipe, and no file";
		return NULL;
	}
	f = fopen(path, "re");
	*why = f ? NULL : strerror(errno);
	return f;
}

/* $INCLUDE FILE [ORIGIN]: relative to the file that has it (RFC 1035 section 5.1). */
static int include(struct reading *r, char *line)
{
	char *save = NULL, *path, *origin, full[PATH_MAX];
	const char *slash = strrchr(r->path, '/'), *why;
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
	in.in = open_plain(full, &why);
	if (!in.in)
		return refuse(r, "cannot open '%.500s': %s", full, why);
	note_source(&in);
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

/* ---- what a delegation hides ---- */

struct cuts {
	const struct zone *zone;
	const struct image_draft *draft;
	uint8_t (*names)[NAME_MAX_LEN]; /* of those that are records, in order */
	size_t count;
	bool glue; /* which of the two is looked for */
};

static int by_name(const void *a, const void *b)
{
	return name_compare(a, b);
}

/* Whether the record is neither NS nor DS and stands at or below a delegation. */
static bool is_hidden(const struct record_plan *r, const void *arg)
{
	const struct cuts *c = arg;
	unsigned depth = name_labels(r->owner) - name_labels(c->zone->apex);
	bool is_address = r->type == RR_A || r->type == RR_AAAA;

	if (r->type == RR_NS || r->type == RR_DS || !depth || is_address != c->glue)
		return false;
	if (image_draft_has(c->draft, name_skip(r->owner, depth - 1)))
		return true;
	for (unsigned d = 0; c->count && d < depth - 1; d++)
		if (bsearch(name_skip(r->owner, d), c->names, c->count, sizeof(*c->names), by_name))
			return true;
	return false;
}

static int leave_hidden(struct zone *z, struct whole *w, struct err *e)
{
	_cleanup_(freep) void *names = calloc(z->record_count + 1, NAME_MAX_LEN);
	struct cuts c = { .zone = z, .draft = w->draft, .names = names };

	if (!names)
		return err_set(e, -ENOMEM, "no memory for delegations");
	for (unsigned i = 0; i < z->record_count; i++)
		if (z->records[i].type == RR_NS)
			name_copy(c.names[c.count++], z->records[i].owner);
	qsort(names, c.count, sizeof(*c.names), by_name);
	w->counts.occluded = records_leave(z, is_hidden, &c);
	c.glue = true;
	w->counts.glue = records_leave(z, is_hidden, &c);
	return 0;
}

static int read_whole(struct reading *r, struct image **ret)
{
	struct whole *w = r->whole;
	struct zone *z = r->zone;
	int rc = read_file(r);

	if (!rc && !w->has_soa) {
		rc = err_set(r->e, -EINVAL, "has no SOA: it is no zone's");
		err_place(r->e, r->path);
	}
	if (!rc && z->as_signed && !w->has_keys) {
		rc = err_set(r->e, -EINVAL, "has no DNSKEY: it is no signed zone's");
		err_place(r->e, r->path);
	}
	if (!rc && w->has_lost)
		rc = err_set(r->e, -ENOMEM, "no memory for a file");
	if (rc)
		return rc;
	image_draft_settle(w->draft);
	rc = z->as_signed ? 0 : leave_hidden(z, w, r->e);
	if (!rc)
		rc = image_draft_make(w->draft, z,
				      (const uint32_t[4]){ w->counts.dnssec, w->counts.servers,
							   w->counts.glue, w->counts.occluded },
				      ret, r->e);
	if (!rc)
		master_count(z, *ret, &w->counts);
	return rc;
}

int master_read(struct zone *z, const char *path, struct master_counts *ret, struct image **image,
		struct err *e)
{
	_cleanup_(image_draft_freep) struct image_draft *draft = image_draft_new();
	struct whole whole = { .draft = draft, .path = path };
	const char *why = "";
	struct reading r = { .zone = z,
			     .path = path,
			     .in = open_plain(path, &why),
			     .ttl = z->ttl.address,
			     .whole = &whole,
			     .e = e };
	int rc;

	if (!r.in)
		return err_set(e, -errno, "cannot open '%s': %s", path, why);
	r.origin = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, name_len(z->apex), z->apex);
	if (draft)
		note_source(&r);
	rc = r.origin && draft ? read_whole(&r, image)
			       : err_set(e, -ENOMEM, "no memory for a file");
	ldns_rdf_deep_free(r.origin);
	ldns_rdf_deep_free(r.owner);
	fclose(r.in);
	*ret = whole.counts;
	return rc;
}
