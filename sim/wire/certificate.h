/* SPDX-License-Identifier: BSD-2-Clause */
/* certificate.h - what the resolvers of a run show to their clients in TLS: one key and a certificate that it
 * signs itself, made for the run, as PEM.
 *
 * It is valid whatever the date of the run's clock is. Its bytes are other ones each time, and nothing that is
 * compared has any of them. */
#pragma once

#include "sim/base/err.h"

struct certificate {
	char *certificate, *key;
};

int certificate_make(struct certificate *ret, struct err *e);
void certificate_done(struct certificate *c);
