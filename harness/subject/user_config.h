/* SPDX-License-Identifier: BSD-2-Clause */
/* user_config.h - a user's own configuration, as --config names it: a file, or a folder with it and
 * what it includes.
 *
 * It is run as it stands, with only what the testbed must have laid over it. What that is the
 * driver knows: its function overlay (resolvers/README.md) reads the files by what stands here, and
 * gives them back with its edits and a list of them, which is told. */
#pragma once

#include <jansson.h>
#include <limits.h>
#include <lua.h>
#include <stdio.h>

#include "sim/base/cleanup.h"
#include "sim/base/err.h"
#include "zones/tree.h"

struct user_config;

/* `path` is a file, or a folder that has one of `names` at its top, the first of them that is there.
 * -EINVAL: it is not there, or no text. */
int user_config_load(const char *path, const char *const *names, struct user_config **ret,
		     struct err *e);
void user_config_free(struct user_config *c);
DEFINE_FREEP(struct user_config, user_config)

/* Pushes the table that an overlay is called with:
 *
 *	name		the main file's path, for people
 *	text		what is in it
 *	include(PATTERN)	the files that match, in order: { { name = PATH, text = TEXT }, … };
 *			relative ones are looked for beside the main file, absolute ones below the
 *			folder first, and then on this machine
 *	is_there(PATTERN)	whether any does, folders among them
 *	yaml(TEXT)	what is where in it (yaml_text.h): { { path, value, kind = "text", "list" or "map",
 *			line, parent, from, to }, … }; nil and a sentence: it is none
 *	change(TEXT, { [3] = "" }, MARK)	the text with entries out or with other values
 *	servers		the scenario's own, by address: { ["198.18.1.1"] = true, … } */
void user_config_push(lua_State *L, struct user_config *c);

/* Which servers there are. -ENOMEM. */
int user_config_servers(struct user_config *c, const struct tree *t, struct err *e);

/* Takes what an overlay gave, at the top of the stack: { files, overrides, notes, copies, settings },
 * complaints }, or { error }, which is -EINVAL. Raises. What it tells is kept; the files are left at the top. */
int user_config_take(lua_State *L, struct user_config *c, struct err *e);

/* The file's path; lent. */
const char *user_config_path(const struct user_config *c);

/* { path, overrides: [ { place, what, was, is } ], notes: [ … ] }; the caller's. */
json_t *user_config_json(const struct user_config *c);

/* The same for people, a line each. */
void user_config_print(const struct user_config *c, const char *resolver, FILE *out);

/* The user's settings that hold, [ { name, value, place } ]; lent until the driver lays it over
 * again. */
const json_t *user_config_settings(const struct user_config *c);

/* What the resolver said of these files, out of its log: "/etc/unbound/unbound.conf:12: error: …".
 * Whether it said any. */
bool user_config_complaint(const struct user_config *c, const char *log, char *ret, size_t size);
