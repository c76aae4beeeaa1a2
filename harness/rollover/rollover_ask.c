/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/rollover/rollover_ask.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <netdb.h>
#include <string.h>

#define TIMEOUT 3 /* seconds, of each try */
#define TRIES 2

/* ---- the server ---- */

struct place {
	char host[256], port[8];
};

/* "192.0.2.1", "192.0.2.1:5300", "2001:db8::1#5300", "[2001:db8::1]:5300", "ns.example". */
static int parse_place(const char *text, struct place *ret, struct err *e)
{
	const char *colon = strchr(text, ':'), *hash = strchr(text, '#');
	const char *end = text[0] == '[' ? strchr(text, ']') : NULL;
	const char *host = end ? text + 1 : text, *port = NULL;

	if (!end && hash)
		end = hash;
	else if (!end && colon && !strchr(colon + 1, ':'))
		end = colon;
	else if (!end)
		end = text + strlen(text);
	port = end + (*end == ']');
	snprintf(ret->host, sizeof(ret->host), "%.*s", (int)(end - host), host);
	snprintf(ret->port, sizeof(ret->port), "%.7s", *port ? port + 1 : "53");
	if (!*ret->host || (*port && *port != ':' && *port != '#') ||
	    strspn(ret->port, "0123456789") != strlen(ret->port) || atoi(ret->port) < 1 ||
	    atoi(ret->port) > 65535)
		return err_set(e, -EINVAL,
			       "'%s' is no server: an address or a name, with #PORT where it is "
			       "not 53",
			       text);
	return 0;
}

static int find_address(const char *text, struct sockaddr_storage *ret, struct err *e)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM };
	struct addrinfo *list = NULL;
	struct place p;
	int rc;

	if (parse_place(text, &p, e) < 0)
		return -EINVAL;
	rc = getaddrinfo(p.host, p.port, &hints, &list);
	if (rc)
		return err_set(e, -EINVAL, "'%s' is no server: %s", text, gai_strerror(rc));
	memcpy(ret, list->ai_addr, list->ai_addrlen);
	freeaddrinfo(list);
	return 0;
}

static ldns_resolver *make_resolver(const char *server, struct err *e)
{
	const struct timeval timeout = { .tv_sec = TIMEOUT };
	ldns_resolver *r = NULL;
	ldns_rdf *address = NULL;
	struct sockaddr_storage ss = { 0 };
	uint16_t port;

	if (find_address(server, &ss, e) < 0)
		return NULL;
	address = ldns_sockaddr_storage2rdf(&ss, &port);
	r = ldns_resolver_new();
	if (!r || !address || ldns_resolver_push_nameserver(r, address) != LDNS_STATUS_OK) {
		err_set(e, -ENOMEM, "not enough memory");
		ldns_resolver_deep_free(r);
		r = NULL;
	} else {
		ldns_resolver_set_port(r, port);
		ldns_resolver_set_recursive(r, false);
		ldns_resolver_set_timeout(r, timeout);
		ldns_resolver_set_retry(r, TRIES);
		ldns_resolver_set_edns_udp_size(r, 1232);
	}
	ldns_rdf_deep_free(address);
	return r;
}

/* ---- an answer ---- */

/* NULL: there was none that counts. Refused is said so, with what it was. */
static ldns_pkt *ask(const char *server, const char *zone, ldns_rr_type type, struct err *e)
{
	ldns_resolver *r = make_resolver(server, e);
	ldns_rdf *name = ldns_dname_new_frm_str(zone);
	char *type_name = ldns_rr_type2str(type), *rcode;
	ldns_status status = LDNS_STATUS_ERR;
	ldns_pkt *pkt = NULL;

	if (r && name)
		status = ldns_resolver_query_status(&pkt, r, name, type, LDNS_RR_CLASS_IN, 0);
	if (r && (status != LDNS_STATUS_OK || !pkt)) {
		err_set(e, -EIO, "'%s' does not answer for %s of '%s'", server, type_name, zone);
	} else if (r && (ldns_pkt_get_rcode(pkt) != LDNS_RCODE_NOERROR || !ldns_pkt_aa(pkt))) {
		rcode = ldns_pkt_rcode2str(ldns_pkt_get_rcode(pkt));
		err_set(e, -EIO,
			"'%s' is not authoritative for %s of '%s' (%s%s): ask a server that has "
			"the zone itself",
			server, type_name, zone, rcode, ldns_pkt_aa(pkt) ? "" : ", no AA");
		free(rcode);
		ldns_pkt_free(pkt);
		pkt = NULL;
	}
	free(type_name);
	ldns_rdf_deep_free(name);
	ldns_resolver_deep_free(r);
	return pkt;
}

static const ldns_rr *find(const ldns_rr_list *list, ldns_rr_type type)
{
	for (size_t i = 0; list && i < ldns_rr_list_rr_count(list); i++)
		if (ldns_rr_get_type(ldns_rr_list_rr(list, i)) == type)
			return ldns_rr_list_rr(list, i);
	return NULL;
}

static simtime ttl_of(const ldns_rr *rr)
{
	return rr ? (simtime)ldns_rr_ttl(rr) * SECOND : -1;
}

/* RFC 2308 section 5: the lesser of the SOA's TTL and its MINIMUM. */
static simtime negative_of(const ldns_rr *soa)
{
	const ldns_rdf *minimum = soa ? ldns_rr_rdf(soa, 6) : NULL;
	simtime m;

	if (!minimum)
		return -1;
	m = (simtime)ldns_rdf2native_int32(minimum) * SECOND;
	return m < ttl_of(soa) ? m : ttl_of(soa);
}

static int ask_zone(const char *zone, const char *server, struct rollover_asked *ret, struct err *e)
{
	ldns_pkt *soa = ask(server, zone, LDNS_RR_TYPE_SOA, e);
	ldns_pkt *key = soa ? ask(server, zone, LDNS_RR_TYPE_DNSKEY, e) : NULL;
	int rc = soa && key ? 0 : -EIO;

	if (rc == 0) {
		const ldns_rr *rr = find(ldns_pkt_answer(soa), LDNS_RR_TYPE_SOA);

		ret->soa = ttl_of(rr);
		ret->negative = negative_of(rr);
		ret->dnskey = ttl_of(find(ldns_pkt_answer(key), LDNS_RR_TYPE_DNSKEY));
	}
	ldns_pkt_free(soa);
	ldns_pkt_free(key);
	return rc;
}

/* The proof that there is no DS has the parent's SOA. A server of the zone alone has none of
 * either's that says anything about the parent. */
static int ask_parent(const char *zone, const char *server, struct rollover_asked *ret,
		      struct err *e)
{
	ldns_pkt *pkt = ask(server, zone, LDNS_RR_TYPE_DS, e);
	ldns_rdf *name = ldns_dname_new_frm_str(zone);
	const ldns_rr *soa;

	if (!pkt || !name) {
		ldns_pkt_free(pkt);
		ldns_rdf_deep_free(name);
		return -EIO;
	}
	ret->ds = ttl_of(find(ldns_pkt_answer(pkt), LDNS_RR_TYPE_DS));
	soa = find(ldns_pkt_authority(pkt), LDNS_RR_TYPE_SOA);
	if (soa && ldns_dname_compare(ldns_rr_owner(soa), name) == 0)
		soa = NULL;
	if (negative_of(soa) > ret->negative)
		ret->negative = negative_of(soa);
	ldns_rdf_deep_free(name);
	ldns_pkt_free(pkt);
	return 0;
}

int rollover_ask(const char *zone, const char *server, const char *parent,
		 struct rollover_asked *ret, struct err *e)
{
	struct err ignored;
	int rc = 0;

	*ret = (struct rollover_asked){ -1, -1, -1, -1 };
	if (server)
		rc = ask_zone(zone, server, ret, e);
	if (rc == 0 && parent)
		rc = ask_parent(zone, parent, ret, e);
	else if (rc == 0 && server)
		ask_parent(zone, server, ret, &ignored);
	return rc;
}
