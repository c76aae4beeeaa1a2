/* SPDX-License-Identifier: BSD-2-Clause */
/* command.h - what sigfault can be told to do: one table, of which the command line, its errors,
 * help, the man page and completion are made.
 *
 * A command is a row there and a file cmd_NAME.c beside it (cmd.h). */
#pragma once

#include "harness/cli/option.h"
#include "harness/text/exit.h"

struct command {
	const char *name;
	enum exit_status (*main)(struct options *o, struct err *e);
	const char *arguments; /* what it wants beside options, "" for nothing */
	unsigned least, most; /* how many of them */
	enum completes completes[2]; /* the last one stands for all behind it */
	uint64_t options; /* OPTION_BIT() of each that it takes */
	bool stops; /* behind its first argument stands a command line of its own */
	bool hidden; /* for programs: no list has it */
	const char *line; /* what it does, one line */
	const char *text; /* and at length: paragraphs with "\n" between them */
	const char *examples[5];
};

#define OPTION_BIT(id) (UINT64_C(1) << (id))

/* The rows in order; NULL behind the last. */
const struct command *command_at(unsigned i);
const struct command *command_find(const char *name);

/* Says that there is no such command, and which one may have been meant. Gives EXIT_USAGE. */
enum exit_status command_unknown(const char *name, struct err *e);

bool command_takes(const struct command *c, enum option_id id);

/* Does what argv says, argv[0] being the program's name. The sentence in `e` says what went wrong,
 * and is "" when the command has said so itself. */
enum exit_status command_line(int argc, char **argv, struct err *e);
