/* SPDX-License-Identifier: BSD-2-Clause */
/* evidence.h - what captures of a resolver's packets show, read and checked: the start of `triage` and
 * `trace`.
 *
 * Nothing but packets is read: no scenario, no event of a run, no figure. A folder has clients.pcap
 * and upstream.pcap, as a run with --pcap writes them, or one of them; a file holds either or both.
 *
 * Every file is read twice: zones are learnt first, since a resolver fetches the keys behind the answer
 * that they are for. */
#pragma once

#include "harness/evidence/check.h"

/* How the resolver answered: a question is in one of them. */
struct evidence_answers {
	uint64_t asked, noerror, nxdomain, servfail, other, none;
};

#define EVIDENCE_EDES 50 /* codes that are counted apart */

struct evidence {
	char *name; /* of the file or folder, as it was given */
	struct pairing_file files[PAIRING_FILES];
	unsigned file_count;
	bool has_clients, has_upstream;
	struct facts *facts;
	struct check check;
	struct exchange
		*clients; /* those that did not go well, and those of a name that is wanted */
	size_t client_count, client_cap;
	struct exchange *upstream; /* all, by the instant of asking */
	size_t upstream_count, upstream_cap;
	simtime *answered; /* when clients were answered, in order */
	size_t answered_count, answered_cap;
	struct evidence_answers answers;
	uint64_t edes[EVIDENCE_EDES]; /* of failed answers; none is not counted */
	simtime first, last;
};

/* `wanted`: a name of which every client's question is kept; NULL: none. -EINVAL: no capture, or none
 * that can be read, or no DNS in it; -ENOENT: there is none. */
int evidence_read(const char *path, const uint8_t *wanted, struct evidence **ret, struct err *e);
void evidence_free(struct evidence *v);
DEFINE_FREEP(struct evidence, evidence)

/* The folders of a run, and of its cells and cases, that hold captures, in their order; `path` itself
 * where it is a file or holds some. -EINVAL: there are none, and why. */
int evidence_places(const char *path, char ***ret, unsigned *count, struct err *e);
void evidence_places_free(char **places, unsigned count);

/* Whether any client was answered between two instants. */
bool evidence_answered_between(const struct evidence *v, simtime from, simtime until);

/* What failed: no answer, SERVFAIL and other errors; or a denial of what is there at another time. */
bool evidence_failed(const struct evidence *v, const struct exchange *x);
bool evidence_gone(const struct evidence *v, const struct exchange *x);
