#include "harness/run.h"

#include <errno.h>
#include <jansson.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "harness/cell.h"
#include "harness/folder.h"
#include "harness/mitigation.h"
#include "harness/replay.h"
#include "harness/report.h"
#include "harness/result.h"

#define MAX_CELLS 256

struct matrix_cell {
	struct driver *driver;
	char mitigation[32];
	char folder[128]; /* below the run's */
	pid_t pid; /* 0: not started, -1: over */
	int results; /* read end of its pipe */
	int core;
	json_t *result;
};

struct matrix {
	const struct run_options *options;
	struct scenario *scenario;
	struct folder folder;
	char library[4096];
	struct driver *drivers[32];
	unsigned driver_count;
	struct matrix_cell cells[MAX_CELLS];
	unsigned cell_count, jobs;
	bool core_used[256];
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

/* ---- the matrix ---- */

static int load_drivers(struct matrix *m, struct err *e)
{
	char *at = m->options->resolvers, *spec;

	while ((spec = strsep(&at, ","))) {
		int r;

		if (m->driver_count == ARRAY_SIZE(m->drivers))
			return err_set(e, -E2BIG, "more than %zu resolvers",
				       ARRAY_SIZE(m->drivers));
		r = driver_load(spec, &m->drivers[m->driver_count], e);
		if (r < 0)
			return r;
		m->driver_count++;
	}
	return 0;
}

static int add_cell(struct matrix *m, struct driver *d, const char *mitigation, struct err *e)
{
	struct matrix_cell *c = &m->cells[m->cell_count];

	if (m->cell_count == MAX_CELLS)
		return err_set(e, -E2BIG, "more than %d cells", MAX_CELLS);
	c->driver = d;
	snprintf(c->mitigation, sizeof(c->mitigation), "%s", mitigation);
	snprintf(c->folder, sizeof(c->folder), "%s-%s", driver_name(d), mitigation);
	for (unsigned i = 0; i < m->cell_count; i++)
		if (strcmp(m->cells[i].folder, c->folder) == 0)
			return err_set(e, -EINVAL, "'%s' with '%s' is asked for twice",
				       driver_name(d), mitigation);
	m->cell_count++;
	return 0;
}

static int add_cells(struct matrix *m, struct err *e)
{
	char *at = m->options->mitigations, *name;

	while ((name = strsep(&at, ","))) {
		for (unsigned i = 0; i < m->driver_count; i++) {
			int r;

			if (mitigation_offered(m->scenario, m->drivers[i], name, e) !=
			    MITIGATION_OFFERED)
				return -EINVAL;
			r = add_cell(m, m->drivers[i], name, e);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

/* Beside the program in the build tree, or in PREFIX/lib/sigfault. */
static void find_library(char *ret, size_t size)
{
	char exe[3072] = "";
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	exe[n > 0 ? n : 0] = '\0';
	slash = strrchr(exe, '/');
	if (slash)
		*slash = '\0';
	snprintf(ret, size, "%s/libsigfault-clock.so", exe);
	if (access(ret, R_OK) < 0)
		snprintf(ret, size, "%s/../lib/sigfault/libsigfault-clock.so", exe);
}

/* ---- one cell's process ---- */

static void on_cell_interrupt(int sig)
{
	(void)sig;
	clock_interrupt();
}

static struct result_cell about_cell(const struct matrix_cell *c)
{
	return (struct result_cell){ c->driver, c->mitigation, c->folder };
}

static void become_cell(struct matrix *m, struct matrix_cell *c, const sigset_t *open)
{
	const struct run_options *o = m->options;
	char folder[sizeof(m->folder.path) + sizeof(c->folder) + 2];
	struct sigaction sa = { .sa_handler = on_cell_interrupt };
	struct cell_plan plan = { .scenario = m->scenario,
				  .driver = c->driver,
				  .mitigation = c->mitigation,
				  .folder = folder,
				  .library = m->library,
				  .clock = o->clock,
				  .speed = o->speed,
				  .core = o->clock == CLOCK_VIRTUAL ? c->core : -1,
				  .pcap = o->pcap,
				  .log_queries = o->log_queries,
				  .quiet = o->quiet,
				  .terminal = m->jobs == 1 && isatty(STDERR_FILENO) };
	const struct result_cell about = about_cell(c);
	struct cell_result result;
	cpu_set_t cores;
	json_t *json;

	sigaction(SIGUSR1, &sa, NULL);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	sigprocmask(SIG_SETMASK, open, NULL);
	snprintf(folder, sizeof(folder), "%s/%s", m->folder.path, c->folder);
	if (plan.core >= 0) {
		CPU_ZERO(&cores);
		CPU_SET((unsigned)c->core, &cores);
		sched_setaffinity(0, sizeof(cores), &cores);
		/* The nicer harness yields the core to the resolver it has woken. */
		setpriority(PRIO_PROCESS, 0, 19);
	}
	cell_run(&plan, &result);
	json = result_of_cell(&about, m->scenario, &result);
	fflush(stdout);
	json_dumpfd(json, c->results, 0);
	_exit(0);
}

static int free_core(struct matrix *m)
{
	cpu_set_t cores;

	if (sched_getaffinity(0, sizeof(cores), &cores) < 0)
		return -1;
	for (int i = 0; i < 256; i++)
		if (CPU_ISSET((unsigned)i, &cores) && !m->core_used[i])
			return i;
	return -1;
}

static int start_cell(struct matrix *m, struct matrix_cell *c, const sigset_t *open, struct err *e)
{
	pid_t parent = getpid();

	c->results = memfd_create("cell", MFD_CLOEXEC);
	if (c->results < 0)
		return err_set(e, -errno, "no memory for a cell's result: %s", strerror(errno));
	c->core = free_core(m);
	fflush(NULL);
	c->pid = fork();
	if (c->pid < 0)
		return err_set(e, -errno, "no process for a cell: %s", strerror(errno));
	if (c->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		become_cell(m, c, open);
	}
	if (c->core >= 0)
		m->core_used[c->core] = true;
	return 0;
}

static void reap_cell(struct matrix *m, struct matrix_cell *c, int status)
{
	const struct result_cell about = about_cell(c);
	json_error_t je;

	lseek(c->results, 0, SEEK_SET);
	c->result = json_loadfd(c->results, 0, &je);
	close(c->results);
	if (!c->result)
		c->result = result_of_lost(&about, status, interrupts ? -EINTR : -ECHILD);
	c->pid = -1;
	if (c->core >= 0)
		m->core_used[c->core] = false;
}

static void pass_on(struct matrix *m, int sig)
{
	for (unsigned i = 0; i < m->cell_count; i++)
		if (m->cells[i].pid > 0)
			kill(m->cells[i].pid, sig);
}

/* Waits for the end of a cell or a signal; 0: it was a signal. Signals are blocked but for this
 * moment, so that none comes between looking and waiting. */
static pid_t wait_for_cell(const sigset_t *open, int *status)
{
	pid_t pid = waitpid(-1, status, WNOHANG);

	if (pid != 0)
		return pid;
	sigsuspend(open);
	return waitpid(-1, status, WNOHANG);
}

/* Cells start as jobs become free. */
static int run_cells(struct matrix *m, const sigset_t *open, struct err *e)
{
	unsigned next = 0, running = 0, passed = 0;

	while (next < m->cell_count || running) {
		int status;
		pid_t pid;

		while (next < m->cell_count && running < m->jobs && !interrupts) {
			int r = start_cell(m, &m->cells[next], open, e);

			if (r < 0)
				return r;
			next++;
			running++;
		}
		if (!running)
			break;
		pid = wait_for_cell(open, &status);
		if ((unsigned)interrupts > passed) {
			passed = (unsigned)interrupts;
			pass_on(m, passed == 1 ? SIGUSR1 : SIGKILL);
		}
		for (unsigned i = 0; pid > 0 && i < next; i++) {
			if (m->cells[i].pid == pid) {
				reap_cell(m, &m->cells[i], status);
				running--;
			}
		}
	}
	return 0;
}

/* ---- what is left ---- */

static int write_json(struct matrix *m, struct err *e)
{
	json_t *cells = json_array();

	for (unsigned i = 0; i < m->cell_count; i++)
		if (m->cells[i].result)
			json_array_append_new(cells, m->cells[i].result);
	return folder_write_json(
		&m->folder,
		result_of_run(m->options, m->scenario, clock_machine_seconds() - m->began, cells),
		e);
}

/* The last lines of a resolver's log, for a cell that its resolver ended. */
static void print_log_tail(const struct matrix *m, const struct matrix_cell *c)
{
	char path[sizeof(m->folder.path) + sizeof(c->folder) + 32], text[2048];
	_cleanup_(fclosep) FILE *f = NULL;
	char *at = text;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s/resolver.log", m->folder.path, c->folder);
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
	fprintf(stderr, "the last lines of %s:\n%s", path, at);
}

static bool is_environment(int code)
{
	return code == -EPERM || code == -ENOSYS || code == -EOPNOTSUPP || code == -ENOENT;
}

/* The worst that happened decides. */
static enum exit_status verdict(const struct matrix *m)
{
	enum exit_status status = EXIT_HELD;

	for (unsigned i = 0; i < m->cell_count; i++) {
		const struct matrix_cell *c = &m->cells[i];
		int code = (int)json_integer_value(json_object_get(c->result, "code"));
		json_t *v;
		size_t n;

		if (!c->result || code == -EINTR)
			return EXIT_INTERRUPTED;
		if (code < 0) {
			fprintf(stderr, "sigfault: %s: %s\n", c->folder,
				json_string_value(json_object_get(c->result, "why")));
			if (code == -ECHILD || code == -ETIMEDOUT)
				print_log_tail(m, c);
			status = is_environment(code) && status < EXIT_INVALID ? EXIT_ENVIRONMENT
									       : EXIT_INVALID;
		}
		json_array_foreach(json_object_get(c->result, "expectations"), n,
				   v) if (!json_is_true(json_object_get(v, "held")) &&
					  status == EXIT_HELD) status = EXIT_NOT_HELD;
	}
	return status;
}

static int report(const struct matrix *m, struct err *e)
{
	const char *const dir = m->folder.path;
	int r = report_write(&dir, 1, dir, e);

	fflush(stderr);
	if (r == 0 && !m->options->quiet)
		r = report_terminal(&dir, 1, stdout, e);
	if (r == 0)
		printf("\n%s\n", m->folder.path);
	return r;
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

static enum exit_status run_prepared(struct matrix *m, struct err *e)
{
	enum exit_status status;
	sigset_t open;
	int r;

	r = folder_make(&m->folder, m->options->folder, m->scenario->name, e);
	if (r < 0)
		return r == -ENOSPC ? EXIT_INVALID : EXIT_USAGE;
	find_library(m->library, sizeof(m->library));
	catch_interrupts(&open);
	m->began = clock_machine_seconds();
	r = run_cells(m, &open, e);
	sigprocmask(SIG_SETMASK, &open, NULL);
	if (r < 0)
		return EXIT_INVALID;
	status = verdict(m);
	r = write_json(m, e);
	if (r == 0)
		r = report(m, e);
	if (status == EXIT_INTERRUPTED)
		err_set(e, -EINTR, "interrupted; '%.800s' has what was recorded", m->folder.path);
	else if (status > EXIT_NOT_HELD)
		err_set(e, 0, "%s", ""); /* the cells' sentences say why */
	else if (r < 0)
		status = r == -ENOENT ? EXIT_ENVIRONMENT : EXIT_INVALID;
	return status;
}

enum exit_status run_matrix(const struct run_options *o, struct err *e)
{
	static struct matrix m;
	enum exit_status status = EXIT_USAGE;
	int r;

	m.options = o;
	r = scenario_load(o->scenario, &o->scenario_options, &m.scenario, e);
	if (r < 0)
		return EXIT_USAGE;
	r = replay_check(m.scenario, stderr, e);
	if (r == 0)
		r = load_drivers(&m, e);
	if (r == 0)
		r = add_cells(&m, e);
	m.jobs = o->jobs ? o->jobs : (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	if (m.jobs > m.cell_count)
		m.jobs = m.cell_count;
	if (r == 0)
		status = run_prepared(&m, e);
	else if (r == -ENOENT)
		status = EXIT_ENVIRONMENT;
	for (unsigned i = 0; i < m.driver_count; i++)
		driver_free(m.drivers[i]);
	scenario_free(m.scenario);
	return status;
}
