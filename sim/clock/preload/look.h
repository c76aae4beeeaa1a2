/* SPDX-License-Identifier: BSD-2-Clause */
/* look.h - looking is waiting.
 *
 * A program may wait by looking again and again until what it waits for is there: at its
 * descriptors with a timeout of zero, or at nothing but the clock until a time has come. On a clock
 * that stands it never would. So who does nothing but look at one instant, so often that it can
 * only mean that, waits by its next look until there is something to see, or for a moment; and by
 * each look after that, until something happens.
 *
 * A loop that wakes itself at each of its turns waits like this, too, and there is something to see for it each
 * time: a timer that is due in less than a millisecond, rounded down to none. Its turns are counted, and what a
 * program does with itself is no reason to begin anew; they may be more.
 *
 * What happens is what this thread sends, reads or is woken by. It is the looks that are counted,
 * each thread's own, and neither how long they take nor what others do: the same program waits at
 * the same look in every run. Where time passes by itself, at another speed or since computing is
 * charged for, nothing is counted. */
#pragma once

#include "sim/clock/preload/shim.h"

#define LOOK_MOMENT 100000 /* ns that a look waits at most: so much later a timer may be seen */

/* What a thread looks at. A program asks for the time at every turn, and looks at its descriptors
 * when it has done all else: so it may do the one far more often. */
enum look { LOOK_AT_DESCRIPTORS, LOOK_AT_CLOCK };

/* This thread has looked and seen nothing; true: it waits, for no longer than a moment, and says so
 * when that is over. */
bool shim_look_waits(struct page *p, enum look at);
void shim_look_waited(struct page *p, enum look at);

/* When the moment that begins at this instant is over. */
int64_t shim_look_end(struct page *p);

/* Something has happened to this thread, or by it. */
void shim_happens(void);

/* The same: it sent something to the world, or read what came from there. */
void shim_traffic(void);

/* This thread turns to its descriptors. true: it has, and seen something, so often at this instant, without a word from
 * the world or to it, that it can only be waiting for the time, and it waits for a moment first. */
bool shim_turn_waits(struct page *p);

/* It did, and saw something. */
void shim_turned(void);
