/* SPDX-License-Identifier: BSD-2-Clause */
/* fragment.h - IP fragments out of captured frames, put together (RFC 791 section 3.2, RFC 8200 section
 * 4.5). Those that overlap are forgotten with their datagram, RFC 5722; so is the oldest when there are
 * many that wait. */
#pragma once

#include "harness/clients/frame.h"
#include "sim/base/cleanup.h"

struct fragments;

/* NULL: no memory. */
struct fragments *fragments_new(void);
void fragments_free(struct fragments *s);
DEFINE_FREEP(struct fragments, fragments)

/* 1: the datagram is whole with this one, and in `ret`, whose data are lent until the next call. 0: it is
 * not. -ENOMEM. */
int fragments_add(struct fragments *s, const struct frame_fragment *f, struct frame *ret);

/* Parts that were never put together with the rest. */
uint64_t fragments_lost(const struct fragments *s);
