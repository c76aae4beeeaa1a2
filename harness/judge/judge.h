/* SPDX-License-Identifier: BSD-2-Clause */
/* judge.h - a scenario's expectations, and what it knows of resolvers, judged on the record.
 *
 * The functions given to expect(), knows() and report() run after the cell is over and see its
 * files as `run`:
 *	run:share("servfail", FROM, TO [, { class = "signed" }])	sum of a column / sum of queries
 *	run:count("queries", FROM, TO [, filter])	sum of a column
 *	run:curve("servfail" [, { class = … }])	{ t = {…}, value = {…} }
 *	run:metric(NAME [, FROM, TO])	like curve(), from metrics.csv
 *	run:ede([FROM, TO])	{ [code] = count }, code -1: SERVFAIL without one
 *	run:upstream([FROM, TO [, { zone = "de." }]])	queries, answers, dropped
 *	run.mitigation, run.resolver, run.version, run.clock, run.seed
 * FROM and TO are "HH:MM", ISO 8601, or seconds since the start as the `t` of curves; the bins
 * that begin in [FROM, TO) count. A column, class, metric or field that does not exist is an
 * error, and so is a share of no queries or a count of no bins: never a silent pass. After its
 * cell was judged a `run` is closed. The message of an expectation that returns only false is what
 * share() and count() told it last (telling.h). */
#pragma once

#include "sim/language/scenario.h"

/* On an expectation; or, where `known` is set, on what is known of the cell's resolver. */
struct verdict {
	char text[256];
	bool held;
	char message[512]; /* why not, or what went wrong while judging */
	const struct knowledge *known; /* of the scenario, lent; NULL: it is an expectation */
	bool version_known; /* else `known` is neither as known nor otherwise */
};

struct judge_cell {
	const char *folder, *resolver, *version, *mitigation, *clock;
	const char *kind; /* the driver's name, which knows() goes by */
};

/* Calls every expectation, knows() and report() function on a trial record before anything is started: its
 * words check the instants, columns and classes that they are told, and give 0 or 1 in several
 * rounds, so that most branches are gone through; what a function makes of that does not count. It
 * is done in a process of its own, which leaves the script as it is. `resolver` is what
 * `run.resolver` says. -EINVAL: file:line of one that cannot be. */
int judge_check(struct scenario *s, const char *resolver, const char *mitigation, struct err *e);

/* Judges what applies to this cell: *ret has *count verdicts, to be freed, in the scenario's
 * order, those on knowledge behind those on expectations; a report() function that fails adds one of
 * its own. What is known of another resolver, or of other versions of this one, has no verdict. What expectations and report()
 * functions print becomes the cell's report.txt. An expectation that raises an error did not hold,
 * and says so. */
int judge_cell(struct scenario *s, const struct judge_cell *c, struct verdict **ret,
	       unsigned *count, struct err *e);
