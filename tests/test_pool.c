/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/pool.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#include "sim/base/rng.h"
#include "tests/support/test.h"
#include "zones/pool_sign.h"

#define BYTES 65536

static const struct pool_key one = { "one", 1 };
static const uint8_t signature[] = "a signature that is long enough to be found again in memory";

static struct pool *new_pool(size_t bytes)
{
	struct pool *p = pool_new(bytes);

	assert_non_null(p);
	return p;
}

/* In another process, which ends then: what it is to do; whether that came right. */
static bool elsewhere(bool (*what)(struct pool *p), struct pool *p)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(what(p) ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool put_one(struct pool *p)
{
	pool_put(p, &one, signature, sizeof(signature));
	return true;
}

static bool get_one(struct pool *p)
{
	uint8_t got[256];

	return pool_get(p, &one, got, sizeof(got)) == sizeof(signature) &&
	       memcmp(got, signature, sizeof(signature)) == 0;
}

static void what_one_process_puts_in_another_one_gets(void **state)
{
	struct pool *p = new_pool(BYTES);
	struct pool_key other = one;
	uint8_t got[256];

	(void)state;
	assert_false(get_one(p));
	assert_true(elsewhere(put_one, p));
	assert_true(get_one(p));
	assert_true(elsewhere(get_one, p));
	other.signer++;
	assert_int_equal(pool_get(p, &other, got, sizeof(got)), 0);
	other = one;
	other.digest[31]++;
	assert_int_equal(pool_get(p, &other, got, sizeof(got)), 0);
	assert_int_equal(pool_get(p, &one, got, 8), 0);
	assert_int_equal(pool_counts(p).made, 0);
	assert_int_equal(pool_counts(p).given, 1);
	pool_free(p);
}

/* Where the signature stands in the pool: it was put in behind a gap of the machine's, so it is looked for. */
static uint8_t *find(void)
{
	uint8_t *found = NULL;
	unsigned long from, to;
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];

	assert_non_null(maps);
	while (!found && fgets(line, sizeof(line), maps))
		if (strstr(line, "rw-s") && sscanf(line, "%lx-%lx", &from, &to) == 2)
			found = memmem((void *)from, to - from, signature, sizeof(signature));
	fclose(maps);
	assert_non_null(found);
	return found;
}

static void what_was_written_over_is_not_given(void **state)
{
	struct pool *p = new_pool(BYTES);
	uint8_t *at;

	(void)state;
	put_one(p);
	at = find();
	for (unsigned bit = 0; bit < 8 * sizeof(signature); bit += 37) {
		at[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(get_one(p));
		at[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(get_one(p));
	assert_int_equal(pool_counts(p).wrong, (8 * sizeof(signature) + 36) / 37);
	pool_free(p);
}

static bool get_and_put(struct pool *p)
{
	uint8_t got[256];
	bool any = false;

	for (unsigned i = 0; i < 5000; i++) {
		struct pool_key key = { .signer = i };

		memcpy(key.digest, &i, sizeof(i));
		any |= pool_get(p, &key, got, sizeof(got)) > 0;
		pool_put(p, &key, signature, sizeof(signature));
	}
	return !any;
}

/* All of it in the hands of somebody else: nothing is given, and nothing beyond it is touched. */
static void a_pool_that_is_nonsense_gives_nothing(void **state)
{
	static const uint8_t bytes[] = { 0xff, 0x01, 0x08, 0x80 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bytes); i++) {
		struct pool *p = new_pool(BYTES);
		unsigned long from, to;
		FILE *maps = fopen("/proc/self/maps", "re");
		char line[512];

		assert_non_null(maps);
		while (fgets(line, sizeof(line), maps))
			if (strstr(line, "rw-s") && sscanf(line, "%lx-%lx", &from, &to) == 2)
				memset((void *)from, bytes[i], to - from);
		fclose(maps);
		assert_true(elsewhere(get_and_put, p));
		pool_free(p);
	}
}

/* It ends with a page: who went on would be killed. */
static void a_full_pool_takes_nothing_more_and_keeps_what_it_has(void **state)
{
	struct pool *p = new_pool(4096 - sizeof(uint64_t));
	uint8_t got[256];
	unsigned found = 0;

	(void)state;
	put_one(p);
	for (unsigned i = 0; i < 1000; i++) {
		struct pool_key key = { .signer = i };

		pool_put(p, &key, signature, sizeof(signature));
	}
	for (unsigned i = 0; i < 1000; i++) {
		struct pool_key key = { .signer = i };

		found += pool_get(p, &key, got, sizeof(got)) > 0;
	}
	assert_true(get_one(p));
	assert_in_range(found, 16, 4096 / sizeof(signature));
	assert_int_equal(pool_counts(p).made, 1001);
	pool_free(p);
}

static struct key *make(enum algorithm a, uint64_t seed)
{
	struct key_plan plan = { .role = KEY_ZSK, .algorithm = a, .tag = -1 };
	struct key *k;
	struct err e;

	if (key_new(&plan, seed, &k, &e))
		fail_msg("%s", e.text);
	return k;
}

static size_t sign(enum algorithm a, uint64_t seed, const char *data, uint8_t *ret)
{
	_cleanup_(key_freep) struct key *k = make(a, seed);
	size_t len;
	struct err e;

	if (pool_sign(k, data, strlen(data), ret, &len, &e))
		fail_msg("%s", e.text);
	return len;
}

/* Of keys that are alike, but not the same, none gets another's. */
static void a_signature_out_of_the_pool_has_the_bytes_of_one_that_is_made(void **state)
{
	static const enum algorithm algorithms[] = { ALG_RSASHA256, ALG_RSASHA512,
						     ALG_ECDSAP256SHA256, ALG_ECDSAP384SHA384,
						     ALG_ED25519 };
	static const char *const data[] = { "data", "date" };
	uint8_t made[KEY_SIGNATURE_MAX], got[KEY_SIGNATURE_MAX];
	struct pool *p = new_pool(1 << 20);
	uint64_t given = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(algorithms) * 4; i++) {
		enum algorithm a = algorithms[i / 4];
		size_t len = sign(a, i & 1, data[i / 2 % 2], made);

		pool_use(p);
		assert_int_equal(sign(a, i & 1, data[i / 2 % 2], got), len);
		assert_memory_equal(got, made, len);
		assert_int_equal(pool_counts(p).given, given);
		assert_int_equal(sign(a, i & 1, data[i / 2 % 2], got), len);
		assert_memory_equal(got, made, len);
		assert_int_equal(pool_counts(p).given, ++given);
		pool_use(NULL);
	}
	assert_int_equal(pool_counts(p).made, given);
	pool_free(p);
}

/* ---- files ---- */

#define ENTRY (16 + 52) /* where the first signature of a file stands: pool.h */

/* A file with `len` bytes, of which byte `at` is turned round (SIZE_MAX: none), read into a pool. */
static int read_back(struct pool *p, const uint8_t *bytes, size_t len, size_t at, struct err *e)
{
	uint8_t copy[8192];
	FILE *f;
	int r;

	assert_in_range(len, 1, sizeof(copy));
	memcpy(copy, bytes, len);
	if (at < len)
		copy[at] ^= 0xff;
	f = fmemopen(copy, len, "r");
	assert_non_null(f);
	r = pool_read(p, f, e);
	fclose(f);
	return r;
}

static size_t written(struct pool *p, uint8_t *ret, size_t size)
{
	FILE *f = fmemopen(ret, size, "w");
	long len;

	assert_non_null(f);
	pool_write(p, f);
	fflush(f);
	len = ftell(f);
	fclose(f);
	assert_true(len > 0);
	return (size_t)len;
}

static void a_file_gives_the_next_run_what_this_one_made(void **state)
{
	struct pool *p = new_pool(BYTES), *next = new_pool(BYTES);
	uint8_t file[8192], got[KEY_SIGNATURE_MAX], made[KEY_SIGNATURE_MAX];
	size_t len, n = sign(ALG_ECDSAP256SHA256, 1, "data", made);
	struct err e;

	(void)state;
	pool_use(p);
	for (int i = 0; i < 20; i++)
		sign(ALG_ECDSAP256SHA256, 1, i == 7 ? "data" : (char[]){ (char)('a' + i), 0 }, got);
	assert_true(pool_has_news(p));
	len = written(p, file, sizeof(file));
	assert_int_equal(len, 16 + 20 * (52 + 64));
	assert_int_equal(read_back(next, file, len, SIZE_MAX, &e), 0);
	assert_false(pool_has_news(next));
	pool_use(next);
	assert_int_equal(sign(ALG_ECDSAP256SHA256, 1, "a", got), 64);
	assert_int_equal(sign(ALG_ECDSAP256SHA256, 1, "data", got), n);
	assert_memory_equal(got, made, n);
	assert_int_equal(pool_counts(next).kept, 2);
	assert_int_equal(pool_counts(next).made, 0);
	sign(ALG_ECDSAP256SHA256, 2, "data", got);
	assert_true(pool_has_news(next));
	pool_use(NULL);
	pool_free(p);
	pool_free(next);
}

static void what_of_a_file_is_damaged_is_made_anew(void **state)
{
	struct pool *p = new_pool(BYTES);
	uint8_t file[8192], got[KEY_SIGNATURE_MAX], made[KEY_SIGNATURE_MAX];
	size_t len, n = sign(ALG_ED25519, 1, "data", made);
	struct err e;

	(void)state;
	pool_use(p);
	sign(ALG_ED25519, 1, "data", got);
	len = written(p, file, sizeof(file));
	pool_use(NULL);
	for (size_t at = 0; at < 2 * len; at++) {
		struct pool *next = new_pool(BYTES);
		int r = read_back(next, file, at < len ? len : 1 + at - len, at, &e);

		assert_int_equal(r, at < 16 || (at >= len && at - len < 15) ? -EINVAL : 0);
		pool_use(next);
		assert_int_equal(sign(ALG_ED25519, 1, "data", got), n);
		assert_memory_equal(got, made, n);
		assert_int_equal(pool_counts(next).kept, at == 2 * len - 1);
		pool_use(NULL);
		pool_free(next);
	}
	pool_free(p);
}

/* Somebody has put another signature into a file, with a right sum. */
static void a_signature_of_a_file_that_is_not_what_is_made_bars_it(void **state)
{
	struct pool *p = new_pool(BYTES), *next = new_pool(BYTES);
	uint8_t file[8192], got[KEY_SIGNATURE_MAX], made[KEY_SIGNATURE_MAX];
	size_t len, n = sign(ALG_ED25519, 1, "data", made);
	uint64_t sum;
	struct err e;

	(void)state;
	pool_use(p);
	sign(ALG_ED25519, 1, "data", got);
	len = written(p, file, sizeof(file));
	file[ENTRY] ^= 1;
	sum = rng_hash(rng_hash(n, file + 16 + 8, 40), file + ENTRY, n);
	memcpy(file + 16, &sum, sizeof(sum));
	assert_int_equal(read_back(next, file, len, SIZE_MAX, &e), 0);
	pool_use(next);
	assert_int_equal(sign(ALG_ED25519, 1, "data", got), n);
	assert_memory_equal(got, made, n);
	assert_int_equal(pool_counts(next).kept, 1);
	assert_true(pool_counts(next).barred);
	assert_int_equal(sign(ALG_ED25519, 1, "data", got), n);
	assert_memory_equal(got, made, n);
	assert_int_equal(pool_counts(next).kept, 1);
	assert_false(pool_has_news(next));
	pool_use(NULL);
	pool_free(p);
	pool_free(next);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_one_process_puts_in_another_one_gets),
		cmocka_unit_test(what_was_written_over_is_not_given),
		cmocka_unit_test(a_pool_that_is_nonsense_gives_nothing),
		cmocka_unit_test(a_full_pool_takes_nothing_more_and_keeps_what_it_has),
		cmocka_unit_test(a_signature_out_of_the_pool_has_the_bytes_of_one_that_is_made),
		cmocka_unit_test(a_file_gives_the_next_run_what_this_one_made),
		cmocka_unit_test(what_of_a_file_is_damaged_is_made_anew),
		cmocka_unit_test(a_signature_of_a_file_that_is_not_what_is_made_bars_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
