/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/trace_log.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/base/names.h"

#define WORDS_MAX 24
#define SECONDS_MAX 9000000000LL /* what a simtime can hold, with room to spare */

static unsigned split(char *line, char *words[WORDS_MAX])
{
	unsigned n = 0;
	char *rest = line, *word;

	while (n < WORDS_MAX && (word = strtok_r(rest, " \t\r\n", &rest)))
		words[n++] = word;
	return n;
}

/* ".250" */
static simtime part_of(const char *text)
{
	simtime unit = SECOND, part = 0;

	for (const char *p = *text == '.' ? text + 1 : ""; *p >= '0' && *p <= '9'; p++)
		part += (*p - '0') * (unit /= 10);
	return part;
}

/* "[1777982400]" or "[1777982400.250]", "05-May-2026" and "12:00:00.250", or an instant. How many words it
 * took; 0: it is none of these. */
static unsigned read_time(char *const *words, unsigned n, simtime *ret)
{
	char text[64], *end;
	struct tm tm = { 0 };

	if (n && words[0][0] == '[') {
		long long seconds = strtoll(words[0] + 1, &end, 10);

		*ret = (simtime)seconds * SECOND + part_of(end);
		return seconds >= 0 && seconds < SECONDS_MAX && strchr(end, ']') ? 1 : 0;
	}
	if (n > 1) {
		snprintf(text, sizeof(text), "%.30s %.30s", words[0], words[1]);
		end = strptime(text, "%d-%b-%Y %H:%M:%S", &tm);
		if (end && tm.tm_year >= 70 && tm.tm_year < 300) {
			*ret = (simtime)timegm(&tm) * SECOND + part_of(end);
			return 2;
		}
	}
	return n && strchr(words[0], 'T') && !simtime_parse(words[0], ret, NULL) ? 1 : 0;
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
	if (strcmp(rcode, "NXDOMAIN") == 0)
		return MARK_NXDOMAIN;
	return strcmp(rcode, "SERVFAIL") == 0 ? MARK_SERVFAIL : MARK_NONE;
}

/* "info: 192.0.2.1 www.x.de. A IN" and, of replies, a response code behind it */
static bool read_info_line(char *const *words, unsigned n, struct trace_query *ret)
{
	unsigned at = 0;

	while (at < n && strcmp(words[at], "info:") != 0 && strcmp(words[at], "query:") != 0 &&
	       strcmp(words[at], "reply:") != 0)
		at++;
	if (at + 4 >= n || strcmp(words[at + 4], "IN") != 0 ||
	    !read_client(words[at + 1], '\0', &ret->client) ||
	    !read_question(words[at + 2], words[at + 3], ret))
		return false;
	if (at + 5 < n)
		ret->mark = mark_of(words[at + 5]);
	return true;
}

bool trace_log_read(char *line, struct trace_query *ret)
{
	struct trace_query q = { .rd = true, .ad = true, .edns = true };
	char *words[WORDS_MAX];
	unsigned n = split(line, words), behind = read_time(words, n, &q.at);

	if (!behind || !(read_client_line(words + behind, n - behind, &q) ||
			 read_info_line(words + behind, n - behind, &q)))
		return false;
	*ret = q;
	return true;
}
