/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "harness/cell/display.h"
#include "tests/support/test.h"

/* 2026-05-05T21:15Z */
#define THEN (1778015700LL * SECOND)

static struct display *display;
static struct progress cells[2];
static FILE *out;
static int reader;
static char text[1 << 16];
static struct err err;

static void begin(void)
{
	assert_int_equal(display_new(out, false, 2, NULL, &display, &err), 0);
	for (unsigned i = 0; i < 2; i++) {
		display_begin(display, i, i ? "bind-none" : "unbound-nta");
		progress_init(&cells[i], display_socket(display), i);
		progress_start(&cells[i], THEN - 63 * MINUTE, THEN + 37 * MINUTE);
		cells[i].began -= 15.5; /* it has run for so long */
	}
}

/* Out of a file: every line is whole. */
static void begin_in_a_file(void)
{
	out = tmpfile();
	assert_non_null(out);
	reader = dup(fileno(out));
	begin();
}

static void begin_on_a_terminal(const char *columns)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	struct termios raw;

	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	assert_int_equal(tcgetattr(slave, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(slave, TCSANOW, &raw), 0);
	setenv("TERM", "xterm", 1);
	setenv("COLUMNS", columns, 1);
	out = fdopen(slave, "w");
	reader = master;
	assert_int_equal(fcntl(master, F_SETFL, O_NONBLOCK), 0);
	begin();
}

#define END '\x1e'

/* A terminal hands on what it is given when the machine has time for it. */
static size_t read_terminal(void)
{
	struct pollfd p = { reader, POLLIN, 0 };
	size_t len = 0;

	fputc(END, out);
	fflush(out);
	while (!len || text[len - 1] != END) {
		ssize_t n;

		assert_int_equal(poll(&p, 1, 60000), 1);
		n = read(reader, text + len, sizeof(text) - 1 - len);
		assert_true(n > 0);
		len += (size_t)n;
	}
	return len - 1;
}

/* What a person saw so far. */
static const char *seen(void)
{
	ssize_t n;

	fflush(out);
	if (isatty(fileno(out))) {
		n = (ssize_t)read_terminal();
	} else {
		lseek(reader, 0, SEEK_SET);
		n = read(reader, text, sizeof(text) - 1);
	}
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void end(void)
{
	display_free(display);
	fclose(out);
	close(reader);
}

static void tick(unsigned cell, simtime at, double servfail)
{
	progress_tick(&cells[cell], at,
		      &(struct record_totals){ .queries = 12, .servfail_share_now = servfail });
}

static void a_cell_has_a_line_on_a_terminal_and_all_have_their_sum(void **state)
{
	sigset_t none;

	(void)state;
	sigemptyset(&none);
	begin_on_a_terminal("80");
	cells[0].next_line = SIMTIME_NEVER;
	tick(0, THEN, 0.88);
	display_wait(display, &none);
	seen();
	assert_non_null(strstr(text, "unbound-nta  63 %  21:15  SERVFAIL 88 %  ~9"));
	assert_non_null(strstr(text, "bind-none  0 %\n"));
	assert_non_null(strstr(text, "0 of 2 cells  32 %"));
	end();
}

static void lines_are_drawn_over_and_events_stand_above_them(void **state)
{
	sigset_t none;

	(void)state;
	sigemptyset(&none);
	begin_on_a_terminal("80");
	tick(0, THEN, -1);
	display_wait(display, &none);
	progress_event(&cells[1], THEN, "nta de.");
	display_wait(display, &none);
	seen();
	assert_non_null(strstr(text, "\033[3A\r\033[Jbind-none  2026-05-05T21:15:00  nta de.\n"));
	display_end(display, 0);
	seen();
	assert_null(strstr(text, "unbound-nta"));
	assert_non_null(strstr(text, "1 of 2 cells  50 %"));
	end();
}

static void no_line_is_wider_than_the_terminal(void **state)
{
	sigset_t none;

	(void)state;
	sigemptyset(&none);
	begin_on_a_terminal("44");
	for (unsigned i = 0; i < 2; i++)
		progress_case(&cells[i], 3, 9,
			      "a-case-with-a-name-that-is-as-long-as-names-may-ever-be");
	display_wait(display, &none);
	seen();
	assert_non_null(strstr(text, "case 4 of 9  a-case-"));
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(strlen(line) < 44);
	end();
}

/* Two cells that tell of themselves at the same time. */
static void elsewhere_every_line_is_whole_and_names_its_cell(void **state)
{
	sigset_t none;
	char *line;
	int lines = 0;

	(void)state;
	sigemptyset(&none);
	begin_in_a_file();
	for (int i = 0; i < 8; i++)
		for (unsigned cell = 0; cell < 2; cell++) {
			progress_event(&cells[cell], THEN, "something happens to everybody");
			tick(cell, THEN + i * MINUTE, 0.5);
			display_wait(display, &none);
		}
	seen();
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), lines++) {
		assert_true(strncmp(line, "unbound-nta  2026", 17) == 0 ||
			    strncmp(line, "bind-none  2026", 15) == 0);
		assert_true(strstr(line, "something happens to everybody") ||
			    strstr(line, "12 queries  SERVFAIL 50.0 %"));
		assert_null(strchr(line, '\033'));
	}
	assert_int_equal(lines, 32);
	end();
}

static void nobody_waits_for_who_does_not_look(void **state)
{
	struct progress alone;

	(void)state;
	begin_in_a_file();
	for (int i = 0; i < 10000; i++) {
		cells[0].next_line = SIMTIME_NEVER;
		cells[0].shown = 0;
		tick(0, THEN, 0);
	}
	end();
	progress_init(&alone, -1, 0);
	progress_start(&alone, THEN, THEN + MINUTE);
	progress_event(&alone, THEN, "nobody looks");
	progress_tick(&alone, THEN + MINUTE, &(struct record_totals){ 0 });
	progress_case(&alone, 0, 1, "nobody looks");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cell_has_a_line_on_a_terminal_and_all_have_their_sum),
		cmocka_unit_test(lines_are_drawn_over_and_events_stand_above_them),
		cmocka_unit_test(no_line_is_wider_than_the_terminal),
		cmocka_unit_test(elsewhere_every_line_is_whole_and_names_its_cell),
		cmocka_unit_test(nobody_waits_for_who_does_not_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
