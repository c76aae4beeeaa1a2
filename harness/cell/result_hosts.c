/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/result_hosts.h"

#include <string.h>

static void put_end(json_t *host, const char *name, const struct cell_result *r)
{
	char at[32];

	for (unsigned i = 0; r && i < r->host_end_count; i++)
		if (strcmp(r->host_ends[i].name, name) == 0)
			json_object_set_new(host, "ended",
					    json_pack("{s:s, s:s}", "at",
						      simtime_text(r->host_ends[i].at, at), "how",
						      r->host_ends[i].how));
}

static json_t *forwards_json(const struct scenario *s, const struct role *role)
{
	json_t *list = json_object();

	for (unsigned i = 0; i < role->forward_count; i++)
		json_object_set_new(list, role->forwards[i].zone,
				    json_string(s->roles[role->forwards[i].role].name));
	return list;
}

static void add_role(json_t *list, const struct result_cell *c, const struct scenario *s,
		     unsigned number, const struct cell_result *r)
{
	const struct chain *chain = c->cell->chain;
	const struct role *role = &s->roles[number];
	unsigned base = chain_base(s, number);
	bool is_tested = base == chain->tested; /* or like what is */
	const struct driver *d = is_tested ? c->cell->driver : chain->drivers[base];

	for (unsigned i = 1; i <= role->count; i++) {
		char name[48];
		json_t *host;

		snprintf(name, sizeof(name), role->count == 1 ? "%s" : "%s-%u", role->name, i);
		host = json_pack(
			"{s:s, s:s, s:s, s:s, s:s, s:b, s:o}", "name", name, "role", role->name,
			"resolver", driver_name(d), "version", driver_version(d), "mitigation",
			is_tested ? c->cell->mitigation : s->roles[base].mitigation, "under_test",
			number == chain->tested, "forward", forwards_json(s, role));
		if (base != number)
			json_object_set_new(host, "like", json_string(s->roles[base].name));
		put_end(host, name, r);
		json_array_append_new(list, host);
	}
}

json_t *result_hosts(const struct result_cell *c, const struct scenario *s,
		     const struct cell_result *r)
{
	json_t *list = s->role_count ? json_array() : NULL;

	for (unsigned i = 0; i < s->role_count; i++)
		add_role(list, c, s, i, r);
	return list;
}
