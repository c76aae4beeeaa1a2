/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/record_pcap.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/buf.h"
#include "sim/base/rng.h"
#include "sim/record/record_file.h"

#define SNAPLEN 262144
#define SEGMENT_MAX 1400 /* bytes of a message in one TCP segment */
#define FLOWS 4096 /* power of two */

/* One direction of a TCP connection. Two that fall on the same place take it from each other: the
 * loser's numbers start again, as a capture with a gap would show them. */
struct flow {
	uint64_t key;
	uint32_t next; /* sequence number of its next byte */
};

/* A packet that waits for those before it; its `at` is when it stands on the wire. */
struct waiting {
	struct packet packet;
	uint64_t number; /* in the order they came */
	uint8_t data[];
};

struct record_pcap {
	char name[32];
	struct waiting **waiting;
	size_t waiting_count, waiting_room;
	uint64_t numbers;
	FILE *file;
	pcap_t *format;
	pcap_dumper_t *dumper;
	uint16_t ip_id;
	struct flow flows[FLOWS];
	int error;
};

int record_pcap_open(const char *folder, const char *name, struct record_pcap **ret, struct err *e)
{
	struct record_pcap *p = calloc(1, sizeof(*p));
	char path[4096 + 64];
	int r;

	if (!p)
		return err_set(e, -ENOMEM, "no memory for '%s'", name);
	snprintf(p->name, sizeof(p->name), "%s", name);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	p->file = fopen(path, "wxe");
	if (!p->file) {
		int error = -errno;

		record_pcap_free(p);
		return record_file_error(error, path, e);
	}
	p->format =
		pcap_open_dead_with_tstamp_precision(DLT_RAW, SNAPLEN, PCAP_TSTAMP_PRECISION_NANO);
	p->dumper = p->format ? pcap_dump_fopen(p->format, p->file) : NULL;
	if (!p->dumper) {
		record_pcap_free(p);
		return err_set(e, -ENOMEM, "no memory for '%s'", name);
	}
	/* Whoever ends us now leaves an empty capture, and not a broken one. */
	r = record_pcap_flush(p, INT64_MIN, e);
	if (r < 0)
		record_pcap_free(p);
	else
		*ret = p;
	return r;
}

static uint32_t sum_words(const uint8_t *p, size_t len, uint32_t sum)
{
	for (; len > 1; p += 2, len -= 2)
		sum += get16(p);
	return len ? sum + (uint32_t)(*p << 8) : sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void put_ip(struct record_pcap *p, struct buf *b, const struct packet *packet,
		   uint8_t protocol, size_t payload)
{
	size_t start = b->len;

	if (packet->from.address.family == 4) {
		buf_u16(b, 0x4500);
		buf_u16(b, (uint16_t)(20 + payload));
		buf_u16(b, p->ip_id++);
		buf_u16(b, 0x4000); /* don't fragment */
		buf_u8(b, 64);
		buf_u8(b, protocol);
		buf_u16(b, 0);
	} else {
		buf_u32(b, 0x60000000);
		buf_u16(b, (uint16_t)payload);
		buf_u8(b, protocol);
		buf_u8(b, 64);
	}
	buf_put(b, packet->from.address.bytes, address_len(&packet->from.address));
	buf_put(b, packet->to.address.bytes, address_len(&packet->to.address));
	if (packet->from.address.family == 4)
		buf_patch16(b, start + 10, fold(sum_words(b->data + start, 20, 0)));
}

/* The checksum of UDP and TCP, over a pseudo header too: RFC 768, RFC 9293 section 3.1, RFC 8200
 * section 8.1. */
static uint16_t checksum(const struct packet *packet, uint8_t protocol, const uint8_t *data,
			 size_t len)
{
	size_t size = address_len(&packet->from.address);
	uint32_t sum = protocol + (uint32_t)len;

	sum = sum_words(packet->from.address.bytes, size, sum);
	sum = sum_words(packet->to.address.bytes, size, sum);
	return fold(sum_words(data, len, sum));
}

static void dump(struct record_pcap *p, simtime at, const struct buf *b)
{
	int64_t seconds = simtime_seconds(at);
	struct pcap_pkthdr header = {
		.ts = { .tv_sec = seconds, .tv_usec = at - seconds * SECOND },
		.caplen = (bpf_u_int32)b->len,
		.len = (bpf_u_int32)b->len,
	};

	if (p->error)
		return;
	pcap_dump((u_char *)p->dumper, &header, b->data);
	if (ferror(p->file))
		p->error = errno ? -errno : -EIO;
}

static void put_datagram(struct record_pcap *p, const struct packet *packet)
{
	uint8_t room[40 + 65535];
	struct buf b = buf_over(room, sizeof(room));
	size_t len = 8 + packet->len, start;
	uint16_t sum;

	if (len + 20 > 65535)
		return;
	put_ip(p, &b, packet, IPPROTO_UDP, len);
	start = b.len;
	buf_u16(&b, packet->from.port);
	buf_u16(&b, packet->to.port);
	buf_u16(&b, (uint16_t)len);
	buf_u16(&b, 0);
	buf_put(&b, packet->data, packet->len);
	sum = checksum(packet, IPPROTO_UDP, room + start, len);
	buf_patch16(&b, start + 6, sum ? sum : 0xffff); /* 0 says that there is none */
	dump(p, packet->at, &b);
}

/* The state of one direction; a connection that is new here begins anywhere, but always at the
 * same place. */
static struct flow *flow_of(struct record_pcap *p, const struct endpoint *from,
			    const struct endpoint *to)
{
	uint64_t key = rng_hash(from->port, from->address.bytes, address_len(&from->address));
	struct flow *f;

	key = rng_hash(key + to->port, to->address.bytes, address_len(&to->address));
	f = &p->flows[key & (FLOWS - 1)];
	if (f->key != key)
		*f = (struct flow){ .key = key, .next = (uint32_t)(key >> 32) };
	return f;
}

static void put_segment(struct record_pcap *p, const struct packet *packet, uint32_t seq,
			uint32_t ack, const uint8_t *data, size_t len)
{
	uint8_t room[40 + 20 + SEGMENT_MAX];
	struct buf b = buf_over(room, sizeof(room));
	size_t start;

	put_ip(p, &b, packet, IPPROTO_TCP, 20 + len);
	start = b.len;
	buf_u16(&b, packet->from.port);
	buf_u16(&b, packet->to.port);
	buf_u32(&b, seq);
	buf_u32(&b, ack);
	buf_u16(&b, 0x5018); /* 20 bytes of header, ACK and PSH */
	buf_u16(&b, 0xffff);
	buf_u32(&b, 0);
	buf_put(&b, data, len);
	buf_patch16(&b, start + 16, checksum(packet, IPPROTO_TCP, room + start, 20 + len));
	dump(p, packet->at, &b);
}

static void put_stream(struct record_pcap *p, const struct packet *packet)
{
	uint8_t stream[2 + 65535];
	size_t len = 2 + packet->len;
	uint32_t ack = flow_of(p, &packet->to, &packet->from)->next;
	struct flow *f = flow_of(p, &packet->from, &packet->to);

	if (packet->len > 65535)
		return;
	put16(stream, (uint16_t)packet->len);
	memcpy(stream + 2, packet->data, packet->len);
	for (size_t at = 0; at < len; at += SEGMENT_MAX) {
		size_t part = len - at < SEGMENT_MAX ? len - at : SEGMENT_MAX;

		put_segment(p, packet, f->next, ack, stream + at, part);
		f->next += (uint32_t)part;
	}
}

/* Room for one more; false when there is no memory. */
static bool make_room(struct record_pcap *p)
{
	size_t room = p->waiting_room ? 2 * p->waiting_room : 1024;
	struct waiting **more;

	if (p->waiting_count < p->waiting_room)
		return true;
	more = realloc(p->waiting, room * sizeof(struct waiting *));
	if (!more)
		return false;
	p->waiting = more;
	p->waiting_room = room;
	return true;
}

void record_pcap_put(struct record_pcap *p, const struct packet *packet, simtime at)
{
	struct waiting *w;

	if (packet->from.address.family != packet->to.address.family ||
	    (packet->from.address.family != 4 && packet->from.address.family != 6))
		return;
	w = make_room(p) ? malloc(sizeof(*w) + packet->len) : NULL;
	if (!w) {
		p->error = -ENOMEM;
		return;
	}
	memcpy(w->data, packet->data, packet->len);
	w->packet = *packet;
	w->packet.at = at;
	w->packet.data = w->data;
	w->number = p->numbers++;
	p->waiting[p->waiting_count++] = w;
}

static int by_instant(const void *a, const void *b)
{
	const struct waiting *x = *(struct waiting *const *)a, *y = *(struct waiting *const *)b;

	if (x->packet.at != y->packet.at)
		return x->packet.at < y->packet.at ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static void write_until(struct record_pcap *p, simtime until)
{
	size_t n = 0;

	if (!p->waiting_count)
		return;
	qsort(p->waiting, p->waiting_count, sizeof(struct waiting *), by_instant);
	for (; n < p->waiting_count && p->waiting[n]->packet.at <= until; n++) {
		if (p->waiting[n]->packet.tcp)
			put_stream(p, &p->waiting[n]->packet);
		else
			put_datagram(p, &p->waiting[n]->packet);
		free(p->waiting[n]);
	}
	p->waiting_count -= n;
	memmove(p->waiting, p->waiting + n, p->waiting_count * sizeof(struct waiting *));
}

int record_pcap_flush(struct record_pcap *p, simtime until, struct err *e)
{
	write_until(p, until);
	if (!p->error && pcap_dump_flush(p->dumper) < 0)
		p->error = errno ? -errno : -EIO;
	return p->error ? record_file_error(p->error, p->name, e) : 0;
}

void record_pcap_free(struct record_pcap *p)
{
	if (!p)
		return;
	if (p->dumper)
		pcap_dump_close(p->dumper); /* closes the file too */
	else if (p->file)
		fclose(p->file);
	if (p->format)
		pcap_close(p->format);
	for (size_t i = 0; i < p->waiting_count; i++)
		free(p->waiting[i]);
	free(p->waiting);
	free(p);
}
