/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/idle.h"

#include "sim/base/simtime.h"
#include "sim/clock/preload/shim.h"

#define DNS_PORT 53
#define FORGOTTEN (5 * MINUTE) /* no client waits for so long, and no resolver does */

static _Atomic int open_questions;
static _Atomic int64_t last;

static void count(struct page *p, bool is_question)
{
	if (is_question)
		atomic_fetch_add(&open_questions, 1);
	else if (atomic_fetch_sub(&open_questions, 1) <= 0)
		atomic_store(&open_questions, 0);
	atomic_store(&last, atomic_load(shim_clock(p)));
}

void shim_idle_sent(struct page *p, uint16_t from_port, uint16_t to_port)
{
	count(p, to_port == DNS_PORT && from_port != DNS_PORT);
}

void shim_idle_came(struct page *p, uint16_t from_port, uint16_t to_port)
{
	count(p, to_port == DNS_PORT && from_port != DNS_PORT);
}

bool shim_is_idle(struct page *p)
{
	if (atomic_load(&area(p)->streams))
		return false;
	return atomic_load(&open_questions) == 0 ||
	       atomic_load(shim_clock(p)) - atomic_load(&last) >= FORGOTTEN;
}
