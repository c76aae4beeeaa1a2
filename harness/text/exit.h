/* SPDX-License-Identifier: BSD-2-Clause */
/* exit.h - what the exit status says. */
#pragma once

#include <stdbool.h>

enum exit_status {
	EXIT_HELD = 0,
	EXIT_NOT_HELD = 1, /* an expectation */
	EXIT_USAGE = 2, /* or the scenario is wrong */
	EXIT_ENVIRONMENT = 3, /* the machine lacks something; the sentence says what mends it */
	EXIT_INVALID = 4, /* a run that says nothing about the resolver */
	EXIT_HOLD = 5, /* a version of a zone is to be held back */
	EXIT_INTERRUPTED = 130,
};

/* Whether an error says that the machine lacks something: a package (-ENOPKG), a privilege, a
 * kernel that can do it, or a limit that leaves room: for processes (-EAGAIN), files, memory. */
bool exit_is_environment(int code);
