/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/rollover/proof_run.h"

#include <errno.h>
#include <jansson.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cell/run.h"

enum exit_status proof_run(const char *script, const char *folder, const char *resolvers,
			   const char *mitigations, struct err *e)
{
	struct run_options o = { .scenario = script,
				 .resolvers = strdup(resolvers),
				 .mitigations = strdup(mitigations),
				 .folder = folder,
				 .scenario_options = { .seed = 1 },
				 .speed = 1,
				 .log_queries = true,
				 .quiet = true,
				 .notes = stderr };
	enum exit_status status;
	struct run *run = NULL;
	int r;

	r = run_prepare(&o, &run, e);
	if (r == 0)
		status = run_cells(run, e);
	else
		status = exit_is_environment(r) ? EXIT_ENVIRONMENT : EXIT_USAGE;
	run_free(run);
	free(o.resolvers);
	free(o.mitigations);
	return status;
}

/* ---- its record ---- */

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

int proof_run_cells(const char *folder, unsigned most,
		    int (*each)(const struct proof_cell *cell, void *arg, struct err *e), void *arg,
		    struct err *e)
{
	char path[PATH_MAX + 64];
	json_t *run, *one;
	json_error_t je;
	size_t i;
	int r = 0;

	snprintf(path, sizeof(path), "%s/run.json", folder);
	run = json_load_file(path, 0, &je);
	if (!run)
		return err_set(e, -EIO, "cannot read '%s': %s", path, je.text);
	json_array_foreach(json_object_get(run, "cells"), i, one)
	{
		struct proof_cell cell = { .resolver = text_of(one, "resolver"),
					   .version = text_of(one, "version"),
					   .mitigation = text_of(one, "mitigation") };

		snprintf(cell.queries, sizeof(cell.queries), "%s/%.255s/queries.db", folder,
			 text_of(one, "folder"));
		if (r == 0 && i < most)
			r = each(&cell, arg, e);
	}
	json_decref(run);
	return r;
}

static struct proof_answer answer_of(sqlite3_stmt *row)
{
	return (struct proof_answer){ .came = sqlite3_column_type(row, 2) != SQLITE_NULL,
				      .rcode = (uint8_t)sqlite3_column_int(row, 2),
				      .ad = sqlite3_column_int(row, 3),
				      .ede = sqlite3_column_type(row, 4) == SQLITE_NULL
						     ? -1
						     : sqlite3_column_int(row, 4) };
}

int proof_run_answers(const struct proof_cell *cell,
		      void (*each)(const char *name, simtime sent, const struct proof_answer *a,
				   void *arg),
		      void *arg, struct err *e)
{
	static const char sql[] = "select name, sent, rcode, ad, ede from queries order by sent";
	sqlite3_stmt *row = NULL;
	sqlite3 *db = NULL;
	int rc;

	rc = sqlite3_open_v2(cell->queries, &db, SQLITE_OPEN_READONLY, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db, sql, -1, &row, NULL);
	while (rc == SQLITE_OK && sqlite3_step(row) == SQLITE_ROW) {
		struct proof_answer a = answer_of(row);

		each((const char *)sqlite3_column_text(row, 0), sqlite3_column_int64(row, 1), &a,
		     arg);
	}
	if (rc != SQLITE_OK)
		err_set(e, -EIO, "cannot read '%s': %s", cell->queries, sqlite3_errmsg(db));
	sqlite3_finalize(row);
	sqlite3_close(db);
	return rc == SQLITE_OK ? 0 : -EIO;
}
