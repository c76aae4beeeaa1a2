/* SPDX-License-Identifier: BSD-2-Clause */
/* judged.h - each version that a signer published, held against every cache that may still be alive.
 *
 *	bogus.csv	a row for each span in which a cache that holds something rightly turns bogus
 *	margins.csv	a row for each kind of step: the worst margin
 *
 * Caches fetch from the secondary that takes the versions, and the DS from the registry: at once, so a delay that
 * the signer has allowed for is margin. */
#pragma once

#include <stdbool.h>

#include <ldns/ldns.h>

#include "harness/gate/gate_text.h"

struct judged;

/* What came of it: plain data. */
struct judged_result {
	unsigned versions;
	unsigned rrsets; /* that the last version has, but for delegations and glue */
	struct cached_margin worst[CACHED_STEPS];
	simtime bogus[CACHED_AGES], bogus_any;
	char first[GATE_SENTENCE]; /* the first that was bogus, and when; "" */
};

int judged_new(const char *zone, struct judged **ret, struct err *e);
void judged_free(struct judged *j);
DEFINE_FREEP(struct judged, judged)

int judged_ds(struct judged *j, simtime at, const ldns_rr_list *ds, struct err *e);

/* A version as history.h has written it. */
int judged_version(struct judged *j, simtime at, const char *path, struct err *e);

/* Judges all of it, and writes both files into `folder`. */
int judged_finish(struct judged *j, simtime now, const char *folder, struct judged_result *ret,
		  struct err *e);
