/* SPDX-License-Identifier: BSD-2-Clause */
/* A zone's file as an image: what it has, what it takes, and what of it is refused. */
#include "zones/master.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/folder.h"
#include "tests/support/test.h"
#include "tests/support/world.h"
#include "zones/image_draft.h"

#define COUNT 1000
#define SOA "$ORIGIN zz.\n$TTL 3600\n@ SOA ns1 h 1 2 3 4 5\n"

static char path[512];

/* Delegations in no order, every third with a DS, each with two NS; a record beside them. */
static struct image *compile(const char *text)
{
	struct tree *t = tree_new(1, 0);
	struct zone *z = tree_add(t, N("zz."), NULL);
	struct master_counts counts;
	struct image *i = NULL;
	struct err e;

	folder_put("x.zone", text);
	snprintf(path, sizeof(path), "%s/x.zone", folder());
	if (master_read(z, path, &counts, &i, &e))
		fail_msg("%s", e.text);
	tree_free(t);
	return i;
}

static char *zone_text(unsigned count)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	fputs(SOA "www A 192.0.2.1\n", f);
	for (unsigned k = 0; k < count; k++) {
		unsigned n = k * 7919 % count;

		fprintf(f, "delegation-%x NS a.b.\n", n);
		if (n % 3 == 0)
			fprintf(f, "delegation-%x DS 1 13 2 %064x\n", n, n);
		fprintf(f, "delegation-%x NS c.d.\n", n);
	}
	fclose(f);
	return text;
}

static struct image *compiled(unsigned count)
{
	char *text = zone_text(count);
	struct image *i = compile(text);

	free(text);
	return i;
}

static void numbers_and_names_lead_to_each_other(void **state)
{
	struct image *i = compiled(COUNT);
	uint64_t n, j = 0;
	char text[64];

	(void)state;
	assert_int_equal(image_head(i)->count, COUNT);
	assert_int_equal(image_head(i)->secure, (COUNT + 2) / 3);
	for (uint64_t k = 0; k < COUNT; k++) {
		const uint8_t *label = image_label(i, k);

		assert_non_null(label);
		assert_true(image_find(i, label, &n) && n == k);
		snprintf(text, sizeof(text), "%.*s", *label, (const char *)label + 1);
		n = strtoul(strchr(text, '-') + 1, NULL, 16);
		assert_int_equal(image_is_secure(i, k), n % 3 == 0);
		if (n % 3 == 0)
			assert_int_equal(image_secure(i, j++), k);
	}
	assert_null(image_label(i, COUNT));
	assert_false(image_find(i, (const uint8_t *)"\1x", &n));
	assert_false(image_find(i, (const uint8_t *)"\14delegation-", &n));
	image_free(i);
}

static void a_delegation_takes_less_than_twice_its_name(void **state)
{
	struct image *i = compiled(100 * COUNT);
	size_t len, names = 0;

	(void)state;
	image_bytes(i, &len);
	for (uint64_t n = 0; n < image_head(i)->count; n++)
		names += *image_label(i, n) + 1u + strlen("zz") + 2;
	print_message("%.1f bytes a delegation, of %.1f of its name\n",
		      (double)len / (double)image_head(i)->count,
		      (double)names / (double)image_head(i)->count);
	assert_true(len <= 2 * names);
	image_free(i);
}

/* Takes a copy of the image's bytes with that many of them; *rc is what came of it. */
static struct image *retake(const struct image *i, size_t at, uint8_t with, size_t cut, bool summed,
			    int *rc, struct err *e)
{
	size_t len;
	const void *bytes = image_bytes(i, &len);
	uint8_t *copy = malloc(len);
	struct image *ret = NULL;

	memcpy(copy, bytes, len);
	copy[at] ^= with;
	if (summed) {
		struct image_head *h = (struct image_head *)(void *)copy;

		h->checksum = image_checksum(copy, len);
	}
	*rc = image_take(copy, len - cut, &ret, e);
	return ret;
}

static void what_is_damaged_is_refused(void **state)
{
	struct image *i = compiled(40);
	struct err e;
	size_t len;
	int rc;

	(void)state;
	image_bytes(i, &len);
	for (size_t at = 0; at < len; at++) {
		assert_null(retake(i, at, 0x10, 0, false, &rc, &e));
		assert_true(rc == -EBADMSG || rc == -EPROTO);
		assert_true(*e.text);
	}
	for (size_t cut = 1; cut < len; cut++) {
		assert_null(retake(i, 0, 0, cut, false, &rc, &e));
		assert_int_equal(rc, -EBADMSG);
	}
	retake(i, offsetof(struct image_head, version), 3, 0, true, &rc, &e);
	assert_int_equal(rc, -EPROTO);
	assert_non_null(strstr(e.text, "has the version 2, and this program reads 1"));
	retake(i, offsetof(struct image_head, order), 5, 0, true, &rc, &e);
	assert_int_equal(rc, -EPROTO);
	assert_non_null(strstr(e.text, "another byte order"));
	image_free(i);
}

/* Looks at all that it has. */
static void walk(const struct image *i)
{
	struct image_record r;
	uint64_t n;
	size_t pos = 0;
	struct err e;

	for (uint64_t k = 0; k < image_head(i)->count && k < 100; k++) {
		const uint8_t *label = image_label(i, k);

		if (label)
			image_find(i, label, &n);
		image_is_secure(i, k);
		image_secure(i, k);
	}
	while (image_record(i, &pos, &r) > 0)
		;
	image_check_sources(i, path, &e);
}

static void what_lies_under_a_right_checksum_does_no_harm(void **state)
{
	static const uint8_t masks[] = { 0x01, 0x40, 0x80, 0xff };
	struct image *i = compiled(40), *other;
	struct err e;
	size_t len;
	int rc;

	(void)state;
	image_bytes(i, &len);
	for (size_t at = 0; at < len; at++)
		for (size_t m = 0; m < sizeof(masks); m++) {
			other = retake(i, at, masks[m], 0, true, &rc, &e);
			if (other)
				walk(other);
			image_free(other);
		}
	image_free(i);
}

static void what_is_no_image_is_none(void **state)
{
	struct image *i = NULL;
	struct err e;

	(void)state;
	folder_put("empty", "");
	snprintf(path, sizeof(path), "%s/empty", folder());
	assert_int_equal(image_open(path, &i, &e), -EBADMSG);
	assert_int_equal(image_open(folder(), &i, &e), -EBADMSG);
	assert_int_equal(image_open("/nosuch", &i, &e), -ENOENT);
	assert_null(i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_and_names_lead_to_each_other),
		cmocka_unit_test(a_delegation_takes_less_than_twice_its_name),
		cmocka_unit_test(what_is_damaged_is_refused),
		cmocka_unit_test(what_lies_under_a_right_checksum_does_no_harm),
		cmocka_unit_test(what_is_no_image_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
