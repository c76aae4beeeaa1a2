/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/cmd.h"
#include "harness/cli/plan.h"
#include "harness/cli/plan_json.h"
#include "harness/clients/replay.h"
#include "harness/judge/judge.h"
#include "harness/judge/stranger.h"
#include "harness/judge/threshold.h"

enum exit_status cmd_plan(struct options *o, struct err *e)
{
	_cleanup_(scenario_freep) struct scenario *s = NULL;

	if (scenario_load(o->args[0], &o->run.scenario_options, &s, e) < 0 ||
	    threshold_check(s, e) < 0 || judge_check(s, "", "none", e) < 0 ||
	    replay_check(s, stderr, e) < 0)
		return EXIT_USAGE;
	scenario_print_notes(s, stderr);
	stranger_print(s, NULL, stderr);
	return (o->json ? plan_json_print(s, stdout, e) : plan_print(s, stdout, e)) < 0
		       ? EXIT_INVALID
		       : EXIT_HELD;
}
