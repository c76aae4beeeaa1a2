/* SPDX-License-Identifier: BSD-2-Clause */
/* spec.h - what -r says of one resolver, taken apart:
 *
 *	unbound			the driver of that name, and the program that is installed
 *	./mine.lua		a driver's file
 *	unbound=/opt/x/unbound	another program of the kind
 *	unbound@/srv/trixie	the program in a root folder: what has a slash is one
 *	unbound@1.26		the same, in the folder that the store has for this (store.h)
 *	unbound@/srv/x=/opt/y	a program in a root folder, where it is no usual place
 *	unbound@1.26:threads=4	with an option that its driver knows; several stand one behind the other
 */
#pragma once

#include <limits.h>

#include "sim/base/err.h"

#define SPEC_OPTIONS 256

struct spec {
	char driver[PATH_MAX]; /* a name or a file */
	char root[PATH_MAX]; /* what follows '@'; "" */
	char program[PATH_MAX]; /* what follows '='; "" */
	char options[SPEC_OPTIONS]; /* "threads=4:other=x"; "" */
};

/* -EINVAL: nothing follows '@' or '=', or what follows ':' is no option. */
int spec_parse(const char *text, struct spec *ret, struct err *e);
