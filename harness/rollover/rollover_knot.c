/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_knot.c - what Knot's `keymgr ZONE list -j` prints. */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "harness/rollover/rollover_read.h"

/* A key's times, by their names in the file; 0 is "not told". */
struct times {
	simtime pre_active, publish, ready, active, retire_active, retire, post_active, remove;
};

/* Knot DNS, "DNSSEC key states", as knotd 3.2 publishes them: a key that is pre-active signs and is
 * not published. A ZSK signs as long as it is active, is only published as it is retired, and only
 * signs post-active. */
static void set_zsk(const struct times *t, struct rollover_key *k)
{
	k->published = (struct rollover_span){
		t->publish, earlier(t->remove, rollover_first_of(t->post_active, t->remove))
	};
	k->signs.from = earlier(t->pre_active, t->active);
	k->signs.until = t->post_active != SIMTIME_NEVER ? t->remove
							 : rollover_first_of(t->retire, t->remove);
	if (k->signs.from == SIMTIME_NEVER)
		k->signs = rollover_never();
	k->leaves = t->retire != SIMTIME_NEVER;
}

/* A KSK signs the DNSKEY RRset as soon as it is published, and is out of it as it is retired. Its DS
 * is waited for while it is ready, and there as it is active. */
static void set_ksk(const struct times *t, struct rollover_key *k)
{
	set_zsk(t, k);
	k->signs.from = earlier(t->publish, t->pre_active);
	if (k->signs.from == SIMTIME_NEVER)
		k->signs = rollover_never();
	else if (t->post_active == SIMTIME_NEVER)
		k->signs.until = rollover_first_of(t->retire, t->remove);
	if (k->role == KEY_KSK && t->retire < k->published.until)
		k->published.until = t->retire;
	k->leaves = rollover_first_of(t->retire_active, t->retire) != SIMTIME_NEVER;
	k->ds = (struct rollover_span){
		t->active,
		rollover_first_of(t->retire_active, rollover_first_of(t->retire, t->remove))
	};
	if (k->ds.from == SIMTIME_NEVER)
		k->ds = rollover_never();
}

static int read_times(json_t *key, struct times *ret, struct err *e)
{
	const struct {
		const char *name;
		simtime *to;
	} fields[] = { { "pre-active", &ret->pre_active },
		       { "publish", &ret->publish },
		       { "ready", &ret->ready },
		       { "active", &ret->active },
		       { "retire-active", &ret->retire_active },
		       { "retire", &ret->retire },
		       { "post-active", &ret->post_active },
		       { "remove", &ret->remove } };

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		const json_t *value = json_object_get(key, fields[i].name);
		json_int_t seconds = json_integer_value(value);

		if (!json_is_integer(value) || seconds < 0 || seconds > 9000000000)
			return err_set(e, -EINVAL, "'%s' is no time in seconds", fields[i].name);
		*fields[i].to = seconds ? seconds * SECOND : SIMTIME_NEVER;
	}
	return 0;
}

static int read_key(json_t *json, struct rollover *r, struct err *e)
{
	const char *zone = json_string_value(json_object_get(json, "zone"));
	json_int_t algorithm = json_integer_value(json_object_get(json, "algorithm"));
	json_int_t tag = json_integer_value(json_object_get(json, "tag"));
	bool ksk = json_is_true(json_object_get(json, "ksk"));
	bool zsk = json_is_true(json_object_get(json, "zsk"));
	struct rollover_key *k;
	struct times t;

	if (!zone || algorithm <= 0 || algorithm > 255 || tag < 0 || tag > 65535 || (!ksk && !zsk))
		return err_set(e, -EINVAL,
			       "it has no zone, algorithm or tag, or is neither KSK nor ZSK");
	if (read_times(json, &t, e) < 0 || rollover_set_zone(r, zone, e) < 0)
		return -EINVAL;
	k = rollover_add_key(r, ksk && zsk ? KEY_CSK : ksk ? KEY_KSK : KEY_ZSK, e);
	if (!k)
		return -ENOMEM;
	rollover_name_key(r, k, (uint8_t)algorithm, (unsigned)tag);
	if (k->role == KEY_ZSK)
		set_zsk(&t, k);
	else
		set_ksk(&t, k);
	return 0;
}

/* The line on which the n-th object of the list begins: jansson does not keep it. */
static int line_of(const char *path, size_t n)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "re");
	int line = 1, depth = 0, c, last = 0;
	bool quoted = false;

	while (f && (c = getc(f)) != EOF) {
		line += c == '\n';
		if (c == '"' && last != '\\')
			quoted = !quoted;
		last = last == '\\' ? 0 : c;
		if (quoted)
			continue;
		if (c == '{' && depth == 1 && n-- == 0)
			return line;
		depth += (c == '{' || c == '[') - (c == '}' || c == ']');
	}
	return line;
}

int rollover_read_knot(const char *path, struct rollover *r, FILE *notes, struct err *e)
{
	json_error_t je;
	json_t *keys = json_load_file(path, 0, &je), *key;
	size_t i;
	int rc = 0;

	(void)notes;
	if (!keys)
		return err_set(e, -EINVAL, "%s:%d: %s", path, je.line, je.text);
	if (!json_is_array(keys))
		rc = err_set(e, -EINVAL,
			     "%s:1: it is no list of keys, as keymgr ZONE list -j prints", path);
	json_array_foreach(keys, i, key)
	{
		if (rc == 0 && (rc = read_key(key, r, e)) < 0)
			err_prefix(e, "%s:%d: key %zu", path, line_of(path, i), i + 1);
	}
	json_decref(keys);
	snprintf(r->title, sizeof(r->title), "the keys in %.200s, as Knot has them", path);
	return rc;
}
