/* SPDX-License-Identifier: BSD-2-Clause */
/* cell_restart.c - a resolver whose process an operator ends and starts anew.
 *
 * It ends as by a crash: a farewell would take time, and how much of it is the machine's. What it had
 * in memory is gone, what is in its folder stays, but for sockets there, which a service manager would
 * take away with the folder that they are in. */
#include "harness/cell/cell_state.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/names.h"

#define PROBE_EVERY (500 * MSEC)

static void remove_sockets(const char *folder)
{
	_cleanup_(closedirp) DIR *d = opendir(folder);
	char path[PATH_MAX];
	struct dirent *file;
	struct stat st;

	while (d && (file = readdir(d))) {
		if (strcmp(file->d_name, ".") == 0 || strcmp(file->d_name, "..") == 0)
			continue;
		if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, file->d_name) >=
			    sizeof(path) ||
		    lstat(path, &st) < 0)
			continue;
		if (S_ISSOCK(st.st_mode))
			unlink(path);
		else if (S_ISDIR(st.st_mode))
			remove_sockets(path);
	}
}

int cell_restart(struct cell *c, struct host *h, struct err *e)
{
	pid_t was = h->pid;
	int r;

	h->spent += cell_end_process(h);
	clock_forget(c->clock, was);
	if (clock_mode(c->clock) == CLOCK_VIRTUAL)
		wire_begin_anew(c->wire, &h->at.address);
	remove_sockets(h->work);
	h->restarts++;
	h->restarted = h->next_probe = clock_now(c->clock);
	r = cell_start_process(c, h, e);
	if (r < 0)
		err_prefix(e, "when it was started anew");
	return r;
}

/* ---- whether it is back ---- */

int cell_ask_restarted(struct cell *c, simtime now, struct err *e)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < c->host_count; i++) {
		struct host *h = &c->hosts[i];

		if (h->next_probe > now)
			continue;
		h->next_probe = now + PROBE_EVERY;
		r = cell_probe(c, h, e);
	}
	return r;
}

simtime cell_next_probe(const struct cell *c)
{
	simtime next = SIMTIME_NEVER;

	for (unsigned i = 0; i < c->host_count; i++)
		next = earlier(next, c->hosts[i].next_probe);
	return next;
}

void cell_note_answer(struct cell *c, struct host *h, unsigned rcode)
{
	char text[NAMES_LEN], after[32], what[160];
	simtime now = clock_now(c->clock);

	if (h->restarted == SIMTIME_NEVER)
		return;
	snprintf(what, sizeof(what), "%s%sanswers '. SOA' with %s, %s after its restart", h->name,
		 h->name[0] ? " " : "", names_rcode(rcode, text),
		 simtime_duration_text(now - h->restarted, after));
	h->restarted = h->next_probe = SIMTIME_NEVER;
	if (c->record)
		record_event(c->record,
			     &(struct record_event){ .at = now, .kind = "resolver", .what = what });
}

static const struct host *awaited(const struct cell *c)
{
	for (unsigned i = 0; i < c->host_count; i++)
		if (c->hosts[i].restarted != SIMTIME_NEVER)
			return &c->hosts[i];
	return NULL;
}

bool cell_awaits_restarted(const struct cell *c)
{
	return awaited(c) != NULL;
}

int cell_check_restarts(const struct cell *c, struct err *e)
{
	const struct host *h = awaited(c);
	char at[32];

	if (!h)
		return 0;
	return err_set(e, -ETIMEDOUT,
		       "the resolver%s%s%s was restarted at %s and has not answered since "
		       "(resolver.log may say why)",
		       h->name[0] ? " '" : "", h->name, h->name[0] ? "'" : "",
		       simtime_text(h->restarted, at));
}
