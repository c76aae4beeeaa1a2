/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/base/transport.h"

const char *const transport_names[TRANSPORTS] = { "udp", "tcp", "dot", "doh" };

const uint16_t transport_ports[TRANSPORTS] = { 53, 53, 853, 443 };
