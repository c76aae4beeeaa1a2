/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/address.h"

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
