/* SPDX-License-Identifier: BSD-2-Clause */
/* cell_hosts.c - the resolvers of a cell: the one that is under test, or the roles of a scenario that has
 * several, each with its name, its addresses and those that it forwards to. */
#include "harness/cell/cell_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/subject/mitigation.h"
#include "sim/base/cleanup.h"

/* NOERROR, NXDOMAIN: no stub acts on them. A case is over with any answer. */
#define CALM (1u << 0 | 1u << 3)
#define ALL_CALM (0xffffu | PAGE_CALM_CUT)
#define FOLDER "hosts" /* below the cell's: one for each of several */
#define NAMES "hosts.txt"

static int make_folder(const char *path, struct err *e)
{
	return mkdir(path, 0755) < 0 && errno != EEXIST
		       ? err_set(e, -errno, "'%s': %s", path, strerror(errno))
		       : 0;
}

static int place(struct cell *c, struct host *h, struct err *e)
{
	const char *folder = c->plan->folder;
	int n, r = 0;

	if (!h->name[0]) {
		n = snprintf(h->folder, sizeof(h->folder), "%s", folder);
	} else {
		n = snprintf(h->folder, sizeof(h->folder), "%s/" FOLDER, folder);
		if (n > 0 && (size_t)n < sizeof(h->folder))
			r = make_folder(h->folder, e);
		n = snprintf(h->folder, sizeof(h->folder), "%s/" FOLDER "/%s", folder, h->name);
	}
	if (n < 0 || (size_t)n + sizeof("/work") > sizeof(h->folder))
		return err_set(e, -ENAMETOOLONG, "'%s' is too long a path", folder);
	if (r == 0 && h->name[0])
		r = make_folder(h->folder, e);
	snprintf(h->work, sizeof(h->work), "%.4000s/work", h->folder);
	return r == 0 ? make_folder(h->work, e) : r;
}

static void address(struct host *h)
{
	link_address(h->number, false, h->address4);
	link_address(h->number, true, h->address6);
	address_parse(h->address4, &h->at.address);
	address_parse(h->address6, &h->at6.address);
	h->at.port = h->at6.port = 53;
}

static struct host *add(struct cell *c, int role)
{
	struct host *h = &c->hosts[c->host_count];

	*h = (struct host){ .number = c->host_count++,
			    .role = role,
			    .log = -1,
			    .area = -1,
			    .restarted = SIMTIME_NEVER,
			    .next_probe = SIMTIME_NEVER,
			    .driver = c->plan->driver,
			    .mitigation = c->plan->mitigation };
	address(h);
	return h;
}

static void add_role(struct cell *c, unsigned role)
{
	const struct role *r = &c->scenario->roles[role];
	unsigned base = chain_base(c->scenario, role);

	for (unsigned i = 1; i <= r->count; i++) {
		struct host *h = add(c, (int)role);

		snprintf(h->name, sizeof(h->name), r->count == 1 ? "%s" : "%s-%u", r->name, i);
		if (role == c->plan->chain->tested && !c->host)
			c->host = h;
		if (base == c->plan->chain->tested)
			continue;
		h->driver = c->plan->chain->drivers[base];
		h->mitigation = c->scenario->roles[base].mitigation;
	}
}

/* All addresses of those that it forwards to. */
static void forward(struct cell *c, struct host *h)
{
	const struct role *r = h->role < 0 ? NULL : &c->scenario->roles[h->role];

	for (unsigned i = 0; r && i < r->forward_count; i++) {
		unsigned n = 0;

		strcpy(h->forwards[i].zone, r->forwards[i].zone);
		for (unsigned k = 0; k < c->host_count; k++)
			if (c->hosts[k].role == (int)r->forwards[i].role)
				h->to[i][n++] = c->hosts[k].address4;
		h->to[i][n] = NULL;
		h->forwards[i].addresses = h->to[i];
	}
	h->subject.forwards = h->forwards;
	h->subject.forward_count = r ? r->forward_count : 0;
}

static unsigned count(const struct scenario *s)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->role_count; i++)
		n += s->roles[i].count;
	return n ? n : 1;
}

int cell_plan_hosts(struct cell *c, struct err *e)
{
	const struct scenario *s = c->scenario;

	if (c->hosts)
		return 0;
	c->hosts = calloc(count(s), sizeof(*c->hosts));
	if (!c->hosts)
		return err_set(e, -ENOMEM, "out of memory");
	for (unsigned i = 0; i < s->role_count; i++)
		add_role(c, i);
	if (!s->role_count)
		c->host = add(c, -1);
	for (unsigned i = 0; i < c->host_count; i++)
		forward(c, &c->hosts[i]);
	return 0;
}

/* Who has which address, as hosts(5) says it: `trace` names them by it, and `tshark -H` does. */
static int write_names(const struct cell *c, struct err *e)
{
	_cleanup_(freep) char *path = NULL;
	FILE *f;

	if (asprintf(&path, "%s/" NAMES, c->plan->folder) < 0)
		return err_set(e, -ENOMEM, "out of memory");
	f = fopen(path, "we");
	if (!f)
		return err_set(e, -errno, "'%s': %s", path, strerror(errno));
	for (unsigned i = 0; i < c->host_count; i++)
		fprintf(f, "%s %s\n%s %s\n", c->hosts[i].address4, c->hosts[i].name,
			c->hosts[i].address6, c->hosts[i].name);
	if (ferror(f) | fclose(f))
		return err_set(e, -EIO, "'%s' could not be written", path);
	return 0;
}

int cell_make_folders(struct cell *c, struct err *e)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < c->host_count; i++)
		r = place(c, &c->hosts[i], e);
	return r < 0 || c->host_count < 2 ? r : write_names(c, e);
}

void cell_forget_hosts(struct cell *c)
{
	free(c->hosts);
	free(c->ends);
	certificate_done(&c->certificate);
	c->ends = NULL;
	c->end_count = 0;
	c->hosts = c->host = NULL;
	c->host_count = 0;
}

struct host *cell_first_asked(const struct cell *c)
{
	for (unsigned i = 0; i < c->host_count; i++)
		if (c->hosts[i].role == (int)c->scenario->asked)
			return &c->hosts[i];
	return &c->hosts[0];
}

struct host *cell_host_at(const struct cell *c, const struct address *a)
{
	for (unsigned i = 0; i < c->host_count; i++)
		if (address_equal(a, a->family == 6 ? &c->hosts[i].at6.address
						    : &c->hosts[i].at.address))
			return &c->hosts[i];
	return NULL;
}

/* ---- what they send to each other ---- */

static struct hops_link link_of(const struct role *r)
{
	return (struct hops_link){ .delay = r->delay,
				   .loss = r->loss,
				   .capacity = r->capacity,
				   .queue = r->queue,
				   .cap = r->cap,
				   .is_cap_shared = r->is_cap_shared };
}

static void record_hop(const struct packet *p, bool comes, void *arg)
{
	struct cell *c = arg;
	struct packet upstream = *p;

	if (!c->record)
		return;
	upstream.side = SIDE_AUTHORITY; /* of the capture that it goes into */
	record_packet(c->record, &upstream, p->at);
	if (!comes)
		record_drop(c->record, &upstream, p->at);
}

int cell_open_hops(struct cell *c, struct err *e)
{
	int r;

	if (c->host_count < 2)
		return 0;
	r = hops_new(c->wire, c->scenario->seed, &c->hops, e);
	for (unsigned i = 0; r == 0 && i < c->host_count; i++) {
		const struct hops_link link = link_of(&c->scenario->roles[c->hosts[i].role]);

		r = hops_add(c->hops, &c->hosts[i].at.address, &c->hosts[i].at6.address, &link, e);
	}
	if (r == 0)
		hops_tell(c->hops, record_hop, c);
	return r;
}

/* ---- what they cannot see of each other ---- */

static simtime shortest_way_to_servers(const struct tree *t)
{
	simtime shortest = 20 * MSEC; /* of servers that nobody described */

	for (unsigned i = 0; i < t->zone_count; i++) {
		const struct zone *z = t->zones[i];

		for (unsigned k = 0; k < z->server_count; k++)
			shortest = earlier(shortest, z->servers[k].latency);
		if (z->population)
			shortest = earlier(shortest, z->population->latency);
	}
	return shortest;
}

/* A client who turns to another resolver at once is seen there in no time. */
static bool has_clients_that_turn(const struct scenario *s)
{
	bool found = s->case_count > 0;

	for (unsigned i = 0; i < s->traffic_count; i++)
		found |= s->traffic[i].stub.asks_count > 1;
	return found;
}

simtime cell_lookahead(const struct cell *c)
{
	const struct scenario *s = c->scenario;
	simtime shortest = shortest_way_to_servers(s->tree);

	if (has_clients_that_turn(s) || c->plan->charge != 0)
		return 0;
	for (unsigned i = 0; i < s->role_count; i++)
		shortest = earlier(shortest, s->roles[i].delay);
	return shortest;
}

static bool is_asked_by_clients(const struct cell *c, const struct host *h)
{
	const struct scenario *s = c->scenario;
	bool found = h->role == (int)s->asked;

	for (unsigned i = 0; i < s->traffic_count; i++)
		for (unsigned k = 0; k < s->traffic[i].stub.asks_count; k++)
			found |= h->role == (int)s->traffic[i].stub.roles[k];
	return found;
}

/* Which answers it need not be asked for at once. Who hears of them may do something at once, be it
 * another resolver; but not where that is told only after the way there. */
uint32_t cell_calm_rcodes(const struct cell *c, const struct host *h)
{
	const struct role *r = h->role < 0 ? NULL : &c->scenario->roles[h->role];

	if (c->scenario->case_count)
		return 0;
	if (!r || (!r->is_forwarded_to && !clock_is_apart(c->clock)))
		return CALM;
	if (!clock_is_apart(c->clock))
		return 0;
	return is_asked_by_clients(c, h) ? CALM : ALL_CALM;
}

/* ---- their ends ---- */

static int note_end(struct cell *c, const struct host *h, const char *how, struct err *e)
{
	struct cell_host_end *more = realloc(c->ends, (c->end_count + 1) * sizeof(*more));
	char what[160];

	if (!more)
		return err_set(e, -ENOMEM, "out of memory");
	c->ends = more;
	more += c->end_count++;
	*more = (struct cell_host_end){ .at = clock_now(c->clock) };
	strcpy(more->name, h->name);
	snprintf(more->how, sizeof(more->how), "%s", how);
	snprintf(what, sizeof(what), "%s %s", h->name, how);
	record_event(c->record,
		     &(struct record_event){ .at = more->at, .kind = "resolver", .what = what });
	return 0;
}

int cell_note_ends(struct cell *c, struct err *e)
{
	char how[64];
	int area, r = 0;

	while (r == 0 && (area = clock_ended(c->clock, how)) >= 0)
		r = note_end(c, c->by_area[area], how, e);
	return r;
}

int cell_check_ends(const struct cell *c, struct err *e)
{
	const struct cell_host_end *first = c->ends;
	char at[32];

	if (!c->end_count)
		return 0;
	return err_set(e, -ECHILD, "%u of %u resolvers ended, the first '%s', which %s at %s",
		       c->end_count, c->host_count, first->name, first->how,
		       simtime_text(first->at, at));
}
