/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/fault_edit.h"

#include <string.h>

#include "sim/base/buf.h"

void fault_edit(const struct fault *f, struct rrset *rs,
		bool (*record)(uint8_t *rdata, size_t len, int number))
{
	struct rrset was;
	uint8_t copy[1024];
	const uint8_t *rdata;
	size_t pos = 0, len;

	rrset_copy(&was, rs);
	rrset_init(rs, was.owner, was.type, was.ttl);
	while ((rdata = rrset_next(&was, &pos, &len)) && len <= sizeof(copy)) {
		memcpy(copy, rdata, len);
		if ((f->row->by && get16(rdata) != f->row->by) || record(copy, len, f->row->number))
			rrset_add(rs, copy, len);
	}
}

void fault_edit_absent(const struct fault *f, struct flaw *flaw)
{
	(void)f;
	flaw->absent = true;
}

void fault_edit_corrupt(const struct fault *f, struct flaw *flaw)
{
	(void)f;
	flaw->corrupt = true;
}
