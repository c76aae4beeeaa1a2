/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/driver.h"

#include <errno.h>
#include <lauxlib.h>
#include <string.h>

#include "harness/subject/driver_build.h"
#include "harness/subject/choice.h"
#include "harness/subject/driver_call.h"
#include "harness/subject/driver_option.h"
#include "harness/subject/driver_root.h"
#include "harness/subject/driver_transport.h"
#include "harness/subject/signer.h"
#include "sim/base/nearest.h"
#include "sim/base/shipped.h"
#include "sim/language/args.h"
#include "sim/language/scenario.h"

/* ---- reading a driver ---- */

static void want_function(const struct args *a, const char *key)
{
	lua_getfield(a->L, a->index, key);
	if (!lua_isfunction(a->L, -1))
		args_fail(a, "'%s' wants a function", key);
	lua_pop(a->L, 1);
}

static void read_operations(struct driver *d, const struct args *driver)
{
	static const char *const keys[] = { "nta",	     "nta-remove", "flush",
					    "flush-all",     "reload",	   "validation-off",
					    "validation-on", NULL };
	struct args a;

	if (args_push(driver, "operations") < 0)
		return;
	a = args_table(driver->L, -1, "operations", keys);
	for (unsigned i = 0; keys[i]; i++) {
		if (!args_has(&a, keys[i]))
			continue;
		want_function(&a, keys[i]);
		d->operations |= 1u << operation_by_name(keys[i]);
	}
	lua_pop(driver->L, 1);
}

/* `socket = { file = "control.socket", say = "stats\n", failed = "error" }`. */
static void read_socket(const struct args *asking, struct driver_socket *ret)
{
	static const char *const keys[] = { "file", "say", "failed", NULL };
	struct args a;

	if (args_push(asking, "socket") < 0)
		return;
	a = args_table(asking->L, -1, "socket", keys);
	args_need(&a, "file");
	args_need(&a, "say");
	ret->file = driver_copy(a.L, args_text(&a, "file", NULL));
	ret->say = driver_copy(a.L, args_text(&a, "say", NULL));
	ret->failed = driver_copy(a.L, args_text(&a, "failed", NULL));
	if (strchr(ret->file, '/'))
		args_fail(&a, "file: '%s' is no plain name of a file in its folder", ret->file);
	lua_pop(asking->L, 1);
}

/* What it can be asked for while it runs: its counters, the requests that it works on. */
static bool read_asking(const struct args *driver, const char *what, struct driver_socket *socket)
{
	static const char *const keys[] = { "command", "read", "socket", NULL };
	struct args a;

	if (args_push(driver, what) < 0)
		return false;
	a = args_table(driver->L, -1, what, keys);
	want_function(&a, "command");
	want_function(&a, "read");
	read_socket(&a, socket);
	lua_pop(driver->L, 1);
	return true;
}

static void read_mitigations(struct driver *d, const struct args *driver)
{
	static const char *const keys[] = { "about", "versions", NULL };
	const char *names[ARGS_MAX_KEYS];
	struct err e = { .text = "" };
	lua_State *L = driver->L;
	struct args all, one;
	unsigned n;

	args_need(driver, "mitigations");
	args_push(driver, "mitigations");
	all = args_table(L, -1, "mitigations", NULL);
	n = args_sorted(&all, names);
	d->offers = calloc(n + 1, sizeof(*d->offers));
	if (!d->offers)
		luaL_error(L, "not enough memory");
	for (unsigned i = 0; i < n; i++) {
		args_push(&all, names[i]);
		one = args_table(L, -1, names[i], keys);
		args_need(&one, "about");
		d->offer_count = i + 1;
		d->offers[i].name = driver_copy(L, names[i]);
		d->offers[i].about = driver_copy(L, args_text(&one, "about", NULL));
		if (versions_parse(args_text(&one, "versions", "any"), &d->offers[i].versions, &e) <
		    0)
			args_fail(&one, "versions: %s", e.text);
		lua_pop(L, 1);
	}
	args_need(&all, "none");
	lua_pop(L, 1);
}

/* `reads = { "/opt/data", … }`. */
static void read_paths(struct driver *d, const struct args *driver)
{
	lua_State *L = driver->L;

	if (args_push(driver, "reads") < 0)
		return;
	if (!lua_istable(L, -1))
		args_fail(driver, "reads: wants a list of absolute paths");
	for (lua_Integer i = 1; i <= luaL_len(L, -1); i++) {
		const char *path = lua_geti(L, -1, i) == LUA_TSTRING ? lua_tostring(L, -1) : "";
		struct err e = { .text = "" };

		if (*path != '/')
			args_fail(driver, "reads: '%s' is no absolute path", path);
		if (driver_add_path(d, path, &e) < 0)
			args_fail(driver, "reads: %s", e.text);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

static bool has_function(const struct args *driver, const char *key)
{
	if (!args_has(driver, key))
		return false;
	want_function(driver, key);
	return true;
}

/* `clock = "real"` is all that a driver can say of it. */
static bool read_clock(const struct args *driver)
{
	const char *clock = args_text(driver, "clock", "");

	if (*clock && strcmp(clock, "real") != 0)
		args_fail(driver, "clock is '%s': a driver can only say \"real\"", clock);
	return *clock;
}

static void read_submits(struct driver *d, const struct args *driver)
{
	const char *name = args_text(driver, "submits", NULL);

	if (name && (!*name || *name == '.' || strchr(name, '/')))
		args_fail(driver, "submits: '%s' is no plain name of a file in its folder", name);
	d->submits = driver_copy(driver->L, name);
}

/* `signs` in the place of `start`: a signer that is a script, run every so often. false: it is none. */
static bool read_script(struct driver *d, const struct args *driver)
{
	const char *file;

	if (!has_function(driver, "signs"))
		return false;
	if (args_has(driver, "start"))
		args_fail(driver, "either 'start', of a daemon, or 'signs', of a script");
	args_need(driver, "publishes");
	file = args_text(driver, "publishes", NULL);
	if (!*file || *file == '.' || strchr(file, '/'))
		args_fail(driver, "publishes: '%s' is no plain file name", file);
	d->publishes = driver_copy(driver->L, file);
	d->every = args_duration(driver, "every", DAY);
	if (d->every < MINUTE || d->every % SECOND)
		args_fail(driver, "every is whole seconds, 60 at least");
	return true;
}

static int read_driver(lua_State *L)
{
	static const char *const keys[] = {
		"name",	       "title",		"program", "control",	 "package",    "version",
		"files",       "configuration", "reads",   "start",	 "operations", "counters",
		"mitigations", "clock",		"default", "overlay",	 "options",    "looks_for",
		"requests",    "forwards",	"unable",  "transports", NULL,
	};
	static const char *const needed[] = { "name",	 "program",	  "package",
					      "version", "configuration", "files" };
	static const char *const version_keys[] = { "arguments", "pattern", NULL };
	struct driver *d = driver_call_of(L)->d;
	bool is_signer = d->shelf == SHIPPED_SIGNERS;
	struct args a, v;

	driver_push(L, d);
	a = args_table(L, -1, "driver", is_signer ? signer_driver_keys : keys);
	d->unable = driver_copy(L, args_text(&a, "unable", ""));
	if (*d->unable)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		args_need(&a, needed[i]);
	d->kind = driver_copy(L, args_text(&a, "name", NULL));
	d->package = driver_copy(L, args_text(&a, "package", NULL));
	d->configuration = driver_copy(L, args_text(&a, "configuration", NULL));
	snprintf(d->program, sizeof(d->program), "%s", args_text(&a, "program", NULL));
	snprintf(d->control, sizeof(d->control), "%s", args_text(&a, "control", ""));
	args_text(&a, "title", "");
	d->wants_real_time = read_clock(&a);
	d->has_overlay = has_function(&a, "overlay");
	d->forwards = args_flag(&a, "forwards", false);
	has_function(&a, "looks_for");
	d->is_default = args_flag(&a, "default", false);
	args_push(&a, "version");
	v = args_table(L, -1, "version", version_keys);
	args_need(&v, "arguments");
	args_need(&v, "pattern");
	args_text(&v, "pattern", NULL);
	lua_pop(L, 1);
	want_function(&a, "files");
	if (!is_signer || !read_script(d, &a)) {
		args_need(&a, "start");
		want_function(&a, "start");
	}
	read_paths(d, &a);
	d->timer_slack = args_duration(&a, "timer_slack", 0);
	d->sleep_slack = args_duration(&a, "sleep_slack", 0);
	if (is_signer) {
		has_function(&a, "roll");
		has_function(&a, "emergency");
		has_function(&a, "reload");
		has_function(&a, "begin");
		has_function(&a, "ds_changed");
		args_flag(&a, "goes_unsigned", false);
		args_flag(&a, "hsm", false);
		has_function(&a, "resign");
		args_flag(&a, "tsig", false);
		args_flag(&a, "primary", false);
		has_function(&a, "own_keys");
		read_submits(d, &a);
		return 0;
	}
	read_operations(d, &a);
	read_asking(&a, "counters", &d->sockets[ASKED_COUNTERS]);
	d->lists_requests = read_asking(&a, "requests", &d->sockets[ASKED_REQUESTS]);
	read_mitigations(d, &a);
	driver_read_options(d, &a);
	return 0;
}

/* ---- what is shipped ---- */

int driver_list(void (*each)(const char *name, void *arg), void *arg, struct err *e)
{
	return shipped_each(SHIPPED_RESOLVERS, each, arg)
		       ? err_set(e, -ENOENT, "the shipped resolver drivers are not there")
		       : 0;
}

struct names {
	struct nearest nearest;
	char list[400];
};

static void append_name(const char *name, void *arg)
{
	struct names *n = arg;
	size_t len = strlen(n->list);

	nearest_try(&n->nearest, name);
	snprintf(n->list + len, sizeof(n->list) - len, "%s%s", len ? ", " : "", name);
}

static bool is_file_name(const char *name)
{
	size_t len = strlen(name);

	return (len > 4 && !strcmp(name + len - 4, ".lua")) || strchr(name, '/');
}

static int no_driver(const char *name, enum shipped shelf, struct err *e)
{
	const char *what = shelf == SHIPPED_SIGNERS ? "signer" : "resolver";
	struct names n = { .nearest = nearest_to(name) };
	char hint[NEAREST_LEN + 24];

	if (is_file_name(name))
		return err_set(e, -EINVAL, "there is no %s driver '%s': no such file", what, name);
	shipped_each(shelf, append_name, &n);
	if (*nearest_hint(&n.nearest, hint))
		return err_set(e, -EINVAL, "there is no %s driver '%s'%s", what, name, hint);
	return err_set(e, -EINVAL, "there is no %s driver '%s'; shipped are: %s", what, name,
		       n.list);
}

/* ---- loading ---- */

static struct driver *new_driver(enum shipped shelf)
{
	struct driver *d = calloc(1, sizeof(*d));

	if (d)
		d->shelf = shelf;
	return d;
}

static int find_driver(const char *name, struct driver *d, struct err *e)
{
	const char *folder = shipped_path(d->shelf);
	char path[2 * PATH_MAX];

	if (is_file_name(name))
		snprintf(path, sizeof(path), "%s", name);
	else if (folder && *name)
		snprintf(path, sizeof(path), "%s/%s.lua", folder, name);
	else
		path[0] = '\0';
	if (access(path, R_OK) < 0)
		return no_driver(name, d->shelf, e);
	d->file = strdup(path);
	return d->file ? 0 : err_set(e, -ENOMEM, "not enough memory");
}

static int run_driver(struct driver *d, struct err *e)
{
	const char *folder = shipped_path(d->shelf);
	struct call c = { .d = d, .e = e };
	lua_State *L;
	int r = script_new(folder ? folder : ".", &d->script, e);

	if (!r)
		r = script_run_file(d->script, d->file, 1, e);
	if (r < 0)
		return r;
	L = script_state(d->script);
	if (!lua_istable(L, -1))
		return err_set(e, -EINVAL,
			       "%s: a driver returns a table: return { name = \"…\", … }", d->file);
	d->table = luaL_ref(L, LUA_REGISTRYINDEX);
	return driver_carry(&c, read_driver);
}

struct listing {
	void (*each)(const char *name, void *arg);
	void *arg;
};

static void list_offers(const char *name, void *arg)
{
	const struct listing *l = arg;
	struct driver *d = new_driver(SHIPPED_RESOLVERS);

	if (d && find_driver(name, d, NULL) == 0 && run_driver(d, NULL) == 0)
		for (unsigned i = 0; i < d->offer_count; i++)
			l->each(d->offers[i].name, l->arg);
	driver_free(d);
}

int driver_list_mitigations(void (*each)(const char *name, void *arg), void *arg, struct err *e)
{
	struct listing l = { each, arg };

	return driver_list(list_offers, &l, e);
}

static int run_able(struct driver *d, struct err *e)
{
	int r = run_driver(d, e);

	return r < 0 || !*d->unable ? r : err_set(e, -EOPNOTSUPP, "%s", d->unable);
}

int driver_packages(const char *name, char *ret, size_t size, struct err *e)
{
	_cleanup_(driver_freep) struct driver *d = new_driver(SHIPPED_RESOLVERS);
	int r = d ? find_driver(name, d, e) : err_set(e, -ENOMEM, "not enough memory");

	if (r == 0)
		r = run_able(d, e);
	if (r == 0)
		snprintf(ret, size, "%s", d->package);
	return r;
}

struct fallback {
	char *name;
	size_t size;
	bool found;
};

static void take_default(const char *name, void *arg)
{
	_cleanup_(driver_freep) struct driver *d = new_driver(SHIPPED_RESOLVERS);
	struct fallback *f = arg;

	if (!f->found && d && find_driver(name, d, NULL) == 0 && run_driver(d, NULL) == 0 &&
	    d->is_default)
		f->found = snprintf(f->name, f->size, "%s", name) > 0;
}

int driver_default(char *ret, size_t size, struct err *e)
{
	struct fallback f = { ret, size, false };
	int r = driver_list(take_default, &f, e);

	if (r < 0 || f.found)
		return r;
	return err_set(e, -EINVAL, "no shipped driver is the default: name a resolver with -r");
}

static int load(const char *text, enum shipped shelf, struct driver **ret, struct err *e)
{
	_cleanup_(driver_freep) struct driver *d = new_driver(shelf);
	struct choice choice;
	const char *other = choice.program;
	int r;

	if (!d)
		return err_set(e, -ENOMEM, "not enough memory");
	r = choice_parse(text, &choice, e);
	if (!r)
		r = find_driver(choice.driver, d, e);
	if (!r)
		r = run_able(d, e);
	if (!r)
		r = driver_choose(d, choice.options, e);
	if (!r)
		r = *choice.root ? driver_find_root(d, choice.root, *other ? other : NULL, e)
				 : driver_find_programs(d, *other ? other : NULL, e);
	if (!r && !d->trouble[0])
		r = driver_ask_version(d, *other, e);
	if (!r)
		r = driver_find_transports(d, e);
	if (r < 0)
		return r;
	driver_name_build(d, *other);
	driver_name_chosen(d);
	*ret = TAKE(d);
	return 0;
}

int driver_load(const char *text, struct driver **ret, struct err *e)
{
	return load(text, SHIPPED_RESOLVERS, ret, e);
}

int driver_load_signer(const char *text, struct driver **ret, struct err *e)
{
	return load(text, SHIPPED_SIGNERS, ret, e);
}

void driver_free(struct driver *d)
{
	if (!d)
		return;
	for (unsigned i = 0; i < d->offer_count; i++) {
		free(d->offers[i].name);
		free(d->offers[i].about);
	}
	free(d->offers);
	driver_options_done(d);
	commands_done(&d->start);
	commands_done(&d->operation);
	for (unsigned i = 0; i < DRIVER_ASKED; i++) {
		commands_done(&d->asking[i]);
		free(d->sockets[i].file);
		free(d->sockets[i].say);
		free(d->sockets[i].failed);
	}
	driver_forget_counters(d);
	user_config_free(d->user_config);
	for (unsigned i = 0; i < d->path_count; i++)
		free(d->paths[i]);
	free(d->kind);
	free(d->package);
	free(d->unable);
	free(d->submits);
	free(d->configuration);
	free(d->publishes);
	free(d->file);
	root_free(d->root);
	script_free(d->script);
	free(d);
}
