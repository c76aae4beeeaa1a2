/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/dnstap.h"

#include <errno.h>
#include <string.h>

#include <fstrm.h>

#include <dnstap.pb-c.h>
#include "sim/base/buf.h"

#define CONTENT_TYPE "protobuf:dnstap.Dnstap"
#define SECONDS_MAX 9000000000 /* what a simtime can hold, with room to spare */

struct dnstap {
	char *name;
	FILE *file;
	struct fstrm_reader *reader;
	struct dnstap_counts counts;
	bool wants_own; /* what resolvers asked themselves, and not their clients */
	bool ended; /* the reader met the end of the bytes, and not that of the stream */
	Dnstap__Dnstap *frame; /* whose bytes are lent */
};

static void forget_frame(struct dnstap *d)
{
	if (d->frame)
		dnstap__dnstap__free_unpacked(d->frame, NULL);
	d->frame = NULL;
}

void dnstap_free(struct dnstap *d)
{
	if (!d)
		return;
	forget_frame(d);
	if (d->reader)
		fstrm_reader_destroy(&d->reader);
	if (d->file)
		fclose(d->file);
	free(d->name);
	free(d);
}

/* A control frame: an escape of four zeros, its length, and that it is START (2). */
bool dnstap_knows(const uint8_t *head, size_t len)
{
	return len >= 12 && !get32(head) && get32(head + 4) <= 512 && get32(head + 8) == 2;
}

/* ---- libfstrm reads a FILE ---- */

static fstrm_res read_file(void *obj, void *buf, size_t size)
{
	struct dnstap *d = obj;

	if (fread(buf, 1, size, d->file) == size)
		return fstrm_res_success;
	d->ended = feof(d->file);
	return fstrm_res_failure;
}

static fstrm_res nothing(void *obj)
{
	(void)obj;
	return fstrm_res_success;
}

static int open_reader(struct dnstap *d, struct err *e)
{
	struct fstrm_reader_options *o = fstrm_reader_options_init();
	struct fstrm_rdwr *rdwr = fstrm_rdwr_init(d);

	if (!o || !rdwr)
		return err_set(e, -ENOMEM, "no memory");
	fstrm_reader_options_add_content_type(o, CONTENT_TYPE, strlen(CONTENT_TYPE));
	fstrm_rdwr_set_open(rdwr, nothing);
	fstrm_rdwr_set_close(rdwr, nothing);
	fstrm_rdwr_set_read(rdwr, read_file);
	d->reader = fstrm_reader_init(o, &rdwr);
	fstrm_reader_options_destroy(&o);
	if (rdwr)
		fstrm_rdwr_destroy(&rdwr);
	if (d->reader && fstrm_reader_open(d->reader) == fstrm_res_success)
		return 0;
	return err_set(e, -EINVAL, "'%s' holds Frame Streams, but no sound ones of " CONTENT_TYPE,
		       d->name);
}

int dnstap_open_file(FILE *file, const char *name, struct dnstap **ret, struct err *e)
{
	_cleanup_(dnstap_freep) struct dnstap *d = calloc(1, sizeof(*d));
	int r;

	if (!d) {
		fclose(file);
		return err_set(e, -ENOMEM, "no memory");
	}
	d->file = file;
	d->name = strdup(name);
	if (!d->name)
		return err_set(e, -ENOMEM, "no memory");
	r = open_reader(d, e);
	if (r == 0)
		*ret = TAKE(d);
	return r;
}

/* ---- messages ---- */

static bool read_address(const ProtobufCBinaryData *bytes, struct address *ret)
{
	*ret = (struct address){ .family = bytes->len == 4 ? 4 : 6 };
	if (bytes->len != 4 && bytes->len != 16)
		return false;
	memcpy(ret->bytes, bytes->data, bytes->len);
	return true;
}

/* KIND_OWN: a resolver asks an authority, or whom it forwards to. */
enum kind { KIND_QUERY, KIND_ANSWER, KIND_OWN, KIND_OTHER };

static enum kind kind_of(const Dnstap__Message *m)
{
	switch (m->type) {
	case DNSTAP__MESSAGE__TYPE__AUTH_QUERY:
	case DNSTAP__MESSAGE__TYPE__CLIENT_QUERY:
	case DNSTAP__MESSAGE__TYPE__STUB_QUERY:
	case DNSTAP__MESSAGE__TYPE__TOOL_QUERY:
		return m->has_query_message ? KIND_QUERY : KIND_OTHER;
	case DNSTAP__MESSAGE__TYPE__AUTH_RESPONSE:
	case DNSTAP__MESSAGE__TYPE__CLIENT_RESPONSE:
	case DNSTAP__MESSAGE__TYPE__FORWARDER_RESPONSE:
	case DNSTAP__MESSAGE__TYPE__RESOLVER_RESPONSE:
	case DNSTAP__MESSAGE__TYPE__STUB_RESPONSE:
	case DNSTAP__MESSAGE__TYPE__TOOL_RESPONSE:
		return m->has_response_message ? KIND_ANSWER : KIND_OTHER;
	case DNSTAP__MESSAGE__TYPE__FORWARDER_QUERY:
	case DNSTAP__MESSAGE__TYPE__RESOLVER_QUERY:
		return m->has_query_message ? KIND_OWN : KIND_OTHER;
	default:
		return KIND_OTHER;
	}
}

/* Who asked. A resolver may not know from which of its own addresses. */
static bool read_asker(const Dnstap__Message *m, bool is_own, struct address *ret)
{
	*ret = (struct address){ .family = 4 };
	return m->has_query_address ? read_address(&m->query_address, ret) : is_own;
}

/* false: nothing of it is used. */
static bool take_message(struct dnstap *d, const Dnstap__Message *m, struct capture_message *ret)
{
	enum kind kind = kind_of(m);
	bool is_query = kind == KIND_QUERY || kind == KIND_OWN;
	uint64_t seconds = is_query ? m->query_time_sec : m->response_time_sec;
	uint32_t part = is_query ? m->query_time_nsec : m->response_time_nsec;
	bool is_unwanted = is_query && (kind == KIND_OWN) != d->wants_own;

	d->counts.unwanted += is_unwanted;
	d->counts.unread += kind == KIND_OTHER;
	if (is_unwanted || kind == KIND_OTHER)
		return false;
	*ret = (struct capture_message){
		.frame = d->counts.frames,
		.at = (simtime)seconds * SECOND + part,
		.from_port = (uint16_t)m->query_port,
		.tcp = m->has_socket_protocol && m->socket_protocol != DNSTAP__SOCKET_PROTOCOL__UDP,
		.data = is_query ? m->query_message.data : m->response_message.data,
		.len = is_query ? m->query_message.len : m->response_message.len,
	};
	if (seconds <= SECONDS_MAX && part < SECOND &&
	    (!is_query || read_asker(m, kind == KIND_OWN, &ret->from)))
		return true;
	d->counts.unread++;
	return false;
}

/* Files of dnstap may stand one behind the other in one. To find none is to read to the end, where a packed file shows that it
 * is whole. 2: there is one. 0: it is over. */
static int next_stream(struct dnstap *d, struct err *e)
{
	int first = getc(d->file);

	if (first == EOF)
		return ferror(d->file) ? err_set(e, -EIO, "cannot read '%s'", d->name) : 0;
	ungetc(first, d->file);
	fstrm_reader_destroy(&d->reader);
	if (open_reader(d, e))
		return err_set(e, -EINVAL, "'%s': what follows the end of its stream is no dnstap",
			       d->name);
	return 2;
}

/* 1: a frame. 2: none yet. 0: the end. */
static int read_frame(struct dnstap *d, struct err *e)
{
	const uint8_t *data;
	size_t len;
	fstrm_res res = fstrm_reader_read(d->reader, &data, &len);

	if (res == fstrm_res_stop)
		return next_stream(d, e);
	if (res != fstrm_res_success && d->ended) {
		d->counts.cut = true;
		return 0;
	}
	if (res != fstrm_res_success)
		return err_set(e, -EINVAL, "'%s' is damaged behind frame %llu", d->name,
			       (unsigned long long)d->counts.frames);
	d->counts.frames++;
	d->frame = dnstap__dnstap__unpack(NULL, len, data);
	return 1;
}

int dnstap_next(struct dnstap *d, struct capture_message *ret, struct err *e)
{
	for (;;) {
		int r;

		forget_frame(d);
		r = read_frame(d, e);
		if (r <= 0)
			return r;
		if (r == 2)
			continue;
		if (!d->frame || d->frame->type != DNSTAP__DNSTAP__TYPE__MESSAGE ||
		    !d->frame->message)
			d->counts.unread++;
		else if (take_message(d, d->frame->message, ret))
			return 1;
	}
}

void dnstap_want_own(struct dnstap *d)
{
	d->wants_own = true;
}

struct dnstap_counts dnstap_counts(const struct dnstap *d)
{
	return d->counts;
}
