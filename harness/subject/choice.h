/* SPDX-License-Identifier: BSD-2-Clause */
/* choice.h - which resolver is to be tried: what stands behind -r of one, taken apart:
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

#define CHOICE_OPTIONS 256

struct choice {
	char driver[PATH_MAX]; /* a name or a file */
	char root[PATH_MAX]; /* what follows '@'; "" */
	char program[PATH_MAX]; /* what follows '='; "" */
	char options[CHOICE_OPTIONS]; /* "threads=4:other=x"; "" */
};

/* -EINVAL: nothing follows '@' or '=', or what follows ':' is no option. */
int choice_parse(const char *text, struct choice *ret, struct err *e);
