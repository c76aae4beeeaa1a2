/* SPDX-License-Identifier: BSD-2-Clause */
/* record_pcap.h - a capture of DNS messages as they would stand on the wire.
 *
 * libpcap's format with raw IP (LINKTYPE_RAW) and nanoseconds. With the virtual clock no kernel
 * ever saw these packets, so headers are made here: right lengths and checksums, TTL 64. A
 * message over TCP becomes one or more segments with its two bytes of length in front; sequence
 * numbers go on within a connection. There are no handshakes. */
#pragma once

#include "sim/record/record.h"

struct record_pcap;

/* Makes FOLDER/NAME. */
int record_pcap_open(const char *folder, const char *name, struct record_pcap **ret, struct err *e);

/* As on the wire at that instant. Packets may come out of order: queries are handed over ahead of
 * their time. They are kept until they are flushed. A message that no datagram can carry, or whose addresses are of two families,
 * is left out. */
void record_pcap_put(struct record_pcap *p, const struct packet *packet, simtime at);

/* Writes those up to an instant, in time order. */
int record_pcap_flush(struct record_pcap *p, simtime until, struct err *e);
void record_pcap_free(struct record_pcap *p);
