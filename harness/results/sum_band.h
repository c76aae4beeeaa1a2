/* SPDX-License-Identifier: BSD-2-Clause */
/* sum_band.h - band.csv of a sum (sum.h): how far its caches lie apart. */
#pragma once

#include "sim/base/err.h"
#include "sim/base/simtime.h"

int sum_band(const char *const *folders, unsigned count, simtime from, const char *into,
	     struct err *e);
