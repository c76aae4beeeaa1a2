/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/progress.h"

#include <stdio.h>
#include <string.h>

#include "sim/clock/clock.h"

#define REDRAW 0.25 /* seconds between two looks on a terminal */
#define LINES 12 /* in a run, elsewhere */

void progress_init(struct progress *p, const char *resolver, const char *mitigation, bool quiet,
		   bool terminal)
{
	*p = (struct progress){ .quiet = quiet, .terminal = terminal };
	snprintf(p->who, sizeof(p->who), "%s-%s", resolver, mitigation);
}

void progress_start(struct progress *p, simtime from, simtime to)
{
	p->from = from;
	p->to = to;
	p->next_line = from + (to - from) / LINES;
	p->began = clock_machine_seconds();
}

static void print_state(struct progress *p, simtime now, const struct record_totals *t)
{
	double wall = clock_machine_seconds() - p->began;
	double speed = wall > 0 ? (double)(now - p->from) / (double)SECOND / wall : 0;
	char text[32], share[16] = "-";

	simtime_text(now, text);
	if (t->servfail_share_now >= 0)
		snprintf(share, sizeof(share), "%.1f %%", 100 * t->servfail_share_now);
	fprintf(stderr, "%s%s  %.19s  %.0fx  %llu queries  SERVFAIL %s%s", p->terminal ? "\r" : "",
		p->who, text, speed, (unsigned long long)t->queries, share,
		p->terminal ? "\033[K" : "\n");
}

void progress_tick(struct progress *p, simtime now, struct record_totals totals)
{
	double wall;

	if (p->quiet)
		return;
	if (!p->terminal) {
		if (now < p->next_line)
			return;
		p->next_line += (p->to - p->from) / LINES;
		print_state(p, now, &totals);
		return;
	}
	wall = clock_machine_seconds();
	if (wall - p->shown < REDRAW)
		return;
	p->shown = wall;
	p->is_open = true;
	print_state(p, now, &totals);
}

void progress_case(struct progress *p, unsigned number, unsigned count, const char *name)
{
	unsigned step = count > LINES ? count / LINES : 1;

	if (p->quiet || (!p->terminal && number % step))
		return;
	p->is_open = p->terminal;
	fprintf(stderr, "%s%s  case %u of %u  %s%s", p->terminal ? "\r" : "", p->who, number + 1,
		count, name, p->terminal ? "\033[K" : "\n");
}

void progress_stop(struct progress *p)
{
	if (p->is_open)
		fputc('\n', stderr);
	p->is_open = false;
}

void progress_event(struct progress *p, simtime at, const char *what)
{
	char text[32];

	if (p->quiet)
		return;
	if (p->is_open)
		fputs("\r\033[K", stderr);
	p->is_open = false;
	fprintf(stderr, "%s  %.19s  %s\n", p->who, simtime_text(at, text), what);
}
