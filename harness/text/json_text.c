/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/text/json_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/text/memory.h"
#include "harness/text/version.h"
#include "sim/base/clean.h"
#include "sim/base/cleanup.h"

json_t *json_document(const char *schema)
{
	return json_pack("{ss ss}", "schema", schema, "sigfault", SIGFAULT_VERSION);
}

json_t *json_text(const char *text)
{
	json_t *json = json_string(text ?: "");
	size_t size = json ? 0 : 3 * strlen(text) + 1;
	_cleanup_(freep) char *clean = json ? NULL : malloc(size);

	if (!json && !clean)
		memory_ended();
	return clean ? json_string(clean_text(text, clean, size)) : json;
}

json_t *json_instant(simtime t)
{
	char text[32];

	return t == SIMTIME_NEVER ? json_null() : json_string(simtime_text(t, text));
}

json_t *json_seconds(simtime d)
{
	return json_real((double)d / (double)SECOND);
}

int json_document_print(json_t *document, FILE *out, struct err *e)
{
	int r = !document || memory_has_ended() ? -ENOMEM
		: json_dumpf(document, out, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) == 0 &&
				fputc('\n', out) != EOF && fflush(out) == 0
			? 0
			: -EIO;

	json_decref(document);
	return r ? err_set(e, r, r == -EIO ? "cannot write" : "no memory for the JSON") : 0;
}
