/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/trace_log.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/base/names.h"

#define WORDS_MAX 24
#define SECONDS_MAX 9000000000LL /* what a simtime can hold, with room to spare */
#define YEARS_MAX 100 /* that a log without years goes over */

static unsigned split(char *line, char *words[WORDS_MAX])
{
	unsigned n = 0;
	char *rest = line, *word;

	while (n < WORDS_MAX && (word = strtok_r(rest, " \t\r\n", &rest)))
		words[n++] = word;
	return n;
}

/* ".250", or ",250" */
static simtime part_of(const char *text, char **end)
{
	simtime unit = SECOND, part = 0;
	const char *p = text;

	if (*p == '.' || *p == ',')
		for (p++; *p >= '0' && *p <= '9'; p++)
			part += (*p - '0') * (unit /= 10);
	*end = (char *)p;
	return part;
}

/* "[1777982400]" or "[1777982400.250]" */
static bool read_seconds(const char *word, simtime *ret)
{
	char *end;
	long long seconds = strtoll(word + 1, &end, 10);

	if (seconds < 0 || seconds >= SECONDS_MAX)
		return false;
	*ret = (simtime)seconds * SECOND;
	*ret += part_of(end, &end);
	return *end == ']';
}

/* "Z", "+02:00", "+0200", or nothing */
static bool read_zone(const char *text, simtime *ret)
{
	unsigned hours, minutes;
	int used = 0;

	*ret = 0;
	if (!*text || strcmp(text, "Z") == 0)
		return true;
	if ((*text != '+' && *text != '-') ||
	    (sscanf(text + 1, "%2u:%2u%n", &hours, &minutes, &used) != 2 &&
	     sscanf(text + 1, "%2u%2u%n", &hours, &minutes, &used) != 2))
		return false;
	if (text[1 + used] || hours >= 24 || minutes >= 60)
		return false;
	*ret = (simtime)(hours * 60 + minutes) * (*text == '-' ? -MINUTE : MINUTE);
	return true;
}

/* A date by `format`, and behind its seconds a part of one and a zone. */
static bool read_date(const char *text, const char *format, simtime *ret)
{
	struct tm tm = { .tm_year = 100 }; /* 2000 has all days */
	char *end = strptime(text, format, &tm);
	simtime part, zone;

	if (!end || tm.tm_year < 70 || tm.tm_year >= 300)
		return false;
	part = part_of(end, &end);
	if (!read_zone(end, &zone))
		return false;
	*ret = (simtime)timegm(&tm) * SECOND + part - zone;
	return true;
}

/* Of one that has no year: the first that it could be, seen from the last. */
static simtime in_its_year(struct trace_log *log, simtime at)
{
	struct tm tm;
	time_t t = (time_t)(at / SECOND);
	simtime part = at % SECOND;

	gmtime_r(&t, &tm);
	for (; log->years < YEARS_MAX; log->years++) {
		struct tm then = tm;

		then.tm_year += (int)log->years;
		at = (simtime)timegm(&then) * SECOND + part;
		if (at + 180 * DAY >= log->last)
			break;
	}
	log->last = at;
	return at;
}

/* How many words the time at the beginning took; 0: it is none. */
static unsigned read_time(struct trace_log *log, char *const *words, unsigned n, simtime *ret)
{
	char text[96];

	if (n && words[0][0] == '[')
		return read_seconds(words[0], ret);
	if (n && strchr(words[0], 'T') && read_date(words[0], "%Y-%m-%dT%H:%M:%S", ret))
		return 1;
	if (n < 3)
		return 0;
	snprintf(text, sizeof(text), "%.30s %.30s", words[0], words[1]);
	if (read_date(text, "%d-%b-%Y %H:%M:%S", ret))
		return 2;
	snprintf(text, sizeof(text), "%.30s %.30s %.30s", words[0], words[1], words[2]);
	if (!read_date(text, "%b %d %H:%M:%S", ret))
		return 0;
	*ret = in_its_year(log, *ret);
	return 3;
}

static bool read_question(const char *name, const char *type, struct trace_query *ret)
{
	int number = names_type_number(type);

	if (number < 0 || name_parse(name, ret->qname, NULL))
		return false;
	ret->qtype = (uint16_t)number;
	return true;
}

static bool read_client(char *text, char stop, struct address *ret)
{
	char *end = stop ? strchr(text, stop) : NULL;

	if (end)
		*end = '\0';
	return (!stop || end) && address_parse(text, ret);
}

/* "+E(0)TDC": + recursion, E EDNS, T TCP, D DO, C CD. */
static void read_flags(const char *flags, struct trace_query *ret)
{
	ret->rd = *flags == '+';
	ret->edns = strchr(flags, 'E');
	ret->tcp = strchr(flags, 'T');
	ret->dnssec_ok = strchr(flags, 'D');
	ret->cd = strchr(flags, 'C');
}

/* "… 192.0.2.1#5300 (www.x.de): … query: www.x.de IN A +E(0) (198.18.0.1)" */
static bool read_client_line(char *const *words, unsigned n, struct trace_query *ret)
{
	unsigned at = 0, client = 0;

	while (at < n && strcmp(words[at], "query:") != 0) {
		if (!client && strchr(words[at], '#'))
			client = at;
		at++;
	}
	if (!client || at + 4 >= n || strcmp(words[at + 2], "IN") != 0 ||
	    !read_client(words[client], '#', &ret->client) ||
	    !read_question(words[at + 1], words[at + 3], ret))
		return false;
	read_flags(words[at + 4], ret);
	return true;
}

static enum trace_mark mark_of(const char *rcode)
{
	static const struct {
		const char *rcode;
		enum trace_mark mark;
	} known[] = { { "NOERROR", MARK_NOERROR },
		      { "NXDOMAIN", MARK_NXDOMAIN },
		      { "SERVFAIL", MARK_SERVFAIL } };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(rcode, known[i].rcode) == 0)
			return known[i].mark;
	return MARK_NONE;
}

/* "info: 192.0.2.1 www.x.de. A IN"; of a reply behind it a response code and the seconds that it took. */
static enum trace_log_line read_info_line(char *const *words, unsigned n, struct trace_query *ret)
{
	unsigned at = 0;
	double took;

	while (at < n && strcmp(words[at], "info:") != 0 && strcmp(words[at], "query:") != 0 &&
	       strcmp(words[at], "reply:") != 0)
		at++;
	if (at + 4 >= n || strcmp(words[at + 4], "IN") != 0 ||
	    !read_client(words[at + 1], '\0', &ret->client) ||
	    !read_question(words[at + 2], words[at + 3], ret))
		return TRACE_LOG_OTHER;
	if (at + 5 >= n)
		return TRACE_LOG_QUERY;
	ret->mark = mark_of(words[at + 5]);
	took = at + 6 < n ? strtod(words[at + 6], NULL) : 0;
	if (took > 0 && took < HOUR / SECOND)
		ret->at -= ret->at % SECOND ? (simtime)(took * SECOND) : (simtime)took * SECOND;
	return TRACE_LOG_REPLY;
}

/* "2026-05-05T12:00:00Z www.x.de. A", "… IN A", "… A nxdomain": an instant that begins the line of a list. */
static bool is_of_list(char *const *words, unsigned n, unsigned behind)
{
	char *const *rest = words + behind;

	if (behind != 1 || words[0][0] == '[')
		return false;
	n -= behind;
	return n <= 2 || strcmp(rest[1], "IN") == 0 || names_type_number(rest[1]) >= 0 ||
	       names_type_number(rest[2]) >= 0;
}

enum trace_log_line trace_log_read(struct trace_log *log, char *line, struct trace_query *ret)
{
	struct trace_query q = { .rd = true, .ad = true, .edns = true };
	enum trace_log_line kind;
	char *words[WORDS_MAX];
	unsigned n = split(line, words), behind = read_time(log, words, n, &q.at);

	if (!behind || is_of_list(words, n, behind))
		return TRACE_LOG_NONE;
	kind = read_client_line(words + behind, n - behind, &q)
		       ? TRACE_LOG_QUERY
		       : read_info_line(words + behind, n - behind, &q);
	if (kind != TRACE_LOG_OTHER)
		*ret = q;
	return kind;
}
