/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "harness/cli/cmd.h"
#include "harness/text/json_text.h"
#include "harness/text/version.h"

enum exit_status cmd_version(struct options *o, struct err *e)
{
	json_t *json;

	if (o->json) {
		json = json_document("version-1");
		json_object_set_new(json, "date", json_string(SIGFAULT_VERSION_DATE));
		return json_document_print(json, stdout, e) < 0 ? EXIT_INVALID : EXIT_HELD;
	}
	printf("sigfault %s\n", SIGFAULT_VERSION);
	return EXIT_HELD;
}
