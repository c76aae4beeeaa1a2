/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/authority/notify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/authority/query.h"
#include "sim/base/buf.h"
#include "zones/content.h"
#include "zones/version.h"

#define OPCODE_NOTIFY 0x2000 /* in the flags: 4 */
#define AGAIN_EVERY (60 * SECOND) /* RFC 1996 section 3.6 */
#define AGAIN_MOST 5
#define DNS_PORT 53

/* One server that tells one address. */
struct teller {
	struct zone *zone;
	unsigned server;
	const struct address *from, *to;
	simtime version,
		again; /* when the next version comes, and when it tells of the last again */
	unsigned told; /* so often, of the last */
	uint16_t id;
};

struct notify {
	struct tree *tree;
	struct wire *wire;
	struct record *record;
	struct fates *fates;
	void (*lost)(const struct fault_set *faults, simtime now, void *arg);
	void *arg;
	struct teller *tellers;
	unsigned count;
	uint64_t sent;
	struct rrset soa;
};

static const struct address *address_of(const struct server *s, unsigned family)
{
	const struct address *a = family == 6 ? &s->v6 : &s->v4;

	return a->family ? a : NULL;
}

static simtime next_version(const struct teller *t, simtime now)
{
	const struct view v = { .zone = t->zone, .server = t->server, .now = now };

	return version_next(&v);
}

/* A server without an address of that family tells nobody of it. */
static int add_zone(struct notify *n, struct zone *z, simtime now, struct err *e)
{
	const struct transfer_plan *plan = z->transfer;

	for (unsigned s = 0; plan && s < z->server_count; s++) {
		for (unsigned i = 0; i < plan->notify_count; i++) {
			const struct address *to = &plan->notify[i].address;
			const struct address *from = address_of(&z->servers[s], to->family);
			struct teller *more =
				from ? reallocarray(n->tellers, n->count + 1, sizeof(*more))
				     : n->tellers;

			if (!from)
				continue;
			if (!more)
				return err_set(e, -ENOMEM, "out of memory");
			n->tellers = more;
			more += n->count++;
			*more = (struct teller){ .zone = z,
						 .server = s,
						 .from = from,
						 .to = to,
						 .again = SIMTIME_NEVER,
						 .id = (uint16_t)(n->count * 257) };
			more->version = next_version(more, now);
		}
	}
	return 0;
}

int notify_new(struct tree *t, struct wire *w, struct record *rec, struct fates *fates, simtime now,
	       struct notify **ret, struct err *e)
{
	struct notify *n = calloc(1, sizeof(*n));
	int r = 0;

	if (!n)
		return err_set(e, -ENOMEM, "out of memory");
	n->tree = t;
	n->wire = w;
	n->record = rec;
	n->fates = fates;
	for (unsigned i = 0; r == 0 && i < t->zone_count; i++)
		r = add_zone(n, t->zones[i], now, e);
	if (r < 0)
		notify_free(n);
	else
		*ret = n;
	return r;
}

void notify_tell(struct notify *n,
		 void (*lost)(const struct fault_set *faults, simtime now, void *arg), void *arg)
{
	n->lost = lost;
	n->arg = arg;
}

void notify_free(struct notify *n)
{
	if (n)
		free(n->tellers);
	free(n);
}

static simtime due(const struct teller *t)
{
	return earlier(t->version, t->again);
}

simtime notify_due(const struct notify *n)
{
	simtime first = SIMTIME_NEVER;

	for (unsigned i = 0; i < n->count; i++)
		first = earlier(first, due(&n->tellers[i]));
	return first;
}

/* Section 3.7: the zone's SOA is the question, and in the answer a hint. */
static size_t compose(struct notify *n, const struct teller *t, simtime now, uint8_t *ret,
		      size_t size)
{
	const struct view v = view_at(t->zone, t->server, now, NULL);
	struct buf b = buf_over(ret, size);
	const uint8_t *soa;
	size_t pos = 0, len;

	if (!content_rrset(&v, t->zone->apex, RR_SOA, &n->soa))
		return 0;
	soa = rrset_next(&n->soa, &pos, &len);
	buf_u16(&b, t->id);
	buf_u16(&b, OPCODE_NOTIFY | FLAG_AA);
	buf_u16(&b, 1);
	buf_u16(&b, 1);
	buf_u32(&b, 0);
	buf_put(&b, t->zone->apex, name_len(t->zone->apex));
	buf_u16(&b, RR_SOA);
	buf_u16(&b, 1);
	buf_put(&b, t->zone->apex, name_len(t->zone->apex));
	buf_u16(&b, RR_SOA);
	buf_u16(&b, 1);
	buf_u32(&b, n->soa.ttl);
	buf_u16(&b, (uint16_t)len);
	buf_put(&b, soa, len);
	return b.failed ? 0 : b.len;
}

/* A server that is dark tells nobody, and what it sends may get lost. */
static bool is_lost(struct notify *n, const struct teller *t, const struct packet *p)
{
	const struct answer of = { .zone = t->zone, .server = t->server };
	const struct asked asked = {
		.qname = t->zone->apex, .qtype = RR_SOA, .family = t->from->family, .size = p->len
	};
	struct fate fate = { .lost = false };

	fate_of(n->fates, &of, &asked, p, &fate);
	if (fate.lost && n->lost)
		n->lost(&fate.faults, p->at, n->arg);
	return fate.lost;
}

static int tell(struct notify *n, struct teller *t, simtime now, struct err *e)
{
	uint8_t message[1024];
	struct packet p = { .side = SIDE_AUTHORITY,
			    .from = { *t->from, DNS_PORT },
			    .to = { *t->to, DNS_PORT },
			    .at = now,
			    .data = message };

	if (t->version <= now) {
		t->told = 0;
		t->id++;
		t->version = next_version(t, now);
	}
	t->again = ++t->told <= AGAIN_MOST ? now + AGAIN_EVERY : SIMTIME_NEVER;
	p.len = compose(n, t, now, message, sizeof(message));
	if (!p.len || is_lost(n, t, &p))
		return 0;
	n->sent++;
	if (n->record)
		record_packet(n->record, &p, now);
	return wire_send(n->wire, &p, e);
}

int notify_run(struct notify *n, simtime now, struct err *e)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < n->count; i++)
		if (due(&n->tellers[i]) <= now)
			r = tell(n, &n->tellers[i], now, e);
	return r;
}

bool notify_take(struct notify *n, const struct packet *p)
{
	if (p->len < 4 ||
	    (get16(p->data + 2) & (FLAG_QR | FLAG_OPCODE)) != (FLAG_QR | OPCODE_NOTIFY))
		return false;
	for (unsigned i = 0; i < n->count; i++) {
		struct teller *t = &n->tellers[i];

		if (t->id == get16(p->data) && address_equal(t->from, &p->to.address) &&
		    address_equal(t->to, &p->from.address))
			t->again = SIMTIME_NEVER;
	}
	return true;
}

uint64_t notify_sent(const struct notify *n)
{
	return n->sent;
}
