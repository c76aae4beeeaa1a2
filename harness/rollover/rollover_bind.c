/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_bind.c - the K*.state files of BIND's dnssec-policy. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "harness/rollover/rollover_read.h"

enum {
	T_PUBLISHED,
	T_ACTIVE,
	T_RETIRED,
	T_REMOVED,
	T_PUBLISH_CDS,
	T_DELETE_CDS,
	T_DS_PUBLISH,
	T_DS_REMOVED,
	T_DS_CHANGE,
	T_COUNT,
};

static const char *const time_names[T_COUNT] = {
	[T_PUBLISHED] = "Published",  [T_ACTIVE] = "Active",	      [T_RETIRED] = "Retired",
	[T_REMOVED] = "Removed",      [T_PUBLISH_CDS] = "PublishCDS", [T_DELETE_CDS] = "DeleteCDS",
	[T_DS_PUBLISH] = "DSPublish", [T_DS_REMOVED] = "DSRemoved",   [T_DS_CHANGE] = "DSChange",
};

/* A file as it stands. */
struct state {
	char zone[256], ds_state[32];
	unsigned algorithm, tag;
	bool ksk, zsk;
	simtime times[T_COUNT]; /* NEVER: not there */
};

/* "20261125200112 (Wed …)" */
static int parse_time(const char *text, simtime *ret, struct err *e)
{
	char iso[40];
	unsigned y, mo, d, h, mi, s;

	if (strspn(text, "0123456789") != 14 ||
	    sscanf(text, "%4u%2u%2u%2u%2u%2u", &y, &mo, &d, &h, &mi, &s) != 6)
		return err_set(e, -EINVAL, "'%.40s' is no time like 20260101000000", text);
	snprintf(iso, sizeof(iso), "%04u-%02u-%02uT%02u:%02u:%02uZ", y, mo, d, h, mi, s);
	return simtime_parse(iso, ret, e);
}

static int read_flag(const char *key, const char *value, bool *ret, struct err *e)
{
	*ret = strcmp(value, "yes") == 0;
	return *ret || strcmp(value, "no") == 0
		       ? 0
		       : err_set(e, -EINVAL, "%s is yes or no, not '%.40s'", key, value);
}

/* Other keys than those that matter here are BIND's business. */
static int read_field(struct state *s, const char *key, const char *value, struct err *e)
{
	if (strcmp(key, "KSK") == 0)
		return read_flag(key, value, &s->ksk, e);
	if (strcmp(key, "ZSK") == 0)
		return read_flag(key, value, &s->zsk, e);
	if (strcmp(key, "Algorithm") == 0) {
		s->algorithm = rollover_algorithm(value);
		return s->algorithm ? 0 : err_set(e, -EINVAL, "'%.40s' is no algorithm", value);
	}
	if (strcmp(key, "DSState") == 0)
		snprintf(s->ds_state, sizeof(s->ds_state), "%s", value);
	for (int i = 0; i < T_COUNT; i++)
		if (strcmp(key, time_names[i]) == 0)
			return parse_time(value, &s->times[i], e);
	return 0;
}

static int read_line(struct state *s, char *line, struct err *e)
{
	char *colon;

	line[strcspn(line, "\r\n")] = '\0';
	if (line[0] == ';') {
		if (sscanf(line, "; This is the state of key %u, for %255s", &s->tag, s->zone) == 2)
			s->zone[strlen(s->zone) - 1] = '\0'; /* a full stop ends the sentence */
		return 0;
	}
	if (!line[0])
		return 0;
	colon = strchr(line, ':');
	if (!colon)
		return err_set(e, -EINVAL, "'%.60s' is not KEY: VALUE", line);
	*colon = '\0';
	return read_field(s, line, colon + 1 + strspn(colon + 1, " \t"), e);
}

static int read_state(const char *path, struct state *s, struct err *e)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "re");
	char line[1024];
	int n = 0, rc;

	*s = (struct state){ .tag = 0 };
	for (int i = 0; i < T_COUNT; i++)
		s->times[i] = SIMTIME_NEVER;
	if (!f)
		return err_set(e, -errno, "cannot read '%s': %s", path, strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		n++;
		rc = read_line(s, line, e);
		if (rc == 0)
			continue;
		err_prefix(e, "%s:%d", path, n);
		return rc;
	}
	if (s->zone[0] && s->algorithm && (s->ksk || s->zsk))
		return 0;
	return err_set(e, -EINVAL,
		       "%s: it is no key's state: its heading, Algorithm, or KSK and ZSK are "
		       "missing",
		       path);
}

/* When its DS comes and goes: as BIND was told (rndc dnssec -checkds), or as it thinks of it, or,
 * still to come, when it asks the parent for it (RFC 7344). A key that is relieved has its DS until
 * then. */
static struct rollover_span ds_span(const struct state *s)
{
	bool there =
		strcmp(s->ds_state, "rumoured") == 0 || strcmp(s->ds_state, "omnipresent") == 0;
	bool goes = strcmp(s->ds_state, "unretentive") == 0;
	simtime in = there ? s->times[T_DS_CHANGE] : s->times[T_PUBLISH_CDS];
	simtime out = goes ? s->times[T_DS_CHANGE]
			   : rollover_first_of(s->times[T_DELETE_CDS], s->times[T_RETIRED]);
	struct rollover_span span = { rollover_first_of(s->times[T_DS_PUBLISH], in),
				      rollover_first_of(s->times[T_DS_REMOVED], out) };

	if (goes && span.from == SIMTIME_NEVER)
		span.from = ROLLOVER_ALWAYS;
	return span.from == SIMTIME_NEVER ? rollover_never() : span;
}

static int take_state(struct rollover *r, const struct state *s, struct err *e)
{
	enum key_role role = s->ksk && s->zsk ? KEY_CSK : s->ksk ? KEY_KSK : KEY_ZSK;
	struct rollover_key *k;
	char number[8];

	if (rollover_set_zone(r, s->zone, e) < 0)
		return -EINVAL;
	k = rollover_add_key(r, role, e);
	if (!k)
		return -ENOMEM;
	snprintf(k->name, sizeof(k->name), "%s-%u",
		 rollover_algorithm_name((uint8_t)s->algorithm, number), s->tag);
	k->algorithm = (uint8_t)s->algorithm;
	k->tag = (int)s->tag;
	k->published = (struct rollover_span){ s->times[T_PUBLISHED], s->times[T_REMOVED] };
	if (role == KEY_ZSK)
		k->signs = (struct rollover_span){ s->times[T_ACTIVE], s->times[T_RETIRED] };
	else
		k->signs = k->published;
	if (role != KEY_ZSK)
		k->ds = ds_span(s);
	return 0;
}

static int is_state(const struct dirent *d)
{
	const char *dot = strrchr(d->d_name, '.');

	return d->d_name[0] == 'K' && dot && strcmp(dot, ".state") == 0;
}

int rollover_read_bind(const char *folder, struct rollover *r, struct err *e)
{
	struct dirent **files = NULL;
	int n = scandir(folder, &files, is_state, alphasort), rc = 0;
	char path[PATH_MAX];
	struct state s;

	if (n < 0)
		return err_set(e, -errno, "cannot read '%s': %s", folder, strerror(errno));
	if (!n)
		rc = err_set(e, -EINVAL,
			     "'%s' has no K*.state file, as BIND writes for each key of a "
			     "dnssec-policy",
			     folder);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]->d_name);
		if (rc == 0)
			rc = read_state(path, &s, e);
		if (rc == 0 && (rc = take_state(r, &s, e)) < 0)
			err_prefix(e, "%s", path);
		free(files[i]);
	}
	free(files);
	snprintf(r->title, sizeof(r->title), "the keys in %.200s, as BIND has them", folder);
	return rc;
}
