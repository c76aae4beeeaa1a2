/* resolver.h - the subject: a resolver program, its driver and its process.
 *
 * A driver is a Lua file that returns a table (harness/resolvers/README.md lists its fields): how to find the program, its
 * configuration for the world it is put in, how to start it, its control commands, its counters and its
 * mitigations. No resolver's name stands in C. */
#pragma once

#include "sim/base/cleanup.h"
#include "sim/base/err.h"
#include "sim/timeline.h"

struct driver;

/* `spec` is NAME, NAME=PATH (another program of that kind) or FILE.lua. -ENOENT: its program is missing (the sentence names the
 * package that has it). -EINVAL: there is no such driver, or it is wrong, file:line. */
int driver_load(const char *spec, struct driver **ret, struct err *e);
void driver_free(struct driver *d);
DEFINE_FREEP(struct driver, driver)

const char *
driver_name(const struct driver
		    *d); /* "unbound"; for NAME=PATH with a suffix that tells builds apart */
const char *driver_program(const struct driver *d); /* the path that will be run */
const char *driver_version(
	const struct driver *d); /* "1.17.1", asked from the program; "" when it does not tell */

/* Calls back for each shipped driver's name, in order. */
int driver_list(void (*each)(const char *name, void *arg), void *arg, struct err *e);

/* Whether it offers a mitigation, and the sentence that describes it. NULL: not offered. */
const char *driver_mitigation(const struct driver *d, const char *name);

/* What a configuration needs to know of the world. */
struct subject {
	const char *folder; /* private and absolute; configuration, sockets and logs live here */
	const char *mitigation; /* "none" … */
	const char *address4, *address6; /* where it shall listen; NULL: not */
	const char *root_hints; /* text of a hints file */
	const char *root_key; /* text: the root's DNSKEY (KSK) as a master file line */
	const char *root_ds; /* text: its DS */
	uint64_t seed;
};

/* Writes the configuration files into subject->folder (and a copy `resolver.conf` and `resolver.version` beside it in `cell`), and gives the
 * command that starts the resolver; lent until driver_free(). */
int driver_configure(struct driver *d, const struct subject *s, const char *cell,
		     const char *const **ret_argv, struct err *e);

/* The commands (each an argv) that carry out an operation, in order, each ended by NULL, the list by NULL. -EOPNOTSUPP: not offered.
 * Lent until the next call. */
int driver_operation(struct driver *d, const struct subject *s, enum operation op, const char *zone,
		     const char *const *const **ret, struct err *e);

/* The command that prints the counters, NULL when there is none; and reading what it printed: calls back per counter. */
const char *const *driver_counters(struct driver *d, const struct subject *s);
int driver_read_counters(struct driver *d, const char *text,
			 void (*each)(const char *name, double value, void *arg), void *arg,
			 struct err *e);
