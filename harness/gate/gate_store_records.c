/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "harness/gate/gate_sql.h"
#include "harness/gate/gate_store.h"

static int no_memory(struct err *e)
{
	return err_set(e, -ENOMEM, "no memory for a record");
}

static sqlite3_stmt *about(struct gate_store *s, enum gate_statement which, const char *owner,
			   uint16_t type, struct err *e)
{
	sqlite3_stmt *st = gate_sql(s, which, e);

	if (!st)
		return NULL;
	sqlite3_bind_text(st, 1, owner, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int(st, 2, type);
	return st;
}

/* ---- changes ---- */

/* Binds owner, type (of an RRSIG the covered one), whether it is an RRSIG, and the record as a line. */
static int bind_record(sqlite3_stmt *st, const ldns_rr *rr, struct err *e)
{
	bool is_sig = ldns_rr_get_type(rr) == LDNS_RR_TYPE_RRSIG;
	ldns_rdf *owner = ldns_rdf_clone(ldns_rr_owner(rr));
	char *name, *text = ldns_rr2str(rr);

	if (owner)
		ldns_dname2canonical(owner);
	name = owner ? ldns_rdf2str(owner) : NULL;
	ldns_rdf_deep_free(owner);
	if (!name || !text || strlen(name) >= CACHED_NAME) {
		bool too_long = name && text;

		free(name);
		free(text);
		return too_long ? err_set(e, -EINVAL, "an owner has more than %d characters",
					  CACHED_NAME - 1)
				: no_memory(e);
	}
	text[strcspn(text, "\n")] = '\0';
	sqlite3_bind_text(st, 1, name, -1, free);
	sqlite3_bind_int(st, 2,
			 (int)(is_sig ? ldns_rdf2rr_type(ldns_rr_rrsig_typecovered(rr))
				      : ldns_rr_get_type(rr)));
	sqlite3_bind_int(st, 3, is_sig);
	sqlite3_bind_text(st, 4, text, -1, free);
	return 0;
}

int gate_store_change(struct gate_store *s, const ldns_rr *rr, int way, struct err *e)
{
	sqlite3_stmt *st = gate_sql(s, GATE_CHANGE, e);
	int r = st ? bind_record(st, rr, e) : -EIO;

	if (r < 0)
		return r;
	sqlite3_bind_int(st, 5, way);
	return gate_step(s, st, e);
}

int gate_store_tell(struct gate_store *s, const ldns_rr *rr, struct err *e)
{
	sqlite3_stmt *st = gate_sql(s, s->first ? GATE_TELL_FIRST : GATE_TELL, e);
	int r = st ? bind_record(st, rr, e) : -EIO;

	return r < 0 ? r : gate_step(s, st, e);
}

int gate_store_whole(struct gate_store *s, struct err *e)
{
	static const char difference[] =
		"insert into change select owner, type, sig, record, 1 from whole w where not "
		"exists (select 1 from rr r where r.owner = w.owner and r.type = w.type and r.sig "
		"= w.sig and r.record = w.record);"
		"insert into change select owner, type, sig, record, -1 from rr r where not exists "
		"(select 1 from whole w where r.owner = w.owner and r.type = w.type and r.sig = "
		"w.sig and r.record = w.record);"
		"delete from whole;";

	s->told = s->first;
	return gate_run(
		s,
		s->first ? "insert into touched (owner, type) select distinct owner, type from rr"
			 : difference,
		e);
}

int gate_store_forget(struct gate_store *s, struct err *e)
{
	return gate_run(s, "delete from change", e);
}

static int check_gone(struct gate_store *s, unsigned *came, unsigned *gone, struct err *e)
{
	sqlite3_stmt *st = gate_sql(s, GATE_GONE, e);
	int r = st ? gate_step(s, st, e) : -EIO;

	if (r != 1)
		return r < 0 ? r : -EIO;
	*gone = (unsigned)sqlite3_column_int64(st, 0);
	*came = (unsigned)sqlite3_column_int64(st, 1);
	sqlite3_reset(st);
	st = gate_sql(s, GATE_NEXT_GONE, e);
	r = st ? gate_step(s, st, e) : -EIO;
	if (r == 1)
		r = err_set(e, -ENOENT, "it takes out '%.300s', which is not there",
			    (const char *)sqlite3_column_text(st, 0));
	if (st)
		sqlite3_reset(st);
	return r;
}

int gate_store_apply(struct gate_store *s, unsigned *came, unsigned *gone, struct err *e)
{
	sqlite3_stmt *st;
	unsigned rrsets;
	int r;

	*gone = 0;
	if (s->first && s->told)
		return gate_store_counts(s, came, &rrsets, e);
	r = check_gone(s, came, gone, e);

	st = r == 0 ? gate_sql(s, GATE_REMOVE, e) : NULL;
	if (!st)
		return r < 0 ? r : -EIO;
	r = gate_step(s, st, e);
	return r == 0 ? gate_run(s,
				 "insert or ignore into rr select owner, type, sig, record from "
				 "change where net > 0;"
				 "insert or ignore into touched (owner, type) select distinct "
				 "owner, type from change where net <> 0;"
				 "delete from change;",
				 e)
		      : r;
}

/* ---- what is touched ---- */

int gate_store_touch_unknown(struct gate_store *s, struct err *e)
{
	return gate_run(
		s,
		"insert or ignore into touched select owner, type, 1 from rrset where unknown > 0",
		e);
}

int gate_store_take(struct gate_store *s, const char *owner, uint16_t type, struct err *e)
{
	sqlite3_stmt *st = about(s, GATE_TOUCHED_OUT, owner, type, e);
	int r = st ? gate_step(s, st, e) : -EIO;

	return r < 0 ? r : sqlite3_changes(s->db) > 0;
}

int gate_store_next(struct gate_store *s, char *owner, uint16_t *type, bool *ret_same,
		    struct err *e)
{
	sqlite3_stmt *st = gate_sql(s, GATE_NEXT, e);
	int r = st ? gate_step(s, st, e) : -EIO;

	if (r != 1)
		return r;
	snprintf(owner, CACHED_NAME, "%s", (const char *)sqlite3_column_text(st, 0));
	*type = (uint16_t)sqlite3_column_int(st, 1);
	*ret_same = sqlite3_column_int(st, 2);
	sqlite3_reset(st);
	return gate_store_take(s, owner, *type, e);
}

/* ---- RRsets ---- */

static int push_record(const char *text, ldns_rr_list *list, struct err *e)
{
	ldns_rr *rr = NULL;

	if (ldns_rr_new_frm_str(&rr, text, 0, NULL, NULL) != LDNS_STATUS_OK)
		return err_set(e, -EINVAL, "the state is damaged: '%.300s' is no record", text);
	if (!ldns_rr_list_push_rr(list, rr)) {
		ldns_rr_free(rr);
		return no_memory(e);
	}
	return 1;
}

int gate_store_rrset(struct gate_store *s, const char *owner, uint16_t type, ldns_rr_list **rrset,
		     ldns_rr_list **sigs, struct err *e)
{
	sqlite3_stmt *st = about(s, GATE_RRSET, owner, type, e);
	ldns_rr_list *lists[2] = { ldns_rr_list_new(), ldns_rr_list_new() };
	int r = !st ? -EIO : lists[0] && lists[1] ? 1 : no_memory(e);

	while (r == 1) {
		r = gate_step(s, st, e);
		if (r == 1)
			r = push_record((const char *)sqlite3_column_text(st, 1),
					lists[sqlite3_column_int(st, 0) != 0], e);
	}
	if (r < 0) {
		ldns_rr_list_deep_free(lists[0]);
		ldns_rr_list_deep_free(lists[1]);
		return r;
	}
	*rrset = lists[0];
	*sigs = lists[1];
	return 0;
}

bool gate_store_has_ns(struct gate_store *s, const char *owner)
{
	struct err unused;
	sqlite3_stmt *st = gate_sql(s, GATE_HAS_NS, &unused);
	bool has;

	if (!st)
		return false;
	sqlite3_bind_text(st, 1, owner, -1, SQLITE_TRANSIENT);
	has = sqlite3_step(st) == SQLITE_ROW;
	sqlite3_reset(st);
	return has;
}

/* ---- what was found ---- */

static void read_found(sqlite3_stmt *st, int column, struct gate_rrset *ret)
{
	*ret = (struct gate_rrset){ .entry = sqlite3_column_int(st, column),
				    .ttl = (uint32_t)sqlite3_column_int64(st, column + 1),
				    .ends = sqlite3_column_int64(st, column + 2),
				    .unknown = (unsigned)sqlite3_column_int(st, column + 3),
				    .tag = sqlite3_column_int(st, column + 4) };
}

int gate_store_found(struct gate_store *s, const char *owner, uint16_t type, struct gate_rrset *ret,
		     struct err *e)
{
	sqlite3_stmt *st = about(s, GATE_FOUND, owner, type, e);
	int r = st ? gate_step(s, st, e) : -EIO;

	if (r == 1) {
		read_found(st, 0, ret);
		sqlite3_reset(st);
	}
	return r;
}

int gate_store_put(struct gate_store *s, const char *owner, uint16_t type,
		   const struct gate_rrset *found, struct err *e)
{
	sqlite3_stmt *st = about(s, found ? GATE_PUT : GATE_FOUND_OUT, owner, type, e);

	if (!st)
		return -EIO;
	if (found) {
		sqlite3_bind_int(st, 3, found->entry);
		sqlite3_bind_int64(st, 4, found->ttl);
		sqlite3_bind_int64(st, 5, found->ends);
		sqlite3_bind_int64(st, 6, found->unknown);
		sqlite3_bind_int(st, 7, found->tag);
	}
	return gate_step(s, st, e);
}

int gate_store_ended(struct gate_store *s, simtime by, unsigned *count, char *owner, uint16_t *type,
		     struct gate_rrset *ret, struct err *e)
{
	sqlite3_stmt *st = gate_sql(s, GATE_ENDED, e);
	int r;

	if (!st)
		return -EIO;
	sqlite3_bind_int64(st, 1, by);
	r = gate_step(s, st, e);
	if (r != 1)
		return r < 0 ? r : -EIO;
	*count = (unsigned)sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	if (!*count)
		return 0;
	st = gate_sql(s, GATE_FIRST_ENDED, e);
	if (!st)
		return -EIO;
	sqlite3_bind_int64(st, 1, by);
	r = gate_step(s, st, e);
	if (r != 1)
		return r < 0 ? r : -EIO;
	snprintf(owner, CACHED_NAME, "%s", (const char *)sqlite3_column_text(st, 0));
	*type = (uint16_t)sqlite3_column_int(st, 1);
	read_found(st, 2, ret);
	sqlite3_reset(st);
	return 0;
}

static int count(struct gate_store *s, enum gate_statement which, unsigned *ret, struct err *e)
{
	sqlite3_stmt *st = gate_sql(s, which, e);
	int r = st ? gate_step(s, st, e) : -EIO;

	if (r != 1)
		return r < 0 ? r : -EIO;
	*ret = (unsigned)sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return 0;
}

int gate_store_counts(struct gate_store *s, unsigned *records, unsigned *rrsets, struct err *e)
{
	int r = count(s, GATE_COUNT_RECORDS, records, e);

	return r == 0 ? count(s, GATE_COUNT_RRSETS, rrsets, e) : r;
}
