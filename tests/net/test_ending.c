/* SPDX-License-Identifier: BSD-2-Clause */
/* How a run ends before its time: by an interrupt with what was recorded, by SIGKILL with nothing
 * left. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define MSEC 1000000L
#define NAMESPACES_MAX 64

/* A run in a folder of its own, which is the working directory of all its processes or above it. */
struct run {
	char folder[256];
	pid_t pid;
};

static void moment(long nanoseconds)
{
	struct timespec t = { nanoseconds / 1000000000L, nanoseconds % 1000000000L };

	nanosleep(&t, NULL);
}

static void __attribute__((noreturn)) become_sigfault(const struct run *r, const char *program)
{
	int out;

	if (chdir(r->folder) < 0 || (out = open("words", O_WRONLY | O_CREAT | O_TRUNC, 0644)) < 0)
		_exit(126);
	dup2(out, 1);
	dup2(out, 2);
	setenv("TMPDIR", "tmp", 1);
	signal(SIGHUP, SIG_DFL); /* who has ignored it, as nohup does, is left alone */
	execl(program, program, "run", "de-2026", "--set", "population=1000", "--quiet", "-o",
	      "out", NULL);
	_exit(127);
}

static struct run start(const char *name)
{
	char program[PATH_MAX];
	struct run r;

	assert_non_null(realpath("build/sigfault", program));
	snprintf(r.folder, sizeof(r.folder), "%s/%s", folder(), name);
	shell(&sh, "mkdir %s %s/tmp", r.folder, r.folder);
	assert_int_equal(sh.status, 0);
	r.pid = fork();
	assert_true(r.pid >= 0);
	if (r.pid == 0)
		become_sigfault(&r, program);
	return r;
}

/* Waits until a file below the run's folder has as many bytes. */
static void await_file(const struct run *r, const char *name, long size)
{
	char path[512];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", r->folder, name);
	for (int i = 0; i < 20000; i++) {
		if (stat(path, &st) == 0 && st.st_size >= size)
			return;
		moment(MSEC);
	}
	fail_msg("'%s' does not come", path);
}

/* The exit status of a run that is to end; 128 + signal when one ended it. */
static int ending(const struct run *r)
{
	int status;

	for (int i = 0; i < 120000; i++) {
		if (waitpid(r->pid, &status, WNOHANG) == r->pid)
			return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		moment(MSEC);
	}
	kill(r->pid, SIGKILL);
	waitpid(r->pid, &status, 0);
	fail_msg("it does not end");
	return -1;
}

static bool is_number(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

/* Calls back with each process of the machine: its pid as text. */
static void each_process(void (*f)(const char *pid, void *arg), void *arg)
{
	DIR *proc = opendir("/proc");
	struct dirent *d;

	assert_non_null(proc);
	while ((d = readdir(proc)))
		if (is_number(d->d_name))
			f(d->d_name, arg);
	closedir(proc);
}

static bool read_link(const char *pid, const char *name, char ret[512])
{
	char path[320];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	n = readlink(path, ret, 511);
	ret[n > 0 ? n : 0] = '\0';
	return n > 0;
}

/* The processes of a run, and the network and pid namespaces that are theirs. */
struct census {
	const char *folder;
	unsigned processes, namespaces;
	char names[NAMESPACES_MAX][64];
	unsigned seen; /* processes, whosesoever, that are in one of the names */
};

static bool is_known(const struct census *c, const char *netns)
{
	for (unsigned i = 0; i < c->namespaces; i++)
		if (strcmp(c->names[i], netns) == 0)
			return true;
	return false;
}

static void note_namespace(struct census *c, const char *pid, const char *kind)
{
	char text[512], own[512];

	if (!read_link(pid, kind, text) || !read_link("self", kind, own))
		return;
	if (strcmp(text, own) != 0 && !is_known(c, text) && c->namespaces < NAMESPACES_MAX)
		snprintf(c->names[c->namespaces++], sizeof(c->names[0]), "%.63s", text);
}

static void count_own(const char *pid, void *arg)
{
	struct census *c = arg;
	char text[512];

	if (!read_link(pid, "cwd", text) || strncmp(text, c->folder, strlen(c->folder)) != 0)
		return;
	c->processes++;
	/* What is started in there, the resolver first, is in a pid namespace of its own, and in a
	 * network namespace that only it has. */
	note_namespace(c, pid, "ns/pid_for_children");
	note_namespace(c, pid, "ns/net");
}

static void count_inside(const char *pid, void *arg)
{
	struct census *c = arg;
	char text[512];

	c->seen += (read_link(pid, "ns/net", text) && is_known(c, text)) ||
		   (read_link(pid, "ns/pid", text) && is_known(c, text));
}

static struct census take_census(const struct run *r)
{
	struct census c = { .folder = r->folder };

	each_process(count_own, &c);
	return c;
}

/* Who has lost his parent is ours: a machine's first process may take seconds to look after those that have ended, and a pid
 * namespace waits for it. */
static void bury_orphans(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static int adopt_orphans(void **state)
{
	(void)state;
	return prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* Neither a process, nor a namespace that was there `before`, a mount or a file beside DIR. The
 * kernel takes a moment to end a pid namespace. */
static void assert_nothing_left(const struct run *r, struct census *before)
{
	struct census now = take_census(r);

	for (int i = 0; i < 5000 && now.processes; i++) {
		moment(MSEC);
		bury_orphans();
		now = take_census(r);
	}
	if (now.processes)
		fail_msg("%u processes are left", now.processes);
	for (int i = 0; i < 60000; i++) {
		before->seen = 0;
		bury_orphans();
		each_process(count_inside, before);
		if (!before->seen)
			break;
		moment(MSEC);
	}
	assert_int_equal(before->seen, 0);
	for (unsigned i = 0; i <= before->namespaces; i++) {
		shell(&sh, "grep -F '%s' /proc/self/mountinfo",
		      i < before->namespaces ? before->names[i] : r->folder);
		assert_string_equal(sh.out, "");
	}
	shell(&sh, "ls -A %s | grep -v -x -e out -e tmp -e words; ls -A %s/tmp", r->folder,
	      r->folder);
	assert_string_equal(sh.out, "");
}

static void assert_readable(const struct run *r)
{
	shell(&sh, "cat %s/words", r->folder);
	if (!strstr(sh.out, "sigfault: interrupted; '"))
		fail_msg("not said: %s", sh.out);
	shell(&sh, "build/sigfault report %s/out", r->folder);
	if (sh.status != 4)
		fail_msg("%d: %s", sh.status, sh.out);
}

/* What a killed run wrote until then is drawn, and nobody takes it for a whole one. */
static void assert_unfinished(const struct run *r)
{
	shell(&sh, "build/sigfault report %s/out", r->folder);
	if (sh.status != 4 || !strstr(sh.out, "not finished: unbound-none"))
		fail_msg("%d: %s", sh.status, sh.out);
	shell(&sh, "jq -r '.cells[0] | .unfinished, .valid' %s/out/run.json", r->folder);
	assert_string_equal(sh.out, "true\nfalse\n");
}

/* The one child of the main process is the cell; it is stopped, so that the first interrupt does
 * not reach it. */
static void stop_cell(const struct run *r)
{
	int pid;

	shell(&sh, "cat /proc/%d/task/%d/children", r->pid, r->pid);
	assert_int_equal(sscanf(sh.out, "%d", &pid), 1);
	assert_int_equal(kill(pid, SIGSTOP), 0);
}

static void one_signal_is_exit_130_with_a_readable_record(void **state)
{
	static const struct {
		int signal;
		const char *name, *file;
		long size;
	} moments[] = { { SIGINT, "int-early", "out/unbound-none", 0 },
			{ SIGTERM, "term-early", "out/unbound-none/resolver.conf", 0 },
			{ SIGINT, "int-late", "out/unbound-none/curve.csv", 20000 },
			{ SIGTERM, "term-late", "out/unbound-none/curve.csv", 20000 },
			{ SIGHUP, "hup-late", "out/unbound-none/curve.csv", 20000 } };

	(void)state;
	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
		struct run r = start(moments[i].name);
		struct census before;

		await_file(&r, moments[i].file, moments[i].size);
		before = take_census(&r);
		kill(r.pid, moments[i].signal);
		assert_int_equal(ending(&r), 130);
		assert_nothing_left(&r, &before);
		assert_readable(&r);
		shell(&sh, "awk -F, 'NF != 19' %s/out/unbound-none/curve.csv", r.folder);
		assert_string_equal(sh.out, "");
	}
}

static void a_second_signal_ends_it_at_once(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM };

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct run r = start(i ? "term-twice" : "int-twice");
		struct census before;

		await_file(&r, "out/unbound-none/curve.csv", 20000);
		before = take_census(&r);
		stop_cell(&r);
		kill(r.pid, signals[i]);
		moment(600 * MSEC);
		assert_int_equal(waitpid(r.pid, NULL, WNOHANG), 0);
		kill(r.pid, signals[i]);
		assert_int_equal(ending(&r), 130);
		assert_nothing_left(&r, &before);
		assert_readable(&r);
	}
}

/* GNU timeout sends it to its child and then to the group. On a busy machine the second one may come
 * when the run is over, and being reported. */
static void a_signal_that_comes_twice_at_once_is_one(void **state)
{
	static const int apart[] = { 1, 40, 80, 120, 160, 200 };

	(void)state;
	for (size_t i = 0; i < sizeof(apart) / sizeof(apart[0]); i++) {
		struct census before;
		struct run r;
		char name[32];

		snprintf(name, sizeof(name), "term-double-%d", apart[i]);
		r = start(name);
		await_file(&r, "out/unbound-none/curve.csv", 20000);
		before = take_census(&r);
		kill(r.pid, SIGTERM);
		moment(apart[i] * MSEC);
		kill(r.pid, SIGTERM);
		assert_int_equal(ending(&r), 130);
		assert_nothing_left(&r, &before);
		assert_readable(&r);
		shell(&sh, "jq -r '.cells[0].why' %s/out/run.json && ls %s/out/report.html",
		      r.folder, r.folder);
		assert_non_null(strstr(sh.out, "interrupted\n"));
		assert_int_equal(sh.status, 0);
	}
}

static void signals_that_mean_nothing_to_it_do_nothing(void **state)
{
	static const int signals[] = { SIGUSR1, SIGUSR2, SIGPIPE };
	struct run r;

	(void)state;
	r = start("unmeant");
	await_file(&r, "out/unbound-none/curve.csv", 20000);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		kill(r.pid, signals[i]);
	moment(50 * MSEC);
	assert_int_equal(waitpid(r.pid, NULL, WNOHANG), 0);
	kill(r.pid, SIGTERM);
	assert_int_equal(ending(&r), 130);
}

/* A pager that is left, a line that is dropped. */
static void a_reader_that_goes_away_costs_no_run(void **state)
{
	const char *d = folder();

	(void)state;
	shell(&sh,
	      "(build/sigfault run minute -o %s/head 2>&1; echo $? > %s/status) | head -1 "
	      "> %s/first; cat %s/status; jq .cells[].valid %s/head/run.json; ls "
	      "%s/head/report.html",
	      d, d, d, d, d, d);
	assert_non_null(strstr(sh.out, "0\ntrue\n/"));
	assert_null(strstr(sh.out, "cannot"));
}

/* What may not grow is an error that is told, not an end by a signal; captures are whole. */
static void a_file_that_may_not_grow_is_told(void **state)
{
	const char *d = folder();

	(void)state;
	shell(&sh,
	      "(ulimit -f 40000; build/sigfault run de-2026 --pcap --quiet -o %s/limit); echo $?",
	      d);
	assert_non_null(strstr(sh.out, "cannot write 'clients.pcap': no file may be larger here"));
	assert_non_null(strstr(sh.out, "('ulimit -f unlimited' lets it)"));
	assert_non_null(strstr(sh.out, "\n4\n"));
	shell(&sh, "find %s/limit -name .run.json -o -name '*.now'", d);
	assert_string_equal(sh.out, "");
}

static void sigkill_at_any_moment_leaves_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 12; i++) {
		struct census before;
		struct run r;
		char name[16];

		snprintf(name, sizeof(name), "kill-%d", i);
		r = start(name);
		if (i < 3) {
			moment(i * 40 * MSEC);
		} else {
			await_file(&r, "out/unbound-none", 0);
			moment((i - 3) * (i - 3) * 12 * MSEC);
		}
		before = take_census(&r);
		kill(r.pid, SIGKILL);
		assert_int_equal(ending(&r), 128 + SIGKILL);
		if (i == 11)
			assert_true(before.namespaces > 0);
		assert_nothing_left(&r, &before);
		if (i >= 3)
			assert_unfinished(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_signal_is_exit_130_with_a_readable_record),
		cmocka_unit_test(a_second_signal_ends_it_at_once),
		cmocka_unit_test(a_signal_that_comes_twice_at_once_is_one),
		cmocka_unit_test(signals_that_mean_nothing_to_it_do_nothing),
		cmocka_unit_test(a_reader_that_goes_away_costs_no_run),
		cmocka_unit_test(a_file_that_may_not_grow_is_told),
		cmocka_unit_test(sigkill_at_any_moment_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, adopt_orphans, NULL);
}
