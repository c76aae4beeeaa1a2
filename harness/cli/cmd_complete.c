/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/cmd.h"
#include "harness/cli/complete.h"

enum exit_status cmd_complete(struct options *o, struct err *e)
{
	(void)e;
	complete_words(o->args, o->arg_count, stdout);
	return EXIT_HELD;
}
