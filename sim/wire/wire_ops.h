/* SPDX-License-Identifier: BSD-2-Clause */
/* wire_ops.h - the ways in which a wire moves packets: one table of operations, a row for each.
 *
 * For the wire's own files. wire.c picks the row by the clock's mode and does what all ways share;
 * TCP is the kernel's in every one (sockets.h), so a row speaks of datagrams, and of waiting. */
#pragma once

#include "sim/wire/sockets.h"
#include "sim/wire/wire.h"

struct wire {
	const struct wire_ops *ops;
	struct clock *clock;
	struct sockets *sockets;
	void (*tap)(const struct packet *p, simtime at, void *arg); /* NULL: nobody looks */
	void *tap_arg;
	struct address diverted; /* datagrams to it are given to `divert`; NULL: none is */
	int (*divert)(const struct packet *p, void *arg, struct err *e);
	void *divert_arg;
	struct wire_beside beside;
};

struct wire_ops {
	size_t size; /* of what begins with a struct wire; it begins as zeros */
	bool has_kernel_datagrams; /* the sockets are to have UDP */
	bool is_exact;

	/* See the function of wire.h with the same name. Those that send get datagrams alone; none
	 * but `send_at` shows them to who looks. */
	int (*send)(struct wire *w, const struct packet *p, struct err *e);
	int (*send_at)(struct wire *w, const struct packet *p, simtime at, struct err *e);
	bool (*send_later)(struct wire *w, const struct packet *p, simtime at);
	void (*begin_anew)(struct wire *w, const struct address *resolver);
	uint64_t (*overflowed)(const struct wire *w);
	bool (*has_room)(struct wire *w);
	bool (*take)(struct wire *w, struct packet *ret);
	simtime (*next)(struct wire *w);
	int (*wait)(struct wire *w, simtime until, struct err *e);
	void (*done)(struct wire *w);
};

extern const struct wire_ops wire_page; /* the page that the clock library shares */
extern const struct wire_ops wire_sockets; /* the kernel's UDP, where the clock runs by itself */

static inline void wire_show(const struct wire *w, const struct packet *p, simtime at)
{
	if (w->tap)
		w->tap(p, at, w->tap_arg);
}
