/* SPDX-License-Identifier: BSD-2-Clause */
/* net.h - the process's descriptors, as far as the clock has to know them, and its datagrams.
 *
 * A UDP socket stays a kernel socket, but where its datagrams go through the page the kernel has
 * nothing to do with it: its names, its port and most of its options are kept here, and cost no
 * system call. What the kernel has a word in is the kernel's as ever: addresses that are not the
 * resolver's own or that need no route (loopback, multicast, link-local), and datagrams to the
 * machine's own loopback address.
 *
 * An eventfd on a virtual clock is a number here: threads that wake each other by it, or
 * themselves, need no system call for it. With another process it cannot be shared: what a child
 * writes is the kernel's.
 *
 *	address.c      socket addresses as family, bytes and port
 *	bound.c        what UDP sockets are bound and connected to
 *	descriptor.c   the table of descriptors, and the calls that change it
 *	event.c        eventfds
 *	ready.c        which descriptors can be read, and who waits for them
 *	receive.c      from the page into queues, and out of them
 *	send.c         into the page
 *	syscall.c      syscall(), by which libuv does all of that */
#pragma once

#include <sys/epoll.h>
#include <sys/uio.h>

#include "sim/clock/preload/shim.h"

#define DESCRIPTORS 65536

enum kind {
	KIND_OTHER,
	KIND_UDP,
	KIND_STREAM, /* TCP; counted in area->streams once it is connected */
	KIND_WAKE, /* pipe, unix socket: a write may wake a thread */
	KIND_EVENT, /* eventfd on a virtual clock: the count is kept here */
};

struct name {
	uint8_t family; /* 0: none; 4 or 6 */
	uint8_t bytes[16];
	uint16_t port;
};

struct queued { /* a datagram that waits to be read */
	struct queued *next;
	struct page_datagram d;
	uint8_t data[];
};

struct watch { /* one descriptor in one epoll set */
	struct watch *next;
	int ep;
	struct epoll_event ev;
	bool armed, in_kernel;
};

struct descriptor {
	uint8_t kind, family;
	bool nonblocking, counted, wants_info4, wants_info6;
	bool shares_port; /* SO_REUSEADDR or SO_REUSEPORT */
	bool bound_for_real, connected_for_real; /* the kernel has its names, too */
	struct name bound, peer;
	struct queued *first, *last; /* KIND_UDP */
	uint32_t booked,
		room; /* of its receive buffer, in the kernel's bytes; room 0: not asked for yet */
	uint64_t count; /* KIND_EVENT */
	bool one_by_one; /* EFD_SEMAPHORE */
	struct watch *watches;
	int next_on_port, next_ready; /* descriptor + 1, 0 ends */
	bool is_ready;
};

/* All behind net_lock. */
extern struct descriptor net_table[DESCRIPTORS];
extern int net_on_port[65536]; /* descriptor + 1 that is bound to a port, chained by next_on_port */
extern int net_ready; /* descriptors with a queue or a count, chained by next_ready */
extern pthread_mutex_t net_lock;

/* NULL: not one that we could know. */
struct descriptor *net_descriptor(int fd);

/* The descriptor if its datagrams go through the page, NULL otherwise. */
struct descriptor *net_paged(struct page *p, int fd);
bool net_is_kind(int fd, enum kind kind);

/* IPv4 in IPv6 counts as IPv4. false: neither. */
bool net_name_of(const struct sockaddr *sa, socklen_t len, struct name *ret);
bool net_is_any(const struct name *n);
bool net_is_loopback(const struct name *n);

/* An address of some host far away: it takes a route, and the namespace has one for each. */
bool net_is_far(const struct name *n);

/* As a socket of `socket_family` shows an address; cut off at *len, which is set. */
void net_put_sockaddr(uint8_t socket_family, uint8_t family, const uint8_t *bytes, uint16_t port,
		      struct sockaddr *ret, socklen_t *len);

/* There is something to read on a descriptor: whoever waits for it is woken. And nothing more. The
 * lock is held. */
void net_link_ready(struct page *p, int fd);
void net_unlink_ready(int fd);

/* An eventfd's write and read, as the kernel does them. */
ssize_t net_event_write(struct page *p, int fd, const void *data, size_t len);
ssize_t net_event_read(struct page *p, int fd, void *data, size_t len);

/* What a call returns that ends with this errno. */
static inline int failed(int code)
{
	errno = code;
	return -1;
}

/* This thread reads from a local port, as far as is known. */
static inline void net_reads(struct page *p, uint16_t port)
{
	atomic_store_explicit(&area(p)->port_slot[port], (uint8_t)(shim_self(p) - p->slots + 1),
			      memory_order_relaxed);
}

/* Gives a socket that sends before it was bound a local port. */
void net_bind_if_needed(struct page *p, int fd, struct descriptor *d);

/* Tells the kernel what it is bound to. */
void net_bind_for_real(int fd, struct descriptor *d);

/* Its port is free. The lock is held. */
void net_unlink_port(int fd);

/* A blocking call on a descriptor of this kind first waits as poll() does. */
void net_await(struct page *p, int fd, short events, enum kind kind);

/* A TCP socket has a connection, or is about to have one. */
void net_count_stream(struct page *p, int fd);
