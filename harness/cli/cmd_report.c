/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "harness/cell/join.h"
#include "harness/cli/cmd.h"
#include "harness/cli/report_json.h"
#include "harness/report/league_text.h"
#include "harness/report/report.h"
#include "harness/results/league.h"
#include "harness/text/json_text.h"
#include "sim/base/cleanup.h"

static int print_league(const struct options *o, const json_t *league, struct err *e)
{
	if (o->json)
		return json_document_print(json_incref((json_t *)league), stdout, e);
	if (o->markdown)
		return league_print_markdown(league, stdout, e);
	league_print(league, stdout);
	return 0;
}

/* Versions side by side. */
static enum exit_status report_league(const struct options *o, struct err *e)
{
	_cleanup_(json_decrefp) json_t *league = NULL;
	int r = league_load(o->args, o->arg_count, &league, e);

	if (r == 0 && o->run.folder)
		r = league_write(league, o->run.folder, e);
	if (r == 0 && !o->run.quiet)
		r = print_league(o, league, e);
	if (r < 0)
		return exit_is_environment(r) ? EXIT_ENVIRONMENT : EXIT_USAGE;
	return league_has_invalid(league) ? EXIT_INVALID : EXIT_HELD;
}

/* Without -o to the terminal alone. */
static enum exit_status report_runs(const struct options *o, struct err *e)
{
	const struct report_view view = { .brief = o->run.quiet,
					  .strict = o->run.strict,
					  .folder = o->run.folder };
	enum exit_status status = EXIT_USAGE;
	int r = 0;

	if (o->league)
		return report_league(o, e);
	if (o->markdown) {
		err_set(e, -EINVAL,
			"--markdown is for --league: a report's own Markdown is "
			"summary.md of -o DIR");
		return EXIT_USAGE;
	}
	if (o->run.folder)
		r = report_into(o->args, o->arg_count, o->run.folder, o->run.strict, e);
	if (r == 0 && o->json)
		r = report_json_print(o->args, o->arg_count, o->run.strict, stdout, &status, e);
	else if (r == 0)
		r = report_terminal(o->args, o->arg_count, &view, stdout, &status, e);
	if (r < 0)
		return exit_is_environment(r) ? EXIT_ENVIRONMENT : EXIT_USAGE;
	err_set(e, 0, "%s", ""); /* a file that a cell need not have is no error */
	return status;
}

/* Caches of a fleet that ran one by one are put together first. */
enum exit_status cmd_report(struct options *o, struct err *e)
{
	_cleanup_(joined_done) struct joined j = { .count = 0 };
	int r = join_fleets(o->args, o->arg_count, o->run.folder, &j, e);

	if (r < 0)
		return exit_is_environment(r) ? EXIT_ENVIRONMENT : EXIT_USAGE;
	o->args = j.dirs;
	o->arg_count = j.count;
	return report_runs(o, e);
}
