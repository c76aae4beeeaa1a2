/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/evidence/evidence.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define CLIENT_PATIENCE (5 * SECOND) /* a question asked so near to the end may yet be answered */
#define SERVER_PATIENCE (2 * SECOND)

void evidence_free(struct evidence *v)
{
	if (!v)
		return;
	for (unsigned i = 0; i < v->file_count; i++)
		free(v->files[i].path);
	check_done(&v->check);
	facts_free(v->facts);
	free(v->clients);
	free(v->upstream);
	free(v->answered);
	free(v->name);
	free(v);
}

/* ---- the files ---- */

static int add_file(struct evidence *v, char *path, enum sides sides)
{
	struct pairing_file *f = &v->files[v->file_count];
	const char *slash = path ? strrchr(path, '/') : NULL;

	if (!path)
		return -ENOMEM;
	*f = (struct pairing_file){ .path = path,
				    .label = slash ? slash + 1 : path,
				    .sides = sides };
	v->file_count++;
	return 0;
}

static int add_named(struct evidence *v, const char *folder, const char *name, enum sides sides)
{
	char *path;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return -ENOMEM;
	if (access(path, F_OK) == 0)
		return add_file(v, path, sides);
	free(path);
	return 0;
}

static int find_files(struct evidence *v, const char *path, struct err *e)
{
	struct stat st;
	int r;

	if (stat(path, &st) < 0)
		return err_set(e, -errno, "cannot open '%s': %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return add_file(v, strdup(path), SIDES_MIXED);
	r = add_named(v, path, "clients.pcap", SIDES_CLIENTS);
	if (r == 0)
		r = add_named(v, path, "upstream.pcap", SIDES_UPSTREAM);
	return r == 0 && !v->file_count
		       ? err_set(e, -EINVAL, "'%s' has neither clients.pcap nor upstream.pcap",
				 path)
		       : r;
}

/* ---- what is done with an exchange ---- */

static int learn(struct exchange *x, const struct capture_message *m, void *arg, struct err *e)
{
	struct evidence *v = arg;
	struct sighting s = {
		.file = x->file, .frame = x->answered_frame, .at = x->answered, .server = x->server
	};
	ldns_pkt *p = NULL;
	int r = 0;

	if (!m || m->in_part)
		return 0;
	if (x->side == SIDE_CLIENT && v->has_upstream) {
		if (x->rcode == LDNS_RCODE_NOERROR && x->has_data)
			r = facts_note(v->facts, x->qname, x->qtype);
	} else if (!ldns_wire2pkt(&p, m->data, m->len)) {
		r = facts_learn(v->facts, p, &s);
		ldns_pkt_free(p);
	}
	return r < 0 ? err_set(e, r, "no memory for what '%s' tells", v->name) : 0;
}

static int keep(struct exchange **list, size_t *count, size_t *cap, const struct exchange *x,
		struct err *e)
{
	if (*count == *cap) {
		size_t more = *cap ? 2 * *cap : 1024;
		struct exchange *p = realloc(*list, more * sizeof(*p));

		if (!p)
			return err_set(e, -ENOMEM, "no memory for the questions of the capture");
		*list = p;
		*cap = more;
	}
	(*list)[(*count)++] = *x;
	return 0;
}

static int note_answer(struct evidence *v, simtime at, struct err *e)
{
	if (v->answered_count == v->answered_cap) {
		size_t more = v->answered_cap ? 2 * v->answered_cap : 1024;
		simtime *p = realloc(v->answered, more * sizeof(*p));

		if (!p)
			return err_set(e, -ENOMEM, "no memory for the answers of the capture");
		v->answered = p;
		v->answered_cap = more;
	}
	v->answered[v->answered_count++] = at;
	return 0;
}

bool evidence_answered_between(const struct evidence *v, simtime from, simtime until)
{
	size_t low = 0, high = v->answered_count;

	while (low < high) { /* the first at `from` or later */
		size_t middle = low + (high - low) / 2;

		if (v->answered[middle] < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low < v->answered_count && v->answered[low] <= until;
}

static void count_answer(struct evidence *v, const struct exchange *x)
{
	struct evidence_answers *a = &v->answers;
	bool failed = true;

	a->asked++;
	if (x->answered == SIMTIME_NEVER)
		a->none++;
	else if (x->rcode == LDNS_RCODE_SERVFAIL)
		a->servfail++;
	else if (x->rcode != LDNS_RCODE_NOERROR && x->rcode != LDNS_RCODE_NXDOMAIN)
		a->other++;
	else
		failed = false;
	a->noerror += !failed && x->rcode == LDNS_RCODE_NOERROR;
	a->nxdomain += !failed && x->rcode == LDNS_RCODE_NXDOMAIN;
	if (failed && x->ede >= 0 && x->ede < EVIDENCE_EDES)
		v->edes[x->ede]++;
}

bool evidence_failed(const struct evidence *v, const struct exchange *x)
{
	(void)v;
	return x->answered == SIMTIME_NEVER ||
	       (x->rcode != LDNS_RCODE_NOERROR && x->rcode != LDNS_RCODE_NXDOMAIN);
}

bool evidence_gone(const struct evidence *v, const struct exchange *x)
{
	return !evidence_failed(v, x) && !x->has_data && !x->tc &&
	       facts_is_there(v->facts, x->qname, x->qtype);
}

struct checking {
	struct evidence *v;
	const uint8_t *wanted;
};

static int check_client(struct evidence *v, const uint8_t *wanted, struct exchange *x,
			const struct capture_message *m, struct err *e)
{
	int r = 0;

	if (x->answered == SIMTIME_NEVER && x->asked + CLIENT_PATIENCE > v->last &&
	    x->qname != wanted)
		return 0;
	count_answer(v, x);
	if (x->answered != SIMTIME_NEVER)
		r = note_answer(v, x->answered, e);
	if (r == 0 && !v->has_upstream && m && !m->in_part && !evidence_failed(v, x) &&
	    x->dnssec_ok)
		r = check_answer(&v->check, x, m->data, m->len, e);
	if (r == 0 &&
	    (x->qname == wanted || x->findings || evidence_failed(v, x) || evidence_gone(v, x)))
		r = keep(&v->clients, &v->client_count, &v->client_cap, x, e);
	return r;
}

static int check_one(struct exchange *x, const struct capture_message *m, void *arg, struct err *e)
{
	const struct checking *k = arg;
	struct evidence *v = k->v;
	int r = 0;

	if (x->side == SIDE_CLIENT)
		return check_client(v, k->wanted, x, m, e);
	if (m && !m->in_part)
		r = check_answer(&v->check, x, m->data, m->len, e);
	else if (!m && x->asked + SERVER_PATIENCE <= v->last)
		r = check_silence(&v->check, x, e);
	return r == 0 ? keep(&v->upstream, &v->upstream_count, &v->upstream_cap, x, e) : r;
}

/* ---- reading ---- */

static int read_all(struct evidence *v, struct askers *askers, pairing_done *done, void *arg,
		    struct err *e)
{
	return pairing_read(v->files, v->file_count, askers, v->facts, done, arg, e);
}

static int by_asked(const void *a, const void *b)
{
	const struct exchange *x = a, *y = b;

	if (x->asked != y->asked)
		return x->asked < y->asked ? -1 : 1;
	return x->asked_frame < y->asked_frame ? -1 : x->asked_frame > y->asked_frame;
}

static int by_instant(const void *a, const void *b)
{
	simtime x = *(const simtime *)a, y = *(const simtime *)b;

	return x < y ? -1 : x > y;
}

/* Which sides there are, and the time they are of. */
static int sum_up(struct evidence *v, struct err *e)
{
	uint64_t frames = 0, messages = 0;

	v->first = SIMTIME_NEVER;
	for (unsigned i = 0; i < v->file_count; i++) {
		const struct pairing_counts *n = &v->files[i].counts;

		frames += n->frames;
		messages += n->messages;
		v->has_clients |= n->questions[SIDE_CLIENT] > 0;
		v->has_upstream |= n->questions[SIDE_AUTHORITY] > 0;
		if (n->messages) {
			v->first = earlier(v->first, n->first);
			v->last = later(v->last, n->last);
		}
	}
	if (!messages)
		return err_set(e, -EINVAL,
			       "'%s' has no DNS in it: no message to or from port 53 in its %llu "
			       "frames",
			       v->name, (unsigned long long)frames);
	return v->has_clients || v->has_upstream
		       ? 0
		       : err_set(e, -EINVAL, "'%s' has answers alone, and no question", v->name);
}

/* Upstream is told from clients only when all has been read once. */
static int learn_all(struct evidence *v, struct askers *askers, struct err *e)
{
	int r;

	v->has_upstream = true;
	r = read_all(v, askers, learn, v, e);
	v->has_upstream = false;
	if (r == 0)
		r = sum_up(v, e);
	if (r == 0 && !v->has_upstream) /* what clients were sent is all that there is */
		r = read_all(v, askers, learn, v, e);
	return r;
}

int evidence_read(const char *path, const uint8_t *wanted, struct evidence **ret, struct err *e)
{
	_cleanup_(evidence_freep) struct evidence *v = calloc(1, sizeof(*v));
	_cleanup_(askers_freep) struct askers *askers = NULL;
	struct checking checking = { .v = v };
	int r;

	if (!v || !(v->name = strdup(path)) || !(v->facts = facts_new()))
		return err_set(e, -ENOMEM, "no memory");
	r = check_init(&v->check, v->facts, e);
	if (r == 0)
		r = find_files(v, path, e);
	if (r == 0 && v->files[0].sides == SIDES_MIXED)
		r = askers_read(path, &askers, e);
	if (r == 0)
		r = learn_all(v, askers, e);
	if (r == 0 && wanted)
		checking.wanted = facts_name(v->facts, wanted);
	if (r == 0)
		r = read_all(v, askers, check_one, &checking, e);
	if (r < 0)
		return r;
	if (v->upstream_count)
		qsort(v->upstream, v->upstream_count, sizeof(*v->upstream), by_asked);
	if (v->client_count)
		qsort(v->clients, v->client_count, sizeof(*v->clients), by_asked);
	if (v->answered_count)
		qsort(v->answered, v->answered_count, sizeof(*v->answered), by_instant);
	*ret = TAKE(v);
	return 0;
}
