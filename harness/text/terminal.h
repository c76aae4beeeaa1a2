/* SPDX-License-Identifier: BSD-2-Clause */
/* terminal.h - how wide what people read may be, and whether it may have colours. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

/* Characters in a line: what COLUMNS says, else the terminal's own width, else 80; from 40 to 120,
 * since a sentence that is wider is hard to read. */
unsigned terminal_width(FILE *out);

/* Whether escape sequences are welcome: `out` is a terminal, which is not "dumb", and NO_COLOR is
 * not set (no-color.org: to anything but ""). */
bool terminal_has_colours(FILE *out);
