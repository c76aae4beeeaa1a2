/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/authority/tsig.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>

#include "sim/base/buf.h"
#include "sim/base/cleanup.h"

#define CLASS_ANY 255
#define FUDGE 300
#define BEHIND_MOST (16 << 20) /* bytes that nothing signs yet */
#define FIXED 16 /* bytes of the RDATA beside algorithm, MAC and other data */
#define TIME 6

/* A name without pointers, in lower case. false: it is none. */
static bool take_name(const uint8_t *data, size_t len, size_t *at, uint8_t ret[NAME_MAX_LEN])
{
	size_t n = 0;

	while (*at < len && data[*at] <= 63) {
		size_t label = data[*at];

		if (label + 1 > len - *at || n + label + 1 > NAME_MAX_LEN)
			return false;
		ret[n++] = (uint8_t)label;
		for (size_t i = 1; i <= label; i++)
			ret[n++] = name_lower(data[*at + i]);
		*at += label + 1;
		if (!label)
			return true;
	}
	return false;
}

static uint64_t get48(const uint8_t *p)
{
	return (uint64_t)get16(p) << 32 | get32(p + 2);
}

static void put_48(struct buf *b, uint64_t v)
{
	buf_u16(b, (uint16_t)(v >> 32));
	buf_u32(b, (uint32_t)v);
}

/* RFC 8945 section 4.2. */
static bool parse(const uint8_t *data, size_t len, size_t at, struct tsig *s)
{
	size_t mac;

	if (!take_name(data, len, &at, s->name) || len - at < 10)
		return false;
	at += 10;
	if (!take_name(data, len, &at, s->algorithm) || len - at < FIXED)
		return false;
	s->time = get48(data + at);
	s->fudge = get16(data + at + TIME);
	mac = get16(data + at + TIME + 2);
	if (len - at - FIXED < mac)
		return false;
	s->mac_len = mac <= TSIG_MAC_MAX ? mac : 0; /* of no algorithm that is known */
	memcpy(s->mac, data + at + TIME + 4, s->mac_len);
	s->id = get16(data + at + TIME + 4 + mac);
	s->error = get16(data + at + TIME + 6 + mac);
	return true;
}

static const struct tsig_key *find_key(const struct tree *t, const struct tsig *s)
{
	for (unsigned i = 0; i < t->zone_count; i++) {
		const struct transfer_plan *plan = t->zones[i]->transfer;

		if (plan && plan->key && tsig_key_is(plan->key, s->name, s->algorithm))
			return plan->key;
	}
	return NULL;
}

/* The message as it was before it was signed, and what of the record is signed with it (sections 4.3.2
 * and 4.3.3). A later one of many has the times alone (section 5.3.1). */
static bool make_mac(const struct tsig *s, const uint8_t *message, size_t len, uint64_t time,
		     uint16_t fudge, bool has_before, uint8_t ret[TSIG_MAC_MAX])
{
	size_t other = s->error == TSIG_BADTIME && has_before ? TIME : 0;
	size_t cap = len + 2 * NAME_MAX_LEN + TSIG_MAC_MAX + 64;
	_cleanup_(freep) uint8_t *text = malloc(cap);
	struct buf b;

	if (!text)
		return false;
	b = buf_over(text, cap);
	if (has_before) {
		buf_u16(&b, (uint16_t)s->mac_len);
		buf_put(&b, s->mac, s->mac_len);
	}
	buf_put(&b, message, len);
	if (!s->messages || !has_before) {
		buf_put(&b, s->name, name_len(s->name));
		buf_u16(&b, CLASS_ANY);
		buf_u32(&b, 0);
		buf_put(&b, s->algorithm, name_len(s->algorithm));
	}
	put_48(&b, time);
	buf_u16(&b, fudge);
	if (!s->messages || !has_before) {
		buf_u16(&b, has_before ? (uint16_t)s->error : 0);
		buf_u16(&b, (uint16_t)other);
		if (other)
			put_48(&b, s->time);
	}
	return !b.failed && tsig_key_mac(s->key, text, b.len, ret);
}

/* What came, as it was before it was signed: with its own ID and one record less. */
static void unsign(uint8_t *message, uint16_t id)
{
	put16(message, id);
	put16(message + 10, (uint16_t)(get16(message + 10) - 1));
}

static bool is_right(const struct tsig *s, const uint8_t *data, const struct query *q)
{
	_cleanup_(freep) uint8_t *message = malloc(q->tsig_at);
	uint8_t mac[TSIG_MAC_MAX];

	if (!message || s->mac_len != s->key->algorithm->mac_len)
		return false;
	memcpy(message, data, q->tsig_at);
	unsign(message, s->id);
	return make_mac(s, message, q->tsig_at, s->time, s->fudge, false, mac) &&
	       CRYPTO_memcmp(mac, s->mac, s->mac_len) == 0;
}

static size_t mac_len(const struct tsig *s)
{
	return s->key && s->error != TSIG_BADSIG ? s->key->algorithm->mac_len : 0;
}

static bool is_in_time(const struct tsig *s, uint64_t now)
{
	return now <= s->time + s->fudge && s->time <= now + s->fudge;
}

uint64_t tsig_now(const struct tree *t, simtime now)
{
	return (uint64_t)simtime_seconds(now + t->date_shift);
}

/* Either a tree's keys or the one are known. */
static bool check(const struct tree *t, const struct tsig_key *key, const uint8_t *data, size_t len,
		  struct query *q, uint64_t now, struct tsig *ret)
{
	*ret = (struct tsig){ 0 };
	if (!q->tsig_at)
		return true;
	if (!parse(data, len, q->tsig_at, ret))
		return false;
	ret->is_there = true;
	ret->error = 0;
	if (t)
		ret->key = find_key(t, ret);
	else if (key && tsig_key_is(key, ret->name, ret->algorithm))
		ret->key = key;
	if (!ret->key)
		ret->error = TSIG_BADKEY;
	else if (!is_right(ret, data, q))
		ret->error = TSIG_BADSIG;
	else if (!is_in_time(ret, now))
		ret->error = TSIG_BADTIME;
	q->reserved =
		name_len(ret->name) + 10 + name_len(ret->algorithm) + FIXED + mac_len(ret) + TIME;
	return true;
}

bool tsig_check(const struct tree *t, const uint8_t *data, size_t len, struct query *q,
		uint64_t now, struct tsig *ret)
{
	return check(t, NULL, data, len, q, now, ret);
}

bool tsig_check_key(const struct tsig_key *key, const uint8_t *data, size_t len, struct query *q,
		    uint64_t now, struct tsig *ret)
{
	return check(NULL, key, data, len, q, now, ret);
}

/* Section 5.2: an answer to who could not be told apart is not signed. */
bool tsig_put(struct tsig *s, uint8_t *message, size_t *len, uint64_t now)
{
	size_t other = s->error == TSIG_BADTIME ? TIME : 0, mac = mac_len(s);
	uint64_t time = other ? s->time : now;
	struct buf b = buf_over(message + *len, s->is_there ? SIZE_MAX : 0);
	struct tsig before = *s;

	if (!s->is_there)
		return true;
	if (s->asks)
		s->id = get16(message);
	before.time = now;
	if (mac && !make_mac(&before, message, *len, time, FUDGE, !s->asks, s->mac))
		return false;
	s->mac_len = mac;
	s->messages += !s->asks;
	s->asks = false;
	buf_put(&b, s->name, name_len(s->name));
	buf_u16(&b, RR_TSIG);
	buf_u16(&b, CLASS_ANY);
	buf_u32(&b, 0);
	buf_u16(&b, (uint16_t)(name_len(s->algorithm) + FIXED + mac + other));
	buf_put(&b, s->algorithm, name_len(s->algorithm));
	put_48(&b, time);
	buf_u16(&b, FUDGE);
	buf_u16(&b, (uint16_t)mac);
	buf_put(&b, s->mac, mac);
	buf_u16(&b, s->id);
	buf_u16(&b, (uint16_t)s->error);
	buf_u16(&b, (uint16_t)other);
	if (other)
		put_48(&b, now);
	*len += b.len;
	put16(message + 10, (uint16_t)(get16(message + 10) + 1));
	return true;
}

static const char *error_name(unsigned error)
{
	switch (error) {
	case TSIG_BADSIG:
		return "BADSIG";
	case TSIG_BADKEY:
		return "BADKEY";
	default:
		return "BADTIME";
	}
}

void tsig_begin(struct tsig *s, const struct tsig_key *key)
{
	*s = (struct tsig){ .is_there = true, .asks = true, .key = key };
	memcpy(s->name, key->name, sizeof(s->name));
	memcpy(s->algorithm, key->algorithm->name, name_len((const uint8_t *)key->algorithm->name));
}

void tsig_done(struct tsig *s)
{
	free(s->behind);
	*s = (struct tsig){ 0 };
}

/* ---- who asks ---- */

/* Puts a message behind those that are not signed. */
static int keep(struct tsig *s, const uint8_t *data, size_t len, struct err *e)
{
	uint8_t *grown = realloc(s->behind, s->behind_len + len);

	if (!grown)
		return err_set(e, -ENOMEM, "out of memory");
	s->behind = grown;
	memcpy(grown + s->behind_len, data, len);
	s->behind_len += len;
	return 0;
}

static const char *objection(const struct tsig *s, const struct tsig *got, const uint8_t *mac,
			     uint64_t now)
{
	if (got->error)
		return error_name(got->error);
	if (got->mac_len != s->key->algorithm->mac_len ||
	    CRYPTO_memcmp(mac, got->mac, got->mac_len) != 0)
		return "the signature of an answer is not right";
	return is_in_time(got, now) ? NULL : "an answer is not of this time";
}

int tsig_hear(struct tsig *s, const uint8_t *data, size_t len, size_t at, uint64_t now,
	      struct err *e)
{
	uint8_t mac[TSIG_MAC_MAX] = { 0 };
	struct tsig got = { 0 };
	size_t from = s->behind_len;
	const char *why;
	int r = keep(s, data, at ? at : len, e);

	if (r < 0)
		return r;
	if (!at && (!s->messages || s->behind_len > BEHIND_MOST))
		return err_set(e, -EBADMSG, "TSIG: an answer is not signed");
	if (!at)
		return 1;
	if (!parse(data, len, at, &got) || !tsig_key_is(s->key, got.name, got.algorithm))
		return err_set(e, -EBADMSG, "TSIG: an answer is signed with another key");
	unsign(s->behind + from, got.id);
	if (!make_mac(s, s->behind, s->behind_len, got.time, got.fudge, true, mac))
		return err_set(e, -ENOMEM, "out of memory");
	why = objection(s, &got, mac, now);
	if (why)
		return err_set(e, -EBADMSG, "TSIG: %s", why);
	memcpy(s->mac, got.mac, got.mac_len);
	s->mac_len = got.mac_len;
	s->messages++;
	s->behind_len = 0;
	return 0;
}

void tsig_error_text(const struct tsig *s, char *ret, size_t size)
{
	char name[NAME_TEXT_LEN], algorithm[NAME_TEXT_LEN];

	if (s->error == TSIG_BADKEY)
		snprintf(ret, size, "TSIG: BADKEY: no zone has a key '%.40s' of %.40s",
			 name_text(s->name, name), name_text(s->algorithm, algorithm));
	else
		snprintf(ret, size, "TSIG: %s", error_name(s->error));
}
