/* SPDX-License-Identifier: BSD-2-Clause */
/* signer.h - a signer in a world: how its driver has it configured and started.
 *
 * Drivers of signers are Lua files as those of resolvers are, with fewer keys
 * (harness/subject/signers/README.md lists them), and are loaded by driver_load_signer(). */
#pragma once

#include <stdint.h>

#include "harness/subject/driver.h"
#include "sim/language/scenario.h"

/* What a configuration needs to know. */
struct signer_subject {
	const char *folder; /* private and absolute; configuration, keys and state live here */
	const char *inside; /* what it is called where the program is */
	const char *address4; /* where it shall listen, on port 53 */
	const char *zone; /* with a dot at its end */
	const char *unsigned_zone; /* the name of a master file in the folder */
	uint32_t max_zone_ttl; /* the longest of its TTLs */
	uint32_t soa_ttl, negative_ttl; /* its SOA's own, and the one in it (RFC 2308) */
	const char *notify; /* who is told of a new version */
	const char *transfers_from; /* and the address from which he asks for it */
	const struct tsig_key *key; /* with which both of them sign; NULL: they do not */
	const char *secret; /* of it, as base64 */
	const char *primary; /* who has its zone, in the place of the file; NULL */
	const char *parent; /* a server of the parent, which can be asked for the DS */
	uint32_t ds_ttl;
	const char *ds; /* that it has: what stands behind "DS" in a master file, a line each */
	const struct signer_plan *plan;
	const struct signer_policy *policy; /* as it is now */
	const char *signing; /* "on"; "leaving": the DS is to go first; "off" */
	bool hsm; /* its keys are in one, by a PKCS#11 module in the folder (sim/world/hsm.h) */
	simtime lasts; /* the scenario, from here on */
	uint64_t seed;
};

/* All that its driver may have; NULL at the end. */
extern const char *const signer_driver_keys[];

/* Writes the configuration files into s->folder (and a copy 'signer.conf', and 'signer.version',
 * into `cell`), and gives the commands that start the signer, one for each of its processes, with NULL at the end; lent until
 * driver_free() or the next call; none where it is a script. -EINVAL: the driver is wrong. */
int signer_configure(struct driver *d, const struct signer_subject *s, const char *cell,
		     const char *const *const **ret, struct err *e);

/* Writes its configuration files anew, as the subject is now; `signer.conf` is the latest. */
int signer_rewrite(struct driver *d, const struct signer_subject *s, const char *cell,
		   struct err *e);

/* Patterns of its files in the folder, as glob(7) has them; NULL at the end: "private_keys" are those that hold them, "key_store" all
 * that it knows of its keys. Lent until the next call of this or signer_commands(). -EOPNOTSUPP: its driver does not say. */
int signer_patterns(struct driver *d, const char *key, const char *const **ret, struct err *e);

/* The file in its folder in which it leaves the keys that its parent is to have a DS of; NULL: it asks by CDS. Lent. */
const char *signer_submits(const struct driver *d);

/* Whether its driver has something under a key: "roll", "emergency", "reload", "begin", "ds_changed". */
bool signer_can(const struct driver *d, const char *key);

/* Of a signer that is a script: the file in its folder that it leaves, which is the signed zone, and how often it is run: the
 * scenario may say so. NULL: it is a program that lives on. */
const char *signer_publishes(const struct driver *d);
simtime signer_every(const struct driver *d, const struct signer_plan *p);

/* Whether its transfers are signed: where its driver can, and the scenario does not say otherwise. */
bool signer_has_key(const struct driver *d, const struct signer_plan *p);

/* -EINVAL: something happens in the scenario to this signer of it that its driver has no function for, or what is
 * said of the signer is not for it. */
int signer_check_events(const struct driver *d, const struct scenario *s,
			const struct signer_plan *signer, struct err *e);

/* The commands that it gives, with NULL at the end; `what` is its second argument. Lent until the next call.
 * -EOPNOTSUPP: it has none; -EINVAL: the driver is wrong. */
int signer_commands(struct driver *d, const struct signer_subject *s, const char *function,
		    const char *what, const char *const *const **ret, struct err *e);

/* How late its polls that come to nothing, and its sleeps, may end. */
void signer_slack(const struct driver *d, simtime *of_polls, simtime *of_sleeps);
