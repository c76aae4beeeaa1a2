/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/prepared.h"
#include "tests/support/test.h"

#include "sim/base/buf.h"
#include "zones/census.h"
#include "zones/content.h"
#include "zones/version.h"

static struct rrset rs;

static struct view view_of(const char *apex)
{
	return (struct view){ .zone = tree_zone(tree, N(apex)), .now = WORLD_NOW };
}

static struct node node_of(const char *apex, const char *name)
{
	struct view v = view_of(apex);
	struct node node;

	content_node(&v, N(name), &node);
	return node;
}

static void expect_kind(const char *apex, const char *name, enum node_kind kind)
{
	assert_int_equal(node_of(apex, name).kind, kind);
}

static void every_kind_of_node_is_told_from_the_others(void **state)
{
	(void)state;
	expect_kind("de.", "de.", NODE_DATA);
	expect_kind("de.", "nic.de.", NODE_EMPTY);
	expect_kind("de.", "a.nic.de.", NODE_DATA);
	expect_kind("de.", "x.nic.de.", NODE_ABSENT);
	expect_kind("de.", "x.a.nic.de.", NODE_ABSENT);
	expect_kind("de.", "d00000000.de.", NODE_CUT);
	expect_kind("de.", "d00001999.de.", NODE_CUT);
	expect_kind("de.", "d00002000.de.", NODE_ABSENT);
	expect_kind("de.", "d0000000.de.", NODE_ABSENT);
	expect_kind("de.", "x.d00000000.de.", NODE_BELOW);
	expect_kind("de.", "d00000000.x.de.", NODE_ABSENT);
	expect_kind("de.", "h000.de.", NODE_CUT);
	expect_kind("de.", "ns1.h000.de.", NODE_BELOW);
	expect_kind("de.", "h004.de.", NODE_ABSENT); /* lives below net. */
	expect_kind("net.", "h004-de.net.", NODE_CUT);
	expect_kind("net.", "under.net.", NODE_EMPTY);
	expect_kind("net.", "deep.under.net.", NODE_CUT);
	expect_kind(".", "test.", NODE_EMPTY);
	expect_kind(".", "a.root-servers.test.", NODE_DATA);
	expect_kind(".", "l.de.net.", NODE_BELOW);
	expect_kind("net.", "l.de.net.", NODE_DATA);
	expect_kind("plain.org.", "wild.plain.org.", NODE_EMPTY);
	expect_kind("plain.org.", "*.wild.plain.org.", NODE_DATA);
	expect_kind("plain.org.", "x.wild.plain.org.", NODE_ABSENT);
	expect_kind("plain.org.", "ns1.plain.org.", NODE_ABSENT);
}

static void a_node_below_a_cut_names_the_cut(void **state)
{
	struct node node = node_of("net.", "a.b.deep.under.net.");

	(void)state;
	assert_true(name_equal(node.cut, N("deep.under.net.")));
	assert_true(node.signed_cut);
	assert_int_equal(node.type_count, 0);
	node = node_of("net.", "deep.under.net.");
	assert_int_equal(node.type_count, 2);
	assert_false(node_of("org.", "plain.org.").signed_cut);
}

/* Whatever a node lists is there, in ascending order, and nothing else is. */
static void expect_consistent(const struct view *v, const uint8_t *name)
{
	struct node node;
	unsigned listed = 0;

	content_node(v, name, &node);
	for (uint16_t type = 1; type < 64; type++) {
		bool wanted = listed < node.type_count && node.types[listed] == type;

		assert_int_equal(content_rrset(v, name, type, &rs), wanted);
		if (!wanted)
			continue;
		assert_true(rs.count && rs.type == type && name_equal(rs.owner, name));
		listed++;
	}
	assert_int_equal(listed, node.type_count);
}

static void nodes_and_rrsets_agree(void **state)
{
	static const char *const zones[] = { ".",	 "de.",	    "net.",	 "org.",
					     "rsa.org.", "ed.org.", "plain.org." };

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(zones); i++) {
		struct view v = view_of(zones[i]);
		uint64_t count = census_count(v.zone);
		uint8_t name[NAME_MAX_LEN];

		for (uint64_t n = 0; n < count && n < 60; n++) {
			census_name(v.zone, n, name);
			expect_consistent(&v, name);
		}
	}
}

/* The chain has each name once; which they are follows from the kind of denial. */
static void expect_chain(const char *apex, bool empty, bool unsigned_cuts)
{
	struct view v = view_of(apex);
	uint64_t names = census_count(v.zone), wanted = 0;
	uint8_t name[NAME_MAX_LEN], before[NAME_MAX_LEN];
	struct node node;

	for (uint64_t n = 0; n < names; n++) {
		census_name(v.zone, n, name);
		content_node(&v, name, &node);
		wanted += node.kind == NODE_EMPTY ? empty
			  : node.kind == NODE_CUT ? node.signed_cut || unsigned_cuts
						  : node.kind == NODE_DATA;
	}
	assert_int_equal(census_chain_count(v.zone), wanted);
	for (uint64_t n = 0; n < wanted; n++) {
		census_chain_name(v.zone, n, name);
		content_node(&v, name, &node);
		assert_true(node.kind != NODE_ABSENT && node.kind != NODE_BELOW);
		assert_true(node.kind != NODE_EMPTY || empty);
		assert_true(node.kind != NODE_CUT || node.signed_cut || unsigned_cuts);
		assert_false(n && name_equal(name, before));
		name_copy(before, name);
	}
}

static void the_chain_has_the_names_that_denial_wants(void **state)
{
	(void)state;
	expect_chain("de.", true, false);
	expect_chain("org.", true, true);
	expect_chain("net.", false, true);
	expect_chain(".", false, true);
	expect_chain("rsa.org.", false, true);
	expect_chain("ed.org.", true, true);
}

static uint32_t ttl_of(const char *apex, const char *name, uint16_t type)
{
	struct view v = view_of(apex);

	assert_true(content_rrset(&v, N(name), type, &rs));
	return rs.ttl;
}

static void ttls_are_those_of_the_plan(void **state)
{
	struct zone *de = tree_zone(tree, N("de."));
	struct ttls before = de->ttl;

	(void)state;
	de->ttl = (struct ttls){ 1, 2, 3, 4, 5, 6, 7, 8 };
	assert_int_equal(ttl_of("de.", "de.", RR_SOA), 1);
	assert_int_equal(ttl_of("de.", "de.", RR_NS), 2);
	assert_int_equal(ttl_of("de.", "de.", RR_DNSKEY), 3);
	assert_int_equal(ttl_of("de.", "d00000001.de.", RR_NS), 4);
	assert_int_equal(ttl_of("de.", "a.nic.de.", RR_A), 8);
	assert_true(content_glue(&(struct view){ .zone = de, .now = WORLD_NOW }, N("ns1.h000.de."),
				 RR_A, &rs));
	assert_int_equal(rs.ttl, 4);
	de->ttl = before;
	assert_int_equal(ttl_of(".", "de.", RR_NS), 172800);
}

static void the_soa_is_the_plans(void **state)
{
	struct view v = view_of("de.");
	size_t pos = 0, len;
	const uint8_t *rdata;

	(void)state;
	assert_true(content_rrset(&v, v.zone->apex, RR_SOA, &rs));
	rdata = rrset_next(&rs, &pos, &len);
	assert_true(name_equal(rdata, N("a.nic.de.")));
	rdata += name_len(rdata);
	assert_true(name_equal(rdata, N("hostmaster.de.")));
	rdata += name_len(rdata);
	assert_int_equal(get32(rdata), version_serial(&v));
	assert_int_equal(get32(rdata + 4), 7200);
	assert_int_equal(get32(rdata + 16), v.zone->ttl.negative);
}

static void only_names_that_are_not_the_zones_own_have_glue(void **state)
{
	struct view v = view_of("de.");
	unsigned count;

	(void)state;
	assert_true(content_glue(&v, N("ns2.h003.de."), RR_AAAA, &rs));
	assert_int_equal(rs.len, 18);
	assert_false(content_glue(&v, N("ns1.h004-de.net."), RR_A, &rs));
	assert_false(content_glue(&v, N("www.h000.de."), RR_A, &rs));
	assert_non_null(content_cut_servers(&v, N("h000.de."), &count));
	assert_int_equal(count, 2);
	assert_null(content_cut_servers(&v, N("www.h000.de."), &count));
	assert_null(content_cut_servers(&v, N("a.nic.de."), &count));
}

static void an_expansion_carries_the_name_that_was_asked_for(void **state)
{
	struct view v = view_of("plain.org.");
	size_t pos = 0, len;

	(void)state;
	assert_true(content_rrset(&v, N("*.wild.plain.org."), RR_AAAA, &rs));
	content_expand(&v, N("x.wild.plain.org."), &rs);
	assert_true(name_equal(rs.owner, N("x.wild.plain.org.")));
	assert_int_equal(
		tree_address_read(tree, N("x.wild.plain.org."), 6, rrset_next(&rs, &pos, &len)),
		(WORLD_NOW - WORLD_FROM) / SECOND);
	assert_true(content_rrset(&v, N("*.wild.plain.org."), RR_TXT, &rs));
	content_expand(&v, N("x.wild.plain.org."), &rs);
	assert_true(name_equal(rs.owner, N("x.wild.plain.org.")) && rs.count == 1);
}

static void reverse_names_point_somewhere(void **state)
{
	_cleanup_(tree_freep) struct tree *t = world_prepared();
	struct name kept = name_of("4.3.2.1.in-addr.arpa.");
	const uint8_t *name = kept.wire;
	struct delegation d;
	struct view v = { .now = WORLD_NOW };

	(void)state;
	assert_int_equal(tree_add_name(t, name, NULL), 0);
	assert_true(tree_delegation_find(tree_zone(t, N("arpa.")), name, &d));
	assert_true(d.number == UINT64_MAX && name_equal(d.name, N("in-addr.arpa.")));
	v.zone = tree_leaf(tree_zone(t, N("arpa.")), &d);
	assert_true(content_rrset(&v, name, RR_PTR, &rs));
	expect_consistent(&v, name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_node_is_told_from_the_others),
		cmocka_unit_test(a_node_below_a_cut_names_the_cut),
		cmocka_unit_test(nodes_and_rrsets_agree),
		cmocka_unit_test(the_chain_has_the_names_that_denial_wants),
		cmocka_unit_test(ttls_are_those_of_the_plan),
		cmocka_unit_test(the_soa_is_the_plans),
		cmocka_unit_test(only_names_that_are_not_the_zones_own_have_glue),
		cmocka_unit_test(an_expansion_carries_the_name_that_was_asked_for),
		cmocka_unit_test(reverse_names_point_somewhere),
	};

	return cmocka_run_group_tests(tests, set_up_tree, tear_down_tree);
}
