/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/rollover/rollover.h"

#include <errno.h>
#include <string.h>

#include "harness/rollover/rollover_json.h"
#include "harness/rollover/rollover_proof.h"
#include "harness/rollover/rollover_read.h"
#include "harness/rollover/rollover_recover.h"
#include "harness/rollover/rollover_text.h"
#include "sim/base/shipped.h"
#include "sim/language/rollover_script.h"

struct dry_run {
	const struct rollover_options *options;
	struct rollover *plan;
	struct rollover_analysis analysis;
	struct rollover_steps steps;
	struct rollover_nexts nexts;
	struct rollover_ways ways; /* --recover */
	struct rollover_judged plans[ROLLOVER_WAYS]; /* the plan, or its ways out */
	unsigned plan_count;
	struct rollover_proof proof;
};

static int analyse(struct dry_run *d, struct err *e)
{
	int r = rollover_analyse(d->plan, &d->analysis, e);

	if (r == 0)
		r = rollover_steps_make(d->plan, &d->analysis, &d->steps, e);
	if (r == 0)
		r = rollover_next_make(d->plan, &d->nexts, e);
	if (r == 0 && d->options->lenient)
		rollover_leave_out_strict(&d->analysis);
	return r;
}

static enum exit_status prove(struct dry_run *d, struct err *e)
{
	const struct rollover_options *o = d->options;
	enum exit_status status;

	if (o->no_proof)
		return EXIT_HELD;
	status = rollover_prove(d->plans, d->plan_count, o->resolvers, o->folder, &d->proof, e);
	if (status == EXIT_ENVIRONMENT && e->text[0])
		err_prefix(e, "the plan is judged, but not proven (--no-proof leaves it at that)");
	return status;
}

static int print_json(const struct dry_run *d, bool proven, struct err *e)
{
	const struct rollover_proof *p = proven ? &d->proof : NULL;

	if (d->options->recover)
		return rollover_recover_json(d->plan, &d->ways, d->plans, p, stdout, e);
	return rollover_json_print(&d->plans[0], &d->nexts, p, stdout, e);
}

/* For people the analysis comes at once, and the proof when it is done. */
static enum exit_status tell(struct dry_run *d, struct err *e)
{
	const struct rollover_options *o = d->options;
	enum exit_status status;
	bool proven;

	if (!o->json && o->recover)
		rollover_recover_print(d->plan, &d->ways, stdout);
	else if (!o->json)
		rollover_print(d->plan, &d->analysis, &d->steps, &d->nexts, stdout);
	fflush(stdout);
	status = prove(d, e);
	proven = !o->no_proof && status == EXIT_HELD;
	if (o->json && print_json(d, proven, e) < 0)
		return EXIT_INVALID;
	if (!o->json && proven)
		rollover_proof_print(d->plans, &d->proof, stdout);
	return status;
}

/* A plan that is safe must not fail on the resolver either. */
static enum exit_status verdict(const struct dry_run *d)
{
	bool failed =
		d->options->recover ? rollover_ways_needed(&d->ways) : d->analysis.finding_count;

	for (unsigned i = 0; i < d->proof.trial_count && !failed; i++)
		failed = d->proof.trials[i].right < d->proof.samples.count;
	return failed ? EXIT_NOT_HELD : EXIT_HELD;
}

static void take_plan(struct dry_run *d)
{
	d->plans[0] = (struct rollover_judged){ NULL, d->plan, &d->analysis, &d->steps };
	d->plan_count = 1;
	rollover_samples_make(&d->plans[0], &d->proof.samples);
}

/* From when on ways are looked for: a state's present, or what was said, or the first bogus instant. */
static int recover_from(const struct dry_run *d, simtime *ret, struct err *e)
{
	const struct rollover_analysis *a = &d->analysis;

	*ret = d->plan->from;
	if (d->plan->is_state)
		return 0;
	if (d->options->at && simtime_parse(d->options->at, ret, e) < 0) {
		err_prefix(e, "--at");
		return -EINVAL;
	}
	if (*ret < d->plan->from)
		return err_set(e, -EINVAL, "--at %s is before the plan begins", d->options->at);
	if (!d->options->at && a->finding_count)
		*ret = later(*ret, a->findings[0].bogus.from);
	return 0;
}

static int take_ways(struct dry_run *d, struct err *e)
{
	simtime at;
	int r = recover_from(d, &at, e);

	if (r == 0)
		r = rollover_ways_make(d->plan, at, d->options->lenient, &d->ways, e);
	if (r)
		return r;
	d->plan_count = ROLLOVER_WAYS;
	for (unsigned i = 0; i < ROLLOVER_WAYS; i++) {
		const struct rollover_way *w = &d->ways.list[i];

		d->plans[i] = (struct rollover_judged){ rollover_way_names[i], w->plan,
							&w->analysis, &w->steps };
	}
	if (rollover_ways_needed(&d->ways))
		rollover_samples_ways(&d->ways, &d->proof.samples);
	return 0;
}

enum exit_status rollover_command(const struct rollover_options *o, struct err *e)
{
	static struct dry_run d;
	const struct rollover_input in = { .name = o->plan,
					   .options = &o->scenario_options,
					   .at = o->at,
					   .at_is_of_all = o->recover,
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
	if (r == 0 && o->recover)
		r = take_ways(&d, e);
	else if (r == 0)
		take_plan(&d);
	if (r == 0) {
		status = tell(&d, e);
		status = status == EXIT_HELD ? verdict(&d) : status;
	}
	rollover_ways_done(&d.ways);
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
