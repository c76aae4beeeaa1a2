/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/rrset.h"

#include <string.h>

#include "sim/base/buf.h"

void rrset_init(struct rrset *rs, const uint8_t *owner, uint16_t type, uint32_t ttl)
{
	name_copy(rs->owner, owner);
	rs->type = type;
	rs->ttl = ttl;
	rs->count = 0;
	rs->len = 0;
	rs->lacks = false;
}

static int rdata_compare(const void *a, size_t a_len, const void *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return order ? order : (a_len > b_len) - (a_len < b_len);
}

void rrset_add(struct rrset *rs, const void *rdata, size_t len)
{
	size_t at = 0;

	while (at < rs->len) {
		size_t there = get16(rs->data + at);
		int order = rdata_compare(rdata, len, rs->data + at + 2, there);

		if (!order)
			return;
		if (order < 0)
			break;
		at += 2 + there;
	}
	if (rs->len + 2 + len > RRSET_DATA_MAX) {
		rs->lacks = true;
		return;
	}
	memmove(rs->data + at + 2 + len, rs->data + at, rs->len - at);
	put16(rs->data + at, (uint16_t)len);
	memcpy(rs->data + at + 2, rdata, len);
	rs->len = (uint16_t)(rs->len + 2 + len);
	rs->count++;
}

const uint8_t *rrset_next(const struct rrset *rs, size_t *pos, size_t *len)
{
	if (*pos >= rs->len)
		return NULL;

	const uint8_t *rdata = rs->data + *pos + 2;

	*len = get16(rs->data + *pos);
	*pos += 2 + *len;
	return rdata;
}

void rrset_copy(struct rrset *ret, const struct rrset *rs)
{
	memcpy(ret, rs, offsetof(struct rrset, data) + rs->len);
}
