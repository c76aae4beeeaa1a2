/* SPDX-License-Identifier: BSD-2-Clause */
/* commands.h - commands as execv() wants them: texts, and pointers to them.
 *
 * A NULL stands between one command and the next. Filled word by word, closed by commands_end(),
 * then read from `list`. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct commands {
	char **texts;
	unsigned count;
	const char *const **list; /* where each begins; the last is NULL */
};

void commands_done(struct commands *c);

/* Adds a word, which is copied; NULL ends the command. false: no memory. */
bool commands_add(struct commands *c, const char *text);

/* A command as a shell would take it: words in single quotes where they need it. What does not fit
 * is cut. */
void commands_quote(const char *const *argv, char *ret, size_t size);

/* Finds where the commands begin, once all the words are there. false: no memory. */
bool commands_end(struct commands *c);
