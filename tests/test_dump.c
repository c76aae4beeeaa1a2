/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/folder.h"
#include "tests/support/need.h"
#include "tests/support/prepared.h"
#include "tests/support/test.h"
#include "tests/support/text.h"

#include <errno.h>
#include <sys/wait.h>

#include "zones/dump.h"

/* Names are added before anything is published. */
static void start_again(void)
{
	tree_free(tree);
	tree = world_prepared();
}

/* The zone of the plan, or the leaf of a delegation below one. */
static struct zone *zone_of(const char *apex)
{
	const uint8_t *above;
	struct name name = name_of(apex);
	struct delegation d;

	if (tree_zone(tree, name.wire))
		return tree_zone(tree, name.wire);
	above = name_skip(name.wire, 1);
	assert_true(tree_delegation_find(tree_zone(tree, above), name.wire, &d));
	return tree_leaf(tree_zone(tree, above), &d);
}

/* The zone in a file of its own, whose path comes back. */
static const char *dump(struct zone *z)
{
	struct view v = { .zone = z, .now = WORLD_NOW };
	struct err e = { .text = "" };
	FILE *f = folder_open("zone");

	if (dump_zone(&v, f, &e))
		fail_msg("%s", e.text);
	assert_int_equal(fclose(f), 0);
	return folder_path("zone");
}

static int run(const char *format, const char *a, const char *b)
{
	char command[512];
	int status;

	snprintf(command, sizeof(command), format, a, b);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Judges that are not ours read the dump of a zone. */
static void judge(const char *apex)
{
	const char *path = dump(zone_of(apex));

	assert_int_equal(run("ldns-verify-zone -t " WORLD_DATE " %s >%s.log 2>&1", path, path), 0);
	assert_int_equal(run("kzonecheck -t 1778007600 -o %s %s 2>&1", apex, path), 0);
	assert_int_equal(run("named-checkzone -i local -q %s %s", apex, path), 0);
}

static void judges_accept(const char *apex)
{
	need_program("ldns-verify-zone");
	need_program("kzonecheck");
	need_program("named-checkzone");
	judge(apex);
}

static void the_root_passes(void **state)
{
	(void)state;
	judges_accept(".");
}

static void an_opt_out_tld_passes(void **state)
{
	(void)state;
	judges_accept("de.");
}

static void an_nsec_tld_passes(void **state)
{
	(void)state;
	judges_accept("net.");
}

static void an_nsec3_tld_without_opt_out_passes(void **state)
{
	(void)state;
	judges_accept("org.");
}

static void leafs_of_all_kinds_pass(void **state)
{
	(void)state;
	judges_accept("rsa.org.");
	judges_accept("ed.org.");
	judges_accept("deep.under.net.");
}

/* The name of the first signed delegation of a zone, or of those that a trace added to it. */
static void signed_delegation(const char *apex, char ret[NAME_TEXT_LEN])
{
	struct zone *z = tree_zone(tree, N(apex));
	struct delegation d;

	for (uint64_t n = 0;; n++) {
		tree_delegation_plan(z, n, &d);
		if (d.is_signed)
			break;
	}
	name_text(d.name, ret);
}

static void leafs_of_a_population_pass(void **state)
{
	char apex[NAME_TEXT_LEN];

	(void)state;
	signed_delegation("de.", apex);
	judges_accept(apex);
	signed_delegation("org.", apex);
	judges_accept(apex);
}

/* Names that a trace brought stand in every kind of zone, with the empty non-terminals
 * above them. */
static void zones_with_names_of_traces_pass(void **state)
{
	static const char *const names[] = { "a.b.c.%s",     "www.%s",	     "x.www.%s",
					     "alias.%s",     "_sip._tcp.%s", "x.alias.%s",
					     "\\000\\255.%s" };
	static const char *const plan[] = { "x.nic.de.", "b.a.under.net.", "new.org.",
					    "x.y.root-servers.test." };
	char apex[2][NAME_TEXT_LEN], text[2 * NAME_TEXT_LEN], added[64] = "";
	unsigned k = 0;

	(void)state;
	start_again();
	signed_delegation("de.", apex[0]);
	signed_delegation("org.", apex[1]);
	for (unsigned i = 0; i < 2 * ARRAY_SIZE(names); i++) {
		snprintf(text, sizeof(text), names[i / 2], apex[i % 2]);
		assert_int_equal(tree_add_name(tree, N(text), NULL), 0);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(plan); i++)
		assert_int_equal(tree_add_name(tree, N(plan[i]), NULL), 0);
	do { /* until a signed one comes */
		struct delegation d;

		snprintf(added, sizeof(added), "s%u.com.", k++);
		snprintf(text, sizeof(text), "mail.eu.%s", added);
		assert_int_equal(tree_add_name(tree, N(text), NULL), 0);
		assert_true(tree_delegation_find(tree_zone(tree, N("com.")), N(added), &d));
		if (d.is_signed)
			break;
	} while (k < 1000);
	judges_accept(added);
	judges_accept("com.");
	judges_accept(".");
	judges_accept("de.");
	judges_accept("net.");
	judges_accept("org.");
	judges_accept("ed.org.");
	judges_accept(apex[0]);
	judges_accept(apex[1]);
}

/* The fault of the night: two thirds of all signatures by another key pair. */
static void a_judge_rejects_the_share_that_is_mismatched(void **state)
{
	_cleanup_(tree_freep) struct tree *t = world_new();
	struct zone *de = tree_zone(t, N("de."));
	const char *log = folder_path("zone.log");

	(void)state;
	need_program("ldns-verify-zone");
	de->signings = calloc(2, sizeof(*de->signings));
	de->signing_count = 2;
	de->signings[0] = (struct signing){ .key = 1, .fault = -1 };
	de->signings[1] = (struct signing){ .at = WORLD_NOW - HOUR,
					    .reach_from = WORLD_NOW - HOUR,
					    .reach_to = WORLD_NOW - HOUR,
					    .key = 1,
					    .mismatched = 2.0 / 3,
					    .fault = -1 };
	assert_int_equal(tree_prepare(t, NULL), 0);
	assert_int_not_equal(
		run("ldns-verify-zone -V 2 -t " WORLD_DATE " %s >%s 2>&1", dump(de), log), 0);
	/* 80 DS RRsets, 87 NSEC3, the apex's three and six of hosts: 176, of which 117 are
	 * to fail. */
	assert_in_range(times_in(file_text(log), "Bogus DNSSEC signature"), 95, 140);
}

static void a_zone_too_large_is_refused(void **state)
{
	struct tree *t = world_new();
	struct view v = { .zone = tree_zone(t, N("de.")), .now = WORLD_NOW };
	struct err e;

	(void)state;
	v.zone->population->count = DUMP_MAX_NAMES + 1;
	assert_int_equal(tree_prepare(t, NULL), 0);
	assert_int_equal(dump_zone(&v, stderr, &e), -EFBIG);
	tree_free(t);
}

static void a_full_disk_is_said(void **state)
{
	struct view v = { .zone = tree_zone(tree, N("de.")), .now = WORLD_NOW };
	_cleanup_(fclosep) FILE *full = fopen("/dev/full", "w");
	struct err e;

	(void)state;
	assert_non_null(full);
	assert_int_equal(dump_zone(&v, full, &e), -EIO);
	assert_non_null(strstr(e.text, "zone 'de.'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_root_passes),
		cmocka_unit_test(an_opt_out_tld_passes),
		cmocka_unit_test(an_nsec_tld_passes),
		cmocka_unit_test(an_nsec3_tld_without_opt_out_passes),
		cmocka_unit_test(leafs_of_all_kinds_pass),
		cmocka_unit_test(leafs_of_a_population_pass),
		cmocka_unit_test(zones_with_names_of_traces_pass),
		cmocka_unit_test(a_judge_rejects_the_share_that_is_mismatched),
		cmocka_unit_test(a_zone_too_large_is_refused),
		cmocka_unit_test(a_full_disk_is_said),
	};

	return cmocka_run_group_tests(tests, set_up_tree, tear_down_tree);
}
