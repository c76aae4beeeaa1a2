/* SPDX-License-Identifier: BSD-2-Clause */
/* judge_check.c - a wrong instant in what judges a run is told before a run takes its time. */
#include "harness/judge/judge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/judge/judge_inside.h"
#include "sim/language/script.h"
#include "sim/record/record_curve.h"

#define CPU_LIMIT 10 /* seconds; a function that takes longer is judged after the run */

/* No bins, but all the columns and classes that a record may have. */
static struct curve *trial_curve(const struct scenario *s)
{
	_cleanup_(curve_freep) struct curve *c = calloc(1, sizeof(*c));
	char header[] = RECORD_CURVE_HEADER, *rest = header, *name;

	if (!c)
		return NULL;
	for (unsigned i = 0; (name = strsep(&rest, ",")); i++)
		if (i >= 3)
			snprintf(c->columns[c->column_count++], sizeof(c->columns[0]), "%s", name);
	for (unsigned i = 0; i < CLASS_COUNT; i++)
		snprintf(c->classes[c->class_count++].name, sizeof(c->classes[0].name), "%s",
			 class_names[i]);
	for (unsigned i = 0; s->traffic_count > 1 && i < s->traffic_count; i++)
		snprintf(c->classes[c->class_count++].name, sizeof(c->classes[0].name), "%s",
			 s->traffic[i].name);
	for (unsigned i = 0; scenario_transports(s) && i < TRANSPORTS; i++)
		snprintf(c->classes[c->class_count++].name, sizeof(c->classes[0].name), "%s",
			 transport_names[i]);
	c->bin = 60;
	return TAKE(c);
}

static void call(struct judge *j, int function)
{
	lua_State *L = script_state(j->scenario->script);
	int top = lua_gettop(L);
	struct err ignored;

	for (j->round = 0; j->round < 1 << JUDGE_TRIAL_BITS && !j->wrong[0]; j->round++) {
		j->calls = 0;
		j->telling.count = 0;
		lua_rawgeti(L, LUA_REGISTRYINDEX, function);
		lua_pushvalue(L, top);
		script_call(j->scenario->script, 1, 0, &ignored);
		lua_settop(L, top);
	}
}

static void call_all(struct judge *j)
{
	const struct scenario *s = j->scenario;

	for (unsigned i = 0; i < s->expectation_count; i++) {
		const struct expectation *x = &s->expectations[i];

		if (!*x->mitigation || strcmp(x->mitigation, j->cell->mitigation) == 0)
			call(j, x->function);
	}
	for (unsigned i = 0; i < s->knowledge_count; i++) {
		const struct knowledge *k = &s->knowledge[i];

		if (!*k->mitigation || strcmp(k->mitigation, j->cell->mitigation) == 0)
			call(j, k->function);
	}
	for (unsigned i = 0; i < s->report_count; i++)
		call(j, s->reports[i]);
	for (unsigned i = 0; i < s->drawing_count; i++)
		call(j, s->drawings[i].function);
}

/* In the process that was made for it; tells what is wrong to `fd`. */
static void try_all(struct scenario *s, const struct judge_cell *c, int fd)
{
	const struct rlimit limit = { CPU_LIMIT, CPU_LIMIT };
	struct judge j = { .scenario = s, .cell = c, .is_trial = true };
	struct err ignored;
	ssize_t n = 0;

	setrlimit(RLIMIT_CPU, &limit);
	j.curve = trial_curve(s);
	j.out = fopen("/dev/null", "we");
	lua_pushcfunction(script_state(s->script), judge_begin);
	lua_pushlightuserdata(script_state(s->script), &j);
	if (j.curve && j.out && script_call(s->script, 1, 1, &ignored) == 0)
		call_all(&j);
	if (j.wrong[0])
		n = write(fd, j.wrong, strlen(j.wrong));
	_exit(n < 0);
}

int judge_check(struct scenario *s, const char *resolver, const char *mitigation, struct err *e)
{
	const struct judge_cell cell = { .folder = "",
					 .resolver = resolver,
					 .version = "",
					 .mitigation = mitigation,
					 .clock = "virtual" };
	char wrong[512] = "";
	int ends[2], status;
	ssize_t n;
	pid_t pid;

	if (!s->expectation_count && !s->knowledge_count && !s->report_count && !s->drawing_count)
		return 0;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(e, -errno, "no pipe for the expectations: %s", strerror(errno));
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		try_all(s, &cell, ends[1]);
	close(ends[1]);
	n = pid < 0 ? 0 : read(ends[0], wrong, sizeof(wrong) - 1);
	close(ends[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid < 0)
		return err_set(e, -EAGAIN, "no process for the expectations");
	return n > 0 ? err_set(e, -EINVAL, "%s", wrong) : 0;
}
