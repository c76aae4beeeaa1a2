/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_read.h - a plan of rollovers, out of whatever tells it: a script, or the files in which
 * a signer keeps its keys' states.
 *
 * Told apart by what is there: a folder with K*.state files is BIND's (dnssec-policy), a file that
 * begins with [ is what Knot's `keymgr ZONE list -j` prints, one with a line of headings from Zone:
 * on is a table of `ods-enforcer key list -v`, anything else a script or the name of a shipped
 * plan.
 *
 * Such files do not tell TTLs and delays: --set gives them (dnskey-ttl=1h …), otherwise they are
 * those that the signer has when nobody configures it. A key's end that has no successor is left
 * out: its signer goes on with it, too. So is that of a key whose DS nobody has taken out yet. */
#pragma once

#include "sim/language/scenario.h"
#include "zones/rollover/rollover.h"

/* `at`: the present of state files, as ISO 8601; NULL: now. What was assumed is told on `notes`.
 * -EINVAL: the file is wrong, with file:line where there are lines. -ENOENT. */
int rollover_read(const char *name, const struct scenario_options *o, const char *at, FILE *notes,
		  struct rollover **ret, struct err *e);

/* The readers: each fills zone, title and keys of a plan whose `from` is the present, and tells on
 * `notes` what it had to assume. */
int rollover_read_bind(const char *folder, struct rollover *r, FILE *notes, struct err *e);
int rollover_read_knot(const char *path, struct rollover *r, FILE *notes, struct err *e);
int rollover_read_ods(const char *path, struct rollover *r, FILE *notes, struct err *e);

/* For them: a key that is there for ever, as a place at the end of the plan's; NULL: no memory, or
 * too many. */
struct rollover_key *rollover_add_key(struct rollover *r, enum key_role role, struct err *e);

/* For them: its algorithm and tag, and its name of these, "KSK 43611". */
void rollover_name_key(const struct rollover *r, struct rollover_key *k, uint8_t algorithm,
		       unsigned tag);

/* For them: the zone of the file, which is the same for all keys. -EINVAL. */
int rollover_set_zone(struct rollover *r, const char *name, struct err *e);

/* For them: of two instants the first that the file tells; SIMTIME_NEVER when it tells neither. */
static inline simtime rollover_first_of(simtime a, simtime b)
{
	return a != SIMTIME_NEVER ? a : b;
}
