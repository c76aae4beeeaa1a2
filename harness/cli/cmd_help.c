/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/cmd.h"
#include "harness/cli/help.h"

enum exit_status cmd_help(struct options *o, struct err *e)
{
	const struct command *c;

	if (!o->args[0]) {
		help_overview(stdout);
		return EXIT_HELD;
	}
	c = command_find(o->args[0]);
	if (!c)
		return command_unknown(o->args[0], e);
	help_of_command(c, stdout);
	return EXIT_HELD;
}
