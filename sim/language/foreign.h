/* SPDX-License-Identifier: BSD-2-Clause */
/* foreign.h - what a file is that was given where a script was wanted. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Reads the beginning of a file that Lua did not take. Whether it is known to be something else;
 * then `ret` is what it is, and what may be done with it: "a capture of packets: traffic { pcap =
 * \"FILE\" } replays it". */
bool foreign_kind(const char *path, char *ret, size_t size);
