/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/cleanup.h"

extern char **environ;

static struct {
	pid_t owner, pid; /* who started it; 0: nobody has */
	int script; /* what it reads */
	int words, drawing; /* memory that it writes into: what it says, what it draws */
	int answer; /* what it answers, after each script */
	int answers; /* the number that this has there */
} gnuplot = { .script = -1, .words = -1, .drawing = -1, .answer = -1 };

/* Its exit status, once it has nothing left to read. */
static int end_gnuplot(void)
{
	bool is_ours = gnuplot.pid > 0 && gnuplot.owner == getpid();
	int status = 0;

	closep(&gnuplot.script);
	closep(&gnuplot.words);
	closep(&gnuplot.drawing);
	closep(&gnuplot.answer);
	while (is_ours && waitpid(gnuplot.pid, &status, 0) < 0)
		if (errno != EINTR)
			break;
	gnuplot.pid = 0;
	gnuplot.script = gnuplot.words = gnuplot.drawing = gnuplot.answer = -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

void gnuplot_end(void)
{
	end_gnuplot();
}

/* Those that a script names keep their numbers. */
static int spawn_gnuplot(int script)
{
	char *const argv[] = { "gnuplot", "--default-settings", "-", NULL };
	posix_spawn_file_actions_t actions;
	int rc = posix_spawn_file_actions_init(&actions);

	if (rc)
		return -rc;
	posix_spawn_file_actions_adddup2(&actions, script, 0);
	posix_spawn_file_actions_adddup2(&actions, gnuplot.words, 1);
	posix_spawn_file_actions_adddup2(&actions, gnuplot.words, 2);
	posix_spawn_file_actions_adddup2(&actions, gnuplot.drawing, gnuplot.drawing);
	posix_spawn_file_actions_adddup2(&actions, gnuplot.answers, gnuplot.answers);
	rc = posix_spawnp(&gnuplot.pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return -rc;
}

/* All but what it reads. */
static int open_others(void)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	gnuplot.answer = ends[0];
	gnuplot.answers = ends[1];
	gnuplot.words = memfd_create("words", MFD_CLOEXEC);
	gnuplot.drawing = memfd_create("drawing", MFD_CLOEXEC);
	return gnuplot.words < 0 || gnuplot.drawing < 0 ? -errno : 0;
}

static int start_gnuplot(void)
{
	static bool ends;
	int pair[2], rc;

	end_gnuplot();
	if (!ends)
		ends = atexit(gnuplot_end) == 0;
	gnuplot.owner = getpid();
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	gnuplot.script = pair[0];
	rc = open_others();
	if (rc == 0)
		rc = spawn_gnuplot(pair[1]);
	close(pair[1]);
	if (gnuplot.answer >= 0)
		close(gnuplot.answers); /* that it has no other writer tells when it is no more */
	if (rc < 0) {
		gnuplot.pid = 0;
		end_gnuplot();
	}
	return rc;
}

/* It may end while it reads: its answer is missing then. */
static void send_text(const char *text, size_t len)
{
	for (ssize_t n; len; text += n, len -= (size_t)n) {
		n = send(gnuplot.script, text, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			n = 0;
		else if (n <= 0)
			return;
	}
}

/* It goes on behind an error, and remembers it. A file that it closes is whole. */
static void send_script(FILE *script)
{
	char part[4096];
	size_t n;

	n = (size_t)snprintf(part, sizeof(part), "set output \"/proc/self/fd/%d\"\n",
			     gnuplot.drawing);
	send_text(part, n);
	rewind(script);
	while ((n = fread(part, 1, sizeof(part), script)) > 0)
		send_text(part, n);
	n = (size_t)snprintf(part, sizeof(part),
			     "\nset output\nset print \"/proc/self/fd/%d\"\nprint GPVAL_ERRNO\n"
			     "set print\nreset session\n",
			     gnuplot.answers);
	send_text(part, n);
}

/* "0" and the end of the line. */
static bool has_drawn(void)
{
	char answer[16];
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(answer) && (!len || answer[len - 1] != '\n')) {
		n = read(gnuplot.answer, answer + len, sizeof(answer) - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		len += (size_t)n;
	}
	return len == 2 && answer[0] == '0';
}

/* What it wrote, which is forgotten. */
static int take(int memory, FILE *to)
{
	char part[4096];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(memory, part, sizeof(part), at)) > 0) {
		fwrite(part, 1, (size_t)n, to);
		at += n;
	}
	if (n < 0 || fflush(to) == EOF || ftruncate(memory, 0) < 0 ||
	    lseek(memory, 0, SEEK_SET) < 0)
		return -errno;
	return 0;
}

int gnuplot_run(FILE *script, FILE *drawing, FILE *complaints)
{
	int rc = gnuplot.pid > 0 && gnuplot.owner == getpid() ? 0 : start_gnuplot();
	bool has_failed;

	if (rc < 0)
		return rc;
	send_script(script);
	has_failed = !has_drawn();
	rc = take(gnuplot.words, complaints);
	if (has_failed)
		return end_gnuplot() ?: 1;
	return rc == 0 ? take(gnuplot.drawing, drawing) : rc;
}
