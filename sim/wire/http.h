/* SPDX-License-Identifier: BSD-2-Clause */
/* http.h - a client's side of DNS over HTTPS (RFC 8484): questions are POSTed over HTTP/2, in memory.
 *
 * On the way a message's ID is 0, as section 4.1 wants it; to the caller answers have that of their questions. */
#pragma once

#include "sim/base/err.h"
#include "sim/wire/bytes.h"

#define HTTP_PATH "/dns-query"

struct http;

/* `authority`: the address that is asked. Answers are put to `answers` as bytes_put_message() does, and an ID
 * alone for a question that gets none; it is lent until http_free(). */
int http_new(const struct endpoint *authority, struct bytes *answers, struct http **ret,
	     struct err *e);
void http_free(struct http *h);

int http_ask(struct http *h, const uint8_t *message, size_t len, struct err *e);

/* What came. -EPROTO: it is no HTTP/2. */
int http_receive(struct http *h, const uint8_t *data, size_t len, struct err *e);

/* Moves what is to be sent to `out`. false: no memory. */
bool http_drain(struct http *h, struct bytes *out);

/* Questions that got another status than 200, or whose stream was reset. */
uint64_t http_unserved(const struct http *h);

/* The other side takes no more questions (GOAWAY), and none is open. */
bool http_is_over(const struct http *h);
