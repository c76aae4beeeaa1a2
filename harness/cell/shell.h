/* SPDX-License-Identifier: BSD-2-Clause */
/* shell.h - somebody looks round in a cell while its time stands still.
 *
 * The cell's time passes to an instant and stops. A program, as a rule a shell, runs in a network
 * namespace of the world, in the sandbox, in the resolver's folder, with the date of the cell's clock. Queries that it
 * sends to the resolver by UDP go to it as a client's; those by TCP, in TLS too, are the kernel's (waiting.h), to a resolver as to
 * an authority, transfers of zones too. As much time passes as the answer takes. Commands in
 * its PATH talk to us by two pipes, a line each:
 *
 *	8 <- "step 30s"	9 -> "2026-05-05T19:20:00.000Z"
 *	8 <- "until 22:17"	9 -> "!the scenario ends at 2026-05-05T19:21:00Z"
 *	8 <- "prompt"		9 -> "2026-05-05T19:20:00.000Z SIGFAULT_CLOCK_DATE=…" */
#pragma once

#include <stdbool.h>

#include "sim/base/err.h"
#include "sim/base/simtime.h"

struct cell;

struct shell_plan {
	simtime at;
	const char *const *argv; /* NULL: a shell */
	const char *
		host; /* a resolver's name, or "resolver" for the one under test, whose namespace it is
			     in; NULL: the clients' */
	int status; /* of the program, as waitpid() has it, once it is over */
};

#define SHELL_OVER (-ECANCELED)

/* From the instant on which the clients begin to ask. SHELL_OVER: the program has ended. */
int shell_run(struct cell *c, struct err *e);
