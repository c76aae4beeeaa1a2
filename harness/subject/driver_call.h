/* SPDX-License-Identifier: BSD-2-Clause */
/* driver_call.h - what a driver is inside, and calls into its Lua: for driver*.c, resolver.c and
 * signer.c alone. */
#pragma once

#include <limits.h>
#include <lua.h>
#include <stdbool.h>

#include "harness/subject/commands.h"
#include "harness/subject/driver.h"
#include "harness/subject/root.h"
#include "harness/subject/choice.h"
#include "harness/subject/store.h"
#include "harness/subject/user_config.h"
#include "sim/base/shipped.h"
#include "sim/base/transport.h"
#include "sim/base/versions.h"
#include "sim/language/script.h"

#define DRIVER_PATHS 32
#define DRIVER_OPTIONS 16

struct subject;
struct signer_subject; /* signer.h */

struct offer {
	char *name, *about;
	struct versions versions; /* of the program, that have it */
};

struct counter {
	char *name;
	double value;
};

/* What it is asked for, by enum resolver_asked. */
#define DRIVER_ASKED 2

struct driver_option {
	char *name;
	unsigned least, most, value;
	bool chosen;
};

struct driver {
	struct script *script;
	int table; /* the driver's, in the script's registry */
	enum shipped shelf; /* where its kind is shipped: resolvers or signers */
	char *file; /* the driver's */
	char *kind; /* "unbound" */
	char *package, *configuration, *unable; /* why it cannot run here: "" */
	char *submits; /* of a signer: signer_submits() */
	char name[256], version[64], about[16384];
	char version_why[512]; /* why it has none; "" */
	char program[PATH_MAX], control[PATH_MAX];
	struct root *root; /* NULL: the machine's */
	struct mounts_root view; /* of it, for who starts programs */
	char root_name[STORE_VERSION]; /* what tells it from others */
	char trouble[1024]; /* that it has, "" */
	char *paths[DRIVER_PATHS + 1]; /* what its programs need to see */
	unsigned path_count;
	simtime timer_slack,
		sleep_slack; /* of a signer: its polls and its sleeps may end so late */
	simtime every; /* of a signer that is a script: how often it is run */
	char *publishes; /* and the file that it leaves; NULL: it is a daemon */
	bool wants_real_time, is_default, has_overlay, lists_requests, forwards;
	struct user_config *user_config; /* NULL: its own */
	struct offer *offers;
	unsigned offer_count;
	struct driver_option options[DRIVER_OPTIONS];
	unsigned option_count;
	bool answers_by[TRANSPORTS]; /* to clients */
	unsigned operations; /* bits, 1 << enum operation */
	struct commands start, operation;
	struct commands asking[DRIVER_ASKED];
	struct driver_socket sockets[DRIVER_ASKED];
	struct counter *counters;
	unsigned counter_count;
};

/* One call, carried through lua_pcall(): Lua's errors jump, so all that is made meanwhile hangs
 * in the driver, and an error of ours is brought out in `r` and `e`. */
struct call {
	struct driver *d;
	const struct subject *s;
	const struct signer_subject *signer; /* of a signer's driver, instead */
	const char *operation, *text; /* what some calls take: a zone, an output */
	const char *asked; /* "counters", "requests" */
	unsigned depth; /* of the request list that was read */
	const char *cell;
	struct commands *commands; /* where the ones it gives go */
	bool settled; /* a file has the subject's settings in it */
	bool absent; /* the driver has no such function */
	int r;
	struct err *e;
};

/* Calls `f` with the call as its argument. Gives c->r, or what Lua's error was. */
int driver_carry(struct call *c, lua_CFunction f);

/* The same where it gives commands, which are those of c->commands afterwards. -ENOMEM. */
int driver_gather(struct call *c, lua_CFunction f);

/* What such a function was called with. */
struct call *driver_call_of(lua_State *L);

/* Puts the driver's table on the stack. */
void driver_push(lua_State *L, const struct driver *d);

/* Sets what a table for its functions has of its program. */
void driver_set_program(lua_State *L, const struct driver *d);

/* A copy of a text, which may be NULL; the caller's. Raises Lua's error when there is no memory. */
char *driver_copy(lua_State *L, const char *text);

/* Takes the list of texts at the top of the stack for one command. What is no command is Lua's
 * error, `what` in front. */
void driver_take_command(lua_State *L, struct commands *w, const char *what);

/* Takes the list of commands at the top of the stack, which c->operation gave. */
void driver_take_commands(lua_State *L, struct call *c);

/* Notes a file or folder that its programs need to see, unless it is noted already; -E2BIG. */
int driver_add_path(struct driver *d, const char *path, struct err *e);

/* Empties the list of counters. */
void driver_forget_counters(struct driver *d);
