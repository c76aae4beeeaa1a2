/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/address.h"

#include <stdlib.h>
#include <arpa/inet.h>

bool address_parse(const char *text, struct address *ret)
{
	struct address a = { .family = strchr(text, ':') ? 6 : 4 };

	if (inet_pton(a.family == 4 ? AF_INET : AF_INET6, text, a.bytes) != 1)
		return false;
	*ret = a;
	return true;
}

char *address_text(const struct address *a, char ret[ADDRESS_TEXT_LEN])
{
	strcpy(ret, "-");
	if (a->family)
		inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->bytes, ret, ADDRESS_TEXT_LEN);
	return ret;
}

bool address_prefix_parse(const char *text, struct address_prefix *ret)
{
	size_t len = strcspn(text, "/");
	char address[ADDRESS_TEXT_LEN + 1], *end = NULL;
	unsigned long bits;

	if (len >= sizeof(address))
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	if (!address_parse(address, &ret->address))
		return false;
	ret->bits = (unsigned)address_len(&ret->address) * 8;
	if (!text[len])
		return true;
	bits = strtoul(text + len + 1, &end, 10);
	if (!text[len + 1] || *end || bits > ret->bits)
		return false;
	ret->bits = (unsigned)bits;
	return true;
}

bool address_prefix_has(const struct address_prefix *p, const struct address *a)
{
	unsigned whole = p->bits / 8, rest = p->bits % 8;

	if (p->address.family != a->family || memcmp(p->address.bytes, a->bytes, whole) != 0)
		return false;
	return !rest || (p->address.bytes[whole] ^ a->bytes[whole]) >> (8 - rest) == 0;
}
