/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/text/whole.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "harness/text/memory.h"

static int cannot(const char *path, int error, struct err *e)
{
	bool is_full = error == ENOSPC || error == EDQUOT;

	if (error == EFBIG)
		return err_set(
			e, -error,
			"cannot write '%s': no file may be larger here ('ulimit -f unlimited' "
			"lets it)",
			path);
	return err_set(e, -error, "%scannot write '%s': %s", is_full ? "disk full: " : "", path,
		       strerror(error));
}

int whole_open(struct whole *w, const char *folder, const char *name, struct err *e)
{
	int n = snprintf(w->path, sizeof(w->path), "%s/%s", folder, name);
	int m = snprintf(w->aside, sizeof(w->aside), "%s/.%s.now", folder, name);

	if (n >= (int)sizeof(w->path) || m >= (int)sizeof(w->aside))
		return err_set(e, -ENAMETOOLONG, "'%.200s' is too long a path", folder);
	w->out = fopen(w->aside, "we");
	return w->out ? 0 : cannot(w->path, errno, e);
}

/* Why something could not be written. What was met while the writer wrote is met again by the next
 * byte. */
static int reason(FILE *out)
{
	int error = errno;

	if (error == 0 && write(fileno(out), "\n", 1) < 0)
		error = errno;
	return error ?: EIO;
}

int whole_close(struct whole *w, int rc, struct err *e)
{
	bool failed;
	int error;

	errno = 0;
	failed = fflush(w->out) != 0 || ferror(w->out);
	error = failed ? reason(w->out) : 0;
	if (fclose(w->out) != 0 && !error)
		error = errno;
	if (rc == 0 && error)
		rc = cannot(w->path, error, e);
	if (rc == 0 && memory_has_ended())
		rc = err_set(e, -ENOMEM, "no memory for '%s'", w->path);
	if (rc == 0 && rename(w->aside, w->path) < 0)
		rc = cannot(w->path, errno, e);
	if (rc < 0)
		unlink(w->aside);
	return rc;
}
