/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "harness/cli/cmd.h"

enum exit_status cmd_run(struct options *o, struct err *e)
{
	if (o->run.scenario_options.has_charge && o->run.clock != CLOCK_VIRTUAL) {
		err_set(e, -EINVAL,
			"--charge-cpu is for the virtual clock: any other one runs on while a "
			"resolver computes");
		return EXIT_USAGE;
	}
	o->run.scenario = o->args[0];
	return run_matrix(&o->run, e);
}
