#include "harness/resolver.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <lauxlib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "harness/program.h"
#include "sim/args.h"
#include "sim/scenario.h"
#include "sim/script.h"

/* Texts, and the pointers to them that an execv() wants. NULL stands between one command and the next. */
struct words {
	char **texts;
	unsigned count;
	const char *const **commands; /* where each begins; the last is NULL */
};

struct offer {
	char *name, *about;
};

struct counter {
	char *name;
	double value;
};

struct driver {
	struct script *script;
	int table; /* the driver's, in the script's registry */
	char *file; /* the driver's */
	char *kind; /* "unbound" */
	char *package, *configuration;
	char name[256], version[64], about[16384];
	char program[PATH_MAX], control[PATH_MAX];
	struct offer *offers;
	unsigned offer_count;
	struct words start, operation, asking;
	struct counter *counters;
	unsigned counter_count;
};

/* ---- words ---- */

static void words_done(struct words *w)
{
	for (unsigned i = 0; i < w->count; i++)
		free(w->texts[i]);
	free(w->texts);
	free(w->commands);
	*w = (struct words){ 0 };
}

static bool words_add(struct words *w, const char *text)
{
	char **texts = reallocarray(w->texts, w->count + 1, sizeof(*texts));

	if (!texts)
		return false;
	w->texts = texts;
	texts[w->count] = text ? strdup(text) : NULL;
	w->count++;
	return !text || texts[w->count - 1];
}

/* Finds where the commands begin, once all the words are there. */
static bool words_end(struct words *w)
{
	unsigned commands = 0;
	bool begins = true;

	w->commands = calloc(w->count + 1, sizeof(*w->commands));
	if (!w->commands)
		return false;
	for (unsigned i = 0; i < w->count; i++) {
		if (begins)
			w->commands[commands++] = (const char *const *)&w->texts[i];
		begins = !w->texts[i];
	}
	return true;
}

/* ---- calls into the driver ---- */

/* One call, carried through lua_pcall(): Lua's errors jump, so all that is made meanwhile hangs in the
 * driver, and an error of ours is brought out in `r` and `e`. */
struct call {
	struct driver *d;
	const struct subject *s;
	const char *operation, *text; /* what some calls take: a zone, an output */
	const char *cell;
	struct words *words;
	bool absent; /* the driver has no such function */
	int r;
	struct err *e;
};

static struct call *call_of(lua_State *L)
{
	return lua_touserdata(L, 1);
}

static int carry(struct call *c, lua_CFunction f)
{
	lua_State *L = script_state(c->d->script);
	int r;

	lua_pushcfunction(L, f);
	lua_pushlightuserdata(L, c);
	r = script_call(c->d->script, 1, 0, c->e);
	/* Errors of a driver's own code begin with file:line already. */
	if (r < 0 && c->e && strncmp(c->e->text, c->d->file, strlen(c->d->file)) != 0)
		err_prefix(c->e, "%s", c->d->file);
	return r < 0 ? r : c->r;
}

static void push_driver(lua_State *L, const struct driver *d)
{
	lua_rawgeti(L, LUA_REGISTRYINDEX, d->table);
}

static void set_text(lua_State *L, const char *key, const char *value)
{
	if (!value)
		return;
	lua_pushstring(L, value);
	lua_setfield(L, -2, key);
}

static void push_subject(lua_State *L, const struct call *c)
{
	const struct subject *s = c->s;

	lua_createtable(L, 0, 12);
	set_text(L, "program", c->d->program);
	set_text(L, "control", c->d->control);
	set_text(L, "version", c->d->version);
	set_text(L, "folder", s->folder);
	set_text(L, "mitigation", s->mitigation);
	set_text(L, "address4", s->address4);
	set_text(L, "address6", s->address6);
	set_text(L, "root_hints", s->root_hints);
	set_text(L, "root_key", s->root_key);
	set_text(L, "root_ds", s->root_ds);
	lua_pushinteger(L, (lua_Integer)s->seed);
	lua_setfield(L, -2, "seed");
}

/* Takes the list of texts at the top for one command. */
static void take_command(lua_State *L, struct words *w, const char *what)
{
	lua_Integer n = lua_istable(L, -1) ? luaL_len(L, -1) : 0;

	if (n < 1)
		luaL_error(L, "%s: a command is a list of texts, { \"program\", \"argument\", … }",
			   what);
	for (lua_Integer i = 1; i <= n; i++) {
		lua_geti(L, -1, i);
		if (lua_type(L, -1) != LUA_TSTRING)
			luaL_error(L, "%s: word %d of the command is a %s, not a text", what,
				   (int)i, luaL_typename(L, -1));
		if (!words_add(w, lua_tostring(L, -1)))
			luaL_error(L, "not enough memory");
		lua_pop(L, 1);
	}
	if (!words_add(w, NULL))
		luaL_error(L, "not enough memory");
}

/* ---- reading a driver ---- */

static char *copy(lua_State *L, const char *text)
{
	char *ret = text ? strdup(text) : NULL;

	if (text && !ret)
		luaL_error(L, "not enough memory");
	return ret;
}

static void want_function(const struct args *a, const char *key)
{
	lua_getfield(a->L, a->index, key);
	if (!lua_isfunction(a->L, -1))
		args_fail(a, "'%s' wants a function", key);
	lua_pop(a->L, 1);
}

static void read_operations(const struct args *driver)
{
	static const char *const keys[] = { "nta",	     "nta-remove", "flush",
					    "flush-all",     "reload",	   "validation-off",
					    "validation-on", NULL };
	struct args a;

	if (args_push(driver, "operations") < 0)
		return;
	a = args_table(driver->L, -1, "operations", keys);
	for (unsigned i = 0; keys[i]; i++)
		if (args_has(&a, keys[i]))
			want_function(&a, keys[i]);
	lua_pop(driver->L, 1);
}

static void read_counters(const struct args *driver)
{
	static const char *const keys[] = { "command", "read", NULL };
	struct args a;

	if (args_push(driver, "counters") < 0)
		return;
	a = args_table(driver->L, -1, "counters", keys);
	want_function(&a, "command");
	want_function(&a, "read");
	lua_pop(driver->L, 1);
}

static void read_mitigations(struct driver *d, const struct args *driver)
{
	static const char *const keys[] = { "about", NULL };
	const char *names[ARGS_MAX_KEYS];
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
		d->offers[i].name = copy(L, names[i]);
		d->offers[i].about = copy(L, args_text(&one, "about", NULL));
		lua_pop(L, 1);
	}
	args_need(&all, "none");
	lua_pop(L, 1);
}

static int read_driver(lua_State *L)
{
	static const char *const keys[] = { "name",    "title",	     "program",	 "control",
					    "package", "version",    "files",	 "configuration",
					    "start",   "operations", "counters", "mitigations",
					    NULL };
	static const char *const version_keys[] = { "arguments", "pattern", NULL };
	struct driver *d = call_of(L)->d;
	struct args a, v;

	push_driver(L, d);
	a = args_table(L, -1, "driver", keys);
	for (unsigned i = 0; i < 8; i++)
		if (i != 1 && i != 3)
			args_need(&a, keys[i]);
	d->kind = copy(L, args_text(&a, "name", NULL));
	d->package = copy(L, args_text(&a, "package", NULL));
	d->configuration = copy(L, args_text(&a, "configuration", NULL));
	snprintf(d->program, sizeof(d->program), "%s", args_text(&a, "program", NULL));
	snprintf(d->control, sizeof(d->control), "%s", args_text(&a, "control", ""));
	args_text(&a, "title", "");
	args_push(&a, "version");
	v = args_table(L, -1, "version", version_keys);
	args_need(&v, "arguments");
	args_need(&v, "pattern");
	args_text(&v, "pattern", NULL);
	lua_pop(L, 1);
	want_function(&a, "files");
	want_function(&a, "start");
	read_operations(&a);
	read_counters(&a);
	read_mitigations(d, &a);
	return 0;
}

/* ---- its programs ---- */

static int push_version_command(lua_State *L)
{
	struct call *c = call_of(L);

	if (!words_add(c->words, c->d->program))
		return luaL_error(L, "not enough memory");
	push_driver(L, c->d);
	lua_getfield(L, -1, "version");
	lua_getfield(L, -1, "arguments");
	take_command(L, c->words, "version.arguments");
	return 0;
}

static int match_version(lua_State *L)
{
	struct driver *d = call_of(L)->d;

	lua_getglobal(L, "string");
	lua_getfield(L, -1, "match");
	lua_pushstring(L, d->about);
	push_driver(L, d);
	lua_getfield(L, -1, "version");
	lua_getfield(L, -1, "pattern");
	lua_replace(L, -3);
	lua_pop(L, 1);
	lua_call(L, 2, 1);
	if (lua_isstring(L, -1))
		snprintf(d->version, sizeof(d->version), "%s", lua_tostring(L, -1));
	return 0;
}

static int ask_version(struct driver *d, struct err *e)
{
	struct words w = { 0 };
	struct call c = { .d = d, .words = &w, .e = e };
	int r = carry(&c, push_version_command);

	if (!r)
		r = words_end(&w) ? 0 : err_set(e, -ENOMEM, "not enough memory");
	if (!r && program_ask(w.commands[0], d->about, sizeof(d->about), NULL) == 0)
		r = carry(&c, match_version);
	words_done(&w);
	return r;
}

/* The control program of another build is beside it, when it has one of its own. */
static void find_control(struct driver *d, bool is_other)
{
	char beside[PATH_MAX], *slash, name[sizeof(d->control)];

	if (!d->control[0])
		return;
	strcpy(beside, d->program);
	slash = strrchr(beside, '/');
	if (is_other && (size_t)(slash + 1 - beside) + strlen(d->control) < sizeof(beside)) {
		strcpy(slash + 1, d->control);
		if (program_find(beside, d->control) == 0)
			return;
	}
	strcpy(name, d->control);
	program_find(name, d->control); /* when it is not there, using it will say so */
}

static int find_programs(struct driver *d, const char *other, struct err *e)
{
	char wanted[PATH_MAX];

	snprintf(wanted, sizeof(wanted), "%s", other ? other : d->program);
	if (program_find(wanted, d->program) < 0)
		return other ? err_set(e, -ENOENT,
				       "there is no program '%s'; 'apt install %s' brings one",
				       other, d->package)
			     : err_set(e, -ENOENT, "'%s' is not installed: 'apt install %s'",
				       wanted, d->package);
	find_control(d, other);
	return 0;
}

/* For /opt/unbound-1.22/sbin/unbound "unbound-1.22", for /home/me/patched/unbound "unbound-patched": the last
 * folder that says more than every installation's do; else the version. */
static void name_build(struct driver *d)
{
	static const char *const common[] = { "bin",   "sbin", "libexec", "usr",  "local",
					      "build", "src",  "tmp",	  "root", "home" };
	char path[PATH_MAX], *slash;
	const char *says = d->version;
	bool found = false;

	strcpy(path, d->program);
	while (!found && (slash = strrchr(path, '/'))) {
		const char *base = slash + 1;

		found = *base && strcmp(base, d->kind) != 0;
		for (size_t i = 0; found && i < ARRAY_SIZE(common); i++)
			found = strcmp(base, common[i]) != 0;
		if (found)
			says = base;
		else
			*slash = '\0';
	}
	if (strncmp(says, d->kind, strlen(d->kind)) == 0)
		snprintf(d->name, sizeof(d->name), "%s", says);
	else
		snprintf(d->name, sizeof(d->name), "%s-%s", d->kind, *says ? says : "other");
	for (char *p = d->name; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("._-", *p))
			*p = '_';
}

/* ---- loading ---- */

static bool is_file_name(const char *spec, size_t len)
{
	return (len > 4 && !memcmp(spec + len - 4, ".lua", 4)) || memchr(spec, '/', len);
}

static int no_driver(const char *name, struct err *e);

/* Splits "NAME=PATH", and finds the file. */
static int find_driver(const char *spec, struct driver *d, const char **other, struct err *e)
{
	const char *folder = scenario_folder("resolvers"), *equals = strchr(spec, '=');
	size_t len = equals ? (size_t)(equals - spec) : strlen(spec);
	char path[PATH_MAX];

	*other = equals ? equals + 1 : NULL;
	if (is_file_name(spec, len))
		snprintf(path, sizeof(path), "%.*s", (int)len, spec);
	else if (folder && len)
		snprintf(path, sizeof(path), "%s/%.*s.lua", folder, (int)len, spec);
	else
		path[0] = '\0';
	if (access(path, R_OK) < 0)
		return no_driver(spec, e);
	d->file = strdup(path);
	return d->file ? 0 : err_set(e, -ENOMEM, "not enough memory");
}

static int run_driver(struct driver *d, struct err *e)
{
	const char *folder = scenario_folder("resolvers");
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
	return carry(&c, read_driver);
}

int driver_load(const char *spec, struct driver **ret, struct err *e)
{
	_cleanup_(driver_freep) struct driver *d = calloc(1, sizeof(*d));
	const char *other;
	int r;

	if (!d)
		return err_set(e, -ENOMEM, "not enough memory");
	r = find_driver(spec, d, &other, e);
	if (!r)
		r = run_driver(d, e);
	if (!r)
		r = find_programs(d, other, e);
	if (!r)
		r = ask_version(d, e);
	if (r < 0)
		return r;
	if (other)
		name_build(d);
	else
		snprintf(d->name, sizeof(d->name), "%s", d->kind);
	*ret = TAKE(d);
	return 0;
}

static void counters_done(struct driver *d)
{
	for (unsigned i = 0; i < d->counter_count; i++)
		free(d->counters[i].name);
	free(d->counters);
	d->counters = NULL;
	d->counter_count = 0;
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
	words_done(&d->start);
	words_done(&d->operation);
	words_done(&d->asking);
	counters_done(d);
	free(d->kind);
	free(d->package);
	free(d->configuration);
	free(d->file);
	script_free(d->script);
	free(d);
}

const char *driver_name(const struct driver *d)
{
	return d->name;
}

const char *driver_program(const struct driver *d)
{
	return d->program;
}

const char *driver_version(const struct driver *d)
{
	return d->version;
}

const char *driver_mitigation(const struct driver *d, const char *name)
{
	for (unsigned i = 0; i < d->offer_count; i++)
		if (!strcmp(d->offers[i].name, name))
			return d->offers[i].about;
	return NULL;
}

/* ---- what is shipped ---- */

static int is_driver(const struct dirent *f)
{
	size_t len = strlen(f->d_name);

	return len > 4 && f->d_name[0] != '.' && !strcmp(f->d_name + len - 4, ".lua");
}

int driver_list(void (*each)(const char *name, void *arg), void *arg, struct err *e)
{
	const char *folder = scenario_folder("resolvers");
	struct dirent **files;
	int n = folder ? scandir(folder, &files, is_driver, alphasort) : -1;

	if (n < 0)
		return err_set(e, -ENOENT, "the shipped resolver drivers are not there");
	for (int i = 0; i < n; i++) {
		files[i]->d_name[strlen(files[i]->d_name) - 4] = '\0';
		each(files[i]->d_name, arg);
		free(files[i]);
	}
	free(files);
	return 0;
}

static void append_name(const char *name, void *arg)
{
	char *list = arg;
	size_t len = strlen(list);

	snprintf(list + len, 400 - len, "%s%s", len ? ", " : "", name);
}

static int no_driver(const char *name, struct err *e)
{
	char shipped[400] = "";

	driver_list(append_name, shipped, NULL);
	return err_set(e, -EINVAL, "there is no resolver driver '%s'; shipped are: %s", name,
		       shipped);
}

/* ---- configuration ---- */

static int write_file(const char *folder, const char *name, const char *text, size_t len,
		      struct err *e)
{
	_cleanup_(fclosep) FILE *f = NULL;
	char path[PATH_MAX];

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, name) >= sizeof(path))
		return err_set(e, -ENAMETOOLONG, "'%s/%s' is too long a path", folder, name);
	f = fopen(path, "we");
	if (!f || fwrite(text, 1, len, f) != len || fflush(f) != 0)
		return err_set(e, errno ? -errno : -EIO, "cannot write '%s': %s", path,
			       strerror(errno));
	return 0;
}

/* One of the files that the driver gave: name and text at the top of the stack. */
static int write_given(lua_State *L, struct call *c)
{
	const char *name, *text;
	size_t len;
	int r;

	if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
		return luaL_error(L, "files: wants { [\"name\"] = \"text\", … }");
	name = lua_tostring(L, -2);
	text = lua_tolstring(L, -1, &len);
	if (!*name || *name == '.' || strchr(name, '/'))
		return luaL_error(L, "files: '%s' is no plain file name", name);
	r = write_file(c->s->folder, name, text, len, c->e);
	if (!r && !strcmp(name, c->d->configuration)) {
		c->absent = false;
		r = write_file(c->cell, "resolver.conf", text, len, c->e);
	}
	return r;
}

static int configure(lua_State *L)
{
	struct call *c = call_of(L);

	push_driver(L, c->d);
	lua_getfield(L, -1, "files");
	push_subject(L, c);
	lua_call(L, 1, 1);
	if (!lua_istable(L, -1))
		return luaL_error(L, "files: wants { [\"name\"] = \"text\", … }");
	c->absent = true;
	for (lua_pushnil(L); !c->r && lua_next(L, -2); lua_pop(L, 1))
		c->r = write_given(L, c);
	if (!c->r && c->absent)
		return luaL_error(L, "files: there is no '%s', which 'configuration' names",
				  c->d->configuration);
	lua_settop(L, 2);
	lua_getfield(L, -1, "start");
	push_subject(L, c);
	lua_call(L, 1, 1);
	take_command(L, c->words, "start");
	return 0;
}

/* The version in the first line, the program in the second, then all that it says of itself. */
static int write_version(const struct driver *d, const char *cell, struct err *e)
{
	_cleanup_(freep) char *text = NULL;
	int len = asprintf(&text, "%s %s\n%s\n%s", d->kind, *d->version ? d->version : "unknown",
			   d->program, d->about);

	if (len < 0) {
		text = NULL;
		return err_set(e, -ENOMEM, "not enough memory");
	}
	return write_file(cell, "resolver.version", text, (size_t)len, e);
}

int driver_configure(struct driver *d, const struct subject *s, const char *cell,
		     const char *const **ret_argv, struct err *e)
{
	struct call c = { .d = d, .s = s, .cell = cell, .words = &d->start, .e = e };
	int r;

	words_done(&d->start);
	r = carry(&c, configure);
	if (!r)
		r = write_version(d, cell, e);
	if (!r && !words_end(&d->start))
		r = err_set(e, -ENOMEM, "not enough memory");
	if (r < 0)
		return r;
	*ret_argv = d->start.commands[0];
	return 0;
}

/* ---- operations ---- */

static int operate(lua_State *L)
{
	struct call *c = call_of(L);
	lua_Integer n;

	push_driver(L, c->d);
	if (lua_getfield(L, -1, "operations") == LUA_TTABLE)
		lua_getfield(L, -1, c->operation);
	c->absent = !lua_isfunction(L, -1);
	if (c->absent)
		return 0;
	push_subject(L, c);
	lua_pushstring(L, c->text);
	lua_call(L, 2, 1);
	n = lua_istable(L, -1) ? luaL_len(L, -1) : 0;
	if (!n)
		return luaL_error(L, "%s: wants a list of commands, { { \"program\", … }, … }",
				  c->operation);
	for (lua_Integer i = 1; i <= n; i++) {
		lua_geti(L, -1, i);
		take_command(L, c->words, c->operation);
		lua_pop(L, 1);
	}
	return 0;
}

int driver_operation(struct driver *d, const struct subject *s, enum operation op, const char *zone,
		     const char *const *const **ret, struct err *e)
{
	struct call c = { .d = d,
			  .s = s,
			  .operation = operation_name(op),
			  .text = zone,
			  .words = &d->operation,
			  .e = e };
	int r;

	words_done(&d->operation);
	r = carry(&c, operate);
	if (!r && c.absent)
		r = err_set(e, -EOPNOTSUPP, "the driver of '%s' has no operation '%s'", d->name,
			    c.operation);
	if (!r && !words_end(&d->operation))
		r = err_set(e, -ENOMEM, "not enough memory");
	if (r < 0)
		return r;
	*ret = d->operation.commands;
	return 0;
}

/* ---- counters ---- */

static int push_counters_command(lua_State *L)
{
	struct call *c = call_of(L);

	push_driver(L, c->d);
	c->absent = lua_getfield(L, -1, "counters") != LUA_TTABLE;
	if (c->absent)
		return 0;
	lua_getfield(L, -1, "command");
	push_subject(L, c);
	lua_call(L, 1, 1);
	take_command(L, c->words, "counters.command");
	return 0;
}

const char *const *driver_counters(struct driver *d, const struct subject *s)
{
	struct call c = { .d = d, .s = s, .words = &d->asking };

	words_done(&d->asking);
	if (carry(&c, push_counters_command) < 0 || c.absent || !words_end(&d->asking))
		return NULL;
	return d->asking.commands[0];
}

static int read_text(lua_State *L)
{
	struct call *c = call_of(L);
	struct driver *d = c->d;

	push_driver(L, d);
	if (lua_getfield(L, -1, "counters") != LUA_TTABLE)
		return 0;
	lua_getfield(L, -1, "read");
	lua_pushstring(L, c->text);
	lua_call(L, 1, 1);
	if (!lua_istable(L, -1))
		return luaL_error(L, "counters.read: wants { [\"name\"] = number, … }");
	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
		struct counter *grown;

		if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TNUMBER)
			return luaL_error(L, "counters.read: wants { [\"name\"] = number, … }");
		grown = reallocarray(d->counters, d->counter_count + 1, sizeof(*grown));
		if (!grown)
			return luaL_error(L, "not enough memory");
		d->counters = grown;
		grown[d->counter_count].value = lua_tonumber(L, -1);
		grown[d->counter_count].name = copy(L, lua_tostring(L, -2));
		d->counter_count++;
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct counter *)a)->name, ((const struct counter *)b)->name);
}

int driver_read_counters(struct driver *d, const char *text,
			 void (*each)(const char *name, double value, void *arg), void *arg,
			 struct err *e)
{
	struct call c = { .d = d, .text = text, .e = e };
	int r;

	counters_done(d);
	r = carry(&c, read_text);
	if (r < 0)
		return r;
	/* Lua walks a table in an order that changes from run to run. */
	if (d->counter_count)
		qsort(d->counters, d->counter_count, sizeof(*d->counters), by_name);
	for (unsigned i = 0; i < d->counter_count; i++)
		each(d->counters[i].name, d->counters[i].value, arg);
	return 0;
}
