/* SPDX-License-Identifier: BSD-2-Clause */
/* world.h - small healthy worlds for tests: a root, TLDs with a population, zones below them. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cleanup.h"
#include "zones/tree.h"

#define WORLD_FROM ((simtime)1778000000 * SECOND) /* 2026-05-05T16:53:20Z */
#define WORLD_DATE "20260505190000"
#define WORLD_NOW ((simtime)1778007600 * SECOND) /* the same instant */

static inline void world_fail(const char *why)
{
	fprintf(stderr, "%s\n", why);
	abort();
}

struct name {
	uint8_t wire[NAME_MAX_LEN];
};

static inline struct name name_of(const char *text)
{
	struct name n;
	struct err e;

	if (name_parse(text, n.wire, &e))
		world_fail(e.text);
	return n;
}

#define N(text) (name_of(text).wire)

static inline struct address world_v4(unsigned last)
{
	return (struct address){ 4, { 198, 18, (uint8_t)(last >> 8), (uint8_t)last } };
}

static inline struct address world_v6(unsigned last)
{
	return (struct address){ 6,
				 { 0xfd, 0, 0, 0x5f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
				   (uint8_t)(last >> 8), (uint8_t)last } };
}

static inline void world_server(struct zone *z, const char *name, unsigned last)
{
	struct server *s;

	z->servers = realloc(z->servers, (z->server_count + 1) * sizeof(*s));
	s = &z->servers[z->server_count++];
	*s = (struct server){ .v4 = world_v4(last), .v6 = world_v6(last), .latency = 10 * MSEC };
	memcpy(s->name, name_of(name).wire, NAME_MAX_LEN);
}

static inline void world_key(struct zone *z, enum key_role role, enum algorithm algorithm,
			     unsigned bits)
{
	struct key_plan *k;

	z->keys = realloc(z->keys, (z->key_count + 1) * sizeof(*k));
	k = &z->keys[z->key_count++];
	*k = (struct key_plan){ .role = role,
				.algorithm = algorithm,
				.bits = bits,
				.tag = -1,
				.removed = SIMTIME_NEVER };
	strcpy(k->name, role == KEY_KSK ? "ksk" : "zsk");
	z->is_signed = true;
}

static inline void world_sign(struct zone *z, enum algorithm algorithm)
{
	bool rsa = algorithm == ALG_RSASHA256 || algorithm == ALG_RSASHA512;

	world_key(z, KEY_KSK, algorithm, rsa ? 2048 : 0);
	world_key(z, KEY_ZSK, algorithm, rsa ? 1024 : 0);
}

static inline struct population *world_population(struct zone *z, uint64_t count, double share)
{
	struct population *p = calloc(1, sizeof(*p));

	p->count = count;
	p->signed_share = share;
	p->hosters = 5;
	p->latency = 20 * MSEC;
	p->ttl = calloc(2, sizeof(*p->ttl));
	p->ttl_count = 2;
	p->ttl[0] = (struct ttl_share){ 300, 0.5 };
	p->ttl[1] = (struct ttl_share){ 86400, 0.5 };
	z->population = p;
	return p;
}

static inline struct zone *world_zone(struct tree *t, const char *apex, struct zone *parent)
{
	return tree_add(t, N(apex), parent);
}

/* The root, "de." (NSEC3 with opt-out, RSA), "net." (NSEC), "org." (NSEC3 without opt-out), all
 * with a population; a fifth of de.'s hosters live below net., and one server of de. too. Zones
 * with records of a leaf: "rsa.org.", "ed.org.", "plain.org.", and "deep.under.net." with a server
 * that needs glue. */
static inline struct tree *world_new(void)
{
	struct tree *t = tree_new(1, WORLD_FROM);
	struct zone *root = world_zone(t, ".", NULL), *de, *net, *org, *z;
	struct population *p;

	world_server(root, "a.root-servers.test.", 1);
	world_server(root, "b.root-servers.test.", 2);
	world_sign(root, ALG_RSASHA256);
	root->ttl.delegation = 172800;

	de = world_zone(t, "de.", root);
	world_server(de, "a.nic.de.", 0x101);
	world_server(de, "f.nic.de.", 0x102);
	world_server(de, "l.de.net.", 0x103);
	world_sign(de, ALG_RSASHA256);
	de->denial = DENIAL_NSEC3;
	de->optout = true;
	de->edns_size = 1452;
	p = world_population(de, 2000, 0.04);
	p->hoster_zones = calloc(2, sizeof(*p->hoster_zones));
	p->hoster_zone_count = 2;
	p->hoster_zones[0].share = 0.8;
	p->hoster_zones[1].share = 0.2;
	memcpy(p->hoster_zones[0].zone, name_of("de.").wire, NAME_MAX_LEN);
	memcpy(p->hoster_zones[1].zone, name_of("net.").wire, NAME_MAX_LEN);

	net = world_zone(t, "net.", root);
	world_server(net, "a.nic.net.", 0x201);
	world_sign(net, ALG_ECDSAP256SHA256);
	world_population(net, 100, 0.3);

	org = world_zone(t, "org.", root);
	world_server(org, "a.nic.org.", 0x301);
	world_sign(org, ALG_ED25519);
	org->denial = DENIAL_NSEC3;
	org->nsec3_iterations = 2;
	org->salt_len = 2;
	memcpy(org->salt, "\xab\xcd", 2);
	world_population(org, 100, 0.3)->algorithm = ALG_ED25519;

	z = world_zone(t, "rsa.org.", org);
	world_server(z, "ns.rsa.org.", 0x401);
	world_sign(z, ALG_RSASHA512);
	z = world_zone(t, "ed.org.", org);
	world_server(z, "ns.ed.org.", 0x402);
	world_sign(z, ALG_ED25519);
	z->denial = DENIAL_NSEC3;
	z = world_zone(t, "plain.org.", org);
	world_server(z, "a.nic.org.", 0x301);
	z = world_zone(t, "deep.under.net.", net);
	world_server(z, "ns.deep.under.net.", 0x403);
	world_sign(z, ALG_RSASHA256);
	return t;
}

static inline struct tree *world_prepared(void)
{
	struct tree *t = world_new();
	struct err e = { .text = "" };

	if (tree_prepare(t, &e))
		world_fail(e.text);
	return t;
}

static inline void tree_freep(struct tree **t)
{
	tree_free(*t);
}
