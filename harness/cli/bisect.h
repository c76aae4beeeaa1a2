/* SPDX-License-Identifier: BSD-2-Clause */
/* bisect.h - finds the commit of a resolver's repository at which a figure changed: git bisects, each
 * commit is built and run, and its figure says to which end it belongs. */
#pragma once

#include "harness/cli/bisect_repo.h"
#include "harness/cli/option.h"
#include "harness/results/figures.h"
#include "harness/text/exit.h"

#define BISECT_COMMITS 128
#define BISECT_CANDIDATES 16

struct bisect_commit {
	struct repo_commit commit;
	enum repo_verdict verdict;
	struct figure figure; /* FIGURE_MISSING: it was skipped */
	char why[512]; /* it was skipped; "" */
};

struct bisect {
	const struct options *options;
	const struct figure_info *info;
	bool has_threshold;
	double threshold;
	struct repo repo;
	struct bisect_commit good, bad;
	struct bisect_commit
		tried[BISECT_COMMITS]; /* in the order in which they were; the ends first */
	unsigned count;
	struct repo_commit candidates[BISECT_CANDIDATES];
	unsigned candidate_count; /* 1: it was found */
	struct bisect_commit first, parent; /* of it, when it was; no sha: it has none */
	FILE *log; /* where each commit is told as it is tried */
};

enum exit_status bisect_command(const struct options *o, struct err *e);

/* bisect_text.c */
void bisect_tell_begin(const struct bisect *b);
void bisect_tell(const struct bisect *b, const struct bisect_commit *c);
void bisect_tell_end(const struct bisect *b, FILE *out);
int bisect_print_json(const struct bisect *b, FILE *out, struct err *e);
