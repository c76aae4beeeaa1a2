/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/standing.h"

#include <string.h>

#include "sim/base/cleanup.h"

struct prefix {
	uint8_t bytes[16];
	unsigned bits;
};

static const struct prefix four[] = {
	{ { 0 }, 8 }, /* this host, RFC 1122 section 3.2.1.3 */
	{ { 127 }, 8 },
	{ { 169, 254 }, 16 }, /* link-local, RFC 3927 */
	{ { 198, 18 }, 15 }, /* of the world */
	{ { 224 }, 3 }, /* multicast, reserved, broadcast */
	{ { 10, 255, 255, 254 }, 32 }, /* asks whether the resolver is up */
};

static const struct prefix six[] = {
	{ { 0 }, 96 }, /* ::, ::1, and IPv4 in IPv6 that was never seen on a wire */
	{ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff }, 96 },
	{ { 0xfe, 0x80 }, 10 },
	{ { 0xff }, 8 }, /* multicast */
	{ { 0xfd, 0x00, 0x00, 0x53 }, 32 }, /* of the world */
	{ { 0xfd, 0x00, 0x00, 0x5f }, 32 },
};

static bool is_in(const uint8_t *bytes, const struct prefix *p)
{
	unsigned whole = p->bits / 8, rest = p->bits % 8;

	return !memcmp(bytes, p->bytes, whole) &&
	       (!rest || (bytes[whole] ^ p->bytes[whole]) >> (8 - rest) == 0);
}

bool standing_of_client(const struct address *a)
{
	const struct prefix *list = a->family == 6 ? six : four;
	size_t count = a->family == 6 ? ARRAY_SIZE(six) : ARRAY_SIZE(four);

	for (size_t i = 0; i < count; i++)
		if (is_in(a->bytes, &list[i]))
			return false;
	return true;
}
