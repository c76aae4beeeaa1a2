/* SPDX-License-Identifier: BSD-2-Clause */
/* monitor_run.h - one run of a monitor's command, from its start to its end. For monitor.c alone. */
#pragma once

#include "harness/cell/beside.h"
#include "sim/language/scenario.h"

#define MONITOR_TEXT (64 * 1024) /* of what it prints the last so much is kept */

enum monitor_end {
	MONITOR_ENDED, /* `status` is as waitpid() has it */
	MONITOR_HUNG, /* it was ended */
	MONITOR_MISSING, /* it could not be started: `why` */
};

struct monitor_run {
	enum monitor_end end;
	int status;
	struct err why;
	char text[MONITOR_TEXT + 1];
	size_t len;
};

/* *ret is the caller's to free(). Errors are the cell's; none of the command's is one. */
int monitor_run(struct beside *b, const struct monitor_plan *p, struct monitor_run **ret,
		struct err *e);
