/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "harness/clients/draw.h"
#include "harness/clients/replay.h"
#include "harness/clients/zipf.h"
#include "zones/told.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"

/* A world in place of zones/tree.c: delegation n is "n<number>", every tenth one is signed. */

static struct zone root, de, net;
static struct population many = { .count = 100000, .signed_share = 0.1 };
static struct population others = { .count = 5000, .signed_share = 0.1 };
static struct zone *zones[] = { &root, &de, &net };
static struct tree tree = { .zones = zones, .zone_count = 3 };
static char added[4096];

void tree_delegation_plan(const struct zone *z, uint64_t n, struct delegation *ret)
{
	char label[32];

	assert_true(n < z->population->count);
	snprintf(label, sizeof(label), "n%llu", (unsigned long long)n);
	assert_int_equal(name_prepend(ret->name, label, z->apex), 0);
	ret->number = n;
	ret->is_signed = n % 10 == 3;
	ret->ttl = (uint32_t)(60 + n % 7);
}

bool tree_delegation_find(const struct zone *z, const uint8_t *name, struct delegation *ret)
{
	if (!name_under(name, z->apex) || name_labels(name) < 2)
		return false;
	ret->is_signed = name[1] == 's';
	ret->ttl = 77;
	return true;
}

struct zone *tree_zone(const struct tree *t, const uint8_t *apex)
{
	(void)t;
	for (size_t i = 0; i < ARRAY_SIZE(zones); i++)
		if (name_equal(zones[i]->apex, apex))
			return zones[i];
	return NULL;
}

int tree_add_name(struct tree *t, const uint8_t *name, struct err *e)
{
	char text[NAME_TEXT_LEN];

	(void)t;
	if (name_equal(name, (const uint8_t *)"\3bad\2de"))
		return err_set(e, -ENOSPC, "no room");
	strcat(strcat(added, name_text(name, text)), " ");
	return 0;
}

/* What answers tell of it: names are added, and zones need not be. */

int told_zone_add(struct tree *t, const uint8_t *apex, const struct told_zone *told, struct err *e)
{
	(void)t, (void)apex, (void)told, (void)e;
	return 0;
}

int told_name_add(struct tree *t, const uint8_t *name, const uint8_t *zone,
		  const struct told_set *sets, unsigned count, struct err *e)
{
	(void)zone, (void)sets, (void)count;
	return tree_add_name(t, name, e);
}

int told_name_deny(struct tree *t, const uint8_t *name, struct err *e)
{
	(void)t, (void)e;
	return name_equal(name, (const uint8_t *)"\5stays\2de") ? -EEXIST : 0;
}

bool told_is_there(struct tree *t, const uint8_t *name)
{
	(void)t;
	return name_equal(name, (const uint8_t *)"\2de");
}

int64_t told_ttl(const struct tree *t, const uint8_t *name, uint16_t type)
{
	(void)t, (void)name, (void)type;
	return -1;
}

static struct rate_point rates[] = { { 0, 100 }, { 0, 300 }, { 0, 0 } };
static struct scenario s;
static struct err err;

static int setup(void **state)
{
	(void)state;
	*added = '\0';
	memset(&s, 0, sizeof(s));
	name_copy(root.apex, (const uint8_t *)"");
	name_copy(de.apex, (const uint8_t *)"\2de");
	name_copy(net.apex, (const uint8_t *)"\3net");
	de.population = &many;
	net.population = &others;
	de.is_signed = true;
	s.from = 1000 * SECOND;
	s.to = s.from + HOUR;
	s.seed = s.chance = 42;
	s.tree = &tree;
	rates[0].at = s.from;
	rates[1].at = s.from + 20 * MINUTE;
	rates[2].at = s.from + 40 * MINUTE;
	s.traffic_count = 1;
	s.traffic[0] = (struct traffic){
		.kind = TRAFFIC_SYNTHETIC,
		.clients = 1000,
		.edns = true,
		.rates = rates,
		.rate_count = 1,
		.zipf_exponent = 0.9,
		.names = 2000,
		.zone = &de,
		.outside_zone = &net,
		.aaaa = 0.3,
	};
	return 0;
}

static struct replay *begin(void)
{
	struct replay *r = NULL;

	err.text[0] = '\0';
	if (replay_new(&s, &r, &err))
		fail_msg("%s", err.text);
	return r;
}

/* All questions of the scenario; freed by the caller. */
static struct ask *all(size_t *count)
{
	_cleanup_(replay_freep) struct replay *r = begin();
	struct ask *asks = NULL, a;
	size_t cap = 0;

	*count = 0;
	while (replay_next(r, &a)) {
		if (*count == cap)
			asks = realloc(asks, (cap = cap * 2 + 1000) * sizeof(a));
		assert_non_null(asks);
		asks[(*count)++] = a;
	}
	assert_false(replay_next(r, &a));
	return asks;
}

static bool near(double have, double want, double tolerance)
{
	if (fabs(have - want) <= tolerance)
		return true;
	print_error("%g is not within %g of %g\n", have, tolerance, want);
	return false;
}

static double share_of(const struct ask *a, size_t count, enum class class)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += a[i].class == class;
	return (double)n / (double)count;
}

static void ranks_come_up_as_often_as_zipf_says(void **state)
{
	static const double exponents[] = { 0, 0.5, 0.9, 1, 1.0000001, 1.3, 3 };
	enum { RANKS = 50, DRAWS = 400000 };

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(exponents); k++) {
		struct zipf z = zipf_over(RANKS, exponents[k]);
		unsigned seen[RANKS + 1] = { 0 };
		struct rng r = { 7 };
		double sum = 0;

		for (unsigned i = 1; i <= RANKS; i++)
			sum += pow(i, -exponents[k]);
		for (unsigned i = 0; i < DRAWS; i++) {
			uint64_t rank = zipf_draw(&z, &r);

			assert_in_range(rank, 1, RANKS);
			seen[rank]++;
		}
		for (unsigned i = 1; i <= RANKS; i++) {
			double p = pow(i, -exponents[k]) / sum;

			assert_true(near(seen[i], DRAWS * p, 5 * sqrt(DRAWS * p * (1 - p)) + 1));
		}
	}
}

static void one_rank_is_always_drawn(void **state)
{
	struct zipf z = zipf_over(1, 0.9);
	struct rng r = { 1 };

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(zipf_draw(&z, &r), 1);
}

static void the_same_seed_gives_the_same_questions(void **state)
{
	size_t n, m, k;
	_cleanup_(freep) struct ask *a = all(&n);
	_cleanup_(freep) struct ask *b = all(&m);
	_cleanup_(freep) struct ask *c = NULL;
	size_t same = 0;

	(void)state;
	assert_int_equal(n, m);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(a[i].at, b[i].at);
		assert_int_equal(a[i].client, b[i].client);
		assert_int_equal(a[i].qtype, b[i].qtype);
		assert_true(name_equal(a[i].qname, b[i].qname));
	}
	s.chance = ++s.seed;
	c = all(&k);
	for (size_t i = 0; i < n && i < k; i++)
		same += a[i].at == c[i].at || name_equal(a[i].qname, c[i].qname);
	assert_true(same < n / 20);
}

static void arrivals_follow_the_rate_and_never_go_back(void **state)
{
	_cleanup_(freep) struct ask *a = NULL;
	size_t n, first = 0, second = 0;
	double gaps = 0, squares = 0;

	(void)state;
	s.traffic[0].rate_count = 3;
	a = all(&n);
	for (size_t i = 0; i < n; i++) {
		double gap = i ? (double)(a[i].at - a[i - 1].at) / SECOND : 0;

		assert_true(gap >= 0);
		assert_in_range(a[i].at, s.from, s.from + 40 * MINUTE);
		if (a[i].at < rates[1].at) {
			first++;
			gaps += gap;
			squares += gap * gap;
		} else {
			second++;
		}
	}
	assert_true(near((double)first, 100 * 1200, 5 * sqrt(100 * 1200)));
	assert_true(near((double)second, 300 * 1200, 5 * sqrt(300 * 1200)));
	gaps /= (double)first; /* exponential: the second moment is twice the square of the first */
	assert_true(near(squares / (double)first / (gaps * gaps), 2, 0.05));
}

static void a_rate_that_changes_all_the_time_is_kept(void **state)
{
	static struct rate_point points[3600];
	_cleanup_(freep) struct ask *a = NULL;
	size_t n;

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(points); i++)
		points[i] = (struct rate_point){ s.from + i * SECOND, i % 2 ? 0.5 : 1.5 };
	s.traffic[0].rates = points;
	s.traffic[0].rate_count = ARRAY_SIZE(points);
	a = all(&n);
	assert_true(near((double)n, 3600, 5 * 60));
}

static void a_rate_of_nothing_may_end(void **state)
{
	_cleanup_(freep) struct ask *a = NULL;
	size_t n;

	(void)state;
	s.traffic[0].rate_count = 2;
	rates[0].rate = 0;
	a = all(&n);
	rates[0].rate = 100;
	assert_true(n > 700000 && a[0].at >= rates[1].at);
}

static void classes_get_their_shares(void **state)
{
	_cleanup_(freep) struct ask *a = NULL;
	size_t n, www = 0, aaaa = 0, cd = 0;

	(void)state;
	s.traffic[0].outside = 0.2;
	s.traffic[0].nxdomain = 0.1;
	s.traffic[0].fresh = 0.04;
	s.traffic[0].cd = 0.01;
	a = all(&n);
	assert_true(near(share_of(a, n, CLASS_OUTSIDE), 0.2, 0.005));
	assert_true(near(share_of(a, n, CLASS_NXDOMAIN), 0.1, 0.005));
	assert_true(near(share_of(a, n, CLASS_FRESH_SIGNED), 0.02, 0.002));
	assert_true(near(share_of(a, n, CLASS_FRESH_UNSIGNED), 0.02, 0.002));
	assert_true(near(share_of(a, n, CLASS_CD), 0.01, 0.002));
	assert_true(
		near(share_of(a, n, CLASS_SIGNED) + share_of(a, n, CLASS_UNSIGNED), 0.65, 0.01));
	assert_true(share_of(a, n, CLASS_SIGNED) > 0.02);
	for (size_t i = 0; i < n; i++) {
		const struct zone *z = a[i].class == CLASS_OUTSIDE ? &net : &de;

		assert_true(name_under(a[i].qname, z->apex));
		assert_int_equal(a[i].name_key, rng_hash(0, a[i].qname, name_len(a[i].qname)));
		assert_int_equal(a[i].ttl == -1, a[i].class == CLASS_NXDOMAIN);
		assert_true(a[i].rd && a[i].ad && a[i].edns && !a[i].dnssec_ok && !a[i].tcp);
		assert_int_equal(a[i].cd, a[i].class == CLASS_CD);
		www += !memcmp(a[i].qname, "\3www", 4);
		aaaa += a[i].qtype == RR_AAAA;
		cd += a[i].cd;
	}
	assert_true(near((double)www / (double)n, 0.6 * 0.9, 0.1));
	assert_true(near((double)aaaa / (double)n, 0.3, 0.005));
	assert_true(cd > 0);
}

/* 1 - 0.95 - 0.05 is a little more than 0: no reason to ask for all names outside. */
static void outside_names_are_as_many_as_popular_ones_where_nobody_asks_for_those(void **state)
{
	static uint8_t asked[100000];
	_cleanup_(freep) struct ask *a = NULL;
	size_t n, distinct = 0;

	(void)state;
	s.traffic[0].outside = 0.95;
	s.traffic[0].fresh = 0.05;
	s.traffic[0].names = 50;
	a = all(&n);
	for (size_t i = 0; i < n; i++) {
		uint8_t *one = &asked[a[i].name_key % sizeof(asked)];

		distinct += a[i].class == CLASS_OUTSIDE && !*one;
		*one |= a[i].class == CLASS_OUTSIDE;
	}
	assert_in_range(distinct, 40, 50);
}

/* The number in a name of our world, without "www."; -1: none. */
static long number_of(const uint8_t *name)
{
	const uint8_t *label = memcmp(name, "\3www", 4) ? name : name + 4;

	return label[1] == 'n' && label[2] != 'x' ? atol((const char *)label + 2) : -1;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* As long as a name may be: 19 octets, 116 times 2, and those of "de." */
static int by_name(const void *a, const void *b)
{
	return memcmp(((const struct ask *)a)->qname, ((const struct ask *)b)->qname, NAME_MAX_LEN);
}

/* A job stands beside the clients, whose questions are the same without it. */
static void a_job_asks_for_a_name_of_its_own_each_time(void **state)
{
	_cleanup_(freep) struct ask *without = NULL;
	_cleanup_(freep) struct ask *a = NULL;
	_cleanup_(freep) struct ask *jobs = NULL;
	size_t plain, n, count = 0, kept = 0;

	(void)state;
	without = all(&plain);
	s.traffic[0].jobs[0] =
		(struct job_plan){ s.from + 10 * MINUTE, s.from + 20 * MINUTE, 50, &net, 12, 100 };
	s.traffic[0].job_count = 1;
	a = all(&n);
	jobs = calloc(n, sizeof(*jobs));
	for (size_t i = 0; i < n; i++) {
		assert_true(!i || a[i].at >= a[i - 1].at);
		if (a[i].qtype != 12) {
			assert_true(kept < plain && a[i].at == without[kept].at &&
				    name_equal(a[i].qname, without[kept].qname));
			kept++;
			continue;
		}
		assert_true(a[i].at >= s.from + 10 * MINUTE && a[i].at < s.from + 20 * MINUTE);
		assert_true(name_under(a[i].qname, net.apex) && a[i].client < 100);
		assert_int_equal(a[i].class, CLASS_NXDOMAIN);
		jobs[count] = a[i];
		memset(jobs[count].qname, 0, NAME_MAX_LEN);
		name_copy(jobs[count++].qname, a[i].qname);
	}
	assert_int_equal(kept, plain);
	assert_true(near((double)count, 50 * 600, 5 * sqrt(50 * 600)));
	qsort(jobs, count, sizeof(*jobs), by_name);
	for (size_t i = 1; i < count; i++)
		assert_false(name_equal(jobs[i].qname, jobs[i - 1].qname));
}

static void absent_names_may_lie_deep(void **state)
{
	_cleanup_(freep) struct ask *a = NULL;
	size_t n, deep = 0;

	(void)state;
	s.traffic[0].nxdomain = 1;
	s.traffic[0].nxdomain_labels = 117;
	s.traffic[0].deep_from = s.from + 2 * MINUTE;
	s.to = s.from + 5 * MINUTE;
	a = all(&n);
	for (size_t i = 0; i < n; i++) {
		if (a[i].at < s.traffic[0].deep_from) {
			assert_int_equal(name_labels(a[i].qname), 2);
			continue;
		}
		deep++;
		assert_int_equal(name_labels(a[i].qname), 118);
		assert_memory_equal(a[i].qname, "\1a\1a", 4);
		assert_memory_equal(a[i].qname + 232, "\22nx", 3);
		assert_int_equal(a[i].name_key, rng_hash(0, a[i].qname, name_len(a[i].qname)));
	}
	assert_in_range(deep, 1, n - 1);
	assert_int_not_equal(a[n - 2].name_key, a[n - 1].name_key);
}

static void fresh_and_absent_names_are_asked_for_once(void **state)
{
	static uint8_t popular[100000], fresh[100000];
	_cleanup_(freep) struct ask *a = NULL;
	_cleanup_(freep) uint64_t *absent = NULL;
	size_t n, absents = 0;

	(void)state;
	s.traffic[0].nxdomain = 0.02;
	s.traffic[0].fresh = 0.02;
	s.traffic[0].cd = 0.01;
	a = all(&n);
	absent = calloc(n, sizeof(*absent));
	for (size_t i = 0; i < n; i++) {
		long number = number_of(a[i].qname);

		if (a[i].class == CLASS_NXDOMAIN) {
			assert_int_equal(name_labels(a[i].qname), 2);
			absent[absents++] = a[i].name_key;
			continue;
		}
		assert_in_range(number, 0, 99999);
		if (a[i].class == CLASS_SIGNED || a[i].class == CLASS_UNSIGNED) {
			popular[number] = 1;
			assert_int_equal(number % 10 == 3, a[i].class == CLASS_SIGNED);
			continue;
		}
		assert_int_equal(fresh[number]++, 0);
		if (a[i].class != CLASS_CD)
			assert_int_equal(number % 10 == 3, a[i].class == CLASS_FRESH_SIGNED);
	}
	assert_true(absents > 5000);
	qsort(absent, absents, sizeof(*absent), by_value);
	for (size_t i = 1; i < absents; i++)
		assert_true(absent[i - 1] != absent[i]);
	for (size_t i = 0; i < 100000; i++)
		assert_false(popular[i] && fresh[i]);
}

static void popularity_has_nothing_to_do_with_numbers(void **state)
{
	_cleanup_(freep) struct ask *a = NULL;
	static unsigned seen[100000];
	unsigned distinct = 0, low = 0;
	size_t n;

	(void)state;
	a = all(&n);
	for (size_t i = 0; i < n; i++)
		if (!seen[number_of(a[i].qname)]++) {
			distinct++;
			low += number_of(a[i].qname) < 50000;
		}
	assert_in_range(distinct, 1990, 2000);
	assert_in_range(low, 800, 1200);
}

static void a_population_without_fresh_names_left_says_so(void **state)
{
	_cleanup_(replay_freep) struct replay *r = NULL;
	struct ask a;

	(void)state;
	s.traffic[0].zone = &net;
	s.traffic[0].fresh = 0.5;
	r = begin();
	assert_null(replay_note(r));
	while (replay_next(r, &a))
		;
	assert_non_null(strstr(replay_note(r), "questions for fresh names went to popular ones"));
}

static void clients_have_addresses_of_their_own(void **state)
{
	struct address first = draw_address(0), last = draw_address(DRAW_CLIENTS_MAX - 1);
	_cleanup_(replay_freep) struct replay *r = begin();
	static unsigned seen[1000];
	struct ask a;

	(void)state;
	assert_memory_equal(first.bytes, "\12\0\0\1", 4);
	assert_memory_equal(last.bytes, "\12\xff\xff\xfd", 4);
	assert_int_equal(replay_clients(r), 1000);
	while (replay_next(r, &a)) {
		struct address want = draw_address(a.client);

		assert_in_range(a.client, 0, 999);
		assert_memory_equal(&a.address, &want, sizeof(want));
		seen[a.client]++;
	}
	for (unsigned i = 0; i < 1000; i++)
		assert_in_range(seen[i], 250, 470);
}

static void traffic_that_makes_no_sense_is_refused(void **state)
{
	struct replay *r;

	(void)state;
	s.traffic[0].clients = 0;
	assert_int_equal(replay_new(&s, &r, &err), -EINVAL);
	setup(NULL);
	s.traffic[0].outside = 0.6;
	s.traffic[0].fresh = 0.6;
	assert_int_equal(replay_new(&s, &r, &err), -EINVAL);
	setup(NULL);
	s.traffic[0].zone = &root;
	assert_int_equal(replay_new(&s, &r, &err), -EINVAL);
	setup(NULL);
	s.traffic[0].kind = TRAFFIC_NONE;
	assert_int_equal(replay_new(&s, &r, &err), 0);
	assert_false(replay_next(r, &(struct ask){ 0 }));
	replay_free(r);
}

static void a_question_costs_less_than_a_microsecond(void **state)
{
	_cleanup_(replay_freep) struct replay *r = begin();
	struct timespec t0, t1;
	unsigned n = 0;
	struct ask a;

	(void)state;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t0);
	while (replay_next(r, &a))
		n++;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t1);
	print_message("%u questions, %.0f ns each\n", n,
		      ((double)(t1.tv_sec - t0.tv_sec) * 1e9 + (double)(t1.tv_nsec - t0.tv_nsec)) /
			      n);
	assert_true(n > 0);
}

/* Traces. */

static void use_trace(const char *path, bool is_text)
{
	s.traffic_count = 1;
	s.traffic[0] = (struct traffic){
		.kind = TRAFFIC_TRACE,
		.is_text = is_text,
		.speed = 1,
		.at = s.from + MINUTE,
		.text_rate = 10,
	};
	snprintf(s.traffic[0].path, sizeof(s.traffic[0].path), "%s", path);
}

static void use_text(const char *text)
{
	use_trace(folder_put("trace", text), true);
}

static void a_capture_is_asked_with_its_timing_and_clients(void **state)
{
	_cleanup_(replay_freep) struct replay *r = NULL;
	simtime last = 0, first = 0;
	unsigned n = 0;
	struct ask a;

	(void)state;
	use_trace("tests/data/dns.pcap", false);
	s.traffic[0].speed = 2;
	r = begin();
	assert_int_equal(replay_clients(r), 1);
	assert_non_null(strstr(added, "google.com. "));
	assert_null(strstr(strstr(added, "google.com. ") + 1, " google.com. "));
	while (replay_next(r, &a)) {
		assert_true(a.at >= last);
		assert_int_equal(a.client, 0);
		assert_memory_equal(a.address.bytes, "\254\21\0\12", 4);
		assert_int_equal(a.class, CLASS_OUTSIDE);
		last = a.at;
		first = first ? first : a.at;
		n++;
	}
	assert_int_equal(n, 41);
	assert_int_equal(first, s.from + MINUTE);
	assert_in_range(last - first, 36 * SECOND, 43 * SECOND); /* 85.5 s of packets */
	assert_non_null(strstr(replay_note(r), "of 133 packets were not DNS queries"));
}

static void a_list_is_asked_at_its_times_up_to_the_end(void **state)
{
	_cleanup_(freep) struct ask *a = NULL;
	size_t n;

	(void)state;
	use_text("5 signed.de A\n6.5 www.plain.de AAAA\n7 de SOA\n8 org. NS\n3544 x.net MX\n"
		 "3545 never.de A\n");
	a = all(&n);
	assert_int_equal(n, 5);
	assert_int_equal(a[0].at, s.from + MINUTE);
	assert_int_equal(a[1].at, s.from + MINUTE + 1500 * MSEC);
	assert_int_equal(a[0].class, CLASS_SIGNED);
	assert_int_equal(a[0].ttl, 77);
	assert_int_equal(a[1].class, CLASS_UNSIGNED);
	assert_int_equal(a[2].class, CLASS_SIGNED); /* the apex of a signed zone */
	assert_int_equal(a[2].ttl, -1);
	assert_int_equal(a[3].class, CLASS_NXDOMAIN); /* single labels are not there */
	assert_int_equal(a[4].class, CLASS_OUTSIDE);
	assert_int_equal(a[4].ttl, 77);
	assert_true(a[0].client != a[1].client && a[0].client < 1000);
	assert_true(a[0].rd && a[0].ad && a[0].edns && !a[0].dnssec_ok);
	assert_null(strstr(added, "never"));
}

static void the_zone_that_a_fault_befalls_is_under_test(void **state)
{
	struct signing broken = { .fault = 0 };
	_cleanup_(freep) struct ask *a = NULL;
	size_t n;

	(void)state;
	use_text("x.de A\nx.net A\n");
	net.signings = &broken;
	net.signing_count = 1;
	a = all(&n);
	net.signing_count = 0;
	assert_int_equal(n, 2);
	assert_int_equal(a[0].class, CLASS_OUTSIDE);
	assert_int_equal(a[1].class, CLASS_UNSIGNED);
}

static void a_list_says_which_names_are_known(void **state)
{
	const struct traffic_names *c = &s.traffic[0].names_seen;
	_cleanup_(freep) struct ask *a = NULL;
	size_t n;

	(void)state;
	use_text("gone.de A nxdomain\nwww.gone.de A\nthere.de IN AAAA NODATA\nup.de A nxdomain\n"
		 "x.up.de A nodata\nstays.de A nxdomain\nde SOA\nlocal A\nmade.up A\n");
	a = all(&n);
	assert_int_equal(n, 9);
	assert_int_equal(a[0].class, CLASS_NXDOMAIN);
	assert_int_equal(a[1].class, CLASS_NXDOMAIN); /* RFC 8020 */
	assert_int_equal(a[3].class, CLASS_UNSIGNED);
	assert_int_equal(a[5].class, CLASS_SIGNED);
	assert_int_equal(c->known, 6);
	assert_int_equal(c->absent, 2);
	assert_int_equal(c->contradicted, 2);
	assert_int_equal(c->planned, 1);
	assert_int_equal(c->single, 1);
	assert_int_equal(c->assumed, 1);
	assert_int_equal(c->nxdomain, 3);
	assert_null(strstr(added, "gone.de."));
}

static void errors_of_a_trace_are_found_before_it_is_asked(void **state)
{
	struct replay *r;

	(void)state;
	use_text("a.de A\nb.de BOGUS\n");
	assert_int_equal(replay_new(&s, &r, &err), -EINVAL);
	assert_non_null(strstr(err.text, ":2: 'BOGUS' is no type"));
	use_text("a.de A\nbad.de A\n");
	assert_int_equal(replay_new(&s, &r, &err), -ENOSPC);
	s.traffic[0].is_text = false;
	assert_int_equal(replay_new(&s, &r, &err), -EINVAL);
	assert_non_null(strstr(err.text, "is a list of queries, not a capture"));
	folder_remove(NULL);
	assert_int_equal(replay_new(&s, &r, &err), -ENOENT);
	use_trace("tests/data/dns.pcap", true);
	assert_int_equal(replay_new(&s, &r, &err), -EINVAL);
	assert_non_null(strstr(err.text, "is a capture, not a list of queries"));
}

/* Cuts the real capture, and swaps two of its packets' times. */
static void copy_capture(size_t len, simtime back)
{
	static uint8_t bytes[32768];
	FILE *in = fopen("tests/data/dns.pcap", "r"), *out;
	size_t have = fread(bytes, 1, sizeof(bytes), in);

	fclose(in);
	use_text("");
	out = folder_open("trace");
	bytes[24] = (uint8_t)(bytes[24] + back / SECOND); /* the first packet comes later */
	fwrite(bytes, 1, len < have ? len : have, out);
	fclose(out);
	use_trace(folder_path("trace"), false);
}

static void a_capture_that_is_cut_off_ends_there_and_says_so(void **state)
{
	_cleanup_(replay_freep) struct replay *r = NULL;
	unsigned n = 0;
	struct ask a;

	(void)state;
	copy_capture(1000, 0);
	r = begin();
	while (replay_next(r, &a))
		n++;
	assert_in_range(n, 1, 40);
	assert_non_null(strstr(replay_note(r), "is cut off after "));
}

static void queries_out_of_order_are_asked_late_and_told(void **state)
{
	_cleanup_(replay_freep) struct replay *r = NULL;
	simtime last = 0;
	unsigned n = 0;
	struct ask a;

	(void)state;
	copy_capture(SIZE_MAX, 2 * SECOND);
	r = begin();
	for (; replay_next(r, &a); n++) {
		assert_true(a.at >= last && a.at >= s.from + MINUTE);
		last = a.at;
	}
	assert_int_equal(n, 41);
	assert_non_null(strstr(replay_note(r), "2 queries came out of order, by at most 1 s"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ranks_come_up_as_often_as_zipf_says, setup),
		cmocka_unit_test_setup(one_rank_is_always_drawn, setup),
		cmocka_unit_test_setup(the_same_seed_gives_the_same_questions, setup),
		cmocka_unit_test_setup(arrivals_follow_the_rate_and_never_go_back, setup),
		cmocka_unit_test_setup(a_rate_that_changes_all_the_time_is_kept, setup),
		cmocka_unit_test_setup(a_rate_of_nothing_may_end, setup),
		cmocka_unit_test_setup(classes_get_their_shares, setup),
		cmocka_unit_test_setup(
			outside_names_are_as_many_as_popular_ones_where_nobody_asks_for_those,
			setup),
		cmocka_unit_test_setup(a_job_asks_for_a_name_of_its_own_each_time, setup),
		cmocka_unit_test_setup(absent_names_may_lie_deep, setup),
		cmocka_unit_test_setup(fresh_and_absent_names_are_asked_for_once, setup),
		cmocka_unit_test_setup(popularity_has_nothing_to_do_with_numbers, setup),
		cmocka_unit_test_setup(a_population_without_fresh_names_left_says_so, setup),
		cmocka_unit_test_setup(clients_have_addresses_of_their_own, setup),
		cmocka_unit_test_setup(traffic_that_makes_no_sense_is_refused, setup),
		cmocka_unit_test_setup(a_question_costs_less_than_a_microsecond, setup),
		cmocka_unit_test_setup(a_capture_is_asked_with_its_timing_and_clients, setup),
		cmocka_unit_test_setup(a_list_is_asked_at_its_times_up_to_the_end, setup),
		cmocka_unit_test_setup(the_zone_that_a_fault_befalls_is_under_test, setup),
		cmocka_unit_test_setup(a_list_says_which_names_are_known, setup),
		cmocka_unit_test_setup(errors_of_a_trace_are_found_before_it_is_asked, setup),
		cmocka_unit_test_setup(a_capture_that_is_cut_off_ends_there_and_says_so, setup),
		cmocka_unit_test_setup(queries_out_of_order_are_asked_late_and_told, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
