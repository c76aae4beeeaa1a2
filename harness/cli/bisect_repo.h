/* SPDX-License-Identifier: BSD-2-Clause */
/* bisect_repo.h - the user's git repository while a bisection goes on in it: a work tree of its own in
 * a temporary folder, in which git bisects, so that his checkout and a bisection of his stay as they
 * are. It owns the folder; repo_close() leaves nothing of it, nor does whatever ends us before
 * (tidier.h). Between interrupt_catch() and
 * interrupt_let_go(). */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "harness/cli/tidier.h"
#include "sim/base/err.h"

#define REPO_SHA 65
#define REPO_TEXT 200

struct repo {
	char top[PATH_MAX]; /* where the user's is */
	char base[PATH_MAX]; /* the temporary folder */
	char tree[PATH_MAX + 16]; /* the work tree in it */
	struct tidier tidier;
};

struct repo_commit {
	char sha[REPO_SHA];
	char about[REPO_TEXT]; /* its subject */
	char author[REPO_TEXT], date[32];
};

enum repo_verdict { REPO_GOOD, REPO_BAD, REPO_SKIP };

/* Finds the repository that `folder` is in (NULL: where we are) and makes the work tree. -ENOPKG: there
 * is no git; -EINVAL: no repository. */
int repo_open(struct repo *r, const char *folder, struct err *e);
void repo_close(struct repo *r);

/* The commit that the user calls so. -EINVAL: there is none. */
int repo_find(const struct repo *r, const char *name, struct repo_commit *ret, struct err *e);

/* The first of its parents. -ENOENT: it has none. */
int repo_parent(const struct repo *r, const struct repo_commit *c, struct repo_commit *ret,
		struct err *e);

/* Has the work tree show a commit; what a build has changed of git's files is undone, and what it made
 * beside them stays. */
int repo_show(const struct repo *r, const struct repo_commit *c, struct err *e);

/* Begins; -EINVAL: git cannot bisect between these. */
int repo_begin(const struct repo *r, const struct repo_commit *good, const struct repo_commit *bad,
	       struct err *e);

/* The commit that git wants judged, which is shown; 0: there is none any more. */
int repo_next(const struct repo *r, struct repo_commit *ret, struct err *e);

/* Tells git of the one that is shown. */
int repo_judge(const struct repo *r, enum repo_verdict v, struct err *e);

/* What came of it: how many commits may be the first bad one, of which `ret` has so many as there is
 * room for; 1: it is that one. */
int repo_found(const struct repo *r, struct repo_commit *ret, unsigned room, struct err *e);
