/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/cmd.h"
#include "harness/evidence/triage.h"
#include "harness/text/json_text.h"

/* The worst of several: what is unknown wants somebody's eyes. */
static int triage_place(const char *place, bool many, json_t *list, enum blame *worst,
			struct err *e)
{
	_cleanup_(evidence_freep) struct evidence *v = NULL;
	struct triage t = { 0 };
	int r = evidence_read(place, NULL, &v, e);

	if (r == 0)
		r = triage_make(v, &t, e);
	if (r < 0)
		return r;
	if (t.blame == BLAME_UNKNOWN)
		*worst = t.blame;
	if (list) {
		json_array_append_new(list, triage_json(v, &t));
	} else {
		if (many)
			printf("%s\n", place);
		triage_print(v, &t, stdout);
		if (many)
			puts("");
	}
	triage_done(&t);
	return 0;
}

static int triage_places(const struct options *o, json_t *list, enum blame *worst, struct err *e)
{
	char **places;
	unsigned count;
	int r = evidence_places(o->args[0], &places, &count, e);

	if (r < 0)
		return r;
	for (unsigned i = 0; i < count && r == 0; i++)
		r = triage_place(places[i], count > 1, list, worst, e);
	evidence_places_free(places, count);
	return r;
}

enum exit_status cmd_triage(struct options *o, struct err *e)
{
	json_t *list = o->json ? json_array() : NULL, *document;
	enum blame worst = BLAME_NOBODY;
	int r = triage_places(o, list, &worst, e);

	if (r < 0) {
		json_decref(list);
		return exit_is_environment(r) ? EXIT_ENVIRONMENT : EXIT_USAGE;
	}
	if (o->json) {
		document = json_document("triage-1");
		json_object_set_new(document, "places", list);
		if (json_document_print(document, stdout, e) < 0)
			return EXIT_INVALID;
	}
	return worst == BLAME_UNKNOWN ? EXIT_NOT_HELD : EXIT_HELD;
}
