/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/run.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "harness/judge/baseline.h"
#include "harness/judge/judge.h"
#include "harness/judge/stranger.h"
#include "harness/cell/core.h"
#include "harness/cell/display.h"
#include "harness/cell/folder.h"
#include "harness/cell/interrupt.h"
#include "harness/cell/job.h"
#include "harness/cell/limits.h"
#include "harness/subject/matrix.h"
#include "harness/results/ablated.h"
#include "harness/results/outcome.h"
#include "harness/results/recorded_load.h"
#include "harness/clients/replay.h"
#include "harness/cell/result.h"
#include "harness/cell/signatures.h"
#include "harness/cell/totals.h"
#include "harness/judge/threshold.h"

struct run {
	struct job_run common;
	struct scenario *scenario;
	struct sweep sweep;
	struct matrix matrix;
	struct folder folder;
	struct job jobs[MATRIX_CELLS];
	unsigned job_count;
	double began;
	json_t *totals; /* of its fleets, once their caches are over; NULL: not yet, or there are none */
	bool is_recorded;
	struct display *display; /* while cells run; NULL: nobody looks */
	struct metrics *metrics; /* NULL: nobody collects them */
	struct pool *signatures; /* that cells share; NULL: none */
};

/* ---- the cells' processes ---- */

/* One cell of a fleet has no sum. */
static bool has_sums(const struct run *run)
{
	return run->matrix.fleet_count && !run->common.options->cell;
}

static json_t *run_json(const struct run *run)
{
	json_t *cells;

	if (has_sums(run)) {
		cells = run->totals ? json_copy(run->totals)
				    : totals_unfinished(&run->matrix, run->jobs, run->job_count);
	} else {
		cells = json_array();
		for (unsigned i = 0; i < run->job_count; i++)
			json_array_append_new(cells, job_json(&run->jobs[i]));
	}
	return result_of_run(run->common.options, run->scenario, &run->matrix,
			     clock_machine_seconds() - run->began, cells);
}

static void reap(struct run *run, struct job *j, int status)
{
	if (run->display)
		display_end(run->display, j->index);
	if (run->metrics)
		metrics_end(run->metrics, j->index);
	job_reap(j, status, interrupt_count());
	job_tell_lacks(j, run->jobs, run->job_count);
	folder_note_json(&run->folder, run_json(run));
}

static void pass_on(struct run *run, int sig)
{
	for (unsigned i = 0; i < run->job_count; i++)
		if (run->jobs[i].state == JOB_RUNNING)
			kill(run->jobs[i].pid, sig);
}

/* Waits for the end of a cell or a signal; 0: there is none. Signals are blocked but for this
 * moment, so that none comes between looking and waiting. */
static pid_t wait_for_job(struct run *run, const sigset_t *open, int *status)
{
	pid_t pid = waitpid(-1, status, WNOHANG);

	if (pid != 0)
		return pid;
	if (run->display)
		display_wait(run->display, open);
	else
		sigsuspend(open);
	return waitpid(-1, status, WNOHANG);
}

static struct job *next_job(struct run *run)
{
	for (unsigned i = 0; i < run->job_count && !interrupt_count(); i++)
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

static int start(struct run *run, struct job *j, const sigset_t *open, struct err *e)
{
	if (run->display)
		display_begin(run->display, j->index, j->cell->folder);
	if (run->metrics)
		metrics_begin(run->metrics, j->index, j->cell->folder, driver_name(j->cell->driver),
			      j->cell->mitigation);
	return job_start(j, open, e);
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
			int r = start(run, j, open, e);

			if (r < 0)
				return r;
			running++;
		}
		if (!running)
			return 0;
		pid = wait_for_job(run, open, &status);
		if (interrupt_count() > passed) {
			passed = interrupt_count();
			pass_on(run, passed == 1 ? SIGUSR1 : SIGKILL);
		}
		j = pid > 0 ? job_of(run, pid) : NULL;
		if (j) {
			reap(run, j, status);
			running--;
		}
	}
}

/* ---- what it came to ---- */

static bool says_nothing(const struct job *j)
{
	enum exit_status its = outcome_of_cell(j->result, false);

	return its == EXIT_ENVIRONMENT || its == EXIT_INVALID;
}

static unsigned failed_cells(const struct run *run)
{
	unsigned n = 0;

	for (unsigned i = 0; i < run->job_count; i++)
		n += says_nothing(&run->jobs[i]);
	return n;
}

static const char *why(const struct job *j)
{
	return json_string_value(json_object_get(j->result, "why"));
}

/* The first cell's sentence stands for all. */
static void tell_why(const struct run *run, struct err *e)
{
	unsigned others = failed_cells(run) - 1, i = 0;
	char more[48] = "";

	while (!says_nothing(&run->jobs[i]))
		i++;
	if (others)
		snprintf(more, sizeof(more), " (and %u more cell%s not valid)", others,
			 others == 1 ? " is" : "s are");
	err_set(e, -ECHILD, "%s: %.600s%s", run->jobs[i].cell->folder, why(&run->jobs[i]), more);
}

/* The worst that happened decides. */
static enum exit_status verdict(const struct run *run, struct err *e)
{
	enum exit_status status = EXIT_HELD;
	json_t *total;
	size_t n;

	for (unsigned i = 0; i < run->job_count; i++)
		status = outcome_worse(
			status, outcome_of_cell(run->jobs[i].result, run->common.options->strict));
	json_array_foreach(run->totals, n, total) status =
		outcome_worse(status, outcome_of_cell(total, run->common.options->strict));
	if (status == EXIT_INTERRUPTED)
		err_set(e, -EINTR, "interrupted; '%.800s' has what was recorded", run->folder.path);
	else if (status > EXIT_NOT_HELD)
		tell_why(run, e);
	return status;
}

/* ---- the run ---- */

/* Figures are read from the folder, so that it must have the run's end first. */
static int hold_against_baseline(struct run *run, json_t *json, struct err *e)
{
	const char *baseline = run->common.options->baseline;

	if (!baseline)
		return 0;
	folder_note_json(&run->folder, json_incref(json));
	return baseline_judge(baseline, run->folder.path, run->scenario, json, e);
}

/* By figures, too. */
static int rank_settings(struct run *run, json_t *json, struct err *e)
{
	_cleanup_(recorded_done) struct recorded recorded = { 0 };
	_cleanup_(ablated_done) struct ablated_list l = { .count = 0 };
	const char *dir = run->folder.path;
	int r;

	if (!run->common.options->ablate || run->common.options->cell)
		return 0;
	folder_note_json(&run->folder, json_incref(json));
	r = recorded_load(&dir, 1, &recorded, e);
	if (r == 0)
		r = ablated_new(&recorded, &l, e);
	if (r == 0)
		json_object_set_new(json, "ablated", ablated_json(&l));
	return r;
}

static int write_down(struct run *run, struct err *e)
{
	json_t *json;
	int r = has_sums(run) ? totals_make(&run->matrix, run->jobs, run->job_count,
					    run->folder.path, &run->totals, e)
			      : 0;

	if (r < 0)
		return r;
	json = run_json(run);
	r = hold_against_baseline(run, json, e);
	if (r == 0)
		r = rank_settings(run, json, e);
	if (r < 0) {
		json_decref(json);
		return r;
	}
	r = folder_write_json(&run->folder, json, e);
	run->is_recorded = r == 0;
	return r;
}

/* What would be an error of a script only when the cells are over. */
static int check_words(const struct run *run, struct err *e)
{
	const struct run_options *o = run->common.options;
	int r = o->baseline ? baseline_check(o->baseline, run->scenario, &run->matrix, o->cell, e)
			    : 0;

	for (unsigned i = 0; i < run->matrix.cell_count && r == 0; i++)
		r = run->matrix.cells[i].cache.number > 1
			    ? 0
			    : judge_check(run->matrix.cells[i].point->scenario,
					  driver_name(run->matrix.cells[i].driver),
					  run->matrix.cells[i].mitigation, e);
	return r;
}

static int check_options(const struct run *run, struct err *e)
{
	const struct run_options *o = run->common.options;

	if (o->cell && !o->folder)
		return err_set(e, -EINVAL,
			       "--cell wants -o DIR, in which every cell has its folder");
	if (o->cell > run->matrix.cell_count)
		return err_set(e, -EINVAL, "there is no cell %u: they are 1 to %u", o->cell,
			       run->matrix.cell_count);
	if (o->cell && o->baseline && run->matrix.fleet_count)
		return err_set(e, -EINVAL,
			       "--baseline is held against the sum of a fleet, and --cell runs one "
			       "cache of it: run all of them");
	return check_words(run, e);
}

static void add_job(struct run *run, const struct matrix_cell *cell)
{
	job_init(&run->jobs[run->job_count], run->job_count, &run->common, cell);
	run->job_count++;
}

static void add_jobs(struct run *run)
{
	const struct run_options *o = run->common.options;

	for (unsigned i = 0; i < run->matrix.cell_count; i++)
		if (!o->cell || run->matrix.cells[i].number == o->cell)
			add_job(run, &run->matrix.cells[i]);
	run->common.at_once = o->jobs ? o->jobs : core_count();
	if (run->common.at_once > run->job_count)
		run->common.at_once = run->job_count;
}

static int show_progress(struct run *run, struct err *e)
{
	const struct run_options *o = run->common.options;
	int r = 0;

	if (!o->quiet || run->metrics)
		r = display_new(o->notes, o->quiet, run->job_count, run->metrics, &run->display, e);
	run->common.progress = run->display ? display_socket(run->display) : -1;
	return r;
}

enum exit_status run_cells(struct run *run, struct err *e)
{
	const struct run_options *o = run->common.options;
	struct interrupt_caught caught;
	int r = limits_check(e);

	if (r == 0)
		r = check_options(run, e);
	if (r < 0)
		return exit_is_environment(r) ? EXIT_ENVIRONMENT : EXIT_USAGE;
	add_jobs(run);
	if (o->metrics)
		r = metrics_new(o->metrics, run->scenario->name, run->job_count, &run->metrics, e);
	if (r < 0)
		return exit_is_environment(r) ? EXIT_ENVIRONMENT : EXIT_USAGE;
	r = signatures_share(o, run->job_count, &run->signatures, e);
	if (r < 0)
		return EXIT_USAGE;
	r = folder_make(&run->folder, o->folder, o->cell, run->scenario->name, e);
	if (r < 0)
		return r == -ENOSPC ? EXIT_INVALID : EXIT_USAGE;
	run->common.folder = run->folder.path;
	run->began = clock_machine_seconds();
	folder_note_json(&run->folder, run_json(run));
	r = show_progress(run, e);
	if (r < 0)
		return EXIT_INVALID;
	interrupt_catch(&caught);
	r = run_jobs(run, &caught.open, e);
	interrupt_let_go(&caught);
	display_free(TAKE(run->display));
	signatures_keep(o, run->signatures);
	if (r < 0)
		return exit_is_environment(r) ? EXIT_ENVIRONMENT : EXIT_INVALID;
	if (failed_cells(run) < run->job_count)
		matrix_print_versions(&run->matrix, o->notes);
	r = write_down(run, e);
	if (r == 0 && run->metrics)
		r = metrics_finish(run->metrics, run->folder.path, e);
	return r < 0 ? EXIT_INVALID : verdict(run, e);
}

/* The cells, and what their scenarios say that a user has to know. */
static int make_matrix(struct run *run, struct err *e)
{
	const struct run_options *o = run->common.options;
	int r = sweep_read(&run->sweep, run->scenario, o->scenario, &o->scenario_options, o->sweeps,
			   o->sweep_count, e);

	if (r == 0 && !o->has_mitigations && o->sweep_count)
		r = sweep_add_mitigations(&run->sweep, o->mitigations, RUN_NAMES, e);
	if (r == 0)
		r = matrix_load(&run->matrix, &run->sweep, o->resolvers, e);
	if (r == 0 && o->config)
		r = matrix_use_config(&run->matrix, o->config,
				      o->cell || o->quiet ? NULL : o->notes, e);
	if (r == 0 && o->ablate)
		r = matrix_ablate(&run->matrix, e);
	if (r == 0)
		r = matrix_add_cells(&run->matrix, o->mitigations, e);
	for (unsigned i = 0; i < run->sweep.point_count && r == 0; i++) {
		struct scenario *s = run->sweep.points[i]->scenario;

		if (s != run->scenario)
			r = replay_check(s, o->notes, e);
	}
	return r;
}

static int prepare(struct run *run, struct err *e)
{
	const struct run_options *o = run->common.options;
	int r;

	r = limits_check_proc(e);
	if (r < 0)
		return r;
	if (scenario_load(o->scenario, &o->scenario_options, &run->scenario, e) < 0)
		return -EINVAL;
	r = scenario_check_asked(run->scenario, e);
	if (r == 0)
		r = threshold_check(run->scenario, e);
	if (r == 0)
		r = replay_check(run->scenario, o->notes, e);
	if (r == 0)
		r = make_matrix(run, e);
	if (r == 0 && !o->cell) {
		scenario_print_notes(run->scenario, o->notes);
		matrix_print_gaps(&run->matrix, o->notes);
		if (!o->quiet)
			matrix_print_roots(&run->matrix, o->notes);
		stranger_print(run->scenario, &run->matrix, o->notes);
	}
	run->common.scenario = run->scenario;
	run->common.matrix = &run->matrix;
	return r;
}

int run_prepare(const struct run_options *o, struct run **ret, struct err *e)
{
	_cleanup_(run_freep) struct run *run = calloc(1, sizeof(*run));
	int r;

	if (!run)
		return err_set(e, -ENOMEM, "no memory for a run");
	run->common.options = o;
	r = prepare(run, e);
	if (r == 0)
		*ret = TAKE(run);
	return r;
}

void run_free(struct run *run)
{
	if (!run)
		return;
	for (unsigned i = 0; i < run->job_count; i++)
		job_done(&run->jobs[i]);
	pool_use(NULL);
	pool_free(run->signatures);
	display_free(run->display);
	json_decref(run->totals);
	metrics_free(run->metrics);
	matrix_done(&run->matrix);
	sweep_done(&run->sweep);
	scenario_free(run->scenario);
	free(run);
}

/* ---- asked of it ---- */

void run_list(const struct run *run, FILE *out)
{
	matrix_print_versions(&run->matrix, run->common.options->notes);
	matrix_print(&run->matrix, out);
}

int run_list_json(const struct run *run, FILE *out, struct err *e)
{
	return matrix_print_json(&run->matrix, out, e);
}

const char *run_folder(const struct run *run)
{
	return run->folder.path;
}

bool run_is_recorded(const struct run *run)
{
	return run->is_recorded;
}

void run_print_failures(const struct run *run, FILE *out)
{
	bool several = failed_cells(run) > 1;

	for (unsigned i = 0; i < run->job_count; i++) {
		const struct job *j = &run->jobs[i];
		json_t *code = json_object_get(j->result, "code");

		if (several && says_nothing(j))
			fprintf(out, "%s: %s\n", j->cell->folder, why(j));
		if (json_integer_value(code) == -ECHILD || json_integer_value(code) == -ETIMEDOUT)
			job_print_log(j, out);
	}
}
