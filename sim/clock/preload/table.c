/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/table.h"

#include <stdlib.h>
#include <string.h>

#include "sim/clock/preload/idle.h"

struct descriptor net_table[DESCRIPTORS];
int net_on_port[65536];
int net_ready;
pthread_mutex_t net_lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t forks; /* between the program's first process and this one */

#define KEPT_MAX 64 /* a program has a limit of descriptors, and may need them for something else */
static int kept[KEPT_MAX];
static unsigned kept_count;

struct descriptor *net_descriptor(int fd)
{
	return fd >= 0 && fd < DESCRIPTORS ? &net_table[fd] : NULL;
}

/* The descriptor if its datagrams go through the page. */
struct descriptor *net_paged(struct page *p, int fd)
{
	struct descriptor *d = net_descriptor(fd);

	return p && d && d->kind == KIND_UDP && p->datagrams ? d : NULL;
}

bool net_is_kind(int fd, enum kind kind)
{
	struct descriptor *d = net_descriptor(fd);

	return d && d->kind == kind;
}

bool net_is_here(struct page *p, int fd)
{
	return net_paged(p, fd) || (p && net_is_kind(fd, KIND_EVENT));
}

void net_unlink_ready(int fd)
{
	struct descriptor *d = &net_table[fd];

	for (int *at = &net_ready; d->is_ready && *at; at = &net_table[*at - 1].next_ready) {
		if (*at == fd + 1) {
			*at = d->next_ready;
			break;
		}
	}
	d->next_ready = 0;
	d->is_ready = false;
}

void net_unlink_port(int fd)
{
	struct descriptor *d = &net_table[fd];

	if (d->kind != KIND_UDP || !d->bound.family)
		return;
	for (int *at = &net_on_port[d->bound.port]; *at; at = &net_table[*at - 1].next_on_port) {
		if (*at == fd + 1) {
			*at = d->next_on_port;
			break;
		}
	}
	d->next_on_port = 0;
}

/* It was the kernel's to close after all. The lock is held. */
static void unkeep(int fd)
{
	unsigned n = 0;

	for (unsigned i = 0; i < kept_count; i++)
		if (kept[i] != fd)
			kept[n++] = kept[i];
	kept_count = n;
}

void net_forget(struct page *p, int fd)
{
	struct descriptor *d = net_descriptor(fd);

	if (!d || d->kind == KIND_OTHER)
		return;
	pthread_mutex_lock(&net_lock);
	net_unlink_ready(fd);
	net_unlink_port(fd);
	while (d->first) {
		struct queued *q = d->first;

		d->first = q->next;
		free(q);
	}
	while (d->watches) {
		struct watch *w = d->watches;

		d->watches = w->next;
		free(w);
	}
	if (d->counted && p)
		atomic_fetch_sub(&area(p)->streams, 1);
	if (d->kind == KIND_KEPT)
		unkeep(fd);
	*d = (struct descriptor){ 0 };
	pthread_mutex_unlock(&net_lock);
}

void net_remember(int fd, enum kind kind, uint8_t family, bool nonblocking)
{
	struct descriptor *d = net_descriptor(fd);

	if (!d)
		return;
	net_forget(page(), fd); /* libc may have closed the number without us */
	*d = (struct descriptor){
		.kind = kind, .family = family, .nonblocking = nonblocking, .process = forks
	};
}

static bool is_in_kernel(const struct descriptor *d)
{
	bool found = d->bound_for_real || d->connected_for_real;

	for (const struct watch *w = d->watches; w && !found; w = w->next)
		found = w->in_kernel;
	return found;
}

bool net_keep(struct page *p, int fd)
{
	const struct descriptor *d = net_paged(p, fd);
	struct descriptor as = { .kind = KIND_KEPT };

	if (!d || d->type < 0 || d->process != forks || is_in_kernel(d) || kept_count == KEPT_MAX)
		return false;
	as.family = d->family;
	as.type = d->type;
	net_forget(p, fd);
	pthread_mutex_lock(&net_lock);
	net_table[fd] = as;
	kept[kept_count++] = fd;
	pthread_mutex_unlock(&net_lock);
	return true;
}

int net_take_kept(struct page *p, uint8_t family, int type)
{
	int fd = -1;

	if (!p || !kept_count)
		return -1;
	pthread_mutex_lock(&net_lock);
	for (unsigned i = kept_count; i-- && fd < 0;)
		if (net_table[kept[i]].family == family && net_table[kept[i]].type == type)
			fd = kept[i];
	if (fd >= 0)
		unkeep(fd);
	pthread_mutex_unlock(&net_lock);
	return fd;
}

void net_count_stream(struct page *p, int fd)
{
	struct descriptor *d = net_descriptor(fd);

	if (!p || !d || d->kind != KIND_STREAM || d->counted)
		return;
	d->counted = true;
	shim_streamed(p);
	atomic_fetch_add(&area(p)->streams, 1);
}

void net_refuse_inherited(int fd, const char *call)
{
	const struct descriptor *d = shim_parent ? net_descriptor(fd) : NULL;

	if (d && d->kind == KIND_UDP && d->process != forks && shim_parent->datagrams &&
	    d->bound.family && !d->bound_for_real && !d->connected_for_real)
		shim_refuse(shim_parent, call);
}

void net_forked(void)
{
	pthread_mutex_t fresh = PTHREAD_MUTEX_INITIALIZER;

	memcpy(&net_lock, &fresh, sizeof(fresh));
	kept_count = 0;
	forks++;
}
