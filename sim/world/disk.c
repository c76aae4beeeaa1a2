/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <spawn.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/world/netns.h"
#include "sim/world/userns.h"

#define SIZE (512ULL << 20) /* bytes; what nobody writes takes no memory */
#define FLAGS (MS_NOSUID | MS_NODEV)

struct disk {
	char folder[PATH_MAX];
	int below; /* the folder as it is without the disk */
};

/* Who is not root, or not wholly, is so in a user namespace of his own. */
static int own_mounts(struct err *e)
{
	int r;

	if (geteuid() == 0 && unshare(CLONE_NEWNS) == 0)
		return 0;
	r = userns_become_root(e);
	if (r == 0 && unshare(CLONE_NEWNS) < 0)
		r = netns_refused("mount", errno, e);
	return r;
}

static int set_size(const char *folder, unsigned long flags, unsigned long long size, struct err *e)
{
	char options[64];

	snprintf(options, sizeof(options), "mode=0755,size=%llu", size);
	return mount("tmpfs", folder, "tmpfs", FLAGS | flags, options) < 0
		       ? err_set(e, -errno, "no disk of its own for '%s': %s", folder,
				 strerror(errno))
		       : 0;
}

int disk_new(const char *folder, struct disk **ret, struct err *e)
{
	_cleanup_(disk_freep) struct disk *d = calloc(1, sizeof(*d));
	int r;

	if (!d)
		return err_set(e, -ENOMEM, "out of memory");
	d->below = -1;
	if ((size_t)snprintf(d->folder, sizeof(d->folder), "%s", folder) >= sizeof(d->folder))
		return err_set(e, -ENAMETOOLONG, "'%s' is too long a path", folder);
	r = own_mounts(e);
	if (r < 0)
		return r;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return err_set(e, -errno, "cannot keep mounts to ourselves: %s", strerror(errno));
	d->below = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (d->below < 0)
		return err_set(e, -errno, "'%s': %s", folder, strerror(errno));
	r = set_size(folder, 0, SIZE, e);
	if (r == 0)
		*ret = TAKE(d);
	return r;
}

int disk_fill(const struct disk *d, struct err *e)
{
	struct statvfs st;

	if (statvfs(d->folder, &st) < 0)
		return err_set(e, -errno, "'%s': %s", d->folder, strerror(errno));
	return set_size(d->folder, MS_REMOUNT,
			(unsigned long long)(st.f_blocks - st.f_bfree) * st.f_frsize, e);
}

int disk_empty(const struct disk *d, struct err *e)
{
	return set_size(d->folder, MS_REMOUNT, SIZE, e);
}

int disk_keep(const struct disk *d, struct err *e)
{
	char from[PATH_MAX + 8], to[64];
	char *const argv[] = { (char *)"cp", (char *)"-a", from, to, NULL };
	int status = -1;
	pid_t pid;

	snprintf(from, sizeof(from), "%s/.", d->folder);
	snprintf(to, sizeof(to), "/proc/%d/fd/%d/", (int)getpid(), d->below);
	errno = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
	if (errno == 0)
		waitpid(pid, &status, 0);
	return status == 0 ? 0
			   : err_set(e, -EIO, "what was on the disk over '%s' could not be copied",
				     d->folder);
}

void disk_free(struct disk *d)
{
	if (!d)
		return;
	if (d->below >= 0)
		close(d->below);
	free(d);
}
