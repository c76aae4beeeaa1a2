/* SPDX-License-Identifier: BSD-2-Clause */
/* option.h - the options of the command line: one row each, which says how it is spelled, what its
 * value is, how that is checked and what it is for. Help, man pages and completion are made of the
 * same rows. Which command takes which of them stands in the table of commands (command.h). */
#pragma once

#include "harness/cell/run.h"

#define OPTION_SETS 64
#define OPTION_FILES 16
#define OPTION_SWEEPS 8
#define OPTION_LIST RUN_NAMES

struct command;

/* What a command line says. */
struct options {
	const struct command *command;
	const char *const *args; /* what stands beside the options; NULL behind the last */
	unsigned arg_count;
	struct run_options run;
	char resolvers[OPTION_LIST], mitigations[OPTION_LIST], signers[OPTION_LIST];
	const char *sets[OPTION_SETS];
	const char *sweeps[OPTION_SWEEPS];
	const char *mitigation_files[OPTION_FILES];
	const char *suite, *mirror; /* of a release to be fetched */
	const char *good, *bad, *build, *folder, *threshold; /* of a bisection */
	const char *host, *shell_command; /* of a world, and in it */
	const char *at, *ask, *ask_parent, *policy, *ds;
	simtime propagation; /* of a gated zone */
	bool no_proof, prove, lenient, recover, list_cells, markdown, json, help, league;
};

enum option_id {
	OPTION_RESOLVERS,
	OPTION_SIGNERS,
	OPTION_MITIGATIONS,
	OPTION_CONFIG,
	OPTION_ABLATE,
	OPTION_OUT,
	OPTION_OUT_REPORT,
	OPTION_SET,
	OPTION_SWEEP,
	OPTION_FLEET,
	OPTION_SEED,
	OPTION_MITIGATION_FILE,
	OPTION_CLOCK,
	OPTION_CHARGE,
	OPTION_BIN,
	OPTION_JOBS,
	OPTION_BASELINE,
	OPTION_STRICT,
	OPTION_STRICT_SIGN,
	OPTION_LIST_CELLS,
	OPTION_CELL,
	OPTION_PCAP,
	OPTION_LOG,
	OPTION_METRICS,
	OPTION_SIGNATURES,
	OPTION_REQUESTS,
	OPTION_PATIENCE,
	OPTION_AT,
	OPTION_AT_PLAN,
	OPTION_AT_CAPTURE,
	OPTION_AT_GATE,
	OPTION_DS,
	OPTION_PROPAGATION,
	OPTION_IN,
	OPTION_COMMAND,
	OPTION_ASK,
	OPTION_ASK_PARENT,
	OPTION_POLICY,
	OPTION_NO_PROOF,
	OPTION_PROVE,
	OPTION_DEBIAN,
	OPTION_MIRROR,
	OPTION_LENIENT,
	OPTION_RECOVER,
	OPTION_GOOD,
	OPTION_BAD,
	OPTION_BUILD,
	OPTION_REPOSITORY,
	OPTION_THRESHOLD,
	OPTION_LEAGUE,
	OPTION_MARKDOWN,
	OPTION_JSON,
	OPTION_QUIET,
	OPTION_HELP,
	OPTION_COUNT
};

/* What can stand in a place of the command line: for completion. */
enum completes {
	COMPLETES_NOTHING,
	COMPLETES_COMMAND,
	COMPLETES_SCENARIO, /* a name or a file */
	COMPLETES_ZONE, /* of the scenario before it */
	COMPLETES_PLAN, /* of rollovers */
	COMPLETES_FAULT,
	COMPLETES_FIGURE,
	COMPLETES_RESOLVERS,
	COMPLETES_SIGNERS,
	COMPLETES_MITIGATIONS,
	COMPLETES_SET, /* KEY=VALUE of the scenario given */
	COMPLETES_CLOCK,
	COMPLETES_PAGE,
	COMPLETES_FILE,
	COMPLETES_FOLDER,
	COMPLETES_PROGRAM,
};

struct option_row {
	const char *name; /* "seed"; NULL: it has a letter alone */
	char letter; /* 'r', or 0 */
	const char *value; /* what its value is called; NULL: it has none */
	bool may_lack; /* --charge-cpu[=FACTOR] */
	bool repeats; /* may be given several times, and each of them counts */
	int (*take)(struct options *o, const struct option_row *row, const char *value,
		    struct err *e);
	size_t offset; /* in struct options: for `take` */
	uint64_t most; /* of a number, which is at least 1; 0: any */
	enum completes completes;
	const char *about;
};

extern const struct option_row option_rows[OPTION_COUNT];

/* "--seed", "-r". Gives `ret`. */
char *option_spelling(const struct option_row *row, char ret[64]);

/* "--seed N", "-r RESOLVER[=PATH],…", "--charge-cpu[=FACTOR]". Gives `ret`. */
char *option_usage(const struct option_row *row, char ret[96]);

/* Fills `o` from what stands behind the command's name, argv[0]. -EINVAL: an option that is not
 * for this command, a value that is wrong, something given twice that cannot be. Arguments are not
 * counted here. */
int options_parse(struct options *o, const struct command *c, int argc, char **argv, struct err *e);
