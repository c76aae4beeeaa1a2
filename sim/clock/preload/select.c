/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <sys/select.h>

#include "sim/clock/preload/wait.h"

/* What select() wants of each descriptor, as poll() says it. Returns how many there are. */
static int select_wants(int n, fd_set *r, fd_set *w, fd_set *x, struct pollfd *ret)
{
	int count = 0;

	for (int fd = 0; fd < n && fd < FD_SETSIZE; fd++) {
		short events = 0;

		if (r && FD_ISSET(fd, r))
			events |= POLLIN;
		if (w && FD_ISSET(fd, w))
			events |= POLLOUT;
		if (x && FD_ISSET(fd, x))
			events |= POLLPRI;
		if (events)
			ret[count++] = (struct pollfd){ fd, events, 0 };
	}
	return count;
}

static int select_got(const struct pollfd *fds, int n, fd_set *r, fd_set *w, fd_set *x)
{
	int bits = 0;

	for (int i = 0; i < n; i++) {
		const struct pollfd *f = &fds[i];
		bool in = f->events & POLLIN && f->revents & (POLLIN | POLLHUP | POLLERR);
		bool out = f->events & POLLOUT && f->revents & (POLLOUT | POLLERR);
		bool urgent = f->events & POLLPRI && f->revents & POLLPRI;

		if (r && !in)
			FD_CLR(f->fd, r);
		if (w && !out)
			FD_CLR(f->fd, w);
		if (x && !urgent)
			FD_CLR(f->fd, x);
		bits += in + out + urgent;
	}
	return bits;
}

HOOK int pselect(int n, fd_set *r, fd_set *w, fd_set *x, const struct timespec *timeout,
		 const sigset_t *mask)
{
	struct {
		const sigset_t *mask;
		size_t size;
	} kernel_mask = { mask, 8 };
	struct pollfd fds[FD_SETSIZE];
	struct page *p = page();
	struct timespec t;
	int count, got;

	if (!p) {
		if (timeout)
			t = *timeout;
		return (int)RAW(SYS_pselect6, n, r, w, x, timeout ? &t : NULL, &kernel_mask);
	}
	count = select_wants(n, r, w, x, fds);
	got = ppoll(fds, (nfds_t)count, timeout, mask);
	return got < 0 ? got : select_got(fds, count, r, w, x);
}

HOOK int select(int n, fd_set *r, fd_set *w, fd_set *x, struct timeval *timeout)
{
	struct timespec t;

	if (timeout)
		t = (struct timespec){ timeout->tv_sec, timeout->tv_usec * 1000 };
	return pselect(n, r, w, x, timeout ? &t : NULL, NULL);
}
