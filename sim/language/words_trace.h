/* SPDX-License-Identifier: BSD-2-Clause */
/* words_trace.h - the keys of traffic that say which file is replayed, and what of it. */
#pragma once

#include "sim/language/words.h"

/* pcap or text: a path, or a list of them. */
void words_read_files(const struct args *a, const struct scenario *s, struct traffic *t);

/* only, keep, times */
void words_read_filter(const struct args *a, struct traffic *t);

/* port */
void words_read_ports(const struct args *a, struct traffic *t);

/* messages */
void words_read_messages(const struct args *a, struct traffic *t);
