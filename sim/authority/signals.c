/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/authority/signals.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/rng.h"

#define MARK "_ta-"
#define TAGS_MAX 12 /* that a label has room for */

/* Of 4a5c-4f66; 0: it is something else. */
static unsigned read_tags(const uint8_t *label, uint16_t tags[TAGS_MAX])
{
	char text[64], *at = text, *word, *end;
	unsigned n = 0, len = label[0];

	if (len <= strlen(MARK) || strncasecmp((const char *)label + 1, MARK, strlen(MARK)) != 0)
		return 0;
	memcpy(text, label + 1 + strlen(MARK), len - strlen(MARK));
	text[len - strlen(MARK)] = '\0';
	while ((word = strsep(&at, "-"))) {
		if (n == TAGS_MAX || strlen(word) != 4 ||
		    strspn(word, "0123456789abcdefABCDEF") != 4)
			return 0;
		tags[n++] = (uint16_t)strtoul(word, &end, 16);
	}
	return n;
}

/* Whether it is another than this source told last. */
static bool is_new(struct signals *s, const struct address *from, uint64_t told)
{
	for (unsigned i = 0; i < s->count; i++) {
		if (!address_equal(&s->sources[i].from, from))
			continue;
		if (s->sources[i].told == told)
			return false;
		s->sources[i].told = told;
		return true;
	}
	if (s->count == SIGNALS_SOURCES)
		return true;
	s->sources[s->count].from = *from;
	s->sources[s->count++].told = told;
	return true;
}

static void tell(const struct packet *p, const struct answer *a, const uint16_t *tags, unsigned n,
		 struct record *rec)
{
	char zone[NAME_TEXT_LEN], from[ADDRESS_TEXT_LEN], what[160];
	size_t len = 0;

	name_text(a->qname + 1 + a->qname[0], zone);
	address_text(&p->from.address, from);
	len = (size_t)snprintf(what, sizeof(what), "%s trusts", from);
	for (unsigned i = 0; i < n; i++)
		len += (size_t)snprintf(what + len, sizeof(what) - len, "%s %u", i ? "," : "",
					tags[i]);
	record_event(rec, &(struct record_event){
				  .at = p->at, .kind = "anchors", .zone = zone, .what = what });
}

void signals_take(struct signals *s, const struct packet *p, const struct answer *a,
		  struct record *rec)
{
	uint16_t tags[TAGS_MAX];
	unsigned n = read_tags(a->qname, tags);
	uint64_t told;

	if (!n)
		return;
	told = rng_hash(rng_hash(0, tags, n * sizeof(tags[0])), a->qname + 1 + a->qname[0],
			name_len(a->qname + 1 + a->qname[0]));
	if (is_new(s, &p->from.address, told))
		tell(p, a, tags, n, rec);
}
