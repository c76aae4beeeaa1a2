/* SPDX-License-Identifier: BSD-2-Clause */
/* A stranger's capture, judged: whatever its packets hold. */
#include <stdio.h>
#include <stdlib.h>

#include "harness/evidence/follow.h"
#include "harness/evidence/triage.h"
#include "tests/fuzz/file.h"

const char *__lsan_default_suppressions(void);

/* ldns 1.8 loses a name in some proofs. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libldns\n";
}

/* Of the questions that were kept. */
static void follow_first(struct evidence *v, FILE *out)
{
	struct follow f = { 0 };
	struct err e;

	if (!v->client_count ||
	    follow_make(v, &(struct follow_wish){ .name = v->clients[0].qname }, &f, &e) < 0)
		return;
	follow_print(v, &f, out);
	json_decref(follow_json(v, &f));
	follow_done(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(evidence_freep) struct evidence *v = NULL;
	struct triage t = { 0 };
	struct err e = { "" };
	char *text = NULL;
	size_t len;
	FILE *out;

	if (evidence_read(fuzz_file("x.pcap", data, size), NULL, &v, &e) < 0 ||
	    triage_make(v, &t, &e) < 0) {
		if (!*e.text)
			__builtin_trap();
		return 0;
	}
	out = open_memstream(&text, &len);
	triage_print(v, &t, out);
	follow_first(v, out);
	fclose(out);
	free(text);
	json_decref(triage_json(v, &t));
	triage_done(&t);
	return 0;
}
