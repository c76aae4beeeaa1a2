/* SPDX-License-Identifier: BSD-2-Clause */
/* What a resolver is told of the root, read by ldns as a resolver would. */
#include "tests/support/world.h"

#include <errno.h>

#include "tests/support/ldns_judge.h"
#include "tests/support/test.h"
#include "zones/anchor.h"

/* A record of a line; the caller's. */
static ldns_rr *read_record(const char *line)
{
	ldns_rr *rr = NULL;

	if (ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL) != LDNS_STATUS_OK)
		fail_msg("ldns cannot read: %s", line);
	return rr;
}

static void the_hints_name_every_root_server_and_its_addresses(void **state)
{
	_cleanup_(tree_freep) struct tree *t = world_prepared();
	unsigned ns = 0, v4 = 0, v6 = 0;
	char *rest, *line;
	struct anchor a;
	struct err e = { "" };

	(void)state;
	assert_int_equal(anchor_make(t, WORLD_NOW, &a, &e), 0);
	for (rest = a.hints; (line = strsep(&rest, "\n")) && *line;) {
		ldns_rr *rr = read_record(line);

		ns += ldns_rr_get_type(rr) == LDNS_RR_TYPE_NS;
		v4 += ldns_rr_get_type(rr) == LDNS_RR_TYPE_A;
		v6 += ldns_rr_get_type(rr) == LDNS_RR_TYPE_AAAA;
		ldns_rr_free(rr);
	}
	assert_int_equal(ns, 2);
	assert_int_equal(v4, 2);
	assert_int_equal(v6, 2);
}

static void the_anchor_is_the_key_that_signs_the_roots_keys(void **state)
{
	static struct rrset keys, sigs, one;
	_cleanup_(tree_freep) struct tree *t = world_prepared();
	struct view v = view_at(t->zones[0], 0, WORLD_NOW, NULL);
	ldns_rr *key, *ds, *published;
	const uint8_t *rdata;
	size_t pos = 0, len;
	struct anchor a;
	struct err e = { "" };
	bool found = false;

	(void)state;
	assert_int_equal(anchor_make(t, WORLD_NOW, &a, &e), 0);
	key = read_record(a.key);
	ds = read_record(a.ds);
	assert_true(ldns_rr_compare_ds(ds, key));
	assert_int_equal(ldns_rdf2native_int16(ldns_rr_rdf(key, 0)), 257);

	assert_true(sign_dnskey(&v, &keys));
	assert_int_equal(sign_rrset(&v, &keys, NULL, NULL, &sigs, &e), 0);
	while ((rdata = rrset_next(&keys, &pos, &len))) {
		published = judge_record(&keys, rdata, len);
		if (ldns_rr_compare(published, key) == 0) {
			rrset_init(&one, keys.owner, keys.type, keys.ttl);
			rrset_add(&one, rdata, len);
			found = judge_accepts(&keys, &sigs, &one);
		}
		ldns_rr_free(published);
	}
	assert_true(found);
	ldns_rr_free(key);
	ldns_rr_free(ds);
}

static void a_root_that_is_not_signed_has_no_anchor(void **state)
{
	_cleanup_(tree_freep) struct tree *t = world_prepared();
	struct anchor a;
	struct err e = { "" };

	(void)state;
	t->zones[0]->is_signed = false;
	assert_int_equal(anchor_make(t, WORLD_NOW, &a, &e), 0);
	assert_string_equal(a.key, "");
	assert_string_equal(a.ds, "");
	assert_string_not_equal(a.hints, "");
}

static void more_root_servers_than_a_hints_file_has_room_for_are_refused(void **state)
{
	struct tree *t = world_new();
	struct anchor a;
	struct err e = { "" };

	(void)state;
	for (unsigned i = 0; i < 200; i++)
		world_server(t->zones[0], "c.root-servers.test.", 3 + i);
	assert_int_equal(anchor_make(t, WORLD_NOW, &a, &e), -ENOBUFS);
	assert_string_equal(e.text, "too many root servers for a hints file");
	tree_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hints_name_every_root_server_and_its_addresses),
		cmocka_unit_test(the_anchor_is_the_key_that_signs_the_roots_keys),
		cmocka_unit_test(a_root_that_is_not_signed_has_no_anchor),
		cmocka_unit_test(more_root_servers_than_a_hints_file_has_room_for_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
