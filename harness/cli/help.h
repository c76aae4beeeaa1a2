/* SPDX-License-Identifier: BSD-2-Clause */
/* help.h - what the tables of commands and options say to people on a terminal, as wide as it is.
 */
#pragma once

#include <stdio.h>

#include "harness/cli/command.h"

/* A line a command. */
void help_overview(FILE *out);

/* All about one: how it is written, what it does, its options, examples. */
void help_of_command(const struct command *c, FILE *out);
