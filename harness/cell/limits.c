/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/limits.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

void limits_raise(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

int limits_check_proc(struct err *e)
{
	char self[32] = "";

	if (readlink("/proc/self", self, sizeof(self) - 1) > 0 && atoi(self) == (int)getpid())
		return 0;
	return err_set(
		e, -ENOSYS,
		"/proc is not that of this pid namespace, and nothing of a run would be seen "
		"in it: 'mount -t proc proc /proc', or 'unshare --mount-proc'");
}

int limits_check(struct err *e)
{
	struct rlimit files, memory, size;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < LIMITS_FILES)
		return err_set(e, -EMFILE,
			       "a process may have %llu files open here, and a run needs %d: "
			       "'ulimit -n %d'",
			       (unsigned long long)files.rlim_cur, LIMITS_FILES, LIMITS_FILES);
	if (getrlimit(RLIMIT_AS, &memory) == 0 && memory.rlim_cur < LIMITS_MEMORY)
		return err_set(e, -ENOMEM,
			       "a process may have %llu MB of memory here, and a run needs %llu: "
			       "'ulimit -v unlimited'",
			       (unsigned long long)memory.rlim_cur >> 20, LIMITS_MEMORY >> 20);
	if (getrlimit(RLIMIT_FSIZE, &size) == 0 && size.rlim_cur < LIMITS_FILE)
		return err_set(e, -EAGAIN,
			       "a file may have %llu KB here, and those of a run need %llu at the "
			       "least: 'ulimit -f unlimited'",
			       (unsigned long long)size.rlim_cur >> 10, LIMITS_FILE >> 10);
	return 0;
}
