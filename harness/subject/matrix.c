/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/matrix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/subject/mitigation.h"
#include "harness/subject/resolver.h"
#include "harness/subject/user_config.h"

struct making {
	struct matrix *m;
	struct err *e;
};

/* Two folders may have the same last name, by which cells would be called. */
static int check_name(const struct matrix *m, const struct driver *d, struct err *e)
{
	for (unsigned i = 0; i < m->driver_count; i++) {
		const struct driver *o = m->drivers[i];
		const struct mounts_root *root = driver_root(d), *other = driver_root(o);

		if (strcmp(driver_name(o), driver_name(d)) != 0)
			continue;
		if (root && other && strcmp(root->folder, other->folder) != 0)
			return err_set(e, -EINVAL,
				       "'%s' and '%s' would both be called '%s': give one a name "
				       "with 'sigfault resolvers add %s@NAME %s'",
				       other->folder, root->folder, driver_name(d), driver_kind(d),
				       root->folder);
		if (strcmp(driver_program(o), driver_program(d)) != 0)
			return err_set(e, -EINVAL,
				       "'%s' and '%s' would both be called '%s': have one in a "
				       "folder with a name of its own, or link it there",
				       driver_program(o), driver_program(d), driver_name(d));
	}
	return 0;
}

static int load_drivers(struct matrix *m, char *resolvers, struct err *e)
{
	char *choice, chosen[64];

	if (!*resolvers) {
		int r = driver_default(chosen, sizeof(chosen), e);

		if (r < 0)
			return r;
		resolvers = chosen;
	}
	while ((choice = strsep(&resolvers, ","))) {
		int r;

		if (m->driver_count == MATRIX_DRIVERS)
			return err_set(e, -E2BIG, "more than %d resolvers", MATRIX_DRIVERS);
		r = driver_load(choice, &m->drivers[m->driver_count], e);
		if (r < 0)
			return r;
		r = check_name(m, m->drivers[m->driver_count], e);
		if (r == 0)
			r = m->sweep ? chain_check(&m->chain, m->sweep->base,
						   m->drivers[m->driver_count], e)
				     : 0;
		m->driver_count++;
		if (r < 0)
			return r;
	}
	return 0;
}

/* A parameter that is swept may say who the resolvers are. */
static int chain_at(struct matrix *m, const struct sweep_point *p, const struct chain **ret,
		    struct err *e)
{
	unsigned i = 0;
	int r = 0;

	*ret = &m->chain;
	if (!m->sweep || p->scenario == m->sweep->base)
		return 0;
	while (i < m->chain_count && m->chained[i] != p)
		i++;
	if (i == m->chain_count) {
		m->chained[m->chain_count++] = p;
		r = chain_load_point(&m->chains[i], &m->chain, p->scenario, e);
	}
	*ret = &m->chains[i];
	return r;
}

static int add_cell(struct matrix *m, struct driver *d, const char *mitigation,
		    const struct sweep_point *p, const char *folder, struct err *e)
{
	struct matrix_cell *c = &m->cells[m->cell_count];
	int r;

	if (m->cell_count == MATRIX_CELLS)
		return err_set(e, -E2BIG, "more than %d cells", MATRIX_CELLS);
	c->driver = d;
	c->point = p;
	snprintf(c->mitigation, sizeof(c->mitigation), "%s", mitigation);
	strcpy(c->folder, folder);
	for (unsigned i = 0; i < m->cell_count; i++)
		if (strcmp(m->cells[i].folder, c->folder) == 0)
			return err_set(e, -EINVAL, "'%s' with '%s' is asked for twice",
				       driver_name(d), p->name);
	r = chain_at(m, p, &c->chain, e);
	if (r == 0)
		r = chain_check(c->chain, p->scenario, d, e);
	if (r < 0)
		return r;
	c->number = ++m->cell_count;
	return 0;
}

/* "powerdns+unbound" */
static void mixed_name(const struct matrix *m, char ret[MATRIX_ROW])
{
	size_t len = 0;

	*ret = '\0';
	for (unsigned i = 0; i < m->driver_count && len < MATRIX_ROW; i++)
		len += (size_t)snprintf(ret + len, MATRIX_ROW - len, "%s%s", i ? "+" : "",
					driver_name(m->drivers[i]));
}

char *matrix_row(const struct matrix *m, const struct matrix_cell *c, char ret[MATRIX_ROW])
{
	if (m->is_mixed)
		mixed_name(m, ret);
	else
		snprintf(ret, MATRIX_ROW, "%s", driver_name(c->driver));
	return ret;
}

#define CACHE_NAME 16 /* "-cache-007" */

static int add_cache(struct matrix *m, struct driver *d, const char *mitigation,
		     const struct sweep_point *p, unsigned number, struct err *e)
{
	const struct fleet_plan *f = &p->scenario->fleet;
	const char *fleet = m->fleets[m->fleet_count];
	struct matrix_cell *c = &m->cells[m->cell_count];
	char folder[256 + CACHE_NAME];
	int r;

	if (m->is_mixed)
		d = m->drivers[fleet_resolver(f, number)];
	snprintf(folder, sizeof(folder), "%s-cache-%0*u", fleet, f->count < 100 ? 2 : 3, number);
	r = add_cell(m, d, mitigation, p, folder, e);
	if (r < 0)
		return r;
	c->fleet = fleet;
	fleet_cache(p->scenario, number, &c->cache);
	return 0;
}

/* A cell, or those of its caches. */
static int add_row(struct matrix *m, struct driver *d, const char *mitigation,
		   const struct sweep_point *p, struct err *e)
{
	unsigned count = p->scenario->fleet.count;
	char row[MATRIX_ROW], folder[256];
	int r = 0;

	if (m->is_mixed)
		mixed_name(m, row);
	else
		snprintf(row, sizeof(row), "%s", driver_name(d));
	if ((size_t)snprintf(folder, sizeof(folder), "%s-%s", row, p->name) >=
	    sizeof(folder) - CACHE_NAME)
		return err_set(e, -ENAMETOOLONG, "'%s' and '%s' make too long a name", row,
			       p->name);
	if (!count)
		return add_cell(m, d, mitigation, p, folder, e);
	if (m->cell_count + count > MATRIX_CELLS)
		return err_set(e, -E2BIG, "more than %d cells", MATRIX_CELLS);
	strcpy(m->fleets[m->fleet_count], folder);
	for (unsigned n = 1; n <= count && r == 0; n++)
		r = add_cache(m, d, mitigation, p, n, e);
	m->fleet_count++;
	return r;
}

static int add_gap(struct matrix *m, struct driver *d, const char *mitigation,
		   const struct err *why, struct err *e)
{
	struct matrix_gap *g = &m->gaps[m->gap_count];

	for (unsigned i = 0; i < m->gap_count; i++)
		if (m->gaps[i].driver == d && strcmp(m->gaps[i].mitigation, mitigation) == 0)
			return 0; /* of another value */
	if (m->gap_count == MATRIX_CELLS)
		return err_set(e, -E2BIG, "more than %d cells", MATRIX_CELLS);
	m->gap_count++;
	g->driver = d;
	snprintf(g->mitigation, sizeof(g->mitigation), "%s", mitigation);
	snprintf(g->why, sizeof(g->why), "%.500s", why->text);
	return 0;
}

static int add_pair(const struct making *k, struct driver *d, const char *mitigation,
		    const struct sweep_point *p)
{
	struct err why = { .text = "" };

	switch (mitigation_offered(p->scenario, d, mitigation, &why)) {
	case MITIGATION_OFFERED:
		return k->m->is_mixed ? 0 : add_row(k->m, d, mitigation, p, k->e);
	case MITIGATION_NOT_OFFERED:
		return add_gap(k->m, d, mitigation, &why, k->e);
	case MITIGATION_UNKNOWN:
		break;
	}
	return err_set(k->e, -EINVAL, "%s", why.text);
}

/* A fleet of several resolvers has what all of them offer. */
static bool all_offer(const struct matrix *m, const char *mitigation, const struct sweep_point *p)
{
	struct err why;

	for (unsigned i = 0; i < m->driver_count; i++)
		if (mitigation_offered(p->scenario, m->drivers[i], mitigation, &why) !=
		    MITIGATION_OFFERED)
			return false;
	return true;
}

static int add_point(const struct making *k, const char *name, unsigned number)
{
	const struct sweep_point *p = NULL;
	int r = sweep_point(k->m->sweep, name, number, &p, k->e);

	for (unsigned i = 0; i < k->m->driver_count && r == 0; i++)
		r = add_pair(k, k->m->drivers[i], name, p);
	if (r == 0 && k->m->is_mixed && all_offer(k->m, name, p))
		r = add_row(k->m, NULL, name, p, k->e);
	return r;
}

static int add_mitigation(const struct making *k, const char *name)
{
	unsigned points = sweep_count(k->m->sweep, name);

	if (strlen(name) >= sizeof(k->m->cells[0].mitigation))
		return err_set(k->e, -EINVAL, "'%s' is too long a name for a mitigation", name);
	if (k->m->cell_count + points > MATRIX_CELLS)
		return err_set(k->e, -E2BIG, "more than %d cells", MATRIX_CELLS);
	for (unsigned i = 0; i < points; i++) {
		int r = add_point(k, name, i);

		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- all ---- */

struct names {
	char text[MATRIX_CELLS][64];
	unsigned count;
	bool offered;
};

static void add_name(const char *name, void *arg)
{
	struct names *n = arg;

	for (unsigned i = 0; i < n->count; i++)
		if (strcmp(n->text[i], name) == 0)
			return;
	if (n->count < MATRIX_CELLS)
		snprintf(n->text[n->count++], sizeof(n->text[0]), "%s", name);
}

/* `none` first, whatever its place in the alphabet: the others are compared with it. */
static int add_all(const struct making *k)
{
	_cleanup_(freep) struct names *n = calloc(1, sizeof(*n));
	int r = 0;

	if (!n)
		return err_set(k->e, -ENOMEM, "not enough memory");
	add_name("none", n);
	for (unsigned i = 0; i < k->m->driver_count; i++)
		mitigation_list(k->m->sweep->base, k->m->drivers[i], add_name, n);
	for (unsigned i = 0; i < n->count && r == 0; i++)
		r = add_mitigation(k, n->text[i]);
	return r;
}

static int add_cells(const struct making *k, char *mitigations)
{
	char *name;
	int r = 0;

	while (r == 0 && (name = strsep(&mitigations, ",")))
		r = strcmp(name, "all") == 0 ? add_all(k) : add_mitigation(k, name);
	if (r == 0 && !k->m->cell_count)
		r = err_set(k->e, -EINVAL, "no cell is left: %s", k->m->gaps[0].why);
	return r;
}

/* What is swept and would change no cell is a mistake. */
static int check_sweep(const struct sweep *w, const char *mitigations, struct err *e)
{
	const char *unused = sweep_unused(w, mitigations);

	return !unused ? 0
		       : err_set(e, -EINVAL,
				 "--sweep %s: no cell has this mitigation: name it with -m, as in "
				 "-m %s,%s",
				 unused, mitigations, unused);
}

/* "powerdns,unbound" */
static char *own_resolvers(const struct fleet_plan *f)
{
	char *names = calloc(FLEET_RESOLVERS, sizeof(f->resolvers[0].name) + 1);

	for (unsigned i = 0; names && i < f->resolver_count; i++)
		sprintf(names + strlen(names), "%s%s", i ? "," : "", f->resolvers[i].name);
	return names;
}

int matrix_load(struct matrix *m, struct sweep *w, const char *resolvers, struct err *e)
{
	const struct fleet_plan *f = w ? &w->base->fleet : NULL;
	bool has_own = f && !*resolvers && f->count && f->resolver_count;
	_cleanup_(freep) char *given = has_own ? own_resolvers(f) : strdup(resolvers);
	_cleanup_(freep) char *names = NULL;
	size_t size;
	int r;

	memset(m, 0, sizeof(*m));
	m->sweep = w;
	if (!given)
		return err_set(e, -ENOMEM, "not enough memory");
	size = strlen(given) + sizeof(((struct role *)0)->driver);
	names = malloc(size);
	if (!names)
		return err_set(e, -ENOMEM, "not enough memory");
	strcpy(names, given);
	r = w ? chain_choose(&m->chain, w->base, names, size, e) : 0;
	if (r == 0)
		r = load_drivers(m, names, e);
	m->is_mixed = has_own && f->resolver_count > 1;
	if (r < 0 && has_own)
		err_prefix(e, "%s: fleet: resolver", f->place);
	return r == 0 && w ? chain_load(&m->chain, w->base, e) : r;
}

int matrix_add_cells(struct matrix *m, const char *mitigations, struct err *e)
{
	_cleanup_(freep) char *names = strdup(mitigations);
	struct making k = { m, e };
	int r = check_sweep(m->sweep, mitigations, e);

	if (r == 0 && !names)
		r = err_set(e, -ENOMEM, "not enough memory");
	return r == 0 ? add_cells(&k, names) : r;
}

void matrix_done(struct matrix *m)
{
	for (unsigned i = 0; i < m->driver_count; i++)
		driver_free(m->drivers[i]);
	m->driver_count = 0;
	chain_done(&m->chain);
	for (unsigned i = 0; i < m->chain_count; i++)
		chain_done(&m->chains[i]);
	m->chain_count = 0;
}

int matrix_use_config(struct matrix *m, const char *path, FILE *out, struct err *e)
{
	for (unsigned i = 0; i < m->driver_count; i++) {
		struct driver *d = m->drivers[i];
		int r;

		if (strcmp(driver_kind(d), driver_kind(m->drivers[0])) != 0)
			return err_set(
				e, -EINVAL,
				"--config is for one kind of resolver, and these are '%s' and "
				"'%s': name one with -r",
				driver_kind(m->drivers[0]), driver_kind(d));
		r = driver_use_config(d, path, m->sweep->base->tree, e);
		if (r == 0)
			r = resolver_try_config(d, NULL, e);
		if (r < 0)
			return r;
		if (out)
			user_config_print(driver_config(d), driver_name(d), out);
	}
	return 0;
}

int matrix_ablate(struct matrix *m, struct err *e)
{
	struct user_config *config = driver_config(m->drivers[0]);
	int r = 0;

	if (!config)
		return err_set(e, -EINVAL,
			       "--ablate takes the settings out of a configuration of your own: "
			       "name it with --config");
	r = sweep_add_settings(m->sweep, user_config_settings(config), e);
	if (r < 0)
		return err_prefix(e, "--ablate, by the driver of '%s'", driver_name(m->drivers[0])),
		       r;
	for (unsigned i = 0; i < m->driver_count && r == 0; i++)
		r = resolver_try_config(m->drivers[i],
					m->sweep->axes[m->sweep->axis_count - 1].values[0], e);
	return r;
}

void matrix_print(const struct matrix *m, FILE *out)
{
	for (unsigned i = 0; i < m->cell_count; i++) {
		const struct matrix_cell *c = &m->cells[i];
		const char *version = driver_version(c->driver);
		char swept[SWEEP_NAME], age[32];

		fprintf(out, "%u\t%s\t%s\t%s", c->number, driver_name(c->driver),
			*version ? version : "-", c->mitigation);
		if (m->sweep->axis_count)
			fprintf(out, "\t%s", *sweep_point_text(c->point, swept) ? swept : "-");
		if (c->fleet)
			fprintf(out, "\tcache=%u/%u age=%s", c->cache.number, c->cache.count,
				simtime_duration_text(c->cache.age, age));
		fprintf(out, "\n");
	}
}

void matrix_print_gaps(const struct matrix *m, FILE *out)
{
	for (unsigned i = 0; i < m->gap_count; i++)
		fprintf(out, "left out: %s-%s: %s\n", driver_name(m->gaps[i].driver),
			m->gaps[i].mitigation, m->gaps[i].why);
}

void matrix_print_versions(const struct matrix *m, FILE *out)
{
	for (unsigned i = 0; i < m->driver_count; i++)
		if (*driver_version_why(m->drivers[i]))
			fprintf(out, "%s: %s\n", driver_name(m->drivers[i]),
				driver_version_why(m->drivers[i]));
}

static void print_root(const struct driver *d, FILE *out)
{
	const struct mounts_root *root = driver_root(d);
	const char *libc = driver_libc(d);

	fprintf(out, "%s: '%s' in '%s', %s%s%s\n", driver_name(d), driver_program(d), root->folder,
		root->over
			? "which has no loader for it and is laid over this machine's files; its "
			  "libc is this machine's"
			: "with its own libc",
		*libc ? ", glibc " : "", libc);
}

void matrix_print_roots(const struct matrix *m, FILE *out)
{
	for (unsigned i = 0; i < m->driver_count; i++)
		if (driver_root(m->drivers[i]) && !*driver_trouble(m->drivers[i]))
			print_root(m->drivers[i], out);
}
