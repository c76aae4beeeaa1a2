/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_read.h - a plan of rollovers, out of whatever tells it: a script, or the files in which
 * a signer keeps its keys' states.
 *
 * Told apart by what is there: a folder with K*.state files is BIND's (dnssec-policy), a file that
 * begins with [ is what Knot's `keymgr ZONE list -j` prints, one with a line of headings from Zone:
 * on is a table of `ods-enforcer key list -v`, anything else a script or the name of a shipped
 * plan.
 *
 * Such files do not tell TTLs and delays (rollover_delays.h). A key's end that has no successor is left
 * out: its signer goes on with it, too. So is that of a key whose DS nobody has taken out yet. */
#pragma once

#include "sim/language/scenario.h"
#include "zones/rollover/rollover.h"

enum rollover_signer { SIGNER_NONE, SIGNER_BIND, SIGNER_KNOT, SIGNER_ODS };

struct rollover_input {
	const char *name;
	const struct scenario_options *options; /* --set counts */
	/* Of state files alone, NULL where nothing is told: */
	const char *at; /* their present, as ISO 8601; else now */
	bool at_is_of_all; /* a script is asked for an instant, too, and by others */
	const char *server, *parent_server; /* to be asked for TTLs (rollover_ask.h) */
	const char *policy; /* FILE or FILE#NAME (rollover_kasp.h) */
};

/* What was assumed is told on `notes`. -EINVAL: the file is wrong, with file:line where there are
 * lines. -ENOENT. -EIO: a server does not answer. */
int rollover_read(const struct rollover_input *in, FILE *notes, struct rollover **ret,
		  struct err *e);

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
