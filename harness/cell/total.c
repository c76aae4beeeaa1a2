/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/total.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cell/result.h"
#include "harness/results/recorded.h"
#include "harness/results/sum.h"
#include "harness/text/json_text.h"

static const json_t *fleet_of(const json_t *member)
{
	return json_object_get(member, "fleet");
}

static unsigned count_of(const json_t *members)
{
	return (unsigned)recorded_number(fleet_of(json_array_get(members, 0)), "caches");
}

static bool is_valid(const json_t *member)
{
	return recorded_is_true(member, "valid");
}

/* ---- its entry ---- */

/* "1.17.1", or "1.17.1+4.8.8" where they differ. */
static json_t *joined(const json_t *members, const char *key)
{
	char text[512] = "";
	size_t len = 0, i;
	json_t *m;

	json_array_foreach((json_t *)members, i, m)
	{
		const char *one = recorded_text(m, key);
		const char *in = strstr(text, one);
		size_t end = in ? strlen(one) : 0;

		if (in && *one && (in == text || in[-1] == '+') && (!in[end] || in[end] == '+'))
			continue;
		if (*one && len < sizeof(text))
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%.100s",
						len ? "+" : "", one);
	}
	return json_text(text);
}

/* Of several kinds it is none, and nothing is known of it. */
static const char *kind_of(const json_t *members)
{
	const char *kind = recorded_text(json_array_get(members, 0), "kind");
	json_t *m;
	size_t i;

	json_array_foreach((json_t *)members, i, m)
	{
		if (strcmp(recorded_text(m, "kind"), kind) != 0)
			return "";
	}
	return kind;
}

static double sum_of(const json_t *members, const char *key)
{
	double sum = 0, n;
	json_t *m;
	size_t i;

	json_array_foreach((json_t *)members, i, m)
	{
		n = recorded_number(m, key);
		sum += n > 0 ? n : 0;
	}
	return sum;
}

/* Each number of an object. */
static json_t *sums_of(const json_t *members, const char *key)
{
	json_t *ret = json_object(), *m, *n;
	const char *name;
	size_t i;

	json_array_foreach((json_t *)members, i, m)
	{
		json_object_foreach(json_object_get(m, key), name, n)
		{
			json_object_set_new(
				ret, name,
				json_integer(json_integer_value(json_object_get(ret, name)) +
					     json_integer_value(n)));
		}
	}
	return ret;
}

/* A fault was seen as often as all of them saw it, and first when the first of them did. */
static void add_sighting(json_t *all, const json_t *one)
{
	const char *first = recorded_text(one, "first_seen"), *had;
	json_int_t seen = json_integer_value(json_object_get(one, "seen"));

	had = recorded_text(all, "first_seen");
	json_object_set_new(all, "seen",
			    json_integer(json_integer_value(json_object_get(all, "seen")) + seen));
	if (*first && (!*had || strcmp(first, had) < 0))
		json_object_set(all, "first_seen", json_object_get(one, "first_seen"));
	if (!recorded_is_true(one, "never_dnssec_ok"))
		json_object_set_new(all, "never_dnssec_ok", json_false());
}

static json_t *faults_of(const json_t *members)
{
	json_t *all = NULL, *m, *one;
	size_t i, k;

	json_array_foreach((json_t *)members, i, m)
	{
		const json_t *list = recorded_list(m, "faults");

		if (!json_array_size(list))
			continue;
		if (!all) {
			all = json_deep_copy(list);
			continue;
		}
		json_array_foreach((json_t *)list, k, one)
		{
			add_sighting(json_array_get(all, k), one);
		}
	}
	return all ?: json_array();
}

/* "2 of 20 caches are not valid: unbound-none-cache-07: the resolver ended" */
static void say_invalid(const json_t *members, unsigned lacking, char *why, size_t size)
{
	const json_t *first = NULL;
	unsigned bad = 0;
	json_t *m;
	size_t i;

	json_array_foreach((json_t *)members, i, m)
	{
		if (is_valid(m))
			continue;
		first = first ?: m;
		bad++;
	}
	*why = '\0';
	if (bad)
		snprintf(why, size, "%u of %u caches %s not valid: %.200s: %.600s", bad,
			 count_of(members), bad == 1 ? "is" : "are", recorded_text(first, "folder"),
			 recorded_text(first, "why"));
	else if (lacking)
		snprintf(why, size, "%u of %u caches %s missing", lacking, count_of(members),
			 lacking == 1 ? "is" : "are");
}

static int code_of(const json_t *members, unsigned lacking)
{
	json_t *m;
	size_t i;

	json_array_foreach((json_t *)members, i, m)
	{
		int code = (int)json_integer_value(json_object_get(m, "code"));

		if (code < 0)
			return code;
	}
	return lacking ? -ENODATA : 0;
}

/* What its first cache has for all of them stays; the rest is added up. */
static json_t *entry(json_t *members, unsigned number)
{
	static const char *const own[] = { "fleet",	      "death",	      "unread",
					   "chances",	      "late_seconds", "log_cut_bytes",
					   "counters_failed", "unfinished",   "transports" };
	unsigned lacking = count_of(members) - (unsigned)json_array_size(members);
	const json_t *first = json_array_get(members, 0), *fleet = fleet_of(first);
	json_t *all = json_copy((json_t *)first);
	char why[1024];

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		json_object_del(all, own[i]);
	say_invalid(members, lacking, why, sizeof(why));
	json_object_update_new(
		all,
		json_pack("{s:i, s:O, s:O, s:s, s:o, s:f, s:I, s:b, s:o, s:i, s:o, s:o, s:[], "
			  "s:[], s:f, s:f}",
			  "number", (int)number, "folder", json_object_get(fleet, "sum"),
			  "resolver", json_object_get(fleet, "row"), "kind", kind_of(members),
			  "version", joined(members, "version"), "wall_seconds",
			  sum_of(members, "wall_seconds"), "queries",
			  (json_int_t)sum_of(members, "queries"), "valid", !*why, "why",
			  json_text(why), "code", code_of(members, lacking), "lost",
			  sums_of(members, "lost"), "faults", faults_of(members), "expectations",
			  "known", "resolver_cpu_seconds", sum_of(members, "resolver_cpu_seconds"),
			  "harness_cpu_seconds", sum_of(members, "harness_cpu_seconds")));
	json_object_set_new(all, "caches", json_integer(count_of(members)));
	json_object_set_new(all, "members", members);
	return all;
}

json_t *total_unfinished(json_t *members, unsigned number)
{
	json_t *all = entry(members, number);

	json_object_set_new(all, "valid", json_false());
	json_object_set_new(all, "queries", json_integer(0));
	json_object_set_new(all, "code", json_integer(-EINTR));
	json_object_set_new(all, "why", json_string("the run ended before the caches did"));
	json_object_set_new(all, "unfinished", json_true());
	return all;
}

/* ---- its files, and what is judged on them ---- */

struct folders {
	char *list[FLEET_MAX];
	unsigned count;
};

static void folders_done(struct folders *f)
{
	for (unsigned i = 0; i < f->count; i++)
		free(f->list[i]);
}

/* -ENODATA: none is valid. */
static int sum_valid(const char *const *dirs, const char *into, simtime from, const json_t *members,
		     struct err *e)
{
	_cleanup_(folders_done) struct folders f = { .count = 0 };
	json_t *m;
	size_t i;

	json_array_foreach((json_t *)members, i, m)
	{
		if (!is_valid(m) || f.count == FLEET_MAX)
			continue;
		if (asprintf(&f.list[f.count], "%s/%s", dirs[i], recorded_text(m, "folder")) < 0)
			return err_set(e, -ENOMEM, "no memory for the sum of a fleet");
		f.count++;
	}
	return f.count ? sum_files((const char *const *)f.list, f.count, from, into, e) : -ENODATA;
}

static int judge_sum(struct scenario *s, const char *folder, json_t *all, struct err *e)
{
	struct cell_result r = { 0 };
	struct judge_cell jc = { .folder = folder,
				 .resolver = recorded_text(all, "resolver"),
				 .kind = recorded_text(all, "kind"),
				 .version = recorded_text(all, "version"),
				 .mitigation = recorded_text(all, "mitigation"),
				 .clock = recorded_text(all, "clock") };
	int rc = judge_cell(s, &jc, &r.verdicts, &r.verdict_count, e);

	if (rc == 0)
		result_put_verdicts(&r, all);
	free(r.verdicts);
	return rc;
}

static void put_not_judged(const char *why, json_t *all)
{
	json_array_append_new(json_object_get(all, "expectations"),
			      json_pack("{s:s, s:b, s:o}", "text",
					"what the scenario expects could be judged", "held", 0,
					"message", json_text(why)));
}

int total_make(struct scenario *s, const char *why, const char *const *dirs, const char *dir,
	       json_t *members, unsigned number, json_t **ret, struct err *e)
{
	_cleanup_(json_decrefp) json_t *all = entry(members, number);
	char into[PATH_MAX + 257];
	int rc;

	snprintf(into, sizeof(into), "%s/%s", dir, recorded_text(all, "folder"));
	rc = sum_valid(dirs, into, s ? s->from : 0, members, e);
	if (rc == -ENODATA) { /* there is nothing to add up */
		json_object_set_new(all, "queries", json_integer(0));
		*ret = TAKE(all);
		return 0;
	}
	if (rc == 0 && is_valid(all) && s)
		rc = judge_sum(s, into, all, e);
	else if (rc == 0 && is_valid(all))
		put_not_judged(why, all);
	if (rc == 0)
		*ret = TAKE(all);
	return rc;
}
