/* SPDX-License-Identifier: BSD-2-Clause */
/* words_at.c - at, after_first_failure: an action gets its instant, and becomes part of the plan
 * and the timeline. */
#include "sim/language/words_at.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "sim/language/words_action.h"
#include "sim/language/words_fault.h"
#include "sim/language/words_roll.h"
#include "sim/language/words_signer_event.h"

/* For people: what does not fit is cut. */
static void text(char *ret, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void text(char *ret, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(ret, size, fmt, ap);
	va_end(ap);
}

static int add_fault(lua_State *L, struct tree *t, const struct fault *f)
{
	if (t->fault_count == FAULTS_MAX)
		luaL_error(L, "more than %d faults in one scenario", FAULTS_MAX);
	*(struct fault *)words_grow(L, &t->faults, &t->fault_count, sizeof(*f)) = *f;
	return (int)t->fault_count - 1;
}

static struct event event_of(simtime at, enum event_kind kind)
{
	return (struct event){ .at = at, .kind = kind, .fault = -1 };
}

static bool is_healthy(const struct signing *s)
{
	return s->mismatched == 0 && !s->always_count;
}

static char *rrset_text(const struct rrset_ref *ref, char *ret, size_t size)
{
	char name[NAME_TEXT_LEN];

	name_text(ref->owner, name);
	if (ref->type == RR_NSEC3)
		snprintf(ret, size, "the NSEC3 of %.60s", name);
	else
		snprintf(ret, size, "%.60s type %u", name, ref->type);
	return ret;
}

/* "67 % mismatched, the NSEC3 of de. always" */
static void mismatch_text(const struct signing *s, char *ret, size_t size)
{
	char rrset[96];
	int n = snprintf(ret, size, "%.3g %% mismatched", s->mismatched * 100);

	if (n < 0 || (size_t)n >= size || !s->always_count)
		return;
	n += snprintf(ret + n, size - (size_t)n, ", always %s",
		      rrset_text(&s->always[0], rrset, sizeof(rrset)));
	if ((size_t)n < size && s->always_count > 1)
		snprintf(ret + n, size - (size_t)n, " and %u more", s->always_count - 1);
}

/* Puts the signing into the zone's plan. */
static struct signing *plan_signing(lua_State *L, const struct action *a, simtime at)
{
	struct zone *z = a->zone;
	struct signing *s;

	s = words_signing(L, z, at, a->signing.key);
	s->mismatched = a->signing.mismatched;
	s->also = a->signing.also;
	s->withheld = a->signing.withheld;
	s->reach_from = a->at_once ? at : a->signing.reach_from;
	s->reach_to = a->at_once ? at : a->signing.reach_to;
	if (a->always_count) {
		s->always = calloc(a->always_count, sizeof(*s->always));
		if (!s->always)
			luaL_error(L, "not enough memory");
		memcpy(s->always, a->always, a->always_count * sizeof(*s->always));
		s->always_count = a->always_count;
	}
	return s;
}

static int signing_fault(lua_State *L, struct scenario *sc, struct zone *z, const struct signing *s)
{
	struct fault f = { .row = fault_find("sig-by-unpublished-key"),
			   .from = s->reach_from,
			   .until = SIMTIME_NEVER,
			   .zone = z };
	char apex[NAME_TEXT_LEN], how[100];

	mismatch_text(s, how, sizeof(how));
	text(f.text, sizeof(f.text), "%.40s: signatures by '%s': %.90s", name_text(z->apex, apex),
	     z->keys[s->key].name, how);
	return add_fault(L, sc->tree, &f);
}

/* When server i of n gets a version: evenly from the first to the last. */
static simtime reaches(const struct signing *s, unsigned i, unsigned n)
{
	return n < 2 ? s->reach_from
		     : s->reach_from +
			       (s->reach_to - s->reach_from) * (simtime)i / (simtime)(n - 1);
}

/* An event for each server that gets the version; those after the scenario's end are not its story.
 */
static void add_arrivals(lua_State *L, struct scenario *sc, const struct zone *z,
			 const struct signing *s)
{
	char apex[NAME_TEXT_LEN], name[NAME_TEXT_LEN], made[32];

	name_text(z->apex, apex);
	simtime_text(s->at, made);
	for (unsigned i = 0; i < z->server_count; i++) {
		struct event ev = event_of(reaches(s, i, z->server_count), EVENT_SERVER);

		if (ev.at > sc->to)
			continue;
		text(ev.what, sizeof(ev.what), "%.60s: %.60s has the version of %.8s", apex,
		     name_text(z->servers[i].name, name), made + 11);
		text(ev.zone, sizeof(ev.zone), "%s", apex);
		if (i == 0)
			ev.fault = s->fault;
		words_event_add(L, sc, &ev);
	}
}

/* "signed with 'new' and 'old'" */
static void signers_text(const struct zone *z, const struct signing *s, char *ret, size_t size)
{
	int n = snprintf(ret, size, "signed with '%s'", z->keys[s->key].name);

	for (unsigned i = 0; i < z->key_count && i < 64 && n > 0 && (size_t)n < size; i++)
		if (s->also >> i & 1 && i != s->key)
			n += snprintf(ret + n, size - (size_t)n, " and '%s'", z->keys[i].name);
	if (s->withheld)
		snprintf(ret, size, "published without signatures");
}

static void do_sign(lua_State *L, struct scenario *sc, const struct action *a, simtime at)
{
	struct event ev = event_of(at, EVENT_ZONE);
	char apex[NAME_TEXT_LEN], how[100] = "", signers[100];
	struct signing *s;

	if (!a->at_once && a->signing.reach_from < at)
		luaL_error(L, "sign: the version reaches servers before it is made");
	if (at < sc->from || at > sc->to)
		words_event_add(L, sc, &ev);
	s = plan_signing(L, a, at);
	if (!is_healthy(s)) {
		s->fault = signing_fault(L, sc, a->zone, s);
		mismatch_text(s, how, sizeof(how));
		words_part_names(L, sc, a->zone, &sc->tree->faults[s->fault], s->mismatched);
	}
	signers_text(a->zone, s, signers, sizeof(signers));
	text(ev.what, sizeof(ev.what), "%.40s: %s%s%.90s", name_text(a->zone->apex, apex), signers,
	     *how ? ", " : "", how);
	text(ev.zone, sizeof(ev.zone), "%.255s", apex);
	if (s->reach_from == at)
		ev.fault = s->fault;
	words_event_add(L, sc, &ev);
	if (s->reach_to > at)
		add_arrivals(L, sc, a->zone, s);
}

struct event words_event(const struct action *a, simtime at, const char *mitigation)
{
	bool mark = a->kind == ACTION_MARK;
	struct event ev = event_of(at, mark ? EVENT_MARK : EVENT_OPERATOR);

	strcpy(ev.mitigation, mitigation);
	if (mark) {
		text(ev.what, sizeof(ev.what), "%.159s", a->name);
		return ev;
	}
	ev.operation = a->operation;
	ev.names = a->names;
	ev.role = a->role;
	ev.move = a->move;
	strcpy(ev.zone, a->name);
	if (a->operation == OPERATION_MOVE) {
		strcpy(ev.what, a->text);
		return ev;
	}
	text(ev.what, sizeof(ev.what), "%s%s%.90s%s%s", operation_name(a->operation),
	     a->name[0] ? " " : "", a->name, a->role_name[0] ? " on " : "", a->role_name);
	return ev;
}

static const struct action *check_action(lua_State *L, const char *word)
{
	const struct action *a = luaL_testudata(L, 2, VALUE_ACTION);

	if (!a)
		luaL_error(L,
			   "%s: what happens? It wants an action, like zone:sign { … } "
			   "or resolver:nta \"de.\", not a %s",
			   word, luaL_typename(L, 2));
	return a;
}

static int word_at(lua_State *L)
{
	struct words *w = words_of(L);
	struct scenario *s = words_story(L, "at");
	simtime at = words_time(L, "at", luaL_checkstring(L, 1));
	const struct action *a = check_action(L, "at");
	struct event ev;

	if (w->mitigation[0] && a->kind != ACTION_OPERATE && a->kind != ACTION_MARK)
		return luaL_error(L, "a mitigation acts on the resolver: zones, servers and "
				     "signers are the same in every cell");
	switch (a->kind) {
	case ACTION_SIGN:
		do_sign(L, s, a, at);
		break;
	case ACTION_FAULT:
		words_do_fault(L, s, a, at);
		break;
	case ACTION_OPERATE:
	case ACTION_MARK:
		ev = words_event(a, at, w->mitigation);
		if (a->operation == OPERATION_MOVE && a->move.back <= at)
			return luaL_error(L, "clients:move: they come back before they go");
		words_event_add(L, s, &ev);
		break;
	case ACTION_SIGNER:
		words_do_signer(L, s, a, at);
		break;
	}
	return 0;
}

/* after_first_failure(DURATION, ACTION): like at(), for an instant that the run decides. */
static int word_after(lua_State *L)
{
	const struct words *w = words_of(L);
	struct scenario *s = words_story(L, "after_first_failure");
	const struct action *a = check_action(L, "after_first_failure");
	struct event ev;
	struct err e;
	simtime after;

	if (simtime_parse_duration(luaL_checkstring(L, 1), &after, &e))
		return luaL_error(L, "after_first_failure: %s", e.text);
	if (a->kind != ACTION_OPERATE && a->kind != ACTION_MARK)
		return luaL_error(L, "after_first_failure: only operators wait for a failure: "
				     "zones and servers are the same in every cell");
	ev = words_event(a, after, w->mitigation);
	if (timeline_add_awaited(&s->timeline, &ev, &e))
		return luaL_error(L, "after_first_failure: %s", e.text);
	return 0;
}

static void end_fault(struct fault *f, const struct signing *good)
{
	f->until = good->reach_to;
	f->mended = good->reach_from < good->reach_to ? good->reach_from : 0;
}

/* A wrong signing is over when the next good version is on the last server. */
static void end_faults(struct tree *t, const struct zone *z)
{
	for (unsigned i = 0; i < z->signing_count; i++) {
		if (z->signings[i].fault < 0)
			continue;
		for (unsigned j = i + 1; j < z->signing_count; j++) {
			if (!is_healthy(&z->signings[j]))
				continue;
			end_fault(&t->faults[z->signings[i].fault], &z->signings[j]);
			break;
		}
	}
}

static int key_event(struct scenario *s, const struct zone *z, const struct key_plan *k, simtime at,
		     const char *what, struct err *e)
{
	struct event ev = event_of(at, EVENT_ZONE);
	char apex[NAME_TEXT_LEN], tag[32] = "";

	if (at < s->from || at > s->to)
		return 0;
	if (k->tag >= 0)
		snprintf(tag, sizeof(tag), " (tag %d)", k->tag);
	text(ev.what, sizeof(ev.what), "%.60s: key '%s'%s %s", name_text(z->apex, apex), k->name,
	     tag, what);
	text(ev.zone, sizeof(ev.zone), "%.255s", apex);
	return timeline_add(&s->timeline, &ev, e);
}

int words_finish(struct words *w, struct err *e)
{
	struct tree *t = w->s->tree;
	int r = 0;

	for (unsigned n = 0; !r && n < t->zone_count; n++) {
		const struct zone *z = t->zones[n];

		end_faults(t, z);
		for (unsigned i = 0; !r && i < z->key_count; i++) {
			const struct key_plan *k = &z->keys[i];

			r = key_event(w->s, z, k, k->published, "is published", e);
			if (!r)
				r = key_event(w->s, z, k, k->removed, "is removed", e);
			if (!r && k->revoked)
				r = key_event(w->s, z, k, k->revoked, "is revoked", e);
		}
	}
	return r;
}

const luaL_Reg words_at[] = {
	{ "at", word_at },
	{ "after_first_failure", word_after },
	{ NULL, NULL },
};
