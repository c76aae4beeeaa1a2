/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/report.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/report/asked_text.h"
#include "harness/report/monitors_text.h"
#include "harness/report/traffics_text.h"
#include "harness/report/transports_text.h"
#include "harness/report/compare.h"
#include "harness/report/headline.h"
#include "harness/report/html.h"
#include "harness/report/html_asset.h"
#include "harness/report/junit.h"
#include "harness/report/report_inside.h"
#include "harness/report/summary.h"
#include "harness/report/verdicts.h"
#include "harness/results/ede_matrix.h"
#include "harness/results/recorded_load.h"
#include "harness/text/whole.h"
#include "harness/text/shown.h"
#include "harness/text/wrap.h"

static int write_markdown(const struct recorded *r, FILE *out, struct err *e)
{
	int rc;

	fprintf(out, "## ");
	report_print_head(r, 0, out);
	fprintf(out, "\n");
	if (verdicts_print_worse(r, "- **✗** ", 0, out))
		fprintf(out, "\n");
	rc = headline_print(r, 0, out, e);
	if (rc < 0)
		return rc;
	fprintf(out, "\n");
	report_print_notes(r, "- ", 0, out);
	if (r->note_count)
		fprintf(out, "\n");
	rc = recorded_has_cases(r) ? ede_print_markdown(r, out, e)
				   : summary_print_markdown(r, out, e);
	if (rc < 0)
		return rc;
	for (unsigned i = 0; i < r->cell_count; i++) {
		if (recorded_has_cases(r) && !verdicts_any(&r->cells[i]))
			continue;
		wrap_print("\n### ", r->cells[i].label, 0, WRAP_MARKDOWN, out);
		fprintf(out, "\n");
		rc = recorded_has_cases(r) ? 0 : asked_print(&r->cells[i], WRAP_MARKDOWN, out, e);
		if (rc == 0 && !recorded_has_cases(r))
			rc = transports_print(&r->cells[i], WRAP_MARKDOWN, out, e);
		if (rc == 0 && !recorded_has_cases(r))
			rc = monitors_print(&r->cells[i], WRAP_MARKDOWN, out, e);
		if (rc == 0 && !recorded_has_cases(r))
			rc = traffics_print(r, &r->cells[i], WRAP_MARKDOWN, out, e);
		if (rc < 0)
			return rc;
		report_print_own(&r->cells[i], "```\n", out);
		verdicts_print_markdown(&r->cells[i], out);
	}
	if (!recorded_has_cases(r))
		summary_print_definitions(out);
	return 0;
}

/* What a script printed stands in it as well. */
static int write_summary(const struct recorded *r, FILE *out, struct err *e)
{
	_cleanup_(fclosep) FILE *shown = shown_over(out);

	return shown ? write_markdown(r, shown, e)
		     : err_set(e, -ENOMEM, "no memory for the summary");
}

/* What a report's folder gets. */
static const struct {
	const char *name;
	int (*write)(const struct recorded *r, FILE *out, struct err *e);
	enum { ALWAYS, WITH_CURVES, WITH_CASES } when;
} files[] = {
	{ "summary.md", write_summary, ALWAYS },
	{ "compare.csv", compare_write, WITH_CURVES },
	{ "ede-matrix.csv", ede_csv_write, WITH_CASES },
	{ "junit.xml", junit_write, ALWAYS },
	{ "report.html", html_write, ALWAYS },
};

static bool has_file(const struct recorded *r, unsigned file)
{
	return files[file].when == ALWAYS ||
	       (files[file].when == WITH_CASES) == recorded_has_cases(r);
}

static int write_file(const struct recorded *r, const char *folder, unsigned file, struct err *e)
{
	struct whole w;
	int rc = whole_open(&w, folder, files[file].name, e);

	return rc < 0 ? rc : whole_close(&w, files[file].write(r, w.out, e), e);
}

int report_check(struct err *e)
{
	struct html_assets *assets = NULL;
	int rc = html_assets_load(&assets, e);

	html_assets_free(assets);
	return rc;
}

int report_write(const char *const *dirs, unsigned count, const char *folder, bool strict,
		 struct err *e)
{
	_cleanup_(recorded_done) struct recorded r = { 0 };
	int rc = recorded_load(dirs, count, &r, e);

	r.strict = strict;
	for (unsigned i = 0; i < ARRAY_SIZE(files) && rc == 0; i++)
		rc = !has_file(&r, i) ? 0 : write_file(&r, folder, i, e);
	return rc;
}

int report_into(const char *const *dirs, unsigned count, const char *folder, bool strict,
		struct err *e)
{
	if (mkdir(folder, 0755) < 0 && errno != EEXIST)
		return err_set(e, -errno, "cannot make the folder '%s': %s", folder,
			       strerror(errno));
	return report_write(dirs, count, folder, strict, e);
}
