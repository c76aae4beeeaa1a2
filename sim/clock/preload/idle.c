/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/idle.h"

#include "sim/base/simtime.h"
#include "sim/clock/preload/look.h"
#include "sim/clock/preload/shim.h"

#define DNS_PORT 53
#define FORGOTTEN (5 * MINUTE) /* no client waits for so long, and no resolver does */

static _Atomic int open_questions;
static _Atomic int64_t last, stream_used;

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

void shim_streamed(struct page *p)
{
	shim_traffic();
	if (p)
		atomic_store(&stream_used, atomic_load(shim_clock(p)));
}

bool shim_is_idle(struct page *p)
{
	int64_t now = atomic_load(shim_clock(p));

	if (atomic_load(&area(p)->streams) && now - atomic_load(&stream_used) < FORGOTTEN)
		return false;
	return atomic_load(&open_questions) == 0 || now - atomic_load(&last) >= FORGOTTEN;
}
