/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/watch.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/cleanup.h"
#include "sim/clock/clock.h"

#define REDRAW 0.25 /* seconds between two looks on a terminal */
#define LINES 12 /* in a run, elsewhere */

void watch_init(struct watch *w, const char *resolver, const char *mitigation, bool quiet,
		bool terminal)
{
	*w = (struct watch){ .quiet = quiet, .terminal = terminal };
	snprintf(w->who, sizeof(w->who), "%s-%s", resolver, mitigation);
}

void watch_start(struct watch *w, simtime from, simtime to)
{
	w->from = from;
	w->to = to;
	w->next_line = from + (to - from) / LINES;
	w->began = clock_machine_seconds();
}

static void print_state(struct watch *w, simtime now, const struct record_totals *t)
{
	double wall = clock_machine_seconds() - w->began;
	double speed = wall > 0 ? (double)(now - w->from) / (double)SECOND / wall : 0;
	char text[32], share[16] = "-";

	simtime_text(now, text);
	if (t->servfail_share_now >= 0)
		snprintf(share, sizeof(share), "%.1f %%", 100 * t->servfail_share_now);
	fprintf(stderr, "%s%s  %.19s  %.0fx  %llu queries  SERVFAIL %s%s", w->terminal ? "\r" : "",
		w->who, text, speed, (unsigned long long)t->queries, share,
		w->terminal ? "\033[K" : "\n");
}

void watch_tick(struct watch *w, simtime now, struct record_totals totals)
{
	double wall;

	if (w->quiet)
		return;
	if (!w->terminal) {
		if (now < w->next_line)
			return;
		w->next_line += (w->to - w->from) / LINES;
		print_state(w, now, &totals);
		return;
	}
	wall = clock_machine_seconds();
	if (wall - w->shown < REDRAW)
		return;
	w->shown = wall;
	w->is_open = true;
	print_state(w, now, &totals);
}

void watch_case(struct watch *w, unsigned number, unsigned count, const char *name)
{
	unsigned step = count > LINES ? count / LINES : 1;

	if (w->quiet || (!w->terminal && number % step))
		return;
	w->is_open = w->terminal;
	fprintf(stderr, "%s%s  case %u of %u  %s%s", w->terminal ? "\r" : "", w->who, number + 1,
		count, name, w->terminal ? "\033[K" : "\n");
}

void watch_stop(struct watch *w)
{
	if (w->is_open)
		fputc('\n', stderr);
	w->is_open = false;
}

void watch_event(struct watch *w, simtime at, const char *what)
{
	char text[32];

	if (w->quiet)
		return;
	if (w->is_open)
		fputs("\r\033[K", stderr);
	w->is_open = false;
	fprintf(stderr, "%s  %.19s  %s\n", w->who, simtime_text(at, text), what);
}

struct watch_process watch_process(pid_t pid)
{
	unsigned long pages;
	_cleanup_(fclosep) FILE *stat = NULL;
	struct watch_process u = { 0 };
	char path[64], line[1024];
	const char *rest;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	stat = fopen(path, "re");
	if (!stat || !fgets(line, sizeof(line), stat))
		return u;
	rest = strrchr(line, ')'); /* the name may hold anything */
	if (!rest || sscanf(rest,
			    ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
			    "%*d %*d %*u %*u %lu",
			    &pages) != 1)
		return u;
	u.known = true;
	u.cpu_seconds = (double)clock_cpu_time(pid) / (double)SECOND;
	u.rss_bytes = (double)pages * (double)sysconf(_SC_PAGESIZE);
	return u;
}
