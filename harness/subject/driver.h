/* SPDX-License-Identifier: BSD-2-Clause */
/* driver.h - what is known of a resolver program: a Lua file that says how to find it, configure
 * it and speak to it.
 *
 * It returns a table (harness/subject/resolvers/README.md lists its fields): how to find the
 * program, its configuration for the world it is put in, how to start it, its control commands, its
 * counters and its mitigations. No resolver's name stands in C. */
#pragma once

#include <stdbool.h>

#include "sim/base/cleanup.h"
#include "sim/base/err.h"
#include "sim/base/transport.h"
#include "sim/language/timeline.h"
#include "sim/world/mounts.h"
#include "zones/tree.h"

struct driver;
struct user_config; /* user_config.h */

/* `text` is a resolver as choice.h has it. -ENOPKG: its program is missing (the sentence names the
 * package that has it). -EINVAL: there is no such driver or root folder, or it is wrong, file:line.
 * What a root folder lacks is told by driver_trouble(). */
int driver_load(const char *text, struct driver **ret, struct err *e);

/* The same for a signer (signer.h): one of harness/subject/signers. */
int driver_load_signer(const char *text, struct driver **ret, struct err *e);
void driver_free(struct driver *d);
DEFINE_FREEP(struct driver, driver)

/* "unbound"; for NAME=PATH with a suffix that tells builds apart, for a root folder with the store's
 * name for it or its own: "unbound@1.26.2". */
const char *driver_name(const struct driver *d);

/* "unbound", whatever the build. */
const char *driver_kind(const struct driver *d);

/* The path that will be run, as it is in its root. */
const char *driver_program(const struct driver *d);

/* "1.17.1", asked from the program; "" when it does not tell. */
const char *driver_version(const struct driver *d);

/* Why it could not be asked, or did not say in time; "" otherwise. */
const char *driver_version_why(const struct driver *d);

/* Files and folders that its programs need, wherever they lie: where the programs are, and what it
 * says that they read. Absolute, with NULL at the end. */
const char *const *driver_paths(const struct driver *d);

/* The root folder that its programs are in, with their libc's version ("": not known); NULL: the
 * machine's. */
const struct mounts_root *driver_root(const struct driver *d);
const char *driver_libc(const struct driver *d);

/* The list of libraries that are to be loaded into its programs, of which `library` is one, as
 * LD_PRELOAD has it. Gives `ret`. */
char *driver_preload(const struct driver *d, const char *library, char *ret, size_t size);

/* Why it can run in no cell, and what to do: its root folder lacks something. "" otherwise. */
const char *driver_trouble(const struct driver *d);

/* -ELIBACC: the clock library cannot be loaded into a program of its, and why. What is not there is
 * told when it is started. */
int driver_check_program(const struct driver *d, const char *program, struct err *e);

/* Has it run with a user's configuration, which it tells of from then on. -EINVAL: it cannot, or the
 * configuration is not there. NULL: it runs with its own. */
int driver_use_config(struct driver *d, const char *path, const struct tree *t, struct err *e);
struct user_config *driver_config(const struct driver *d);

/* What a resolver can be asked for while it runs. */
enum resolver_asked { ASKED_COUNTERS, ASKED_REQUESTS };

/* A Unix socket in the resolver's folder: what is said there, how an answer begins that is none. All of it
 * NULL: there is no such socket. */
struct driver_socket {
	char *file, *say, *failed;
};

/* Whether it has a command that lists the requests in work. */
bool driver_lists_requests(const struct driver *d);

/* Whether it cannot be preloaded and has to live in real time. */
bool driver_wants_real_time(const struct driver *d);

/* Whether it knows how to have it forward to others. */
bool driver_forwards(const struct driver *d);

/* Whether this build of it answers clients by a transport, as its driver has it. */
bool driver_offers(const struct driver *d, enum transport t);

/* Whether it is the one to take where nobody names one. */
bool driver_is_default(const struct driver *d);

/* The name of the shipped driver that says so, cut to `size`; the first, should more do. -EINVAL:
 * none does. */
int driver_default(char *ret, size_t size, struct err *e);

/* Calls back for each shipped driver's name, in order. */
int driver_list(void (*each)(const char *name, void *arg), void *arg, struct err *e);

/* Calls back for each mitigation of each shipped driver, whether its program is there or not; a
 * name comes once a driver. */
int driver_list_mitigations(void (*each)(const char *name, void *arg), void *arg, struct err *e);

/* Whether it can carry out an operation. */
bool driver_operation(const struct driver *d, enum operation op);

/* The names of the Debian package that has the shipped driver `name`'s programs, "a|b": another one in
 * another release. -EINVAL: there is no such driver. */
int driver_packages(const char *name, char *ret, size_t size, struct err *e);

/* Whether it offers a mitigation, in its version, and the sentence that describes it. NULL: not offered. */
const char *driver_mitigation(const struct driver *d, const char *name);

/* The names of those, in order; NULL: there are no more. */
const char *driver_mitigation_at(const struct driver *d, unsigned i);
