/* judge.h - a scenario's expectations, judged on the record.
 *
 * The functions given to expect() and report() run after the cell is over and see its files as `run`:
 *	run:share("servfail", FROM, TO [, { class = "signed" }])	sum of a column over sum of queries, FROM and TO as "HH:MM" or ISO
 *	run:count("queries", FROM, TO [, filter])	sum of a column
 *	run:curve("servfail" [, { class = … }])	{ t = {…}, value = {…} }
 *	run:metric(NAME [, FROM, TO])	like curve(), from metrics.csv
 *	run:ede([FROM, TO])	{ [code] = count }
 *	run:upstream([FROM, TO [, { zone = "de." }]])	queries, answers, dropped
 *	run.mitigation, run.resolver, run.version, run.clock, run.seed
 * A column that does not exist is an error, never a silent pass. */
#pragma once

#include "sim/scenario.h"

struct verdict {
	char text[256];
	bool held;
	char message[512]; /* why not, or what went wrong while judging */
};

struct judge_cell {
	const char *folder, *resolver, *version, *mitigation, *clock;
};

/* Judges what applies to this cell: *ret has *count verdicts, to be freed. Expectations and report() functions print to `out`. An expectation that
 * raises an error did not hold, and says so. */
int judge_cell(struct scenario *s, const struct judge_cell *c, FILE *out, struct verdict **ret,
	       unsigned *count, struct err *e);
