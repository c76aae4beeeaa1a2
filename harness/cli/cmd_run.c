/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "harness/cli/cmd.h"
#include "harness/report/report.h"

static int report(const struct run *run, bool quiet, struct err *e)
{
	const char *const dir = run_folder(run);
	const struct report_view view = { .brief = quiet, .folder = dir };
	enum exit_status status;
	int r = report_write(&dir, 1, dir, false, e);

	return r < 0 ? r : report_terminal(&dir, 1, &view, stdout, &status, e);
}

/* The run's own sentence goes before one of the report. */
static enum exit_status make_and_report(struct run *run, const struct run_options *o, struct err *e)
{
	enum exit_status status = run_cells(run, e);
	struct err late = { "" };
	int r;

	run_print_failures(run, o->notes);
	fflush(o->notes);
	r = run_is_recorded(run) ? report(run, o->quiet, &late) : 0;
	if (r == 0)
		return status;
	if (status > EXIT_NOT_HELD) {
		struct err first = *e;

		err_set(e, r, "%.700s; %.300s", first.text, late.text);
		return status;
	}
	*e = late;
	return exit_is_environment(r) ? EXIT_ENVIRONMENT : EXIT_INVALID;
}

enum exit_status cmd_run(struct options *o, struct err *e)
{
	_cleanup_(run_freep) struct run *run = NULL;
	int r;

	if (o->run.scenario_options.has_charge && o->run.clock != CLOCK_VIRTUAL) {
		err_set(e, -EINVAL,
			"--charge-cpu is for the virtual clock: any other one runs on while a "
			"resolver computes");
		return EXIT_USAGE;
	}
	if (o->json && !o->list_cells) {
		err_set(e, -EINVAL,
			"--json goes with --list-cells: what a run comes to stands in run.json of "
			"its folder, and 'sigfault report --json DIR' prints it");
		return EXIT_USAGE;
	}
	o->run.scenario = o->args[0];
	o->run.notes = stderr;
	r = run_prepare(&o->run, &run, e);
	if (r == 0 && o->list_cells && o->json)
		return run_list_json(run, stdout, e) < 0 ? EXIT_INVALID : EXIT_HELD;
	if (r == 0 && o->list_cells) {
		run_list(run, stdout);
		return EXIT_HELD;
	}
	/* What a report needs is looked for before a run takes its time. */
	if (r == 0)
		r = report_check(e);
	if (r < 0)
		return exit_is_environment(r) ? EXIT_ENVIRONMENT : EXIT_USAGE;
	return make_and_report(run, &o->run, e);
}
