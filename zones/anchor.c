/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/anchor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ldns/ldns.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/cleanup.h"
#include "zones/life.h"
#include "zones/state.h"

/* Appends to a text of fixed size; false once it is full. */
static bool append(char *text, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static bool append(char *text, size_t size, const char *fmt, ...)
{
	size_t len = strlen(text);
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text + len, size - len, fmt, ap);
	va_end(ap);
	return n >= 0 && (size_t)n < size - len;
}

static bool append_address(char *text, size_t size, const char *name, const struct address *a)
{
	char addr[INET6_ADDRSTRLEN];

	if (!a->family)
		return true;
	inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->bytes, addr, sizeof(addr));
	return append(text, size, "%s 3600000 %s %s\n", name, a->family == 4 ? "A" : "AAAA", addr);
}

static bool make_hints(const struct zone *root, char *text, size_t size)
{
	char name[NAME_TEXT_LEN];
	bool ok = true;

	for (unsigned i = 0; i < root->server_count; i++) {
		const struct server *s = &root->servers[i];

		name_text(s->name, name);
		ok = ok && append(text, size, ". 3600000 NS %s\n", name) &&
		     append_address(text, size, name, &s->v4) &&
		     append_address(text, size, name, &s->v6);
	}
	return ok;
}

/* One record in presentation form, without the newline that ldns ends it with. */
static int record_text(const uint8_t *rdata, size_t len, uint16_t type, uint32_t ttl, char *text,
		       size_t size)
{
	uint8_t wire[1024] = { 0 }; /* owner "." */
	struct buf b = buf_over(wire + 1, sizeof(wire) - 1);
	_cleanup_(freep) char *made = NULL;
	ldns_rr *rr = NULL;
	size_t pos = 0;

	buf_u16(&b, type);
	buf_u16(&b, 1);
	buf_u32(&b, ttl);
	buf_u16(&b, (uint16_t)len);
	buf_put(&b, rdata, len);
	if (b.failed || ldns_wire2rr(&rr, wire, b.len + 1, &pos, LDNS_SECTION_ANSWER))
		return -EIO;
	made = ldns_rr2str(rr);
	ldns_rr_free(rr);
	if (!made || !append(text, size, "%s", made))
		return -EIO;
	return 0;
}

/* A resolver's entry: one whose plan lets it sign the keys at some time. */
static bool is_anchor(const struct key_plan *k, simtime now)
{
	return k->role != KEY_ZSK && !k->is_no_anchor && life_published(k, now) &&
	       !life_revoked(k, now);
}

static int add_key(struct zone *root, unsigned i, struct anchor *ret)
{
	struct key *k = sign_key(root, i, NULL);
	uint8_t ds[52];
	size_t len;
	const uint8_t *rdata = k ? key_rdata(k, &len) : NULL;
	int r = rdata ? record_text(rdata, len, RR_DNSKEY, root->ttl.dnskey, ret->key,
				    sizeof(ret->key))
		      : -EIO;

	if (r < 0)
		return r;
	len = key_ds(k, root->apex, 2, ds);
	return len ? record_text(ds, len, RR_DS, root->ttl.ds, ret->ds, sizeof(ret->ds)) : -ENOMEM;
}

int anchor_make(struct tree *t, simtime now, struct anchor *ret, struct err *e)
{
	struct zone *root = t->zones[0];
	int r = 0;

	memset(ret, 0, sizeof(*ret));
	if (!make_hints(root, ret->hints, sizeof(ret->hints)))
		return err_set(e, -ENOBUFS, "too many root servers for a hints file");
	for (unsigned i = 0; r == 0 && root->is_signed && i < root->key_count; i++)
		if (is_anchor(&root->keys[i], now))
			r = add_key(root, i, ret);
	return r < 0 ? err_set(e, r, "cannot write the root's trust anchors") : 0;
}

/* Of lines like ". 3600 IN DNSKEY 257 3 8 KEY ;{…}". */
void anchor_bind(const struct anchor *a, char *ret, size_t size)
{
	*ret = '\0';
	if (!a->key[0] || !append(ret, size, "trust-anchors {"))
		return;
	for (const char *line = a->key; *line; line += strcspn(line, "\n") + 1) {
		int flags, protocol, algorithm, n = 0;

		if (sscanf(line, "%*s %*u IN DNSKEY %d %d %d %n", &flags, &protocol, &algorithm,
			   &n) == 3 &&
		    n)
			append(ret, size, " . static-key %d %d %d \"%.*s\";", flags, protocol,
			       algorithm, (int)strcspn(line + n, " ;\n"), line + n);
	}
	append(ret, size, " };\n");
}
