/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/filter.h"

#include <cap-ng.h>
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

struct filter {
	struct sock_fprog program;
};

/* ---- calls ---- */

static const struct {
	int call, code;
} refused[] = {
	/* namespaces and mounts */
	{ SCMP_SYS(setns), EPERM },
	{ SCMP_SYS(unshare), EPERM },
	{ SCMP_SYS(clone3), ENOSYS }, /* its flags are out of a filter's sight */
	{ SCMP_SYS(mount), EPERM },
	{ SCMP_SYS(umount2), EPERM },
	{ SCMP_SYS(move_mount), EPERM },
	{ SCMP_SYS(open_tree), EPERM },
	{ SCMP_SYS(fsopen), EPERM },
	{ SCMP_SYS(fsconfig), EPERM },
	{ SCMP_SYS(fsmount), EPERM },
	{ SCMP_SYS(fspick), EPERM },
	{ SCMP_SYS(mount_setattr), EPERM },
	{ SCMP_SYS(pivot_root), EPERM },
	{ SCMP_SYS(chroot),
	  0 }, /* nothing is done: a program that confines itself is confined already */
	{ SCMP_SYS(swapon), EPERM },
	{ SCMP_SYS(swapoff), EPERM },
	{ SCMP_SYS(quotactl), EPERM },
	{ SCMP_SYS(quotactl_fd), EPERM },
	/* other processes, and their files */
	{ SCMP_SYS(ptrace), EPERM },
	{ SCMP_SYS(process_vm_readv), EPERM },
	{ SCMP_SYS(process_vm_writev), EPERM },
	{ SCMP_SYS(process_madvise), EPERM },
	{ SCMP_SYS(pidfd_getfd), EPERM },
	{ SCMP_SYS(kcmp), EPERM },
	{ SCMP_SYS(name_to_handle_at), EPERM },
	{ SCMP_SYS(open_by_handle_at), EPERM },
	{ SCMP_SYS(fanotify_init), EPERM },
	/* the kernel */
	{ SCMP_SYS(bpf), EPERM },
	{ SCMP_SYS(perf_event_open), EPERM },
	{ SCMP_SYS(userfaultfd), EPERM },
	{ SCMP_SYS(io_uring_setup), ENOSYS },
	{ SCMP_SYS(io_uring_enter), ENOSYS },
	{ SCMP_SYS(io_uring_register), ENOSYS },
	{ SCMP_SYS(init_module), EPERM },
	{ SCMP_SYS(finit_module), EPERM },
	{ SCMP_SYS(delete_module), EPERM },
	{ SCMP_SYS(kexec_load), EPERM },
	{ SCMP_SYS(kexec_file_load), EPERM },
	{ SCMP_SYS(reboot), EPERM },
	{ SCMP_SYS(acct), EPERM },
	{ SCMP_SYS(syslog), EPERM },
	{ SCMP_SYS(iopl), EPERM },
	{ SCMP_SYS(ioperm), EPERM },
	{ SCMP_SYS(add_key), EPERM },
	{ SCMP_SYS(request_key), EPERM },
	{ SCMP_SYS(keyctl), EPERM },
};

static const unsigned long new_namespaces[] = { CLONE_NEWNS,	CLONE_NEWUSER, CLONE_NEWPID,
						CLONE_NEWNET,	CLONE_NEWIPC,  CLONE_NEWUTS,
						CLONE_NEWCGROUP };

/* Words for a terminal, as if they had been typed there. */
static const unsigned long terminal_words[] = { TIOCSTI, TIOCLINUX };

/* A network namespace holds back these families, but not, for one, AF_VSOCK. */
static bool is_held_family(int family)
{
	return family == AF_UNIX || family == AF_INET || family == AF_INET6 || family == AF_NETLINK;
}

#define FAMILY_LAST AF_NETLINK

static int add_socket_rules(scmp_filter_ctx c)
{
	const uint32_t no = SCMP_ACT_ERRNO(EAFNOSUPPORT);
	int r = seccomp_rule_add(c, no, SCMP_SYS(socket), 1,
				 SCMP_A0(SCMP_CMP_GT, (scmp_datum_t)FAMILY_LAST));

	for (int f = 0; r == 0 && f < FAMILY_LAST; f++)
		if (!is_held_family(f))
			r = seccomp_rule_add(c, no, SCMP_SYS(socket), 1,
					     SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)f));
	return r;
}

static int add_rules(scmp_filter_ctx c)
{
	const uint32_t no = SCMP_ACT_ERRNO(EPERM);
	int r = seccomp_attr_set(c, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(refused); i++)
		r = seccomp_rule_add(c, SCMP_ACT_ERRNO((uint32_t)refused[i].code), refused[i].call,
				     0);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(new_namespaces); i++)
		r = seccomp_rule_add(
			c, no, SCMP_SYS(clone), 1,
			SCMP_A0(SCMP_CMP_MASKED_EQ, new_namespaces[i], new_namespaces[i]));
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(terminal_words); i++)
		r = seccomp_rule_add(c, no, SCMP_SYS(ioctl), 1,
				     SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, terminal_words[i]));
	return r == 0 ? add_socket_rules(c) : r;
}

/* As the kernel takes it; the library writes it to a file alone. */
static int export(scmp_filter_ctx c, struct filter *f)
{
	_cleanup_(closep) int fd = memfd_create("filter", MFD_CLOEXEC);
	int r = fd < 0 ? -errno : seccomp_export_bpf(c, fd);
	off_t size = r < 0 ? 0 : lseek(fd, 0, SEEK_END);

	if (r < 0)
		return r;
	f->program.filter = malloc((size_t)size);
	f->program.len = (unsigned short)((size_t)size / sizeof(*f->program.filter));
	if (!f->program.filter)
		return -ENOMEM;
	return pread(fd, f->program.filter, (size_t)size, 0) == size ? 0 : -EIO;
}

int filter_new(struct filter **ret, struct err *e)
{
	_cleanup_(filter_freep) struct filter *f = calloc(1, sizeof(*f));
	scmp_filter_ctx c = f ? seccomp_init(SCMP_ACT_ALLOW) : NULL;
	int r;

	if (!c)
		return err_set(e, -ENOMEM, "out of memory");
	r = add_rules(c);
	if (r == 0)
		r = export(c, f);
	seccomp_release(c);
	if (r < 0)
		return err_set(e, -ENOSYS, "cannot make a filter of system calls: %s",
			       strerror(-r));
	*ret = TAKE(f);
	return 0;
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	free(f->program.filter);
	free(f);
}

/* ---- capabilities ---- */

/* Port 53, and the change of user that programs make as they start, to the one user there is. */
static int keep_needed(void)
{
	capng_setpid(getpid()); /* our parent's memory has its last child's */
	capng_clear(CAPNG_SELECT_ALL);
	if (capng_updatev(CAPNG_ADD,
			  CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_INHERITABLE |
				  CAPNG_BOUNDING_SET | CAPNG_AMBIENT,
			  CAP_NET_BIND_SERVICE, CAP_SETUID, CAP_SETGID, -1) < 0)
		return -1;
	return capng_apply(CAPNG_SELECT_ALL);
}

int filter_apply(const struct filter *f, struct err *e)
{
	if (keep_needed() < 0)
		return err_set(e, -EPERM, "cannot give up capabilities: %s", strerror(errno));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &f->program) < 0)
		return err_set(
			e, -errno,
			"cannot filter system calls: %s (the kernel needs CONFIG_SECCOMP_FILTER)",
			strerror(errno));
	return 0;
}
