/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/rollover/rollover.h"

#include <errno.h>
#include <string.h>

#include "harness/rollover/rollover_json.h"
#include "harness/rollover/rollover_proof.h"
#include "harness/rollover/rollover_read.h"
#include "harness/rollover/rollover_text.h"
#include "sim/base/shipped.h"
#include "sim/language/rollover_script.h"

struct dry_run {
	const struct rollover_options *options;
	struct rollover *plan;
	struct rollover_analysis analysis;
	struct rollover_steps steps;
	struct rollover_nexts nexts;
	struct rollover_proof proof;
};

/* Findings that count: --lenient leaves out what only strict validators mind; they are the last. */
static void leave_out_strict(struct rollover_analysis *a)
{
	while (a->finding_count && a->findings[a->finding_count - 1].strict)
		a->finding_count--;
}

static int analyse(struct dry_run *d, struct err *e)
{
	int r = rollover_analyse(d->plan, &d->analysis, e);

	if (r == 0)
		r = rollover_steps_make(d->plan, &d->analysis, &d->steps, e);
	if (r == 0)
		r = rollover_next_make(d->plan, &d->nexts, e);
	if (r == 0 && d->options->lenient)
		leave_out_strict(&d->analysis);
	return r;
}

static enum exit_status prove(struct dry_run *d, struct err *e)
{
	const struct rollover_options *o = d->options;
	enum exit_status status;

	if (o->no_proof)
		return EXIT_HELD;
	status = rollover_prove(d->plan, &d->analysis, &d->steps, o->resolvers, o->folder,
				&d->proof, e);
	if (status == EXIT_ENVIRONMENT && e->text[0])
		err_prefix(e, "the plan is judged, but not proven (--no-proof leaves it at that)");
	return status;
}

/* For people the analysis comes at once, and the proof when it is done. */
static enum exit_status tell(struct dry_run *d, struct err *e)
{
	const struct rollover_options *o = d->options;
	enum exit_status status;

	if (!o->json) {
		rollover_print(d->plan, &d->analysis, &d->steps, &d->nexts, stdout);
		fflush(stdout);
	}
	status = prove(d, e);
	if (o->json && rollover_json_print(d->plan, &d->analysis, &d->steps, &d->nexts,
					   o->no_proof || status != EXIT_HELD ? NULL : &d->proof,
					   stdout, e) < 0)
		return EXIT_INVALID;
	if (!o->json && !o->no_proof && status == EXIT_HELD)
		rollover_proof_print(d->plan, &d->analysis, &d->steps, &d->proof, stdout);
	return status;
}

/* A plan that is safe must not fail on the resolver either. */
static enum exit_status verdict(const struct dry_run *d)
{
	bool failed = d->analysis.finding_count;

	for (unsigned i = 0; i < d->proof.trial_count; i++)
		failed |= !d->analysis.finding_count &&
			  d->proof.trials[i].right < d->proof.samples.count;
	return failed ? EXIT_NOT_HELD : EXIT_HELD;
}

enum exit_status rollover_command(const struct rollover_options *o, struct err *e)
{
	static struct dry_run d;
	const struct rollover_input in = { .name = o->plan,
					   .options = &o->scenario_options,
					   .at = o->at,
					   .server = o->server,
					   .parent_server = o->parent_server,
					   .policy = o->policy };
	enum exit_status status = EXIT_USAGE;
	int r;

	d.options = o;
	r = rollover_read(&in, stderr, &d.plan, e);
	if (r == -EIO)
		status = EXIT_ENVIRONMENT;
	if (r == 0)
		r = analyse(&d, e);
	if (r == 0) {
		status = tell(&d, e);
		status = status == EXIT_HELD ? verdict(&d) : status;
	}
	rollover_steps_done(&d.steps);
	rollover_analysis_done(&d.analysis);
	rollover_free(d.plan);
	return status;
}

static void print_plan(const char *name, void *out)
{
	_cleanup_(rollover_freep) struct rollover *r = NULL;
	struct err e = { .text = "" };

	if (rollover_script_load(name, NULL, &r, &e) < 0)
		fprintf(out, "%-24s %s\n", name, e.text);
	else
		fprintf(out, "%-24s %s\n", name, r->title);
}

int rollover_list(FILE *out, struct err *e)
{
	return shipped_each(SHIPPED_ROLLOVERS, print_plan, out)
		       ? err_set(e, -ENOENT, "the shipped plans are not there")
		       : 0;
}
