/* SPDX-License-Identifier: BSD-2-Clause */
/* transport.h - by what a client asks its resolver: datagrams, or a connection that lasts for many
 * questions (RFC 7766), in TLS (DoT, RFC 7858), or with HTTP/2 in that (DoH, RFC 8484). */
#pragma once

#include <stdint.h>

enum transport { TRANSPORT_UDP, TRANSPORT_TCP, TRANSPORT_DOT, TRANSPORT_DOH, TRANSPORTS };

extern const char *const transport_names[TRANSPORTS]; /* "udp", "tcp", "dot", "doh" */
extern const uint16_t transport_ports[TRANSPORTS]; /* 53, 53, 853, 443 */
