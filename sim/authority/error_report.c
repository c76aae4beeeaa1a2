/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/authority/error_report.h"

#include <string.h>

static const uint8_t MARK[] = { 3, '_', 'e', 'r' };

static bool is_mark(const uint8_t *label)
{
	return memcmp(label, MARK, sizeof(MARK)) == 0;
}

/* A label of digits, of at most 16 bits; -1: it is none. */
static int number_of(const uint8_t *label)
{
	long n = 0;

	for (unsigned i = 1; i <= label[0]; i++) {
		if (label[i] < '0' || label[i] > '9' || n > UINT16_MAX)
			return -1;
		n = n * 10 + label[i] - '0';
	}
	return label[0] && n <= UINT16_MAX ? (int)n : -1;
}

/* Between the marks: the type, the name, the error. `end` is the second mark. */
static bool read_middle(const uint8_t *at, const uint8_t *end, struct error_report *ret)
{
	int qtype = number_of(at), ede = -1;
	const uint8_t *name = at + at[0] + 1, *last = name;
	size_t len;

	if (qtype < 0 || name >= end)
		return false;
	while (last + last[0] + 1 < end)
		last += last[0] + 1;
	ede = number_of(last);
	if (ede < 0)
		return false;
	len = (size_t)(last - name);
	memcpy(ret->qname, name, len);
	ret->qname[len] = 0;
	ret->qtype = (uint16_t)qtype;
	ret->ede = (uint16_t)ede;
	return true;
}

static bool read_for(const uint8_t *agent, const uint8_t *qname, struct error_report *ret)
{
	const uint8_t *mark = qname + sizeof(MARK);
	size_t rest = name_len(agent);

	if (!name_under(qname, agent))
		return false;
	/* The mark before the agent's own name. */
	while (*mark && name_len(mark) > rest + sizeof(MARK))
		mark += mark[0] + 1;
	if (!*mark || name_len(mark) != rest + sizeof(MARK) || !is_mark(mark))
		return false;
	ret->agent = agent;
	return read_middle(qname + sizeof(MARK), mark, ret);
}

bool error_report_read(const struct tree *t, const uint8_t *qname, uint16_t qtype,
		       struct error_report *ret)
{
	if (qtype != RR_TXT || !is_mark(qname))
		return false;
	for (unsigned i = 0; i < t->zone_count; i++) {
		const uint8_t *agent = t->zones[i]->report_channel;

		if (agent && read_for(agent, qname, ret))
			return true;
	}
	return false;
}

bool error_report_is_wanted(const struct tree *t)
{
	for (unsigned i = 0; i < t->zone_count; i++)
		if (t->zones[i]->report_channel)
			return true;
	return false;
}
