/* SPDX-License-Identifier: BSD-2-Clause */

#include "harness/cli/cmd.h"
#include "harness/cli/report_json.h"
#include "harness/report/report.h"

/* Without -o to the terminal alone. */
enum exit_status cmd_report(struct options *o, struct err *e)
{
	const struct report_view view = { .brief = o->run.quiet,
					  .strict = o->run.strict,
					  .folder = o->run.folder };
	enum exit_status status = EXIT_USAGE;
	int r = 0;

	if (o->run.folder)
		r = report_into(o->args, o->arg_count, o->run.folder, o->run.strict, e);
	if (r == 0 && o->json)
		r = report_json_print(o->args, o->arg_count, o->run.strict, stdout, &status, e);
	else if (r == 0)
		r = report_terminal(o->args, o->arg_count, &view, stdout, &status, e);
	if (r < 0)
		return exit_is_environment(r) ? EXIT_ENVIRONMENT : EXIT_USAGE;
	return status;
}
