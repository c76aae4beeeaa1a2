/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/gate/gate_store.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/gate/gate_sql.h"

#define FORM "2" /* of the database: another one is not read */

/* `sig`: 1 of an RRSIG, whose type is the one that it covers. */
static const char schema[] =
	"create table note (name text primary key, value text not null) without rowid;"
	"create table key (number integer primary key, record text not null);"
	"create table ds (number integer primary key, record text not null);"
	"create table entry (number integer primary key, data blob not null);"
	"create table rr (owner text not null, type integer not null, sig integer not null,"
	" record text not null, primary key (owner, type, sig, record)) without rowid;"
	"create table rrset (owner text not null, type integer not null, entry integer not null,"
	" ttl integer not null, ends integer not null, unknown integer not null,"
	" tag integer not null, primary key (owner, type)) without rowid;"
	"create index rrset_ends on rrset (ends);"
	"create index rrset_unknown on rrset (unknown) where unknown > 0;"
	"insert into note values ('form', '" FORM "');";

static const char each_time[] =
	"pragma cache_size = -262144;"
	"create temp table change (owner text, type integer, sig integer, record text,"
	" net integer, primary key (owner, type, sig, record)) without rowid;"
	"create temp table whole (owner text, type integer, sig integer, record text,"
	" primary key (owner, type, sig, record)) without rowid;"
	"create temp table touched (owner text, type integer, same integer default 0,"
	" primary key (owner, type)) without rowid;";

static const char *const sql[GATE_STATEMENTS] = {
	[GATE_NOTE_PUT] = "insert or replace into note values (?, ?)",
	[GATE_NOTE_GET] = "select value from note where name = ?",
	[GATE_KEY_PUT] = "insert or ignore into key values (?, ?)",
	[GATE_KEY_GET] = "select record from key order by number",
	[GATE_DS_PUT] = "insert or ignore into ds values (?, ?)",
	[GATE_DS_GET] = "select record from ds order by number",
	[GATE_ENTRY_PUT] = "insert or replace into entry values (?, ?)",
	[GATE_ENTRY_GET] = "select data from entry order by number",
	[GATE_CHANGE] = "insert into change values (?1, ?2, ?3, ?4, ?5) on conflict do update set "
			"net = net + ?5",
	[GATE_TELL] = "insert or ignore into whole values (?, ?, ?, ?)",
	[GATE_TELL_FIRST] = "insert or ignore into rr values (?, ?, ?, ?)",
	[GATE_ANY] = "select 1 from rr limit 1",
	[GATE_GONE] = "select count(*), (select count(*) from change where net > 0) from change "
		      "where net < 0",
	[GATE_NEXT_GONE] = "select record from change c where net < 0 and not exists (select 1 "
			   "from rr r where r.owner = c.owner and r.type = c.type and r.sig = "
			   "c.sig and r.record = c.record) limit 1",
	[GATE_REMOVE] = "delete from rr where (owner, type, sig, record) in (select owner, type, "
			"sig, record from change where net < 0)",
	[GATE_NEXT] = "select owner, type, same from touched limit 1",
	[GATE_TOUCHED_OUT] = "delete from touched where owner = ? and type = ?",
	[GATE_RRSET] = "select sig, record from rr where owner = ? and type = ?",
	[GATE_HAS_NS] = "select 1 from rr where owner = ? and type = 2 limit 1",
	[GATE_FOUND] = "select entry, ttl, ends, unknown, tag from rrset where owner = ? and type "
		       "= ?",
	[GATE_PUT] = "insert or replace into rrset values (?, ?, ?, ?, ?, ?, ?)",
	[GATE_FOUND_OUT] = "delete from rrset where owner = ? and type = ?",
	[GATE_ENDED] = "select count(*) from rrset where ends <= ?",
	[GATE_FIRST_ENDED] = "select owner, type, entry, ttl, ends, unknown, tag from rrset where "
			     "ends <= ? order by ends limit 1",
	[GATE_COUNT_RECORDS] = "select count(*) from rr",
	[GATE_COUNT_RRSETS] = "select count(*) from rrset",
};

/* ---- statements ---- */

static int failed(struct gate_store *s, struct err *e)
{
	int error = sqlite3_errcode(s->db);

	if (error == SQLITE_FULL)
		return err_set(e, -ENOSPC, "the state cannot be written: the disk is full");
	if (error == SQLITE_NOMEM)
		return err_set(e, -ENOMEM, "no memory for the state");
	if (error == SQLITE_BUSY)
		return err_set(e, -EBUSY, "the state is in use by another process");
	if (error == SQLITE_NOTADB || error == SQLITE_CORRUPT)
		return err_set(e, -EINVAL, "the state is damaged: %s", sqlite3_errmsg(s->db));
	return err_set(e, -EIO, "the state cannot be used: %s", sqlite3_errmsg(s->db));
}

sqlite3_stmt *gate_sql(struct gate_store *s, enum gate_statement which, struct err *e)
{
	sqlite3_stmt **st = &s->statements[which];

	if (*st)
		sqlite3_reset(*st);
	else if (sqlite3_prepare_v3(s->db, sql[which], -1, SQLITE_PREPARE_PERSISTENT, st, NULL))
		failed(s, e);
	return *st;
}

int gate_step(struct gate_store *s, sqlite3_stmt *st, struct err *e)
{
	int r = sqlite3_step(st);

	if (r == SQLITE_ROW)
		return 1;
	if (r != SQLITE_DONE)
		failed(s, e);
	sqlite3_reset(st);
	return r == SQLITE_DONE ? 0 : -EIO;
}

int gate_run(struct gate_store *s, const char *text, struct err *e)
{
	return sqlite3_exec(s->db, text, NULL, NULL, NULL) ? failed(s, e) : 0;
}

/* ---- beginning and end ---- */

static int check_form(struct gate_store *s, struct err *e)
{
	_cleanup_(freep) char *form = NULL;
	int r = gate_store_read_note(s, "form", &form, e);

	if (r == 0 && (!form || strcmp(form, FORM) != 0))
		r = err_set(e, -EINVAL, "its state was written by another version of sigfault");
	return r;
}

static int prepare(struct gate_store *s, bool is_new, struct err *e)
{
	int r = 0;

	sqlite3_busy_timeout(s->db, 60000);
	if (is_new)
		r = gate_run(s, "begin immediate", e);
	if (is_new && r == 0)
		r = gate_run(s, schema, e);
	if (is_new && r == 0)
		r = gate_run(s, "commit", e);
	if (r == 0)
		r = check_form(s, e);
	return r == 0 ? gate_run(s, each_time, e) : r;
}

int gate_store_open(const char *folder, struct gate_store **ret, struct err *e)
{
	_cleanup_(gate_store_freep) struct gate_store *s = calloc(1, sizeof(*s));
	char path[PATH_MAX] = ":memory:";
	struct stat st;
	bool is_new = true;
	int r;

	if (!s)
		return err_set(e, -ENOMEM, "no memory for the state");
	if (folder && mkdir(folder, 0755) < 0 && errno != EEXIST)
		return err_set(e, -errno, "cannot make the folder '%s': %s", folder,
			       strerror(errno));
	if (folder && (stat(folder, &st) < 0 || !S_ISDIR(st.st_mode)))
		return err_set(e, -ENOTDIR, "'%s' is no folder", folder);
	if (folder && (size_t)snprintf(path, sizeof(path), "%s/state.db", folder) >= sizeof(path))
		return err_set(e, -ENAMETOOLONG, "'%s' is too long a path", folder);
	if (folder)
		is_new = access(path, F_OK) < 0;
	if (sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL))
		r = failed(s, e);
	else
		r = prepare(s, is_new, e);
	if (r < 0) {
		err_prefix(e, "'%s'", path);
		return r;
	}
	*ret = TAKE(s);
	return 0;
}

void gate_store_free(struct gate_store *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < GATE_STATEMENTS; i++)
		sqlite3_finalize(s->statements[i]);
	sqlite3_close(s->db);
	free(s);
}

int gate_store_begin(struct gate_store *s, struct err *e)
{
	int r = gate_run(s, "begin immediate", e);
	sqlite3_stmt *st = r == 0 ? gate_sql(s, GATE_ANY, e) : NULL;

	s->begun = r == 0;
	r = st ? gate_step(s, st, e) : -EIO;
	if (r < 0)
		return r;
	s->first = r == 0;
	s->told = false;
	sqlite3_reset(st);
	return 0;
}

int gate_store_commit(struct gate_store *s, struct err *e)
{
	int r = gate_run(s, "commit", e);

	if (r == 0)
		s->begun = false;
	return r;
}

void gate_store_back(struct gate_store *s)
{
	struct err unused;

	for (unsigned i = 0; i < GATE_STATEMENTS; i++)
		sqlite3_reset(s->statements[i]);
	if (s->begun)
		gate_run(s, "rollback", &unused);
	s->begun = false;
}

/* ---- notes ---- */

int gate_store_note(struct gate_store *s, const char *name, const char *value, struct err *e)
{
	sqlite3_stmt *st = gate_sql(s, GATE_NOTE_PUT, e);

	if (!st)
		return -EIO;
	sqlite3_bind_text(st, 1, name, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(st, 2, value, -1, SQLITE_TRANSIENT);
	return gate_step(s, st, e);
}

int gate_store_read_note(struct gate_store *s, const char *name, char **ret, struct err *e)
{
	sqlite3_stmt *st = gate_sql(s, GATE_NOTE_GET, e);
	int r;

	*ret = NULL;
	if (!st)
		return -EINVAL;
	sqlite3_bind_text(st, 1, name, -1, SQLITE_TRANSIENT);
	r = gate_step(s, st, e);
	if (r <= 0)
		return r;
	*ret = strdup((const char *)sqlite3_column_text(st, 0) ?: "");
	sqlite3_reset(st);
	return *ret ? 0 : err_set(e, -ENOMEM, "no memory for the state");
}

/* ---- the history ---- */

static int put_record(struct gate_store *s, enum gate_statement which, unsigned number,
		      const ldns_rr *rr, struct err *e)
{
	sqlite3_stmt *st = gate_sql(s, which, e);
	char *text = ldns_rr2str(rr);

	if (!st || !text) {
		free(text);
		return st ? err_set(e, -ENOMEM, "no memory for the state") : -EIO;
	}
	sqlite3_bind_int64(st, 1, number);
	sqlite3_bind_text(st, 2, text, -1, free);
	return gate_step(s, st, e);
}

static int put_entry(struct gate_store *s, unsigned number, const struct cached_entry *entry,
		     struct err *e)
{
	sqlite3_stmt *st = gate_sql(s, GATE_ENTRY_PUT, e);

	if (!st)
		return -EIO;
	sqlite3_bind_int64(st, 1, number);
	sqlite3_bind_blob(st, 2, entry, sizeof(*entry), SQLITE_TRANSIENT);
	return gate_step(s, st, e);
}

int gate_store_save(struct gate_store *s, const struct cached *c, struct err *e)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < c->ring.key_count; i++)
		r = put_record(s, GATE_KEY_PUT, i, c->ring.keys[i].rr, e);
	for (unsigned i = 0; r == 0 && i < c->ring.ds_count; i++)
		r = put_record(s, GATE_DS_PUT, i, c->ring.ds[i].rr, e);
	for (unsigned i = 0; r == 0 && i < c->count; i++)
		r = put_entry(s, i, &c->entries[i], e);
	return r;
}

static int load_record(struct cached *c, const char *text, bool is_key, struct err *e)
{
	ldns_rr *rr = NULL;
	unsigned number;
	bool is_new;
	int r;

	if (ldns_rr_new_frm_str(&rr, text, 0, NULL, NULL) != LDNS_STATUS_OK)
		return err_set(e, -EINVAL, "the state is damaged: a key is none");
	r = is_key ? cached_ring_key(&c->ring, rr, &number, &is_new, e)
		   : cached_ring_ds(&c->ring, rr, &number, e);
	ldns_rr_free(rr);
	return r;
}

static int load_records(struct gate_store *s, struct cached *c, bool is_key, struct err *e)
{
	sqlite3_stmt *st = gate_sql(s, is_key ? GATE_KEY_GET : GATE_DS_GET, e);
	int r = st ? 1 : -EIO;

	while (r == 1) {
		r = gate_step(s, st, e);
		if (r == 1 &&
		    load_record(c, (const char *)sqlite3_column_text(st, 0) ?: "", is_key, e) < 0)
			r = -EINVAL;
	}
	return r;
}

int gate_store_load(struct gate_store *s, struct cached *c, struct err *e)
{
	struct cached_entry entry;
	sqlite3_stmt *st;
	int r = load_records(s, c, true, e);

	if (r == 0)
		r = load_records(s, c, false, e);
	st = r == 0 ? gate_sql(s, GATE_ENTRY_GET, e) : NULL;
	while (st && (r = gate_step(s, st, e)) == 1) {
		if (sqlite3_column_bytes(st, 0) != (int)sizeof(entry))
			return err_set(e, -EINVAL,
				       "the state is damaged: an entry has another size");
		memcpy(&entry, sqlite3_column_blob(st, 0), sizeof(entry));
		r = cached_restore(c, &entry, e);
		if (r < 0)
			return r;
	}
	return st ? r : r < 0 ? r : -EIO;
}
