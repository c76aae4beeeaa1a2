/* SPDX-License-Identifier: BSD-2-Clause */
/* Master files: signed anew, or taken as they are signed where they begin with ';'. What is read is prepared
 * and written out again. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/file.h"
#include "tests/support/world.h"
#include "zones/dump.h"
#include "zones/master.h"

static struct zone *plan(struct tree *t, bool as_signed)
{
	struct zone *root = tree_add(t, (const uint8_t *)"", NULL), *z;

	world_server(root, "a.root-servers.test.", 1);
	world_sign(root, ALG_ECDSAP256SHA256);
	z = tree_add(t, (const uint8_t *)"\2zz", root);
	world_server(z, "ns1.zz.", 2);
	if (as_signed)
		z->is_signed = z->as_signed = true;
	else
		world_sign(z, ALG_ECDSAP256SHA256);
	z->is_bare = true;
	z->file = strdup("x.zone");
	return z;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tree *t = tree_new(1, WORLD_FROM);
	struct zone *z = plan(t, size && *data == ';');
	struct master_counts counts;
	struct err e = { .text = "" };
	FILE *out = fopen("/dev/null", "we");
	int rc = master_load(z, fuzz_file("x.zone", data, size), &counts, &e);

	if (!rc && !(rc = tree_prepare(t, &e))) {
		struct view v = view_at(z, 0, WORLD_NOW, NULL);

		rc = dump_zone(&v, out, &e);
	}
	if (rc < 0 && !e.text[0])
		__builtin_trap();
	fclose(out);
	tree_free(t);
	return 0;
}
