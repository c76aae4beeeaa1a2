/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/bisect.h"
#include "harness/cli/cmd.h"

enum exit_status cmd_bisect(struct options *o, struct err *e)
{
	return bisect_command(o, e);
}
