/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/base/hash.h"

#include <stdio.h>
#include <unistd.h>

#define STATUS_LACKS 3 /* as the command has it for what the machine lacks */

void hash_lacks_memory(void)
{
	fputs("sigfault: there was not enough memory\n", stderr);
	_exit(STATUS_LACKS);
}
