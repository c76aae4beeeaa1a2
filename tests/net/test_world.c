/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/world.h"

#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "sim/world/rest.h"
#include "tests/support/alone.h"
#include "tests/support/need.h"

#define MARK "SIGFAULT_TEST_MARK"

static const char *self;

/* Visits the processes whose environment carries MARK=value: they and what they started. */
static int marked(const char *value, int signal_to_send)
{
	char path[300], wanted[128], environment[16384];
	DIR *proc = opendir("/proc");
	struct dirent *d;
	int n = 0;

	snprintf(wanted, sizeof(wanted), MARK "=%s", value);
	while ((d = readdir(proc))) {
		size_t len;
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%s/environ", d->d_name);
		f = *d->d_name >= '1' && *d->d_name <= '9' ? fopen(path, "re") : NULL;
		if (!f)
			continue;
		len = fread(environment, 1, sizeof(environment), f);
		fclose(f);
		if (!memmem(environment, len, wanted, strlen(wanted) + 1))
			continue;
		n++;
		if (signal_to_send)
			kill(atoi(d->d_name), signal_to_send);
	}
	closedir(proc);
	return n;
}

static bool all_gone(const char *value)
{
	for (int i = 0; i < 500; i++) {
		if (marked(value, 0) == 0)
			return true;
		rest(10);
	}
	return false;
}

/* What the marked process is when this program is started with --victim: builds a world, runs a
 * program that hides a daemon in it, and waits for its end. */
static int be_victim(bool ends_itself)
{
	const char *const argv[] = { "sh", "-c",
				     "setsid sh -c 'sleep 1000 & sleep 1000' & sleep 1000", NULL };
	struct spawn s = { .argv = argv, .out = -1, .netns = -1, .core = -1 };
	struct err e = { .text = "" };
	struct world w;
	int r = make_world(&w);

	if (r)
		return r;
	for (int i = 0; i < 3; i++)
		if (spawn_start(&w, &s, &e) < 0)
			return say(&e);
	if (write(1, "x", 1) != 1)
		return 1;
	if (ends_itself) {
		char byte;

		if (read(1, &byte, 1) < 0) /* when all are seen */
			return 1;
		world_done(&w);
		return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : 1;
	}
	for (;;)
		pause();
}

static pid_t start_victim(const char *kind, const char *mark, int *ready)
{
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		setenv(MARK, mark, 1);
		dup2(ends[1], 1);
		close(ends[0]);
		close(ends[1]);
		execl(self, self, kind, NULL);
		_exit(1);
	}
	close(ends[1]);
	*ready = ends[0];
	return pid;
}

static void what_hides_in_a_world_ends_with_world_done(void **state)
{
	char byte, mark[32];
	int ready, status;
	pid_t pid;

	(void)state;
	snprintf(mark, sizeof(mark), "done-%d", (int)getpid());
	pid = start_victim("--victim-ends", mark, &ready);
	assert_true(pid > 0);
	if (read(ready, &byte, 1) == 1) {
		/* Itself, init, 3 times sh and sleeps. */
		for (int i = 0; i < 1000 && marked(mark, 0) < 8; i++)
			rest(10);
		assert_true(marked(mark, 0) >= 8);
		assert_int_equal(write(ready, "x", 1), 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
		skip();
	assert_int_equal(status, 0);
	assert_true(all_gone(mark));
	close(ready);
}

/* Network namespaces of the marked victim, by what its files and its own place point to. */
static unsigned netns_of(pid_t pid, ino_t found[8])
{
	char path[300], target[64];
	unsigned n = 0;
	struct dirent *d;
	DIR *fds;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	fds = opendir(path);
	while (fds && (d = readdir(fds))) {
		unsigned long inode;
		ssize_t len;

		snprintf(path, sizeof(path), "/proc/%d/fd/%s", (int)pid, d->d_name);
		len = readlink(path, target, sizeof(target) - 1);
		if (len < 0)
			continue;
		target[len] = '\0';
		if (n < 8 && sscanf(target, "net:[%lu]", &inode) == 1)
			found[n++] = inode;
	}
	if (fds)
		closedir(fds);
	return n;
}

/* Whether any process is in one of these namespaces, or holds it by a file. */
static bool namespace_lives(const ino_t *ns, unsigned count)
{
	DIR *proc = opendir("/proc");
	bool lives = false;
	struct dirent *d;

	while (!lives && (d = readdir(proc))) {
		pid_t pid = atoi(d->d_name);
		ino_t held[9];
		struct stat st;
		char path[64];
		unsigned n = 0;

		if (pid <= 0)
			continue;
		n = netns_of(pid, held);
		snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
		if (stat(path, &st) == 0)
			held[n++] = st.st_ino;
		for (unsigned i = 0; i < n; i++)
			for (unsigned k = 0; k < count; k++)
				lives = lives || held[i] == ns[k];
	}
	closedir(proc);
	return lives;
}

static bool dies_out(const ino_t *ns, unsigned count)
{
	for (int i = 0; i < 500; i++) {
		if (!namespace_lives(ns, count))
			return true;
		rest(10);
	}
	return false;
}

static unsigned host_links(void)
{
	struct if_nameindex *list = if_nameindex();
	unsigned n = 0;

	while (list && list[n].if_index)
		n++;
	if_freenameindex(list);
	return n;
}

/* Killed at moments spread from its first instruction to long after the world is complete. */
static void a_killed_program_leaves_no_process_and_no_namespace(void **state)
{
	unsigned links = host_links(), complete = 0;

	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		ino_t ns[8] = { 0 };
		int ready, status;
		unsigned count;
		char byte, mark[32];
		pid_t pid;

		snprintf(mark, sizeof(mark), "kill-%d-%u", (int)getpid(), i);
		pid = start_victim("--victim", mark, &ready);
		assert_true(pid > 0);
		if (i % 4 == 3)
			complete += read(ready, &byte, 1) == 1;
		else
			rest(i % 30);
		kill(pid, SIGSTOP);
		count = netns_of(pid, ns);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		close(ready);
		if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
			skip();
		assert_true(WIFSIGNALED(status));
		assert_true(all_gone(mark));
		assert_true(dies_out(ns, count));
	}
	assert_true(complete > 0);
	assert_int_equal(host_links(), links);
}

/* Within twenty seconds: a machine may be slow to start a program. */
static bool comes_to(const struct world *w, bool rests, simtime *cpu)
{
	for (int i = 0; i < 2000; i++) {
		if (world_rests(w, cpu) == rests)
			return true;
		rest(10);
	}
	return false;
}

/* What computes outside of it, as this process does, is not of the world; that an orphan does in it
 * is. */
static int rests(const struct sandbox_plan *p)
{
	static const char *const sleeps[] = { "/bin/sleep", "1000", NULL };
	static const char *const computes[] = { "/bin/sh", "-c", "(while :; do :; done) &", NULL };
	struct spawn s = { .argv = sleeps, .folder = "/", .out = -1, .netns = -1, .core = -1 };
	struct err e = { .text = "" };
	simtime before, after = 0;
	struct world w;

	if (world_init(&w, p, &e) < 0)
		return say(&e);
	want((p != NULL) == (w.hosts[0].sandbox != NULL));
	want(spawn_start(&w, &s, &e) > 0);
	want(comes_to(&w, true, &before));
	want(before < SECOND);
	s.argv = computes;
	want(spawn_start(&w, &s, &e) > 0);
	want(comes_to(&w, false, NULL));
	for (int i = 0; i < 2000 && after <= before; i++) {
		rest(10);
		world_rests(&w, &after);
	}
	want(after > before);
	world_done(&w);
	return 0;
}

static int rests_in_a_sandbox(void)
{
	static const char *const none[] = { NULL };

	return rests(&(struct sandbox_plan){ .paths = none });
}

static int rests_without(void)
{
	return rests(NULL);
}

static void a_world_rests_when_all_in_it_sleep(void **state)
{
	(void)state;
	need_root();
	alone(rests_in_a_sandbox);
	alone(rests_without);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_hides_in_a_world_ends_with_world_done),
		cmocka_unit_test(a_killed_program_leaves_no_process_and_no_namespace),
		cmocka_unit_test(a_world_rests_when_all_in_it_sleep),
	};

	if (argc == 2 && !strcmp(argv[1], "--victim"))
		_exit(be_victim(false));
	if (argc == 2 && !strcmp(argv[1], "--victim-ends"))
		_exit(be_victim(true));
	self = realpath("/proc/self/exe", NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
