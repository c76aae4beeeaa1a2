/* SPDX-License-Identifier: BSD-2-Clause */
/* cell_transports.c - by what clients ask a cell's resolvers: what these are to offer, and what they show in TLS. */
#include "harness/cell/cell_state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "sim/wire/certificate.h"

#define CERTIFICATE "tls.pem"
#define KEY "tls.key"
#define CONNECTIONS_LEAST 10
#define ALL (1u << TRANSPORT_DOT | 1u << TRANSPORT_DOH) /* a person may ask by any */

/* All clients who keep a connection may have one at once. */
static unsigned connections(const struct scenario *s)
{
	double most = 0;

	for (unsigned i = 0; i < s->traffic_count; i++)
		if (s->traffic[i].stub.has_transports)
			most += s->traffic[i].clients;
	if (most > SESSIONS_MAX)
		most = SESSIONS_MAX;
	return most > 0 && most < CONNECTIONS_LEAST ? CONNECTIONS_LEAST : (unsigned)most;
}

int cell_plan_transports(struct cell *c, struct err *e)
{
	const struct scenario *s = c->scenario;
	unsigned asked = c->plan->shell ? ALL : scenario_transports(s);
	bool dot = asked >> TRANSPORT_DOT & 1, doh = asked >> TRANSPORT_DOH & 1;
	int r;

	for (unsigned i = 0; i < c->host_count; i++) {
		struct host *h = &c->hosts[i];

		h->subject.connections = connections(s);
		h->subject.dot = dot && driver_offers(h->driver, TRANSPORT_DOT);
		h->subject.doh = doh && driver_offers(h->driver, TRANSPORT_DOH);
		if (h->subject.dot || h->subject.doh) {
			h->subject.certificate = CERTIFICATE;
			h->subject.key = KEY;
		}
	}
	if (!dot && !doh)
		return 0;
	r = c->certificate.certificate ? 0 : certificate_make(&c->certificate, e);
	return r == 0 ? sessions_trust(wire_sessions(c->wire), c->certificate.certificate, e) : r;
}

void cell_count_transports(const struct cell *c, struct cell_transports *ret)
{
	const struct sessions *s = c->wire ? wire_sessions(c->wire) : NULL;

	if (!s)
		return;
	for (unsigned t = 0; t < TRANSPORTS; t++)
		ret->counts[t] = *sessions_counted(s, (enum transport)t);
	snprintf(ret->failure, sizeof(ret->failure), "%s", sessions_failure(s));
}

static int write_text(const struct host *h, const char *name, const char *text, struct err *e)
{
	_cleanup_(fclosep) FILE *f = NULL;
	char path[sizeof(h->work) + 16];

	snprintf(path, sizeof(path), "%s/%s", h->work, name);
	f = fopen(path, "we");
	if (!f || fputs(text, f) < 0 || fflush(f) != 0)
		return err_set(e, errno ? -errno : -EIO, "cannot write '%s': %s", path,
			       strerror(errno));
	return 0;
}

int cell_write_certificate(struct cell *c, const struct host *h, struct err *e)
{
	int r;

	if (!h->subject.certificate)
		return 0;
	r = write_text(h, CERTIFICATE, c->certificate.certificate, e);
	return r == 0 ? write_text(h, KEY, c->certificate.key, e) : r;
}
