/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/shell.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "sim/base/cleanup.h"
#include "sim/clock/clock.h"

struct shell sh;

void shell(struct shell *ret, const char *fmt, ...)
{
	char line[8192];
	size_t len = 0, n;
	va_list ap;
	FILE *f;
	int s;

	va_start(ap, fmt);
	n = (size_t)vsnprintf(line, sizeof(line) - 16, fmt, ap);
	va_end(ap);
	assert_true(n < sizeof(line) - 16);
	ret->wall = clock_machine_seconds();
	f = popen(strcat(line, " 2>&1"), "r");
	assert_non_null(f);
	while ((n = fread(ret->out + len, 1, sizeof(ret->out) - 1 - len, f)) > 0)
		len += n;
	ret->out[len] = '\0';
	s = pclose(f);
	ret->wall = clock_machine_seconds() - ret->wall;
	ret->status = WIFSIGNALED(s) ? 128 + WTERMSIG(s) : WEXITSTATUS(s);
}

void ends_with(int status, const char *fmt, ...)
{
	char line[8192];
	size_t len;
	va_list ap;

	va_start(ap, fmt);
	len = (size_t)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	assert_true(len < sizeof(line));
	shell(&sh, "%s", line);
	if (sh.status == status)
		return;
	fprintf(stderr, "%s\n",
		sh.out); /* wholly: fail_msg() cuts what is long, and the reason may come last */
	fail_msg("status %d, not %d: %s", sh.status, status, line);
}

void assert_says(const char *text)
{
	assert_has(sh.out, text);
}

void assert_does_not_say(const char *text)
{
	assert_has_not(sh.out, text);
}

unsigned says_times(const char *text)
{
	return times_in(sh.out, text);
}

/* Splits a line at its commas, in place. CSV as sigfault writes it has no quotes in the columns
 * that tests read. */
static int split(char *line, char **cells, int max)
{
	int n = 0;

	line[strcspn(line, "\r\n")] = '\0';
	for (char *at = line; at && n < max; n++)
		cells[n] = strsep(&at, ",");
	return n;
}

static int index_of(char **cells, int n, const char *name)
{
	for (int i = 0; i < n; i++)
		if (strcmp(cells[i], name) == 0)
			return i;
	fail_msg("no column '%s'", name);
	return -1;
}

double csv_sum(const char *path, const char *column, const char *key, const char *value,
	       double from, double to)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "r");
	char line[4096], *cells[64];
	double sum = 0;
	int n, at, k, t;

	if (!f)
		fail_msg("no file '%s'", path);
	assert_non_null(fgets(line, sizeof(line), f));
	n = split(line, cells, 64);
	at = index_of(cells, n, column);
	t = index_of(cells, n, "t");
	k = key ? index_of(cells, n, key) : -1;
	while (fgets(line, sizeof(line), f)) {
		n = split(line, cells, 64);
		if (n <= at || atof(cells[t]) < from || atof(cells[t]) >= to)
			continue;
		if (k < 0 || strcmp(cells[k], value) == 0)
			sum += atof(cells[at]);
	}
	return sum;
}

double cell_sum(const char *cell, const char *column, double from, double to)
{
	return csv_sum(folder_path("%s/curve.csv", cell), column, "class", "all", from, to);
}

double cell_share(const char *cell, const char *column, double from, double to)
{
	return cell_sum(cell, column, from, to) / cell_sum(cell, "queries", from, to);
}

bool is_too_late(int status, const char *runs, double most)
{
	double late = 0;
	struct shell jq;

	if (status > 1)
		return strstr(sh.out, "too busy for real time") ||
		       strstr(sh.out, "before the scenario began");
	shell(&jq, "jq -s '[.[].cells[].late_seconds // 0] | max' %s/%s/run.json", folder(), runs);
	if (sscanf(jq.out, "%lf", &late) != 1)
		fail_msg("%s", jq.out);
	if (late > most)
		print_message("questions were asked up to %g s late\n", late);
	return late > most;
}
