/* SPDX-License-Identifier: BSD-2-Clause */
/* words_case.c - case: one question to a resolver that is started for it alone. */
#include "sim/language/words_case.h"

#include <errno.h>
#include <string.h>

#include "sim/base/rng.h"

#define WAIT (30 * SECOND)

enum { STREAM_CASE = 0x63617365 };

static void read_type(const struct args *a, struct case_plan *c)
{
	const char *name = args_text(a, "type", "A");

	c->qtype = words_type(a, "type", name);
	words_copy(a->L, "case: type", name, c->type, sizeof(c->type));
}

/* A label that nobody asked for before: the same for the same seed and case. */
static void put_random_label(const struct scenario *s, struct case_plan *c)
{
	uint8_t below[NAME_MAX_LEN];
	char label[16];

	snprintf(label, sizeof(label), "r%08x",
		 (unsigned)rng_hash(rng_of(s->seed, STREAM_CASE), c->name, strlen(c->name)));
	if (name_prepend(below, label, c->qname) == 0)
		name_copy(c->qname, below); /* else it is as long as a name can be */
}

/* before = { at = "+0s", type = "MX" } */
static void read_before(const struct args *one, struct case_plan *c)
{
	static const char *const keys[] = { "at", "type", NULL };
	int index = args_push(one, "before");
	struct args a;

	c->before = SIMTIME_NEVER;
	if (index < 0)
		return;
	a = args_table(one->L, index, "before", keys);
	args_need(&a, "at");
	c->before = words_time_key(&a, "at", 0);
	c->before_qtype = words_type(&a, "type", args_text(&a, "type", c->type));
	if (c->before + c->wait > c->at)
		args_fail(&a, "at is too late: its answer may take as long as the case's");
	lua_pop(one->L, 1);
}

static void read_question(const struct args *a, const struct scenario *s, struct case_plan *c)
{
	const char *name = args_text(a, "name", NULL);

	name_copy(c->qname, c->zone->apex);
	if (name)
		words_name(a->L, "case: name", name, c->qname);
	if (args_flag(a, "below", false))
		put_random_label(s, c);
	read_type(a, c);
	c->at = words_time_key(a, "at", s->from);
	if (c->at < s->from || c->at > s->to)
		args_fail(a, "at is outside of the scenario");
	c->wait = args_duration(a, "wait", WAIT);
	if (c->wait < SECOND || c->wait > HOUR)
		args_fail(a, "wait is from 1s to 1h");
	read_before(a, c);
}

/* Its name is a folder's, too. */
static void check_name(lua_State *L, const struct scenario *s, const char *name)
{
	if (!*name || *name == '.' || strpbrk(name, "/ \t\n\",|"))
		luaL_error(L, "case: '%s' is no name for a case: letters, digits and hyphens",
			   name);
	for (unsigned i = 0; i < s->case_count; i++)
		if (strcmp(s->cases[i].name, name) == 0)
			luaL_error(L, "case '%s' is told twice, first at %s", name,
				   s->cases[i].place);
}

/* case("rrsig-exp-all", { zone = z, name = "x.test.", type = "A", below = true, at = "+1m", wait =
 * "30s", before = {} }) */
static int word_case(lua_State *L)
{
	static const char *const keys[] = { "zone", "name", "type",   "below",
					    "at",   "wait", "before", NULL };
	struct scenario *s = words_world(L, "case");
	const char *name = luaL_checkstring(L, 1);
	struct case_plan c = { 0 };
	struct args a;

	check_name(L, s, name);
	words_copy(L, "the case's name", name, c.name, sizeof(c.name));
	words_place(L, c.place);
	if (lua_gettop(L) < 2)
		return luaL_error(L, "case \"%s\" has no table: write case(\"%s\", { … })", name,
				  name);
	a = args_table(L, 2, "case", keys);
	args_need(&a, "zone");
	lua_getfield(L, a.index, "zone");
	c.zone = words_check_zone(L, -1, "case: zone");
	lua_pop(L, 1);
	read_question(&a, s, &c);
	*(struct case_plan *)words_grow(L, &s->cases, &s->case_count, sizeof(c)) = c;
	return 0;
}

/* What the scenario has that only clients with a curve need; NULL: nothing. */
static const char *not_a_case(const struct scenario *s)
{
	if (s->traffic_count)
		return "traffic";
	if (s->watch_count)
		return "watch";
	if (s->monitor_count)
		return "monitor";
	if (s->timeline.awaited_count)
		return "after_first_failure";
	for (unsigned i = 0; i < s->timeline.count; i++)
		if (s->timeline.events[i].kind == EVENT_OPERATOR)
			return s->timeline.events[i].what;
	return s->expectation_count ? "expect"
	       : s->knowledge_count ? "knows"
	       : s->allowance_count ? "allow"
	       : s->report_count    ? "report"
	       : s->drawing_count   ? "draw"
				    : NULL;
}

int words_check_cases(const struct scenario *s, struct err *e)
{
	const char *what = s->case_count ? not_a_case(s) : NULL;

	return what ? err_set(e, -EINVAL,
			      "%s: a scenario with cases has no '%s': each resolver is asked once, "
			      "and nobody acts",
			      s->cases[0].place, what)
		    : 0;
}

const luaL_Reg words_case[] = {
	{ "case", word_case },
	{ NULL, NULL },
};
