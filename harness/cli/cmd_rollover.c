/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/cmd.h"
#include "harness/cli/list_json.h"
#include "harness/rollover/rollover.h"

/* Without a plan: those that are shipped. */
enum exit_status cmd_rollover(struct options *o, struct err *e)
{
	struct rollover_options ro = { .plan = o->args[0],
				       .scenario_options = o->run.scenario_options,
				       .resolvers = o->run.resolvers,
				       .folder = o->run.folder,
				       .at = o->at,
				       .server = o->ask,
				       .parent_server = o->ask_parent,
				       .policy = o->policy,
				       .no_proof = o->no_proof,
				       .json = o->json,
				       .lenient = o->lenient,
				       .recover = o->recover };

	if (!ro.plan)
		return (o->json ? list_json_rollovers(stdout, e) : rollover_list(stdout, e)) < 0
			       ? EXIT_INVALID
			       : EXIT_HELD;
	return rollover_command(&ro, e);
}
