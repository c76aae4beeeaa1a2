/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/recorded.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/folder.h"
#include "tests/support/test.h"

/* A run that was loaded keeps the names of its folders. */
static const char *lasting(const char *name)
{
	static char paths[8][256];
	static unsigned next;
	char *path = paths[next++ % ARRAY_SIZE(paths)];

	snprintf(path, sizeof(paths[0]), "%s", *name ? folder_path("%s", name) : folder());
	return path;
}

void load_run(const char *name, struct recorded *ret)
{
	static const char *dirs[8];
	static unsigned next;
	const char **dir = &dirs[next++ % ARRAY_SIZE(dirs)];
	struct err e = { .text = "" };

	*dir = lasting(name);
	if (recorded_load(dir, 1, ret, &e) < 0)
		fail_msg("%s", e.text);
}

void put_run_json(const char *name, const json_t *json)
{
	char *text = json_dumps(json, 0);

	assert_non_null(text);
	folder_put(*name ? folder_path("%s/run.json", name) + strlen(folder()) + 1 : "run.json",
		   text);
	free(text);
}

struct figures figures_of(const char *cell, const struct figures_fault *fault)
{
	_cleanup_(curve_freep) struct curve *curve = NULL;
	const char *path = lasting(cell);
	struct err e = { .text = "" };
	struct figures f = { .ede_count = 0 };

	if (curve_load(path, (double)NAN, &curve, &e) < 0 ||
	    figures_compute(path, curve, fault, &f, &e) < 0)
		fail_msg("%s", e.text);
	return f;
}

void assert_value(struct figure f, double wanted)
{
	assert_int_equal(f.kind, FIGURE_VALUE);
	if (fabs(f.value - wanted) > 1e-9)
		fail_msg("%g, and not %g", f.value, wanted);
}
