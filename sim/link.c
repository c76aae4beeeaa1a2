#include "sim/link.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <netlink/addr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/inet6.h>
#include <netlink/route/link/veth.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/route.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

/* ---- the plan: what lies where ---- */

enum place { INTERNET, RESOLVER, CLIENTS, PLACES };

/* An end of a cable, named after where it leads. */
struct plug {
	enum place place;
	const char *name;
	const char *mac;
};

static const struct plug cables[][2] = {
	{ { INTERNET, "resolver", "02:5f:00:00:00:01" },
	  { RESOLVER, "internet", "02:5f:00:00:00:02" } },
	{ { CLIENTS, "resolver", "02:5f:00:00:00:03" },
	  { RESOLVER, "clients", "02:5f:00:00:00:04" } },
};

/* Who is at the other end of any cable. Its MAC is known beforehand, so that one neighbour entry
 * serves a whole prefix and nobody ever has to ask (ARP, RFC 4861) for one. */
#define FAR_END_V4 "169.254.0.1"
#define FAR_END_V6 "fe80::1"

/* A prefix that is reached by a plug, or that is the place's own. The first rows of "clients" come
 * before its default, which answers for every address there is, the far end's too. */
static const struct way {
	enum place place;
	const char *prefix;
	const char *plug; /* NULL: answered for here */
	const char *source; /* preferred, NULL: none */
} ways[] = {
	{ INTERNET, "198.18.0.0/16", NULL, NULL },
	{ INTERNET, "fd00:5f::/32", NULL, NULL },
	{ INTERNET, "198.19.0.0/16", "resolver", NULL },
	{ INTERNET, "fd00:53::/32", "resolver", NULL },
	{ RESOLVER, "198.18.0.0/16", "internet", LINK_RESOLVER_V4 },
	{ RESOLVER, "fd00:5f::/32", "internet", LINK_RESOLVER_V6 },
	{ RESOLVER, "0.0.0.0/0", "clients", LINK_RESOLVER_V4 },
	{ RESOLVER, "::/0", "clients", LINK_RESOLVER_V6 },
	{ CLIENTS, "198.19.0.0/16", "resolver", NULL },
	{ CLIENTS, "fd00:53::/32", "resolver", NULL },
	{ CLIENTS, "0.0.0.0/0", NULL, NULL },
	{ CLIENTS, "::/0", NULL, NULL },
};

static const char *const place_names[PLACES] = { "internet", "resolver", "clients" };

/* ---- netlink ---- */

static void nl_socket_freep(struct nl_sock **s)
{
	nl_socket_free(*s);
}

static void nl_addr_putp(struct nl_addr **a)
{
	nl_addr_put(*a);
}

static void rtnl_link_putp(struct rtnl_link **l)
{
	rtnl_link_put(*l);
}

static void rtnl_addr_putp(struct rtnl_addr **a)
{
	rtnl_addr_put(*a);
}

static void rtnl_neigh_putp(struct rtnl_neigh **n)
{
	rtnl_neigh_put(*n);
}

static void rtnl_route_putp(struct rtnl_route **r)
{
	rtnl_route_put(*r);
}

static void nl_cache_freep(struct nl_cache **c)
{
	nl_cache_free(*c);
}

static int no_memory(struct err *e)
{
	return err_set(e, -ENOMEM, "out of memory");
}

/* libnl has error numbers of its own. */
static int nl_failed(int code, const char *what, const char *name, struct err *e)
{
	int r = -EIO;

	if (code == -NLE_OPNOTSUPP || code == -NLE_AF_NOSUPPORT)
		r = -EOPNOTSUPP;
	else if (code == -NLE_PERM || code == -NLE_NOACCESS)
		r = -EPERM;
	else if (code == -NLE_NOMEM)
		r = -ENOMEM;
	return err_set(e, r, "cannot %s '%s': %s", what, name, nl_geterror(code));
}

/* A netlink socket in the namespace `netns`, where it leaves the caller. */
static int nl_open(int netns, struct nl_sock **ret, struct err *e)
{
	_cleanup_(nl_socket_freep) struct nl_sock *s = NULL;
	int r = link_enter(netns, e);

	if (r < 0)
		return r;
	s = nl_socket_alloc();
	if (!s)
		return no_memory(e);
	r = nl_connect(s, NETLINK_ROUTE);
	if (r < 0)
		return nl_failed(r, "open", "netlink", e);
	*ret = TAKE(s);
	return 0;
}

static int parse_addr(const char *text, struct nl_addr **ret, struct err *e)
{
	int r = nl_addr_parse(text, AF_UNSPEC, ret);

	return r < 0 ? nl_failed(r, "read the address", text, e) : 0;
}

/* ---- building ---- */

static int place_fd(const struct world *w, enum place p)
{
	return p == INTERNET ? w->internet : p == RESOLVER ? w->resolver : w->clients;
}

/* What the host may have set for all its namespaces and that would be in our way. Best effort: the
 * file may be read-only (a container), and the defaults do as well. */
static void set_quiet(const char *name, const char *value)
{
	char path[128];
	_cleanup_(closep) int fd = -1;

	snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && write(fd, value, strlen(value)) < 0)
		return;
}

static int link_up(struct nl_sock *s, struct rtnl_link *link, struct err *e)
{
	_cleanup_(rtnl_link_putp) struct rtnl_link *change = rtnl_link_alloc();
	int r;

	if (!change)
		return no_memory(e);
	rtnl_link_set_flags(change, IFF_UP);
	r = rtnl_link_change(s, link, change, 0);
	return r < 0 ? nl_failed(r, "set up", rtnl_link_get_name(link), e) : 0;
}

static int lo_up(struct nl_sock *s, struct err *e)
{
	_cleanup_(rtnl_link_putp) struct rtnl_link *lo = NULL;
	int r = rtnl_link_get_kernel(s, 0, "lo", &lo);

	return r < 0 ? nl_failed(r, "find", "lo", e) : link_up(s, lo, e);
}

static int set_mac(struct rtnl_link *link, const char *mac, struct err *e)
{
	_cleanup_(nl_addr_putp) struct nl_addr *a = NULL;
	int r = parse_addr(mac, &a, e);

	if (r < 0)
		return r;
	rtnl_link_set_addr(link, a);
	return 0;
}

static int add_cable(const struct world *w, const struct plug cable[2], struct err *e)
{
	_cleanup_(nl_socket_freep) struct nl_sock *s = NULL;
	_cleanup_(rtnl_link_putp) struct rtnl_link *near = NULL, *far = NULL;
	int r = nl_open(place_fd(w, cable[0].place), &s, e);

	if (r < 0)
		return r;
	near = rtnl_link_veth_alloc();
	if (!near)
		return no_memory(e);
	far = rtnl_link_veth_get_peer(near);
	rtnl_link_set_name(near, cable[0].name);
	rtnl_link_set_name(far, cable[1].name);
	rtnl_link_set_ns_fd(far, place_fd(w, cable[1].place));
	r = set_mac(near, cable[0].mac, e);
	if (!r)
		r = set_mac(far, cable[1].mac, e);
	if (r < 0)
		return r;
	r = rtnl_link_add(s, near, NLM_F_CREATE | NLM_F_EXCL);
	if (r == -NLE_OPNOTSUPP)
		return err_set(e, -EOPNOTSUPP,
			       "the kernel has no veth links: as root, 'modprobe veth'");
	return r < 0 ? nl_failed(r, "make the link", cable[0].name, e) : 0;
}

/* Says who is at the far end, for good: there is never an ARP or a neighbour solicitation. */
static int add_far_end(struct nl_sock *s, int ifindex, const char *ip, const char *mac,
		       struct err *e)
{
	_cleanup_(nl_addr_putp) struct nl_addr *dst = NULL, *ll = NULL;
	_cleanup_(rtnl_neigh_putp) struct rtnl_neigh *n = rtnl_neigh_alloc();
	int r;

	if (!n)
		return no_memory(e);
	r = parse_addr(ip, &dst, e);
	if (!r)
		r = parse_addr(mac, &ll, e);
	if (r < 0)
		return r;
	rtnl_neigh_set_ifindex(n, ifindex);
	rtnl_neigh_set_dst(n, dst);
	rtnl_neigh_set_lladdr(n, ll);
	rtnl_neigh_set_state(n, NUD_PERMANENT);
	r = rtnl_neigh_add(s, n, NLM_F_CREATE | NLM_F_REPLACE);
	if (r == -NLE_AF_NOSUPPORT || r == -NLE_OPNOTSUPP)
		return err_set(e, -EOPNOTSUPP,
			       "the kernel has no IPv6: boot it without 'ipv6.disable=1'");
	return r < 0 ? nl_failed(r, "add the neighbour", ip, e) : 0;
}

/* Up, and mute: without a link-local address there is no duplicate detection, no router
 * solicitation and no multicast report (RFC 4862, 3810). */
static int plug_in(const struct world *w, const struct plug *plug, const struct plug *far,
		   struct err *e)
{
	_cleanup_(nl_socket_freep) struct nl_sock *s = NULL;
	_cleanup_(rtnl_link_putp) struct rtnl_link *link = NULL, *change = rtnl_link_alloc();
	int r = nl_open(place_fd(w, plug->place), &s, e);

	if (r < 0)
		return r;
	if (!change)
		return no_memory(e);
	r = rtnl_link_get_kernel(s, 0, plug->name, &link);
	if (r < 0)
		return nl_failed(r, "find", plug->name, e);
	rtnl_link_inet6_set_addr_gen_mode(change, rtnl_link_inet6_str2addrgenmode("none"));
	r = rtnl_link_change(s, link, change, 0);
	if (r < 0)
		return nl_failed(r, "keep addresses off", plug->name, e);
	r = link_up(s, link, e);
	if (!r)
		r = add_far_end(s, rtnl_link_get_ifindex(link), FAR_END_V4, far->mac, e);
	if (!r)
		r = add_far_end(s, rtnl_link_get_ifindex(link), FAR_END_V6, far->mac, e);
	return r;
}

/* What the kernel does a little later by itself is waited for in steps of a millisecond. */
#define PATIENCE 5000
static const struct timespec moment = { .tv_nsec = 1000000 };

/* A link whose other end comes up later gets its queue from a kernel worker, some moments after
 * that; what is sent before is lost without a word. */
static int await_carrier(const struct world *w, const struct plug *plug, struct err *e)
{
	_cleanup_(nl_socket_freep) struct nl_sock *s = NULL;
	int r = nl_open(place_fd(w, plug->place), &s, e);

	for (int i = 0; !r && i < PATIENCE; i++) {
		_cleanup_(rtnl_link_putp) struct rtnl_link *link = NULL;
		const char *queue;

		r = rtnl_link_get_kernel(s, 0, plug->name, &link);
		if (r < 0)
			return nl_failed(r, "find", plug->name, e);
		queue = rtnl_link_get_qdisc(link);
		if (rtnl_link_get_operstate(link) == IF_OPER_UP && queue && strcmp(queue, "noop"))
			return 0;
		nanosleep(&moment, NULL);
	}
	return r ? r : err_set(e, -EIO, "link '%s' does not come up", plug->name);
}

/* An IPv6 address begins to be one of ours in a kernel worker, too, even without duplicate
 * detection: when packets to it are delivered here. */
static int await_address(struct nl_sock *s, struct nl_addr *address, const char *text,
			 struct err *e)
{
	for (int i = 0; i < PATIENCE; i++) {
		_cleanup_(rtnl_route_putp) struct rtnl_route *route = NULL;
		int r = rtnl_route_lookup(s, address, &route);

		if (r < 0 && r != -NLE_OBJ_NOTFOUND)
			return nl_failed(r, "find the way to", text, e);
		if (!r && rtnl_route_get_type(route) == RTN_LOCAL)
			return 0;
		nanosleep(&moment, NULL);
	}
	return err_set(e, -EIO, "the address '%s' does not come up", text);
}

/* On lo: an address on the cable would make the kernel speak of it (multicast reports). */
static int add_address(struct nl_sock *s, const char *text, struct err *e)
{
	_cleanup_(nl_addr_putp) struct nl_addr *local = NULL;
	_cleanup_(rtnl_addr_putp) struct rtnl_addr *a = rtnl_addr_alloc();
	int r;

	if (!a)
		return no_memory(e);
	r = parse_addr(text, &local, e);
	if (r < 0)
		return r;
	rtnl_addr_set_ifindex(a, 1);
	rtnl_addr_set_local(a, local);
	rtnl_addr_set_flags(a, IFA_F_NODAD);
	r = rtnl_addr_add(s, a, NLM_F_CREATE | NLM_F_REPLACE);
	return r < 0 ? nl_failed(r, "add the address", text, e) : await_address(s, local, text, e);
}

static int add_nexthop(struct nl_sock *s, struct rtnl_route *route, const char *plug, struct err *e)
{
	const char *far = rtnl_route_get_family(route) == AF_INET ? FAR_END_V4 : FAR_END_V6;
	_cleanup_(rtnl_link_putp) struct rtnl_link *link = NULL;
	_cleanup_(nl_addr_putp) struct nl_addr *gateway = NULL;
	struct rtnl_nexthop *hop;
	int r = rtnl_link_get_kernel(s, 0, plug ? plug : "lo", &link);

	if (r < 0)
		return nl_failed(r, "find", plug ? plug : "lo", e);
	hop = rtnl_route_nh_alloc();
	if (!hop)
		return no_memory(e);
	rtnl_route_nh_set_ifindex(hop, rtnl_link_get_ifindex(link));
	rtnl_route_add_nexthop(route, hop);
	if (!plug)
		return 0;
	r = parse_addr(far, &gateway, e);
	if (r < 0)
		return r;
	rtnl_route_nh_set_gateway(hop, gateway);
	rtnl_route_nh_set_flags(hop, RTNH_F_ONLINK);
	/* Acknowledge at once: a delayed ACK would be 40 ms of waiting for what has arrived. */
	rtnl_route_set_metric(route, RTAX_QUICKACK, 1);
	return 0;
}

/* The ways of "clients" are all in the table that is looked at first: its local default would win
 * over anything in the main one. */
static int add_way(struct nl_sock *s, const struct way *way, struct err *e)
{
	_cleanup_(rtnl_route_putp) struct rtnl_route *route = rtnl_route_alloc();
	_cleanup_(nl_addr_putp) struct nl_addr *dst = NULL, *src = NULL;
	bool local = !way->plug || way->place == CLIENTS;
	int r;

	if (!route)
		return no_memory(e);
	r = parse_addr(way->prefix, &dst, e);
	if (!r && way->source)
		r = parse_addr(way->source, &src, e);
	if (r < 0)
		return r;
	rtnl_route_set_family(route, (uint8_t)nl_addr_get_family(dst));
	rtnl_route_set_dst(route, dst);
	rtnl_route_set_table(route, local ? RT_TABLE_LOCAL : RT_TABLE_MAIN);
	rtnl_route_set_type(route, way->plug ? RTN_UNICAST : RTN_LOCAL);
	rtnl_route_set_scope(route, way->plug ? RT_SCOPE_UNIVERSE : RT_SCOPE_HOST);
	if (src)
		rtnl_route_set_pref_src(route, src);
	r = add_nexthop(s, route, way->plug, e);
	if (r < 0)
		return r;
	r = rtnl_route_add(s, route, NLM_F_CREATE | NLM_F_EXCL);
	return r < 0 ? nl_failed(r, "add the route to", way->prefix, e) : 0;
}

static int prepare_place(int netns, struct err *e)
{
	_cleanup_(nl_socket_freep) struct nl_sock *s = NULL;
	int r = nl_open(netns, &s, e);

	if (r < 0)
		return r;
	set_quiet("ipv4/conf/all/rp_filter", "0");
	set_quiet("ipv4/conf/default/rp_filter", "0");
	set_quiet("ipv6/conf/all/disable_ipv6", "0");
	set_quiet("ipv6/conf/default/disable_ipv6", "0");
	set_quiet("ipv6/conf/default/accept_dad", "0");
	set_quiet("ipv6/conf/default/router_solicitations", "0");
	return lo_up(s, e);
}

static int furnish_place(const struct world *w, enum place p, struct err *e)
{
	_cleanup_(nl_socket_freep) struct nl_sock *s = NULL;
	int r = nl_open(place_fd(w, p), &s, e);

	if (!r && p == RESOLVER)
		r = add_address(s, LINK_RESOLVER_V4 "/32", e);
	if (!r && p == RESOLVER)
		r = add_address(s, LINK_RESOLVER_V6 "/128", e);
	for (size_t i = 0; !r && i < ARRAY_SIZE(ways); i++)
		if (ways[i].place == p)
			r = add_way(s, &ways[i], e);
	return r;
}

static int build(const struct world *w, struct err *e)
{
	int r = 0;

	for (int p = 0; !r && p < PLACES; p++)
		r = prepare_place(place_fd(w, (enum place)p), e);
	for (size_t i = 0; !r && i < ARRAY_SIZE(cables); i++) {
		r = add_cable(w, cables[i], e);
		if (!r)
			r = plug_in(w, &cables[i][0], &cables[i][1], e);
		if (!r)
			r = plug_in(w, &cables[i][1], &cables[i][0], e);
		if (!r)
			r = await_carrier(w, &cables[i][0], e);
		if (!r)
			r = await_carrier(w, &cables[i][1], e);
	}
	for (int p = 0; !r && p < PLACES; p++)
		r = furnish_place(w, (enum place)p, e);
	return r;
}

/* ---- namespaces ---- */

static long read_number(const char *path)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "re");
	long n = -1;

	return f && fscanf(f, "%ld", &n) == 1 ? n : -1;
}

static int refused_user_namespace(int code, struct err *e)
{
	if (read_number("/proc/sys/kernel/unprivileged_userns_clone") == 0)
		return err_set(e, -EPERM,
			       "user namespaces are for root only here: run as root, or as root "
			       "'sysctl kernel.unprivileged_userns_clone=1'");
	if (read_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1)
		return err_set(e, -EPERM,
			       "AppArmor keeps user namespaces from users: run as root, or as root "
			       "'sysctl kernel.apparmor_restrict_unprivileged_userns=0'");
	if (read_number("/proc/sys/user/max_user_namespaces") == 0)
		return err_set(e, -EPERM,
			       "no user namespaces are allowed: run as root, or as root 'sysctl "
			       "user.max_user_namespaces=1000'");
	if (code == EINVAL || code == ENOSYS)
		return err_set(e, -ENOSYS, "the kernel has no user namespaces: run as root");
	return err_set(e, -EPERM,
		       "cannot make a user namespace (%s): run as root; in a container, start it "
		       "with '--privileged'",
		       strerror(code));
}

static int refused_namespace(const char *kind, int code, struct err *e)
{
	if (code == EPERM &&
	    read_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1)
		return refused_user_namespace(code, e);
	if (code == EPERM)
		return err_set(e, -EPERM,
			       "may not make a %s namespace: run as root; in a container, start it "
			       "with '--privileged'",
			       kind);
	if (code == ENOSPC || code == EUSERS)
		return err_set(e, -EPERM,
			       "no more %s namespaces are allowed: as root 'sysctl "
			       "user.max_%s_namespaces=1000'",
			       kind, *kind == 'n' ? "net" : kind);
	if (code == EINVAL || code == ENOSYS)
		return err_set(e, -ENOSYS, "the kernel has no %s namespaces", kind);
	return err_set(e, -code, "cannot make a %s namespace: %s", kind, strerror(code));
}

static int write_map(const char *path, const char *text, struct err *e)
{
	_cleanup_(closep) int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return err_set(e, -EPERM, "cannot write '%s': %s; run as root", path,
			       strerror(errno));
	return 0;
}

/* Root in a user namespace of our own, and nobody outside of it: the kernel allows a process
 * without privilege to map its own user and, once setgroups() is given up, its own group. */
static int become_root(struct err *e)
{
	char uid[64], gid[64];
	int r;

	snprintf(uid, sizeof(uid), "0 %u 1\n", (unsigned)geteuid());
	snprintf(gid, sizeof(gid), "0 %u 1\n", (unsigned)getegid());
	if (unshare(CLONE_NEWUSER) < 0)
		return refused_user_namespace(errno, e);
	r = write_map("/proc/self/setgroups", "deny", e);
	if (!r)
		r = write_map("/proc/self/uid_map", uid, e);
	return r ? r : write_map("/proc/self/gid_map", gid, e);
}

/* Pid namespace first: it tells whether we have the privilege at all. */
static int leave_pids(struct err *e)
{
	int r;

	if (geteuid() == 0 && unshare(CLONE_NEWPID) == 0)
		return 0;
	if (geteuid() == 0 && errno != EPERM)
		return refused_namespace("pid", errno, e);
	r = become_root(e);
	if (r < 0)
		return r;
	return unshare(CLONE_NEWPID) < 0 ? refused_namespace("pid", errno, e) : 0;
}

static int new_netns(int *ret, struct err *e)
{
	int fd;

	if (unshare(CLONE_NEWNET) < 0)
		return refused_namespace("network", errno, e);
	fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, -errno, "cannot open '/proc/self/ns/net': %s", strerror(errno));
	*ret = fd;
	return 0;
}

/* Pid 1 of the pid namespace: when it ends the kernel kills everything in there. It ends with its
 * parent, by whichever comes first: the signal, or the end of a pipe that only the parent can
 * write to, which holds even when the parent was gone before the signal was asked for. */
static void __attribute__((noreturn)) run_init(int pipe_end)
{
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "sigfault-init");
	setsid();
	signal(SIGCHLD, SIG_IGN); /* the kernel reaps orphans */
	if (dup2(pipe_end, 0) == 0)
		close_range(1, ~0u, 0);
	while (read(0, &byte, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

static int start_init(struct world *w, struct err *e)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(e, -errno, "cannot make a pipe: %s", strerror(errno));
	w->init = fork();
	if (w->init == 0)
		run_init(ends[0]);
	close(ends[0]);
	w->init_pipe = ends[1];
	if (w->init < 0)
		return err_set(e, -errno, "cannot start a process: %s", strerror(errno));
	return 0;
}

/* Processes we started in the pid namespace and may still have to reap. */
struct children {
	unsigned count, cap;
	pid_t *pids;
};

int link_world(struct world *ret, struct err *e)
{
	struct world w = { .internet = -1, .resolver = -1, .clients = -1, .init_pipe = -1 };
	int r = leave_pids(e);

	w.children = calloc(1, sizeof(*w.children));
	if (!w.children)
		r = no_memory(e);
	if (!r)
		r = start_init(&w, e);
	if (!r)
		r = new_netns(&w.internet, e);
	if (!r)
		r = new_netns(&w.resolver, e);
	if (!r)
		r = new_netns(&w.clients, e);
	if (!r)
		r = build(&w, e);
	if (!r)
		r = link_enter(w.internet, e);
	if (r < 0) {
		link_done(&w);
		return r;
	}
	*ret = w;
	return 0;
}

/* The kernel ends a pid namespace only after its last process is reaped, ours by us. */
static void reap(struct world *w)
{
	for (unsigned i = 0; i < PATIENCE; i++) {
		for (unsigned c = 0; c < w->children->count; c++)
			waitpid(w->children->pids[c], NULL, WNOHANG);
		if (waitpid(w->init, NULL, WNOHANG) != 0)
			return;
		nanosleep(&moment, NULL);
	}
}

void link_done(struct world *w)
{
	closep(&w->init_pipe);
	if (w->init > 0) {
		kill(w->init, SIGKILL);
		reap(w);
	}
	closep(&w->internet);
	closep(&w->resolver);
	closep(&w->clients);
	if (w->children)
		free(w->children->pids);
	free(w->children);
	*w = (struct world){ .internet = -1, .resolver = -1, .clients = -1, .init_pipe = -1 };
}

int link_enter(int netns, struct err *e)
{
	if (setns(netns, CLONE_NEWNET) < 0)
		return err_set(e, -errno, "cannot enter a network namespace: %s", strerror(errno));
	return 0;
}

/* ---- checking ---- */

static int read_nsid(struct nl_msg *msg, void *arg)
{
	struct nlattr *a = nlmsg_find_attr(nlmsg_hdr(msg), sizeof(struct rtgenmsg), NETNSA_NSID);

	if (a)
		*(int32_t *)arg = (int32_t)nla_get_u32(a);
	return NL_OK;
}

/* By which number the socket's namespace knows another one; -1 when it has nothing to do with it. */
static int ask_nsid(struct nl_sock *s, int netns, int32_t *ret, struct err *e)
{
	struct rtgenmsg general = { .rtgen_family = AF_UNSPEC };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETNSID, 0);
	int r;

	if (!msg)
		return no_memory(e);
	*ret = -1;
	nlmsg_append(msg, &general, sizeof(general), NLMSG_ALIGNTO);
	nla_put_u32(msg, NETNSA_FD, (uint32_t)netns);
	nl_socket_modify_cb(s, NL_CB_VALID, NL_CB_CUSTOM, read_nsid, ret);
	r = nl_send_auto(s, msg);
	nlmsg_free(msg);
	if (r >= 0)
		r = nl_recvmsgs_default(s);
	if (r >= 0)
		r = nl_wait_for_ack(s);
	return r < 0 ? nl_failed(r, "ask for", "network namespace", e) : 0;
}

static int check_link(struct rtnl_link *link, const int32_t known[PLACES], const char *place,
		      struct err *e)
{
	const char *name = rtnl_link_get_name(link), *type = rtnl_link_get_type(link);
	int32_t peer;

	if (rtnl_link_get_flags(link) & IFF_LOOPBACK)
		return 0;
	if (type && !strcmp(type, "veth")) {
		if (rtnl_link_get_link_netnsid(link, &peer) < 0)
			return 0; /* both ends are here */
		for (int p = 0; p < PLACES; p++)
			if (known[p] == peer)
				return 0;
		return err_set(e, -EXDEV, "link '%s' of '%s' leads out of the world", name, place);
	}
	/* Kernels give new namespaces tunnel devices, which are down. */
	if (!(rtnl_link_get_flags(link) & IFF_UP))
		return 0;
	return err_set(e, -EXDEV, "'%s' has an interface '%s' (%s) that may lead out of the world",
		       place, name, type ? type : "a device");
}

/* A route can use nothing but an interface of its own namespace: when none of them leads out, no
 * route does. */
static int check_place(const struct world *w, enum place p, struct err *e)
{
	_cleanup_(nl_socket_freep) struct nl_sock *s = NULL;
	_cleanup_(nl_socket_freep) struct nl_sock *asking = NULL;
	_cleanup_(nl_cache_freep) struct nl_cache *links = NULL;
	int32_t known[PLACES];
	int r = nl_open(place_fd(w, p), &s, e);

	if (!r)
		r = nl_open(place_fd(w, p), &asking, e);
	for (int i = 0; !r && i < PLACES; i++) {
		r = ask_nsid(asking, place_fd(w, (enum place)i), &known[i], e);
		if (known[i] < 0)
			known[i] = -2; /* no peer has this */
	}
	if (r < 0)
		return r;
	r = rtnl_link_alloc_cache(s, AF_UNSPEC, &links);
	if (r < 0)
		return nl_failed(r, "list the links of", place_names[p], e);
	r = 0;
	for (struct nl_object *o = nl_cache_get_first(links); o && !r; o = nl_cache_get_next(o))
		r = check_link((struct rtnl_link *)o, known, place_names[p], e);
	return r;
}

int link_check(const struct world *w, struct err *e)
{
	int r = 0, back;

	for (int p = 0; !r && p < PLACES; p++)
		r = check_place(w, (enum place)p, e);
	back = link_enter(w->internet, r ? NULL : e);
	return r ? r : back;
}

/* ---- processes ---- */

#define KEEP_MAX 256

/* What a child says to its parent when it could not become the program. */
struct failure {
	int code;
	struct err e;
};

static int place_fds(const struct spawn *s, int *report, struct err *e)
{
	int high[KEEP_MAX], above = 3, out, null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (unsigned i = 0; i < s->keep_count; i++)
		if (s->keep[i][1] >= above)
			above = s->keep[i][1] + 1;
	/* First everything to where no wanted number is, then down to the wanted numbers. */
	null = fcntl(null, F_DUPFD_CLOEXEC, above);
	out = s->out < 0 ? null : fcntl(s->out, F_DUPFD_CLOEXEC, above);
	*report = fcntl(*report, F_DUPFD_CLOEXEC, above);
	if (null < 0 || out < 0 || *report < 0)
		return err_set(e, -errno, "cannot place its files: %s", strerror(errno));
	for (unsigned i = 0; i < s->keep_count; i++) {
		high[i] = fcntl(s->keep[i][0], F_DUPFD_CLOEXEC, above);
		if (high[i] < 0)
			return err_set(e, -errno, "cannot pass on file %d: %s", s->keep[i][0],
				       strerror(errno));
	}
	if (close_range(0, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
		return err_set(e, -ENOSYS, "the kernel is too old: Linux 5.11 or later is needed");
	if (dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		return err_set(e, -errno, "cannot place its files: %s", strerror(errno));
	for (unsigned i = 0; i < s->keep_count; i++)
		if (dup2(high[i], s->keep[i][1]) < 0)
			return err_set(e, -errno, "cannot pass on file %d: %s", s->keep[i][1],
				       strerror(errno));
	return 0;
}

/* A program begins with nothing of ours: no ignored signals, no blocked ones, no lower priority
 * (raising it again may be refused, which does no harm). */
static void forget_habits(void)
{
	sigset_t none;

	for (int n = 1; n < NSIG; n++)
		signal(n, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpriority(PRIO_PROCESS, 0, 0);
}

static int settle_child(const struct world *w, const struct spawn *s, struct err *e)
{
	cpu_set_t cores;
	int r;

	setsid(); /* the terminal's Ctrl-C is for us alone */
	r = link_enter(s->netns < 0 ? w->resolver : s->netns, e);
	if (r < 0)
		return r;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (s->folder && chdir(s->folder) < 0)
		return err_set(e, -errno, "cannot go to '%s': %s", s->folder, strerror(errno));
	if (s->core >= 0) {
		CPU_ZERO(&cores);
		CPU_SET((unsigned)s->core, &cores);
		if (sched_setaffinity(0, sizeof(cores), &cores) < 0)
			return err_set(e, -errno, "cannot run on core %d: %s", s->core,
				       strerror(errno));
	}
	forget_habits();
	for (unsigned i = 0; s->env && s->env[i]; i++)
		if (putenv((char *)s->env[i]) != 0)
			return no_memory(e);
	return 0;
}

static void __attribute__((noreturn))
run_child(const struct world *w, const struct spawn *s, int report)
{
	struct failure f = { 0 };

	f.code = settle_child(w, s, &f.e);
	if (!f.code)
		f.code = place_fds(s, &report, &f.e);
	if (!f.code) {
		execvp(s->argv[0], (char *const *)s->argv);
		f.code = err_set(&f.e, -errno, "%s", strerror(errno));
	}
	if (write(report, &f, sizeof(f)) < 0)
		_exit(126);
	_exit(127);
}

/* Drops those that their owner has reaped, and adds one. */
static int children_add(struct children *c, pid_t pid)
{
	siginfo_t info;
	unsigned kept = 0;

	for (unsigned i = 0; i < c->count; i++)
		if (waitid(P_PID, (id_t)c->pids[i], &info, WEXITED | WNOHANG | WNOWAIT) == 0)
			c->pids[kept++] = c->pids[i];
	c->count = kept;
	if (c->count == c->cap) {
		unsigned cap = c->cap ? 2 * c->cap : 8;
		pid_t *pids = realloc(c->pids, cap * sizeof(*pids));

		if (!pids)
			return -ENOMEM;
		c->pids = pids;
		c->cap = cap;
	}
	c->pids[c->count++] = pid;
	return 0;
}

/* Waits until the child has become the program (the pipe closes) or says why not. */
static int await_program(int pipe_end, const char *program, struct err *e)
{
	struct failure f;
	ssize_t n;

	do
		n = read(pipe_end, &f, sizeof(f));
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(f))
		return 0;
	return err_set(e, f.code, "cannot run '%s': %.900s", program, f.e.text);
}

pid_t link_spawn(const struct world *w, const struct spawn *s, struct err *e)
{
	_cleanup_(closep) int hear = -1;
	int ends[2], r;
	pid_t pid;

	if (s->keep_count > KEEP_MAX)
		return err_set(e, -EINVAL, "at most %d files can be passed on", KEEP_MAX);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(e, -errno, "cannot make a pipe: %s", strerror(errno));
	hear = ends[0];
	pid = fork();
	if (pid == 0)
		run_child(w, s, ends[1]);
	r = errno;
	close(ends[1]);
	if (pid < 0)
		return err_set(e, -r, "cannot start a process: %s", strerror(r));
	r = await_program(hear, s->argv[0], e);
	if (!r && children_add(w->children, pid) < 0) {
		kill(pid, SIGKILL);
		r = no_memory(e);
	}
	if (r < 0) {
		waitpid(pid, NULL, 0);
		return r;
	}
	return pid;
}
