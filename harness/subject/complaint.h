/* SPDX-License-Identifier: BSD-2-Clause */
/* complaint.h - what a resolver said of a user's configuration, out of its log, with his file and line. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* `told` has what an overlay gave (user_config.h): `copies`, which file of the resolver's folder is
 * which of the user's, and `complaints`, what stands in the log before a sentence about them that
 * names no file: up to a " or the end of the line it is the sentence, and the setting that it names
 * in quotes tells the line. Whether it said any:
 *
 *	/etc/unbound/unbound.conf:12: error: …
 *	/etc/powerdns/recursor.yml:4: recordcache: unknown field `max_entrys`, … */
bool complaint_find(const json_t *told, const char *log, char *ret, size_t size);
