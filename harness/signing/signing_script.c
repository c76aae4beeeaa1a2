/* SPDX-License-Identifier: BSD-2-Clause */
/* signing_script.c - a signer that is a script: run every so often beside the clock, as cron would, it leaves the signed zone as a
 * file, which is what is published from that instant on. */
#include <errno.h>
#include <string.h>

#include "harness/signing/signing_state.h"

bool signing_is_script(const struct signing_life *s)
{
	return signer_publishes(s->plan->driver) != NULL;
}

/* What falls into a time in which its machine is down is not made up for. */
simtime signing_script_due(const struct signing_life *s)
{
	return signing_is_script(s) && signing_runs(s) ? s->run : SIMTIME_NEVER;
}

/* Counted from the scenario's start. The first run is as early as another signer is started. */
static simtime next_run(const struct signing_life *s, simtime now)
{
	const simtime every = signer_every(s->plan->driver, s->plan->signer);
	const simtime from = s->plan->scenario->from;

	return from + (now < from ? 1 : (now - from) / every + 1) * every;
}

/* Who has had something done to him may fail of it, and is run again: what he had published stays. */
static int fail(struct signing_life *s, const char *how, const char *why, struct err *e)
{
	const simtime now = clock_now(s->clock);
	char at[32], what[SIGNING_SAID + 64];

	if (!s->acts.count)
		return err_set(e, -ECHILD, "its script %s at %s: %s", how, simtime_text(now, at),
			       why);
	snprintf(what, sizeof(what), "its script %s: %.300s", how, why);
	for (char *c = what; *c; c++)
		if (*c == '"')
			*c = '\'';
	return history_event(s->history, now, "signer", what, e);
}

int signing_script_take(struct signing_life *s, struct err *e)
{
	const char *name = signer_publishes(s->plan->driver);
	ldns_rdf *apex = name ? ldns_dname_new_frm_str(s->zone) : NULL;
	struct zone_copy *zone = NULL;
	struct err why = { .text = "no memory" };
	int r;

	if (!name)
		return 0;
	r = apex ? zone_file_read(s->work, name, apex, &s->left, &zone, &why) : -ENOMEM;
	ldns_rdf_deep_free(apex);
	if (r > 0)
		return 0;
	if (r < 0)
		return fail(s, "left no signed zone", why.text, e);
	return secondary_give(s->secondary, zone, clock_now(s->clock), e);
}

int signing_script_run(struct signing_life *s, struct err *e)
{
	const simtime now = clock_now(s->clock);
	char said[SIGNING_SAID];
	int r;

	if (now < signing_script_due(s))
		return 0;
	s->run = next_run(s, now);
	r = signing_command(s, "signs", "", said, e);
	if (r > 0)
		return fail(s, "failed", said, e);
	return r == 0 ? signing_script_take(s, e) : r;
}
