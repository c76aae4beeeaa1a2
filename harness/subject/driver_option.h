/* SPDX-License-Identifier: BSD-2-Clause */
/* driver_option.h - what a driver lets the user choose of how its program runs: `options` in its
 * table, and -r NAME:OPTION=NUMBER. */
#pragma once

#include <jansson.h>

#include "harness/subject/driver.h"
#include "sim/language/args.h"

/* Reads `options = { threads = { about = "…", least = 1, most = 64 } }` of a driver's table; what is
 * wrong is Lua's error. */
void driver_read_options(struct driver *d, const struct args *driver);

/* Takes what choice.h has: "threads=4:other=2". -EINVAL: the driver has no such option, it cannot be
 * that, or one is given twice. */
int driver_choose(struct driver *d, const char *options, struct err *e);

/* Adds it to the driver's name: "unbound+threads=4". */
void driver_name_chosen(struct driver *d);

/* Puts `subject.options` into the table at the top of the stack: what was chosen, and nothing else. */
void driver_push_chosen(lua_State *L, const struct driver *d);

/* Whether anything was chosen. */
bool driver_has_chosen(const struct driver *d);

/* { "threads": 4 }: what was chosen. */
json_t *driver_options_json(const struct driver *d);

void driver_options_done(struct driver *d);
