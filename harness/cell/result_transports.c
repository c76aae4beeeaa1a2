/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/result_transports.h"

#include "harness/text/json_text.h"

static json_t *one(const struct sessions_counts *c)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "connections",
			 (json_int_t)c->opened, "refused", (json_int_t)c->refused, "handshakes",
			 (json_int_t)c->handshakes, "resumed", (json_int_t)c->resumed, "failed",
			 (json_int_t)c->failed, "ended", (json_int_t)c->ended, "unserved",
			 (json_int_t)c->unserved);
}

void result_transports(json_t *cell, const struct cell_transports *t)
{
	json_t *all = json_object();

	for (unsigned i = 0; i < TRANSPORTS; i++)
		if (t->counts[i].opened)
			json_object_set_new(all, transport_names[i], one(&t->counts[i]));
	if (!json_object_size(all)) {
		json_decref(all);
		return;
	}
	if (t->failure[0])
		json_object_set_new(all, "failure", json_text(t->failure));
	json_object_set_new(cell, "transports", all);
}
