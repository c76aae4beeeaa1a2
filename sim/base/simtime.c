/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/base/simtime.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/base/number.h"

/* A fraction of a second, ".25", at *p, which moves past it. */
static simtime fraction(const char **p)
{
	simtime unit = SECOND / 10, sum = 0;

	if (**p != '.')
		return 0;
	for ((*p)++; isdigit((unsigned char)**p); (*p)++, unit /= 10)
		sum += (**p - '0') * unit;
	return sum;
}

/* Whether gmtime() gives back the very date: 30 February does not exist. */
static int date_exists(const struct tm *want, time_t t)
{
	struct tm got;

	return gmtime_r(&t, &got) && got.tm_mday == want->tm_mday && got.tm_mon == want->tm_mon &&
	       want->tm_hour < 24 && want->tm_min < 60 && want->tm_sec < 60;
}

/* 1678-01-01 and 2262-01-01. */
#define FIRST_SECOND INT64_C(-9214560000)
#define END_SECOND INT64_C(9214646400)

static int too_far(const char *text, struct err *e)
{
	return err_set(e, -EINVAL, "'%s' is not in the years 1678 to 2261", text);
}

int simtime_check(simtime t, const char *text, struct err *e)
{
	return t >= FIRST_SECOND * SECOND && t < END_SECOND * SECOND ? 0 : too_far(text, e);
}

int simtime_parse(const char *text, simtime *ret, struct err *e)
{
	struct tm tm = { 0 };
	const char *p = strptime(text, "%Y-%m-%d", &tm);
	simtime part = 0;
	struct tm asked;
	time_t t;

	if (p && (*p == 'T' || *p == ' ')) {
		p = strptime(p + 1, "%H:%M", &tm);
		if (p && *p == ':') {
			p = strptime(p + 1, "%S", &tm);
			if (p)
				part = fraction(&p);
		}
	}
	if (p && *p == 'Z')
		p++;
	asked = tm;
	t = p ? timegm(&tm) : 0;
	if (!p || *p || !date_exists(&asked, t))
		return err_set(e, -EINVAL, "'%s' is not an instant like 2026-05-05T19:19Z", text);
	if (t < FIRST_SECOND || t >= END_SECOND)
		return too_far(text, e);
	*ret = (simtime)t * SECOND + part;
	return 0;
}

int simtime_parse_after(const char *text, simtime from, simtime *ret, struct err *e)
{
	struct tm tm = { 0 };
	const char *p = strptime(text, "%H:%M", &tm);
	simtime midnight = from - ((from % DAY) + DAY) % DAY, t;

	if (p && *p == ':')
		p = strptime(p + 1, "%S", &tm);
	if (!p || (*p && strcmp(p, "Z") != 0) || strchr(text, '-'))
		return simtime_parse(text, ret, e);
	t = midnight + tm.tm_hour * HOUR + tm.tm_min * MINUTE + tm.tm_sec * SECOND;
	t = t < from ? t + DAY : t;
	if (simtime_check(t, text, e))
		return -EINVAL;
	*ret = t;
	return 0;
}

int simtime_parse_duration(const char *text, simtime *ret, struct err *e)
{
	static const struct {
		const char *name;
		simtime size;
	} units[] = { { "ns", 1 },     { "us", USEC },	  { "ms", MSEC }, { "s", SECOND },
		      { "m", MINUTE }, { "min", MINUTE }, { "h", HOUR },  { "d", DAY } };
	const char *end = text;
	double n = -1;

	if (number_read(text, &n, &end))
		while (*end == ' ')
			end++;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (end == text || strcmp(end, units[i].name) != 0)
			continue;
		if (!(n >= 0) || n * (double)units[i].size > 9e18)
			break;
		*ret = (simtime)llround(n * (double)units[i].size);
		return 0;
	}
	return err_set(e, -EINVAL, "'%s' is not a duration like 250ms, 5s, 1m, 12h or 14d", text);
}

simtime simtime_plus(simtime a, simtime b)
{
	simtime sum;

	if (__builtin_add_overflow(a, b, &sum))
		return b < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

simtime simtime_of_seconds(double seconds)
{
	double t = seconds * (double)SECOND;

	if (isnan(t))
		return 0;
	return t >= 9.2e18 ? INT64_MAX : t <= -9.2e18 ? INT64_MIN : (simtime)t;
}

char *simtime_text(simtime t, char text[32])
{
	time_t s = (time_t)simtime_seconds(t);
	struct tm tm;

	gmtime_r(&s, &tm);
	strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return text;
}

char *simtime_duration_text(simtime d, char text[32])
{
	static const struct {
		const char *name;
		simtime size;
	} units[] = {
		{ "d", DAY }, { "h", HOUR }, { "min", MINUTE }, { "s", SECOND }, { "ms", MSEC }
	};
	size_t n = sizeof(units) / sizeof(units[0]);

	for (size_t i = 0; i < n; i++) {
		long whole = (long)(d / units[i].size);
		long rest = i + 1 < n ? (long)(d % units[i].size / units[i + 1].size) : 0;

		if (!whole && i + 1 < n)
			continue;
		if (rest)
			snprintf(text, 32, "%ld %s %ld %s", whole, units[i].name, rest,
				 units[i + 1].name);
		else
			snprintf(text, 32, "%ld %s", whole, units[i].name);
		break;
	}
	return text;
}
