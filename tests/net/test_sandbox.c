/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "sim/world/netns.h"
#include "tests/support/alone.h"
#include "tests/support/folder.h"

#define USER 61234 /* nobody has this number */

/* What the prisoner is told of the world outside. */
struct outside {
	char prisoner[PATH_MAX], work[256], beside[256], secret[256], socket[100], port[16];
};

static struct outside outside;

/* Listens on the loopback of the test's own network namespace, and by path. */
static void listen_outside(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	snprintf(outside.port, sizeof(outside.port), "%d", ntohs(in.sin_port));
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(un.sun_path, sizeof(un.sun_path), "%.99s", outside.socket);
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(chmod(outside.socket, 0777), 0);
}

static int prepare(void **state)
{
	FILE *f;

	(void)state;
	snprintf(outside.work, sizeof(outside.work), "%s/work", folder());
	snprintf(outside.beside, sizeof(outside.beside), "%s/beside", folder());
	snprintf(outside.secret, sizeof(outside.secret), "%s/secret", folder());
	snprintf(outside.socket, sizeof(outside.socket), "%s/socket", folder());
	assert_non_null(realpath("build/tests/subject/prisoner", outside.prisoner));
	assert_int_equal(chmod(folder(), 0755), 0);
	mkdir(outside.work, 0755);
	mkdir(outside.beside, 0777);
	chmod(outside.beside, 0777);
	f = fopen(outside.secret, "w");
	assert_non_null(f);
	fputs("secret\n", f);
	fclose(f);
	listen_outside();
	setenv("CI_SECRET_TOKEN", "hunter2", 1);
	return 0;
}

/* Runs the prisoner, in a sandbox or in none, and gives what it could do. */
static int run_prisoner(bool is_held, char *text, size_t size)
{
	const char *const argv[] = { outside.prisoner, outside.port,   outside.socket,
				     outside.beside,   outside.secret, NULL };
	const char *const paths[] = { outside.prisoner, NULL };
	const char *const env[] = { "OWN=1", NULL };
	struct sandbox_plan plan = { .work = outside.work, .paths = paths };
	struct spawn s = { .argv = argv, .env = env, .netns = -1, .core = -1 };
	struct err e = { .text = "" };
	struct world w;
	int r = made_world(world_init_alone(&w, is_held ? &plan : NULL, &e), &e);

	if (r)
		return r;
	if (is_held) {
		if (*sandbox_lacks(w.hosts[0].sandbox))
			fprintf(stderr, "not whole: %s\n", sandbox_lacks(w.hosts[0].sandbox));
		want(!*sandbox_lacks(w.hosts[0].sandbox) || !must_work());
	} else {
		want(netns_new(&w.hosts[0].netns, &e) == 0);
	}
	s.folder = is_held ? sandbox_folder(w.hosts[0].sandbox) : outside.work;
	want(output(&w, &s, text, size) == 0);
	world_done(&w);
	return 0;
}

static int check_held(void)
{
	char text[8192];

	int r = run_prisoner(true, text, sizeof(text));

	if (r)
		return r;
	if (strcmp(text, "tried\n") != 0)
		fprintf(stderr, "it could:\n%s", text);
	want(strcmp(text, "tried\n") == 0);
	return 0;
}

/* Others may not go through it. It is where nothing is laid over all that there is; who may not
 * make it there has one that is. */
static char home[300];

static int make_home(void **state)
{
	(void)state;
	snprintf(home, sizeof(home), "/opt/sigfault-XXXXXX");
	if (mkdtemp(home))
		return 0;
	snprintf(home, sizeof(home), "%s/home-XXXXXX", folder());
	return mkdtemp(home) ? 0 : -1;
}

static int remove_home(void **state)
{
	char text[sizeof(home) + 16];

	(void)state;
	snprintf(text, sizeof(text), "rm -r '%s'", home);
	return system(text);
}

static int check_closed(void)
{
	char program[400], beside[400], text[256];
	const char *const argv[] = { "/bin/sh", "-c",	"\"$0\" && ls \"$1\"; ls \"$2\"",
				     program,	beside, home,
				     NULL };
	const char *const paths[] = { home, program, NULL };
	struct sandbox_plan plan = { .paths = paths };
	struct spawn s = { .argv = argv, .netns = -1, .core = -1 };
	struct err e = { .text = "" };
	struct world w;
	int r;

	snprintf(program, sizeof(program), "%s/tool", home);
	snprintf(beside, sizeof(beside), "%s/tool-secret", home);
	want(chdir(home) == 0 && system("cp /bin/true tool && cp tool tool-secret") == 0);
	r = made_world(world_init_alone(&w, &plan, &e), &e);
	if (r)
		return r;
	s.folder = sandbox_folder(w.hosts[0].sandbox);
	want(output(&w, &s, text, sizeof(text)) == 0);
	if (geteuid() == 0)
		want(strstr(text, "No such file") && strstr(text, "\ntool\n"));
	world_done(&w);
	return 0;
}

static int check_held_as_user(void)
{
	if (geteuid() == 0) {
		/* What is the user's own is no secret to him: files of others are. */
		strcat(outside.work, "-of-user");
		want(chmod(outside.secret, 0600) == 0 && mkdir(outside.work, 0755) == 0 &&
		     chown(outside.work, USER, USER) == 0);
		want(become_user(USER) == 0);
	}
	return check_held();
}

/* The prisoner is no proof unless it gets out where nothing holds it. */
static int check_free(void)
{
	static const char *const gets[] = { "mount\n",
					    "bpf\n",
					    "unshare a mount namespace\n",
					    "reach a unix socket\n",
					    "write beside its folder\n",
					    "write into /etc\n",
					    "read a secret\n",
					    "see CI_SECRET_TOKEN\n",
					    "open a packet socket\n",
					    "enter a network namespace\n" };
	char text[8192];

	if (geteuid() != 0)
		return SKIPPED;
	want(run_prisoner(false, text, sizeof(text)) == 0);
	for (size_t i = 0; i < sizeof(gets) / sizeof(gets[0]); i++) {
		if (!strstr(text, gets[i]))
			fprintf(stderr, "it could not %s", gets[i]);
		want(strstr(text, gets[i]) != NULL);
	}
	return 0;
}

static void a_program_in_the_sandbox_gets_nowhere(void **state)
{
	(void)state;
	alone(check_held);
}

static void do_nothing(int sig)
{
	(void)sig;
}

/* An interrupt, which may come at any moment of it. */
static int check_interrupted(void)
{
	struct sandbox_plan plan = { .work = outside.work };
	struct sigaction sa = { .sa_handler = do_nothing };
	struct timespec moment = { 0, 20000 };
	struct err e = { .text = "" };
	pid_t parent = getpid(), pid;
	struct world w;
	int r;

	sigaction(SIGUSR1, &sa, NULL);
	pid = fork();
	while (pid == 0 && getppid() == parent) {
		kill(parent, SIGUSR1);
		nanosleep(&moment, NULL);
	}
	if (pid == 0)
		_exit(0);
	r = world_init_alone(&w, &plan, &e);
	if (r < 0)
		say(&e);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	want(r == 0);
	world_done(&w);
	return 0;
}

static void signals_do_not_disturb_its_making(void **state)
{
	(void)state;
	alone(check_interrupted);
}

static void nor_does_one_that_an_ordinary_user_runs(void **state)
{
	(void)state;
	alone(check_held_as_user);
}

static void a_program_in_a_closed_folder_is_alone_there(void **state)
{
	(void)state;
	alone(check_closed);
}

static void without_the_sandbox_it_gets_out_in_every_way(void **state)
{
	(void)state;
	alone(check_free);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_in_the_sandbox_gets_nowhere),
		cmocka_unit_test(nor_does_one_that_an_ordinary_user_runs),
		cmocka_unit_test_setup_teardown(a_program_in_a_closed_folder_is_alone_there,
						make_home, remove_home),
		cmocka_unit_test(signals_do_not_disturb_its_making),
		cmocka_unit_test(without_the_sandbox_it_gets_out_in_every_way),
	};

	return cmocka_run_group_tests(tests, prepare, folder_remove);
}
