/* SPDX-License-Identifier: BSD-2-Clause */
/* run_clock.c - the word that says how a run's time passes. */
#include <errno.h>
#include <string.h>

#include "harness/cell/run.h"
#include "sim/base/number.h"

int run_parse_clock(const char *text, enum clock_mode *mode, double *speed, struct err *e)
{
	*speed = 1;
	if (strcmp(text, "virtual") == 0) {
		*mode = CLOCK_VIRTUAL;
		return 0;
	}
	if (strcmp(text, "real") == 0) {
		*mode = CLOCK_REAL;
		return 0;
	}
	*mode = CLOCK_SCALED;
	if (*text != 'x' || !number_is(text + 1, speed) || !(*speed > 0) || *speed > 1e4)
		return err_set(e, -EINVAL, "'%s' is no clock: virtual, real, or xN like x10", text);
	return 0;
}
