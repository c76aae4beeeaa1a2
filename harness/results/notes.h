/* SPDX-License-Identifier: BSD-2-Clause */
/* notes.h - what a reader of several runs must know before the figures: where they differ, which
 * cells are missing, and what the record of a cell lacks though it is valid. Part of reading runs:
 * inside harness/results only. */
#pragma once

#include "harness/results/recorded.h"

/* Fills r->notes, a sentence each, and counts r->missing. groups[i] is the first run that run i is a
 * part of one matrix with. -ENOMEM. */
int notes_take(struct recorded *r, const unsigned *groups);
