/* SPDX-License-Identifier: BSD-2-Clause */
/* chain.h - the resolvers of a scenario that has several: one role is under test, and the command line
 * says which resolvers it is tried with; the others are what the scenario says.
 *
 *	-r unbound,bind			the role that the scenario says, or that clients ask, with either
 *	-r cluster=unbound,cluster=bind	another role
 */
#pragma once

#include "harness/subject/driver.h"
#include "sim/language/scenario.h"

struct chain { /* zeros: the scenario has one resolver */
	unsigned tested; /* the role */
	char named
		[32]; /* its name, where the command line says which; "": what the scenario says */
	struct driver *drivers[ROLES_MAX]; /* of the roles; NULL: of the one under test */
};

/* Takes the names of roles out of `resolvers`, which is a list as -r has it, and puts what the scenario
 * says where it is empty. -EINVAL: it names two roles. */
int chain_choose(struct chain *c, const struct scenario *s, char *resolvers, size_t size,
		 struct err *e);

/* Finds the drivers of the roles that are not under test. -EINVAL: one has no driver, cannot forward, or
 * has no such mitigation; errors as driver_load()'s. chain_done() is the caller's either way. */
int chain_load(struct chain *c, const struct scenario *s, struct err *e);
void chain_done(struct chain *c);

/* The chain of a point of a sweep, `s`, whose roles may be others, and have other resolvers. -EINVAL: the role that
 * the command line names is none of them; errors as chain_load()'s. chain_done() is the caller's either way. */
int chain_load_point(struct chain *c, const struct chain *base, const struct scenario *s,
		     struct err *e);

/* The role whose resolver and mitigation a role has: its own, or that which it is like. */
unsigned chain_base(const struct scenario *s, unsigned role);

/* -EINVAL: the role under test forwards, and this resolver's driver does not know how. */
int chain_check(const struct chain *c, const struct scenario *s, const struct driver *d,
		struct err *e);
