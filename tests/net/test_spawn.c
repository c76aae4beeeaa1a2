/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/support/alone.h"

static int check_spawn(void)
{
	const char *const argv[] = {
		"sh", "-c",
		"pwd; echo $GREETING; cat <&5; cat <&7; ls /proc/self/fd | tr '\\n' ' '; nice; "
		"grep -c SigIgn.*0000 /proc/self/status; "
		"read pid name state parent group session rest </proc/self/stat; "
		"test $group = $pid && echo of its own",
		NULL
	};
	const char *const env[] = { "GREETING=hello world", NULL };
	int one[2], two[2], r;
	char text[4096];
	struct world w;

	/* The two swap numbers: 5 here is 7 there. */
	want(pipe(one) == 0 && pipe(two) == 0);
	want(write(one[1], "one\n", 4) == 4 && write(two[1], "two\n", 4) == 4);
	close(one[1]);
	close(two[1]);
	want(dup2(one[0], 107) == 107 && dup2(two[0], 105) == 105);
	want(dup2(105, 5) == 5 && dup2(107, 7) == 7);
	r = make_world(&w);
	if (r)
		return r;
	signal(SIGPIPE, SIG_IGN);
	want(setpriority(PRIO_PROCESS, 0, 3) == 0); /* as a user has it who began us by nice(1) */
	spawn_step_back(5);

	const int keep[][2] = { { 7, 5 }, { 5, 7 } };
	struct spawn s = { .argv = argv,
			   .folder = "/usr",
			   .env = env,
			   .keep = keep,
			   .keep_count = 2,
			   .netns = -1,
			   .core = 0 };

	want(output(&w, &s, text, sizeof(text)) == 0);
	want(!strcmp(text, "/usr\nhello world\none\ntwo\n0 1 2 3 5 7 3\n1\nof its own\n"));
	world_done(&w);
	return 0;
}

static void a_program_gets_its_folder_environment_and_files_and_nothing_else(void **state)
{
	(void)state;
	alone(check_spawn);
}

static int check_dead_world(void)
{
	const char *const argv[] = { "true", NULL };
	struct spawn s = { .argv = argv, .folder = "/", .netns = -1, .core = -1 };
	struct world w;
	siginfo_t info;
	struct err e;
	int r = make_world(&w);

	if (r)
		return r;
	kill(w.init, SIGKILL);
	want(waitid(P_PID, (id_t)w.init, &info, WEXITED | WNOWAIT) == 0);
	want(spawn_start(&w, &s, &e) == -ECHILD);
	want(strstr(e.text, "'sigfault-init', has ended") != NULL);
	world_done(&w);
	return 0;
}

/* The kernel calls it want of memory, which would be the machine's. */
static void a_world_whose_first_process_has_ended_is_told_to_have(void **state)
{
	(void)state;
	alone(check_dead_world);
}

static int check_place(void)
{
	const char *const argv[] = { "readlink", "/proc/self/ns/net", NULL };
	struct spawn s = { .argv = argv, .netns = -1, .core = -1 };
	char text[256], wanted[256];
	struct stat st;
	struct world w;
	int r = make_world(&w);

	if (r)
		return r;
	want(output(&w, &s, text, sizeof(text)) == 0);
	want(fstat(w.hosts[0].netns, &st) == 0);
	snprintf(wanted, sizeof(wanted), "net:[%lu]\n", (unsigned long)st.st_ino);
	want(!strcmp(text, wanted));
	s.netns = w.clients;
	want(output(&w, &s, text, sizeof(text)) == 0);
	want(fstat(w.clients, &st) == 0);
	snprintf(wanted, sizeof(wanted), "net:[%lu]\n", (unsigned long)st.st_ino);
	want(!strcmp(text, wanted));
	world_done(&w);
	return 0;
}

static void a_program_runs_where_it_is_told_to(void **state)
{
	(void)state;
	alone(check_place);
}

static int check_missing(void)
{
	const char *const missing[] = { "/no/such/program", NULL };
	const char *const there[] = { "true", NULL };
	struct spawn s = { .argv = missing, .out = -1, .netns = -1, .core = -1 };
	struct err e = { .text = "" };
	struct world w;
	int r = make_world(&w);

	if (r)
		return r;
	want(spawn_start(&w, &s, &e) == -ENOENT);
	want(!strcmp(e.text, "cannot run '/no/such/program': No such file or directory"));
	s.argv = there;
	s.folder = "/no/such/folder";
	want(spawn_start(&w, &s, &e) == -ENOENT && strstr(e.text, "/no/such/folder"));
	s.folder = NULL;
	s.core = 1000;
	want(spawn_start(&w, &s, &e) == -EINVAL && strstr(e.text, "core 1000"));
	want(waitpid(-1, NULL, WNOHANG) == 0); /* init is all there is */
	world_done(&w);
	want(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
	return 0;
}

static void a_program_that_cannot_run_is_told_by_a_sentence(void **state)
{
	(void)state;
	alone(check_missing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_world_whose_first_process_has_ended_is_told_to_have),
		cmocka_unit_test(a_program_gets_its_folder_environment_and_files_and_nothing_else),
		cmocka_unit_test(a_program_runs_where_it_is_told_to),
		cmocka_unit_test(a_program_that_cannot_run_is_told_by_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
