/* SPDX-License-Identifier: BSD-2-Clause */
/* shipped.h - where the files lie that come with the program.
 *
 * Each kind has one place in the source tree, above build/, and one where `make install` puts it,
 * beside PREFIX/bin: a row of the table in shipped.c, and a line of the Makefile. */
#pragma once

#include <limits.h>

#include "sim/base/err.h"
#include "sim/base/nearest.h"

enum shipped {
	SHIPPED_SCENARIOS, /* a folder of scripts; each in it is a scenario */
	SHIPPED_ROLLOVERS, /* a folder of scripts; each in it is a plan of key rollovers */
	SHIPPED_RESOLVERS, /* a folder of drivers */
	SHIPPED_SIGNERS, /* a folder of drivers of signers */
	SHIPPED_MITIGATIONS, /* a file: what any scenario's operators may do */
	SHIPPED_PAGE, /* a folder: what report.html is made of */
	SHIPPED_SCHEMA, /* a folder of JSON schemas */
	SHIPPED_CLOCK, /* a file: the library that resolvers are run with */
	SHIPPED_HSM, /* a file: the PKCS#11 module that signers are given (sim/world/hsm.h) */
	SHIPPED_COUNT
};

/* The path of what is shipped, lent for good. NULL: it is nowhere. */
const char *shipped_path(enum shipped kind);

/* The file that a person means with `name`: its path, or the name of a shipped script of `kind`,
 * with or without ".lua". -ENAMETOOLONG; -ENOENT, whose sentence is the caller's. */
int shipped_script(enum shipped kind, const char *name, char ret[PATH_MAX], struct err *e);

/* Calls `each` with the name of every shipped script of `kind`, without ".lua", in their order.
 * -ENOENT: its folder is nowhere. */
int shipped_each(enum shipped kind, void (*each)(const char *name, void *arg), void *arg);

/* What nearest_hint() says of the names of shipped scripts of `kind`. Gives `ret`. */
char *shipped_hint(enum shipped kind, const char *name, char ret[NEAREST_LEN + 24]);
