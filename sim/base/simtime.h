/* SPDX-License-Identifier: BSD-2-Clause */
/* simtime.h - the one type of time: nanoseconds since the Unix epoch.
 *
 * Durations are simtimes too. Texts are ISO 8601 in UTC ("2026-05-05T19:19Z", seconds and fractions
 * optional, the Z too) and, for durations, a number with a unit: "250ms", "5s", "1m", "12h", "14d".
 */
#pragma once

#include <stdint.h>

#include "sim/base/err.h"

typedef int64_t simtime;

#define USEC ((simtime)1000)
#define MSEC ((simtime)1000000)
#define SECOND ((simtime)1000000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define SIMTIME_NEVER INT64_MAX

/* -EINVAL: not an instant in the form above, a date that does not exist, or one that the type does
 * not reach: it ends in April 2262, and instants are those of the years 1678 to 2261. */
int simtime_parse(const char *text, simtime *ret, struct err *e);

/* Whether an instant is one of those years: what is reckoned from a start may not be. */
int simtime_check(simtime t, const char *text, struct err *e);

/* As simtime_parse(), and "HH:MM", "HH:MM:SS" too, which name the first such instant not before
 * `from`. */
int simtime_parse_after(const char *text, simtime from, simtime *ret, struct err *e);

/* -EINVAL: not a number followed by one of ns, us, ms, s, m, h, d, or negative. */
int simtime_parse_duration(const char *text, simtime *ret, struct err *e);

/* "2026-05-05T19:19:00Z", whole seconds. `text` has room for 32 bytes and is returned. */
char *simtime_text(simtime t, char text[32]);

/* "2 h 3 min", "90 s", "250 ms": for people, at most two units. Returned as above. */
char *simtime_duration_text(simtime d, char text[32]);

static inline simtime earlier(simtime a, simtime b)
{
	return a < b ? a : b;
}

static inline simtime later(simtime a, simtime b)
{
	return a > b ? a : b;
}

/* The sum, and seconds as a duration: what is farther away than the type reaches is its end. */
simtime simtime_plus(simtime a, simtime b);
simtime simtime_of_seconds(double seconds);

/* Seconds since the epoch, rounded down. */
static inline int64_t simtime_seconds(simtime t)
{
	return t >= 0 ? t / SECOND : -((-t + SECOND - 1) / SECOND);
}
