/* SPDX-License-Identifier: BSD-2-Clause */
/* json_text.h - the documents that --json prints: each names its schema, docs/schema/NAME.json. */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "sim/base/err.h"
#include "sim/base/simtime.h"

/* An object that begins with its schema ("plan-1") and this program's version. */
json_t *json_document(const char *schema);

/* A text of any bytes: jansson gives nothing for what is not UTF-8, and what holds it would be
 * lost. */
json_t *json_text(const char *text);

/* "2026-05-05T19:19:00Z"; null for SIMTIME_NEVER. */
json_t *json_instant(simtime t);

json_t *json_seconds(simtime d);

/* Writes the document, and lets go of it. -ENOMEM: it could not be made; -EIO. */
int json_document_print(json_t *document, FILE *out, struct err *e);
