/* SPDX-License-Identifier: BSD-2-Clause */
/* prisoner - a program that tries to get out of the sandbox, for test_sandbox: says what it could do,
 * a line each, and "tried" at the end. It does no harm where it is not in one: what it asks the
 * kernel for is refused for other reasons, then.
 *
 *	prisoner PORT SOCKET FOLDER SECRET
 *
 * PORT of a listener on the host's loopback, SOCKET that listens by path, FOLDER beside its own,
 * SECRET a file that others may not read. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/magic.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void could(const char *what)
{
	printf("%s\n", what);
	fflush(stdout);
}

static void could_if(int yes, const char *what)
{
	if (yes)
		could(what);
}

/* ---- calls: refused is what the filter says, and nothing else ---- */

static int refused(long r)
{
	return r < 0 && (errno == EPERM || errno == ENOSYS);
}

/* In a child: nobody else is to lose the root. */
static int changes_root(void)
{
	struct stat before, after;
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(stat("/", &before) == 0 && chroot("/proc") == 0 &&
		      (stat("/", &after) < 0 || before.st_ino != after.st_ino ||
		       before.st_dev != after.st_dev));
	return pid > 0 && waitpid(pid, &status, 0) == pid && status != 0;
}

static void try_calls(void)
{
	char none[64] = "";

	could_if(!refused(mount("none", "/no/such", "tmpfs", 0, NULL)), "mount");
	could_if(!refused(umount2("/no/such", 0)), "umount2");
	could_if(!refused(syscall(SYS_move_mount, -1, "", -1, "", 0)), "move_mount");
	could_if(!refused(syscall(SYS_open_tree, -1, "x", 0)), "open_tree");
	could_if(!refused(syscall(SYS_fsopen, "nofs", 0)), "fsopen");
	could_if(!refused(syscall(SYS_fsconfig, -1, 0, 0, 0, 0)), "fsconfig");
	could_if(!refused(syscall(SYS_fsmount, -1, 0, 0)), "fsmount");
	could_if(!refused(syscall(SYS_mount_setattr, -1, "x", 0, none, 32)), "mount_setattr");
	could_if(!refused(syscall(SYS_pivot_root, "/no/such", "/no/such")), "pivot_root");
	could_if(changes_root(), "chroot");
	could_if(!refused(syscall(SYS_bpf, 999, none, sizeof(none))), "bpf");
	could_if(!refused(syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0)), "perf_event_open");
	could_if(!refused(syscall(SYS_userfaultfd, 0xffff)), "userfaultfd");
	could_if(!refused(syscall(SYS_io_uring_setup, 0, NULL)), "io_uring_setup");
	could_if(!refused(syscall(SYS_io_uring_enter, -1, 0, 0, 0, NULL, 0)), "io_uring_enter");
	could_if(!refused(syscall(SYS_init_module, NULL, 0, "")), "init_module");
	could_if(!refused(syscall(SYS_finit_module, -1, "", 0)), "finit_module");
	could_if(!refused(syscall(SYS_kexec_load, 0, 99, NULL, 0)), "kexec_load");
	could_if(!refused(syscall(SYS_keyctl, 9999, 0, 0, 0, 0)), "keyctl");
	could_if(!refused(syscall(SYS_add_key, "", "", NULL, 0, 0)), "add_key");
	could_if(!refused(syscall(SYS_open_by_handle_at, -1, NULL, 0)), "open_by_handle_at");
	could_if(!refused(syscall(SYS_process_vm_readv, -1, NULL, 99999, NULL, 0, 0)),
		 "process_vm_readv");
	could_if(!refused(syscall(SYS_process_vm_writev, -1, NULL, 99999, NULL, 0, 0)),
		 "process_vm_writev");
	could_if(!refused(syscall(SYS_pidfd_getfd, -1, 0, 0)), "pidfd_getfd");
	could_if(!refused(syscall(SYS_clone3, NULL, 0)), "clone3");
	could_if(!refused(ioctl(0, TIOCSTI, none)), "TIOCSTI");
	/* What stands above an int is no concern of the kernel's. */
	could_if(!refused(syscall(SYS_ioctl, 0, TIOCSTI | 1L << 32, none)), "TIOCSTI, long");
}

/* What would change the program is tried by a child. */
static int child_does(int (*f)(void))
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		_exit(f());
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

static int unshares_user(void)
{
	return unshare(CLONE_NEWUSER) == 0;
}

static int unshares_mounts(void)
{
	return unshare(CLONE_NEWNS) == 0;
}

static int clones_user(void)
{
	pid_t pid = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return pid > 0;
}

static int is_traced(void)
{
	return ptrace(PTRACE_TRACEME, 0, 0, 0) == 0;
}

/* The program would get the i386's getpid(), which has another number. */
static int calls_i386(void)
{
	long r = 20;

	__asm__ volatile("int $0x80" : "+a"(r) : : "memory");
	return r == getpid();
}

static int calls_x32(void)
{
	return syscall(0x40000000L | SYS_getpid) == getpid();
}

/* Any of the network namespaces that it sees; its own is one. */
static int enters_network(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *d;
	char path[300];
	int fd;

	while (proc && (d = readdir(proc))) {
		snprintf(path, sizeof(path), "/proc/%s/ns/net", d->d_name);
		fd = open(path, O_RDONLY);
		if (fd >= 0 && setns(fd, CLONE_NEWNET) == 0)
			return 1;
	}
	return 0;
}

static void try_namespaces(void)
{
	could_if(child_does(enters_network), "enter a network namespace");
	could_if(child_does(unshares_user), "unshare a user namespace");
	could_if(child_does(unshares_mounts), "unshare a mount namespace");
	could_if(child_does(clones_user), "clone a user namespace");
	could_if(child_does(is_traced), "ptrace");
	could_if(child_does(calls_i386), "call as i386");
	could_if(child_does(calls_x32), "call as x32");
}

/* ---- sockets ---- */

static void try_sockets(int port, const char *path)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	could_if(connect(fd, (struct sockaddr *)&in, sizeof(in)) == 0, "reach the host's loopback");
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	could_if(connect(fd, (struct sockaddr *)&un, sizeof(un)) == 0, "reach a unix socket");
	could_if(socket(AF_PACKET, SOCK_RAW, 0) >= 0, "open a packet socket");
	could_if(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0, "open a raw socket");
	could_if(socket(AF_VSOCK, SOCK_STREAM, 0) >= 0, "open a socket to the hypervisor");
	could_if(socket(AF_ALG, SOCK_SEQPACKET, 0) >= 0, "open a socket to the kernel's ciphers");
	could_if(syscall(SYS_socket, 1L << 32 | AF_PACKET, SOCK_RAW, 0) >= 0,
		 "open a packet socket, long");
}

/* ---- files ---- */

/* That modes keep it from writing is another line of defence, and tried below. */
static void try_mounts(void)
{
	static const char *const shut[] = {
		"/",	     "/usr",	  "/etc",      "/dev",
		"/home",     "/root",	  "/proc/sys", "/proc/sysrq-trigger",
		"/proc/irq", "/proc/bus", "/proc/fs"
	};
	struct statvfs s;

	for (size_t i = 0; i < sizeof(shut) / sizeof(shut[0]); i++)
		if (statvfs(shut[i], &s) == 0 && !(s.f_flag & ST_RDONLY))
			printf("have %s writable\n", shut[i]);
}

/* What of them a program needs is put back into what lies over them. */
static void try_homes(void)
{
	static const char *const homes[] = { "/home", "/root", "/tmp", "/var/tmp", "/run" };
	struct statfs s;

	for (size_t i = 0; i < sizeof(homes) / sizeof(homes[0]); i++)
		if (statfs(homes[i], &s) == 0 && s.f_type != TMPFS_MAGIC)
			printf("see the machine's %s\n", homes[i]);
}

static void try_files(const char *folder, const char *secret)
{
	char path[4096];
	int own;

	snprintf(path, sizeof(path), "%s/left-behind", folder);
	could_if(open(path, O_WRONLY | O_CREAT, 0644) >= 0, "write beside its folder");
	could_if(open("/etc/passwd", O_WRONLY) >= 0, "write into /etc");
	could_if(open("/usr/left-behind", O_WRONLY | O_TMPFILE, 0644) >= 0, "write into /usr");
	could_if(open("/etc/shadow", O_RDONLY) >= 0, "read /etc/shadow");
	could_if(open(secret, O_RDONLY) >= 0, "read a secret");
	could_if(open("/proc/sys/kernel/core_pattern", O_WRONLY) >= 0, "write to /proc/sys");
	could_if(open("/proc/sys/net/ipv4/ip_forward", O_WRONLY) >= 0, "write to /proc/sys/net");
	could_if(open("/proc/sysrq-trigger", O_WRONLY) >= 0, "write to /proc/sysrq-trigger");
	could_if(open("/proc/1/environ", O_RDONLY) >= 0, "read init's environment");
	could_if(open("/proc/1/root/etc/passwd", O_RDONLY) >= 0, "see init's root");
	own = open("mine", O_WRONLY | O_CREAT, 0644);
	could_if(own < 0 || write(own, "x", 1) != 1, "NOT write into its folder");
	own = open("/tmp/mine", O_WRONLY | O_CREAT, 0644);
	could_if(own < 0 || write(own, "x", 1) != 1, "NOT write into /tmp");
	own = open("/dev/null", O_RDWR);
	could_if(own < 0 || write(own, "x", 1) != 1, "NOT write to /dev/null");
	own = open("/dev/urandom", O_RDONLY);
	could_if(own < 0 || read(own, path, 1) != 1, "NOT read /dev/urandom");
}

/* ---- what it has ---- */

static void try_state(void)
{
	static const char *const known[] = { "PATH=", "LANG=", "TZ=", "OWN=", "PWD=" };
	struct rlimit core, size, count;

	for (char **v = environ; *v; v++) {
		int ok = 0;

		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			ok |= strncmp(*v, known[i], strlen(known[i])) == 0;
		if (!ok)
			printf("see %.*s\n", (int)strcspn(*v, "="), *v);
	}
	getrlimit(RLIMIT_CORE, &core);
	getrlimit(RLIMIT_FSIZE, &size);
	getrlimit(RLIMIT_NPROC, &count);
	could_if(core.rlim_max != 0, "dump its memory");
	could_if(size.rlim_max == RLIM_INFINITY, "write without end");
	could_if(count.rlim_max == RLIM_INFINITY, "fork without end");
	could_if(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1, "get new privileges");
	could_if(prctl(PR_CAPBSET_READ, 21, 0, 0, 0) == 1, "get CAP_SYS_ADMIN");
	could_if(prctl(PR_CAPBSET_READ, 13, 0, 0, 0) == 1, "get CAP_NET_RAW");
	could_if(setpriority(PRIO_PROCESS, 0, -20) == 0, "be nicer to itself");
}

int main(int argc, char **argv)
{
	if (argc != 5)
		return 2;
	try_calls();
	try_namespaces();
	try_sockets(atoi(argv[1]), argv[2]);
	try_mounts();
	try_homes();
	try_files(argv[3], argv[4]);
	try_state();
	could("tried");
	return 0;
}
