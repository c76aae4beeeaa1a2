/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/signatures.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/text/whole.h"

#define MOST ((size_t)64 << 20) /* bytes of them, which is some 400,000 */

static int read_file(const char *path, struct pool *p, struct err *e)
{
	_cleanup_(fclosep) FILE *in = NULL;
	struct stat st;
	int r;

	if (stat(path, &st) < 0)
		return errno == ENOENT ? 0
				       : err_set(e, -errno, "--signatures: cannot read '%s': %s",
						 path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, -EINVAL, "--signatures: '%s' is no plain file", path);
	in = fopen(path, "re");
	if (!in)
		return err_set(e, -errno, "--signatures: cannot read '%s': %s", path,
			       strerror(errno));
	r = pool_read(p, in, e);
	if (r < 0)
		err_prefix(e, "--signatures: '%s'", path);
	return r;
}

int signatures_share(const struct run_options *o, unsigned count, struct pool **ret, struct err *e)
{
	_cleanup_(pool_freep) struct pool *p = NULL;
	int r;

	if (count <= 1 && !o->signatures)
		return 0;
	p = pool_new(MOST);
	if (!p)
		return 0;
	r = o->signatures ? read_file(o->signatures, p, e) : 0;
	if (r < 0)
		return r;
	pool_use(p);
	*ret = TAKE(p);
	return 0;
}

void signatures_keep(const struct run_options *o, struct pool *p)
{
	const char *slash = o->signatures ? strrchr(o->signatures, '/') : NULL;
	char folder[PATH_MAX];
	struct whole w;
	struct err e;
	int r;

	if (p && pool_counts(p).barred)
		fprintf(o->notes,
			"sigfault: --signatures: '%s' has others than are made here, of another "
			"version "
			"perhaps, and none was taken from it: delete it\n",
			o->signatures);
	if (!p || !o->signatures || !pool_has_news(p))
		return;
	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - o->signatures) : 1,
		 slash ? o->signatures : ".");
	r = whole_open(&w, folder, slash ? slash + 1 : o->signatures, &e);
	if (r == 0) {
		pool_write(p, w.out);
		r = whole_close(&w, 0, &e);
	}
	if (r < 0)
		fprintf(o->notes, "sigfault: --signatures: %s\n", e.text);
}
