/* SPDX-License-Identifier: BSD-2-Clause */
/* unbound.h - Unbound in a test's hands: a driver of its own, and a script in the resolver's place. */
#pragma once

#define UNBOUND_STARTS "{ s.program, '-d', '-c', 'unbound.conf' }"
#define DOES_NOTHING "{ '/bin/true' }"

/* NAME.lua in the test's folder: a line of its configuration, its command, and what its operator runs
 * for an NTA and for a flush, in Lua. */
void put_unbound_driver(const char *name, const char *line, const char *start,
			const char *operation);

/* A script of that name, which tells its version as Unbound would, and else does `first` and ends with
 * `last`. */
#define BECOMES_UNBOUND "exec unbound \"$@\""
void put_wrapper(const char *name, const char *first, const char *last);
