/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/signing/zone_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define SIZE_MOST (1LL << 30) /* bytes */

/* The folder is a stranger's: nothing in it leads out of it, or lets us wait. */
static int open_file(const char *path, const char *name, FILE **ret, struct stat *st, struct err *e)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0 && errno == ENOENT)
		return err_set(e, -ENOENT, "there is no '%s'", name);
	if (fd < 0 || fstat(fd, st) < 0 || !S_ISREG(st->st_mode) || st->st_size > SIZE_MOST)
		return err_set(e, -EINVAL,
			       "'%s' is no file that can be read, or has more than 1 GiB", name);
	*ret = fdopen(fd, "r");
	if (!*ret)
		return err_set(e, -ENOMEM, "no memory for '%s'", name);
	fd = -1;
	return 0;
}

/* Its SOA stands beside the others. */
static int copy(const ldns_zone *z, struct zone_copy *c, struct err *e)
{
	const ldns_rr_list *list = ldns_zone_rrs(z);
	int r = zone_copy_add(c, ldns_zone_soa(z), e);

	for (size_t i = 0; r == 0 && i < ldns_rr_list_rr_count(list); i++)
		r = zone_copy_add(c, ldns_rr_list_rr(list, i), e);
	return r;
}

static int read_zone(FILE *f, const char *name, const ldns_rdf *apex, struct zone_copy **ret,
		     struct err *e)
{
	_cleanup_(zone_copy_freep) struct zone_copy *c = zone_copy_new();
	ldns_zone *z = NULL;
	int line = 0, r;
	ldns_status s = ldns_zone_new_frm_fp_l(&z, f, (ldns_rdf *)apex, 0, LDNS_RR_CLASS_IN, &line);

	if (s != LDNS_STATUS_OK)
		return err_set(e, -EINVAL, "'%s', line %d, is no line of a zone: %s", name, line,
			       ldns_get_errorstr_by_id(s));
	if (!ldns_zone_soa(z) || ldns_dname_compare(ldns_rr_owner(ldns_zone_soa(z)), apex) != 0)
		r = err_set(e, -EINVAL, "'%s' has no SOA of the zone", name);
	else
		r = c ? copy(z, c, e) : err_set(e, -ENOMEM, "no memory for '%s'", name);
	ldns_zone_deep_free(z);
	if (r == 0)
		*ret = TAKE(c);
	return r;
}

int zone_file_read(const char *folder, const char *name, const ldns_rdf *apex,
		   struct zone_file *seen, struct zone_copy **ret, struct err *e)
{
	_cleanup_(fclosep) FILE *f = NULL;
	struct zone_file is;
	char path[PATH_MAX];
	struct stat st;
	int r;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, name) >= sizeof(path))
		return err_set(e, -ENAMETOOLONG, "'%s' is too long a path", folder);
	r = open_file(path, name, &f, &st, e);
	if (r < 0)
		return r;
	is = (struct zone_file){ st.st_ino, (uint64_t)st.st_size,
				 (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec };
	if (memcmp(&is, seen, sizeof(is)) == 0)
		return 1;
	r = read_zone(f, name, apex, ret, e);
	if (r == 0)
		*seen = is;
	return r;
}
