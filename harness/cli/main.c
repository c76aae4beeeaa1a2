/* SPDX-License-Identifier: BSD-2-Clause */
/* main.c - the program. The only place that prints errors. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/cell/limits.h"
#include "harness/cli/command.h"
#include "harness/text/memory.h"
#include "harness/text/shown.h"
#include "sim/base/clean.h"
#include "sim/base/cleanup.h"

/* Standard files that are closed would get the next ones that are opened: progress would go into
 * the record. Writing to a stdout that was closed still fails. */
static void fill_standard_files(void)
{
	static const int how[] = { O_RDONLY, O_RDONLY, O_WRONLY };

	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", how[fd]) != fd)
			_exit(EXIT_ENVIRONMENT);
}

/* A reader that has gone, a file that may not grow and a stray signal are no reason to lose a run:
 * what cannot be written says so. What is started begins without this (spawn.c). */
static void ignore_signals(void)
{
	static const int ignored[] = { SIGPIPE, SIGXFSZ, SIGUSR1, SIGUSR2 };

	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		signal(ignored[i], SIG_IGN);
}

/* Whatever came of a command that had not the memory for it is not whole. */
static enum exit_status judged(enum exit_status status, struct err *e)
{
	if (!memory_has_ended() || status == EXIT_INTERRUPTED)
		return status;
	if (e->text[0])
		err_prefix(e, MEMORY_ENDED);
	else
		err_set(e, -ENOMEM, MEMORY_ENDED ", and so not all is there");
	return EXIT_ENVIRONMENT;
}

int main(int argc, char **argv)
{
	struct err err = { .text = "" };
	char line[3 * sizeof(err.text)];
	enum exit_status status;

	fill_standard_files();
	ignore_signals();
	limits_raise();
	shown_standard_files();
	memory_watch();
	status = judged(command_line(argc, argv, &err), &err);
	if (err.text[0] && status != EXIT_HELD)
		fprintf(stderr, "sigfault: %s\n", clean_line(err.text, line, sizeof(line)));
	/* A reader that wants no more, like head, is none. */
	if (fflush(stdout) != 0 && errno != EPIPE) {
		fprintf(stderr, "sigfault: cannot write: %s\n", strerror(errno));
		return EXIT_INVALID;
	}
	return (int)status;
}
