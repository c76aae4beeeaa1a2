/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/rollover/rollover_proof.h"

#include <errno.h>
#include <limits.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/clients/message.h"
#include "harness/rollover/rollover_world.h"
#include "harness/cell/run.h"

/* ---- the run ---- */

static int make_folder(const char *wanted, const char *name, char ret[3600], struct err *e)
{
	char path[PATH_MAX], real[PATH_MAX];

	for (unsigned n = 1; n < 10000; n++) {
		if (wanted)
			snprintf(path, sizeof(path), "%s", wanted);
		else
			snprintf(path, sizeof(path), "rollover-%s-%u", name, n);
		if (mkdir(path, 0777) == 0 ||
		    (wanted && errno == EEXIST && rmdir(path) == 0 && mkdir(path, 0777) == 0))
			break;
		if (wanted || errno != EEXIST)
			return err_set(e, -errno, "cannot make the folder '%s': %s", path,
				       strerror(errno));
	}
	if (!realpath(path, real))
		return err_set(e, -errno, "'%s': %s", path, strerror(errno));
	if (snprintf(ret, 3600, "%s", real) >= 3600)
		return err_set(e, -ENAMETOOLONG, "'%s' is too long a path", path);
	return 0;
}

enum exit_status rollover_proof_run(const char *script, const char *folder, const char *resolvers,
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

static int sample_of(const struct rollover *r, const struct rollover_samples *s, const char *name)
{
	char copy[300];

	for (unsigned i = 0; i < s->count; i++) {
		rollover_copy_name(r, i, copy);
		if (strcmp(copy, name) == 0)
			return (int)i;
	}
	return -1;
}

static void read_row(const struct rollover *r, const struct rollover_samples *s, sqlite3_stmt *row,
		     struct rollover_trial *t)
{
	int i = sample_of(r, s, (const char *)sqlite3_column_text(row, 0));
	struct rollover_answer *a = i < 0 ? NULL : &t->answers[i];

	if (!a || sqlite3_column_int64(row, 1) < s->list[i].asked)
		return;
	a->came = sqlite3_column_type(row, 2) != SQLITE_NULL;
	a->rcode = (uint8_t)sqlite3_column_int(row, 2);
	a->ad = sqlite3_column_int(row, 3);
	a->ede = sqlite3_column_type(row, 4) == SQLITE_NULL ? -1 : sqlite3_column_int(row, 4);
}

static int read_answers(const struct rollover *r, const struct rollover_samples *s,
			const char *path, struct rollover_trial *t, struct err *e)
{
	static const char sql[] = "select name, sent, rcode, ad, ede from queries order by sent";
	sqlite3_stmt *row = NULL;
	sqlite3 *db = NULL;
	int rc;

	rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db, sql, -1, &row, NULL);
	while (rc == SQLITE_OK && sqlite3_step(row) == SQLITE_ROW)
		read_row(r, s, row, t);
	if (rc != SQLITE_OK)
		err_set(e, -EIO, "cannot read '%s': %s", path, sqlite3_errmsg(db));
	sqlite3_finalize(row);
	sqlite3_close(db);
	return rc == SQLITE_OK ? 0 : -EIO;
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

static int read_trial(const struct rollover *r, struct rollover_proof *p, const json_t *cell,
		      struct err *e)
{
	struct rollover_trial *t = &p->trials[p->trial_count];
	char path[PATH_MAX];

	*t = (struct rollover_trial){ 0 };
	snprintf(t->resolver, sizeof(t->resolver), "%s", text_of(cell, "resolver"));
	snprintf(t->version, sizeof(t->version), "%s", text_of(cell, "version"));
	snprintf(t->mitigation, sizeof(t->mitigation), "%s", text_of(cell, "mitigation"));
	t->strict = strcmp(t->mitigation, "strict") == 0;
	snprintf(path, sizeof(path), "%s/run/%s/queries.db", p->folder, text_of(cell, "folder"));
	if (read_answers(r, &p->samples, path, t, e) < 0)
		return -EIO;
	for (unsigned i = 0; i < p->samples.count; i++)
		t->right += rollover_answer_is(&t->answers[i],
					       rollover_expected(t, &p->samples.list[i]));
	p->trial_count++;
	return 0;
}

static int read_record(const struct rollover *r, struct rollover_proof *p, struct err *e)
{
	char path[PATH_MAX];
	json_t *run, *cell;
	json_error_t je;
	size_t i;
	int rc = 0;

	snprintf(path, sizeof(path), "%s/run/run.json", p->folder);
	run = json_load_file(path, 0, &je);
	if (!run)
		return err_set(e, -EIO, "cannot read '%s': %s", path, je.text);
	json_array_foreach(json_object_get(run, "cells"), i, cell)
	{
		if (rc == 0 && p->trial_count < TRIALS_MAX)
			rc = read_trial(r, p, cell, e);
	}
	json_decref(run);
	return rc;
}

static bool any_strict(const struct rollover_judged *plans, unsigned plan_count)
{
	for (unsigned n = 0; n < plan_count; n++)
		for (unsigned i = 0; i < plans[n].a->finding_count; i++)
			if (plans[n].a->findings[i].strict)
				return true;
	return false;
}

enum exit_status rollover_prove(const struct rollover_judged *plans, unsigned plan_count,
				const char *resolvers, const char *folder,
				struct rollover_proof *ret, struct err *e)
{
	bool strict = any_strict(plans, plan_count);
	const struct rollover *r = plans[0].r;
	char script[4200], run[4200];
	enum exit_status status;
	int rc;

	ret->trial_count = 0;
	ret->folder[0] = '\0';
	if (!ret->samples.count)
		return EXIT_HELD;
	rc = make_folder(folder, r->name, ret->folder, e);
	if (rc == 0)
		rc = rollover_world_write(plans, &ret->samples, ret->folder, e);
	if (rc < 0)
		return EXIT_USAGE;
	snprintf(script, sizeof(script), "%s/proof.lua", ret->folder);
	snprintf(run, sizeof(run), "%s/run", ret->folder);
	status = rollover_proof_run(script, run, resolvers, rollover_world_mitigations(r, strict),
				    e);
	if (status > EXIT_NOT_HELD)
		return status;
	return read_record(r, ret, e) < 0 ? EXIT_INVALID : EXIT_HELD;
}

/* ---- what it says ---- */

enum rollover_outcome rollover_expected(const struct rollover_trial *t,
					const struct rollover_sample *s)
{
	return t->strict ? s->strictly : s->expected;
}

bool rollover_answer_is(const struct rollover_answer *a, enum rollover_outcome expected)
{
	if (!a->came)
		return false;
	switch (expected) {
	case SAMPLE_SECURE:
		return a->rcode == RCODE_NOERROR && a->ad;
	case SAMPLE_INSECURE:
		return a->rcode == RCODE_NOERROR && !a->ad;
	case SAMPLE_BOGUS:
		return a->rcode == RCODE_SERVFAIL;
	}
	return false;
}
