/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/signer.h"

#include <errno.h>
#include <lauxlib.h>
#include <string.h>

#include "harness/subject/driver_call.h"
#include "harness/subject/driver_files.h"
#include "sim/world/hsm.h"

const char *const signer_driver_keys[] = {
	"name",	   "title",	"program",	 "control",	 "package",	  "reads",
	"version", "files",	"configuration", "start",	 "timer_slack",	  "sleep_slack",
	"roll",	   "emergency", "reload",	 "private_keys", "goes_unsigned", "hsm",
	"resign",  "begin",	"submits",	 "ds_changed",	 "key_store",	  "own_keys",
	"signs",   "every",	"publishes",	 "tsig",	 "primary",	  NULL,
};

/* Durations are whole seconds. */
static void push_policy(lua_State *L, const struct signer_subject *s)
{
	const struct signer_policy *p = s->policy;

	lua_createtable(L, 0, 12);
	script_set_text(L, "algorithm", p->algorithm);
	script_set_flag(L, "csk", p->csk);
	script_set_number(L, "ksk_lifetime", simtime_seconds(p->ksk_lifetime));
	script_set_number(L, "zsk_lifetime", simtime_seconds(p->zsk_lifetime));
	script_set_number(L, "dnskey_ttl", p->dnskey_ttl);
	script_set_number(L, "max_zone_ttl", s->max_zone_ttl);
	script_set_number(L, "soa_ttl", s->soa_ttl);
	script_set_number(L, "negative_ttl", s->negative_ttl);
	script_set_number(L, "propagation", simtime_seconds(p->propagation));
	script_set_number(L, "validity", simtime_seconds(p->validity));
	script_set_number(L, "refresh", simtime_seconds(p->refresh));
	script_set_flag(L, "nsec3", p->nsec3);
	lua_setfield(L, -2, "policy");
}

/* A text for each line. */
static void push_lines(lua_State *L, const char *lines)
{
	lua_Integer n = 0;

	lua_newtable(L);
	for (size_t len; *lines; lines += len + (lines[len] == '\n')) {
		len = strcspn(lines, "\n");
		lua_pushlstring(L, lines, len);
		lua_rawseti(L, -2, ++n);
	}
}

static void push_parent(lua_State *L, const struct signer_subject *s)
{
	lua_createtable(L, 0, 5);
	push_lines(L, s->ds);
	lua_setfield(L, -2, "ds");
	script_set_text(L, "address", s->parent);
	script_set_number(L, "ds_ttl", s->ds_ttl);
	script_set_number(L, "polls", simtime_seconds(s->plan->polls));
	script_set_number(L, "propagation", simtime_seconds(s->plan->parent_propagation));
	lua_setfield(L, -2, "parent");
}

static void push_hsm(lua_State *L, const struct signer_subject *s)
{
	lua_createtable(L, 0, 3);
	lua_pushfstring(L, "%s/" HSM_MODULE, s->inside);
	lua_setfield(L, -2, "module");
	script_set_text(L, "token", HSM_TOKEN);
	script_set_text(L, "pin", HSM_PIN);
	lua_setfield(L, -2, "hsm");
}

static void push_key(lua_State *L, const struct signer_subject *s)
{
	char name[NAME_TEXT_LEN];

	lua_createtable(L, 0, 3);
	script_set_text(L, "name", name_text(s->key->name, name));
	script_set_text(L, "algorithm", s->key->algorithm->text);
	script_set_text(L, "secret", s->secret);
	lua_setfield(L, -2, "tsig");
}

static void push_subject(lua_State *L, const struct call *c)
{
	const struct signer_subject *s = c->signer;

	lua_createtable(L, 0, 16);
	driver_set_program(L, c->d);
	script_set_text(L, "folder", s->inside);
	script_set_text(L, "address4", s->address4);
	script_set_text(L, "zone", s->zone);
	script_set_text(L, "signing", s->signing);
	script_set_text(L, "unsigned", s->unsigned_zone);
	script_set_text(L, "notify", s->notify);
	script_set_text(L, "transfers_from", s->transfers_from);
	script_set_number(L, "seed", (int64_t)s->seed);
	script_set_number(L, "lasts", simtime_seconds(s->lasts));
	push_policy(L, s);
	push_parent(L, s);
	if (s->hsm)
		push_hsm(L, s);
	if (s->key)
		push_key(L, s);
	script_set_text(L, "primary", s->primary);
}

static void call_function(lua_State *L, struct call *c, const char *name)
{
	driver_push(L, c->d);
	lua_getfield(L, -1, name);
	push_subject(L, c);
	lua_call(L, 1, 1);
}

static int write_files(lua_State *L)
{
	struct call *c = driver_call_of(L);

	call_function(L, c, "files");
	c->r = driver_write_files(L, c, "signer.conf");
	return 0;
}

/* One command, or a list of them. */
static void take_start(lua_State *L, struct call *c)
{
	bool is_list = false;

	if (lua_istable(L, -1)) {
		is_list = lua_geti(L, -1, 1) == LUA_TTABLE;
		lua_pop(L, 1);
	}
	if (is_list)
		driver_take_commands(L, c);
	else
		driver_take_command(L, c->commands, "start");
}

static int configure(lua_State *L)
{
	struct call *c = driver_call_of(L);

	write_files(L);
	if (c->r < 0 || c->d->publishes)
		return 0;
	call_function(L, c, "start");
	take_start(L, c);
	return 0;
}

int signer_configure(struct driver *d, const struct signer_subject *s, const char *cell,
		     const char *const *const **ret, struct err *e)
{
	struct call c = { .d = d,
			  .signer = s,
			  .operation = "start",
			  .cell = cell,
			  .commands = &d->start,
			  .e = e };
	const char *const *first;
	int r = driver_configure(&c, configure, "signer.version", &first);

	if (r == 0)
		*ret = d->start.list;
	return r;
}

int signer_rewrite(struct driver *d, const struct signer_subject *s, const char *cell,
		   struct err *e)
{
	struct call c = { .d = d, .signer = s, .cell = cell, .e = e };

	return driver_carry(&c, write_files);
}

const char *signer_submits(const struct driver *d)
{
	return d->submits;
}

/* ---- what is done to it ---- */

bool signer_can(const struct driver *d, const char *key)
{
	lua_State *L = script_state(d->script);
	bool can;

	driver_push(L, d);
	lua_pushstring(L, key);
	can = lua_rawget(L, -2) != LUA_TNIL && lua_toboolean(L, -1);
	lua_pop(L, 2);
	return can;
}

static int take_patterns(lua_State *L)
{
	struct call *c = driver_call_of(L);

	driver_push(L, c->d);
	c->absent = lua_getfield(L, -1, c->operation) != LUA_TTABLE;
	if (!c->absent)
		driver_take_command(L, c->commands, c->operation);
	return 0;
}

int signer_patterns(struct driver *d, const char *key, const char *const **ret, struct err *e)
{
	struct call c = { .d = d, .operation = key, .commands = &d->operation, .e = e };
	int r = driver_gather(&c, take_patterns);

	if (!r && c.absent)
		r = err_set(e, -EOPNOTSUPP, "the driver of '%s' has no list '%s'", d->name, key);
	if (r == 0)
		*ret = d->operation.list[0];
	return r;
}

const char *signer_publishes(const struct driver *d)
{
	return d->publishes;
}

simtime signer_every(const struct driver *d, const struct signer_plan *p)
{
	return p->every ? p->every : d->every;
}

bool signer_has_key(const struct driver *d, const struct signer_plan *p)
{
	return signer_can(d, "tsig") && p->tsig != SIGNER_NO_TSIG;
}

/* What of the driver an act is done by; NULL: nothing is needed. */
static const char *need_of(const struct signer_event *ev, bool hsm)
{
	switch (ev->act) {
	case SIGNER_ROLL:
		return ev->at_once ? "emergency" : "roll";
	case SIGNER_POLICY:
		return "reload";
	case SIGNER_UNSIGNED:
		return "goes_unsigned";
	case SIGNER_KEYS_LOST:
	case SIGNER_KEYS_COPIED:
	case SIGNER_KEYS_BACK:
		return hsm ? NULL : "private_keys";
	case SIGNER_STANDBY:
		return ev->at_once ? "own_keys" : "key_store";
	case SIGNER_RESIGN:
		return "resign";
	case SIGNER_HSM:
	case SIGNER_RESTART:
	case SIGNER_CLOCK:
	case SIGNER_DISK_FULL:
	case SIGNER_DISK_FREE:
	case SIGNER_RECORD:
	case SIGNER_KEY:
	case SIGNER_DS:
		break;
	}
	return NULL;
}

int signer_check_events(const struct driver *d, const struct scenario *s,
			const struct signer_plan *signer, struct err *e)
{
	if (signer->hsm && !signer_can(d, "hsm"))
		return err_set(e, -EINVAL,
			       "%s: the driver of '%s' cannot have its keys in an HSM: it has no "
			       "'hsm'",
			       signer->place, d->name);
	if (signer->tsig == SIGNER_TSIG && !signer_can(d, "tsig"))
		return err_set(e, -EINVAL,
			       "%s: the driver of '%s' cannot have its transfers signed: it has no "
			       "'tsig'",
			       signer->place, d->name);
	if (signer->by_transfer && !signer_can(d, "primary"))
		return err_set(e, -EINVAL,
			       "%s: the driver of '%s' cannot have the zone from a hidden primary: "
			       "it has no 'primary'",
			       signer->place, d->name);
	if (signer->every && !d->publishes)
		return err_set(e, -EINVAL,
			       "%s: 'every' is how often a script is run that signs: '%s' is a "
			       "program that lives on",
			       signer->place, d->name);
	for (unsigned i = 0; i < s->signer_event_count; i++) {
		const struct signer_event *ev = &s->signer_events[i];
		const char *need = need_of(ev, signer->hsm);

		if (&s->signers[ev->signer] == signer && need && !signer_can(d, need))
			return err_set(e, -EINVAL,
				       "%s: %s: the driver of '%s' cannot have its signer do that: "
				       "it has no "
				       "'%s'",
				       ev->place, ev->what, d->name, need);
	}
	return 0;
}

static int take_commands(lua_State *L)
{
	struct call *c = driver_call_of(L);

	driver_push(L, c->d);
	lua_getfield(L, -1, c->operation);
	push_subject(L, c);
	lua_pushstring(L, c->text);
	lua_call(L, 2, 1);
	driver_take_commands(L, c);
	return 0;
}

int signer_commands(struct driver *d, const struct signer_subject *s, const char *function,
		    const char *what, const char *const *const **ret, struct err *e)
{
	struct call c = { .d = d,
			  .signer = s,
			  .operation = function,
			  .text = what,
			  .commands = &d->operation,
			  .e = e };
	int r;

	if (!signer_can(d, function))
		return err_set(e, -EOPNOTSUPP, "the driver of '%s' has no function '%s'", d->name,
			       function);
	r = driver_gather(&c, take_commands);
	if (r == 0)
		*ret = d->operation.list;
	return r;
}

void signer_slack(const struct driver *d, simtime *of_polls, simtime *of_sleeps)
{
	*of_polls = d->timer_slack;
	*of_sleeps = d->sleep_slack;
}
