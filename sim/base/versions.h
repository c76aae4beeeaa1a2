/* SPDX-License-Identifier: BSD-2-Clause */
/* versions.h - versions of programs, and ranges of them.
 *
 * Two versions are compared as Debian does it (Policy, section 5.6.12): numbers as numbers, "~"
 * before everything, also before the end. What their authors call alpha, beta, pre, rc or dev comes
 * before the release, however it is joined to it: 5.0.0-rc1 and 1.20.0rc1 as 5.0.0~rc1 and
 * 1.20.0~rc1.
 *
 * A range is bounds, all of which hold, with blanks or commas between them, or "any":
 *
 *	"< 5.0"	"= 1.17.1"	">= 1.17, < 1.20"	">=9.18 <9.20"
 *
 * A bound without a revision is about what the program's authors call it: 1.17.1-2+deb12u2 is
 * "= 1.17.1", and "<= 1.17.1". But 1.17.1 is neither "= 1.17" nor "<= 1.17": that is "< 1.18". */
#pragma once

#include <stdbool.h>

#include "sim/base/err.h"

#define VERSIONS_BOUNDS 4
#define VERSION_TEXT 64

enum versions_operator {
	VERSIONS_LESS,
	VERSIONS_LESS_OR_EQUAL,
	VERSIONS_EQUAL,
	VERSIONS_GREATER_OR_EQUAL,
	VERSIONS_GREATER,
};

struct versions {
	char text[128]; /* as it was written */
	struct versions_bound {
		enum versions_operator operator;
		char version[VERSION_TEXT];
	} bounds[VERSIONS_BOUNDS];
	unsigned count; /* 0: any */
};

enum versions_answer {
	VERSIONS_OUTSIDE,
	VERSIONS_WITHIN,
	VERSIONS_NOT_KNOWN, /* it is not told, or in a form of its own, and bounds decide */
};

/* Below, at or above 0 as `a` is before, the same as or after `b`. Both begin with a digit. */
int version_compare(const char *a, const char *b);

/* -EINVAL: no range in the form above. */
int versions_parse(const char *text, struct versions *ret, struct err *e);

/* Whether a version ("": it is not told) is in a range. */
enum versions_answer versions_contain(const struct versions *v, const char *version);
