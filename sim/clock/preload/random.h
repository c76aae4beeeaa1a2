/* SPDX-License-Identifier: BSD-2-Clause */
/* random.h - randomness drawn from the page's seed, so that a run can be repeated; from the kernel
 * when the seed is 0. */
#pragma once

#include "sim/clock/preload/shim.h"

#include <sys/uio.h>

/* From a random device (KIND_RANDOM). */
ssize_t random_read(void *data, size_t len);
ssize_t random_readv(const struct iovec *iov, int count);
