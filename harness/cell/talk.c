/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/talk.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "sim/base/cleanup.h"

#define HEAD 160 /* bytes of an answer that are kept for what went wrong */
#define AT_ONCE (1 << 20) /* bytes: who never ends is looked at meanwhile */
#define KEPT (1 << 20) /* bytes; nobody reads so many */

struct talk {
	int fd;
	size_t heard;
	char head[HEAD];
};

/* Its number as a path, since a folder's may be too long for an address; no link is followed. */
static bool find(const char *folder, const char *file, int *at, struct sockaddr_un *ret)
{
	_cleanup_(closep) int in = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	*at = in < 0 ? -1 : openat(in, file, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d", *at);
	return *at >= 0 && fstat(*at, &st) == 0 && S_ISSOCK(st.st_mode);
}

static bool say(int fd, const char *text)
{
	size_t len = strlen(text);

	return send(fd, text, len, MSG_NOSIGNAL) == (ssize_t)len;
}

struct talk *talk_begin(const char *folder, const char *file, const char *text)
{
	_cleanup_(closep) int at = -1;
	_cleanup_(closep) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct sockaddr_un address;
	struct talk *t;

	if (fd < 0 || !find(folder, file, &at, &address) ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || !say(fd, text))
		return NULL;
	t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->fd = fd;
	fd = -1;
	return t;
}

void talk_free(struct talk *t)
{
	if (t)
		close(t->fd);
	free(t);
}

static bool keep(struct talk *t, const char *bytes, size_t len, int out)
{
	bool fits = t->heard + len <= KEPT;

	for (size_t i = 0; i < len && t->heard + i < HEAD - 1; i++)
		t->head[t->heard + i] = bytes[i];
	t->heard += len;
	return !fits || write(out, bytes, len) == (ssize_t)len;
}

static int end(const struct talk *t, const char *failed, struct err *e)
{
	if (!t->heard)
		return err_set(e, -EREMOTEIO, "it said nothing");
	if (!failed || strncmp(t->head, failed, strlen(failed)) != 0)
		return 1;
	return err_set(e, -EREMOTEIO, "it answered '%.*s'", (int)strcspn(t->head, "\n"), t->head);
}

int talk_hear(struct talk *t, int out, const char *failed, struct err *e)
{
	char bytes[1 << 14];

	for (size_t sum = 0; sum < AT_ONCE;) {
		ssize_t n = recv(t->fd, bytes, sizeof(bytes), 0);

		if (n == 0)
			return end(t, failed, e);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n < 0)
			return err_set(e, -EREMOTEIO, "%s", strerror(errno));
		sum += (size_t)n;
		if (!keep(t, bytes, (size_t)n, out))
			return err_set(e, -EIO, "what it says cannot be kept: %s", strerror(errno));
	}
	return 0;
}

void talk_wait(const struct talk *t, simtime most)
{
	struct timespec moment = { most / SECOND, most % SECOND };
	struct pollfd p = { .fd = t->fd, .events = POLLIN };

	ppoll(&p, 1, &moment, NULL);
}
