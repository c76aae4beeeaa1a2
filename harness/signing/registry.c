/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/signing/registry.h"

#include <errno.h>
#include <string.h>

#define TEXT 512

struct registry {
	struct registry_plan plan;
	ldns_rdf *apex;
	ldns_rr_list *ds; /* on its servers */
	ldns_rr_list *next; /* what they get at `publish`; NULL: nothing */
	simtime publish, poll;
	char refused[TEXT]; /* the last that it would not have, told once */
};

int registry_new(const struct registry_plan *p, simtime now, struct registry **ret, struct err *e)
{
	_cleanup_(registry_freep) struct registry *r = calloc(1, sizeof(*r));

	if (!r)
		return err_set(e, -ENOMEM, "no memory for a registry");
	r->plan = *p;
	r->publish = SIMTIME_NEVER;
	r->poll = now + p->polls;
	r->apex = ldns_dname_new_frm_str(p->zone);
	r->ds = ldns_rr_list_new();
	if (!r->apex || !r->ds)
		return err_set(e, -ENOMEM, "no memory for a registry");
	*ret = TAKE(r);
	return 0;
}

void registry_free(struct registry *r)
{
	if (!r)
		return;
	ldns_rr_list_deep_free(r->ds);
	ldns_rr_list_deep_free(r->next);
	ldns_rdf_deep_free(r->apex);
	free(r);
}

simtime registry_due(const struct registry *r)
{
	return earlier(r->publish, r->poll);
}

static void text_of(const ldns_rr_list *ds, char *ret, size_t size)
{
	size_t len = 0;

	*ret = '\0';
	for (size_t i = 0; i < ldns_rr_list_rr_count(ds) && len < size; i++) {
		const ldns_rr *rr = ldns_rr_list_rr(ds, i);

		len += (size_t)snprintf(ret + len, size - len, "%s%u:%u", i ? "+" : "",
					ldns_rdf2native_int8(ldns_rr_rdf(rr, 1)),
					ldns_rdf2native_int16(ldns_rr_rdf(rr, 0)));
	}
}

void registry_text(const struct registry *r, char *ret, size_t size)
{
	text_of(r->ds, ret, size);
}

const ldns_rr_list *registry_ds(const struct registry *r)
{
	return r->ds;
}

void registry_lines(const struct registry *r, char ret[REGISTRY_LINES])
{
	size_t len = 0;

	*ret = '\0';
	for (size_t i = 0; i < ldns_rr_list_rr_count(r->ds) && len < REGISTRY_LINES; i++) {
		char *text = ldns_rr2str(ldns_rr_list_rr(r->ds, i));
		const char *rdata = text ? strstr(text, "\tDS\t") : NULL;

		if (rdata)
			len += (size_t)snprintf(ret + len, REGISTRY_LINES - len, "%s", rdata + 4);
		free(text);
	}
}

/* ---- what the zone asks for ---- */

/* "0 0 0 0" asks for none (RFC 8078, section 4). */
static bool asks_for_none(const ldns_rr_list *cds)
{
	return ldns_rr_list_rr_count(cds) == 1 &&
	       ldns_rdf2native_int8(ldns_rr_rdf(ldns_rr_list_rr(cds, 0), 1)) == 0;
}

/* The DS that a CDS RRset stands for: the same rdata. */
static int take_cds(const struct registry *r, ldns_rr_list *cds)
{
	if (asks_for_none(cds))
		ldns_rr_free(ldns_rr_list_pop_rr(cds));
	for (size_t i = 0; i < ldns_rr_list_rr_count(cds); i++) {
		ldns_rr *rr = ldns_rr_list_rr(cds, i);

		ldns_rr_set_type(rr, LDNS_RR_TYPE_DS);
		ldns_rr_set_ttl(rr, r->plan.ds_ttl);
	}
	ldns_rr_list_sort(cds);
	return 0;
}

static bool has_ds_of(const ldns_rr_list *ds, const ldns_rr *key)
{
	bool found = false;

	for (size_t i = 0; !found && i < ldns_rr_list_rr_count(ds); i++) {
		const ldns_rr *one = ldns_rr_list_rr(ds, i);
		ldns_rr *made =
			ldns_key_rr2ds(key, (ldns_hash)ldns_rdf2native_int8(ldns_rr_rdf(one, 2)));

		found = made && ldns_rdf_compare(ldns_rr_rdf(made, 3), ldns_rr_rdf(one, 3)) == 0;
		ldns_rr_free(made);
	}
	return found;
}

/* The keys that one of these DS leads to. NULL: no memory. */
static ldns_rr_list *keys_under(const ldns_rr_list *ds, const ldns_rr_list *keys)
{
	ldns_rr_list *ret = ldns_rr_list_new();

	for (size_t i = 0; ret && i < ldns_rr_list_rr_count(keys); i++)
		if (has_ds_of(ds, ldns_rr_list_rr(keys, i)))
			ldns_rr_list_push_rr(ret, ldns_rr_list_rr(keys, i));
	return ret;
}

/* Whether a signature by one of the keys that these DS lead to verifies over an RRset. */
static bool is_signed_under(const struct registry *r, const struct zone_copy *zone,
			    ldns_rr_type type, const ldns_rr_list *ds, simtime now)
{
	ldns_rr_list *rrset = zone_copy_rrset(zone, r->apex, type);
	ldns_rr_list *sigs = zone_copy_signatures(zone, r->apex, type);
	ldns_rr_list *keys = zone_copy_rrset(zone, r->apex, LDNS_RR_TYPE_DNSKEY);
	ldns_rr_list *under = keys ? keys_under(ds, keys) : NULL;
	bool is = rrset && sigs && under && ldns_rr_list_rr_count(under) &&
		  ldns_verify_time(rrset, sigs, under, (time_t)simtime_seconds(now), NULL) ==
			  LDNS_STATUS_OK;

	ldns_rr_list_free(under);
	ldns_rr_list_deep_free(keys);
	ldns_rr_list_deep_free(sigs);
	ldns_rr_list_deep_free(rrset);
	return is;
}

/* RFC 7344, section 4.1: the CDS is signed by a key that has a DS, and with the new DS the delegation goes on. Who submits by
 * other means is known by these. */
static const char *objection(const struct registry *r, const struct zone_copy *zone,
			     const ldns_rr_list *ds, simtime now)
{
	if (!r->plan.submitted && ldns_rr_list_rr_count(r->ds) &&
	    !is_signed_under(r, zone, LDNS_RR_TYPE_CDS, r->ds, now))
		return "no key of the present DS has signed the CDS";
	if (ldns_rr_list_rr_count(ds) && !is_signed_under(r, zone, LDNS_RR_TYPE_DNSKEY, ds, now))
		return "no key of that DS has signed the DNSKEY RRset";
	return NULL;
}

static int refuse(struct registry *r, const char *text, const char *why, simtime now, struct err *e)
{
	char what[TEXT + 100];

	if (strcmp(r->refused, text) == 0)
		return 0;
	snprintf(r->refused, sizeof(r->refused), "%s", text);
	snprintf(what, sizeof(what), "%s: %s", text, why);
	return r->plan.happened(now, "refused", what, r->plan.arg, e);
}

/* `ds` is its own from here on. */
static int consider(struct registry *r, const struct zone_copy *zone, ldns_rr_list *ds, simtime now,
		    struct err *e)
{
	const ldns_rr_list *known = r->next ? r->next : r->ds;
	const char *why;
	char text[TEXT];
	int rc = 0;

	text_of(ds, text, sizeof(text));
	why = ldns_rr_list_compare(ds, known) == 0 ? "" : objection(r, zone, ds, now);
	if (why && *why)
		rc = refuse(r, text, why, now, e);
	if (why) {
		ldns_rr_list_deep_free(ds);
		return rc;
	}
	ldns_rr_list_deep_free(r->next);
	r->next = ds;
	r->publish = now + r->plan.propagation;
	return r->plan.happened(now, "cds", *text ? text : "none", r->plan.arg, e);
}

/* ---- what its hook has submitted ---- */

static int add_submitted(const struct registry *r, ldns_rr *rr, ldns_rr_list *ds, struct err *e)
{
	ldns_rr *made = ldns_rr_get_type(rr) == LDNS_RR_TYPE_DNSKEY
				? ldns_key_rr2ds(rr, LDNS_SHA256)
				: ldns_rr_clone(rr);

	if (!made || !ldns_rr_list_push_rr(ds, made))
		return err_set(e, -ENOMEM, "no memory for a DS");
	ldns_rr_set_ttl(made, r->plan.ds_ttl);
	return 0;
}

/* Lines that are no such record of the zone are its own: comments, or what a file that is being written ends with. */
static int read_submitted(const struct registry *r, FILE *f, ldns_rr_list *ds, struct err *e)
{
	char line[8192];
	int rc = 0;

	while (rc == 0 && fgets(line, sizeof(line), f)) {
		ldns_rr *rr = NULL;

		if (ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL) != LDNS_STATUS_OK)
			continue;
		if ((ldns_rr_get_type(rr) == LDNS_RR_TYPE_DNSKEY ||
		     ldns_rr_get_type(rr) == LDNS_RR_TYPE_DS) &&
		    ldns_dname_compare(ldns_rr_owner(rr), r->apex) == 0)
			rc = add_submitted(r, rr, ds, e);
		ldns_rr_free(rr);
	}
	return rc;
}

static int poll_submitted(struct registry *r, const struct zone_copy *zone, simtime now,
			  struct err *e)
{
	_cleanup_(fclosep) FILE *f = fopen(r->plan.submitted, "re");
	ldns_rr_list *ds = f ? ldns_rr_list_new() : NULL;
	int rc;

	if (!f)
		return 0;
	rc = ds ? read_submitted(r, f, ds, e) : err_set(e, -ENOMEM, "no memory for a DS");
	if (rc < 0) {
		ldns_rr_list_deep_free(ds);
		return rc;
	}
	ldns_rr_list_sort(ds);
	return consider(r, zone, ds, now, e);
}

static int poll(struct registry *r, const struct zone_copy *zone, simtime now, struct err *e)
{
	ldns_rr_list *cds =
		r->plan.submitted ? NULL : zone_copy_rrset(zone, r->apex, LDNS_RR_TYPE_CDS);

	if (r->plan.submitted)
		return poll_submitted(r, zone, now, e);
	if (!cds)
		return err_set(e, -ENOMEM, "no memory for a CDS");
	if (!ldns_rr_list_rr_count(cds)) {
		ldns_rr_list_deep_free(cds);
		return 0;
	}
	take_cds(r, cds);
	return consider(r, zone, cds, now, e);
}

static int publish(struct registry *r, simtime now, struct err *e)
{
	char text[TEXT];

	ldns_rr_list_deep_free(r->ds);
	r->ds = TAKE(r->next);
	r->publish = SIMTIME_NEVER;
	text_of(r->ds, text, sizeof(text));
	return r->plan.happened(now, "ds", *text ? text : "none", r->plan.arg, e);
}

/* ---- what somebody enters ---- */

static int add_newest(const struct registry *r, const ldns_rr_list *keys, ldns_rr_list *ds,
		      struct err *e)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(keys); i++) {
		const ldns_rr *key = ldns_rr_list_rr(keys, i);
		ldns_rr *made;

		if (!(ldns_rdf2native_int16(ldns_rr_rdf(key, 0)) & LDNS_KEY_SEP_KEY) ||
		    has_ds_of(r->ds, key))
			continue;
		made = ldns_key_rr2ds(key, LDNS_SHA256);
		if (!made || !ldns_rr_list_push_rr(ds, made))
			return err_set(e, -ENOMEM, "no memory for a DS");
		ldns_rr_set_ttl(made, r->plan.ds_ttl);
	}
	return ldns_rr_list_rr_count(ds)
		       ? 0
		       : err_set(e, -ENOENT, "there is no KSK that has no DS yet");
}

int registry_enter(struct registry *r, const struct zone_copy *zone, bool newest, simtime now,
		   struct err *e)
{
	ldns_rr_list *ds = ldns_rr_list_new();
	ldns_rr_list *keys =
		zone ? zone_copy_rrset(zone, r->apex, LDNS_RR_TYPE_DNSKEY) : ldns_rr_list_new();
	int rc = ds && keys ? 0 : err_set(e, -ENOMEM, "no memory for a DS");

	if (rc == 0 && newest)
		rc = add_newest(r, keys, ds, e);
	ldns_rr_list_deep_free(keys);
	if (rc < 0) {
		ldns_rr_list_deep_free(ds);
		return rc;
	}
	ldns_rr_list_sort(ds);
	ldns_rr_list_deep_free(r->next);
	r->next = ds;
	return publish(r, now, e);
}

int registry_run(struct registry *r, const struct zone_copy *zone, simtime now, struct err *e)
{
	int rc = now >= r->publish ? publish(r, now, e) : 0;

	if (rc < 0 || now < r->poll)
		return rc;
	r->poll = now + r->plan.polls;
	return zone ? poll(r, zone, now, e) : 0;
}

/* ---- asked ---- */

static void add_answer(const struct registry *r, ldns_pkt *answer, const ldns_rr *question)
{
	if (ldns_rr_get_type(question) != LDNS_RR_TYPE_DS ||
	    ldns_dname_compare(ldns_rr_owner(question), r->apex) != 0)
		return;
	for (size_t i = 0; i < ldns_rr_list_rr_count(r->ds); i++) {
		ldns_rr *rr = ldns_rr_clone(ldns_rr_list_rr(r->ds, i));

		if (rr)
			ldns_pkt_push_rr(answer, LDNS_SECTION_ANSWER, rr);
	}
}

uint8_t *registry_answer(const struct registry *r, const uint8_t *query, size_t len,
			 size_t *ret_len)
{
	uint8_t *wire = NULL;
	ldns_pkt *p = NULL;

	if (ldns_wire2pkt(&p, query, len) != LDNS_STATUS_OK)
		return NULL;
	if (!ldns_pkt_qr(p) && ldns_rr_list_rr_count(ldns_pkt_question(p)) == 1) {
		ldns_pkt_set_qr(p, true);
		ldns_pkt_set_aa(p, true);
		add_answer(r, p, ldns_rr_list_rr(ldns_pkt_question(p), 0));
		if (ldns_pkt2wire(&wire, p, ret_len) != LDNS_STATUS_OK)
			wire = NULL;
	}
	ldns_pkt_free(p);
	return wire;
}
