/* SPDX-License-Identifier: BSD-2-Clause */
/* trace COUNT - writes a capture of so many queries to stdout, ten thousand a second: 10,000 clients ask for 20,000
 * names of de., some far more often than others. To be packed on its way: 100 million are 7.4 GB. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/buf.h"
#include "sim/base/rng.h"

#define RATE 10000
#define CLIENTS 10000
#define NAMES 20000
#define PCAP_MAGIC 0xa1b2c3d4
#define RAW_IP 101
#define START 1777982400 /* 2026-05-05T12:00Z */

static void put_head(struct buf *b)
{
	buf_u32(b, PCAP_MAGIC);
	buf_u32(b, 0x00020004);
	buf_u32(b, 0);
	buf_u32(b, 0);
	buf_u32(b, 262144);
	buf_u32(b, RAW_IP);
}

/* IPv4, UDP and DNS: one question with RD. */
static void put_packet(struct buf *b, uint64_t n)
{
	uint64_t client = rng_below(rng_of(1, n), CLIENTS);
	double place = rng_unit(rng_of(2, n));
	char label[16];
	uint16_t dns = 12 + 10 + 4 + 4;

	snprintf(label, sizeof(label), "\11d%08u", (unsigned)(place * place * place * NAMES));
	buf_u32(b, (uint32_t)(START + n / RATE));
	buf_u32(b, (uint32_t)(n % RATE * (1000000 / RATE)));
	buf_u32(b, 28u + dns);
	buf_u32(b, 28u + dns);
	buf_put(b, "\x45\0", 2);
	buf_u16(b, (uint16_t)(28 + dns));
	buf_put(b, "\0\0\0\0\x40\x11\0\0", 8);
	buf_u32(b, (uint32_t)(0xc6336400 - 0x10000 + client)); /* 198.50.100.0 and on */
	buf_u32(b, 0xc0000235); /* 192.0.2.53 */
	buf_u16(b, (uint16_t)(1024 + n % 60000));
	buf_u16(b, 53);
	buf_u16(b, (uint16_t)(8 + dns));
	buf_u16(b, 0);
	buf_u16(b, (uint16_t)n);
	buf_put(b, "\1\0\0\1\0\0\0\0\0\0", 10);
	buf_put(b, label, 10);
	buf_put(b, "\2de\0\0\1\0\1", 8);
}

int main(int argc, char **argv)
{
	uint64_t count = argc == 2 ? strtoull(argv[1], NULL, 10) : 0;
	uint8_t bytes[128];
	struct buf b = buf_over(bytes, sizeof(bytes));

	if (!count) {
		fprintf(stderr, "usage: trace COUNT >FILE\n");
		return 2;
	}
	put_head(&b);
	fwrite(b.data, 1, b.len, stdout);
	for (uint64_t n = 0; n < count; n++) {
		b = buf_over(bytes, sizeof(bytes));
		put_packet(&b, n);
		if (fwrite(b.data, 1, b.len, stdout) != b.len) {
			perror("trace");
			return 1;
		}
	}
	return 0;
}
