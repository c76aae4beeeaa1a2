/* SPDX-License-Identifier: BSD-2-Clause */
/* job.h - a cell as it is run: a process of its own, on a core of its own, that leaves a result.
 *
 * Cells enter namespaces, are pinned and may be killed: so each is forked. Its result comes back as
 * JSON in a piece of memory that both share. */
#pragma once

#include <jansson.h>
#include <signal.h>

#include "harness/cell/cell.h"
#include "harness/subject/matrix.h"
#include "harness/cell/run.h"

/* What the jobs of a run have in common; lent to them. */
struct job_run {
	const struct run_options *options;
	const struct matrix *matrix;
	struct scenario *scenario;
	const char *folder; /* the run's */
	unsigned at_once;
	int progress; /* where cells tell of it; -1: nobody looks */
};

struct job {
	const struct job_run *run;
	const struct matrix_cell *cell;
	unsigned index; /* among the run's jobs */
	enum clock_mode clock;
	const char *clock_why; /* why it is not the run's; "" */
	enum { JOB_WAITING, JOB_RUNNING, JOB_OVER } state;
	pid_t pid;
	int results; /* what its process leaves */
	json_t *result; /* NULL until it is over */
};

/* A job that waits. One whose driver says that it lives in real time gets that clock. */
void job_init(struct job *j, unsigned index, const struct job_run *run,
	      const struct matrix_cell *cell);
void job_done(struct job *j);

/* Forks. `open` are the signals that it takes. */
int job_start(struct job *j, const sigset_t *open, struct err *e);

/* Takes the result of a process that has ended with `status`. When its resolver could not have the
 * clock library the job waits again, with a real clock, and what it had left is taken away. */
void job_reap(struct job *j, int status, bool interrupted);

/* What run.json says of it: its result, or that there is none yet. The caller's. */
json_t *job_json(const struct job *j);

/* What of the sandbox could not be had for it, unless another of the `count` jobs has told that
 * already. */
void job_tell_lacks(const struct job *j, const struct job *all, unsigned count);

/* The last lines of its resolver's log. */
void job_print_log(const struct job *j, FILE *out);
