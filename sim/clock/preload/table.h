/* SPDX-License-Identifier: BSD-2-Clause */
/* table.h - the process's descriptors, as far as the clock has to know them. It calls nothing that
 * waits, wakes or moves.
 *
 * A UDP socket stays a kernel socket, but where its datagrams go through the page the kernel has
 * nothing to do with it: its names, its port and most of its options are kept here, and cost no
 * system call. What the kernel has a word in is the kernel's as ever: addresses that are not the
 * resolver's own or that need no route (loopback, multicast, link-local), and datagrams to the
 * machine's own loopback address.
 *
 * An eventfd on a virtual clock is a number here: threads that wake each other by it, or
 * themselves, need no system call for it. With another process it cannot be shared: what a child
 * writes is the kernel's. */
#pragma once

#include <sys/epoll.h>

#include "sim/clock/preload/shim.h"

#define DESCRIPTORS 65536

enum kind {
	KIND_OTHER,
	KIND_UDP,
	KIND_STREAM, /* TCP; counted in area->streams once it is connected */
	KIND_WAKE, /* pipe, unix socket: a write may wake a thread */
	KIND_RANDOM, /* /dev/random, /dev/urandom */
	KIND_EVENT, /* eventfd on a virtual clock: the count is kept here */
	KIND_KEPT, /* closed, as the program sees it: see net_keep() */
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
	int set; /* its number, whichever of its descriptors was named */
	struct epoll_event ev;
	bool armed, in_kernel;
};

struct descriptor {
	uint8_t kind, family;
	uint32_t process; /* the one that opened it, by how often was forked before */
	bool nonblocking, counted, wants_info4, wants_info6;
	int type; /* KIND_UDP, KIND_KEPT: as socket() was called; -1: the kernel was told more since */
	bool shares_port, spreads; /* SO_REUSEADDR or SO_REUSEPORT; SO_REUSEPORT */
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

/* What a call returns that ends with this errno. */
static inline int failed(int code)
{
	errno = code;
	return -1;
}

/* Its port is free; there is nothing more to read on it. The lock is held. */
void net_unlink_port(int fd);
void net_unlink_ready(int fd);

/* A TCP socket has a connection, or is about to have one. */
void net_count_stream(struct page *p, int fd);

/* A number means this from here on, or nothing that we know; what there was of it is gone. */
void net_remember(int fd, enum kind kind, uint8_t family, bool nonblocking);
void net_forget(struct page *p, int fd);

/* A UDP socket that the kernel knows nothing of but that it is there is not closed there: the next
 * one of its kind gets its number, and costs no system call. Resolvers open one for each question.
 * false: it is the kernel's to close. */
bool net_keep(struct page *p, int fd);

/* Its number is free, as far as the program knows: whoever uses it all the same hears that. */
static inline bool net_is_closed(int fd)
{
	return net_is_kind(fd, KIND_KEPT);
}

/* One that was kept, as socket() with this type would make it; -1: there is none. */
int net_take_kept(struct page *p, uint8_t family, int type);

/* Whether what there is to read from a descriptor is here and not in the kernel. */
bool net_is_here(struct page *p, int fd);

/* In a child, of a UDP socket that it has from its parent: its datagrams are in the parent's page,
 * and never come to the kernel's socket, by which a child would wait for ever. The run ends. */
void net_refuse_inherited(int fd, const char *call);
#define OF_PARENT " (by a child, of its parent's UDP socket)"

/* This is a child: the lock may be held by a thread that it does not have. */
void net_forked(void);
