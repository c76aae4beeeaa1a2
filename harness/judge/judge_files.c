/* SPDX-License-Identifier: BSD-2-Clause */
/* judge_files.c - the words of `run` that read a cell's metrics.csv, ede.csv, upstream.csv, asked.csv and
 * links.csv. */
#include "harness/judge/judge_inside.h"

#include <errno.h>
#include <lauxlib.h>
#include <string.h>

#include "sim/language/args.h"

static void open_csv(lua_State *L, struct judge *j, const char *name)
{
	struct err e;

	csv_free(TAKE(j->csv));
	if (csv_open(j->cell->folder, name, &j->csv, &e) < 0)
		judge_raise(L, &e);
}

static unsigned csv_column_of(lua_State *L, struct judge *j, const char *name)
{
	struct err e;
	int column = csv_column(j->csv, name, &e);

	return column >= 0 ? (unsigned)column : (unsigned)judge_raise(L, &e);
}

static double csv_number_of(lua_State *L, struct judge *j, unsigned column)
{
	double ret = 0;
	struct err e;

	if (csv_number(j->csv, column, &ret, &e) < 0)
		judge_raise(L, &e);
	return ret;
}

/* The next row that lies in the stretch; false at the end, where the file is closed. */
static bool next_row(lua_State *L, struct judge *j, const struct stretch *s, double *t)
{
	struct err e;
	int rc;

	while ((rc = csv_next(j->csv, &e)) == 1) {
		if (csv_time(j->csv, t, &e) < 0)
			judge_raise(L, &e);
		if (*t >= s->from && *t < s->to)
			return true;
	}
	if (rc < 0)
		judge_raise(L, &e);
	csv_free(TAKE(j->csv));
	return false;
}

/* run:metric(NAME [, FROM, TO]) */
int judge_metric(lua_State *L)
{
	struct judge *j = judge_of(L);
	const char *wanted = luaL_checkstring(L, 2);
	struct stretch s = judge_optional_stretch(L, j, 3);
	unsigned name, value;
	lua_Integer n = 0;
	double t;

	if (j->is_trial) {
		judge_push_lists(L, 0);
		lua_pop(L, 2);
		return 1;
	}
	open_csv(L, j, "metrics.csv");
	name = csv_column_of(L, j, "name");
	value = csv_column_of(L, j, "value");
	judge_push_lists(L, 0);
	while (next_row(L, j, &s, &t)) {
		if (strcmp(csv_text(j->csv, name), wanted) != 0)
			continue;
		n++;
		lua_pushinteger(L, (lua_Integer)t);
		lua_rawseti(L, -3, n);
		lua_pushnumber(L, csv_number_of(L, j, value));
		lua_rawseti(L, -2, n);
	}
	if (n == 0)
		return luaL_error(L, "no metric '%s' %s", wanted, s.text);
	lua_pop(L, 2);
	return 1;
}

/* The traffic that the table of a word names; NULL: all. */
static const char *traffic_in(lua_State *L, struct judge *j, const struct args *a, const char *word)
{
	const char *wanted = args_text(a, "traffic", NULL);
	struct err e;

	for (unsigned i = 0; wanted && i < j->scenario->traffic_count; i++)
		if (strcmp(j->scenario->traffic[i].name, wanted) == 0)
			return wanted;
	if (!wanted)
		return NULL;
	err_set(&e, -EINVAL, "%s: there is no traffic '%.100s'", word, wanted);
	judge_raise_wrong(L, j, &e);
	return NULL;
}

/* run:ede([FROM, TO [, { rcode = …, traffic = … }]]) */
int judge_ede(lua_State *L)
{
	static const char *const keys[] = { "rcode", "traffic", NULL };
	struct judge *j = judge_of(L);
	const char *wanted = NULL, *traffic = NULL;
	unsigned code, count, rcode, whose = 0;
	struct stretch s;
	double t;

	if (!lua_isnoneornil(L, 4)) {
		struct args a = args_table(L, 4, "run:ede", keys);

		wanted = args_text(&a, "rcode", NULL);
		traffic = traffic_in(L, j, &a, "run:ede");
	}
	s = judge_optional_stretch(L, j, 2);

	if (j->is_trial) {
		lua_newtable(L);
		return 1;
	}
	open_csv(L, j, "ede.csv");
	code = csv_column_of(L, j, "code");
	count = csv_column_of(L, j, "count");
	rcode = csv_column_of(L, j, "rcode");
	if (traffic)
		whose = csv_column_of(L, j, "traffic");
	lua_newtable(L);
	while (next_row(L, j, &s, &t)) {
		lua_Integer key, sum;
		double a = 0, b = 0;
		struct err e;

		if ((wanted && strcmp(csv_text(j->csv, rcode), wanted) != 0) ||
		    (traffic && strcmp(csv_text(j->csv, whose), traffic) != 0))
			continue;
		if (csv_ede(j->csv, code, &a, &e) < 0 || csv_count(j->csv, count, &b, &e) < 0)
			judge_raise(L, &e);
		key = (lua_Integer)a;
		sum = (lua_Integer)b;
		if (lua_rawgeti(L, -1, key) == LUA_TNUMBER)
			sum += lua_tointeger(L, -1);
		lua_pop(L, 1);
		lua_pushinteger(L, sum);
		lua_rawseti(L, -2, key);
	}
	return 1;
}

/* run:upstream([FROM, TO [, { zone = … }]]) */
int judge_upstream(lua_State *L)
{
	static const char *const keys[] = { "zone", NULL };
	static const char *const names[] = { "queries", "answers", "dropped" };
	struct judge *j = judge_of(L);
	double sums[ARRAY_SIZE(names)] = { 0 }, t;
	unsigned columns[ARRAY_SIZE(names)], zone;
	const char *wanted = NULL;
	struct stretch s;

	if (!lua_isnoneornil(L, 4)) {
		struct args a = args_table(L, 4, "run:upstream", keys);

		wanted = args_text(&a, "zone", NULL);
	}
	s = judge_optional_stretch(L, j, 2);
	if (j->is_trial) {
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			lua_pushinteger(L, judge_made_up(L, j));
		return ARRAY_SIZE(names);
	}
	open_csv(L, j, "upstream.csv");
	zone = csv_column_of(L, j, "zone");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		columns[i] = csv_column_of(L, j, names[i]);
	while (next_row(L, j, &s, &t)) {
		if (wanted && strcmp(csv_text(j->csv, zone), wanted) != 0)
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			sums[i] += csv_number_of(L, j, columns[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		lua_pushinteger(L, (lua_Integer)sums[i]);
	return ARRAY_SIZE(names);
}

/* Whether a host of a record is this one, or one of a role that has several. */
static bool is_host(const struct judge *j, const char *wanted, const char *host)
{
	const struct scenario *s = j->scenario;
	size_t len = strlen(wanted);

	if (strcmp(host, wanted) == 0)
		return true;
	for (unsigned i = 0; i < s->role_count; i++)
		if (strcmp(s->roles[i].name, wanted) == 0)
			return s->roles[i].count > 1 && strncmp(host, wanted, len) == 0 &&
			       host[len] == '-' &&
			       host[len + 1 + strspn(host + len + 1, "0123456789")] == '\0';
	return false;
}

static void check_host(lua_State *L, struct judge *j, const char *word, const char *wanted)
{
	const struct scenario *s = j->scenario;
	char host[48];
	struct err e;

	for (unsigned i = 0; i < s->role_count; i++) {
		const struct role *r = &s->roles[i];

		if (strcmp(r->name, wanted) == 0)
			return;
		for (unsigned k = 1; r->count > 1 && k <= r->count; k++) {
			snprintf(host, sizeof(host), "%s-%u", r->name, k);
			if (strcmp(host, wanted) == 0)
				return;
		}
	}
	if (!s->role_count && strcmp(wanted, "resolver") == 0)
		return;
	err_set(&e, -EINVAL, "%s: there is no resolver '%.100s'", word, wanted);
	judge_raise_wrong(L, j, &e);
}

/* run:asked(RESOLVER [, FROM, TO [, { traffic = … }]]) */
int judge_asked(lua_State *L)
{
	static const char *const keys[] = { "traffic", NULL };
	static const char *const names[] = { "queries",	  "questions", "noerror", "nxdomain",
					     "servfail",  "other",     "timeout", "went_on",
					     "recovered", "lost" };
	struct judge *j = judge_of(L);
	const char *wanted = luaL_checkstring(L, 2), *traffic = NULL;
	double sums[ARRAY_SIZE(names)] = { 0 }, t;
	unsigned columns[ARRAY_SIZE(names)], host, whose;
	struct stretch s;

	check_host(L, j, "run:asked", wanted);
	if (!lua_isnoneornil(L, 5)) {
		struct args a = args_table(L, 5, "run:asked", keys);

		traffic = traffic_in(L, j, &a, "run:asked");
	}
	s = judge_optional_stretch(L, j, 3);
	if (!j->is_trial) {
		open_csv(L, j, "asked.csv");
		host = csv_column_of(L, j, "resolver");
		whose = csv_column_of(L, j, "traffic");
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			columns[i] = csv_column_of(L, j, names[i]);
		while (next_row(L, j, &s, &t))
			if (is_host(j, wanted, csv_text(j->csv, host)) &&
			    (!traffic || strcmp(traffic, csv_text(j->csv, whose)) == 0))
				for (size_t i = 0; i < ARRAY_SIZE(names); i++)
					sums[i] += csv_number_of(L, j, columns[i]);
	}
	lua_createtable(L, 0, ARRAY_SIZE(names));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		lua_pushinteger(L, j->is_trial ? judge_made_up(L, j) : (lua_Integer)sums[i]);
		lua_setfield(L, -2, names[i]);
	}
	return 1;
}

/* run:reports([FROM, TO [, { resolver = … }]]) */
int judge_reports(lua_State *L)
{
	static const char *const keys[] = { "resolver", NULL };
	struct judge *j = judge_of(L);
	const char *wanted = NULL;
	lua_Integer count = 0;
	struct stretch s;
	unsigned host;
	double t;

	if (!lua_isnoneornil(L, 4)) {
		struct args a = args_table(L, 4, "run:reports", keys);

		wanted = args_text(&a, "resolver", NULL);
	}
	if (wanted)
		check_host(L, j, "run:reports", wanted);
	s = judge_optional_stretch(L, j, 2);
	if (j->is_trial) {
		lua_pushinteger(L, judge_made_up(L, j));
		return 1;
	}
	open_csv(L, j, "reports.csv");
	host = csv_column_of(L, j, "resolver");
	while (next_row(L, j, &s, &t))
		count += !wanted || is_host(j, wanted, csv_text(j->csv, host));
	lua_pushinteger(L, count);
	return 1;
}

/* A server's name has dots, and there may be millions. */
static void check_end(lua_State *L, struct judge *j, const char *wanted)
{
	if (strcmp(wanted, "clients") != 0 && !strchr(wanted, '.'))
		check_host(L, j, "run:link", wanted);
}

static void add_row(lua_State *L, struct judge *j, const int *columns, double *sums, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (columns[i] >= 0)
			sums[i] += csv_number_of(L, j, (unsigned)columns[i]);
}

/* run:link(FROM_HOST, TO_HOST [, FROM, TO]). What a record of an older version does not have is nil. */
int judge_link(lua_State *L)
{
	static const char *const names[] = { "packets", "bytes", "dropped", "tcp", "connections" };
	struct judge *j = judge_of(L);
	const char *wanted[2] = { luaL_checkstring(L, 2), luaL_checkstring(L, 3) };
	double sums[ARRAY_SIZE(names)] = { 0 }, t;
	int columns[ARRAY_SIZE(names)] = { 0 };
	unsigned from, to;
	struct err e;
	struct stretch s;

	check_end(L, j, wanted[0]);
	check_end(L, j, wanted[1]);
	s = judge_optional_stretch(L, j, 4);
	if (!j->is_trial) {
		open_csv(L, j, "links.csv");
		from = csv_column_of(L, j, "from");
		to = csv_column_of(L, j, "to");
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			columns[i] = csv_column(j->csv, names[i], &e);
		while (next_row(L, j, &s, &t))
			if (is_host(j, wanted[0], csv_text(j->csv, from)) &&
			    is_host(j, wanted[1], csv_text(j->csv, to)))
				add_row(L, j, columns, sums, ARRAY_SIZE(names));
	}
	lua_createtable(L, 0, ARRAY_SIZE(names));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (columns[i] < 0)
			continue;
		lua_pushinteger(L, j->is_trial ? judge_made_up(L, j) : (lua_Integer)sums[i]);
		lua_setfield(L, -2, names[i]);
	}
	return 1;
}
