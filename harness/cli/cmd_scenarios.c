/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/cmd.h"
#include "harness/cli/list.h"
#include "harness/cli/list_json.h"

enum exit_status cmd_scenarios(struct options *o, struct err *e)
{
	return (o->json ? list_json_scenarios(stdout, e) : list_scenarios(stdout, e)) < 0
		       ? EXIT_INVALID
		       : EXIT_HELD;
}
