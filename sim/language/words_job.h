/* SPDX-License-Identifier: BSD-2-Clause */
/* words_job.h - traffic { jobs = … }: what asks for many names of its own beside the clients. For
 * words_*.c alone. */
#pragma once

#include "sim/language/words.h"

/* Reads the key of that name, which may not be there. */
void words_read_jobs(const struct args *traffic, const struct scenario *s, struct traffic *t);
