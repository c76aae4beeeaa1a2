/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/signing/history.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define TEXT 512

struct key {
	uint16_t tag;
	uint8_t algorithm;
	bool is_sep;
};

struct history {
	char folder[PATH_MAX];
	ldns_rdf *apex;
	FILE *versions, *events, *ds;
	struct judged *judged;
	struct history_counts counts;
	struct key *keys; /* that were ever there */
	unsigned key_count;
	simtime expires; /* from here on a signature of the last version holds no more; SIMTIME_NEVER */
};

static FILE *open_file(const struct history *h, const char *name, struct err *e)
{
	char path[PATH_MAX + 32];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", h->folder, name);
	f = fopen(path, "we");
	if (!f)
		err_set(e, -errno, "cannot write '%s': %s", path, strerror(errno));
	return f;
}

static int close_file(FILE *f, int r, struct err *e)
{
	bool failed = f && ferror(f);

	if ((f && fclose(f) != 0) || failed)
		return r < 0 ? r
			     : err_set(e, errno ? -errno : -EIO,
				       "a version could not be written: %s", strerror(errno));
	return r;
}

int history_new(const char *folder, const char *zone, struct history **ret, struct err *e)
{
	_cleanup_(history_freep) struct history *h = calloc(1, sizeof(*h));
	char path[PATH_MAX + 32];

	if (!h)
		return err_set(e, -ENOMEM, "no memory for a history");
	h->expires = SIMTIME_NEVER;
	snprintf(h->folder, sizeof(h->folder), "%s", folder);
	snprintf(path, sizeof(path), "%s/versions", folder);
	if (mkdir(path, 0755) < 0)
		return err_set(e, -errno, "'%s': %s", path, strerror(errno));
	h->apex = ldns_dname_new_frm_str(zone);
	h->versions = open_file(h, "versions.csv", e);
	h->events = h->versions ? open_file(h, "events.csv", e) : NULL;
	h->ds = h->events ? open_file(h, "ds.csv", e) : NULL;
	if (!h->ds)
		return -EIO;
	if (!h->apex)
		return err_set(e, -ENOMEM, "no memory for a history");
	if (judged_new(zone, &h->judged, e) < 0)
		return -ENOMEM;
	fprintf(h->versions, "version,time,serial,transfer,records,removed,added,dnskey,signed_by,"
			     "ds,first_expiry\n");
	fprintf(h->events, "time,kind,what\n");
	fprintf(h->ds, "time,record\n");
	*ret = TAKE(h);
	return 0;
}

void history_free(struct history *h)
{
	if (!h)
		return;
	if (h->versions)
		fclose(h->versions);
	if (h->events)
		fclose(h->events);
	if (h->ds)
		fclose(h->ds);
	judged_free(h->judged);
	ldns_rdf_deep_free(h->apex);
	free(h->keys);
	free(h);
}

struct history_counts history_counts(const struct history *h)
{
	return h->counts;
}

/* ---- keys ---- */

static int note_key(struct history *h, const struct key *k, struct err *e)
{
	struct key *grown;

	for (unsigned i = 0; i < h->key_count; i++)
		if (h->keys[i].tag == k->tag && h->keys[i].algorithm == k->algorithm &&
		    h->keys[i].is_sep == k->is_sep)
			return 0;
	grown = reallocarray(h->keys, h->key_count + 1, sizeof(*grown));
	if (!grown)
		return err_set(e, -ENOMEM, "no memory for a history");
	h->keys = grown;
	h->keys[h->key_count++] = *k;
	h->counts.keys += k->is_sep;
	h->counts.zone_keys += !k->is_sep;
	return 0;
}

/* "257:13:4021+256:13:990": flags, algorithm and key tag. */
static int note_keys(struct history *h, const struct zone_copy *zone, char ret[TEXT], struct err *e)
{
	ldns_rr_list *list = zone_copy_rrset(zone, h->apex, LDNS_RR_TYPE_DNSKEY);
	size_t len = 0;
	int r = list ? 0 : err_set(e, -ENOMEM, "no memory for a history");

	*ret = '\0';
	for (size_t i = 0; r == 0 && i < ldns_rr_list_rr_count(list) && len < TEXT; i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);
		unsigned flags = ldns_rdf2native_int16(ldns_rr_rdf(rr, 0));
		struct key k = { ldns_calc_keytag(rr), ldns_rdf2native_int8(ldns_rr_rdf(rr, 2)),
				 flags & 1 };

		len += (size_t)snprintf(ret + len, TEXT - len, "%s%u:%u:%u", i ? "+" : "", flags,
					k.algorithm, k.tag);
		r = note_key(h, &k, e);
	}
	ldns_rr_list_deep_free(list);
	return r;
}

/* The tags of the keys that signed the SOA: "990+17". */
static int signed_by(const struct history *h, const struct zone_copy *zone, char ret[TEXT],
		     struct err *e)
{
	ldns_rr_list *list = zone_copy_signatures(zone, h->apex, LDNS_RR_TYPE_SOA);
	size_t len = 0;

	*ret = '\0';
	if (!list)
		return err_set(e, -ENOMEM, "no memory for a history");
	for (size_t i = 0; i < ldns_rr_list_rr_count(list) && len < TEXT; i++)
		len += (size_t)snprintf(
			ret + len, TEXT - len, "%s%u", i ? "+" : "",
			ldns_rdf2native_int16(ldns_rr_rrsig_keytag(ldns_rr_list_rr(list, i))));
	ldns_rr_list_deep_free(list);
	return 0;
}

/* ---- versions ---- */

static int write_zone(const struct history *h, const struct secondary_version *v, unsigned *removed,
		      unsigned *added, struct err *e)
{
	char name[64];
	FILE *f;
	int r;

	snprintf(name, sizeof(name), "versions/%u.%s", h->counts.versions,
		 v->before ? "diff" : "zone");
	f = open_file(h, name, e);
	if (!f)
		return -EIO;
	if (v->before)
		r = zone_copy_write_difference(v->before, v->zone, f, removed, added, e);
	else
		r = zone_copy_write(v->zone, f, e);
	if (!v->before)
		*added = zone_copy_count(v->zone);
	return close_file(f, r, e);
}

static int judge(struct history *h, const struct secondary_version *v, struct err *e)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/versions/%u.%s", h->folder, h->counts.versions,
		 v->before ? "diff" : "zone");
	return judged_version(h->judged, v->at, path, e);
}

/* "2026-01-01T02:00:00Z,de. 86400 IN DS …" */
static int put_ds(struct history *h, simtime at, const ldns_rr *rr, struct err *e)
{
	_cleanup_(freep) char *text = rr ? ldns_rr2str(rr) : strdup("");
	char time[32];

	if (!text)
		return err_set(e, -ENOMEM, "no memory for a history");
	text[strcspn(text, "\n")] = '\0';
	for (char *c = text; *c; c++)
		if (*c == '\t')
			*c = ' ';
	fprintf(h->ds, "%s,%s\n", simtime_text(at, time), text);
	return ferror(h->ds) ? err_set(e, -EIO, "ds.csv could not be written") : 0;
}

int history_ds(struct history *h, simtime at, const ldns_rr_list *ds, struct err *e)
{
	size_t count = ldns_rr_list_rr_count(ds);
	int r = count ? 0 : put_ds(h, at, NULL, e);

	for (size_t i = 0; r == 0 && i < count; i++)
		r = put_ds(h, at, ldns_rr_list_rr(ds, i), e);
	return r == 0 ? judged_ds(h->judged, at, ds, e) : r;
}

static void put_expiry(struct history *h, const struct zone_copy *zone, simtime at, char text[32])
{
	uint32_t first = zone_copy_first_expiry(zone);
	simtime now = simtime_seconds(at);

	*text = '\0';
	h->expires = SIMTIME_NEVER;
	if (!first)
		return;
	/* RFC 4034, section 3.1.5: serial arithmetic around now. */
	h->expires = (now + (int32_t)(first - (uint32_t)now)) * SECOND;
	simtime_text(h->expires, text);
	h->expires += SECOND; /* in its last second it holds */
}

int history_version(struct history *h, const struct secondary_version *v, const char *ds,
		    struct err *e)
{
	char at[32], expiry[32], keys[TEXT], signers[TEXT];
	unsigned removed = 0, added = 0;
	int r;

	h->counts.versions++;
	h->counts.by_ixfr += strcmp(v->how, "IXFR") == 0;
	r = write_zone(h, v, &removed, &added, e);
	if (r == 0)
		r = judge(h, v, e);
	if (r == 0)
		r = note_keys(h, v->zone, keys, e);
	if (r == 0)
		r = signed_by(h, v->zone, signers, e);
	if (r < 0)
		return r;
	put_expiry(h, v->zone, v->at, expiry);
	fprintf(h->versions, "%u,%s,%" PRIu32 ",%s,%u,%u,%u,%s,%s,%s,%s\n", h->counts.versions,
		simtime_text(v->at, at), v->serial, v->how, zone_copy_count(v->zone), removed,
		added, keys, signers, ds, expiry);
	return ferror(h->versions) ? err_set(e, -EIO, "versions.csv could not be written") : 0;
}

int history_event(struct history *h, simtime at, const char *kind, const char *what, struct err *e)
{
	char text[32];

	h->counts.ds += strcmp(kind, "ds") == 0;
	h->counts.failures += strcmp(kind, "transfer") == 0;
	fprintf(h->events, "%s,%s,\"%s\"\n", simtime_text(at, text), kind, what);
	return ferror(h->events) ? err_set(e, -EIO, "events.csv could not be written") : 0;
}

simtime history_due(const struct history *h)
{
	return h->expires;
}

int history_look(struct history *h, simtime now, struct err *e)
{
	if (now < h->expires)
		return 0;
	h->expires = SIMTIME_NEVER;
	h->counts.expired++;
	return history_event(h, now, "expired", "a signature of the last version has ended", e);
}

static int flush(FILE *f, const char *name, struct err *e)
{
	return fflush(f) != 0 || ferror(f)
		       ? err_set(e, errno ? -errno : -EIO, "'%s' could not be written: %s", name,
				 strerror(errno))
		       : 0;
}

int history_finish(struct history *h, simtime now, struct judged_result *ret, struct err *e)
{
	int r = flush(h->versions, "versions.csv", e);

	if (r == 0)
		r = flush(h->events, "events.csv", e);
	if (r == 0)
		r = flush(h->ds, "ds.csv", e);
	return r == 0 ? judged_finish(h->judged, now, h->folder, ret, e) : r;
}
