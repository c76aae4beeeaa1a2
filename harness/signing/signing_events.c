/* SPDX-License-Identifier: BSD-2-Clause */
/* signing_events.c - what the scenario has happen to a signer, each at its instant, and told in events.csv with what
 * came of it. What it refuses is its answer: it lives on. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "harness/signing/signing_keys.h"
#include "harness/signing/signing_state.h"

static const struct signer_event *next_of(const struct signing_life *s, unsigned *ret)
{
	const struct scenario *sc = s->plan->scenario;

	for (*ret = s->next_event; *ret < sc->signer_event_count; (*ret)++)
		if (&sc->signers[sc->signer_events[*ret].signer] == s->plan->signer)
			return &sc->signer_events[*ret];
	return NULL;
}

simtime signing_next_event(const struct signing_life *s)
{
	unsigned n;
	const struct signer_event *ev = next_of(s, &n);

	return earlier(earlier(ev ? ev->at : SIMTIME_NEVER, signing_tells(s)),
		       earlier(s->up, s->off));
}

bool signing_fills_disk(const struct signing_life *s)
{
	const struct scenario *sc = s->plan->scenario;

	for (unsigned i = 0; i < sc->signer_event_count; i++)
		if (sc->signer_events[i].act == SIGNER_DISK_FULL &&
		    &sc->signers[sc->signer_events[i].signer] == s->plan->signer)
			return true;
	return false;
}

/* Caches may have the old one for its TTL. */
void signing_note_ds(struct signing_life *s, simtime at)
{
	char ds[64];

	registry_text(s->registry, ds, sizeof(ds));
	registry_lines(s->registry, s->ds);
	if (strcmp(s->signing, "leaving") == 0 && !*ds)
		s->off =
			at + s->plan->signer->zone->parent->ttl.ds * SECOND + s->policy.propagation;
}

static int tell(struct signing_life *s, simtime at, const char *what, const char *said,
		struct err *e)
{
	char text[160 + SIGNING_SAID + 32];

	snprintf(text, sizeof(text), "%s%s%s", what, *said ? ": " : "", said);
	return history_event(s->history, at, "signer", text, e);
}

/* `r` is what came of it: 1, it has failed. */
static int take_end(struct signing_life *s, const struct signer_event *ev, int r, const char *said,
		    struct err *e)
{
	char text[SIGNING_SAID + 16], at[32];

	if (r < 0)
		return r;
	s->acts.count++;
	if (r > 0 && !s->acts.failed++)
		snprintf(s->acts.first, sizeof(s->acts.first), "'%.60s' at %s: %s", ev->what,
			 simtime_text(ev->at, at), said);
	snprintf(text, sizeof(text), "%s%s%s", r > 0 ? "failed" : "", r > 0 && *said ? ": " : "",
		 said);
	return tell(s, ev->at, ev->what, text, e);
}

/* ---- what is done ---- */

static int is_down(const struct signing_life *s, char said[SIGNING_SAID])
{
	if (signing_runs(s))
		return 0;
	snprintf(said, SIGNING_SAID, "the signer is down");
	return 1;
}

/* A script may sign at once. */
static int command(struct signing_life *s, const char *function, const char *what,
		   char said[SIGNING_SAID], struct err *e)
{
	int r = signing_command(s, function, what, said, e);
	int taken = r == 0 ? signing_script_take(s, e) : 0;

	return taken < 0 ? taken : r;
}

static int roll(struct signing_life *s, const struct signer_event *ev, char said[SIGNING_SAID],
		struct err *e)
{
	if (is_down(s, said))
		return 1;
	return command(s, ev->at_once ? "emergency" : "roll", ev->kind, said, e);
}

/* Its files are as the policy is now; one that is down finds them when it is started. */
static int reload(struct signing_life *s, char said[SIGNING_SAID], struct err *e)
{
	int r = signing_rewrite(s, e);

	if (r < 0)
		return r;
	return signing_runs(s) ? command(s, "reload", "", said, e) : 0;
}

static int restart(struct signing_life *s, const struct signer_event *ev, char said[SIGNING_SAID],
		   struct err *e)
{
	if (is_down(s, said))
		return 1;
	s->up = ev->at + ev->time;
	return signing_end(s, e);
}

/* ---- its private keys ---- */

/* DIR/hsm/lost, or hsm/2026-01-03T00:00:00Z. */
static void store_of(const struct signing_life *s, simtime copied, char ret[PATH_MAX])
{
	char at[32];

	snprintf(ret, PATH_MAX, "%.4000s/hsm/%s", s->plan->folder,
		 copied == SIGNER_NO_COPY ? "lost" : simtime_text(copied, at));
}

/* What is there is taken away, but only where a copy takes its place. */
static int put_back(struct signing_life *s, const char *const *patterns, simtime copied,
		    struct err *e)
{
	char store[PATH_MAX];
	int r = 0;

	store_of(s, copied, store);
	if (access(store, F_OK) < 0)
		return err_set(e, -ENOENT, "there is no copy of them");
	if (copied != SIGNER_NO_COPY)
		r = keys_remove(s->work, patterns, e);
	return r == 0 ? keys_copy(store, patterns, s->work, e) : r;
}

static int act_on_keys(struct signing_life *s, const struct signer_event *ev,
		       char said[SIGNING_SAID], struct err *e)
{
	struct err why = { .text = "" };
	const char *const *patterns;
	char store[PATH_MAX];
	int r = 0;

	if (s->plan->signer->hsm)
		patterns = signing_hsm_keys;
	else
		r = signer_patterns(s->plan->driver, "private_keys", &patterns, e);
	if (r < 0)
		return r;
	store_of(s, ev->act == SIGNER_KEYS_LOST ? SIGNER_NO_COPY : ev->time, store);
	if (ev->act == SIGNER_KEYS_BACK)
		r = put_back(s, patterns, ev->time, &why);
	else
		r = keys_copy(s->work, patterns, store, &why);
	if (r == 0 && ev->act == SIGNER_KEYS_LOST)
		r = keys_remove(s->work, patterns, &why);
	if (r == -ENOENT || r == -ENOSPC) {
		snprintf(said, SIGNING_SAID, "%.200s", why.text);
		return 1;
	}
	return r < 0 ? err_set(e, r, "%s", why.text) : 0;
}

/* What was wrong with it before, and is not told, is as it was. */
static int spoil_hsm(struct signing_life *s, const struct signer_event *ev, struct err *e)
{
	if (ev->pairs)
		s->hsm.pairs = ev->pairs;
	if (ev->share >= 0)
		s->hsm.bad = ev->share;
	return signing_tell_hsm(s, e);
}

/* The secondary's, under the same name. */
static int change_key(struct signing_life *s, const struct signer_event *ev,
		      char said[SIGNING_SAID])
{
	s->key = s->plan->signer->key;
	if (ev->at_once)
		s->key.secret[0] ^= 0xff;
	if (s->has_key)
		return 0;
	snprintf(said, SIGNING_SAID, "its transfers are not signed");
	return 1;
}

/* ---- its zone ---- */

static int add_record(struct signing_life *s, const struct signer_event *ev,
		      char said[SIGNING_SAID], struct err *e)
{
	struct err why = { .text = "its zone does not come from a hidden primary" };
	int r = s->primary ? primary_add(s->primary, ev->record, ev->at, &why) : -EINVAL;

	if (r != -EINVAL)
		return r < 0 ? err_set(e, r, "%s", why.text) : 0;
	snprintf(said, SIGNING_SAID, "%.200s", why.text);
	return 1;
}

/* Who serves it as it is in the file has to have a newer one. */
static int go_unsigned(struct signing_life *s, bool at_once, char said[SIGNING_SAID], struct err *e)
{
	const struct zone_copy *zone = secondary_zone(s->secondary);
	int r = 0;

	s->signing = at_once ? "off" : "leaving";
	s->off = SIMTIME_NEVER;
	signing_note_ds(s, clock_now(s->clock));
	if (at_once)
		r = signing_write_zone(s, zone ? zone_copy_serial(zone) + 1 : 0, e);
	return r == 0 ? reload(s, said, e) : r;
}

static int enter_ds(struct signing_life *s, const struct signer_event *ev, char said[SIGNING_SAID],
		    struct err *e)
{
	struct err why = { .text = "" };
	int r = registry_enter(s->registry, secondary_zone(s->secondary),
			       strcmp(ev->kind, "newest") == 0, ev->at, &why);

	if (r == -ENOENT) {
		snprintf(said, SIGNING_SAID, "%.200s", why.text);
		return 1;
	}
	return r < 0 ? err_set(e, r, "%s", why.text) : 0;
}

static int act(struct signing_life *s, const struct signer_event *ev, char said[SIGNING_SAID],
	       struct err *e)
{
	switch (ev->act) {
	case SIGNER_ROLL:
		return roll(s, ev, said, e);
	case SIGNER_POLICY:
		s->policy = ev->policy;
		return reload(s, said, e);
	case SIGNER_RESTART:
		return restart(s, ev, said, e);
	case SIGNER_STANDBY:
		return is_down(s, said) ? 1 : signing_stand_by(s, ev, said, e);
	case SIGNER_KEYS_LOST:
	case SIGNER_KEYS_COPIED:
	case SIGNER_KEYS_BACK:
		return act_on_keys(s, ev, said, e);
	case SIGNER_HSM:
		return spoil_hsm(s, ev, e);
	case SIGNER_RESIGN:
		return is_down(s, said) ? 1 : command(s, "resign", "", said, e);
	case SIGNER_CLOCK:
		for (unsigned i = 0; i < signing_areas(s); i++)
			clock_set_ahead(s->clock, i, ev->time);
		break;
	case SIGNER_DISK_FULL:
		return disk_fill(s->disk, e);
	case SIGNER_DISK_FREE:
		return s->disk ? disk_empty(s->disk, e) : 0;
	case SIGNER_UNSIGNED:
		return go_unsigned(s, ev->at_once, said, e);
	case SIGNER_RECORD:
		return add_record(s, ev, said, e);
	case SIGNER_KEY:
		return change_key(s, ev, said);
	case SIGNER_DS:
		return enter_ds(s, ev, said, e);
	}
	return 0;
}

/* ---- when ---- */

static int start_again(struct signing_life *s, struct err *e)
{
	int r;

	s->up = SIMTIME_NEVER;
	r = signing_start(s, e);
	if (r < 0)
		err_prefix(e, "when it was started again");
	return r == 0 ? tell(s, clock_now(s->clock), "started again", "", e) : r;
}

/* Somebody has seen what DS the parent has, and says so. Who would not hear it is told when the parent looks the next time. */
static int tell_of_ds(struct signing_life *s, simtime now, struct err *e)
{
	char said[SIGNING_SAID] = "", ds[64], text[96];
	int r;

	s->tells = SIMTIME_NEVER;
	r = signing_command(s, "ds_changed", "", said, e);
	if (r < 0)
		return r;
	if (r > 0)
		s->tells = now + s->plan->signer->polls;
	registry_text(s->registry, ds, sizeof(ds));
	snprintf(text, sizeof(text), "%stold of the DS %s", r ? "could not be " : "",
		 *ds ? ds : "none");
	return tell(s, now, text, said, e);
}

/* No cache has the DS any more. */
static int finish_leaving(struct signing_life *s, struct err *e)
{
	const struct signer_event ev = { .at = s->off,
					 .what = "its DS is gone: signatures go, too" };
	char said[SIGNING_SAID] = "";

	return take_end(s, &ev, go_unsigned(s, true, said, e), said, e);
}

int signing_happen(struct signing_life *s, simtime now, struct err *e)
{
	const struct signer_event *ev;
	char said[SIGNING_SAID];
	int r = 0;

	while (r == 0 && signing_next_event(s) <= now) {
		ev = next_of(s, &s->next_event);
		if (s->off <= now) {
			r = finish_leaving(s, e);
			continue;
		}
		if (signing_tells(s) <= now) {
			r = tell_of_ds(s, now, e);
			continue;
		}
		if (s->up <= now && (!ev || s->up <= ev->at)) {
			r = start_again(s, e);
			continue;
		}
		s->next_event++;
		*said = '\0';
		r = take_end(s, ev, act(s, ev, said, e), said, e);
		now = later(now, clock_now(s->clock));
	}
	return r;
}
