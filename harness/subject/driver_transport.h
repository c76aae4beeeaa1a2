/* SPDX-License-Identifier: BSD-2-Clause */
/* driver_transport.h - by what a resolver answers its clients: for driver.c alone.
 *
 * UDP and TCP go without saying (RFC 7766 section 5). What else there is stands in a driver's `transports`, beside a
 * pattern that what the program says of its version has to match, since it is compiled in or not:
 *
 *	transports = { dot = "", doh = "nghttp2" } */
#pragma once

#include "harness/subject/driver.h"

int driver_find_transports(struct driver *d, struct err *e);
