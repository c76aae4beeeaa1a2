/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/added.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "zones/entries.h"
#include "zones/population.h"
#include "zones/records.h"
#include "zones/state.h"

#define HOSTERS 4 /* where no population has any */
#define SIGNED_SHARE 0.1

static void *no_memory(struct err *e)
{
	err_set(e, -ENOMEM, "no memory for a zone");
	return NULL;
}

/* Healthy. */
static struct zone *plan(struct tree *t, const uint8_t *apex, struct err *e)
{
	const struct zone *root = t->zones[0];
	struct zone *z;

	if (t->state->added_tlds == HOSTING_TLD_MAX) {
		err_set(e, -ENOSPC,
			"the names of a trace have more than %u top-level domains and zones with "
			"zones below them",
			HOSTING_TLD_MAX);
		return NULL;
	}
	z = tree_add(t, apex, tree_zone_above(t, apex));
	if (!z || !(z->servers = calloc(2, sizeof(*z->servers))) ||
	    !(z->keys = calloc(1, sizeof(*z->keys))))
		return no_memory(e);
	z->server_count = 2;
	hosting_tld_servers(t->state->added_tlds++, apex, root->servers[0].v6.family, z->servers);
	z->is_signed = root->is_signed;
	z->key_count = 1;
	z->keys[0] = (struct key_plan){
		.name = "csk",
		.role = KEY_CSK,
		.algorithm = ALG_ECDSAP256SHA256,
		.tag = -1,
		.removed = SIMTIME_NEVER,
	};
	return z;
}

struct zone *added_zone(struct tree *t, const uint8_t *apex, const struct told_zone *told,
			struct err *e)
{
	struct zone *z = plan(t, apex, e);

	if (z && told)
		told_zone_apply(told, z);
	if (z && told && told->is_signed >= 0)
		z->is_signed &= told->is_signed;
	if (!z || tree_join(z, e))
		return NULL;
	z->state->is_added = true;
	return z;
}

struct zone *added_tld(struct tree *t, const uint8_t *name, struct err *e)
{
	const uint8_t *tld = name_skip(name, name_labels(name) - 1);
	struct zone *z = tree_zone(t, tld);

	return z ? z : added_zone(t, tld, NULL, e);
}

/* Hosters for the delegations of a zone without a population. */
static int need_hosters(struct zone *z, struct err *e)
{
	char apex[NAME_TEXT_LEN];
	int rc;

	if (z->population)
		return 0;
	z->population = calloc(1, sizeof(*z->population));
	if (!z->population)
		return err_set(e, -ENOMEM, "no memory for a zone");
	z->population->hosters = HOSTERS;
	z->population->signed_share = SIGNED_SHARE;
	z->population->latency = 20 * MSEC;
	rc = hosting_add_hosters(z, e);
	if (rc)
		err_prefix(e, "population of '%s'", name_text(z->apex, apex));
	return rc;
}

int added_delegation(struct zone *z, const uint8_t *name, const struct told_zone *told,
		     struct err *e)
{
	struct entry *en;
	int rc = need_hosters(z, e);

	if (rc)
		return rc;
	en = entries_find(z->state->content, name);
	if (!en || en->kind == NODE_EMPTY || en->kind == NODE_ABSENT)
		rc = entries_add_hosted(z, name, NULL, e);
	en = entries_find(z->state->content, name);
	if (rc || !told || !en || en->kind != NODE_CUT || en->child || en->hoster || en->told_zone)
		return rc;
	en->told_zone = malloc(sizeof(*told));
	if (!en->told_zone)
		return err_set(e, -ENOMEM, "no memory for a zone");
	*en->told_zone = *told;
	return 0;
}

/* A name that no delegation encloses yet, `depth` labels below the apex of a zone that delegates. */
static int add_delegated(struct zone *z, const uint8_t *name, unsigned depth, struct err *e)
{
	const uint8_t *cut = name_skip(name, depth - 1);
	int rc = 0;

	if (entries_find(z->state->content, cut))
		return entries_add_name(z, name, e);
	rc = need_hosters(z, e);
	if (!rc && !entries_find(z->state->content, cut))
		rc = entries_add_hosted(z, cut, NULL, e);
	return rc || cut == name ? rc : entries_add_leaf_name(z->tree, cut, name, e);
}

bool added_may(const struct zone *z)
{
	return !z->is_bare && (!z->population || population_delegates(z->population));
}

int tree_add_name(struct tree *t, const uint8_t *name, struct err *e)
{
	struct zone *z = tree_zone_above(t, name);
	struct delegation d;
	unsigned depth;

	if (name_labels(name) < 2 || name_equal(z->apex, name) || !added_may(z) ||
	    records_answer(z, name))
		return 0;
	if (tree_delegation_find(z, name, &d))
		return name_equal(d.name, name) ? 0 : entries_add_leaf_name(t, d.name, name, e);
	if (!*z->apex && !entries_find(z->state->content, name_skip(name, name_labels(name) - 1))) {
		z = added_tld(t, name, e);
		if (!z)
			return -ENOSPC;
	}
	depth = name_labels(name) - name_labels(z->apex);
	return z->state->is_leaf || z->state->keeps_names ? entries_add_name(z, name, e)
							  : add_delegated(z, name, depth, e);
}
