/* SPDX-License-Identifier: BSD-2-Clause */
/* calls.h - system calls by their numbers, whichever way a program makes them: each row of one
 * table goes to the hook that libc's function has.
 *
 * Two kinds. What waits, tells the time or moves datagrams is caught wherever it is called from
 * (CALL_ANYWHERE), inside libc, too, or where the argument is given that makes it so (CALL_TIMED).
 * What a program does to its descriptors, signals and processes libc does for itself all the time,
 * and often where a signal would kill: of those only what the program's own code calls is caught
 * (CALL_PROGRAM). */
#pragma once

#include "sim/clock/preload/shim.h"

enum call_caught { CALL_ANYWHERE, CALL_TIMED, CALL_PROGRAM };

struct call {
	long number;
	const char *name;
	enum call_caught caught;
	int argument; /* CALL_TIMED: the one that is not NULL then */
	long (*serve)(const long a[6]); /* as libc's function; NULL: it is refused */
};

extern const struct call shim_calls[];
extern const unsigned shim_call_count;

/* Makes a call as the clock has it; what the kernel would return. */
long shim_call(long number, const long a[6]);
