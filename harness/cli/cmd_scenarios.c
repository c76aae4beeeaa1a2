/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/cmd.h"
#include "harness/cli/list.h"

enum exit_status cmd_scenarios(struct options *o, struct err *e)
{
	(void)o;
	return list_scenarios(stdout, e) < 0 ? EXIT_INVALID : EXIT_HELD;
}
