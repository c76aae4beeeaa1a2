/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/judge/lookout.h"

#include <errno.h>
#include <lauxlib.h>
#include <string.h>

#include "harness/judge/tally.h"
#include "sim/language/act.h"
#include "sim/language/args.h"
#include "sim/language/script.h"

#define TYPE "sigfault.seen"

/* One watch. */
struct sight {
	const struct watch_plan *plan;
	struct tally tally; /* by its intervals */
	int64_t ended; /* intervals that are over */
};

struct lookout {
	struct scenario *s;
	struct prober *prober;
	struct sight *sights;
	unsigned sight_count;
	bool no_memory;
	struct event events[ACT_MAX]; /* that a function wants done */
	unsigned event_count, event_next;

	const struct sight *acting; /* while its function is called */
	struct lookout **box; /* Lua's way here, cleared after the call: scripts may keep `seen` */
};

static bool is_for(const struct watch_plan *p, const char *mitigation)
{
	return !p->mitigation[0] || strcmp(p->mitigation, mitigation) == 0;
}

bool lookout_wanted(const struct scenario *s, const char *mitigation)
{
	for (unsigned i = 0; i < s->watch_count; i++)
		if (is_for(&s->watches[i], mitigation))
			return true;
	return false;
}

static struct sight sight_of(const struct scenario *s, const struct watch_plan *plan)
{
	struct sight sight = { .plan = plan };

	tally_init(&sight.tally, s->tree, s->from, plan->every);
	return sight;
}

int lookout_new(struct scenario *s, const char *mitigation, struct prober *prober,
		struct lookout **ret, struct err *e)
{
	_cleanup_(lookout_freep) struct lookout *w = NULL;

	*ret = NULL;
	if (!lookout_wanted(s, mitigation))
		return 0;
	w = calloc(1, sizeof(*w));
	if (w)
		w->sights = calloc(s->watch_count, sizeof(*w->sights));
	if (!w || !w->sights)
		return err_set(e, -ENOMEM, "no memory for the watches");
	w->s = s;
	w->prober = prober;
	for (unsigned i = 0; i < s->watch_count; i++)
		if (is_for(&s->watches[i], mitigation))
			w->sights[w->sight_count++] = sight_of(s, &s->watches[i]);
	*ret = TAKE(w);
	return 0;
}

void lookout_free(struct lookout *w)
{
	if (!w)
		return;
	for (unsigned i = 0; w->sights && i < w->sight_count; i++)
		tally_done(&w->sights[i].tally);
	free(w->sights);
	free(w);
}

void lookout_outcome(const struct record_query *q, void *lookout)
{
	struct lookout *w = lookout;

	if (q->answered < w->s->from) /* while its cache grows old nobody looks */
		return;
	for (unsigned i = 0; i < w->sight_count; i++)
		if (!tally_add(&w->sights[i].tally, q))
			w->no_memory = true;
}

/* ---- what `seen` tells ---- */

static struct lookout *lookout_of(lua_State *L)
{
	struct lookout **box = luaL_checkudata(L, 1, TYPE);

	if (!*box)
		luaL_error(L, "what was seen is told in the call of act, and not later");
	return *box;
}

/* The zone called `text`, or the watch's own; NULL for all of them. */
static const struct zone *find_zone(lua_State *L, const struct lookout *w, const char *text)
{
	uint8_t apex[NAME_MAX_LEN];
	const struct zone *z;
	struct err e;

	if (!text)
		return w->acting->plan->zone;
	if (name_parse(text, apex, &e))
		luaL_error(L, "seen: zone: %s", e.text);
	z = tree_zone(w->s->tree, apex);
	if (!z)
		luaL_error(L, "seen: the scenario has no zone '%s'", text);
	return z;
}

/* What a word asks for: the last intervals of a zone. */
struct asked {
	const struct zone *zone;
	int64_t intervals;
};

static struct asked asked_at(lua_State *L, const struct lookout *w, int index, const char *word)
{
	static const char *const keys[] = { "zone", "last", NULL };
	simtime every = w->acting->plan->every, last = every;
	const char *zone = NULL;
	char d[32];

	if (!lua_isnoneornil(L, index)) {
		struct args a = args_table(L, index, word, keys);

		zone = args_text(&a, "zone", NULL);
		last = args_duration(&a, "last", every);
		if (last < every || last % every)
			args_fail(&a, "last is a whole number of intervals of %s",
				  simtime_duration_text(every, d));
	}
	return (struct asked){ find_zone(L, w, zone), last / every };
}

static enum tally_column column_at(lua_State *L, int index, const char *word)
{
	const char *name = luaL_checkstring(L, index);
	char known[200] = "";
	size_t len = 0;

	for (int i = 0; i < TALLY_COLUMNS; i++) {
		if (strcmp(tally_names[i], name) == 0)
			return (enum tally_column)i;
		len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s", i ? ", " : "",
					tally_names[i]);
	}
	return (enum tally_column)luaL_error(L, "%s: there is no column '%s'; there are: %s", word,
					     name, known);
}

static uint64_t sum(const struct lookout *w, const struct asked *v, enum tally_column column)
{
	const struct sight *s = w->acting;

	return tally_sum(&s->tally, v->zone, column, s->ended - v->intervals, s->ended);
}

/* seen:count(COLUMN [, { zone = …, last = … }]) */
static int seen_count(lua_State *L)
{
	const struct lookout *w = lookout_of(L);
	enum tally_column column = column_at(L, 2, "seen:count");
	struct asked v = asked_at(L, w, 3, "seen:count");

	lua_pushinteger(L, (lua_Integer)sum(w, &v, column));
	return 1;
}

/* seen:share(COLUMN [, { zone = …, last = … }]): 0 when nobody asked anything. */
static int seen_share(lua_State *L)
{
	const struct lookout *w = lookout_of(L);
	enum tally_column column = column_at(L, 2, "seen:share");
	struct asked v = asked_at(L, w, 3, "seen:share");
	uint64_t queries = sum(w, &v, TALLY_QUERIES);

	lua_pushnumber(L, queries ? (double)sum(w, &v, column) / (double)queries : 0);
	return 1;
}

/* seen:probed([ZONE]) */
static int seen_probed(lua_State *L)
{
	const struct lookout *w = lookout_of(L);
	const struct zone *z = find_zone(L, w, luaL_optstring(L, 2, NULL));

	if (!z)
		return luaL_error(L, "seen:probed wants a zone: the watch has none");
	lua_pushstring(L, prober_outcome(w->prober, z));
	return 1;
}

/* `seen.KEY`: a word (upvalue 1) or a fact. */
static int seen_index(lua_State *L)
{
	const struct lookout *w = lookout_of(L);
	const char *key = luaL_checkstring(L, 2);
	simtime every = w->acting->plan->every, t = w->acting->ended * every;
	char utc[32];

	lua_pushvalue(L, 2);
	if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
		return 1;
	if (strcmp(key, "t") == 0)
		lua_pushinteger(L, t / SECOND);
	else if (strcmp(key, "every") == 0)
		lua_pushinteger(L, every / SECOND);
	else if (strcmp(key, "utc") == 0)
		lua_pushstring(L, simtime_text(w->s->from + t, utc));
	else
		return luaL_error(
			L, "seen has no '%s'; it has: t, utc, every, share, count, probed", key);
	return 1;
}

static void push_type(lua_State *L)
{
	static const luaL_Reg words[] = {
		{ "share", seen_share },
		{ "count", seen_count },
		{ "probed", seen_probed },
		{ NULL, NULL },
	};

	script_make_type(L, TYPE, "seen", words, seen_index);
}

/* Lua argument: the lookout. Gives `seen`. */
static int make_seen(lua_State *L)
{
	struct lookout *w = lua_touserdata(L, 1);
	struct lookout **box = lua_newuserdatauv(L, sizeof(struct lookout *), 0);

	*box = NULL;
	push_type(L);
	lua_setmetatable(L, -2);
	*box = w;
	w->box = box;
	return 1;
}

/* ---- acting ---- */

static simtime next_instant(const struct lookout *w, const struct sight *s)
{
	simtime at = w->s->from + (s->ended + 1) * s->plan->every;

	return at < w->s->to ? at : SIMTIME_NEVER;
}

simtime lookout_due(const struct lookout *w)
{
	simtime due = SIMTIME_NEVER;

	for (unsigned i = 0; w && i < w->sight_count; i++)
		if (next_instant(w, &w->sights[i]) < due)
			due = next_instant(w, &w->sights[i]);
	return due;
}

static int call(struct lookout *w, struct sight *s, simtime at, struct err *e)
{
	lua_State *L = script_state(w->s->script);
	int top = lua_gettop(L), r;

	s->ended++;
	w->acting = s;
	w->event_count = w->event_next = 0;
	lua_pushcfunction(L, make_seen);
	lua_pushlightuserdata(L, w);
	r = script_call(w->s->script, 1, 1, e);
	if (r == 0) {
		lua_pushvalue(L, -1); /* what stays on the stack is not collected */
		r = act_call(w->s, s->plan, at, w->events, &w->event_count, e);
	}
	if (w->box)
		*w->box = NULL;
	w->box = NULL;
	w->acting = NULL;
	lua_settop(L, top);
	return r;
}

/* Of two watches at one instant the first one told is the first to act. */
static int call_first(struct lookout *w, simtime at, struct err *e)
{
	unsigned i = 0;

	while (next_instant(w, &w->sights[i]) != at)
		i++;
	return call(w, &w->sights[i], at, e);
}

int lookout_next(struct lookout *w, simtime now, struct event *ret, struct err *e)
{
	int r = 0;

	if (!w)
		return 0;
	if (w->no_memory)
		return err_set(e, -ENOMEM, "no memory for what the watches count");
	while (r == 0 && w->event_next == w->event_count) {
		simtime due = lookout_due(w);

		if (due > now || due == SIMTIME_NEVER)
			return 0;
		r = call_first(w, due, e);
	}
	if (r < 0)
		return r;
	*ret = w->events[w->event_next++];
	return 1;
}
