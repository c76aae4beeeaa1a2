/* SPDX-License-Identifier: BSD-2-Clause */
/* published.h - small worlds with one fault, and what their zones publish before and while it is
 * there. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/ldns_judge.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"
#include "tests/support/written.h"
#include "zones/content.h"

#define HEAD                                                                                       \
	"scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+2h' }\n"                        \
	"local root = zone('.', { servers = { '198.18.0.1' } })\n"                                 \
	"local de = zone('de.', { parent = root, servers = { '198.18.1.1' } })\n"                  \
	"local a = zone('a.de.', { parent = de, nsec3 = {}, servers = { '198.18.2.1' } })\n"       \
	"local b = zone('b.de.', { parent = de, servers = { '198.18.2.2' } })\n"
#define BEFORE 5 /* minutes; a fault begins at 10 */
#define DURING 20

static const uint8_t de[] = "\2de", a_de[] = "\1a\2de", b_de[] = "\1b\2de";

/* A world in which `fault` befalls `zone` at +10m; `more` is what the fault is told beside that. */
static inline struct scenario *with(const char *zone, const char *fault, const char *more)
{
	char text[4096];

	snprintf(text, sizeof(text), "%sat('+10m', %s:fault('%s', { %s }))\n", HEAD, zone, fault,
		 more);
	return written(text);
}

static inline struct view look(struct scenario *s, const uint8_t *apex, unsigned minute)
{
	return view_at(tree_zone(s->tree, apex), 0, s->from + minute * MINUTE, NULL);
}

/* An RRset and its signatures, as an answer has them; false: it is not there. */
static inline bool published(struct scenario *s, const uint8_t *apex, const uint8_t *owner,
			     uint16_t type, unsigned minute, struct rrset *rs, struct rrset *sigs)
{
	struct view v = look(s, apex, minute);

	rrset_init(rs, owner, type, 0);
	rrset_init(sigs, owner, RR_RRSIG, 0);
	if (!content_rrset(&v, owner, type, rs))
		return false;
	assert_int_equal(sign_rrset(&v, rs, NULL, NULL, sigs, NULL), 0);
	return sign_edit(&v, rs, NULL, sigs);
}

/* The only record's RDATA. */
static inline const uint8_t *only(const struct rrset *rs, size_t *len)
{
	size_t pos = 0;

	assert_int_equal(rs->count, 1);
	return rrset_next(rs, &pos, len);
}
