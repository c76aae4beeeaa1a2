/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <string.h>

#include "sim/base/hash.h"

struct ticket {
	struct address client;
	SSL_SESSION *session;
	UT_hash_handle hh;
};

struct tls_trust {
	SSL_CTX *context;
	struct ticket *tickets;
};

struct tls {
	struct tls_trust *trust;
	SSL *ssl;
	BIO *in, *out; /* the SSL's */
	struct address client;
};

static int failed(int code, const char *what, struct err *e)
{
	unsigned long why = ERR_get_error();
	const char *reason = ERR_reason_error_string(why);

	ERR_clear_error();
	return err_set(e, code, "%s: %s", what, reason ?: "no reason is told");
}

static struct address key_of(const struct address *a)
{
	struct address key;

	memset(&key, 0, sizeof(key));
	key.family = a->family;
	memcpy(key.bytes, a->bytes, address_len(a));
	return key;
}

static struct ticket *find_ticket(struct tls_trust *t, const struct address *client)
{
	struct ticket *found;

	HASH_FIND(hh, t->tickets, client, sizeof(*client), found);
	return found;
}

/* Gives 1 when it keeps the session, as OpenSSL wants to know. */
static int keep_ticket(SSL *ssl, SSL_SESSION *session)
{
	struct tls *t = SSL_get_app_data(ssl);
	struct ticket *kept = find_ticket(t->trust, &t->client);

	if (!kept) {
		kept = calloc(1, sizeof(*kept));
		if (!kept)
			return 0;
		kept->client = t->client;
		HASH_ADD(hh, t->trust->tickets, client, sizeof(kept->client), kept);
	}
	SSL_SESSION_free(kept->session);
	kept->session = session;
	return 1;
}

static int take_certificate(SSL_CTX *c, const char *text, struct err *e)
{
	BIO *b = BIO_new_mem_buf(text, -1);
	X509 *x = b ? PEM_read_bio_X509(b, NULL, NULL, NULL) : NULL;
	int r = x && X509_STORE_add_cert(SSL_CTX_get_cert_store(c), x) == 1
			? 0
			: failed(-EINVAL, "cannot take the resolvers' certificate", e);

	X509_free(x);
	BIO_free(b);
	return r;
}

int tls_trust_new(const char *certificate, struct tls_trust **ret, struct err *e)
{
	struct tls_trust *t = calloc(1, sizeof(*t));
	int r;

	if (!t)
		return err_set(e, -ENOMEM, "out of memory");
	t->context = SSL_CTX_new(TLS_client_method());
	if (!t->context) {
		free(t);
		return failed(-ENOMEM, "cannot use TLS", e);
	}
	SSL_CTX_set_min_proto_version(t->context, TLS1_2_VERSION);
	SSL_CTX_set_verify(t->context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_session_cache_mode(t->context,
				       SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(t->context, keep_ticket);
	r = take_certificate(t->context, certificate, e);
	if (r < 0)
		tls_trust_free(t);
	else
		*ret = t;
	return r;
}

void tls_trust_free(struct tls_trust *t)
{
	struct ticket *k, *next;

	if (!t)
		return;
	HASH_ITER (hh, t->tickets, k, next) {
		HASH_DEL(t->tickets, k);
		SSL_SESSION_free(k->session);
		free(k);
	}
	SSL_CTX_free(t->context);
	free(t);
}

/* Protocol names of ALPN have their length before them. */
static bool offer(struct tls *t, const char *protocol)
{
	uint8_t wire[16];
	size_t len = strlen(protocol);

	wire[0] = (uint8_t)len;
	memcpy(wire + 1, protocol, len);
	return SSL_set_alpn_protos(t->ssl, wire, (unsigned)len + 1) == 0;
}

static bool begin(struct tls *t, const char *protocol)
{
	struct ticket *ticket = find_ticket(t->trust, &t->client);

	t->ssl = SSL_new(t->trust->context);
	t->in = BIO_new(BIO_s_mem());
	t->out = BIO_new(BIO_s_mem());
	if (!t->ssl || !t->in || !t->out) {
		BIO_free(t->in);
		BIO_free(t->out);
		return false;
	}
	BIO_set_mem_eof_return(t->in, -1); /* no more for now is not the end */
	SSL_set_bio(t->ssl, t->in, t->out);
	SSL_set_app_data(t->ssl, t);
	SSL_set_connect_state(t->ssl);
	if (ticket && SSL_SESSION_is_resumable(ticket->session))
		SSL_set_session(t->ssl, ticket->session);
	return offer(t, protocol);
}

int tls_new(struct tls_trust *trust, const struct endpoint *client, const char *protocol,
	    struct tls **ret, struct err *e)
{
	struct tls *t = calloc(1, sizeof(*t));

	if (!t)
		return err_set(e, -ENOMEM, "out of memory");
	t->trust = trust;
	t->client = key_of(&client->address);
	if (!begin(t, protocol)) {
		tls_free(t);
		return failed(-ENOMEM, "cannot begin a TLS session", e);
	}
	SSL_do_handshake(t->ssl); /* makes the ClientHello, and wants to read */
	ERR_clear_error();
	*ret = t;
	return 0;
}

void tls_free(struct tls *t)
{
	if (!t)
		return;
	/* Who leaves by a reset has not lost faith in the session: its ticket stays good. */
	if (t->ssl)
		SSL_set_shutdown(t->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(t->ssl);
	free(t);
}

/* Whether a call that gave `n` goes on when more has come. */
static bool is_only_waiting(struct tls *t, int n)
{
	int why = SSL_get_error(t->ssl, n);

	return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
}

static int read_plain(struct tls *t, struct bytes *plain, struct err *e)
{
	for (;;) {
		int n;

		if (!bytes_room(plain, 4096))
			return err_set(e, -ENOMEM, "out of memory");
		n = SSL_read(t->ssl, plain->data + plain->end, (int)(plain->cap - plain->end));
		if (n <= 0)
			return is_only_waiting(t, n) ||
					       SSL_get_error(t->ssl, n) == SSL_ERROR_ZERO_RETURN
				       ? 0
				       : failed(-EPROTO, "TLS broke off", e);
		plain->end += (size_t)n;
	}
}

int tls_receive(struct tls *t, const uint8_t *data, size_t len, struct bytes *plain, struct err *e)
{
	ERR_clear_error();
	if (BIO_write(t->in, data, (int)len) != (int)len)
		return err_set(e, -ENOMEM, "out of memory");
	if (!SSL_is_init_finished(t->ssl)) {
		int n = SSL_do_handshake(t->ssl);

		if (n != 1 && is_only_waiting(t, n))
			return 0;
		if (n != 1)
			return failed(-EPROTO, "the TLS handshake failed", e);
	}
	return read_plain(t, plain, e);
}

bool tls_is_open(const struct tls *t)
{
	return SSL_is_init_finished(t->ssl);
}

bool tls_was_resumed(const struct tls *t)
{
	return SSL_session_reused(t->ssl);
}

int tls_send(struct tls *t, const uint8_t *data, size_t len, struct err *e)
{
	ERR_clear_error();
	return !len || SSL_write(t->ssl, data, (int)len) == (int)len
		       ? 0
		       : failed(-EPROTO, "TLS takes nothing more", e);
}

bool tls_drain(struct tls *t, struct bytes *out)
{
	int n;

	while ((n = (int)BIO_ctrl_pending(t->out)) > 0) {
		if (!bytes_room(out, (size_t)n))
			return false;
		n = BIO_read(t->out, out->data + out->end, n);
		if (n <= 0)
			break;
		out->end += (size_t)n;
	}
	return true;
}
