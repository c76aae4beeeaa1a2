/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover.h - `sigfault rollover`: what caches would make of a plan of rollovers, and the proof on
 * real resolvers. */
#pragma once

#include "harness/cell/run.h"

struct rollover_options {
	const char *plan; /* a script, a shipped plan's name, or a signer's state files
			     (rollover_read.h) */
	struct scenario_options scenario_options; /* --set counts */
	char *resolvers; /* as of run */
	/* where the proof goes; NULL: rollover-NAME-N, the first that is free */
	const char *folder;
	/* of a signer's state files that do not tell: rollover_read.h */
	const char *at, *server, *parent_server, *policy;
	bool no_proof, json, lenient;
	bool recover; /* the ways out from `at`, or of a script from the first bogus instant on */
};

/* 0: safe, and the proof saw no SERVFAIL. 1: not safe. EXIT_USAGE: a wrong plan or file. To recover: 0:
 * there is nothing to recover from. 1: there is, or a proof contradicts. */
enum exit_status rollover_command(const struct rollover_options *o, struct err *e);

/* The shipped plans, with the sentence that each begins with. */
int rollover_list(FILE *out, struct err *e);
