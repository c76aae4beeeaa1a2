/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/chain.h"

#include <errno.h>
#include <string.h>

#include "harness/subject/mitigation.h"

/* The role that stands before the first '=' of a choice; -1: none does, and '=' is a program's. */
static int role_of(const struct scenario *s, const char *choice)
{
	size_t len = strcspn(choice, "=");

	for (unsigned i = 0; choice[len] && i < s->role_count; i++)
		if (strlen(s->roles[i].name) == len && strncmp(s->roles[i].name, choice, len) == 0)
			return (int)i;
	return -1;
}

/* The list without roles' names; under test is the one that they name. */
static int take_roles(struct chain *c, const struct scenario *s, char *resolvers, struct err *e)
{
	char *from = resolvers, *to = resolvers, *choice;
	int named = -1;

	while ((choice = strsep(&from, ","))) {
		int role = role_of(s, choice);
		size_t len;

		if (role >= 0)
			choice += strlen(s->roles[role].name) + 1;
		if (to != resolvers && role != named)
			return err_set(e, -EINVAL,
				       "-r: one role is under test, and all resolvers are for it: "
				       "write its name before each, as in -r %s=NAME,%s=NAME",
				       s->roles[s->tested].name, s->roles[s->tested].name);
		named = role;
		if (to != resolvers)
			*to++ = ',';
		len = strlen(choice);
		memmove(to, choice, len);
		to += len;
	}
	*to = '\0';
	if (named >= 0 && s->roles[named].like >= 0)
		return err_set(e, -EINVAL, "-r: '%s' is like '%s': name that one",
			       s->roles[named].name, s->roles[s->roles[named].like].name);
	if (named >= 0) {
		c->tested = (unsigned)named;
		strcpy(c->named, s->roles[named].name);
	}
	return 0;
}

int chain_choose(struct chain *c, const struct scenario *s, char *resolvers, size_t size,
		 struct err *e)
{
	int r;

	*c = (struct chain){ .tested = s->tested };
	if (!s->role_count)
		return 0;
	r = take_roles(c, s, resolvers, e);
	if (r == 0 && !*resolvers)
		snprintf(resolvers, size, "%s", s->roles[c->tested].driver);
	return r;
}

/* Whether clients of a traffic ask a role; -1 is the only resolver. */
static bool asks(const struct scenario *s, const struct traffic *t, int role)
{
	if (role < 0)
		return true;
	for (unsigned i = 0; i < t->stub.asks_count; i++)
		if (t->stub.roles[i] == (unsigned)role)
			return true;
	return !t->stub.asks_count && s->asked == (unsigned)role;
}

static int check_transports(const struct scenario *s, int role, const struct driver *d,
			    struct err *e)
{
	for (unsigned i = 0; i < s->traffic_count; i++) {
		const struct traffic *traffic = &s->traffic[i];

		if (!traffic->stub.has_transports || !asks(s, traffic, role))
			continue;
		for (unsigned t = 0; t < TRANSPORTS; t++)
			if (traffic->stub.share[t] > 0 && !driver_offers(d, (enum transport)t))
				return err_set(e, -EINVAL,
					       "%s: clients ask by %s, which '%s' does not offer: "
					       "its driver has no '%s' in 'transports', or this "
					       "build lacks it",
					       traffic->place, transport_names[t], driver_name(d),
					       transport_names[t]);
	}
	return 0;
}

static int check_role(const struct role *role, const struct driver *d, struct err *e)
{
	if (role->forward_count && !driver_forwards(d))
		return err_set(e, -EINVAL,
			       "%s: '%s' forwards, and the driver of '%s' does not say how: it has "
			       "no 'forwards'",
			       role->place, role->name, driver_name(d));
	return 0;
}

unsigned chain_base(const struct scenario *s, unsigned role)
{
	return s->roles[role].like < 0 ? role : (unsigned)s->roles[role].like;
}

/* All that have this resolver. */
static int check_alike(const struct scenario *s, unsigned base, const struct driver *d,
		       struct err *e)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < s->role_count; i++)
		if (chain_base(s, i) == base) {
			r = check_role(&s->roles[i], d, e);
			if (r == 0)
				r = check_transports(s, (int)i, d, e);
		}
	return r;
}

int chain_check(const struct chain *c, const struct scenario *s, const struct driver *d,
		struct err *e)
{
	if (!s->role_count)
		return check_transports(s, -1, d, e);
	return check_alike(s, c->tested, d, e);
}

static int load(struct chain *c, const struct scenario *s, unsigned i, struct err *e)
{
	const struct role *role = &s->roles[i];
	struct err why = { .text = "" };
	int r;

	if (!role->driver[0])
		return err_set(e, -EINVAL,
			       "%s: which resolver is '%s'? Only what is under test may have no "
			       "'driver'",
			       role->place, role->name);
	r = driver_load(role->driver, &c->drivers[i], e);
	if (r < 0) {
		err_prefix(e, "%s", role->place);
		return r;
	}
	if (mitigation_offered(s, c->drivers[i], role->mitigation, &why) != MITIGATION_OFFERED)
		return err_set(e, -EINVAL, "%s: '%s': %s", role->place, role->name, why.text);
	return check_alike(s, i, c->drivers[i], e);
}

int chain_load(struct chain *c, const struct scenario *s, struct err *e)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < s->role_count; i++)
		if (i != c->tested && s->roles[i].like < 0)
			r = load(c, s, i, e);
	return r;
}

int chain_load_point(struct chain *c, const struct chain *base, const struct scenario *s,
		     struct err *e)
{
	unsigned i = s->tested;

	if (base->named[0])
		for (i = 0; i < s->role_count; i++)
			if (strcmp(s->roles[i].name, base->named) == 0)
				break;
	*c = (struct chain){ .tested = i };
	strcpy(c->named, base->named);
	if (base->named[0] && i == s->role_count)
		return err_set(e, -EINVAL, "-r: with this value of --sweep there is no role '%s'",
			       base->named);
	return chain_load(c, s, e);
}

void chain_done(struct chain *c)
{
	for (unsigned i = 0; i < ROLES_MAX; i++)
		driver_free(c->drivers[i]);
	*c = (struct chain){ 0 };
}
