/* SPDX-License-Identifier: BSD-2-Clause */
/* note.h - what a user has to be told of a file: one sentence of several halves. */
#pragma once

#define NOTE_LEN 2048

/* One more half of a sentence: "; " goes before it when there is one. What has no room is cut. */
void note_add(char note[NOTE_LEN], const char *fmt, ...) __attribute__((format(printf, 2, 3)));
