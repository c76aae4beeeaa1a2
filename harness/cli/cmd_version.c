/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "harness/cli/cmd.h"
#include "harness/text/version.h"

enum exit_status cmd_version(struct options *o, struct err *e)
{
	(void)o;
	(void)e;
	printf("sigfault %s\n", SIGFAULT_VERSION);
	return EXIT_HELD;
}
