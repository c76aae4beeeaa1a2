/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/cmd.h"
#include "harness/cli/instant.h"
#include "harness/signing/history_read.h"
#include "harness/text/table.h"
#include "harness/text/whole.h"
#include "sim/base/nearest.h"
#include "zones/dump.h"
#include "zones/image.h"
#include "zones/master.h"

#define ZONES_NAMED 8

/* Those that there are; of many the first ones. */
static enum exit_status no_zone(const struct scenario *s, const char *name, struct err *e)
{
	struct nearest n = nearest_to(name);
	char list[600] = "", apex[NAME_TEXT_LEN], hint[NEAREST_LEN + 24];
	size_t len = 0;

	for (unsigned i = 0; i < s->tree->zone_count; i++) {
		nearest_try(&n, name_text(s->tree->zones[i]->apex, apex));
		if (i < ZONES_NAMED && len < sizeof(list))
			len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s",
						i ? ", " : "", apex);
	}
	err_set(e, -ENOENT, "the scenario has no zone '%s'; it has: %s%s%s", name, list,
		s->tree->zone_count > ZONES_NAMED ? ", …" : "", nearest_hint(&n, hint));
	return EXIT_USAGE;
}

static void tree_freep(struct tree **t)
{
	tree_free(*t);
}

/* Beside the file. */
static int write_image(const struct image *i, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	_cleanup_(freep) char *folder = slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
	char name[PATH_MAX];
	struct whole w;
	size_t len;
	const void *bytes = image_bytes(i, &len);
	int rc;

	if (!folder)
		return err_set(e, -ENOMEM, "no memory for an image");
	snprintf(name, sizeof(name), "%s" IMAGE_SUFFIX, slash ? slash + 1 : path);
	rc = whole_open(&w, *folder ? folder : "/", name, e);
	if (rc < 0)
		return rc;
	fwrite(bytes, 1, len, w.out);
	return whole_close(&w, 0, e);
}

static void say(const struct image *i, const char *path, const struct master_counts *counts)
{
	char delegations[48], secure[48], records[48], size[48];
	size_t len;

	image_bytes(i, &len);
	printf("%s" IMAGE_SUFFIX ": %s delegations (%s with a DS), %s records; %s bytes", path,
	       table_grouped((double)counts->delegations, delegations),
	       table_grouped((double)counts->secure, secure),
	       table_grouped(counts->records, records), table_grouped((double)len, size));
	if (image_head(i)->count)
		printf(", %.1f a delegation", (double)len / (double)image_head(i)->count);
	printf("\nleft out: %u of DNSSEC, %u of servers, %u of glue, %u below delegations\n",
	       counts->dnssec, counts->servers, counts->glue, counts->occluded);
}

/* sigfault zone compile FILE ZONE */
static enum exit_status compile(const char *path, const char *zone, struct err *e)
{
	_cleanup_(tree_freep) struct tree *t = tree_new(1, 0);
	_cleanup_(image_freep) struct image *i = NULL;
	struct master_counts counts;
	uint8_t apex[NAME_MAX_LEN];
	struct zone *z;

	if (name_parse(zone, apex, e) < 0)
		return EXIT_USAGE;
	z = t ? tree_add(t, apex, NULL) : NULL;
	if (!z) {
		err_set(e, -ENOMEM, "no memory for a zone");
		return EXIT_INVALID;
	}
	if (master_read(z, path, &counts, &i, e) < 0)
		return EXIT_USAGE;
	if (write_image(i, path, e) < 0)
		return EXIT_INVALID;
	say(i, path, &counts);
	return EXIT_HELD;
}

/* sigfault zone DIR ZONE, where DIR is what a signer of 'sigfault sign' left */
static enum exit_status print_published(const struct options *o, struct err *e)
{
	_cleanup_(zone_copy_freep) struct zone_copy *c = NULL;
	simtime at = SIMTIME_NEVER;
	ldns_rr_list *soa;
	ldns_rdf *apex;
	bool is_there;

	if (o->at && simtime_parse(o->at, &at, e) < 0)
		return EXIT_USAGE;
	if (history_zone(o->args[0], at, &c, e) < 0)
		return EXIT_USAGE;
	apex = ldns_dname_new_frm_str(o->args[1]);
	soa = apex ? zone_copy_rrset(c, apex, LDNS_RR_TYPE_SOA) : NULL;
	is_there = soa && ldns_rr_list_rr_count(soa);
	ldns_rr_list_deep_free(soa);
	ldns_rdf_deep_free(apex);
	if (!is_there) {
		err_set(e, -ENOENT, "'%s' has versions of another zone than '%s'", o->args[0],
			o->args[1]);
		return EXIT_USAGE;
	}
	return zone_copy_write(c, stdout, e) < 0 ? EXIT_INVALID : EXIT_HELD;
}

enum exit_status cmd_zone(struct options *o, struct err *e)
{
	_cleanup_(scenario_freep) struct scenario *s = NULL;
	uint8_t apex[NAME_MAX_LEN];
	struct view v = { 0 };
	int r;

	if (strcmp(o->args[0], "compile") == 0 && o->arg_count == 3)
		return compile(o->args[1], o->args[2], e);
	if (o->arg_count != 2 || strcmp(o->args[0], "compile") == 0) {
		err_set(e, -EINVAL, "'zone' wants SCENARIO ZONE, or compile FILE ZONE");
		return EXIT_USAGE;
	}
	if (history_is(o->args[0]))
		return print_published(o, e);
	if (scenario_load(o->args[0], &o->run.scenario_options, &s, e) < 0 ||
	    instant_of(o, s, &v.now, e) < 0 || name_parse(o->args[1], apex, e) < 0)
		return EXIT_USAGE;
	v.zone = tree_zone(s->tree, apex);
	if (!v.zone)
		return no_zone(s, o->args[1], e);
	v = view_at(v.zone, 0, v.now, NULL);
	r = dump_zone(&v, stdout, e);
	return r == -EIO ? EXIT_INVALID : r < 0 ? EXIT_USAGE : EXIT_HELD;
}
