/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/hashing.h"

#include <string.h>

struct hashing hashing_of(const struct view *v)
{
	const struct zone *z = v->zone;
	struct hashing h;
	const struct fault *f;

	memset(&h, 0, sizeof(h));
	h.iterations = z->nsec3_iterations;
	h.salt_len = z->salt_len;
	memcpy(h.salt, z->salt, z->salt_len);
	for (unsigned i = 0; (f = fault_next(z, v->server, v->now, &i));) {
		if (!f->row->hashing)
			continue;
		f->row->hashing(f, &h);
		view_saw(v, f);
	}
	return h;
}
