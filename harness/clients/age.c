/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/age.h"

struct age_given age_of(const struct tree *t, const struct message *m, simtime sent, simtime now,
			int64_t ttl)
{
	int64_t second = simtime_seconds(now - t->from), given;
	struct age_given ret = AGE_NOT_GIVEN;
	unsigned unit = tree_address_unit(t, m->address.family);

	if (!m->address.family)
		return ret;
	given = tree_address_read(t, m->owner, m->address.family, m->address.bytes);
	if (given < 0 && m->on_chain &&
	    (tree_is_server(t, &m->address) || tree_address_is_told(t, m->owner, &m->address)))
		return ret; /* a name server's own address, and one that is told, have no second */
	ret.age = AGE_WRONG;
	if (given < 0 || given > second || !m->on_chain)
		return ret;
	ret.given = given;
	if (given + unit > simtime_seconds(sent - t->from))
		ret.age = AGE_FRESH;
	else if (ttl >= 0 && second - given > ttl + unit)
		ret.age = AGE_STALE;
	else
		ret.age = AGE_CACHED;
	return ret;
}
