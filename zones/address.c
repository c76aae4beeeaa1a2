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
