/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/clock/preload/event.h"

#include <string.h>
#include <sys/eventfd.h>

#include "sim/clock/preload/look.h"
#include "sim/clock/preload/ready.h"
#include "sim/clock/preload/wait.h"

/* The kernel's eventfd only lends its number then; it always says that it can be written. */
HOOK int eventfd(unsigned int value, int flags)
{
	int fd = (int)RAW(SYS_eventfd2, value, flags, 0, 0, 0, 0);
	struct descriptor *d = net_descriptor(fd);
	struct page *p = page();
	uint64_t drained;

	if (!d && fd >= 0 && p)
		shim_refuse(p, "eventfd (descriptor above 65535)");
	if (!d)
		return fd;
	*d = (struct descriptor){ .kind = KIND_WAKE, .nonblocking = flags & EFD_NONBLOCK };
	if (!p || !p->datagrams)
		return fd;
	d->kind = KIND_EVENT;
	d->one_by_one = flags & EFD_SEMAPHORE;
	d->count = value;
	while (value && RAW(SYS_read, fd, &drained, sizeof(drained), 0, 0, 0) > 0 && d->one_by_one)
		value--;
	if (d->count) {
		pthread_mutex_lock(&net_lock);
		net_link_ready(p, fd);
		pthread_mutex_unlock(&net_lock);
	}
	return fd;
}

ssize_t net_event_write(struct page *p, int fd, const void *data, size_t len)
{
	struct descriptor *d = &net_table[fd];
	uint64_t value;
	bool fits;

	if (len < sizeof(value))
		return failed(EINVAL);
	memcpy(&value, data, sizeof(value));
	if (value == UINT64_MAX)
		return failed(EINVAL);
	pthread_mutex_lock(&net_lock);
	fits = value < UINT64_MAX - d->count;
	if (fits && value) {
		d->count += value;
		net_link_ready(p, fd);
		shim_happens();
	}
	pthread_mutex_unlock(&net_lock);
	if (!fits && !d->nonblocking)
		shim_refuse(p, "write (to an eventfd that is full)");
	return fits ? (ssize_t)sizeof(value) : failed(EAGAIN);
}

/* 0: there is nothing. */
static uint64_t take(int fd)
{
	struct descriptor *d = &net_table[fd];
	uint64_t value;

	pthread_mutex_lock(&net_lock);
	value = d->one_by_one ? d->count > 0 : d->count;
	d->count -= value;
	if (!d->count)
		net_unlink_ready(fd);
	pthread_mutex_unlock(&net_lock);
	return value;
}

ssize_t net_event_read(struct page *p, int fd, void *data, size_t len)
{
	uint64_t value;

	if (len < sizeof(value))
		return failed(EINVAL);
	while (!(value = take(fd))) {
		if (net_table[fd].nonblocking)
			return failed(EAGAIN);
		net_await(p, fd, POLLIN, KIND_EVENT);
	}
	shim_happens();
	memcpy(data, &value, sizeof(value));
	return sizeof(value);
}
