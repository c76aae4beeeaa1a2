/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <errno.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>
#include <pcap/dlt.h>

#include <fstrm.h>

#include <dnstap.pb-c.h>
#include "harness/clients/trace.h"
#include "sim/base/buf.h"
#include "tests/support/need.h"
#include "tests/support/test.h"

#define DATA "tests/data/"

static uint8_t space[1 << 18];
static struct buf file;
static struct err err;

static void begin_capture(int link)
{
	file = buf_over(space, sizeof(space));
	buf_u32(&file, 0xa1b2c3d4);
	buf_u32(&file, 0x00020004);
	buf_u32(&file, 0);
	buf_u32(&file, 0);
	buf_u32(&file, 262144);
	buf_u32(&file, (uint32_t)link);
}

/* A packet that was captured `seconds` after the epoch. */
static void add_packet(uint32_t seconds, const struct buf *frame)
{
	buf_u32(&file, seconds);
	buf_u32(&file, 250000);
	buf_u32(&file, (uint32_t)frame->len);
	buf_u32(&file, (uint32_t)frame->len);
	buf_put(&file, frame->data, frame->len);
}

/* A query for LABEL.de, for TCP behind its length. */
static void put_query(struct buf *b, char label, bool tcp)
{
	if (tcp)
		buf_u16(b, 22);
	buf_put(b, "\x12\x34\1\x30\0\1\0\0\0\0\0\0\1", 13);
	buf_u8(b, (uint8_t)label);
	buf_put(b, "\2DE\0\0\1\0\1", 8);
}

static void put_ipv4(struct buf *b, uint8_t protocol, size_t payload)
{
	buf_put(b, "\x45\0", 2);
	buf_u16(b, (uint16_t)(20 + payload));
	buf_put(b, "\0\1\0\0\x40", 5);
	buf_u8(b, protocol);
	buf_put(b, "\0\0\12\0\0\1\10\10\10\10", 10);
}

static void put_udp(struct buf *b, uint16_t port, char label)
{
	buf_u16(b, 4711);
	buf_u16(b, port);
	buf_u16(b, 8 + 22);
	buf_u16(b, 0);
	put_query(b, label, false);
}

enum { FIN = 1, SYN = 2, RST = 4 };

/* A TCP segment of the stream that client port 1000 sends, as a raw IPv4 packet. */
static void add_segment(uint32_t seq, uint8_t flags, const void *data, size_t len)
{
	uint8_t bytes[4096];
	struct buf b = buf_over(bytes, sizeof(bytes));

	put_ipv4(&b, 6, 20 + len);
	buf_u16(&b, 1000);
	buf_u16(&b, 53);
	buf_u32(&b, seq);
	buf_u32(&b, 0);
	buf_u8(&b, 0x50);
	buf_u8(&b, flags);
	buf_put(&b, "\0\0\0\0\0\0", 6);
	buf_put(&b, data, len);
	assert_false(b.failed);
	add_packet(7, &b);
}

/* 24 bytes a query: a.de, b.de … */
static struct buf queries(const char *labels)
{
	static uint8_t bytes[4096];
	struct buf b = buf_over(bytes, sizeof(bytes));

	for (; *labels; labels++)
		put_query(&b, *labels, true);
	return b;
}

static struct trace *open_bytes(const void *data, size_t len)
{
	struct trace *t = NULL;
	int r = trace_open_file(fmemopen((void *)data, len, "r"), "x", 10, &t, &err);

	assert_true(r == -EINVAL || (r == 0 && t));
	return t;
}

/* The first letters of the names asked for; the last is '!' when there was an error. */
static const char *letters_of(struct trace *t)
{
	static char letters[256];
	struct trace_query q;
	unsigned n = 0;
	int r;

	assert_non_null(t);
	while ((r = trace_next(t, &q, &err)) == 1)
		letters[n++] = (char)q.qname[1];
	letters[n] = r ? '!' : '\0';
	letters[n + (r != 0)] = '\0';
	return letters;
}

static const char *letters_of_capture(void)
{
	_cleanup_(trace_freep) struct trace *t = open_bytes(file.data, file.len);

	return letters_of(t);
}

static const char *letters_of_text(const char *text)
{
	_cleanup_(trace_freep) struct trace *t = open_bytes(text, strlen(text));

	return letters_of(t);
}

static void a_udp_query_is_read_with_time_client_and_flags(void **state)
{
	uint8_t bytes[128];
	struct buf b = buf_over(bytes, sizeof(bytes));
	_cleanup_(trace_freep) struct trace *t = NULL;
	struct trace_query q;

	(void)state;
	begin_capture(101);
	put_ipv4(&b, 17, 30);
	put_udp(&b, 53, 'a');
	add_packet(7, &b);
	t = open_bytes(file.data, file.len);
	assert_int_equal(trace_next(t, &q, &err), 1);
	assert_int_equal(q.at, 7 * SECOND + 250 * MSEC);
	assert_int_equal(q.client.family, 4);
	assert_memory_equal(q.client.bytes, "\12\0\0\1", 4);
	assert_int_equal(q.port, 4711);
	assert_true(name_equal(q.qname, (const uint8_t *)"\1a\2de"));
	assert_int_equal(q.qtype, RR_A);
	assert_true(q.rd && q.ad && q.cd);
	assert_false(q.tcp || q.edns || q.dnssec_ok);
	assert_int_equal(trace_next(t, &q, &err), 0);
	assert_false(trace_is_text(t));
}

static void every_link_layer_leads_to_the_query(void **state)
{
	static const struct {
		int link;
		const char *head;
		size_t len;
	} links[] = {
		{ DLT_EN10MB, "ddddddssssss\x08", 14 },
		{ DLT_EN10MB, "ddddddssssss\x81\0\0\5\x08", 18 },
		{ DLT_EN10MB, "ddddddssssss\x88\xa8\0\5\x81\0\0\6\x08", 22 },
		{ 113, "\0\0\0\1\0\6aaaaaaaa\x08", 16 },
		{ 276, "\x08\0\0\0\0\0\0\1\0\1\0\6aaaaaaaa", 20 },
		{ DLT_NULL, "\2\0\0\0", 4 },
		{ DLT_LOOP, "\0\0\0\2", 4 },
		{ 101, "", 0 },
		{ 228, "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		uint8_t bytes[128];
		struct buf b = buf_over(bytes, sizeof(bytes));

		begin_capture(links[i].link);
		buf_put(&b, links[i].head, links[i].len);
		put_ipv4(&b, 17, 30);
		put_udp(&b, 53, 'a');
		add_packet(7, &b);
		assert_string_equal(letters_of_capture(), "a");
	}
}

static void ipv6_extension_headers_are_skipped_and_half_a_packet_is_not_read(void **state)
{
	static const char *const fragment[] = { "\x11\0\0\0\0\0\0\1", "\x11\0\0\1\0\0\0\1" };

	(void)state;
	begin_capture(101);
	for (unsigned i = 0; i < 2; i++) {
		uint8_t bytes[256];
		struct buf b = buf_over(bytes, sizeof(bytes));

		buf_put(&b, "\x60\0\0\0\0\x36\0\x40", 8);
		buf_put(&b, "0123456789abcdefFEDCBA9876543210", 32);
		buf_put(&b, "\x3c\0\1\4\0\0\0\0", 8); /* hop by hop, then destination options */
		buf_put(&b, "\x2c\0\1\4\0\0\0\0", 8);
		buf_put(&b, fragment[i], 8);
		put_udp(&b, 53, (char)('a' + i));
		add_packet(7, &b);
	}
	assert_string_equal(letters_of_capture(), "a"); /* an atomic fragment, RFC 6946 */
}

/* Bytes `from` to `to` of a UDP query for LABEL.de, as a fragment of IPv4 packet number `id`, or of IPv6. */
static void add_fragment(bool six, uint8_t id, char label, size_t from, size_t to)
{
	uint8_t whole[64], bytes[128];
	struct buf w = buf_over(whole, sizeof(whole)), b = buf_over(bytes, sizeof(bytes));

	put_udp(&w, 53, label);
	assert_int_equal(w.len, 30);
	if (six) {
		buf_put(&b, "\x60\0\0\0", 4);
		buf_u16(&b, (uint16_t)(8 + to - from));
		buf_put(&b,
			"\x2c\x40"
			"0123456789abcdefFEDCBA9876543210"
			"\x11\0",
			36);
		buf_u16(&b, (uint16_t)(from | (to < w.len)));
		buf_u32(&b, id);
	} else {
		put_ipv4(&b, 17, to - from);
		bytes[5] = id;
		bytes[6] = to < w.len ? 0x20 : 0;
		bytes[7] = (uint8_t)(from / 8);
	}
	buf_put(&b, whole + from, to - from);
	add_packet(7, &b);
}

static void fragments_in_any_order_are_put_together(void **state)
{
	(void)state;
	for (unsigned six = 0; six < 2; six++) {
		begin_capture(101);
		add_fragment(six, 1, 'a', 0, 16);
		add_fragment(six, 2, 'b', 16, 30);
		add_fragment(six, 2, 'b', 16, 30); /* again */
		add_fragment(six, 1, 'a', 16, 30);
		add_fragment(six, 3, 'c', 8, 16);
		add_fragment(six, 2, 'b', 0, 16);
		add_fragment(six, 3, 'c', 16, 30);
		add_fragment(six, 3, 'c', 0, 8);
		assert_string_equal(letters_of_capture(), "abc");
	}
}

static void fragments_that_overlap_are_forgotten(void **state)
{
	(void)state;
	begin_capture(101);
	add_fragment(false, 1, 'a', 0, 16);
	add_fragment(false, 1, 'a', 8, 16); /* which leaves nothing of it */
	add_fragment(false, 1, 'a', 24, 30); /* as many bytes as there are in all */
	add_fragment(false, 2, 'c', 0, 24);
	add_fragment(false, 2, 'c', 24, 30);
	assert_string_equal(letters_of_capture(), "c");
}

/* A thousand packets of which the end never comes. */
static void fragments_that_wait_are_bounded(void **state)
{
	(void)state;
	begin_capture(101);
	for (unsigned i = 0; i < 250; i++)
		for (unsigned six = 0; six < 2; six++)
			add_fragment(six, (uint8_t)(i + 1), 'x', 0, 16);
	add_fragment(false, 250, 'y', 16, 30);
	add_fragment(false, 1, 'z', 16, 30); /* its beginning was forgotten */
	assert_string_equal(letters_of_capture(), "y");
}

static void what_is_no_query_is_skipped_and_counted(void **state)
{
	_cleanup_(trace_freep) struct trace *t = NULL;
	uint8_t bytes[5][128];
	struct buf b;

	(void)state;
	begin_capture(101);
	for (unsigned i = 0; i < 5; i++) {
		b = buf_over(bytes[i], sizeof(bytes[i]));
		put_ipv4(&b, 17, 30);
		put_udp(&b, i == 0 ? 54 : 53, (char)('a' + i));
		if (i == 1)
			bytes[i][28 + 2] |= 0x80; /* an answer */
		if (i == 2)
			bytes[i][6] |= 0x20; /* a fragment with more to come */
		if (i == 3)
			bytes[i][49] = 3; /* class CHAOS */
		add_packet(7, &b);
	}
	t = open_bytes(file.data, file.len);
	assert_string_equal(letters_of(t), "e");
	assert_int_equal(trace_counts(t).packets, 5);
	assert_int_equal(trace_counts(t).skipped, 4);
	assert_int_equal(trace_counts(t).queries, 1);
	assert_false(trace_counts(t).cut);
}

static void a_stream_is_cut_into_its_messages(void **state)
{
	struct buf b = queries("abc");

	(void)state;
	begin_capture(101);
	add_segment(99, SYN, "", 0);
	add_segment(100, FIN, b.data, b.len);
	assert_string_equal(letters_of_capture(), "abc");
}

static void segments_in_any_order_twice_and_overlapping_are_one_stream(void **state)
{
	struct buf b = queries("abcd");

	(void)state;
	begin_capture(101);
	add_segment(UINT32_MAX - 10, SYN, "", 0); /* numbers wrap round */
	add_segment(UINT32_MAX - 9, 0, b.data, 1);
	add_segment(UINT32_MAX - 9 + 60, 0, b.data + 60, 36);
	add_segment(UINT32_MAX - 9 + 60, 0, b.data + 60, 10);
	add_segment(UINT32_MAX - 9 + 30, FIN, b.data + 30, 40);
	add_segment(UINT32_MAX - 9, 0, b.data, 20);
	add_segment(UINT32_MAX - 9, 0, b.data, 35);
	assert_string_equal(letters_of_capture(), "abcd");
}

static void a_stream_from_the_middle_is_taken_up_again_after_rubbish(void **state)
{
	struct buf b = queries("ab");

	(void)state;
	begin_capture(101);
	add_segment(100, 0, b.data + 5, 19);
	add_segment(119, 0, b.data + 24, 24);
	assert_string_equal(letters_of_capture(), "b");
}

static void a_hole_that_does_not_close_is_jumped_over(void **state)
{
	struct buf b = queries("abcdefghijklmnopqrst");

	(void)state;
	begin_capture(101);
	add_segment(99, SYN, "", 0);
	for (uint32_t i = 1; i < 20; i++)
		add_segment(100 + 24 * i, 0, b.data + 24 * i, 24);
	assert_string_equal(letters_of_capture(), "bcdefghijklmnopqrst");
}

static void a_new_connection_on_the_same_ports_begins_anew(void **state)
{
	struct buf b = queries("ab");

	(void)state;
	begin_capture(101);
	add_segment(99, SYN, "", 0);
	add_segment(100, 0, b.data, 10);
	add_segment(5000, RST, "", 0);
	add_segment(110, 0, b.data + 10, 14); /* too late */
	add_segment(70000, SYN, "", 0);
	add_segment(70001, 0, b.data + 24, 24);
	assert_string_equal(letters_of_capture(), "b");
}

static void ten_thousand_open_streams_are_forgotten_and_not_kept(void **state)
{
	_cleanup_(trace_freep) struct trace *t = NULL;
	static uint8_t big[10001 * 80];
	uint8_t bytes[128];
	struct buf b;

	(void)state;
	begin_capture(101);
	for (unsigned i = 0; i < 10000; i++) {
		if (i == 0)
			file = (struct buf){ .data = memcpy(big, space, 24),
					     .len = 24,
					     .cap = sizeof(big) };
		b = buf_over(bytes, sizeof(bytes));
		put_ipv4(&b, 6, 20 + 3);
		buf_u16(&b, (uint16_t)(1000 + i));
		buf_put(&b, "\0\x35\0\0\0\0\0\0\0\0\x50\0\0\0\0\0\0\0", 18);
		buf_put(&b, "\0\x16x", 3);
		add_packet(7, &b);
	}
	assert_false(file.failed);
	t = open_bytes(file.data, file.len);
	assert_string_equal(letters_of(t), "");
	assert_int_equal(trace_counts(t).packets, 10000);
}

static void a_capture_that_ends_within_a_packet_is_cut(void **state)
{
	uint8_t bytes[128];
	struct buf b = buf_over(bytes, sizeof(bytes));
	size_t one;

	(void)state;
	begin_capture(101);
	put_ipv4(&b, 17, 30);
	put_udp(&b, 53, 'a');
	add_packet(7, &b);
	one = file.len;
	add_packet(7, &b);
	for (size_t len = one; len <= file.len; len++) {
		_cleanup_(trace_freep) struct trace *t = open_bytes(file.data, len);

		assert_string_equal(letters_of(t), len == file.len ? "aa" : "a");
		assert_int_equal(trace_counts(t).cut, len > one && len < file.len);
	}
}

static void refused(const void *data, size_t len, const char *sentence)
{
	assert_null(open_bytes(data, len));
	assert_non_null(strstr(err.text, sentence));
}

/* ---- packed ---- */

/* As a file of its own. */
static size_t pack(int (*filter)(struct archive *), const void *data, size_t len, uint8_t *ret,
		   size_t cap)
{
	struct archive *a = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	size_t used = 0;

	assert_int_equal(filter(a), ARCHIVE_OK);
	archive_write_set_format_raw(a);
	archive_write_set_bytes_in_last_block(a, 1);
	assert_int_equal(archive_write_open_memory(a, ret, cap, &used), ARCHIVE_OK);
	archive_entry_set_filetype(entry, AE_IFREG);
	assert_int_equal(archive_write_header(a, entry), ARCHIVE_OK);
	assert_int_equal(archive_write_data(a, data, len), (la_ssize_t)len);
	archive_entry_free(entry);
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
	return used;
}

/* Not as a shorter one. */
static void is_damaged(const uint8_t *bytes, size_t len)
{
	_cleanup_(trace_freep) struct trace *t = open_bytes(bytes, len);
	const char *letters = t ? letters_of(t) : "!";

	if (letters[strlen(letters) - 1] != '!')
		fail_msg("%zu bytes are '%s'", len, letters);
	assert_non_null(strstr(err.text, "'x' is packed, and cannot be unpacked: "));
}

static void are_noticed(uint8_t *bytes, size_t len, bool has_sum)
{
	for (size_t cut = 1; cut <= 16; cut++)
		is_damaged(bytes, len - cut);
	for (size_t back = 3; has_sum && back <= 10; back++) {
		bytes[len - back] ^= 0x10;
		is_damaged(bytes, len);
		bytes[len - back] ^= 0x10;
	}
}

static const char *letters_of_packed(const uint8_t *bytes, size_t len)
{
	_cleanup_(trace_freep) struct trace *t = open_bytes(bytes, len);

	return letters_of(t);
}

static void a_packed_file_that_is_not_whole_is_never_a_shorter_one(void **state)
{
	static int (*const filters[])(struct archive *) = {
		archive_write_add_filter_gzip,	archive_write_add_filter_xz,
		archive_write_add_filter_bzip2, archive_write_add_filter_lz4,
		archive_write_add_filter_zstd, /* which has no checksum here */
	};
	static const char first[] = "0.1 a.de A\n0.2 b.de A\n", second[] = "0.3 c.de A\n";
	uint8_t bytes[4096];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
		size_t len = pack(filters[i], first, strlen(first), bytes, sizeof(bytes)), more;

		assert_string_equal(letters_of_packed(bytes, len), "ab");
		are_noticed(bytes, len, i < 4);
		more = pack(filters[i], second, strlen(second), bytes + len, sizeof(bytes) - len);
		assert_string_equal(letters_of_packed(bytes, len + more), "abc");
		bytes[len] ^= 0x10;
		is_damaged(bytes, len + more);
	}
}

/* "0.1 a.de A" and "0.2 b.de A", as zstd writes them. */
static void a_checksum_of_zstd_is_looked_at(void **state)
{
	uint8_t bytes[] = {
		0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x16, 0xb1, 0x00, 0x00, 0x30, 0x2e, 0x31,
		0x20, 0x61, 0x2e, 0x64, 0x65, 0x20, 0x41, 0x0a, 0x30, 0x2e, 0x32, 0x20,
		0x62, 0x2e, 0x64, 0x65, 0x20, 0x41, 0x0a, 0xd1, 0xbd, 0xbb, 0xdc,
	};

	(void)state;
	assert_string_equal(letters_of_packed(bytes, sizeof(bytes)), "ab");
	are_noticed(bytes, sizeof(bytes), true);
}

/* ---- logs ---- */

static const char log_of_queries[] =
	"05-May-2026 12:00:00.250 queries: info: client @0x7f1 192.0.2.1#5300 (www.x.de): query: "
	"www.x.de IN A +E(0)DC (198.18.0.1)\n"
	"05-May-2026 12:00:00.300 general: info: zone x/IN: loaded serial 1\n"
	"2026-05-05T12:00:01.000Z client @0x7f2 2001:db8::1#5301 (y.de): view v: query: y.de IN "
	"AAAA "
	"-T (198.18.0.1)\n";

static const char log_of_replies[] =
	"[1777982400] unbound[7:0] info: 192.0.2.1 www.x.de. A IN NOERROR 0.000000 1 42\n"
	"[1777982401] unbound[7:0] info: generate keytag query _ta-4f66. NULL IN\n"
	"[1777982402.5] unbound[7:0] reply: 192.0.2.2 gone.x.de. MX IN NXDOMAIN 0.000000 0 27\n";

/* A log begins when its resolver does. */
static void a_log_may_begin_with_something_else(void **state)
{
	static const char *const first[] = {
		"05-May-2026 11:59:00.000 starting BIND 9.18\n",
		"[1777982340] unbound[3:0] notice: init module 0: validator\n",
		"May 05 11:59:00 unbound[3:0] notice: init\n",
		"2026-05-05T11:59:00.000Z host named[7]: starting\n",
		"2026-05-05T11:59:00.000Z general: info: running\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(first); i++) {
		char text[1024];

		snprintf(text, sizeof(text), "%s%s", first[i], log_of_queries);
		assert_string_equal(letters_of_text(text), "wy");
	}
}

static void logs_of_resolvers_tell_who_asked_what(void **state)
{
	_cleanup_(trace_freep) struct trace *t = open_bytes(log_of_queries, strlen(log_of_queries));
	struct trace_query q;
	char note[NOTE_LEN] = "";

	(void)state;
	assert_int_equal(trace_next(t, &q, &err), 1);
	assert_int_equal(q.at, 1777982400 * SECOND + 250 * MSEC);
	assert_memory_equal(q.client.bytes, "\300\0\2\1", 4);
	assert_memory_equal(q.qname, "\3www\1x\2de", 10);
	assert_true(q.qtype == 1 && q.rd && q.edns && q.dnssec_ok && q.cd && !q.tcp);
	assert_int_equal(trace_next(t, &q, &err), 1);
	assert_true(q.client.family == 6 && q.qtype == 28 && !q.rd && q.tcp && !q.edns);
	assert_int_equal(trace_next(t, &q, &err), 0);
	trace_note(t, note);
	assert_string_equal(note,
			    "1 of 3 packets were not DNS queries (1 are other lines of the log)");
}

static void logs_of_replies_tell_what_came_of_it(void **state)
{
	_cleanup_(trace_freep) struct trace *t = open_bytes(log_of_replies, strlen(log_of_replies));
	struct trace_query q;

	(void)state;
	assert_int_equal(trace_next(t, &q, &err), 1);
	assert_int_equal(q.mark, MARK_NOERROR);
	assert_int_equal(trace_next(t, &q, &err), 1);
	assert_int_equal(q.at, 1777982402 * SECOND + 500 * MSEC);
	assert_true(q.mark == MARK_NXDOMAIN && q.qtype == 15);
	assert_int_equal(trace_next(t, &q, &err), 0);
}

/* Both of each question, and only what nothing was asked about before. */
static const char log_of_both[] =
	"[1777982400.5] unbound[7:0] info: 192.0.2.1 early.x.de. A IN NXDOMAIN 0.250000 0 27\n"
	"[1777982400] unbound[7:0] info: 192.0.2.1 www.x.de. A IN\n"
	"[1777982401] unbound[7:0] info: 192.0.2.1 www.x.de. A IN SERVFAIL 1.000000 0 27\n";

static void a_reply_is_no_second_question(void **state)
{
	_cleanup_(trace_freep) struct trace *t = open_bytes(log_of_both, strlen(log_of_both));
	struct trace_query q;
	char note[NOTE_LEN] = "";

	(void)state;
	trace_want_answers(t);
	assert_int_equal(trace_next(t, &q, &err), 1);
	assert_int_equal(q.at, 1777982400 * SECOND + 250 * MSEC);
	assert_int_equal(q.mark, MARK_NXDOMAIN);
	assert_int_equal(trace_next(t, &q, &err), 1);
	assert_int_equal(q.mark, MARK_NONE);
	assert_int_equal(trace_next(t, &q, &err), TRACE_MARK);
	assert_int_equal(q.mark, MARK_SERVFAIL);
	assert_int_equal(trace_next(t, &q, &err), 0);
	trace_note(t, note);
	assert_non_null(strstr(note, "(1 are replies to queries that the log has, too)"));
	assert_int_equal(trace_counts(t).queries, 2);
}

/* A day that exists in some years alone, and a year that begins. */
static const char log_of_syslog[] =
	"Feb 29 12:00:00 host named[7]: client @0x7f1 192.0.2.1#5300 (a.de): query: a.de IN A + "
	"(198.18.0.1)\n"
	"Dec 31 23:59:59 host unbound[7]: [7:0] info: 192.0.2.1 b.de. A IN\n"
	"Jan  1 00:00:01 host unbound[7]: [7:0] info: 192.0.2.1 c.de. A IN\n";

static const char log_of_zones[] =
	"2026-05-05T14:00:00.250+02:00 host unbound[7]: [7:0] info: 192.0.2.1 a.de. A IN\n"
	"2026-05-05T12:00:00.500Z host unbound[7]: [7:0] info: 192.0.2.1 b.de. A IN\n"
	"2026-05-05T07:30:00,750-0430 host unbound[7]: [7:0] info: 192.0.2.1 c.de. A IN\n";

static void times_of_syslog_go_on_over_years_and_zones(void **state)
{
	_cleanup_(trace_freep) struct trace *t = open_bytes(log_of_syslog, strlen(log_of_syslog));
	_cleanup_(trace_freep) struct trace *u = open_bytes(log_of_zones, strlen(log_of_zones));
	struct trace_query q;

	(void)state;
	assert_int_equal(trace_next(t, &q, &err), 1);
	assert_int_equal(q.at, 951825600 * SECOND);
	assert_int_equal(trace_next(t, &q, &err), 1);
	assert_int_equal(q.at, 978307199 * SECOND);
	assert_int_equal(trace_next(t, &q, &err), 1);
	assert_int_equal(q.at, 978307201 * SECOND);
	for (int i = 1; i <= 3; i++) {
		assert_int_equal(trace_next(u, &q, &err), 1);
		assert_int_equal(q.at, 1777982400 * SECOND + i * 250 * MSEC);
	}
}

/* ---- dnstap ---- */

static fstrm_res keep_bytes(void *obj, const struct iovec *iov, int count)
{
	(void)obj;
	for (int i = 0; i < count; i++)
		buf_put(&file, iov[i].iov_base, iov[i].iov_len);
	return fstrm_res_success;
}

static fstrm_res no_work(void *obj)
{
	(void)obj;
	return fstrm_res_success;
}

static void add_tap(struct fstrm_writer *w, Dnstap__Message__Type type, char label)
{
	Dnstap__Message m = DNSTAP__MESSAGE__INIT;
	Dnstap__Dnstap d = DNSTAP__DNSTAP__INIT;
	uint8_t address[4] = { 192, 0, 2, 1 }, query[64], bytes[512];
	struct buf b = buf_over(query, sizeof(query));

	put_query(&b, label, false);
	if (type == DNSTAP__MESSAGE__TYPE__CLIENT_RESPONSE)
		query[2] |= 0x80;
	m.type = type;
	m.has_query_address = true;
	m.query_address = (ProtobufCBinaryData){ 4, address };
	m.query_time_sec = m.response_time_sec = 1000;
	m.has_query_time_sec = m.has_response_time_sec = true;
	m.has_query_message = type != DNSTAP__MESSAGE__TYPE__CLIENT_RESPONSE;
	m.has_response_message = !m.has_query_message;
	m.query_message = m.response_message = (ProtobufCBinaryData){ b.len, query };
	d.type = DNSTAP__DNSTAP__TYPE__MESSAGE;
	d.message = &m;
	assert_int_equal(fstrm_writer_write(w, bytes, dnstap__dnstap__pack(&d, bytes)),
			 fstrm_res_success);
}

static void write_tap(const char *content)
{
	struct fstrm_writer_options *o = fstrm_writer_options_init();
	struct fstrm_rdwr *rdwr = fstrm_rdwr_init(NULL);
	struct fstrm_writer *w;

	file.len = 0;
	fstrm_writer_options_add_content_type(o, content, strlen(content));
	fstrm_rdwr_set_open(rdwr, no_work);
	fstrm_rdwr_set_close(rdwr, no_work);
	fstrm_rdwr_set_write(rdwr, keep_bytes);
	w = fstrm_writer_init(o, &rdwr);
	assert_int_equal(fstrm_writer_open(w), fstrm_res_success);
	add_tap(w, DNSTAP__MESSAGE__TYPE__CLIENT_QUERY, 'a');
	add_tap(w, DNSTAP__MESSAGE__TYPE__RESOLVER_QUERY, 'b');
	add_tap(w, DNSTAP__MESSAGE__TYPE__CLIENT_RESPONSE, 'a');
	add_tap(w, DNSTAP__MESSAGE__TYPE__AUTH_QUERY, 'c');
	fstrm_writer_close(w);
	fstrm_writer_destroy(&w);
	fstrm_writer_options_destroy(&o);
}

static void queries_of_dnstap_are_those_of_clients(void **state)
{
	_cleanup_(trace_freep) struct trace *t = NULL;
	char note[NOTE_LEN] = "";
	struct trace_query q;
	size_t len;

	(void)state;
	write_tap("protobuf:dnstap.Dnstap");
	t = open_bytes(file.data, file.len);
	assert_non_null(t);
	assert_int_equal(trace_next(t, &q, &err), 1);
	assert_int_equal(q.at, 1000 * SECOND);
	assert_memory_equal(q.client.bytes, "\300\0\2\1", 4);
	assert_int_equal(q.qname[1], 'a');
	trace_want_answers(t);
	assert_int_equal(trace_next(t, &q, &err), TRACE_ANSWER);
	assert_non_null(trace_answer(t, &len));
	assert_int_equal(trace_next(t, &q, &err), 1);
	assert_int_equal(q.qname[1], 'c');
	assert_int_equal(trace_next(t, &q, &err), 0);
	trace_note(t, note);
	assert_string_equal(note, "1 of 4 packets were not DNS queries (1 are what a resolver "
				  "asked itself: messages = "
				  "\"resolver\" reads those)");
	assert_false(trace_counts(t).cut);
}

static void queries_of_dnstap_may_be_those_of_resolvers(void **state)
{
	_cleanup_(trace_freep) struct trace *t = NULL;
	char note[NOTE_LEN] = "";
	struct trace_query q;

	(void)state;
	write_tap("protobuf:dnstap.Dnstap");
	t = open_bytes(file.data, file.len);
	assert_non_null(t);
	assert_int_equal(trace_want_own(t, &err), 0);
	assert_int_equal(trace_next(t, &q, &err), 1);
	assert_int_equal(q.qname[1], 'b');
	assert_true(q.rd);
	assert_int_equal(trace_next(t, &q, &err), 0);
	trace_note(t, note);
	assert_non_null(
		strstr(note, "2 are what clients asked: messages = \"client\" reads those"));
	trace_free(t);
	t = open_bytes("a.de A\n", 7);
	assert_int_equal(trace_want_own(t, &err), -EINVAL);
	assert_non_null(strstr(err.text, "'x' is no dnstap"));
}

static void streams_of_dnstap_stand_behind_each_other(void **state)
{
	size_t len;

	(void)state;
	write_tap("protobuf:dnstap.Dnstap");
	len = file.len;
	memcpy(space + len, space, len);
	file.len = 2 * len;
	assert_string_equal(letters_of_capture(), "acac");
	space[len + 8] ^= 1; /* it is no beginning */
	assert_string_equal(letters_of_capture(), "ac!");
	assert_non_null(strstr(err.text, "what follows the end of its stream is no dnstap"));
}

/* Its stream tells its end, and what stands behind is read all the same. */
static void dnstap_that_is_packed_is_looked_at_to_its_end(void **state)
{
	uint8_t bytes[4096];
	size_t len;

	(void)state;
	write_tap("protobuf:dnstap.Dnstap");
	len = pack(archive_write_add_filter_gzip, file.data, file.len, bytes, sizeof(bytes));
	assert_string_equal(letters_of_packed(bytes, len), "ac");
	are_noticed(bytes, len, true);
}

static void dnstap_that_ends_early_is_cut_and_other_streams_are_refused(void **state)
{
	(void)state;
	write_tap("protobuf:dnstap.Dnstap");
	for (size_t len = file.len - 1; len > 60; len -= 7) {
		_cleanup_(trace_freep) struct trace *t = open_bytes(file.data, len);
		struct trace_query q;

		assert_non_null(t);
		while (trace_next(t, &q, &err) > 0)
			;
		assert_true(trace_counts(t).cut);
	}
	write_tap("text:poems");
	refused(file.data, file.len, "no sound ones of protobuf:dnstap.Dnstap");
}

static void a_foreign_file_is_refused_with_one_sentence(void **state)
{
	struct trace *t;

	(void)state;
	refused("\x7f"
		"ELF\2\1\1\0\0\0",
		10, "'x' is neither a capture");
	refused("\x1f\x8b\x08\0\0\0", 6, "'x' is packed, and cannot be unpacked");
	refused("\xd4\xc3\xb2\xa1\2\0", 6, "no sound beginning");
	begin_capture(105);
	refused(file.data, file.len, "IEEE802_11");
	assert_int_equal(trace_open("/nonexistent", 1, &t, &err), -ENOENT);
	assert_string_equal(err.text, "cannot open '/nonexistent': No such file or directory");
	assert_int_equal(trace_open("/", 1, &t, &err), -EISDIR);
	assert_int_equal(trace_open("/dev/null", 1, &t, &err), -EINVAL);
	assert_string_equal(err.text, "'/dev/null' is empty");
}

static void text_without_times_is_spread_by_the_rate(void **state)
{
	const char *text = "# dnsperf\n\nExample.DE a\n; more\nb.de TYPE65 ; why not\nc. aaaa";
	_cleanup_(trace_freep) struct trace *t = open_bytes(text, strlen(text));
	struct trace_query q;

	(void)state;
	assert_true(trace_is_text(t));
	assert_int_equal(trace_next(t, &q, &err), 1);
	assert_int_equal(q.at, 0);
	assert_int_equal(q.client.family, 0);
	assert_true(name_equal(q.qname, (const uint8_t *)"\7example\2de"));
	assert_int_equal(q.qtype, RR_A);
	assert_int_equal(trace_next(t, &q, &err), 1);
	assert_int_equal(q.at, 100 * MSEC);
	assert_int_equal(q.qtype, 65);
	assert_int_equal(trace_next(t, &q, &err), 1);
	assert_int_equal(q.qtype, RR_AAAA);
	assert_int_equal(trace_next(t, &q, &err), 0);
}

static void text_with_times_keeps_them(void **state)
{
	static const simtime want[] = { 500 * MSEC, 1777900000 * SECOND + 123456789,
					1777923000 * SECOND + 250 * MSEC };
	const char *text =
		"0.5 a.de A\n1777900000.1234567891 b.de MX\n2026-05-04T19:30:00.25Z c.de NS\n";
	_cleanup_(trace_freep) struct trace *t = open_bytes(text, strlen(text));
	struct trace_query q;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(trace_next(t, &q, &err), 1);
		assert_int_equal(q.at, want[i]);
	}
	assert_int_equal(trace_next(t, &q, &err), 0);
}

static void a_wrong_line_is_named_by_file_and_line(void **state)
{
	static const char *const wrong[][2] = {
		{ "a.de A\n\nb.de BOGUS\n", "x:3: 'BOGUS' is no type" },
		{ "a.de A\nb.de\n", "x:2: 'b.de' does not begin a line of name and type" },
		{ "a.de A\n1 b.de A\n", "x:2: '1' does not begin a line of name and type" },
		{ "1 a.de A\nb.de A\n",
		  "x:2: 'b.de' does not begin a line of time, name and type" },
		{ "1 a.de A\n0.5 b.de A\n", "x:2: '0.5' is earlier than the line before" },
		{ "1 a.de A\n9999-01-01T00:00Z b.de A\n", "x:2: '9999-01-01T00:00Z' is no time" },
		{ "1 a.de A\n99999999999 b.de A\n", "x:2: '99999999999' is no time" },
		{ "1 a.de A\nnow b.de A\n", "x:2: 'now' is no time" },
		{ "a.de A\nb..de A\n", "x:2: " },
		{ "a.de A\nb.de TYPE65536\n", "x:2: 'TYPE65536' is no type" },
		{ "a b c d\n", "x:1: " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		const char *letters = letters_of_text(wrong[i][0]);

		assert_int_equal(letters[strlen(letters) - 1], '!');
		assert_int_equal(strncmp(err.text, wrong[i][1], strlen(wrong[i][1])), 0);
	}
}

static void lines_without_a_time_need_a_rate(void **state)
{
	_cleanup_(trace_freep) struct trace *t = NULL;
	struct trace_query q;

	(void)state;
	assert_int_equal(trace_open_file(fmemopen((void *)"a.de A", 6, "r"), "x", 0, &t, &err), 0);
	assert_int_equal(trace_next(t, &q, &err), -EINVAL);
	assert_non_null(strstr(err.text, "no rate"));
}

/* What tshark says of a capture; skips without it. */
static long tshark_count(const char *path, const char *filter)
{
	char command[512], line[4096];
	long n = 0;
	FILE *out;

	snprintf(command, sizeof(command), "tshark -r %s -Y '%s' 2>/dev/null", path, filter);
	out = popen(command, "r");
	assert_non_null(out);
	while (fgets(line, sizeof(line), out))
		n++;
	if (pclose(out))
		lacking("tshark or %s is missing", path);
	return n;
}

static void real_captures_hold_as_many_queries_as_tshark_says(void **state)
{
	static const char *const paths[] = { DATA "dns.pcap", DATA "1qtcp.pcap" };
	static const char *const filter =
		"dns.flags.response==0 && (udp.dstport==53 || tcp.dstport==53)";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		long want = tshark_count(paths[i], filter);
		_cleanup_(trace_freep) struct trace *t = NULL;
		struct trace_query q;

		assert_true(want > 0);
		assert_int_equal(trace_open(paths[i], 1, &t, &err), 0);
		while (trace_next(t, &q, &err) == 1)
			;
		assert_int_equal(trace_counts(t).queries, want);
		assert_int_equal(trace_counts(t).packets, tshark_count(paths[i], "frame"));
		assert_false(trace_counts(t).cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_udp_query_is_read_with_time_client_and_flags),
		cmocka_unit_test(every_link_layer_leads_to_the_query),
		cmocka_unit_test(ipv6_extension_headers_are_skipped_and_half_a_packet_is_not_read),
		cmocka_unit_test(fragments_in_any_order_are_put_together),
		cmocka_unit_test(fragments_that_overlap_are_forgotten),
		cmocka_unit_test(fragments_that_wait_are_bounded),
		cmocka_unit_test(what_is_no_query_is_skipped_and_counted),
		cmocka_unit_test(a_stream_is_cut_into_its_messages),
		cmocka_unit_test(segments_in_any_order_twice_and_overlapping_are_one_stream),
		cmocka_unit_test(a_stream_from_the_middle_is_taken_up_again_after_rubbish),
		cmocka_unit_test(a_hole_that_does_not_close_is_jumped_over),
		cmocka_unit_test(a_new_connection_on_the_same_ports_begins_anew),
		cmocka_unit_test(ten_thousand_open_streams_are_forgotten_and_not_kept),
		cmocka_unit_test(a_capture_that_ends_within_a_packet_is_cut),
		cmocka_unit_test(a_packed_file_that_is_not_whole_is_never_a_shorter_one),
		cmocka_unit_test(a_checksum_of_zstd_is_looked_at),
		cmocka_unit_test(a_log_may_begin_with_something_else),
		cmocka_unit_test(logs_of_resolvers_tell_who_asked_what),
		cmocka_unit_test(logs_of_replies_tell_what_came_of_it),
		cmocka_unit_test(a_reply_is_no_second_question),
		cmocka_unit_test(times_of_syslog_go_on_over_years_and_zones),
		cmocka_unit_test(queries_of_dnstap_are_those_of_clients),
		cmocka_unit_test(queries_of_dnstap_may_be_those_of_resolvers),
		cmocka_unit_test(streams_of_dnstap_stand_behind_each_other),
		cmocka_unit_test(dnstap_that_is_packed_is_looked_at_to_its_end),
		cmocka_unit_test(dnstap_that_ends_early_is_cut_and_other_streams_are_refused),
		cmocka_unit_test(a_foreign_file_is_refused_with_one_sentence),
		cmocka_unit_test(text_without_times_is_spread_by_the_rate),
		cmocka_unit_test(text_with_times_keeps_them),
		cmocka_unit_test(a_wrong_line_is_named_by_file_and_line),
		cmocka_unit_test(lines_without_a_time_need_a_rate),
		cmocka_unit_test(real_captures_hold_as_many_queries_as_tshark_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
