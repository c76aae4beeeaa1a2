/* SPDX-License-Identifier: BSD-2-Clause */
/* files.h - what a clock that is not the machine's means to files.
 *
 * Dates. The kernel dates what is written by the machine's clock, of which a day of ours takes milliseconds: a program that
 * looks whether another one has written a file anew would see the same second. So a file that a program on the clock has
 * written gets the clock's date when it is closed.
 *
 * The disk. Nothing waits for it: no machine loses its power here, and a year of commits would take a year's share of
 * the machine's disk. */
#pragma once

#include "sim/clock/preload/shim.h"

/* A descriptor is about to be closed. */
void shim_date_file(struct page *p, int fd);
