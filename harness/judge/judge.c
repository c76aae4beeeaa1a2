/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/judge/judge.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "harness/judge/judge_inside.h"
#include "harness/text/memory.h"
#include "harness/text/shown.h"
#include "harness/text/whole.h"
#include "sim/language/script.h"

/* Truth and message of what an expectation returned: `count` values from `first` on. */
static void read_results(lua_State *L, int first, int count, struct verdict *v)
{
	v->held = count > 0 && lua_toboolean(L, first);
	if (count == 0)
		snprintf(v->message, sizeof(v->message), "its function returned nothing");
	else if (count > 1 && lua_type(L, first + 1) == LUA_TSTRING)
		snprintf(v->message, sizeof(v->message), "%s", lua_tostring(L, first + 1));
	else if (count > 1 && lua_type(L, first + 1) == LUA_TNUMBER)
		snprintf(v->message, sizeof(v->message), "%.14g", lua_tonumber(L, first + 1));
}

/* Calls a function of the script with `run`, which is on top of the stack and stays there.
 * Negative: it failed, the message says how. */
static int judge_one(struct judge *j, int function, struct verdict *v)
{
	struct scenario *s = j->scenario;
	lua_State *L = script_state(s->script);
	int top = lua_gettop(L), rc;
	struct err e = { .text = "" };

	j->telling.count = 0;
	lua_rawgeti(L, LUA_REGISTRYINDEX, function);
	lua_pushvalue(L, top);
	rc = script_call(s->script, 1, LUA_MULTRET, &e);
	if (rc < 0)
		snprintf(v->message, sizeof(v->message), "%.*s", (int)sizeof(v->message) - 1,
			 e.text);
	else
		read_results(L, top + 1, lua_gettop(L) - top, v);
	if (!v->held && !v->message[0])
		telling_print(&j->telling, v->message, sizeof(v->message));
	lua_settop(L, top);
	return rc;
}

/* What is known of the cell's resolver; its version decides whether it is of this one. */
static unsigned judge_knowledge(struct judge *j, struct verdict *verdicts)
{
	const struct scenario *s = j->scenario;
	unsigned n = 0;

	for (unsigned i = 0; i < s->knowledge_count; i++) {
		const struct knowledge *k = &s->knowledge[i];
		enum versions_answer answer = versions_contain(&k->versions, j->cell->version);
		struct verdict *v = &verdicts[n];

		if (strcmp(k->resolver, j->cell->kind) != 0 || answer == VERSIONS_OUTSIDE ||
		    (*k->mitigation && strcmp(k->mitigation, j->cell->mitigation) != 0))
			continue;
		v->known = k;
		v->version_known = answer == VERSIONS_WITHIN;
		snprintf(v->text, sizeof(v->text), "%s", k->text);
		if (v->version_known)
			judge_one(j, k->function, v);
		n++;
	}
	return n;
}

/* The verdicts, in the scenario's order, and one for each report() function that failed. */
static unsigned judge_all(struct judge *j, const char *mitigation, struct verdict *verdicts)
{
	struct scenario *s = j->scenario;
	unsigned n = 0;

	for (unsigned i = 0; i < s->expectation_count; i++) {
		const struct expectation *x = &s->expectations[i];

		if (*x->mitigation && strcmp(x->mitigation, mitigation) != 0)
			continue;
		snprintf(verdicts[n].text, sizeof(verdicts[n].text), "%s", x->text);
		judge_one(j, x->function, &verdicts[n++]);
	}
	n += judge_knowledge(j, verdicts + n);
	for (unsigned i = 0; i < s->report_count; i++) {
		struct verdict v = { .text = "report() could be made" };

		if (judge_one(j, s->reports[i], &v) < 0)
			verdicts[n++] = v;
	}
	return n;
}

static void judge_done(struct judge *j)
{
	if (j->box)
		*j->box = NULL;
	csv_free(j->csv);
	curve_free(j->curve);
}

/* As a whole, once it is known that there is something to say. */
static int write_printed(const char *folder, const char *text, size_t len, struct err *e)
{
	struct whole w;
	int rc = len ? whole_open(&w, folder, "report.txt", e) : 0;
	FILE *shown;

	if (!len || rc < 0)
		return rc;
	shown = shown_over(w.out);
	if (!shown)
		return whole_close(&w, err_set(e, -ENOMEM, "no memory for 'report.txt'"), e);
	fwrite(text, 1, len, shown);
	fclose(shown);
	return whole_close(&w, 0, e);
}

static int judge(struct judge *j, struct verdict **ret, unsigned *count, struct err *e)
{
	struct scenario *s = j->scenario;
	_cleanup_(freep) struct verdict *verdicts = NULL;
	lua_State *L = script_state(s->script);
	int top = lua_gettop(L),
	    rc = curve_load(j->cell->folder, (double)s->bin / (double)SECOND, &j->curve, e);

	if (rc < 0)
		return rc;
	verdicts = calloc(s->expectation_count + s->knowledge_count + s->report_count +
				  s->drawing_count + 1,
			  sizeof(*verdicts));
	if (!verdicts)
		return err_set(e, -ENOMEM, "no memory for the verdicts");
	lua_pushcfunction(L, judge_begin);
	lua_pushlightuserdata(L, j);
	rc = script_call(s->script, 1, 1, e);
	if (rc < 0)
		return rc;
	*count = judge_all(j, j->cell->mitigation, verdicts);
	rc = judge_draw(j, verdicts, count, e);
	if (rc < 0)
		return rc;
	lua_settop(L, top);
	lua_pushcfunction(L, judge_end);
	rc = script_call(s->script, 0, 0, e);
	lua_settop(L, top);
	if (rc < 0)
		return rc;
	*ret = TAKE(verdicts);
	return 0;
}

int judge_cell(struct scenario *s, const struct judge_cell *c, struct verdict **ret,
	       unsigned *count, struct err *e)
{
	_cleanup_(judge_done) struct judge j = { .scenario = s, .cell = c };
	_cleanup_(freep) char *printed = NULL;
	size_t len = 0;
	int rc;

	j.out = open_memstream(&printed, &len);
	if (!j.out)
		return err_set(e, -ENOMEM, "no memory for the verdicts");
	rc = judge(&j, ret, count, e);
	if (!memory_close(TAKE(j.out), &printed) && rc == 0)
		rc = err_set(e, -ENOMEM, "no memory for 'report.txt'");
	return rc < 0 ? rc : write_printed(c->folder, printed, len, e);
}
