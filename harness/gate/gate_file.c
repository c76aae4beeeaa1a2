/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/gate/gate_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sendfile.h>

#include "harness/gate/gate_lines.h"

#define TTL 3600 /* of records before the first $TTL, that have none themselves */
#define COPY "zone." /* the copy's name, and a number behind it */

static FILE *open_file(const char *path, struct err *e)
{
	FILE *f = fopen(path, "re");

	if (!f)
		err_set(e, -errno, "cannot read '%s': %s", path, strerror(errno));
	return f;
}

/* ---- what has changed, in lines ---- */

static int change_line(struct gate_store *s, const ldns_rdf *zone, const char *line, int way,
		       struct err *e)
{
	ldns_rr *rr = NULL;
	ldns_status status = ldns_rr_new_frm_str(&rr, line, TTL, zone, NULL);
	int r;

	if (status != LDNS_STATUS_OK)
		return err_set(e, -EINVAL, "it is no record: %s", ldns_get_errorstr_by_id(status));
	r = gate_store_change(s, rr, way, e);
	ldns_rr_free(rr);
	return r;
}

static int read_differences(struct gate_store *s, const ldns_rdf *zone, const char *path,
			    struct err *e)
{
	_cleanup_(fclosep) FILE *f = open_file(path, e);
	_cleanup_(freep) char *line = NULL;
	unsigned n = 0;
	size_t cap = 0;
	int r = f ? 0 : -EINVAL;

	while (r == 0 && getline(&line, &cap, f) >= 0) {
		n++;
		line[strcspn(line, "\r\n")] = '\0';
		if (!*line)
			continue;
		if ((line[0] != '-' && line[0] != '+') || line[1] != ' ')
			r = err_set(e, -EINVAL, "it begins with neither '- ' nor '+ '");
		else
			r = change_line(s, zone, line + 2, line[0] == '+' ? 1 : -1, e);
	}
	if (r < 0 && f)
		err_prefix(e, "%s:%u", path, n);
	return r;
}

/* ---- all of it ---- */

struct master {
	ldns_rdf *origin, *before; /* $ORIGIN, and the owner of the record before */
	uint32_t ttl;
	int line;
};

static int read_record(FILE *f, struct master *m, ldns_rr **ret, struct err *e)
{
	ldns_status status =
		ldns_rr_new_frm_fp_l(ret, f, &m->ttl, &m->origin, &m->before, &m->line);

	switch ((int)status) {
	case LDNS_STATUS_OK:
		return 1;
	case LDNS_STATUS_SYNTAX_EMPTY:
	case LDNS_STATUS_SYNTAX_TTL:
	case LDNS_STATUS_SYNTAX_ORIGIN:
		return 0;
	default:
		return err_set(e, -EINVAL, "it is no record: %s", ldns_get_errorstr_by_id(status));
	}
}

static int read_whole(struct gate_store *s, const ldns_rdf *zone, const char *path, struct err *e)
{
	_cleanup_(fclosep) FILE *f = open_file(path, e);
	struct master m = { .ttl = TTL, .line = 1, .origin = ldns_rdf_clone(zone) };
	int r = f ? 0 : -EINVAL;

	while (r >= 0 && f && !feof(f)) {
		ldns_rr *rr = NULL;

		r = read_record(f, &m, &rr, e);
		if (r == 1)
			r = gate_store_tell(s, rr, e);
		ldns_rr_free(rr);
	}
	if (r < 0 && f)
		err_prefix(e, "%s:%d", path, m.line);
	ldns_rdf_deep_free(m.origin);
	ldns_rdf_deep_free(m.before);
	return r < 0 ? r : gate_store_whole(s, e);
}

/* ---- what is not as in the copy ---- */

struct comparing {
	struct gate_store *s;
	const ldns_rdf *zone;
	bool is_other; /* lines that do not stand for themselves */
};

/* A record with an absolute owner that ends where its line does. */
static bool is_plain(const char *line)
{
	size_t owner = strcspn(line, " \t");
	bool quoted = false;

	if (!owner || line[owner - 1] != '.' || line[0] == '$')
		return false;
	for (const char *c = line + owner; *c && (quoted || *c != ';'); c++) {
		if (*c == '\\' && c[1])
			c++;
		else if (*c == '"')
			quoted = !quoted;
		else if (!quoted && (*c == '(' || *c == ')'))
			return false;
	}
	return !quoted;
}

static int take_line(const char *line, unsigned number, int way, void *arg, struct err *e)
{
	struct comparing *c = arg;

	(void)number;
	if (!*line || *line == ';')
		return 0;
	if (!is_plain(line)) {
		c->is_other = true;
		return -EINVAL;
	}
	return change_line(c->s, c->zone, line, way, e);
}

/* 1: it is not of that form. */
static int read_against_copy(struct gate_store *s, const ldns_rdf *zone, const char *copy,
			     const char *path, struct err *e)
{
	struct comparing c = { .s = s, .zone = zone };
	int r = gate_lines_differ(copy, path, take_line, &c, e);

	if (!c.is_other)
		return r;
	r = gate_store_forget(s, e);
	return r < 0 ? r : 1;
}

/* Whether a whole file is of that form. */
static bool stands_in_lines(const char *path)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "re");
	_cleanup_(freep) char *line = NULL;
	bool stands = f != NULL;
	size_t cap = 0;

	while (stands && getline(&line, &cap, f) >= 0)
		stands = *line == '\n' || *line == ';' || is_plain(line);
	return stands;
}

/* ---- the copy ---- */

static int copy_path(struct gate_store *s, const char *folder, char ret[PATH_MAX], struct err *e)
{
	_cleanup_(freep) char *name = NULL;
	int r = gate_store_read_note(s, "copy", &name, e);

	ret[0] = '\0';
	if (r == 0 && name && *name &&
	    (size_t)snprintf(ret, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX)
		ret[0] = '\0';
	return r;
}

static bool is_difference(const char *path)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "re");
	int c = f ? getc(f) : EOF, next = f ? getc(f) : EOF;

	return (c == '-' || c == '+') && next == ' ';
}

int gate_file_read(struct gate_store *s, const char *folder, const ldns_rdf *zone, const char *path,
		   struct err *e)
{
	char copy[PATH_MAX] = "";
	int r = folder ? copy_path(s, folder, copy, e) : 0;

	if (r < 0)
		return r;
	if (is_difference(path))
		return read_differences(s, zone, path, e);
	r = *copy && access(copy, R_OK) == 0 ? read_against_copy(s, zone, copy, path, e) : 1;
	if (r != 1)
		return r;
	r = gate_store_note(s, "copy", "", e);
	return r == 0 ? read_whole(s, zone, path, e) : r;
}

static int copy_file(const char *path, const char *to, struct err *e)
{
	_cleanup_(closep) int in = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_(closep) int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	ssize_t n = in < 0 || out < 0 ? -1 : 1;

	while (n > 0)
		n = sendfile(out, in, NULL, 1 << 30);
	return n < 0 ? err_set(e, -errno, "cannot copy '%s' to '%s': %s", path, to, strerror(errno))
		     : 0;
}

/* The place of the two that is free: in the other one is the copy that an end before its time would leave. */
static bool free_place(const char *folder, char name[8], char path[PATH_MAX])
{
	for (int i = 0; i < 2; i++) {
		snprintf(name, 8, COPY "%d", i);
		if ((size_t)snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX &&
		    access(path, F_OK) < 0)
			return true;
	}
	return false;
}

int gate_file_keep(struct gate_store *s, const char *folder, const char *path, struct err *e)
{
	_cleanup_(freep) char *old = NULL;
	char to[PATH_MAX], name[8] = "";
	int r = gate_store_read_note(s, "copy", &old, e);

	if (r == 0 && !is_difference(path) && ((old && *old) || stands_in_lines(path)) &&
	    free_place(folder, name, to))
		r = copy_file(path, to, e);
	else
		*name = '\0';
	return r == 0 ? gate_store_note(s, "copy", name, e) : r;
}

void gate_file_kept(struct gate_store *s, const char *folder)
{
	char kept[PATH_MAX], other[PATH_MAX];
	struct err unused;

	if (copy_path(s, folder, kept, &unused) < 0)
		return;
	for (int i = 0; i < 2; i++) {
		if ((size_t)snprintf(other, sizeof(other), "%s/" COPY "%d", folder, i) <
			    sizeof(other) &&
		    strcmp(kept, other) != 0)
			unlink(other);
	}
}
