/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/entries.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cleanup.h"
#include "zones/population.h"
#include "zones/state.h"

struct entry *entries_find(const struct content *c, const uint8_t *name)
{
	return c ? table_get(&c->names, name, name_len(name)) : NULL;
}

void entries_free(struct content *c)
{
	if (!c)
		return;
	for (unsigned i = 0; i < c->count; i++) {
		free(c->list[i]->told);
		free(c->list[i]->servers);
		free(c->list[i]->told_zone);
		free(c->list[i]);
	}
	free(c->list);
	free(c->apex);
	free(c->chain);
	free(c->taken);
	free(c->taken_signed);
	table_done(&c->names);
	free(c);
}

static bool make_room(struct content *c)
{
	unsigned cap = c->cap ? 2 * c->cap : 4;
	struct entry **more;

	if (c->count < c->cap)
		return true;
	more = realloc(c->list, cap * sizeof(struct entry *));
	if (!more)
		return false;
	c->list = more;
	c->cap = cap;
	return true;
}

/* The entry of the name, made as an empty non-terminal when it is not there; NULL: no memory. */
static struct entry *find_or_make(struct content *c, const uint8_t *name)
{
	size_t len = name_len(name);
	struct entry *en = table_get(&c->names, name, len);

	if (en || !make_room(c))
		return en;
	en = calloc(1, sizeof(*en) + len);
	if (!en)
		return NULL;
	en->kind = NODE_EMPTY;
	memcpy(en->name, name, len);
	if (table_put(&c->names, en->name, len, en)) {
		free(en);
		return NULL;
	}
	c->list[c->count++] = en;
	free(c->chain);
	free(c->taken);
	free(c->taken_signed);
	c->chain = NULL;
	c->taken = c->taken_signed = NULL;
	return en;
}

/* Makes the name and everything between it and the apex, NULL with a sentence when a delegation is
 * in the way. */
static struct entry *make_path(struct content *c, const uint8_t *apex, const uint8_t *name,
			       struct err *e)
{
	unsigned depth = name_labels(name) - name_labels(apex);
	char text[NAME_TEXT_LEN], cut[NAME_TEXT_LEN];

	while (depth--) {
		struct entry *en = find_or_make(c, name_skip(name, depth));

		if (!en) {
			err_set(e, -ENOMEM, "no memory for names");
			return NULL;
		}
		if (!depth)
			return en;
		if (en->kind == NODE_ABSENT)
			en->kind = NODE_EMPTY;
		if (en->kind == NODE_CUT) {
			err_set(e, -EINVAL, "'%s' lies below the delegation of '%s'",
				name_text(name, text), name_text(en->name, cut));
			return NULL;
		}
	}
	err_set(e, -EINVAL, "'%s' is the apex of its zone", name_text(name, text));
	return NULL;
}

static struct content *content_of(struct zone *z)
{
	if (!z->state->content)
		z->state->content = calloc(1, sizeof(struct content));
	return z->state->content;
}

/* An entry at a name that no population has and no delegation is above. */
static struct entry *make(struct zone *z, const uint8_t *name, struct err *e)
{
	unsigned depth = name_labels(name) - name_labels(z->apex);
	struct content *c = content_of(z);
	char text[NAME_TEXT_LEN], apex[NAME_TEXT_LEN];
	uint64_t n;

	if (!c) {
		err_set(e, -ENOMEM, "no memory for names");
		return NULL;
	}
	if (depth && !(z->population && z->population->image) &&
	    population_number(z, name_skip(name, depth - 1), &n)) {
		err_set(e, -EINVAL, "'%s' lies in the population of '%s'", name_text(name, text),
			name_text(z->apex, apex));
		return NULL;
	}
	return make_path(c, z->apex, name, e);
}

static int taken(const uint8_t *name, struct err *e)
{
	char text[NAME_TEXT_LEN];

	return err_set(e, -EINVAL, "'%s' is something else already", name_text(name, text));
}

int entries_add_host(struct zone *z, const uint8_t *name, struct err *e)
{
	struct entry *en = make(z, name, e);

	if (!en)
		return -EINVAL;
	if (en->kind == NODE_CUT)
		return taken(name, e);
	en->kind = NODE_DATA;
	return 0;
}

int entries_add_child(struct zone *z, struct zone *child, struct err *e)
{
	struct entry *en = make(z, child->apex, e);

	if (!en)
		return -EINVAL;
	if (en->kind != NODE_EMPTY)
		return taken(child->apex, e);
	en->kind = NODE_CUT;
	en->child = child;
	return 0;
}

int entries_add_hosted(struct zone *z, const uint8_t *name, const struct hoster *h, struct err *e)
{
	struct entry *en = make(z, name, e);

	if (!en)
		return -EINVAL;
	if (en->kind != NODE_EMPTY)
		return taken(name, e);
	en->kind = NODE_CUT;
	en->hoster = h;
	return 0;
}

/* `told`: its records, which the entry takes; NULL: those of any leaf's name. What is something else already
 * stays that. */
static int make_added(struct content *c, const uint8_t *apex, const uint8_t *name,
		      struct told *told, struct err *e)
{
	_cleanup_(freep) struct told *mine = told;
	struct entry *en;

	if (told && name_equal(name, apex)) {
		if (!c->apex)
			c->apex = TAKE(mine);
		return 0;
	}
	en = make_path(c, apex, name, e);
	if (!en)
		return -EINVAL;
	if (en->kind == NODE_EMPTY || en->kind == NODE_ABSENT) {
		en->kind = told && !told->count ? NODE_EMPTY : NODE_DATA;
		en->added = true;
		en->told = TAKE(mine);
	}
	return 0;
}

int entries_learn_name(struct zone *z, const uint8_t *name, struct told *told, struct err *e)
{
	struct content *c = content_of(z);

	if (!c) {
		free(told);
		return err_set(e, -ENOMEM, "no memory for names");
	}
	return make_added(c, z->apex, name, told, e);
}

int entries_add_name(struct zone *z, const uint8_t *name, struct err *e)
{
	return entries_learn_name(z, name, NULL, e);
}

/* The key stands behind the content that it is for. */
static struct content *leaf_content(struct tree *t, const uint8_t *apex)
{
	size_t len = name_len(apex);
	struct content *c = table_get(&t->state->added, apex, len);
	uint8_t *key;

	if (c)
		return c;
	c = calloc(1, sizeof(*c) + len);
	if (!c)
		return NULL;
	key = memcpy(c + 1, apex, len);
	if (table_put(&t->state->added, key, len, c)) {
		free(c);
		return NULL;
	}
	return c;
}

int entries_learn_leaf_name(struct tree *t, const uint8_t *apex, const uint8_t *name,
			    struct told *told, struct err *e)
{
	struct content *c = leaf_content(t, apex);

	if (!c) {
		free(told);
		return err_set(e, -ENOMEM, "no memory for names");
	}
	return make_added(c, apex, name, told, e);
}

int entries_add_leaf_name(struct tree *t, const uint8_t *apex, const uint8_t *name, struct err *e)
{
	return entries_learn_leaf_name(t, apex, name, NULL, e);
}

static int tell(struct zone *z, const uint8_t *name, struct told *told, struct err *e)
{
	struct entry *en;
	char text[NAME_TEXT_LEN];

	if (name_equal(name, z->apex)) {
		if (!content_of(z))
			return err_set(e, -ENOMEM, "no memory for names");
		z->state->content->apex = told;
		return 0;
	}
	en = make(z, name, e);
	if (!en)
		return -EINVAL;
	if (en->kind == NODE_DATA && hosting_host(z->tree, name))
		return err_set(e, -EINVAL,
			       "'%s' is the name of a server, and has its addresses alone",
			       name_text(name, text));
	if (en->kind != NODE_EMPTY)
		return taken(name, e);
	en->kind = NODE_DATA;
	en->told = told;
	return 0;
}

int entries_tell_name(struct zone *z, const uint8_t *name, struct told *told, struct err *e)
{
	int rc = tell(z, name, told, e);

	if (rc)
		free(told);
	return rc;
}

int entries_put(struct zone *z, const uint8_t *name, bool is_cut, struct told *told,
		struct server *servers, unsigned count, struct err *e)
{
	struct content *c = content_of(z);
	struct entry *en = NULL;

	if (c && name_equal(name, z->apex)) {
		c->apex = told;
		return 0;
	}
	if (c)
		en = make(z, name, e);
	else
		err_set(e, -ENOMEM, "no memory for names");
	if (!en) {
		free(told);
		free(servers);
		return -EINVAL;
	}
	if (!en->child)
		en->kind = is_cut ? NODE_CUT : NODE_DATA;
	en->told = told;
	en->servers = servers;
	en->server_count = count;
	return 0;
}

static int deny(struct content *c, const uint8_t *name, struct err *e)
{
	struct entry *en = entries_find(c, name);

	if (en)
		return en->kind == NODE_ABSENT ? 0 : -EEXIST;
	en = c ? find_or_make(c, name) : NULL;
	if (!en)
		return err_set(e, -ENOMEM, "no memory for names");
	en->kind = NODE_ABSENT;
	return 0;
}

int entries_deny(struct zone *z, const uint8_t *name, struct err *e)
{
	return deny(content_of(z), name, e);
}

int entries_deny_leaf_name(struct tree *t, const uint8_t *apex, const uint8_t *name, struct err *e)
{
	return deny(leaf_content(t, apex), name, e);
}
