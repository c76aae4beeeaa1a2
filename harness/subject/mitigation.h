/* SPDX-License-Identifier: BSD-2-Clause */
/* mitigation.h - what `-m` may name, and whether a resolver offers it.
 *
 * A mitigation comes from one of three places: a driver (what its configuration can do), a
 * scenario's mitigation() (what its operator does, and when), and files of mitigations in the
 * scenario's language: the shipped harness/subject/mitigations.lua and the user's
 * --mitigation-file. What a resolver lacks is told apart from what nobody has heard of: the one
 * leaves a cell out of the matrix, the other is a typing error. */
#pragma once

#include "harness/subject/driver.h"
#include "sim/language/scenario.h"

enum mitigation_offer {
	MITIGATION_OFFERED,
	MITIGATION_NOT_OFFERED, /* this resolver lacks it, others may have it */
	MITIGATION_UNKNOWN, /* no scenario, file or driver knows the name, or what it builds on */
};

/* Whether `d` can run `name` in this scenario. Unless it is offered the sentence in `e` says why
 * not. */
enum mitigation_offer mitigation_offered(const struct scenario *s, const struct driver *d,
					 const char *name, struct err *e);

/* The driver's own mitigation whose configuration a cell of `name` has, and what is added to that;
 * "" when nothing is. Lent. */
const char *mitigation_base(const struct scenario *s, const struct driver *d, const char *name);
const char *mitigation_settings(const struct scenario *s, const struct driver *d, const char *name);

/* What it is, one sentence for people; lent. */
const char *mitigation_about(const struct scenario *s, const struct driver *d, const char *name);

/* Calls back with the name of each mitigation that `d` may offer in this scenario; a name may come
 * twice. */
void mitigation_list(const struct scenario *s, const struct driver *d,
		     void (*each)(const char *name, void *arg), void *arg);
