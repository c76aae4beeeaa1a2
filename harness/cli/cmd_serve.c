/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/cmd.h"
#include "harness/cli/instant.h"
#include "harness/cli/serve.h"

enum exit_status cmd_serve(struct options *o, struct err *e)
{
	_cleanup_(scenario_freep) struct scenario *s = NULL;
	simtime at;

	if (scenario_load(o->args[0], &o->run.scenario_options, &s, e) < 0 ||
	    instant_of(o, s, &at, e) < 0)
		return EXIT_USAGE;
	return serve(s, at, o->args + 1, e);
}
