/* SPDX-License-Identifier: BSD-2-Clause */
/* Each call that the filter refuses is refused by the filter, and not by the capabilities alone that
 * go with it: here they stay. */
#include "sim/world/filter.h"

#include <cap-ng.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tests/support/alone.h"

#define NO "/no/such"
#define ALL (-1L)

/* In the library's place: whoever applies the filter keeps what he has. */
int capng_apply(capng_select_t set)
{
	(void)set;
	return 0;
}

/* What a kernel that lets one call it says to these arguments is another error. */
static const struct {
	const char *name;
	int code;
	long call, arguments[6];
} calls[] = {
	{ "setns", EPERM, SYS_setns, { -1 } },
	{ "unshare", EPERM, SYS_unshare, { ALL } },
	{ "clone3", ENOSYS, SYS_clone3, { 0 } },
	{ "mount", EPERM, SYS_mount, { 0, (long)NO } },
	{ "umount2", EPERM, SYS_umount2, { (long)NO } },
	{ "move_mount", EPERM, SYS_move_mount, { -1, (long)"", -1, (long)"", ALL } },
	{ "open_tree", EPERM, SYS_open_tree, { -1, (long)NO, ALL } },
	{ "fsopen", EPERM, SYS_fsopen, { (long)"nofs", ALL } },
	{ "fsconfig", EPERM, SYS_fsconfig, { -1 } },
	{ "fsmount", EPERM, SYS_fsmount, { -1, ALL } },
	{ "fspick", EPERM, SYS_fspick, { -1, (long)NO, ALL } },
	{ "mount_setattr", EPERM, SYS_mount_setattr, { -1, (long)NO, ALL } },
	{ "pivot_root", EPERM, SYS_pivot_root, { (long)NO, (long)NO } },
	{ "swapon", EPERM, SYS_swapon, { (long)NO } },
	{ "swapoff", EPERM, SYS_swapoff, { (long)NO } },
	{ "quotactl", EPERM, SYS_quotactl, { ALL, (long)NO } },
	{ "quotactl_fd", EPERM, SYS_quotactl_fd, { -1, ALL } },
	{ "ptrace", EPERM, SYS_ptrace, { 16, -1 } },
	{ "process_vm_readv", EPERM, SYS_process_vm_readv, { -1, 0, 99999 } },
	{ "process_vm_writev", EPERM, SYS_process_vm_writev, { -1, 0, 99999 } },
	{ "process_madvise", EPERM, SYS_process_madvise, { -1, 0, 0, 0, ALL } },
	{ "pidfd_getfd", EPERM, SYS_pidfd_getfd, { -1, -1, ALL } },
	{ "kcmp", EPERM, SYS_kcmp, { -1, -1, 99 } },
	{ "name_to_handle_at", EPERM, SYS_name_to_handle_at, { -1, (long)NO, 0, 0, ALL } },
	{ "open_by_handle_at", EPERM, SYS_open_by_handle_at, { -1 } },
	{ "fanotify_init", EPERM, SYS_fanotify_init, { ALL } },
	{ "bpf", EPERM, SYS_bpf, { 999 } },
	{ "perf_event_open", EPERM, SYS_perf_event_open, { 0 } },
	{ "userfaultfd", EPERM, SYS_userfaultfd, { ALL } },
	{ "io_uring_setup", ENOSYS, SYS_io_uring_setup, { 0 } },
	{ "io_uring_enter", ENOSYS, SYS_io_uring_enter, { -1 } },
	{ "io_uring_register", ENOSYS, SYS_io_uring_register, { -1 } },
	{ "init_module", EPERM, SYS_init_module, { 0 } },
	{ "finit_module", EPERM, SYS_finit_module, { -1, 0, ALL } },
	{ "delete_module", EPERM, SYS_delete_module, { (long)"no such" } },
	{ "kexec_load", EPERM, SYS_kexec_load, { 0, 99 } },
	{ "kexec_file_load", EPERM, SYS_kexec_file_load, { -1, -1, 0, 0, ALL } },
	{ "reboot", EPERM, SYS_reboot, { 0 } },
	{ "acct", EPERM, SYS_acct, { (long)NO } },
	{ "syslog", EPERM, SYS_syslog, { 99 } },
	{ "iopl", EPERM, SYS_iopl, { 99 } },
	{ "ioperm", EPERM, SYS_ioperm, { ALL, ALL } },
	{ "add_key", EPERM, SYS_add_key, { (long)"", (long)"" } },
	{ "request_key", EPERM, SYS_request_key, { (long)"", (long)"" } },
	{ "keyctl", EPERM, SYS_keyctl, { 9999 } },
};

static int apply(void)
{
	struct filter *f = NULL;
	struct err e = { .text = "" };

	want(filter_new(&f, &e) == 0);
	if (filter_apply(f, &e) < 0)
		return say(&e);
	filter_free(f);
	return 0;
}

static int check_calls(void)
{
	int failed = apply();

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		const long *a = calls[i].arguments;
		long r = syscall(calls[i].call, a[0], a[1], a[2], a[3], a[4], a[5]);

		if (r == -1 && errno == calls[i].code)
			continue;
		fprintf(stderr, "%s: %ld, %s\n", calls[i].name, r, strerror(errno));
		failed = 1;
	}
	return failed;
}

/* A program that does so when it starts is to go on. */
static int check_root(void)
{
	struct stat before, after;

	want(apply() == 0);
	want(stat("/", &before) == 0 && chroot("/proc") == 0 && stat("/", &after) == 0);
	want(before.st_dev == after.st_dev && before.st_ino == after.st_ino);
	return 0;
}

static void calls_are_refused_whoever_makes_them(void **state)
{
	(void)state;
	alone(check_calls);
}

static void a_change_of_root_is_well_and_changes_nothing(void **state)
{
	(void)state;
	alone(check_root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_are_refused_whoever_makes_them),
		cmocka_unit_test(a_change_of_root_is_well_and_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
