/* SPDX-License-Identifier: BSD-2-Clause */
/* signing_standby.c - another machine takes a signer's place. It has the unsigned zone, the same rules, and of what the signer had
 * written its key store: as it is, or with other ZSKs. All else it begins anew. */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/signing/signing_state.h"

static bool is_of(const char *name, const char *const *patterns)
{
	for (; *patterns; patterns++)
		if (fnmatch(*patterns, name, 0) == 0)
			return true;
	return false;
}

/* An HSM is both machines'. */
static bool is_kept(const struct signing_life *s, const char *name, const char *const *key_store)
{
	static const char *const of_hsm[] = { HSM_MODULE, HSM_FAULTS, HSM_CONFIGURATION, HSM_TOKENS,
					      NULL };

	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || is_of(name, key_store) ||
	       (s->plan->signer->hsm && is_of(name, of_hsm));
}

static int move_away(const struct signing_life *s, const char *name, const char *to, struct err *e)
{
	char from[PATH_MAX + 257], there[PATH_MAX + 257];

	snprintf(from, sizeof(from), "%s/%s", s->work, name);
	snprintf(there, sizeof(there), "%.4000s/%s", to, name);
	if (rename(from, there) < 0)
		return err_set(e, -errno, "'%s': %s", from, strerror(errno));
	return 0;
}

/* What the first had is in DIR/primary/2026-01-03T00:00:00Z for a look. */
static int leave_behind(const struct signing_life *s, simtime at, struct err *e)
{
	_cleanup_(closedirp) DIR *d = opendir(s->work);
	char to[PATH_MAX], time[32];
	const char *const *key_store;
	struct dirent *file;
	int r = signer_patterns(s->plan->driver, "key_store", &key_store, e);

	snprintf(to, sizeof(to), "%.4000s/primary", s->plan->folder);
	if (r == 0 && (!d || (mkdir(to, 0755) < 0 && errno != EEXIST)))
		r = err_set(e, -errno, "'%s': %s", d ? to : s->work, strerror(errno));
	snprintf(to + strlen(to), sizeof(to) - strlen(to), "/%s", simtime_text(at, time));
	if (r == 0 && mkdir(to, 0755) < 0)
		r = err_set(e, -errno, "'%s': %s", to, strerror(errno));
	while (r == 0 && (file = readdir(d)))
		if (!is_kept(s, file->d_name, key_store))
			r = move_away(s, file->d_name, to, e);
	return r;
}

/* Its serial is above what secondaries have: they would not take it otherwise. */
int signing_stand_by(struct signing_life *s, const struct signer_event *ev, char said[SIGNING_SAID],
		     struct err *e)
{
	const struct zone_copy *zone = secondary_zone(s->secondary);
	int r = signing_end(s, e);

	if (r == 0)
		r = leave_behind(s, ev->at, e);
	if (r == 0)
		r = signing_write_zone(s, zone ? zone_copy_serial(zone) + 1 : 0, e);
	if (r == 0)
		r = signing_rewrite(s, e);
	if (r == 0 && ev->at_once)
		r = signing_command(s, "own_keys", "zsk", said, e);
	s->up = ev->at + ev->time;
	return r;
}
