/* SPDX-License-Identifier: BSD-2-Clause */
/* tls.h - a client's side of TLS, in memory: bytes in, bytes out, and no socket.
 *
 * Whoever opens one knows the certificate that the other side has to show, and takes no other: what a stub
 * with RFC 7858's pinned key, or RFC 8310's strict profile, does. Tickets (RFC 8446, section 4.6.1) are kept
 * by client, the last of each. */
#pragma once

#include "sim/base/cleanup.h"
#include "sim/base/err.h"
#include "sim/wire/bytes.h"

struct tls_trust; /* what all clients know */
struct tls;

/* -EINVAL: it is no certificate. */
int tls_trust_new(const char *certificate, struct tls_trust **ret, struct err *e);
void tls_trust_free(struct tls_trust *t);

/* Begins a handshake, with that protocol by ALPN (RFC 7301): "dot", "h2". A client who has a ticket shows it. */
int tls_new(struct tls_trust *t, const struct endpoint *client, const char *protocol,
	    struct tls **ret, struct err *e);
void tls_free(struct tls *t);

/* What came; what was in it for the client is put to `plain`. -EPROTO: the other side does not speak TLS as
 * it should, or is not whom it should be; the session is over. */
int tls_receive(struct tls *t, const uint8_t *data, size_t len, struct bytes *plain, struct err *e);

/* The handshake is over. Was it by a ticket? */
bool tls_is_open(const struct tls *t);
bool tls_was_resumed(const struct tls *t);

/* Bytes for the other side, once it is open. */
int tls_send(struct tls *t, const uint8_t *data, size_t len, struct err *e);

/* Moves what is to be sent to `out`. */
bool tls_drain(struct tls *t, struct bytes *out);
