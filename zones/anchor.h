/* SPDX-License-Identifier: BSD-2-Clause */
/* anchor.h - what a resolver is told of a tree before it asks anything: root hints and the trust
 * anchor. */
#pragma once

#include <stddef.h>

#include "sim/base/buf.h"
#include "zones/sign.h"

struct anchor {
	char hints[8192]; /* a hints file: NS, A and AAAA records */
	char key[8192]; /* the root's DNSKEYs (KSKs or CSKs) that resolvers are told of, as a master
			   file's lines; "" for an unsigned root */
	char ds[1024]; /* their DS, likewise */
};

/* As of `now`: of keys that are published then, and not revoked. -ENOBUFS: more root servers than fit. -EIO: OpenSSL failed. */
int anchor_make(struct tree *t, simtime now, struct anchor *ret, struct err *e);

/* The keys as BIND's trust-anchors statement; "" when there is none. */
void anchor_bind(const struct anchor *a, char *ret, size_t size);
