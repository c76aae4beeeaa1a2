/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/store.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/cleanup.h"
#include "sim/base/versions.h"

#define BELOW "sigfault/resolvers"

struct entry {
	char kind[STORE_VERSION], version[STORE_VERSION];
};

struct list {
	struct entry *entries;
	size_t count;
};

static void list_done(struct list *l)
{
	free(l->entries);
}

int store_folder(char ret[PATH_MAX], struct err *e)
{
	const char *own = getenv("SIGFAULT_RESOLVERS"), *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");
	int n = -1;

	if (own && *own)
		n = snprintf(ret, PATH_MAX, "%s", own);
	else if (data && *data == '/')
		n = snprintf(ret, PATH_MAX, "%s/" BELOW, data);
	else if (home && *home == '/')
		n = snprintf(ret, PATH_MAX, "%s/.local/share/" BELOW, home);
	if (n < 0)
		return err_set(e, -EINVAL,
			       "there is no home folder to keep resolvers in: name one with "
			       "SIGFAULT_RESOLVERS");
	return n < PATH_MAX ? 0 : err_set(e, -EINVAL, "the resolvers' folder is too long a path");
}

/* ---- names ---- */

/* One that no path or table can take for something else. */
static bool is_word(const char *text, const char *signs)
{
	if (!isalnum((unsigned char)*text))
		return false;
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && !strchr(signs, *text))
			return false;
	return true;
}

static bool split(const char *name, struct entry *ret)
{
	const char *at = strchr(name, '@');

	if (!at || at - name >= STORE_VERSION || strlen(at + 1) >= STORE_VERSION)
		return false;
	snprintf(ret->kind, sizeof(ret->kind), "%.*s", (int)(at - name), name);
	snprintf(ret->version, sizeof(ret->version), "%s", at + 1);
	return is_word(ret->kind, "-_") && is_word(ret->version, ".-_+~");
}

int store_parse(const char *name, char ret_kind[STORE_VERSION], char ret_version[STORE_VERSION],
		struct err *e)
{
	struct entry entry;

	if (!split(name, &entry))
		return err_set(e, -EINVAL,
			       "'%s' is no name for a resolver: it is like NAME@1.26.2, a "
			       "driver's name and a word of letters, digits and .-_+~",
			       name);
	strcpy(ret_kind, entry.kind);
	strcpy(ret_version, entry.version);
	return 0;
}

/* ---- what it has ---- */

static int by_name(const void *a, const void *b)
{
	const struct entry *one = a, *other = b;
	int difference = strcmp(one->kind, other->kind);

	if (difference == 0)
		difference = version_compare(one->version, other->version);
	return difference ? difference : strcmp(one->version, other->version);
}

static int read_list(struct list *ret, char folder[PATH_MAX], struct err *e)
{
	_cleanup_(closedirp) DIR *d = NULL;
	_cleanup_(list_done) struct list l = { NULL, 0 };
	struct dirent *file;
	int r = store_folder(folder, e);

	d = r == 0 ? opendir(folder) : NULL;
	if (r == 0 && !d && errno != ENOENT)
		r = err_set(e, -errno, "cannot read '%s': %s", folder, strerror(errno));
	while (r == 0 && d && (file = readdir(d))) {
		struct entry entry, *more;

		if (!split(file->d_name, &entry))
			continue;
		more = reallocarray(l.entries, l.count + 1, sizeof(*more));
		if (!more)
			return err_set(e, -ENOMEM, "not enough memory");
		l.entries = more;
		l.entries[l.count++] = entry;
	}
	if (r < 0)
		return r;
	if (l.count)
		qsort(l.entries, l.count, sizeof(*l.entries), by_name);
	*ret = l;
	l.entries = NULL;
	return 0;
}

int store_each(void (*each)(const char *kind, const char *version, const char *path, void *arg),
	       void *arg, struct err *e)
{
	_cleanup_(list_done) struct list l = { NULL, 0 };
	char folder[PATH_MAX], path[PATH_MAX + 2 * STORE_VERSION + 2];
	int r = read_list(&l, folder, e);

	for (size_t i = 0; i < l.count; i++) {
		const struct entry *n = &l.entries[i];

		snprintf(path, sizeof(path), "%s/%s@%s", folder, n->kind, n->version);
		each(n->kind, n->version, path, arg);
	}
	return r;
}

/* ---- which is meant ---- */

/* 1.26 is the beginning of 1.26.2 and 1.26-patched, and not of 1.261; deb is not one of debian. */
static bool begins(const char *version, const char *wanted)
{
	size_t len = strlen(wanted);

	return strncmp(version, wanted, len) == 0 && !isalnum((unsigned char)version[len]);
}

/* "unbound@1.17.1, unbound@1.26.2": those of a kind, or those that begin so. */
static void name_all(const struct list *l, const char *kind, const char *wanted, char *ret,
		     size_t size)
{
	size_t len = 0;

	*ret = '\0';
	for (size_t i = 0; i < l->count && len < size; i++)
		if (strcmp(l->entries[i].kind, kind) == 0 && begins(l->entries[i].version, wanted))
			len += (size_t)snprintf(ret + len, size - len, "%s%s@%s", len ? ", " : "",
						kind, l->entries[i].version);
}

static int not_there(const struct list *l, const char *kind, const char *version,
		     const char *folder, struct err *e)
{
	char others[512], here[PATH_MAX + 96] = "";
	size_t len = 0;

	*others = '\0';
	for (size_t i = 0; i < l->count && len < sizeof(others); i++)
		if (strcmp(l->entries[i].kind, kind) == 0)
			len += (size_t)snprintf(others + len, sizeof(others) - len, "%s%s",
						len ? ", " : "", l->entries[i].version);
	if (access(version, F_OK) == 0)
		snprintf(here, sizeof(here), "; the folder here is named %s@./%s", kind, version);
	if (*others)
		return err_set(e, -EINVAL, "there is no '%s@%s' in '%.300s', which has of it: %s%s",
			       kind, version, folder, others, here);
	return err_set(
		e, -EINVAL,
		"there is no '%s@%s' in '%.300s': 'sigfault resolvers add %s@%s DIR' puts it "
		"there%s",
		kind, version, folder, kind, version, here);
}

int store_find(const char *kind, const char *version, char ret_version[STORE_VERSION],
	       char ret_path[PATH_MAX], struct err *e)
{
	_cleanup_(list_done) struct list l = { NULL, 0 };
	const struct entry *found = NULL;
	char folder[PATH_MAX], all[512];
	unsigned count = 0;
	int r = read_list(&l, folder, e);

	for (size_t i = 0; i < l.count; i++) {
		const struct entry *n = &l.entries[i];

		if (strcmp(n->kind, kind) != 0 || !begins(n->version, version))
			continue;
		found = n;
		if (strcmp(n->version, version) == 0) {
			count = 1;
			break;
		}
		count++;
	}
	if (r < 0)
		return r;
	if (!count)
		return not_there(&l, kind, version, folder, e);
	name_all(&l, kind, version, all, sizeof(all));
	if (count > 1)
		return err_set(e, -EINVAL, "'%s@%s' may be any of: %s; name one of them", kind,
			       version, all);
	if (snprintf(ret_path, PATH_MAX, "%s/%s@%s", folder, kind, found->version) >= PATH_MAX)
		return err_set(e, -EINVAL, "'%s' is too long a path", folder);
	strcpy(ret_version, found->version);
	return 0;
}
