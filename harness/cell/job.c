/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/job.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "harness/cell/core.h"
#include "harness/cell/repeat.h"
#include "harness/cell/result.h"
#include "harness/cell/work.h"
#include "harness/text/exit.h"
#include "harness/text/memory.h"
#include "sim/base/shipped.h"
#include "sim/world/netns.h"
#include "sim/world/spawn.h"

#define FOLDER_MAX (PATH_MAX + 257) /* a run's folder and a cell's below */

static const char DRIVER_SAYS[] = "its driver says that it cannot be preloaded";

static void use_real_time(struct job *j, const char *why)
{
	const struct scenario *s = j->cell->point->scenario;
	char took[32];

	j->clock = CLOCK_REAL;
	j->clock_why = why;
	fprintf(j->run->options->notes, "%s: %s: its cell runs in real time, %s\n", j->cell->folder,
		why, simtime_duration_text(s->to - s->from, took));
}

void job_init(struct job *j, unsigned index, const struct job_run *run,
	      const struct matrix_cell *cell)
{
	*j = (struct job){ .run = run,
			   .cell = cell,
			   .index = index,
			   .clock = run->options->clock,
			   .clock_why = "" };
	if (j->clock != CLOCK_REAL && driver_wants_real_time(cell->driver))
		use_real_time(j, DRIVER_SAYS);
}

void job_done(struct job *j)
{
	json_decref(j->result);
	j->result = NULL;
}

static struct result_cell about_cell(const struct job *j, char text[CLOCK_TEXT_LEN])
{
	return (struct result_cell){ j->run->matrix, j->cell,
				     result_clock_text(j->clock, j->run->options->speed,
						       j->cell->point->scenario->charge, text),
				     j->clock_why, "" };
}

static void folder_of(const struct job *j, char ret[FOLDER_MAX])
{
	snprintf(ret, FOLDER_MAX, "%s/%s", j->run->folder, j->cell->folder);
}

/* ---- its process ---- */

static void on_interrupt(int sig)
{
	(void)sig;
	clock_interrupt();
}

static void take_signals(const sigset_t *open)
{
	struct sigaction sa = { .sa_handler = on_interrupt };

	sigaction(SIGUSR1, &sa, NULL);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigprocmask(SIG_SETMASK, open, NULL);
}

static void pin(int core)
{
	cpu_set_t cores;

	CPU_ZERO(&cores);
	CPU_SET((unsigned)core, &cores);
	sched_setaffinity(0, sizeof(cores), &cores);
	/* The nicer harness yields the core to the resolver it has woken. Much nicer, it would
	 * starve on a busy machine. */
	spawn_step_back(5);
}

static void __attribute__((noreturn)) become_cell(const struct job *j)
{
	const struct run_options *o = j->run->options;
	char folder[FOLDER_MAX], clock[CLOCK_TEXT_LEN], repeat[REPEAT_TEXT];
	struct cell_plan plan = { .scenario = j->cell->point->scenario,
				  .without = sweep_point_without(j->cell->point),
				  .driver = j->cell->driver,
				  .chain = j->cell->chain,
				  .mitigation = j->cell->mitigation,
				  .is_member = j->cell->fleet != NULL,
				  .folder = folder,
				  .library = shipped_path(SHIPPED_CLOCK) ?: "libsigfault-clock.so",
				  .clock = j->clock,
				  .speed = o->speed,
				  .charge = j->cell->point->scenario->charge,
				  .core = j->clock == CLOCK_VIRTUAL ? core_take(j->cell->number)
								    : -1,
				  .pcap = o->pcap,
				  .log_queries = o->log_queries,
				  .requests = o->requests,
				  .patience = o->patience,
				  .progress = j->run->progress,
				  .index = j->index };
	struct result_cell about = about_cell(j, clock);
	struct cell_result result;
	json_t *json;

	folder_of(j, folder);
	fleet_become(plan.scenario, &j->cell->cache);
	if (plan.core >= 0 && j->run->at_once == 1 && plan.scenario->role_count)
		plan.second_core = core_take_spare() + 1;
	if (plan.core >= 0)
		pin(plan.core);
	cell_run(&plan, &result);
	about.repeat = repeat_text(o, j->cell->number, repeat);
	json = result_of_cell(&about, j->cell->point->scenario, &result);
	cell_result_done(&result);
	fflush(stdout);
	if (memory_has_ended())
		_exit(EXIT_ENVIRONMENT);
	json_dumpfd(json, j->results, 0);
	_exit(0);
}

int job_start(struct job *j, const sigset_t *open, struct err *e)
{
	pid_t parent = getpid();

	j->results = memfd_create("cell", MFD_CLOEXEC);
	if (j->results < 0)
		return err_set(e, -errno, "no memory for a cell's result: %s", strerror(errno));
	fflush(NULL);
	j->pid = fork();
	if (j->pid < 0)
		return netns_no_process(errno, e);
	if (j->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		take_signals(open);
		become_cell(j);
	}
	j->state = JOB_RUNNING;
	return 0;
}

/* ---- its end ---- */

/* Its process could not do it. */
static void trim_lost(const struct job *j)
{
	char path[FOLDER_MAX + 8];

	folder_of(j, path);
	strcat(path, "/work");
	work_trim(path);
}

void job_reap(struct job *j, int status, bool interrupted)
{
	char clock[CLOCK_TEXT_LEN];
	const struct result_cell about = about_cell(j, clock);
	json_error_t je;

	lseek(j->results, 0, SEEK_SET);
	j->result = json_loadfd(j->results, 0, &je);
	close(j->results);
	if (!j->result) {
		j->result = result_of_lost(&about, status, interrupted ? -EINTR : -ECHILD);
		trim_lost(j);
	}
	j->state = JOB_OVER;
}

json_t *job_json(const struct job *j)
{
	char clock[CLOCK_TEXT_LEN];
	const struct result_cell about = about_cell(j, clock);

	return j->result ? json_incref(j->result) : result_of_unfinished(&about);
}

/* A sentence that an earlier cell has said already is not said again. */
static bool was_told(const struct job *by, const char *lack, const struct job *all, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		json_t *list = json_object_get(all[i].result, "sandbox_lacks"), *told;
		size_t n;

		if (&all[i] == by)
			continue;

		json_array_foreach(list, n, told)
		{
			if (strcmp(json_string_value(told), lack) == 0)
				return true;
		}
	}
	return false;
}

void job_tell_lacks(const struct job *j, const struct job *all, unsigned count)
{
	json_t *lack;
	size_t n;

	json_array_foreach(json_object_get(j->result, "sandbox_lacks"), n, lack)
	{
		if (!was_told(j, json_string_value(lack), all, count))
			fprintf(j->run->options->notes, "the sandbox is not whole: %s\n",
				json_string_value(lack));
	}
}

void job_print_log(const struct job *j, FILE *out)
{
	char path[FOLDER_MAX + 16], text[2048];
	_cleanup_(fclosep) FILE *f = NULL;
	char *at = text;
	size_t n;

	folder_of(j, path);
	strcat(path, "/resolver.log");
	f = fopen(path, "re");
	if (!f || (fseek(f, -(long)sizeof(text) + 1, SEEK_END) < 0 && fseek(f, 0, SEEK_SET) < 0))
		return;
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	if (!n)
		return;
	for (int lines = 0; n > 0 && lines <= 10; n--)
		if (text[n - 1] == '\n' && ++lines == 11)
			at = text + n;
	fprintf(out, "the last lines of %s:\n%s", path, at);
}
