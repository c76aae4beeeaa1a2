/* SPDX-License-Identifier: BSD-2-Clause */
/* resolver.h - the subject in a world: how its driver has it configured, started, operated and
 * counted. */
#pragma once

#include <stdint.h>

#include "harness/subject/driver.h"
#include "sim/language/timeline.h"

/* What it does not resolve by itself. */
struct subject_forward {
	char zone[NAME_TEXT_LEN]; /* with a dot at its end */
	const char *const *addresses; /* of those that it asks; NULL at the end */
};

/* What a configuration needs to know of the world. */
struct subject {
	const char *folder; /* private and absolute; configuration, sockets and logs live here */
	const char *inside; /* what it is called where the program is; NULL: the same */
	const char *mitigation; /* the driver's: "none" … */
	const char *settings; /* text that goes into the configuration; "" */
	const char *without; /* a setting that is taken out of the user's configuration; NULL */
	const char *address4, *address6; /* where it shall listen; NULL: not */
	const char *root_hints; /* text of a hints file */
	const char *root_key; /* text: the root's DNSKEY (KSK) as a master file line */
	const char *root_ds; /* text: its DS */
	const struct subject_forward *forwards;
	unsigned forward_count;
	/* Files in its folder, to show to clients in TLS; NULL: none of them asks for that. Whether some ask
	 * by DoT and DoH, and how many may have a connection at once. */
	const char *certificate, *key;
	bool dot, doh;
	unsigned connections;
	uint64_t seed;
};

/* Writes the configuration files into subject->folder (and a copy `resolver.conf` and
 * `resolver.version` beside it in `cell`), and gives the command that starts the resolver; lent
 * until driver_free(). -EINVAL: the driver is wrong, or leaves the subject's settings out. */
int resolver_configure(struct driver *d, const struct subject *s, const char *cell,
		       const char *const **ret_argv, struct err *e);

/* Lays the testbed's settings over the user's configuration, to know what there is to tell of it
 * (user_config.h), with a setting taken out (NULL: none). -EINVAL: it cannot be run, or the driver
 * cannot take one out. */
int resolver_try_config(struct driver *d, const char *without, struct err *e);

/* The commands (each an argv) that carry out an operation, in order, each ended by NULL, the
 * list by NULL. -EOPNOTSUPP: not offered. Lent until the next call. */
int resolver_operation(struct driver *d, const struct subject *s, enum operation op,
		       const char *zone, const char *const *const **ret, struct err *e);

/* The command that prints it, NULL when there is none; lent until it is asked for again. */
const char *const *resolver_ask(struct driver *d, const struct subject *s,
				enum resolver_asked what);

/* By which socket it can be asked for the same without a program; NULL: by none. */
const struct driver_socket *resolver_socket(const struct driver *d, enum resolver_asked what);

/* Reading what it printed: calls back per counter; how many requests are listed. */
int resolver_read_counters(struct driver *d, const char *text,
			   void (*each)(const char *name, double value, void *arg), void *arg,
			   struct err *e);
int resolver_read_requests(struct driver *d, const char *text, unsigned *ret, struct err *e);
