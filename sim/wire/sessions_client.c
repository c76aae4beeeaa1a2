/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "sim/wire/sessions_inside.h"

void session_end(struct sessions *all, struct session *s)
{
	session_close_socket(all, s);
	s->is_over = true;
	session_tell(all, s);
}

int session_break_off(struct sessions *all, struct session *s, int r, const struct err *why)
{
	if (r == -ENOMEM)
		return r;
	if (!s->is_open) {
		session_counts(all, s)->failed++;
		if (!all->failure[0])
			snprintf(all->failure, sizeof(all->failure), "%.127s", why->text);
	}
	session_end(all, s);
	return 0;
}

/* Sends what TLS has made. */
static int drain(struct sessions *all, struct session *s, struct err *e)
{
	_cleanup_(bytes_done) struct bytes made = { 0 };

	if (!tls_drain(s->tls, &made))
		return err_set(e, -ENOMEM, "out of memory");
	return bytes_len(&made) ? session_post(all, s, OUT, PARCEL_BYTES, made.data + made.start,
					       bytes_len(&made), e)
				: 0;
}

/* Sends bytes of the protocol that is spoken, in TLS or as they are. */
static int put(struct sessions *all, struct session *s, const struct bytes *b, struct err *e)
{
	int r;

	if (!bytes_len(b))
		return 0;
	if (!s->tls)
		return session_post(all, s, OUT, PARCEL_BYTES, b->data + b->start, bytes_len(b), e);
	r = tls_send(s->tls, b->data + b->start, bytes_len(b), e);
	return r == 0 ? drain(all, s, e) : r;
}

static int put_http(struct sessions *all, struct session *s, struct err *e)
{
	_cleanup_(bytes_done) struct bytes made = { 0 };

	if (!http_drain(s->http, &made))
		return err_set(e, -ENOMEM, "out of memory");
	return put(all, s, &made, e);
}

/* As whole messages. */
int session_put_held(struct sessions *all, struct session *s, struct err *e)
{
	uint8_t message[MESSAGE_MAX];
	size_t len;
	int r = 0;

	if (!s->http) {
		r = put(all, s, &s->held, e);
		s->held.start = s->held.end = 0;
		return r;
	}
	/* Each is whole before the next begins, as questions come from a client one after the other. */
	while (r == 0 && bytes_take_message(&s->held, message, &len)) {
		r = http_ask(s->http, message, len, e);
		if (r == 0)
			r = put_http(all, s, e);
	}
	return r == 0 ? put_http(all, s, e) : r;
}

static int open_up(struct sessions *all, struct session *s, struct err *e)
{
	s->is_open = true;
	if (s->tls) {
		session_counts(all, s)->handshakes++;
		session_counts(all, s)->resumed += tls_was_resumed(s->tls);
	}
	return session_put_held(all, s, e);
}

/* TCP's handshake is over. */
static int connected(struct sessions *all, struct session *s, struct err *e)
{
	bool is_http = s->plan.transport == TRANSPORT_DOH;
	int r;

	s->is_connected = true;
	if (s->plan.transport == TRANSPORT_TCP)
		return open_up(all, s, e);
	r = tls_new(all->trust, &s->plan.from, is_http ? "h2" : "dot", &s->tls, e);
	if (r == 0 && is_http)
		r = http_new(&s->plan.to, &s->answers, &s->http, e);
	return r == 0 ? drain(all, s, e) : r;
}

static int read_http(struct sessions *all, struct session *s, struct err *e)
{
	uint64_t before = http_unserved(s->http);
	int r = http_receive(s->http, s->plain.data + s->plain.start, bytes_len(&s->plain), e);

	s->plain.start = s->plain.end = 0;
	session_counts(all, s)->unserved += http_unserved(s->http) - before;
	return r == 0 ? put_http(all, s, e) : r;
}

static int received(struct sessions *all, struct session *s, const struct parcel *p, struct err *e)
{
	int r;

	if (s->tls)
		r = tls_receive(s->tls, p->data, p->len, &s->plain, e);
	else
		r = bytes_put(&s->plain, p->data, p->len) ? 0
							  : err_set(e, -ENOMEM, "out of memory");
	if (r == 0 && s->tls)
		r = drain(all, s, e);
	if (r == 0 && s->tls && !s->is_open && tls_is_open(s->tls))
		r = open_up(all, s, e);
	if (r == 0 && s->http && bytes_len(&s->plain))
		r = read_http(all, s, e);
	if (r < 0)
		return session_break_off(all, s, r, e);
	session_tell(all, s);
	if (s->http && s->is_open && http_is_over(s->http)) {
		session_counts(all, s)->ended++;
		session_end(all, s);
	}
	return 0;
}

static int heard_of_end(struct sessions *all, struct session *s)
{
	struct sessions_counts *c = session_counts(all, s);

	if (s->is_open)
		c->ended++;
	else if (s->is_connected)
		c->failed++;
	else
		c->refused++;
	session_end(all, s);
	return 0;
}

int session_come_to_client(struct sessions *all, struct session *s, const struct parcel *p,
			   struct err *e)
{
	int r = 0;

	all->stirred = true;
	if (s->has_left || s->is_over)
		return 0;
	switch (p->kind) {
	case PARCEL_OPEN:
		r = connected(all, s, e);
		return r < 0 ? session_break_off(all, s, r, e) : 0;
	case PARCEL_BYTES:
		return received(all, s, p, e);
	case PARCEL_END:
		return heard_of_end(all, s);
	}
	return 0;
}
