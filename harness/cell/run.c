/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/run.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "harness/judge/baseline.h"
#include "harness/judge/judge.h"
#include "harness/cell/core.h"
#include "harness/cell/folder.h"
#include "harness/cell/job.h"
#include "harness/subject/matrix.h"
#include "harness/results/outcome.h"
#include "harness/clients/replay.h"
#include "harness/report/report.h"
#include "harness/cell/result.h"
#include "harness/judge/threshold.h"

struct run {
	struct job_run common;
	struct scenario *scenario;
	struct matrix matrix;
	struct folder folder;
	struct job jobs[MATRIX_CELLS];
	unsigned job_count;
	double began;
};

static volatile sig_atomic_t interrupts;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupts = interrupts + 1;
}

int run_parse_clock(const char *text, enum clock_mode *mode, double *speed, struct err *e)
{
	char *end = NULL;

	*speed = 1;
	if (strcmp(text, "virtual") == 0) {
		*mode = CLOCK_VIRTUAL;
		return 0;
	}
	if (strcmp(text, "real") == 0) {
		*mode = CLOCK_REAL;
		return 0;
	}
	*mode = CLOCK_SCALED;
	if (*text == 'x')
		*speed = strtod(text + 1, &end);
	if (*text != 'x' || end == text + 1 || *end || !(*speed > 0) || *speed > 1e4)
		return err_set(e, -EINVAL, "'%s' is no clock: virtual, real, or xN like x10", text);
	return 0;
}

/* ---- the cells' processes ---- */

static json_t *run_json(const struct run *run)
{
	json_t *cells = json_array();

	for (unsigned i = 0; i < run->job_count; i++)
		json_array_append_new(cells, job_json(&run->jobs[i]));
	return result_of_run(run->common.options, run->scenario, &run->matrix,
			     clock_machine_seconds() - run->began, cells);
}

static void reap(struct run *run, struct job *j, int status)
{
	job_reap(j, status, interrupts);
	folder_note_json(&run->folder, run_json(run));
}

static void pass_on(struct run *run, int sig)
{
	for (unsigned i = 0; i < run->job_count; i++)
		if (run->jobs[i].state == JOB_RUNNING)
			kill(run->jobs[i].pid, sig);
}

/* Waits for the end of a cell or a signal; 0: it was a signal. Signals are blocked but for this
 * moment, so that none comes between looking and waiting. */
static pid_t wait_for_job(const sigset_t *open, int *status)
{
	pid_t pid = waitpid(-1, status, WNOHANG);

	if (pid != 0)
		return pid;
	sigsuspend(open);
	return waitpid(-1, status, WNOHANG);
}

static struct job *next_job(struct run *run)
{
	for (unsigned i = 0; i < run->job_count && !interrupts; i++)
		if (run->jobs[i].state == JOB_WAITING)
			return &run->jobs[i];
	return NULL;
}

static struct job *job_of(struct run *run, pid_t pid)
{
	for (unsigned i = 0; i < run->job_count; i++)
		if (run->jobs[i].state == JOB_RUNNING && run->jobs[i].pid == pid)
			return &run->jobs[i];
	return NULL;
}

/* Cells start as places become free. */
static int run_jobs(struct run *run, const sigset_t *open, struct err *e)
{
	unsigned running = 0, passed = 0;

	for (;;) {
		struct job *j;
		int status;
		pid_t pid;

		while (running < run->common.at_once && (j = next_job(run))) {
			int r = job_start(j, open, e);

			if (r < 0)
				return r;
			running++;
		}
		if (!running)
			return 0;
		pid = wait_for_job(open, &status);
		if ((unsigned)interrupts > passed) {
			passed = (unsigned)interrupts;
			pass_on(run, passed == 1 ? SIGUSR1 : SIGKILL);
		}
		j = pid > 0 ? job_of(run, pid) : NULL;
		if (j) {
			reap(run, j, status);
			running--;
		}
	}
}

/* The worst that happened decides. */
static enum exit_status verdict(const struct run *run)
{
	enum exit_status status = EXIT_HELD;

	for (unsigned i = 0; i < run->job_count; i++) {
		const struct job *j = &run->jobs[i];
		enum exit_status its = outcome_of_cell(j->result);
		int code = (int)json_integer_value(json_object_get(j->result, "code"));

		status = outcome_worse(status, its);
		if (its != EXIT_ENVIRONMENT && its != EXIT_INVALID)
			continue;
		fprintf(stderr, "sigfault: %s: %s\n", j->cell->folder,
			json_string_value(json_object_get(j->result, "why")));
		if (code == -ECHILD || code == -ETIMEDOUT)
			job_print_log(j);
	}
	return status;
}

static int report(const struct run *run, struct err *e)
{
	const char *const dir = run->folder.path;
	enum exit_status status;
	const struct report_view view = { .brief = run->common.options->quiet, .folder = dir };
	int r = report_write(&dir, 1, dir, e);

	fflush(stderr);
	return r < 0 ? r : report_terminal(&dir, 1, &view, stdout, &status, e);
}

static void on_child(int sig)
{
	(void)sig;
}

/* Signals that run_cells() waits for, blocked but while it does. */
static void catch_interrupts(sigset_t *open)
{
	struct sigaction interrupt = { .sa_handler = on_interrupt };
	struct sigaction child = { .sa_handler = on_child, .sa_flags = SA_NOCLDSTOP };
	sigset_t mine;

	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGTERM, &interrupt, NULL);
	sigaction(SIGCHLD, &child, NULL);
	sigemptyset(&mine);
	sigaddset(&mine, SIGINT);
	sigaddset(&mine, SIGTERM);
	sigaddset(&mine, SIGCHLD);
	sigprocmask(SIG_BLOCK, &mine, open);
	sigdelset(open, SIGCHLD);
}

/* Figures are read from the folder, so that it must have the run's end first. */
static int hold_against_baseline(struct run *run, json_t *json, struct err *e)
{
	const char *baseline = run->common.options->baseline;

	if (!baseline)
		return 0;
	folder_note_json(&run->folder, json_incref(json));
	return baseline_judge(baseline, run->folder.path, run->scenario, json, e);
}

static enum exit_status run_prepared(struct run *run, struct err *e)
{
	const struct run_options *o = run->common.options;
	enum exit_status status;
	sigset_t open;
	json_t *json;
	int r;

	r = folder_make(&run->folder, o->folder, o->cell, run->scenario->name, e);
	if (r < 0)
		return r == -ENOSPC ? EXIT_INVALID : EXIT_USAGE;
	run->common.folder = run->folder.path;
	catch_interrupts(&open);
	run->began = clock_machine_seconds();
	folder_note_json(&run->folder, run_json(run));
	r = run_jobs(run, &open, e);
	sigprocmask(SIG_SETMASK, &open, NULL);
	if (r < 0)
		return EXIT_INVALID;
	json = run_json(run);
	r = hold_against_baseline(run, json, e);
	status = verdict(run);
	if (r < 0) {
		json_decref(json);
		return EXIT_INVALID;
	}
	r = folder_write_json(&run->folder, json, e);
	if (r == 0)
		r = report(run, e);
	if (status == EXIT_INTERRUPTED)
		err_set(e, -EINTR, "interrupted; '%.800s' has what was recorded", run->folder.path);
	else if (status > EXIT_NOT_HELD)
		err_set(e, 0, "%s", ""); /* the cells' sentences say why */
	else if (r < 0)
		status = r == -ENOENT ? EXIT_ENVIRONMENT : EXIT_INVALID;
	return status;
}

static int add_jobs(struct run *run, struct err *e)
{
	const struct run_options *o = run->common.options;

	if (o->cell > run->matrix.cell_count)
		return err_set(e, -EINVAL, "there is no cell %u: they are 1 to %u", o->cell,
			       run->matrix.cell_count);
	for (unsigned i = 0; i < run->matrix.cell_count; i++)
		if (!o->cell || run->matrix.cells[i].number == o->cell)
			job_init(&run->jobs[run->job_count++], &run->common, &run->matrix.cells[i]);
	run->common.at_once = o->jobs ? o->jobs : core_count();
	if (run->common.at_once > run->job_count)
		run->common.at_once = run->job_count;
	return 0;
}

static int prepare(struct run *run, struct err *e)
{
	const struct run_options *o = run->common.options;
	int r = scenario_load(o->scenario, &o->scenario_options, &run->scenario, e);

	if (r < 0)
		return -EINVAL;
	if (o->cell && !o->folder)
		return err_set(e, -EINVAL,
			       "--cell wants -o DIR, in which every cell has its folder");
	r = threshold_check(run->scenario, e);
	if (r == 0)
		r = replay_check(run->scenario, stderr, e);
	if (r == 0)
		r = matrix_make(&run->matrix, run->scenario, o->resolvers, o->mitigations, e);
	if (r == 0 && o->baseline && !o->list_cells)
		r = baseline_check(o->baseline, run->scenario, &run->matrix, o->cell, e) < 0
			    ? -EINVAL
			    : 0;
	if (r == 0 && !o->list_cells)
		r = report_check(e);
	for (unsigned i = 0; i < run->matrix.cell_count && r == 0 && !o->list_cells; i++)
		r = judge_check(run->scenario, driver_name(run->matrix.cells[i].driver),
				run->matrix.cells[i].mitigation, e);
	if (r < 0)
		return r;
	if (!o->cell)
		matrix_print_gaps(&run->matrix, stderr);
	run->common.scenario = run->scenario;
	return o->list_cells ? 0 : add_jobs(run, e);
}

enum exit_status run_matrix(const struct run_options *o, struct err *e)
{
	static struct run run;
	enum exit_status status = EXIT_HELD;
	int r;

	run.common.options = o;
	r = prepare(&run, e);
	if (r < 0)
		status = r == -ENOENT ? EXIT_ENVIRONMENT : EXIT_USAGE;
	else if (o->list_cells)
		matrix_print(&run.matrix, stdout);
	else
		status = run_prepared(&run, e);
	for (unsigned i = 0; i < run.job_count; i++)
		job_done(&run.jobs[i]);
	matrix_done(&run.matrix);
	scenario_free(run.scenario);
	return status;
}
