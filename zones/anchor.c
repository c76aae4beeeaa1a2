/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/anchor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ldns/ldns.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/cleanup.h"

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

int anchor_make(struct tree *t, simtime now, struct anchor *ret, struct err *e)
{
	struct zone *root = t->zones[0];
	struct view v = { .zone = root, .now = now };
	static struct rrset rs;
	const uint8_t *rdata;
	size_t pos = 0, len;
	int r = 0;

	memset(ret, 0, sizeof(*ret));
	if (!make_hints(root, ret->hints, sizeof(ret->hints)))
		return err_set(e, -ENOBUFS, "too many root servers for a hints file");
	if (!root->is_signed || !sign_dnskey(&v, &rs))
		return 0;
	if (rs.lacks)
		return err_set(e, -EMSGSIZE, "the root's keys cannot be made, or are too many");
	while (r == 0 && (rdata = rrset_next(&rs, &pos, &len)))
		if (get16(rdata) == 257)
			r = record_text(rdata, len, RR_DNSKEY, rs.ttl, ret->key, sizeof(ret->key));
	pos = 0;
	if (r == 0 && sign_ds(&v, root, &rs))
		while (r == 0 && (rdata = rrset_next(&rs, &pos, &len)))
			r = record_text(rdata, len, RR_DS, rs.ttl, ret->ds, sizeof(ret->ds));
	return r < 0 ? err_set(e, r, "cannot write the root's trust anchor") : 0;
}

/* Of ". 3600 IN DNSKEY 257 3 8 KEY ;{…}". */
void anchor_bind(const struct anchor *a, char *ret, size_t size)
{
	const char *line = a->key;
	int flags, protocol, algorithm, n = 0;

	*ret = '\0';
	if (sscanf(line, "%*s %*u IN DNSKEY %d %d %d %n", &flags, &protocol, &algorithm, &n) == 3 &&
	    n)
		snprintf(ret, size, "trust-anchors { . static-key %d %d %d \"%.*s\"; };\n", flags,
			 protocol, algorithm, (int)strcspn(line + n, " ;\n"), line + n);
}
