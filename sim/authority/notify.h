/* SPDX-License-Identifier: BSD-2-Clause */
/* notify.h - servers that tell those who have copies of their zones that a new version has come (RFC
 * 1996), and again until they hear from them.
 *
 * Inside sim/authority only. NOTIFY goes by UDP, from the server's port 53, and is not signed. */
#pragma once

#include "sim/authority/fate.h"
#include "sim/record/record.h"
#include "sim/wire/wire.h"
#include "zones/tree.h"

struct notify;

/* From `now` on. Everything given is lent; `rec` may be NULL. What a server sends meets with the faults
 * that its answers meet with. */
int notify_new(struct tree *t, struct wire *w, struct record *rec, struct fates *fates, simtime now,
	       struct notify **ret, struct err *e);
void notify_free(struct notify *n);

/* Told of what kept one from being sent. NULL: no more. `arg` is lent. */
void notify_tell(struct notify *n,
		 void (*lost)(const struct fault_set *faults, simtime now, void *arg), void *arg);

/* When the next is to be sent, SIMTIME_NEVER for none; and sending those that are due. */
simtime notify_due(const struct notify *n);
int notify_run(struct notify *n, simtime now, struct err *e);

/* Whether it is an answer to one, who is not told again then. */
bool notify_take(struct notify *n, const struct packet *p);

uint64_t notify_sent(const struct notify *n);
