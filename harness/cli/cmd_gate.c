/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/cli/cmd.h"
#include "harness/gate/gate_verdict.h"
#include "harness/text/json_text.h"
#include "sim/clock/clock.h"

/* ---- the parent ---- */

static int read_ds(FILE *f, const ldns_rdf *zone, ldns_rr_list *ret, struct err *e)
{
	ldns_rdf *origin = ldns_rdf_clone(zone), *before = NULL;
	uint32_t ttl = 86400;
	int line = 1, r = 0;

	while (r == 0 && !feof(f)) {
		ldns_rr *rr = NULL;
		ldns_status s = ldns_rr_new_frm_fp_l(&rr, f, &ttl, &origin, &before, &line);

		if (s == LDNS_STATUS_OK && ldns_rr_get_type(rr) == LDNS_RR_TYPE_DS)
			ldns_rr_list_push_rr(ret, rr);
		else
			ldns_rr_free(rr);
		if (s != LDNS_STATUS_OK && s != LDNS_STATUS_SYNTAX_EMPTY &&
		    s != LDNS_STATUS_SYNTAX_TTL && s != LDNS_STATUS_SYNTAX_ORIGIN)
			r = err_set(e, -EINVAL, "%d: it is no record: %s", line,
				    ldns_get_errorstr_by_id(s));
	}
	ldns_rdf_deep_free(origin);
	ldns_rdf_deep_free(before);
	return r;
}

/* "none", or a file with the DS RRset, as dig prints it. */
static int take_ds(struct gate *g, simtime at, const char *path, struct err *e)
{
	bool is_none = strcmp(path, "none") == 0;
	_cleanup_(fclosep) FILE *f = is_none ? NULL : fopen(path, "re");
	ldns_rr_list *list;
	int r = 0;

	if (!is_none && !f)
		return err_set(e, -EINVAL, "--ds: cannot read '%s': %s", path, strerror(errno));
	list = ldns_rr_list_new();
	if (f)
		r = read_ds(f, g->cached->apex, list, e);
	if (r == 0 && f && !ldns_rr_list_rr_count(list))
		r = err_set(e, -EINVAL,
			    "there is no DS in it: say --ds none if the parent has none");
	if (r == 0)
		r = gate_take_ds(g, at, list, e);
	if (r < 0)
		err_prefix(e, "--ds: %s", path);
	ldns_rr_list_deep_free(list);
	return r;
}

static int check_ds(const struct gate *g, struct err *e)
{
	if (cached_now(g->cached, CACHED_DS))
		return 0;
	return err_set(
		e, -EINVAL,
		"what DS the parent of '%s' has is not known yet: give a file that has it with "
		"--ds FILE (dig +noall +answer DS %s), or --ds none",
		g->zone, g->zone);
}

/* ---- the version ---- */

/* What comes by a pipe is looked at more than once. */
static int spool(const char *folder, const char *path, char ret[PATH_MAX], struct err *e)
{
	bool is_input = strcmp(path, "-") == 0;
	_cleanup_(fclosep) FILE *in = is_input ? NULL : fopen(path, "re");
	_cleanup_(fclosep) FILE *out = NULL;
	char block[65536];
	struct stat st;
	size_t n;

	if (!is_input && (!in || fstat(fileno(in), &st) < 0))
		return err_set(e, -EINVAL, "cannot read '%s': %s", path, strerror(errno));
	if (!is_input && S_ISREG(st.st_mode)) {
		snprintf(ret, PATH_MAX, "%s", path);
		return 0;
	}
	if ((size_t)snprintf(ret, PATH_MAX, "%s/incoming", folder) >= PATH_MAX)
		return err_set(e, -ENAMETOOLONG, "'%s' is too long a path", folder);
	out = fopen(ret, "we");
	while (out && (n = fread(block, 1, sizeof(block), is_input ? stdin : in)) > 0)
		fwrite(block, 1, n, out);
	return out && fflush(out) == 0 && !ferror(out)
		       ? 0
		       : err_set(e, errno ? -errno : -EIO, "cannot write '%s': %s", ret,
				 strerror(errno));
}

static int decide(struct gate *g, simtime at, const char *path, struct gate_verdict *d,
		  struct err *e)
{
	struct gate_version v;
	char file[PATH_MAX];
	int r;

	if (!path)
		return gate_decide(g, at, NULL, d, e);
	r = spool(g->folder, path, file, e);

	if (r == 0)
		r = gate_take(g, at, file, &v, e);
	if (r == 0)
		r = gate_decide(g, at, &v, d, e);
	if (r == 0 && !d->hold)
		r = gate_keep(g, at, file, e);
	if (r < 0 || d->hold)
		gate_hold(g);
	if (r < 0)
		err_prefix(e, "%s", path);
	return r;
}

static int instant(const struct options *o, simtime *ret, struct err *e)
{
	*ret = clock_machine_date() / SECOND * SECOND;
	if (!o->at)
		return 0;
	if (simtime_parse(o->at, ret, e) == 0)
		return 0;
	err_prefix(e, "--at");
	return -EINVAL;
}

/* sigfault gate FOLDER ZONE [FILE] */
enum exit_status cmd_gate(struct options *o, struct err *e)
{
	_cleanup_(gate_freep) struct gate *g = NULL;
	struct gate_verdict d = { 0 };
	bool hold;
	simtime at;
	int r = instant(o, &at, e);

	if (r == 0 && o->arg_count < 3 && !o->ds)
		r = err_set(e, -EINVAL, "'gate' wants a FILE with a version, or --ds, or both");
	if (r == 0)
		r = gate_open(o->args[0], o->args[1], &g, e);
	if (r == 0)
		g->cached->propagation = o->propagation;
	if (r == 0 && o->ds)
		r = take_ds(g, at, o->ds, e);
	if (r == 0)
		r = check_ds(g, e);
	if (r == 0)
		r = decide(g, at, o->arg_count < 3 ? NULL : o->args[2], &d, e);
	if (r < 0)
		return exit_is_environment(r) ? EXIT_ENVIRONMENT : EXIT_USAGE;
	if (o->json)
		r = json_document_print(gate_json(g, &d), stdout, e);
	else
		puts(d.sentence);
	hold = d.hold;
	gate_verdict_done(&d);
	return r < 0 ? EXIT_INVALID : hold ? EXIT_HOLD : EXIT_HELD;
}
