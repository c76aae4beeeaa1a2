/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/capture.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <string.h>

#include "harness/clients/fragment.h"
#include "harness/clients/stream.h"
#include "harness/clients/unpack.h"

#define DNS_PORT 53
#define SECONDS_MAX 9000000000 /* what a simtime can hold, with room to spare */

struct capture {
	char *name;
	char *damage; /* UNPACK_WHY: of a packed file; NULL: it is not looked for here */
	enum capture_ports ports;
	uint16_t port[CAPTURE_PORTS_MAX];
	unsigned port_count;
	uint32_t *others; /* frames by each other port; NULL: none yet */
	struct capture_counts counts;
	pcap_t *pcap;
	int link;
	struct stream *stream;
	struct fragments *fragments;
	struct capture_message segment; /* what the messages of this TCP segment have in common */
};

void capture_free(struct capture *c)
{
	if (!c)
		return;
	if (c->pcap)
		pcap_close(c->pcap);
	stream_free(c->stream);
	fragments_free(c->fragments);
	free(c->others);
	free(c->damage);
	free(c->name);
	free(c);
}

void capture_want_both(struct capture *c)
{
	c->ports = CAPTURE_BOTH;
}

struct capture_counts capture_counts(const struct capture *c)
{
	struct capture_counts ret = c->counts;

	ret.fragments = fragments_lost(c->fragments);
	ret.skipped = ret.other_protocols + ret.fragments + ret.other_ports;
	for (unsigned i = 0; c->others && i <= UINT16_MAX; i++)
		if (c->others[i] > ret.busiest_frames) {
			ret.busiest = (uint16_t)i;
			ret.busiest_frames = c->others[i];
		}
	return ret;
}

void capture_use_ports(struct capture *c, const uint16_t *ports, unsigned count)
{
	memcpy(c->port, ports, count * sizeof(*ports));
	c->port_count = count;
}

struct magic {
	uint8_t bytes[4];
	unsigned len;
};

static bool begins(const struct magic *known, size_t count, const uint8_t *head, size_t len)
{
	for (size_t i = 0; i < count; i++)
		if (len >= known[i].len && !memcmp(head, known[i].bytes, known[i].len))
			return true;
	return false;
}

bool capture_knows(const uint8_t *head, size_t len)
{
	static const struct magic known[] = {
		{ { 0xa1, 0xb2, 0xc3, 0xd4 }, 4 }, { { 0xd4, 0xc3, 0xb2, 0xa1 }, 4 },
		{ { 0xa1, 0xb2, 0x3c, 0x4d }, 4 }, /* nanoseconds */
		{ { 0x4d, 0x3c, 0xb2, 0xa1 }, 4 }, { { 0x0a, 0x0d, 0x0d, 0x0a }, 4 }, /* pcapng */
	};

	return begins(known, ARRAY_SIZE(known), head, len);
}

static int begin(struct capture *c, FILE **file, struct err *e)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	const char *link;

	c->pcap = pcap_fopen_offline_with_tstamp_precision(*file, PCAP_TSTAMP_PRECISION_NANO, why);
	if (!c->pcap)
		return err_set(e, -EINVAL, "'%s' is a capture, but has no sound beginning: %s",
			       c->name, why);
	*file = NULL; /* libpcap's from here on */
	c->link = pcap_datalink(c->pcap);
	link = pcap_datalink_val_to_name(c->link);
	if (!frame_knows(c->link))
		return err_set(e, -EINVAL,
			       "'%s' was captured from links of type %s (%d), which cannot be read",
			       c->name, link ? link : "unknown", c->link);
	c->stream = stream_new();
	c->fragments = fragments_new();
	return c->stream && c->fragments ? 0 : err_set(e, -ENOMEM, "no memory");
}

int capture_open_file(FILE *file, const char *name, enum capture_ports ports, struct capture **ret,
		      struct err *e)
{
	_cleanup_(fclosep) FILE *mine = file;
	_cleanup_(capture_freep) struct capture *c = calloc(1, sizeof(*c));
	int r;

	if (!c || !(c->name = strdup(name)))
		return err_set(e, -ENOMEM, "no memory");
	c->ports = ports;
	c->port[0] = DNS_PORT;
	c->port_count = 1;
	r = begin(c, &mine, e);
	if (r == 0)
		*ret = TAKE(c);
	return r;
}

int capture_open(const char *path, enum capture_ports ports, struct capture **ret, struct err *e)
{
	_cleanup_(freep) char *damage = calloc(1, UNPACK_WHY);
	_cleanup_(fclosep) FILE *file = NULL;
	FILE *raw = damage ? fopen(path, "re") : NULL;
	uint8_t head[16];
	size_t len;
	int r;

	if (!raw)
		return err_set(e, -errno, "cannot open '%s': %s", path, strerror(errno));
	r = unpack_file(raw, path, damage, &file, e);
	if (r)
		return r;
	len = fread(head, 1, sizeof(head), file);
	if (*damage)
		return unpack_err(e, path, damage);
	if (ferror(file))
		return err_set(e, -errno, "cannot read '%s': %s", path, strerror(errno));
	if (!len)
		return err_set(e, -EINVAL, "'%s' is empty", path);
	if (!capture_knows(head, len))
		return err_set(e, -EINVAL, "'%s' is no capture (pcap, pcapng)", path);
	if (fseek(file, 0, SEEK_SET))
		return err_set(e, -errno, "'%s' is no regular file: %s", path, strerror(errno));
	r = capture_open_file(TAKE(file), path, ports, ret, e);
	if (r == 0)
		(*ret)->damage = TAKE(damage);
	return r < 0 && *damage ? unpack_err(e, path, damage) : r;
}

static bool is_ours(const struct capture *c, uint16_t port)
{
	for (unsigned i = 0; i < c->port_count; i++)
		if (c->port[i] == port)
			return true;
	return false;
}

static bool is_wanted(const struct capture *c, const struct frame *f)
{
	return is_ours(c, f->to_port) || (c->ports == CAPTURE_BOTH && is_ours(c, f->from_port));
}

/* Most go to the port of a service: those of clients are many. */
static void note_other(struct capture *c, const struct frame *f)
{
	c->counts.other_ports++;
	if (!c->others)
		c->others = calloc(UINT16_MAX + 1, sizeof(*c->others));
	if (c->others && !is_ours(c, f->from_port))
		c->others[f->to_port]++;
}

/* 1: a frame, or with this one a packet is whole. 0: neither. */
static int read_frame(struct capture *c, const struct pcap_pkthdr *h, const uint8_t *bytes,
		      struct frame *ret)
{
	struct frame_fragment part;

	if (h->ts.tv_sec >= 0 && h->ts.tv_sec <= SECONDS_MAX && h->ts.tv_usec >= 0 &&
	    h->ts.tv_usec < SECOND) {
		if (frame_read(c->link, bytes, h->caplen, ret))
			return 1;
		if (h->caplen == h->len && frame_read_fragment(c->link, bytes, h->caplen, &part))
			return fragments_add(c->fragments, &part, ret);
	}
	c->counts.other_protocols++;
	return 0;
}

/* 1: `ret` is a message. 0: none in this frame, or it is for next_of_segment(). */
static int take_frame(struct capture *c, const struct pcap_pkthdr *h, const uint8_t *bytes,
		      struct capture_message *ret, struct err *e)
{
	struct frame f;
	int r = read_frame(c, h, bytes, &f);

	c->counts.frames++;
	if (r < 0)
		return err_set(e, r, "no memory");
	if (!r)
		return 0;
	if (!is_wanted(c, &f)) {
		note_other(c, &f);
		return 0;
	}
	*ret = (struct capture_message){
		.frame = c->counts.frames,
		.at = h->ts.tv_sec * SECOND + h->ts.tv_usec, /* nanoseconds, see begin() */
		.from = f.from,
		.to = f.to,
		.from_port = f.from_port,
		.to_port = f.to_port,
		.tcp = f.tcp,
		.in_part = h->caplen < h->len,
		.data = f.data,
		.len = f.len,
	};
	if (!f.tcp)
		return 1;
	c->segment = *ret;
	return stream_add(c->stream, &f) ? err_set(e, -ENOMEM, "no memory") : 0;
}

/* The next message of the TCP segment that was read last. */
static bool next_of_segment(struct capture *c, struct capture_message *ret)
{
	const uint8_t *data;
	size_t len;

	if (!stream_next(c->stream, &data, &len))
		return false;
	*ret = c->segment;
	ret->data = data;
	ret->len = len;
	return true;
}

#define BLOCK_INTERFACE 1
#define BLOCK_SECTION 0x0a0d0d0a
#define ORDER 0x1a2b3c4d

static uint32_t block_word(const uint8_t *p, bool swapped)
{
	uint32_t n;

	memcpy(&n, p, sizeof(n));
	return swapped ? __builtin_bswap32(n) : n;
}

/* Whether a pcapng file has interfaces of several link types: its blocks, each of a type, a length and
 * what belongs to it (draft-ietf-opsawg-pcapng section 3.1), looked through from the beginning. */
static bool has_other_link(struct capture *c)
{
	FILE *file = pcap_file(c->pcap);
	bool swapped = false, is_first = true;
	uint8_t head[12];
	uint16_t link = 0, type;

	if (fseek(file, 0, SEEK_SET))
		return false;
	while (fread(head, sizeof(head), 1, file) == 1) {
		uint32_t len;

		if (block_word(head, false) == BLOCK_SECTION)
			swapped = block_word(head + 8, false) != ORDER;
		len = block_word(head + 4, swapped);
		type = (uint16_t)(block_word(head + 8, swapped) >> (swapped ? 16 : 0));
		if (block_word(head, swapped) == BLOCK_INTERFACE) {
			if (!is_first && type != link)
				return true;
			is_first = false;
			link = type;
		}
		if (len < sizeof(head) || len % 4 ||
		    fseek(file, (long)len - (long)sizeof(head), SEEK_CUR))
			return false;
	}
	return false;
}

/* No more packets come, and that is not their end. */
static int break_off(struct capture *c, struct err *e)
{
	FILE *file = pcap_file(c->pcap);

	if (c->damage && *c->damage)
		return unpack_err(e, c->name, c->damage);
	if (feof(file)) {
		c->counts.cut = true;
		return 0;
	}
	if (!ferror(file) && has_other_link(c))
		return err_set(e, -EINVAL,
			       "'%s' has interfaces of two link types, which libpcap does not "
			       "read: write one file for each with editcap or tshark (-Y "
			       "'frame.interface_id == 0' -w FILE), and give them as a list",
			       c->name);
	return err_set(e, -EINVAL, "'%s' is damaged behind packet %llu: %s", c->name,
		       (unsigned long long)c->counts.frames, pcap_geterr(c->pcap));
}

int capture_next(struct capture *c, struct capture_message *ret, struct err *e)
{
	struct pcap_pkthdr *h;
	const uint8_t *bytes;
	int r = next_of_segment(c, ret);

	while (!r) {
		r = pcap_next_ex(c->pcap, &h, &bytes);
		if (r == PCAP_ERROR_BREAK)
			return 0;
		if (r < 0)
			return break_off(c, e);
		r = take_frame(c, h, bytes, ret, e);
		if (!r)
			r = next_of_segment(c, ret);
	}
	return r;
}
