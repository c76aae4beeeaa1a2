/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "sim/world/filter.h"
#include "sim/world/netns.h"
#include "sim/world/userns.h"

#define FILES 4096 /* that it may have open, until it asks for more */

struct sandbox {
	int user, mounts, ipc; /* namespaces; -1: it has none of its own */
	uid_t uid; /* who its programs are, as we know him */
	gid_t gid;
	struct filter *filter;
	unsigned long long file_size;
	char work[PATH_MAX]; /* as we know it */
	char lacks[1024];
};

static void add_lack(struct sandbox *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void add_lack(struct sandbox *s, const char *fmt, ...)
{
	size_t len = strlen(s->lacks);
	va_list ap;

	if (len && len + 1 < sizeof(s->lacks))
		s->lacks[len++] = '\n';
	va_start(ap, fmt);
	vsnprintf(s->lacks + len, sizeof(s->lacks) - len, fmt, ap);
	va_end(ap);
}

/* ---- who its programs are ---- */

/* Whether there is such a user here to give files to. A memory file stands for a folder that is not
 * there yet. */
static bool can_be(const char *work, uid_t id)
{
	_cleanup_(closep) int fd = work ? -1 : memfd_create("sandbox", MFD_CLOEXEC);

	return (work ? chown(work, id, id) : fchown(fd, id, id)) == 0;
}

static void choose_user(struct sandbox *s, const char *work, bool was_root)
{
	if (can_be(work, USERNS_NOBODY)) {
		s->uid = s->gid = USERNS_NOBODY;
	} else if (was_root) {
		add_lack(s,
			 "programs run as the user that runs sigfault: no other is mapped here "
			 "(user %u: %s)",
			 USERNS_NOBODY, strerror(errno));
	}
}

int sandbox_give(const struct sandbox *s, const char *path, struct err *e)
{
	return lchown(path, s->uid, s->gid) < 0
		       ? err_set(e, -errno, "cannot give away '%s': %s", path, strerror(errno))
		       : 0;
}

void sandbox_give_file(const struct sandbox *s, int fd)
{
	if (fchown(fd, s->uid, s->gid) < 0)
		return; /* it can be written to all the same */
}

/* ---- the builder: a process that makes the namespaces, and ends when they are held ---- */

struct told {
	int code; /* the negative errno of what ends it all */
	bool has_view, has_user;
	char lacks[256]; /* of the view */
	struct err e;
};

static void make_places(const struct mounts *v, struct told *t)
{
	t->has_view = mounts_make(v, t->lacks, sizeof(t->lacks), &t->e) == 0;
	t->has_user = unshare(CLONE_NEWUSER) == 0;
	if (!t->has_user)
		t->code = -errno;
}

/* In the user namespace, which by then knows who is who. */
static void make_networks(struct told *t)
{
	if (t->has_user && (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0))
		t->code = err_set(&t->e, -errno, "cannot become the sandbox's root: %s",
				  strerror(errno));
	else if (unshare(CLONE_NEWNET | CLONE_NEWIPC) < 0)
		t->code = netns_refused("network", errno, &t->e);
	else
		t->code = 0;
	prctl(PR_SET_DUMPABLE, 1); /* else /proc would show our namespaces to nobody */
}

static void __attribute__((noreturn)) build(const struct mounts *v, int ear)
{
	struct told t = { 0 };
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	make_places(v, &t);
	if (send(ear, &t, sizeof(t), MSG_NOSIGNAL) < 0 || recv(ear, &byte, 1, 0) != 1)
		_exit(1);
	make_networks(&t);
	if (send(ear, &t, sizeof(t), MSG_NOSIGNAL) >= 0)
		while (recv(ear, &byte, 1, 0) > 0)
			;
	_exit(0);
}

static int hear(int ear, struct told *ret, struct err *e)
{
	ssize_t n;

	do
		n = recv(ear, ret, sizeof(*ret), 0);
	while (n < 0 && errno == EINTR); /* who wants us to end is heard once there is a loop */
	if (n != (ssize_t)sizeof(*ret))
		return err_set(e, -EIO, "the process that makes the sandbox has ended");
	return 0;
}

static int hold(pid_t pid, const char *name, int *ret, struct err *e)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, name);
	*ret = open(path, O_RDONLY | O_CLOEXEC);
	return *ret < 0 ? err_set(e, -errno, "cannot open '%s': %s", path, strerror(errno)) : 0;
}

static void note_lacks(struct sandbox *s, const struct told *t)
{
	if (!t->has_view)
		add_lack(s, "programs see the machine's files, as far as modes let them: %s",
			 t->e.text);
	else if (t->lacks[0])
		add_lack(s, "%s", t->lacks);
	if (!t->has_user)
		add_lack(s, "programs have no user namespace of their own: %s", strerror(-t->code));
}

/* What the builder made, held by files of ours. */
static int take_over(struct sandbox *s, const struct mounts *v, pid_t pid, int ear, int *netns,
		     struct err *e)
{
	struct told t;
	int r = hear(ear, &t, e);

	if (r == 0 && v->root.folder && !t.has_view)
		return err_set(e, -EPERM, "'%.300s' cannot be made a program's root here: %.600s",
			       v->root.folder, t.e.text);
	if (r == 0)
		note_lacks(s, &t);
	if (r == 0 && t.has_user)
		r = userns_map(pid, s->uid, s->gid, e);
	if (r == 0 && send(ear, "", 1, MSG_NOSIGNAL) < 0)
		r = err_set(e, -errno, "cannot speak to the sandbox: %s", strerror(errno));
	if (r == 0)
		r = hear(ear, &t, e);
	if (r == 0 && t.code < 0)
		r = err_set(e, t.code, "%s", t.e.text);
	if (r == 0 && t.has_user)
		r = hold(pid, "user", &s->user, e);
	if (r == 0 && t.has_view)
		r = hold(pid, "mnt", &s->mounts, e);
	if (r == 0)
		r = hold(pid, "ipc", &s->ipc, e);
	return r == 0 ? hold(pid, "net", netns, e) : r;
}

static int run_builder(struct sandbox *s, const struct sandbox_plan *p, int *netns, struct err *e)
{
	const struct mounts view = { p->work, p->paths, p->root, s->uid, s->gid };
	int ends[2], r;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return err_set(e, -errno, "cannot make a socket: %s", strerror(errno));
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		build(&view, ends[1]);
	}
	r = pid < 0 ? netns_no_process(errno, e) : 0;
	close(ends[1]);
	if (r == 0)
		r = take_over(s, &view, pid, ends[0], netns, e);
	close(ends[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return r;
}

int sandbox_new(const struct sandbox_plan *p, bool was_root, struct sandbox **ret, int *netns,
		struct err *e)
{
	_cleanup_(sandbox_freep) struct sandbox *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return err_set(e, -ENOMEM, "out of memory");
	s->user = s->mounts = s->ipc = -1;
	s->file_size = p->file_size ? p->file_size : SANDBOX_FILE_SIZE;
	snprintf(s->work, sizeof(s->work), "%s", p->work ? p->work : "/");
	choose_user(s, p->work, was_root);
	r = filter_new(&s->filter, e);
	if (r == 0)
		r = run_builder(s, p, netns, e);
	if (r == 0)
		*ret = TAKE(s);
	return r;
}

void sandbox_free(struct sandbox *s)
{
	if (!s)
		return;
	closep(&s->user);
	closep(&s->mounts);
	closep(&s->ipc);
	filter_free(s->filter);
	free(s);
}

const char *sandbox_folder(const struct sandbox *s)
{
	return s->mounts < 0 ? s->work : MOUNTS_WORK;
}

const char *sandbox_lacks(const struct sandbox *s)
{
	return s->lacks;
}

/* ---- in a program's process ---- */

#define SYSTEM_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

const char *const sandbox_environment[] = { "PATH=" SYSTEM_PATH, "LANG=C.UTF-8", "TZ=UTC", NULL };

static int enter_one(int fd, int kind, const char *name, struct err *e)
{
	if (fd >= 0 && setns(fd, kind) < 0)
		return err_set(e, -errno, "cannot enter the sandbox's %s namespace: %s", name,
			       strerror(errno));
	return 0;
}

/* Root of the user namespace, or, where there is none, the user that it would have been; then with
 * what ambient capabilities he keeps. An ordinary user cannot leave his other groups. */
static int change_user(const struct sandbox *s, struct err *e)
{
	uid_t uid = s->user < 0 ? s->uid : 0;
	gid_t gid = s->user < 0 ? s->gid : 0;

	prctl(PR_SET_KEEPCAPS, 1);
	if ((setgroups(0, NULL) < 0 && errno != EPERM) || setresgid(gid, gid, gid) < 0 ||
	    setresuid(uid, uid, uid) < 0)
		return err_set(e, -errno, "cannot become the sandbox's user: %s", strerror(errno));
	return 0;
}

int sandbox_enter(const struct sandbox *s, struct err *e)
{
	int r = enter_one(s->ipc, CLONE_NEWIPC, "ipc", e);

	if (r == 0)
		r = enter_one(s->mounts, CLONE_NEWNS, "mount", e);
	if (r == 0)
		r = enter_one(s->user, CLONE_NEWUSER, "user", e);
	return r == 0 ? change_user(s, e) : r;
}

static void set_limits(const struct sandbox *s)
{
	const struct rlimit core = { 0, 0 };
	const struct rlimit size = { (rlim_t)s->file_size, (rlim_t)s->file_size };
	struct rlimit count;

	setrlimit(RLIMIT_CORE, &core);
	setrlimit(RLIMIT_FSIZE, &size);
	if (getrlimit(RLIMIT_NPROC, &count) == 0 && count.rlim_max > SANDBOX_PROCESSES) {
		count = (struct rlimit){ SANDBOX_PROCESSES, SANDBOX_PROCESSES };
		setrlimit(RLIMIT_NPROC, &count);
	}
	if (getrlimit(RLIMIT_NOFILE, &count) == 0 && count.rlim_cur > FILES) {
		count.rlim_cur = FILES;
		setrlimit(RLIMIT_NOFILE, &count);
	}
}

int sandbox_shut(const struct sandbox *s, struct err *e)
{
	set_limits(s);
	return filter_apply(s->filter, e);
}
