/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/words_job.h"

/* The first label of a name has 18 letters (harness/clients/draw.c). */
#define LABEL 19

static void read_job(lua_State *L, const struct scenario *s, struct traffic *t)
{
	static const char *const keys[] = { "from", "to", "rate", "zone", "type", "clients", NULL };
	struct args a = args_table(L, -1, "traffic: jobs", keys);
	struct job_plan *j = &t->jobs[t->job_count];

	for (unsigned i = 0; i < 4; i++)
		args_need(&a, keys[i]);
	j->from = words_time_key(&a, "from", s->from);
	j->to = words_time_key(&a, "to", s->to);
	if (j->from < s->from || j->to > s->to || j->from >= j->to)
		args_fail(&a, "runs from an instant of the scenario to a later one");
	j->rate = args_number(&a, "rate", 0, 1e-6, 1e7);
	lua_getfield(L, a.index, "zone");
	j->zone = words_check_zone(L, -1, "traffic: jobs: zone");
	lua_pop(L, 1);
	if (name_len(j->zone->apex) + LABEL > NAME_MAX_LEN)
		args_fail(&a, "the zone's name is too long for names below it");
	j->qtype = words_type(&a, "type", args_text(&a, "type", "A"));
	j->clients = (unsigned)args_count(&a, "clients", t->clients, 1, t->clients);
	t->job_count++;
}

void words_read_jobs(const struct args *traffic, const struct scenario *s, struct traffic *t)
{
	lua_State *L = traffic->L;
	int index = args_push(traffic, "jobs");
	lua_Unsigned n = index < 0 ? 0 : lua_rawlen(L, index);

	if (index < 0)
		return;
	if (!n || n > JOBS_MAX)
		args_fail(traffic, "jobs is a list of 1 to %d tables", JOBS_MAX);
	for (lua_Unsigned i = 0; i < n; i++) {
		lua_rawgeti(L, index, (lua_Integer)i + 1);
		read_job(L, s, t);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}
