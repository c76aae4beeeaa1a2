/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/http.h"

#include <errno.h>
#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/buf.h"
#include "sim/base/cleanup.h"

#define AUTHORITY_LEN 64
#define DNS_HEADER 12

/* A question and its answer: one stream. */
struct exchange {
	struct exchange *next, *back;
	uint16_t id;
	bool is_good; /* status 200 */
	bool is_second; /* it was refused once */
	struct bytes asked, answer;
};

struct http {
	nghttp2_session *session;
	struct bytes *answers;
	struct exchange *open;
	uint64_t unserved;
	bool failed; /* no memory */
	char authority[AUTHORITY_LEN];
};

static void forget(struct http *h, struct exchange *x)
{
	if (x->back)
		x->back->next = x->next;
	else
		h->open = x->next;
	if (x->next)
		x->next->back = x->back;
	bytes_done(&x->asked);
	bytes_done(&x->answer);
	free(x);
}

static struct exchange *exchange_of(nghttp2_session *s, int32_t stream)
{
	return nghttp2_session_get_stream_user_data(s, stream);
}

/* ---- what nghttp2 calls ---- */

static int on_header(nghttp2_session *s, const nghttp2_frame *f, const uint8_t *name,
		     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
		     void *arg)
{
	struct exchange *x = exchange_of(s, f->hd.stream_id);

	(void)flags;
	(void)arg;
	if (x && name_len == 7 && memcmp(name, ":status", 7) == 0)
		x->is_good = value_len == 3 && memcmp(value, "200", 3) == 0;
	return 0;
}

static int on_data(nghttp2_session *s, uint8_t flags, int32_t stream, const uint8_t *data,
		   size_t len, void *arg)
{
	struct exchange *x = exchange_of(s, stream);
	struct http *h = arg;

	(void)flags;
	if (!x || bytes_len(&x->answer) + len > MESSAGE_MAX)
		return 0;
	h->failed |= !bytes_put(&x->answer, data, len);
	return 0;
}

static ssize_t give_question(nghttp2_session *s, int32_t stream, uint8_t *data, size_t len,
			     uint32_t *flags, nghttp2_data_source *source, void *arg)
{
	struct exchange *x = source->ptr;
	size_t n = bytes_len(&x->asked) < len ? bytes_len(&x->asked) : len;

	(void)s;
	(void)stream;
	(void)arg;
	memcpy(data, x->asked.data + x->asked.start, n);
	x->asked.start += n;
	if (!bytes_len(&x->asked))
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	return (ssize_t)n;
}

/* ---- questions ---- */

static nghttp2_nv header(const char *name, const char *value)
{
	nghttp2_nv nv = { .name = (uint8_t *)name,
			  .value = (uint8_t *)value,
			  .namelen = strlen(name),
			  .valuelen = strlen(value),
			  .flags = NGHTTP2_NV_FLAG_NONE };

	return nv;
}

static bool submit(struct http *h, struct exchange *x)
{
	nghttp2_data_provider source = { .source.ptr = x, .read_callback = give_question };
	char length[24];

	snprintf(length, sizeof(length), "%zu", bytes_len(&x->asked));
	const nghttp2_nv headers[] = {
		header(":method", "POST"),
		header(":scheme", "https"),
		header(":authority", h->authority),
		header(":path", HTTP_PATH),
		header("accept", "application/dns-message"),
		header("content-type", "application/dns-message"),
		header("content-length", length),
	};

	return nghttp2_submit_request(h->session, NULL, headers, ARRAY_SIZE(headers), &source, x) >=
	       0;
}

/* Its ID says that there is no answer. */
static void give_up(struct http *h, const struct exchange *x)
{
	uint8_t id[2];

	h->unserved++;
	put16(id, x->id);
	h->failed |= !bytes_put_message(h->answers, id, sizeof(id));
}

static void answer(struct http *h, struct exchange *x)
{
	put16(x->answer.data + x->answer.start, x->id);
	h->failed |= !bytes_put_message(h->answers, x->answer.data + x->answer.start,
					bytes_len(&x->answer));
}

/* A refused stream was not looked at, and may be asked again: once here, and after a GOAWAY elsewhere
 * (RFC 9113 section 8.7). */
static int on_stream_close(nghttp2_session *s, int32_t stream, uint32_t error, void *arg)
{
	struct exchange *x = exchange_of(s, stream);
	struct http *h = arg;

	if (!x)
		return 0;
	if (error == NGHTTP2_REFUSED_STREAM && !nghttp2_session_check_request_allowed(s)) {
		forget(h, x);
		return 0;
	}
	if (error == NGHTTP2_REFUSED_STREAM && !x->is_second) {
		x->is_second = true;
		x->asked.start = 0;
		if (submit(h, x))
			return 0;
	}
	if (error || !x->is_good || bytes_len(&x->answer) < DNS_HEADER)
		give_up(h, x);
	else
		answer(h, x);
	forget(h, x);
	return 0;
}

/* ---- the session ---- */

static int open_session(struct http *h)
{
	nghttp2_session_callbacks *calls;
	int r = nghttp2_session_callbacks_new(&calls);

	if (r)
		return r;
	nghttp2_session_callbacks_set_on_header_callback(calls, on_header);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(calls, on_data);
	nghttp2_session_callbacks_set_on_stream_close_callback(calls, on_stream_close);
	r = nghttp2_session_client_new(&h->session, calls, h);
	nghttp2_session_callbacks_del(calls);
	return r ? r : nghttp2_submit_settings(h->session, NGHTTP2_FLAG_NONE, NULL, 0);
}

int http_new(const struct endpoint *authority, struct bytes *answers, struct http **ret,
	     struct err *e)
{
	struct http *h = calloc(1, sizeof(*h));
	char text[ADDRESS_TEXT_LEN];

	if (!h)
		return err_set(e, -ENOMEM, "out of memory");
	h->answers = answers;
	address_text(&authority->address, text);
	snprintf(h->authority, sizeof(h->authority), authority->address.family == 6 ? "[%s]" : "%s",
		 text);
	if (open_session(h)) {
		http_free(h);
		return err_set(e, -ENOMEM, "cannot begin an HTTP/2 session");
	}
	*ret = h;
	return 0;
}

void http_free(struct http *h)
{
	if (!h)
		return;
	nghttp2_session_del(h->session);
	while (h->open)
		forget(h, h->open);
	free(h);
}

static struct exchange *begin(struct http *h, const uint8_t *message, size_t len)
{
	struct exchange *x = calloc(1, sizeof(*x));

	if (!x || !bytes_put(&x->asked, message, len)) {
		free(x);
		return NULL;
	}
	x->id = get16(message);
	put16(x->asked.data, 0);
	x->next = h->open;
	if (h->open)
		h->open->back = x;
	h->open = x;
	return x;
}

int http_ask(struct http *h, const uint8_t *message, size_t len, struct err *e)
{
	struct exchange *x = begin(h, message, len);

	if (!x)
		return err_set(e, -ENOMEM, "out of memory");
	if (submit(h, x))
		return 0;
	give_up(h, x);
	forget(h, x);
	return 0;
}

int http_receive(struct http *h, const uint8_t *data, size_t len, struct err *e)
{
	ssize_t n = nghttp2_session_mem_recv(h->session, data, len);

	if (h->failed)
		return err_set(e, -ENOMEM, "out of memory");
	return n < 0 ? err_set(e, -EPROTO, "HTTP/2: %s", nghttp2_strerror((int)n)) : 0;
}

bool http_drain(struct http *h, struct bytes *out)
{
	const uint8_t *data;
	ssize_t n;

	while ((n = nghttp2_session_mem_send(h->session, &data)) > 0)
		if (!bytes_put(out, data, (size_t)n))
			return false;
	return true;
}

uint64_t http_unserved(const struct http *h)
{
	return h->unserved;
}

bool http_is_over(const struct http *h)
{
	return !nghttp2_session_want_read(h->session) && !nghttp2_session_want_write(h->session);
}
