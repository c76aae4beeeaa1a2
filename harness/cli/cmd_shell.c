/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/cell/cell.h"
#include "harness/cell/shell.h"
#include "harness/cell/work.h"
#include "harness/cli/cmd.h"
#include "harness/cli/instant.h"
#include "harness/subject/mitigation.h"
#include "sim/base/shipped.h"

static int load_drivers(const char *text, const struct scenario *s, struct chain *chain,
			struct driver **ret, struct err *e)
{
	char name[PATH_MAX];
	int r;

	if (strchr(text, ','))
		return err_set(e, -EINVAL, "-r: a shell is with one resolver, not with '%s'", text);
	snprintf(name, sizeof(name), "%s", text);
	r = chain_choose(chain, s, name, sizeof(name), e);
	if (r == 0 && !*name)
		r = driver_default(name, sizeof(name), e);
	if (r == 0)
		r = driver_load(name, ret, e);
	if (r == 0)
		r = chain_check(chain, s, *ret, e);
	return r == 0 ? chain_load(chain, s, e) : r;
}

static int check_mitigation(const struct scenario *s, const struct driver *d, const char *name,
			    struct err *e)
{
	if (strchr(name, ',') || strcmp(name, "all") == 0)
		return err_set(e, -EINVAL, "-m: a shell is with one mitigation, not with '%s'",
			       name);
	return mitigation_offered(s, d, name, e) == MITIGATION_OFFERED ? 0 : -EINVAL;
}

static int outside(const struct scenario *s, struct err *e)
{
	char from[32], to[32];

	return err_set(e, -EINVAL, "--at: the scenario is from %s to %s",
		       simtime_text(s->from, from), simtime_text(s->to, to));
}

/* The names of a role's resolvers, behind those that are there; whether `wanted` is one. */
static bool list_role(const struct role *r, const char *wanted, char *list, size_t size)
{
	bool found = false;

	for (unsigned i = 1; i <= r->count; i++) {
		char name[48];
		size_t len = strlen(list);

		snprintf(name, sizeof(name), r->count == 1 ? "%s" : "%s-%u", r->name, i);
		snprintf(list + len, size - len, ", %s", name);
		found |= strcmp(name, wanted) == 0;
	}
	return found;
}

static int place_of(const struct options *o, const struct scenario *s, const char **ret,
		    struct err *e)
{
	char list[1024] = "clients, resolver";
	bool found = false;

	if (!o->host || strcmp(o->host, "clients") == 0)
		return 0;
	*ret = o->host;
	if (strcmp(o->host, "resolver") == 0)
		return 0;
	for (unsigned i = 0; i < s->role_count; i++)
		found |= list_role(&s->roles[i], o->host, list, sizeof(list));
	return found ? 0
		     : err_set(e, -EINVAL, "--in: there is no host '%s': they are %s", o->host,
			       list);
}

static enum exit_status verdict_of(const struct shell_plan *shell, const struct cell_result *result,
				   struct err *e)
{
	bool is_well = WIFEXITED(shell->status) && WEXITSTATUS(shell->status) == 0;

	if (result->code != SHELL_OVER) {
		err_set(e, result->code, "%s", result->why);
		return exit_is_environment(result->code) ? EXIT_ENVIRONMENT : EXIT_INVALID;
	}
	return is_well || !shell->argv ? EXIT_HELD : EXIT_NOT_HELD;
}

static enum exit_status run_shell(const struct cell_plan *p, struct err *e)
{
	struct cell_plan plan = *p; /* with a folder of its own */
	char folder[] = "/tmp/sigfault-shell-XXXXXX", cell[sizeof(folder) + 8];
	struct cell_result result;
	enum exit_status status;

	if (!mkdtemp(folder)) {
		err_set(e, -errno, "cannot make a folder in /tmp: %s", strerror(errno));
		return EXIT_ENVIRONMENT;
	}
	snprintf(cell, sizeof(cell), "%s/cell", folder);
	plan.folder = cell;
	fflush(stdout);
	cell_run(&plan, &result);
	status = verdict_of(plan.shell, &result, e);
	cell_result_done(&result);
	work_remove(folder);
	return status;
}

enum exit_status cmd_shell(struct options *o, struct err *e)
{
	_cleanup_(scenario_freep) struct scenario *s = NULL;
	_cleanup_(driver_freep) struct driver *d = NULL;
	_cleanup_(chain_done) struct chain chain = { 0 };
	const char *mitigation = o->run.has_mitigations ? o->mitigations : "none";
	const char *const line[] = { "bash", "-c", o->shell_command, NULL };
	struct shell_plan shell = { .argv = o->shell_command ? line : NULL };
	struct cell_plan plan = { .library = shipped_path(SHIPPED_CLOCK) ?: "libsigfault-clock.so",
				  .clock = CLOCK_VIRTUAL,
				  .speed = 1,
				  .core = -1,
				  .progress = -1,
				  .mitigation = mitigation,
				  .shell = &shell };
	int r = scenario_load(o->args[0], &o->run.scenario_options, &s, e);

	if (r == 0 && s->case_count)
		r = err_set(e, -EINVAL, "'%s' is a scenario of cases: it has no time to stop in",
			    o->args[0]);
	if (r == 0)
		r = instant_of(o, s, &shell.at, e);
	if (r == 0 && (shell.at < s->from || shell.at > s->to))
		r = outside(s, e);
	if (r == 0)
		r = place_of(o, s, &shell.host, e);
	if (r == 0)
		r = load_drivers(o->resolvers, s, &chain, &d, e);
	if (r == 0)
		r = check_mitigation(s, d, mitigation, e);
	if (r < 0)
		return exit_is_environment(r) ? EXIT_ENVIRONMENT : EXIT_USAGE;
	plan.scenario = s;
	plan.driver = d;
	plan.chain = &chain;
	return run_shell(&plan, e);
}
