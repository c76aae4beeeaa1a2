/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/record_log.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/record/record_file.h"

struct record_log {
	sqlite3 *db;
	sqlite3_stmt *insert;
};

static const char schema[] =
	"create table queries (sent integer not null, answered integer not null,"
	" client integer not null, class text not null, name text not null,"
	" type integer not null, attempt integer not null, outcome text not null,"
	" rcode integer, age text, ad integer not null, ede integer,"
	" traffic text, resolver text, ttl integer, transport text not null)";

static int failed(struct record_log *l, struct err *e)
{
	int error = sqlite3_errcode(l->db);

	if (error == SQLITE_FULL)
		return record_file_error(-ENOSPC, "queries.db", e);
	if (error == SQLITE_NOMEM)
		return err_set(e, -ENOMEM, "no memory for 'queries.db'");
	return err_set(e, -EIO, "cannot write 'queries.db': %s", sqlite3_errmsg(l->db));
}

static int run(struct record_log *l, const char *sql, struct err *e)
{
	return sqlite3_exec(l->db, sql, NULL, NULL, NULL) ? failed(l, e) : 0;
}

static int prepare(struct record_log *l, const char *path, struct err *e)
{
	static const char insert[] = "insert into queries values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
	/* The journal is kept, so that a killed run leaves whole bins; only a crash of the
	 * machine may not. */
	static const char *const first[] = { "pragma synchronous = off", schema, "begin" };
	int rc = 0;

	if (sqlite3_open_v2(path, &l->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL))
		return failed(l, e);
	for (size_t i = 0; i < ARRAY_SIZE(first) && rc == 0; i++)
		rc = run(l, first[i], e);
	if (rc == 0 && sqlite3_prepare_v2(l->db, insert, -1, &l->insert, NULL))
		rc = failed(l, e);
	return rc;
}

int record_log_open(const char *folder, struct record_log **ret, struct err *e)
{
	struct record_log *l = calloc(1, sizeof(*l));
	char path[4096 + 64];
	int rc;

	if (!l)
		return err_set(e, -ENOMEM, "no memory for 'queries.db'");
	snprintf(path, sizeof(path), "%s/queries.db", folder);
	rc = prepare(l, path, e);
	if (rc < 0) {
		record_log_free(l);
		return rc;
	}
	*ret = l;
	return 0;
}

static void bind_text(struct record_log *l, int column, const char *text)
{
	sqlite3_bind_text(l->insert, column, text, -1, SQLITE_STATIC);
}

static void bind_optional(struct record_log *l, int column, bool is_there, int value)
{
	if (is_there)
		sqlite3_bind_int(l->insert, column, value);
	else
		sqlite3_bind_null(l->insert, column);
}

/* NULL where there is no such list, or no name in it. */
static const char *name_of(const char *const *names, unsigned count, unsigned n)
{
	return n < count && names[n][0] ? names[n] : NULL;
}

int record_log_put(struct record_log *l, const struct record_options *o,
		   const struct record_query *q, struct err *e)
{
	static const char *const outcomes[] = { "noerror", "nxdomain", "servfail", "other",
						"timeout" };
	static const char *const ages[] = { NULL, "fresh", "cached", "stale", "wrong" };
	char name[NAME_TEXT_LEN];

	sqlite3_bind_int64(l->insert, 1, q->sent);
	sqlite3_bind_int64(l->insert, 2, q->answered);
	sqlite3_bind_int64(l->insert, 3, q->client);
	bind_text(l, 4, class_names[q->class]);
	bind_text(l, 5, name_text(q->qname, name));
	sqlite3_bind_int(l->insert, 6, q->qtype);
	sqlite3_bind_int64(l->insert, 7, q->attempt);
	bind_text(l, 8, outcomes[q->outcome]);
	bind_optional(l, 9, q->outcome != OUTCOME_TIMEOUT, q->rcode);
	bind_text(l, 10, ages[q->age]);
	sqlite3_bind_int(l->insert, 11, q->ad);
	bind_optional(l, 12, q->ede >= 0, q->ede);
	bind_text(l, 13, name_of(o->traffics, o->traffic_count, q->traffic));
	bind_text(l, 14, name_of(o->resolvers, o->resolver_count, q->resolver));
	if (q->ttl >= 0)
		sqlite3_bind_int64(l->insert, 15, q->ttl);
	else
		sqlite3_bind_null(l->insert, 15);
	bind_text(l, 16, transport_names[q->transport]);
	if (sqlite3_step(l->insert) != SQLITE_DONE) {
		int rc = failed(l, e);

		sqlite3_reset(l->insert);
		return rc;
	}
	sqlite3_reset(l->insert);
	return 0;
}

int record_log_commit(struct record_log *l, struct err *e)
{
	int rc = run(l, "commit", e);

	return rc < 0 ? rc : run(l, "begin", e);
}

void record_log_free(struct record_log *l)
{
	if (!l)
		return;
	sqlite3_finalize(l->insert);
	sqlite3_close(l->db);
	free(l);
}
