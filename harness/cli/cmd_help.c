/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/cmd.h"
#include "harness/cli/help.h"
#include "harness/cli/list_json.h"

enum exit_status cmd_help(struct options *o, struct err *e)
{
	const struct command *c;

	c = o->args[0] ? command_find(o->args[0]) : NULL;
	if (o->args[0] && !c)
		return command_unknown(o->args[0], e);
	if (o->json)
		return list_json_commands(c, stdout, e) < 0 ? EXIT_INVALID : EXIT_HELD;
	if (c)
		help_of_command(c, stdout);
	else
		help_overview(stdout);
	return EXIT_HELD;
}
