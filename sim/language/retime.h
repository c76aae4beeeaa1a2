/* SPDX-License-Identifier: BSD-2-Clause */
/* retime.h - the same operator, who acts sooner or later.
 *
 * What a mitigation's operator does first, with all that he does at the same instant, is given
 * another instant; what he does later (taking a trust anchor away again) stays where it is. What
 * the scenario expects or knows of that mitigation is of the instant that the scenario gave it, and
 * is not judged any more. */
#pragma once

#include "sim/language/scenario.h"

struct retiming {
	bool after_failure; /* `at` is a time after the first bad answer, and no instant */
	simtime at;
};

/* Whether the operator of this mitigation does something at an instant, or so long after the first
 * bad answer. */
bool retime_can(const struct scenario *s, const char *mitigation);

/* "15m" is a time after the first bad answer that a client gets; "20:45", "2026-05-05T20:45Z" and
 * "+90s" are instants. -EINVAL: neither. */
int retime_read(const struct scenario *s, const char *text, struct retiming *ret, struct err *e);

/* Moves it. An instant outside of the scenario, or not before what the operator does next, is
 * -EINVAL; where only the run can tell, it does not happen, and the run says so. */
int retime(struct scenario *s, const char *mitigation, const struct retiming *when, struct err *e);
