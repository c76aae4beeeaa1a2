/* SPDX-License-Identifier: BSD-2-Clause */
/* sync.h - what threads do to each other. */
#pragma once

#include "sim/clock/preload/shim.h"

/* syscall(SYS_futex, ...) */
long shim_futex(struct page *p, long addr, int op, long val, long timeout, long addr2, long val3);
