/* SPDX-License-Identifier: BSD-2-Clause */
/* A zone's versions out of a folder: which is there when, on which server, and what is wrong with folders. What real
 * signers leave, and what resolvers make of it, is tests/net/test_served.c's. */
#include <stdbool.h>
#include <stdio.h>

#include "sim/base/buf.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"
#include "tests/support/wire_name.h"
#include "tests/support/written.h"
#include "zones/content.h"
#include "zones/published.h"
#include "zones/version.h"

#define VERSIONS 20u /* one each minute */

#define SCRIPT(servers)                                                                            \
	"scenario { name = 't', from = '2026-05-05T12:00:30Z', to = '+1h' }\n"                     \
	"local root = zone('.', { servers = { '198.18.0.1' } })\n"                                 \
	"local x = zone('x.', { parent = root, versions = '.', servers = { " servers " } })\n"     \
	"zone('sub.x.', { parent = x, signed = false, servers = { '198.18.2.1' } })\n"

static const simtime noon = (simtime)1777982400 * SECOND;

static void put_version(unsigned i)
{
	char name[64];
	FILE *f;

	snprintf(name, sizeof(name), "versions/%u.%s", i, i == 1 ? "zone" : "diff");
	f = folder_open(name);
	if (i == 1)
		fputs("x. 60 IN SOA a.nic.x. h.x. 1 2 3 4 30\nx. 60 IN NS a.nic.x.\nsub.x. 60 IN "
		      "NS a.nic.sub.x.\na.nic.x. 60 IN A 198.18.1.1\n",
		      f);
	else
		fprintf(f,
			"- x. 60 IN SOA a.nic.x. h.x. %u 2 3 4 30\n+ x. 60 IN SOA a.nic.x. h.x. %u "
			"2 3 4 30\n%c www.x. 60 IN A 192.0.2.1\n",
			i - 1, i, i % 2 ? '-' : '+');
	fclose(f);
}

static void put_folder(void)
{
	FILE *f = folder_open("versions.csv");

	fputs("version,time,serial\n", f);
	for (unsigned i = 1; i <= VERSIONS; i++) {
		fprintf(f, "%u,2026-05-05T12:%02u:00Z,%u\n", i, i - 1, i);
		put_version(i);
	}
	fclose(f);
	folder_put("ds.csv", "time,record\n2026-05-05T12:00:00Z,\n"
			     "2026-05-05T12:05:00Z,x. 60 IN DS 1 13 2 0101\n"
			     "2026-05-05T12:10:00Z,x. 60 IN DS 1 13 2 0101\n"
			     "2026-05-05T12:10:00Z,x. 60 IN DS 2 13 2 0202\n"
			     "2026-05-05T12:15:00Z,\n");
}

/* The serial that a server has, so long after noon. */
static uint32_t serial(struct scenario *s, unsigned server, simtime after)
{
	struct view v = view_at(tree_zone(s->tree, wire("x.")), server, noon + after, NULL);
	static struct rrset soa;
	size_t pos = 0, len;
	const uint8_t *rdata;

	assert_true(content_rrset(&v, wire("x."), RR_SOA, &soa));
	rdata = rrset_next(&soa, &pos, &len);
	return get32(rdata + len - 20);
}

static bool is_there(struct scenario *s, const char *name, uint16_t type, simtime after)
{
	struct view v = view_at(tree_zone(s->tree, wire("x.")), 0, noon + after, NULL);
	static struct rrset rs;

	return content_rrset(&v, wire(name), type, &rs);
}

static void the_last_version_until_then_is_there(void **state)
{
	struct scenario *s;

	(void)state;
	put_folder();
	s = written(SCRIPT("'198.18.1.1'"));
	/* To and fro: more of them than are kept. */
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 1; i <= VERSIONS; i++) {
			assert_int_equal(serial(s, 0, (i - 1) * MINUTE), i);
			assert_int_equal(serial(s, 0, i * MINUTE - 1), i);
			assert_true(is_there(s, "www.x.", RR_A, i * MINUTE - 1) == (i % 2 == 0));
			assert_true(is_there(s, "a.nic.x.", RR_A, i * MINUTE - 1));
			assert_true(is_there(s, "sub.x.", RR_NS, i * MINUTE - 1));
		}
	}
	assert_int_equal(serial(s, 0, HOUR), VERSIONS);
	/* A signer may publish a zone that it has not signed yet, or signs no longer. */
	assert_false(is_there(s, "x.", RR_DNSKEY, HOUR));
	scenario_free(s);
}

static void a_server_is_late_or_looks_now_and_then(void **state)
{
	struct scenario *s;
	struct zone *z;
	unsigned last = 1, changes = 0;

	(void)state;
	put_folder();
	s = written(SCRIPT("'198.18.1.1', { '198.18.1.2', lag = '150s' }, { '198.18.1.3', polls = "
			   "'4m' }"));
	z = tree_zone(s->tree, wire("x."));
	for (unsigned i = 1; i <= VERSIONS; i++) {
		unsigned has = serial(s, 2, i * MINUTE);
		struct view v = { .zone = z, .server = 1, .now = noon + i * MINUTE };

		assert_int_equal(serial(s, 1, i * MINUTE), i < 3 ? 1 : i - 2);
		assert_true(has <= i + 1 && has + 4 > i);
		changes += has != last;
		last = has;
		/* When the next one comes is when it is there. */
		if (version_next(&v) == SIMTIME_NEVER)
			continue;
		assert_int_equal(serial(s, 1, version_next(&v) - noon),
				 serial(s, 1, version_next(&v) - noon - 1) + 1);
	}
	assert_in_range(changes, 4, 6);
	scenario_free(s);
}

static void a_copy_that_stays_is_the_version_of_then(void **state)
{
	struct scenario *s;

	(void)state;
	put_folder();
	s = written(SCRIPT("'198.18.1.1', '198.18.1.2'") "at('12:10:30', x:fault('stale-copy', { "
							 "servers = { 'b.nic.x.' }, to = '12:15' "
							 "}))\n"
							 "at('12:16', x:fault('lagging-copy', { "
							 "servers = { 'b.nic.x.' }, by = '3m' "
							 "}))\n");
	assert_int_equal(serial(s, 1, 14 * MINUTE), 11);
	assert_int_equal(serial(s, 0, 14 * MINUTE), 15);
	assert_int_equal(serial(s, 1, 15 * MINUTE), 16);
	assert_int_equal(serial(s, 1, 16 * MINUTE), 14);
	scenario_free(s);
}

/* How many DS the root has for it, which its proofs know of. */
static unsigned ds(struct scenario *s, simtime after)
{
	struct view v = view_at(tree_zone(s->tree, wire(".")), 0, noon + after, NULL);
	static struct rrset rs;
	unsigned count = content_rrset(&v, wire("x."), RR_DS, &rs) ? rs.count : 0;
	bool is_listed = false;
	struct node node;

	content_node(&v, wire("x."), &node);
	for (unsigned i = 0; i < node.type_count; i++)
		is_listed |= node.types[i] == RR_DS;
	assert_true(is_listed == (count > 0));
	return count;
}

static void the_ds_is_the_one_that_the_parent_had(void **state)
{
	struct scenario *s;

	(void)state;
	put_folder();
	s = written(SCRIPT("'198.18.1.1'"));
	assert_int_equal(ds(s, MINUTE), 0);
	assert_int_equal(ds(s, 5 * MINUTE - 1), 0);
	assert_int_equal(ds(s, 5 * MINUTE), 1);
	assert_int_equal(ds(s, 10 * MINUTE), 2);
	assert_int_equal(ds(s, 15 * MINUTE), 0);
	scenario_free(s);
}

static void what_is_wrong_with_a_folder_has_its_place(void **state)
{
	static const struct {
		const char *file, *text, *said;
		bool goes_on; /* behind what is there */
	} wrong[] = {
		{ "versions.csv", "version,time\n1,2026-05-05T12:00:00Z\n3,2026-05-05T12:01:00Z\n",
		  "versions.csv:3: it is no row of a version" },
		{ "versions.csv", "version,time\n", "the signer published nothing" },
		{ "versions/3.diff", "x. 60 IN A 1.2.3.4\n",
		  "versions/3.diff:1: it begins with neither" },
		{ "versions/3.diff", "+ nonsense\n", "versions/3.diff:1: it is no record" },
		{ "versions/3.diff", "+ y. 60 IN A 192.0.2.1\n", "the record is of another zone" },
		{ "versions/3.diff", "- new.x. 60 IN A 192.0.2.1\n",
		  "versions/3.diff:4: a record of 'new.x.' goes that was not there", true },
		{ "versions/3.diff", "+ a.nic.x. 60 IN A 198.18.1.1\n",
		  "a record of 'a.nic.x.' comes that was there already", true },
		{ "versions/20.diff", "+ x. 60 IN NS ns.other.\n",
		  "from version 20 on the zone's NS 'ns.other.' is none of its servers" },
		{ "ds.csv", "time,record\n2026-05-05T12:00:00Z\n",
		  "ds.csv:2: it is no row of a DS" },
		{ "ds.csv", "time,record\n2026-05-05T12:00:00Z,y. 60 IN DS 1 13 2 00\n",
		  "ds.csv:2: it is no DS of the zone" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		FILE *f;

		put_folder();
		f = wrong[i].goes_on ? fopen(folder_path("%s", wrong[i].file), "ae")
				     : folder_open(wrong[i].file);
		assert_non_null(f);
		fputs(wrong[i].text, f);
		fclose(f);
		refuses(SCRIPT("'198.18.1.1'"), 3, wrong[i].said);
	}
	put_folder();
	refuses("scenario { name = 't', from = '2026-05-05T11:00Z', to = '+2h' }\n"
		"local root = zone('.', { servers = { '198.18.0.1' } })\n"
		"zone('x.', { parent = root, versions = '.', servers = { '198.18.1.1' } })\n",
		3, "let it begin later");
	refuses("scenario { name = 't', from = '2026-05-05T12:00Z', to = '+2h' }\n"
		"local root = zone('.', { servers = { '198.18.0.1' } })\n"
		"zone('x.', { parent = root, versions = 'none', servers = { '198.18.1.1' } })\n",
		3, "is a folder that 'sigfault sign' made for a signer");
	refuses("scenario { name = 't', from = '2026-05-05T12:00Z', to = '+2h' }\n"
		"zone('.', { servers = { { '198.18.0.1', polls = '1m' } } })\n",
		2, "polls and lag are for servers of a zone with versions");
	refuses(SCRIPT("'198.18.1.1'") "at('12:10', x:fault 'rrsig-no-all')\n", 5,
		"taken as signed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_version_until_then_is_there),
		cmocka_unit_test(a_server_is_late_or_looks_now_and_then),
		cmocka_unit_test(a_copy_that_stays_is_the_version_of_then),
		cmocka_unit_test(the_ds_is_the_one_that_the_parent_had),
		cmocka_unit_test(what_is_wrong_with_a_folder_has_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
