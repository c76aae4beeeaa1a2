/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/prepared.h"
#include "tests/support/test.h"

#include <errno.h>

#include "zones/content.h"

static struct zone *zone_at(const struct address *a, const char *qname, uint16_t qtype)
{
	unsigned server = 99;
	struct zone *z = tree_at(tree, a, N(qname), qtype, &server);

	if (z)
		assert_in_range(server, 0, z->server_count - 1);
	return z;
}

static void expect_zone(const struct address *a, const char *qname, uint16_t qtype,
			const char *apex)
{
	struct zone *z = zone_at(a, qname, qtype);

	if (!apex)
		assert_null(z);
	else
		assert_true(z && name_equal(z->apex, N(apex)));
}

static void the_deepest_zone_at_an_address_answers(void **state)
{
	struct address root = world_v4(1), org = world_v6(0x301), ed = world_v4(0x402);

	(void)state;
	expect_zone(&root, "www.plain.org.", RR_A, ".");
	expect_zone(&org, "www.x.org.", RR_A, "org.");
	expect_zone(&org, "www.plain.org.", RR_A, "plain.org.");
	expect_zone(&org, "plain.org.", RR_A, "plain.org.");
	expect_zone(&ed, "ed.org.", RR_A, "ed.org.");
	expect_zone(&ed, "x.org.", RR_A, NULL);
	expect_zone(&(struct address){ 4, { 198, 18, 9, 9 } }, ".", RR_NS, NULL);
}

static void ds_is_asked_of_the_parent_when_it_is_there(void **state)
{
	struct address org = world_v4(0x301), ed = world_v4(0x402), root = world_v4(1);

	(void)state;
	expect_zone(&org, "plain.org.", RR_DS, "org.");
	expect_zone(&org, "www.plain.org.", RR_DS, "plain.org.");
	expect_zone(&org, "org.", RR_DS, "org.");
	expect_zone(&ed, "ed.org.", RR_DS, "ed.org.");
	expect_zone(&root, ".", RR_DS, ".");
}

static void the_server_is_the_one_with_the_address(void **state)
{
	struct address a = world_v6(0x103);
	unsigned server = 99;

	(void)state;
	assert_non_null(tree_at(tree, &a, N("de."), RR_A, &server));
	assert_int_equal(server, 2);
	assert_true(tree_is_server(tree, &a));
	a.bytes[15] = 0xee;
	assert_false(tree_is_server(tree, &a));
}

static void a_leaf_is_at_its_hosters_four_addresses_and_nowhere_else(void **state)
{
	const struct zone *de = tree_zone(tree, N("de."));
	unsigned places = 0;
	struct delegation d;
	char text[NAME_TEXT_LEN];

	(void)state;
	tree_delegation_plan(de, 7, &d);
	name_text(d.name, text);
	for (unsigned i = 0; i < 64; i++) {
		struct address v4 = { 4, { 198, 18, 64, (uint8_t)i } };
		struct address v6 = {
			6, { 0xfd, 0, 0, 0x5f, 0, 0, 0, 0, 0, 0, 0, 0, 198, 18, 64, (uint8_t)i }
		};

		/* Five hosters for each of three populations. */
		assert_int_equal(tree_is_server(tree, &v4), i < 30);
		places += zone_at(&v4, text, RR_A) != NULL;
		places += zone_at(&v6, text, RR_A) != NULL;
	}
	assert_int_equal(places, 4);
}

static void numbers_and_names_of_delegations_are_two_ways_to_the_same(void **state)
{
	const struct zone *de = tree_zone(tree, N("de."));
	uint8_t last[NAME_MAX_LEN], name[NAME_MAX_LEN], deep[NAME_MAX_LEN];
	struct delegation by_number, by_name;

	(void)state;
	for (uint64_t n = 0; n < 2000; n++) {
		tree_delegation(de, n, name);
		if (n)
			assert_true(name_compare(last, name) < 0);
		name_copy(last, name);
		assert_int_equal(name_prepend(deep, "www", name), 0);
		assert_true(tree_delegation_find(de, deep, &by_name));
		tree_delegation_plan(de, n, &by_number);
		assert_true(by_number.number == n && by_name.number == n);
		assert_true(name_equal(by_name.name, name));
		assert_true(by_name.is_signed == by_number.is_signed &&
			    by_name.ttl == by_number.ttl && by_name.hoster == by_number.hoster);
	}
	tree_delegation(de, 2000, name);
	assert_false(tree_delegation_find(de, name, &by_name));
	assert_false(tree_delegation_find(de, de->apex, &by_name));
	assert_false(tree_delegation_find(de, N("d0000000x.de."), &by_name));
	assert_false(tree_delegation_find(de, N("d00000001.net."), &by_name));
}

static void shares_are_honoured(void **state)
{
	const struct zone *de = tree_zone(tree, N("de."));
	unsigned is_signed = 0, short_lived = 0, first = 0;
	struct delegation d;

	(void)state;
	for (uint64_t n = 0; n < 2000; n++) {
		tree_delegation_plan(de, n, &d);
		is_signed += d.is_signed;
		short_lived += d.ttl == 300;
		first += d.hoster == 0;
		assert_true(d.ttl == 300 || d.ttl == 86400);
		assert_in_range(d.hoster, 0, 4);
	}
	assert_int_equal(is_signed, 80);
	assert_in_range(short_lived, 900, 1100);
	assert_in_range(first, 330, 470);
}

/* Everything that a seed decides. */
static uint64_t drawn(uint64_t seed)
{
	_cleanup_(tree_freep) struct tree *t = tree_new(seed, WORLD_FROM);
	struct zone *root = world_zone(t, ".", NULL), *de = world_zone(t, "de.", root);
	uint64_t sum = 0;

	world_server(root, "a.root-servers.test.", 1);
	world_server(de, "a.nic.de.", 2);
	world_sign(de, ALG_ECDSAP256SHA256);
	world_population(de, 1000, 0.1);
	assert_int_equal(tree_prepare(t, NULL), 0);
	for (uint64_t n = 0; n < 1000; n++) {
		struct delegation d;

		tree_delegation_plan(de, n, &d);
		sum = sum * 31 + d.is_signed + d.ttl + d.hoster * 7;
	}
	return sum;
}

static void the_seed_decides_and_nothing_else(void **state)
{
	(void)state;
	assert_true(drawn(1) == drawn(1));
	assert_true(drawn(1) != drawn(2));
}

static void a_full_population_costs_no_memory(void **state)
{
	_cleanup_(tree_freep) struct tree *t = tree_new(1, WORLD_FROM);
	struct zone *root = world_zone(t, ".", NULL), *de = world_zone(t, "de.", root);
	struct delegation d;

	(void)state;
	world_server(root, "a.root-servers.test.", 1);
	world_server(de, "a.nic.de.", 2);
	world_population(de, 17900000, 0.04);
	assert_int_equal(tree_prepare(t, NULL), 0);
	assert_true(tree_delegation_find(de, N("www.d17899999.de."), &d));
	for (unsigned n = 0; n < 30000; n++) { /* more than the cache holds */
		struct zone *leaf;

		tree_delegation_plan(de, n % 20000, &d);
		leaf = tree_leaf(de, &d);
		assert_true(leaf && name_equal(leaf->apex, d.name) && leaf->ttl.address == d.ttl);
	}
}

static void addresses_carry_name_and_second(void **state)
{
	static const int families[] = { 4, 6 };
	simtime late = WORLD_FROM + 12 * HOUR + 999 * MSEC;
	uint8_t bytes[16];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		int family = families[i];

		tree_address_write(tree, N("www.d00000001.de."), late, family, bytes);
		assert_int_equal(tree_address_read(tree, N("www.d00000001.de."), family, bytes),
				 12 * 3600);
		assert_int_equal(tree_address_read(tree, N("www.d00000003.de."), family, bytes),
				 -1);
		bytes[0] ^= 0x80;
		assert_int_equal(tree_address_read(tree, N("www.d00000001.de."), family, bytes),
				 -1);
	}
	for (unsigned n = 0; n < 2000; n++) {
		uint8_t name[NAME_MAX_LEN];

		tree_delegation(tree_zone(tree, N("de.")), n, name);
		tree_address_write(tree, name, WORLD_NOW, 4, bytes);
		assert_in_range(bytes[0], 11, 126);
	}
}

static void the_second_does_not_wrap_in_a_scenario_of_a_year(void **state)
{
	static const int64_t days[] = { 0, 100, 194, 195, 300, 366 };
	uint8_t bytes[16];

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(days); i++) {
		for (int family = 4; family <= 6; family += 2) {
			tree_address_write(tree, N("www.d00000001.de."), WORLD_FROM + days[i] * DAY,
					   family, bytes);
			assert_int_equal(
				tree_address_read(tree, N("www.d00000001.de."), family, bytes),
				days[i] * 86400);
			assert_int_equal(
				tree_address_read(tree, N("www.d00000003.de."), family, bytes), -1);
		}
	}
}

/* In one of the four seconds that are told. */
static void nor_in_one_of_four_years(void **state)
{
	static const int64_t seconds[] = { 0, 3, 400 * 86400 + 1, 777 * 86400, 1464 * 86400 };
	uint8_t bytes[16];

	(void)state;
	tree->is_long = true;
	for (unsigned i = 0; i < ARRAY_SIZE(seconds); i++) {
		for (int family = 4; family <= 6; family += 2) {
			tree_address_write(tree, N("www.d00000001.de."),
					   WORLD_FROM + seconds[i] * SECOND, family, bytes);
			assert_int_equal(
				tree_address_read(tree, N("www.d00000001.de."), family, bytes),
				family == 4 ? seconds[i] / 4 * 4 : seconds[i]);
		}
	}
	tree->is_long = false;
}

static void what_is_given_before_the_start_is_given_at_the_start(void **state)
{
	uint8_t bytes[16];

	(void)state;
	tree_address_write(tree, N("www.d00000001.de."), WORLD_FROM - HOUR, 4, bytes);
	assert_int_equal(tree_address_read(tree, N("www.d00000001.de."), 4, bytes), 0);
}

/* The types that a name has where it is served, by walking down from the root as a resolver does;
 * NULL for none. */
static bool resolves(struct tree *t, const char *text, uint16_t type)
{
	struct view v = { .zone = t->zones[0], .now = WORLD_NOW };
	struct name name = name_of(text);
	struct node node;

	for (;;) {
		unsigned count;
		const struct server *servers;

		content_node(&v, name.wire, &node);
		if (node.kind != NODE_CUT && node.kind != NODE_BELOW)
			break;
		servers = content_cut_servers(&v, node.cut, &count);
		v.zone = tree_at(t, &servers[count - 1].v4, name.wire, type, &v.server);
		assert_non_null(v.zone);
		assert_true(name_under(v.zone->apex, node.cut));
	}
	for (unsigned i = 0; i < node.type_count; i++)
		if (node.types[i] == type)
			return true;
	return false;
}

static void names_of_traces_resolve(void **state)
{
	static const char *const names[] = {
		"www.example.com.",
		"example.com.",
		"a.b.c.example.com.",
		"_sip._tcp.voip.example.",
		"4.3.2.1.in-addr.arpa.",
		"1.0.0.0.ip6.arpa.",
		"foo.d00000007.de.",
		"unknown.de.",
		"x.unknown.de.",
		"nic.com.",
		"x.nic.de.",
		"new.plain.org.",
		"ns1.nic.com.",
		"a.under.net.",
		"x.test.",
		"d00000001.de.",
		"www.h000.de.",
		"\\000\\255.weird.com.",
		"x.deep.under.net.",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com.",
	};
	_cleanup_(tree_freep) struct tree *t = world_prepared();
	struct err e;

	(void)state;
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
			if (tree_add_name(t, N(names[i]), &e))
				fail_msg("%s: %s", names[i], e.text);
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		assert_true(resolves(t, names[i], RR_A));
		assert_true(resolves(t, names[i], RR_AAAA));
		assert_false(resolves(t, names[i], 33));
	}
	assert_true(resolves(t, "www.example.com.", RR_MX));
	assert_true(resolves(t, "_sip._tcp.voip.example.", RR_TXT));
	assert_false(resolves(t, "other.example.com.", RR_A));
	assert_true(tree_zone(t, N("com."))->is_signed);
}

static void single_labels_stay_unknown(void **state)
{
	_cleanup_(tree_freep) struct tree *t = world_prepared();

	(void)state;
	assert_int_equal(tree_add_name(t, N("localhost."), NULL), 0);
	assert_int_equal(tree_add_name(t, N("."), NULL), 0);
	assert_int_equal(tree_add_name(t, N("de."), NULL), 0);
	assert_null(tree_zone(t, N("localhost.")));
	assert_false(resolves(t, "localhost.", RR_A));
}

static void many_names_of_traces_find_room(void **state)
{
	_cleanup_(tree_freep) struct tree *t = world_prepared();
	char text[64];

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(text, sizeof(text), "h%u.s%u.tld%u.", i, i % 5000, i % 500);
		assert_int_equal(tree_add_name(t, N(text), NULL), 0);
	}
	for (unsigned i = 0; i < 20000; i += 97) {
		snprintf(text, sizeof(text), "h%u.s%u.tld%u.", i, i % 5000, i % 500);
		assert_true(resolves(t, text, RR_A));
	}
}

/* A way to spoil the plan, and a part of the sentence that says so. */
struct spoiled {
	void (*spoil)(struct tree *t);
	const char *sentence;
};

static void no_ksk(struct tree *t)
{
	tree_zone(t, N("de."))->keys[0].role = KEY_ZSK;
}

static void no_zsk(struct tree *t)
{
	tree_zone(t, N("de."))->keys[1].role = KEY_KSK;
}

static void other_algorithm(struct tree *t)
{
	tree_zone(t, N("de."))->keys[1].algorithm = ALG_RSASHA512;
}

static void parent_beside(struct tree *t)
{
	tree_zone(t, N("rsa.org."))->parent = tree_zone(t, N("de."));
}

static void parent_too_high(struct tree *t)
{
	tree_zone(t, N("rsa.org."))->parent = t->zones[0];
}

static void orphan(struct tree *t)
{
	tree_zone(t, N("net."))->parent = NULL;
}

static void twice(struct tree *t)
{
	world_server(world_zone(t, "de.", t->zones[0]), "x.nic.de.", 0x501);
}

static void no_server(struct tree *t)
{
	world_zone(t, "bare.org.", tree_zone(t, N("org.")));
}

static void server_in_population(struct tree *t)
{
	world_server(tree_zone(t, N("de.")), "ns.d00000001.de.", 0x501);
}

static void server_below_hoster(struct tree *t)
{
	world_server(tree_zone(t, N("de.")), "ns3.h000.de.", 0x501);
}

static void server_is_apex(struct tree *t)
{
	world_server(tree_zone(t, N("de.")), "net.", 0x501);
}

static void server_at_hosters(struct tree *t)
{
	world_server(tree_zone(t, N("de.")), "z.nic.de.", 0x4001);
}

static void child_in_population(struct tree *t)
{
	world_server(world_zone(t, "d00000001.de.", tree_zone(t, N("de."))), "x.nic.de.", 0x501);
}

static void too_many_faults(struct tree *t)
{
	t->faults = calloc(FAULTS_MAX + 1, sizeof(*t->faults));
	t->fault_count = FAULTS_MAX + 1;
}

static void signed_by_ksk(struct tree *t)
{
	struct zone *z = tree_zone(t, N("de."));

	z->signings = calloc(1, sizeof(*z->signings));
	z->signing_count = 1;
	z->signings[0].fault = -1;
}

static void unknown_fault(struct tree *t)
{
	signed_by_ksk(t);
	tree_zone(t, N("de."))->signings[0].key = 1;
	tree_zone(t, N("de."))->signings[0].fault = 3;
}

static void befallen_by_nothing(struct tree *t)
{
	struct zone *z = tree_zone(t, N("de."));

	z->faults = calloc(1, sizeof(*z->faults));
	z->fault_count = 1; /* fault 0, which is not there */
}

static void befallen_backwards(struct tree *t)
{
	befallen_by_nothing(t);
	t->faults = calloc(1, sizeof(*t->faults));
	t->fault_count = 1;
	t->faults[0] = (struct fault){ .row = fault_find("no-ds"),
				       .zone = tree_zone(t, N("de.")),
				       .from = 2,
				       .until = 1,
				       .share = 1 };
}

static void ttl_shares(struct tree *t)
{
	tree_zone(t, N("de."))->population->ttl[0].share = 0.9;
}

static void no_hosters(struct tree *t)
{
	tree_zone(t, N("de."))->population->hosters = 0;
}

static void hosters_nowhere(struct tree *t)
{
	memcpy(tree_zone(t, N("de."))->population->hoster_zones[1].zone, name_of("com.").wire,
	       NAME_MAX_LEN);
}

static void huge_population(struct tree *t)
{
	tree_zone(t, N("de."))->population->count = 1000000000;
}

static void impossible_tag(struct tree *t)
{
	tree_zone(t, N("net."))->keys[1].tag = 4711; /* ECDSA keys cannot be made to a tag */
}

static const struct spoiled spoiled[] = {
	{ no_ksk, "zone 'de.' is signed and has no KSK" },
	{ no_zsk, "zone 'de.' is signed and has no ZSK" },
	{ other_algorithm, "no ZSK with the algorithm of key 'ksk'" },
	{ parent_beside, "'rsa.org.' does not lie below its parent 'de.'" },
	{ parent_too_high, "the parent of zone 'rsa.org.' is '.', but 'org.' is nearer" },
	{ orphan, "zone 'net.' has no parent" },
	{ twice, "zone 'de.' is there twice" },
	{ no_server, "zone 'bare.org.' has no servers" },
	{ server_in_population, "'ns.d00000001.de.' lies in the population of 'de.'" },
	{ server_below_hoster, "'ns3.h000.de.' lies below the delegation of 'h000.de.'" },
	{ server_is_apex, "the name of server 'net.' of zone 'de.' is a zone's apex" },
	{ server_at_hosters, "the address of server 'z.nic.de.'" },
	{ child_in_population, "'d00000001.de.' lies in the population of 'de.'" },
	{ too_many_faults, "more than 1024 faults" },
	{ signed_by_ksk, "zone 'de.' is to be signed with 'ksk', which is a KSK" },
	{ unknown_fault, "signing 0 of zone 'de.' names no fault" },
	{ befallen_by_nothing, "zone 'de.' has a fault that the tree has not" },
	{ befallen_backwards, "the fault 'no-ds' of zone 'de.' ends before it begins" },
	{ ttl_shares, "the TTL shares of 'de.' add up to 1.4, not 1" },
	{ no_hosters, "the population of 'de.' has no hosters" },
	{ hosters_nowhere, "hosters of 'de.' are to live in 'com.', no zone" },
	{ huge_population, "the population of 'de.' has more than" },
	{ impossible_tag, "zone 'net.', key 'zsk'" },
};

static void a_bad_plan_is_refused_with_a_sentence(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(spoiled); i++) {
		_cleanup_(tree_freep) struct tree *t = world_new();
		struct err e = { .text = "" };

		spoiled[i].spoil(t);
		assert_int_equal(tree_prepare(t, &e), -EINVAL);
		if (!strstr(e.text, spoiled[i].sentence))
			fail_msg("'%s' is not in '%s'", spoiled[i].sentence, e.text);
	}
}

static void a_tree_without_a_root_is_refused(void **state)
{
	_cleanup_(tree_freep) struct tree *t = tree_new(1, 0);

	(void)state;
	assert_int_equal(tree_prepare(t, NULL), -EINVAL);
	tree_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_deepest_zone_at_an_address_answers),
		cmocka_unit_test(ds_is_asked_of_the_parent_when_it_is_there),
		cmocka_unit_test(the_server_is_the_one_with_the_address),
		cmocka_unit_test(a_leaf_is_at_its_hosters_four_addresses_and_nowhere_else),
		cmocka_unit_test(numbers_and_names_of_delegations_are_two_ways_to_the_same),
		cmocka_unit_test(shares_are_honoured),
		cmocka_unit_test(the_seed_decides_and_nothing_else),
		cmocka_unit_test(a_full_population_costs_no_memory),
		cmocka_unit_test(addresses_carry_name_and_second),
		cmocka_unit_test(the_second_does_not_wrap_in_a_scenario_of_a_year),
		cmocka_unit_test(nor_in_one_of_four_years),
		cmocka_unit_test(what_is_given_before_the_start_is_given_at_the_start),
		cmocka_unit_test(names_of_traces_resolve),
		cmocka_unit_test(single_labels_stay_unknown),
		cmocka_unit_test(many_names_of_traces_find_room),
		cmocka_unit_test(a_bad_plan_is_refused_with_a_sentence),
		cmocka_unit_test(a_tree_without_a_root_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up_tree, tear_down_tree);
}
