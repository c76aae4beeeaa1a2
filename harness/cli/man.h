/* SPDX-License-Identifier: BSD-2-Clause */
/* man.h - the man pages: sigfault(1) out of the tables of commands and options,
 * sigfault-scenario(5) and sigfault-driver(5) out of the README files that explain every word and
 * key. `make install` asks for them by `sigfault man PAGE`. */
#pragma once

#include <stdio.h>

#include "sim/base/shipped.h"

struct man_page {
	const char *name, *section;
	int (*print)(const struct man_page *page, FILE *out, struct err *e);
	const char *about; /* the line of its NAME */
	enum shipped kind; /* whose README it is made of */
};

/* The pages in order; NULL behind the last. */
const struct man_page *man_at(unsigned i);

/* "sigfault" or "sigfault.1". NULL: there is no such page. */
const struct man_page *man_find(const char *name);
