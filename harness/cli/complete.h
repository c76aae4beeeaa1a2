/* SPDX-License-Identifier: BSD-2-Clause */
/* complete.h - what may stand in the place of a half-written word: shells ask for it.
 *
 * The files in completion/ are all that a shell must know: they call `sigfault complete -- WORD…`
 * with the words behind the program's name, the last one being the word that is being written. Each
 * line that comes back is a candidate, a tab, and what it is; `:files`, `:folders` and `:nospace`
 * ask the shell for files, for folders, and to put no space behind. Nothing is started for it and
 * nothing needs privileges; a scenario that does not load has no candidates. */
#pragma once

#include <stdio.h>

void complete_words(const char *const *words, unsigned count, FILE *out);
