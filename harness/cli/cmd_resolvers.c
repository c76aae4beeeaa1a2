/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/cmd.h"
#include "harness/cli/list.h"

enum exit_status cmd_resolvers(struct options *o, struct err *e)
{
	(void)o;
	return list_resolvers(stdout, e) < 0 ? EXIT_INVALID : EXIT_HELD;
}
