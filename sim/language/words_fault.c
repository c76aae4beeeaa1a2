/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/words_fault.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/language/words_aim.h"
#include "sim/language/words_roll.h"
#include "sim/base/names.h"
#include "sim/base/nearest.h"
#include "zones/content.h"
#include "zones/fit.h"
#include "zones/key_collide.h"

/* Whose servers publish what the fault changes. */
static const struct zone *publisher(const struct action *action)
{
	const struct fault_row *r = action->fault.row;

	return r->ds || r->hides_ds || r->refers_ds ? action->zone->parent : action->zone;
}

static void read_server(const struct args *a, const char *text, unsigned n, struct action *action)
{
	const struct zone *z = publisher(action);
	char apex[NAME_TEXT_LEN];
	uint8_t name[NAME_MAX_LEN];

	(void)n;
	words_name(a->L, "fault: servers", text, name);
	for (unsigned i = 0; i < z->server_count && i < 64; i++) {
		if (!name_equal(z->servers[i].name, name))
			continue;
		action->fault.servers |= UINT64_C(1) << i;
		return;
	}
	args_fail(a, "servers: '%s' has no server '%s'", name_text(z->apex, apex), text);
}

static int64_t choice(const struct args *a, const struct fault_param *p, const char *text)
{
	int64_t n = fault_choice(p, text);

	return n >= 0 ? n : args_fail(a, "%s is one of: %s; not '%s'", p->name, p->choices, text);
}

static struct zone *read_other(const struct args *a, const struct fault_param *p,
			       const struct zone *z)
{
	struct zone *other;

	lua_getfield(a->L, a->index, p->name);
	other = words_check_zone(a->L, -1, p->name);
	lua_pop(a->L, 1);
	if (other == z || !other->parent)
		args_fail(a, "%s is %s", p->name,
			  other == z ? "the zone itself" : "the root, which nobody delegates");
	return other;
}

/* `number`: what the name of a family's member gives. */
static void read_own(const struct args *a, const struct fault_param *p, int64_t number,
		     int64_t *value, struct action *action)
{
	const char *text;

	if (number >= 0 && args_has(a, p->name))
		args_fail(a, "the name and '%s' tell the same", p->name);
	if (number >= 0 && p->type == PARAM_COUNT && (number < p->least || number > p->most))
		args_fail(a, "%s is %lld, and must be %lld to %lld", p->name, (long long)number,
			  (long long)p->least, (long long)p->most);
	if (number >= 0) {
		*value = number;
		return;
	}
	if (p->otherwise < 0 && !args_has(a, p->name))
		args_fail(a, "%s needs '%s': %s", action->fault.row->name, p->name, p->about);
	*value = p->otherwise;
	switch (p->type) {
	case PARAM_COUNT:
		*value = (int64_t)args_count(a, p->name, (uint64_t)p->otherwise, (uint64_t)p->least,
					     (uint64_t)p->most);
		break;
	case PARAM_DURATION:
		*value = args_duration(a, p->name, p->otherwise);
		break;
	case PARAM_CHOICE:
		text = args_text(a, p->name, NULL);
		if (text)
			*value = choice(a, p, text);
		break;
	case PARAM_ZONE:
		action->fault.other = read_other(a, p, action->zone);
		break;
	}
}

static void read_table(const struct args *a, int64_t number, struct action *action)
{
	struct fault *f = &action->fault;

	f->until = words_time_key(a, "to", SIMTIME_NEVER);
	f->share = args_number(a, "share", 1, 0, 1);
	words_aim(a, action);
	words_list(a, "servers", 64, read_server, action);
	for (unsigned i = 0; i < FAULT_PARAMS && f->row->params[i].name; i++)
		read_own(a, &f->row->params[i], i ? -1 : number, &f->values[i], action);
	if (f->share <= 0)
		args_fail(a, "%s needs a share above 0", f->row->name);
}

/* What the zone is not like that the fault needs. */
static const char *lacks(const struct zone *z, unsigned needs)
{
	bool zsk = false, glue = false;

	for (unsigned i = 0; i < z->key_count; i++)
		zsk = zsk || z->keys[i].role == KEY_ZSK;
	for (unsigned i = 0; i < z->server_count; i++)
		glue = glue || name_under(z->servers[i].name, z->apex);
	if (needs & NEEDS_GLUE && !glue)
		return "no server of the zone has a name below it, so there is no glue";
	if (needs & NEEDS_SIGNED && !z->is_signed)
		return "the zone is not signed";
	if (needs & NEEDS_NSEC && (!z->is_signed || z->denial != DENIAL_NSEC))
		return "the zone has no NSEC records";
	if (needs & NEEDS_NSEC3 && (!z->is_signed || z->denial != DENIAL_NSEC3))
		return "the zone has no NSEC3 records";
	if (needs & NEEDS_OPTOUT && !z->optout)
		return "the zone does not opt out";
	if (needs & NEEDS_ZSK && !zsk)
		return "the zone has no ZSK beside its KSK";
	if (needs & NEEDS_ROOT && z->parent)
		return "only the root has a trust anchor";
	if (needs & NEEDS_PARENT && !z->parent)
		return "the root has no parent";
	if (needs & NEEDS_PARENT && needs & NEEDS_SIGNED && !z->parent->is_signed)
		return "its parent is not signed";
	return NULL;
}

static void no_fault(lua_State *L, const char *name)
{
	struct nearest n = nearest_to(name);
	char hint[NEAREST_LEN + 24];
	const struct fault_row *r;

	for (unsigned i = 0; (r = fault_row(i)); i++)
		nearest_try(&n, r->name);
	nearest_hint(&n, hint);
	luaL_error(L, "there is no fault '%s'%s%s", name, hint,
		   *hint ? "" : "; 'sigfault faults' lists them");
}

static const struct fault_row *find_row(lua_State *L, const struct zone *z, int64_t *number)
{
	const char *name = luaL_checkstring(L, 2);
	const struct fault_row *r = fault_find_number(name, number);
	const char *why;

	if (!r) {
		no_fault(L, name);
		return NULL;
	}
	why = lacks(z, r->needs);
	if (why)
		luaL_error(L, "%s: %s", name, why);
	return r;
}

/* Raises when the zone's algorithm or denial cannot express it. */
static void check_algorithms(const struct args *a, const struct action *action)
{
	const struct zone *z = action->zone;
	const struct fault_row *r = action->fault.row;
	enum algorithm other = words_roll_algorithm(&action->fault);

	if (z->denial == DENIAL_NSEC3 && key_needs_nsec(other))
		args_fail(a,
			  "%s: the zone has NSEC3 records, and %s goes with NSEC (RFC 5155 section "
			  "2)",
			  r->name, key_algorithm_name(other));
	for (unsigned i = 0; i < z->key_count; i++) {
		enum algorithm has = z->keys[i].algorithm;

		if (r->trap && !key_can_collide(has))
			args_fail(
				a,
				"%s: keys of %s cannot be made to one tag; those of algorithms in "
				"use can",
				r->name, key_algorithm_name(has));
		if (other == has && r->takes == 0 && r->params[0].name)
			args_fail(a, "%s: the zone is signed with %s already", r->name,
				  key_algorithm_name(has));
	}
}

/* What this fault's table may have; ended by NULL. */
static void keys_of(const struct fault_row *r, const char *ret[FAULT_KEYS_MAX + 1])
{
	struct fault_key keys[FAULT_KEYS_MAX];
	unsigned n = fault_keys(r, keys);

	for (unsigned i = 0; i < n; i++)
		ret[i] = keys[i].name;
	ret[n] = NULL;
}

/* A server may have another one of a signer's versions. */
static bool can_be_late(const struct zone *z, const struct fault_row *r)
{
	return z->published && (r->copy == COPY_FROZEN || r->copy == COPY_LAGGING);
}

/* zone:fault(NAME [, { … }]) */
static int method_fault(lua_State *L)
{
	struct zone *z = words_check_zone(L, 1, "zone:fault(\"NAME\"), with a colon,");
	int64_t number;
	const struct fault_row *r = find_row(L, z, &number);
	const char *keys[FAULT_KEYS_MAX + 1];
	struct action *action;
	struct args a;

	if (z->as_signed && !fault_row_aims(r) && !can_be_late(z, r))
		return luaL_error(L,
				  "%s: the zone is taken as signed, and stays as its file has it: "
				  "faults on the wire alone can befall it",
				  r->name);
	if (lua_isnoneornil(L, 3)) {
		lua_settop(L, 2);
		lua_newtable(L);
	}
	keys_of(r, keys);
	a = args_table(L, 3, "fault", keys);
	action = words_new_action(L, ACTION_FAULT);
	action->zone = z;
	action->fault.row = r;
	read_table(&a, number, action);
	check_algorithms(&a, action);
	return 1;
}

/* ---- into the plan ---- */

static void say_value(char *ret, size_t size, const struct fault_param *p, int64_t value)
{
	char duration[32], word[FAULT_WORD];

	switch (p->type) {
	case PARAM_COUNT:
		words_say(ret, size, ", %s %lld", p->name, (long long)value);
		break;
	case PARAM_DURATION:
		if (value)
			words_say(ret, size, ", %s %s", p->name,
				  simtime_duration_text((simtime)value, duration));
		break;
	case PARAM_CHOICE:
		words_say(ret, size, ", %s %s", p->name, fault_choice_word(p, value, word));
		break;
	case PARAM_ZONE:
		break;
	}
}

/* "x.de.: rrsig-exp-all, 50 %, A, at ns1.x.de." */
static void fault_text(const struct action *a, char *ret, size_t size)
{
	const struct fault *f = &a->fault;
	const struct zone *z = publisher(a);
	char name[NAME_TEXT_LEN];

	*ret = '\0';
	words_say(ret, size, "%.60s: %s", name_text(a->zone->apex, name), f->row->name);
	for (unsigned i = 0; i < FAULT_PARAMS && f->row->params[i].name; i++)
		say_value(ret, size, &f->row->params[i], f->values[i]);
	if (f->other)
		words_say(ret, size, ", %s", name_text(f->other->apex, name));
	if (f->share < 1)
		words_say(ret, size, ", %.3g %%", f->share * 100);
	words_aim_text(a, ret, size);
	for (unsigned i = 0; f->servers && i < z->server_count && i < 64; i++)
		if (f->servers >> i & 1)
			words_say(ret, size, ", at %s", name_text(z->servers[i].name, name));
}

/* Makes room first: what the tree holds it owns. */
static struct fault *plan_fault(lua_State *L, struct tree *t, const struct action *a)
{
	struct fault *f;
	struct zone *z = a->zone;

	if (t->fault_count == FAULTS_MAX)
		luaL_error(L, "more than %d faults in one scenario", FAULTS_MAX);
	*(unsigned *)words_grow(L, &z->faults, &z->fault_count, sizeof(*z->faults)) =
		t->fault_count;
	f = words_grow(L, &t->faults, &t->fault_count, sizeof(*f));
	*f = a->fault;
	f->zone = z;
	f->types = calloc(f->type_count + 1, sizeof(*f->types));
	f->names = calloc(f->name_count + 1, sizeof(*f->names));
	if (!f->types || !f->names)
		luaL_error(L, "not enough memory");
	memcpy(f->types, a->fault_types, f->type_count * sizeof(*f->types));
	memcpy(f->names, a->fault_names, f->name_count * sizeof(*f->names));
	return f;
}

/* Raises when it contradicts a fault of the zone that was told before. */
static void check_others(lua_State *L, const struct tree *t, const struct fault *f)
{
	const struct zone *z = f->zone;
	char apex[NAME_TEXT_LEN], since[32];

	for (unsigned i = 0; i < z->fault_count; i++) {
		const struct fault *other = &t->faults[z->faults[i]];

		if (other == f || !fault_contradicts(f, other))
			continue;
		luaL_error(L, "'%s' and '%s' contradict each other in zone '%s' from %s on",
			   other->row->name, f->row->name, name_text(z->apex, apex),
			   simtime_text(f->from > other->from ? f->from : other->from, since));
	}
}

/* Where the last fault was told: names in it can be looked for only when the tree is prepared. */
static void note_place(lua_State *L, const struct tree *t)
{
	struct words *w = words_of(L);
	struct fault_place *p = words_grow(L, &w->fault_places, &w->fault_place_count, sizeof(*p));

	p->fault = t->fault_count - 1;
	words_place(L, p->place);
}

int words_check_faults(const struct words *w, struct err *e)
{
	char apex[NAME_TEXT_LEN], name[NAME_TEXT_LEN];

	for (unsigned n = 0; n < w->fault_place_count; n++) {
		const struct fault *f = &w->s->tree->faults[w->fault_places[n].fault];
		struct view v = { .zone = f->zone, .now = w->s->from };
		int r = f->row->trap ? fit_check(f->zone, f->from, f, e) : 0;

		if (r) {
			err_prefix(e, "%s", w->fault_places[n].place);
			return r;
		}
		/* Of faults on the wire they are what is asked for. */
		for (unsigned i = 0; !f->row->wire && i < f->name_count; i++) {
			struct node node;

			content_node(&v, f->names[i], &node);
			if (node.kind != NODE_ABSENT)
				continue;
			return err_set(e, -EINVAL, "%s: %s: there is no name '%s' in zone '%s'",
				       w->fault_places[n].place, f->row->name,
				       name_text(f->names[i], name),
				       name_text(f->zone->apex, apex));
		}
	}
	return 0;
}

/* The other half of a loop is a fault of the other zone. */
static void add_partner(lua_State *L, struct scenario *sc, const struct fault *f)
{
	static struct action back; /* large */
	bool names_it = f->text_names_it; /* the faults may move when there is one more */
	struct fault *partner;

	back.zone = f->other;
	back.fault = *f;
	back.fault.other = f->zone;
	back.fault.type_count = back.fault.name_count = 0;
	partner = plan_fault(L, sc->tree, &back);
	partner->zone = back.zone;
	partner->text_names_it = names_it;
	snprintf(partner->text, sizeof(partner->text), "%.130s, the way back",
		 sc->tree->faults[sc->tree->fault_count - 2].text);
}

static void part_names(struct population *p)
{
	p->host_share[HOST_A] = p->wildcard & WILDCARD_A ? 1 : 0;
	p->host_share[HOST_AAAA] = p->wildcard & WILDCARD_AAAA ? 1 : 0;
	p->wildcard = 0;
	p->hosts = p->parted = true;
}

void words_part_names(lua_State *L, struct scenario *sc, const struct zone *z,
		      const struct fault *f, double share)
{
	static const uint16_t types[] = { RR_A, RR_AAAA };
	char apex[NAME_TEXT_LEN], place[96], *note = NULL, **grown;
	uint8_t wild[NAME_MAX_LEN];
	struct fault whole = *f;
	bool is_meant = false;

	if (!z->population || !z->population->wildcard || share <= 0 || share >= 1 ||
	    name_prepend(wild, "*", z->apex))
		return;
	whole.share = 1;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		is_meant |=
			z->population->wildcard & 1u << i && fault_befalls(&whole, wild, types[i]);
	if (!is_meant)
		return;
	words_place(L, place);
	if (asprintf(
		    &note,
		    "%s: a share of %g of '%s' is one of its %llu names, and so each has RRsets of "
		    "its own here: a wildcard is one RRset of a type, which breaks whole or not at "
		    "all (hosts = population { count = %llu } says it)",
		    place, share, name_text(z->apex, apex),
		    (unsigned long long)z->population->count,
		    (unsigned long long)z->population->count) < 0)
		luaL_error(L, "not enough memory");
	grown = reallocarray(sc->notes, sc->note_count + 1, sizeof(*grown));
	if (!grown) {
		free(note);
		luaL_error(L, "not enough memory");
	}
	sc->notes = grown;
	grown[sc->note_count++] = note;
	part_names(z->population);
}

void words_do_fault(lua_State *L, struct scenario *sc, const struct action *a, simtime at)
{
	enum event_kind kind = a->fault.row->wire ? EVENT_SERVER : EVENT_ZONE;
	struct event ev = { .at = at, .kind = kind, .fault = (int)sc->tree->fault_count };
	char apex[NAME_TEXT_LEN];
	struct fault *f;

	if (a->fault.until <= at)
		luaL_error(L, "%s ends before it begins", a->fault.row->name);
	if (a->text[0])
		strcpy(ev.what, a->text);
	else
		fault_text(a, ev.what, sizeof(ev.what));
	snprintf(ev.zone, sizeof(ev.zone), "%.255s", name_text(a->zone->apex, apex));
	words_event_add(L, sc, &ev);
	f = plan_fault(L, sc->tree, a);
	f->from = at;
	strcpy(f->text, ev.what);
	f->text_names_it = !a->text[0];
	words_roll(L, a->zone, f, at);
	check_others(L, sc->tree, f);
	note_place(L, sc->tree);
	if (f->row->takes & TAKES_SHARE && !f->row->wire)
		words_part_names(L, sc, a->zone, f, f->share);
	if (f->row->roll)
		return;
	if (f->row->loops) {
		add_partner(L, sc, f);
		f = &sc->tree->faults[ev.fault];
	}
	if (f->until > sc->to)
		return;
	ev.at = f->until;
	ev.fault = -1;
	ev.what[0] = '\0';
	if (a->text[0])
		words_say(ev.what, sizeof(ev.what), "%.100s is well again",
			  name_text(a->zone->servers[a->server].name, apex));
	else
		words_say(ev.what, sizeof(ev.what), "%.60s: %s is over", apex, f->row->name);
	words_event_add(L, sc, &ev);
}

const luaL_Reg words_fault_methods[] = {
	{ "fault", method_fault },
	{ NULL, NULL },
};
