/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/words_aim.h"

#include <string.h>

#include "sim/base/names.h"

#define ANSWER_MAX 65535

void words_say(char *ret, size_t size, const char *fmt, ...)
{
	size_t len = strlen(ret);
	va_list ap;

	va_start(ap, fmt);
	if (len < size)
		vsnprintf(ret + len, size - len, fmt, ap);
	va_end(ap);
}

unsigned words_list(const struct args *a, const char *key, unsigned most,
		    void (*each)(const struct args *a, const char *text, unsigned i,
				 struct action *action),
		    struct action *action)
{
	int index = args_push(a, key);
	lua_Unsigned n = index < 0 ? 0 : lua_rawlen(a->L, index);

	if (index < 0)
		return 0;
	if (!n || n > most)
		args_fail(a, "%s is a list of 1 to %u texts", key, most);
	for (lua_Unsigned i = 0; i < n; i++) {
		if (lua_rawgeti(a->L, index, (lua_Integer)i + 1) != LUA_TSTRING)
			args_fail(a, "%s is a list of texts", key);
		each(a, lua_tostring(a->L, -1), (unsigned)i, action);
		lua_pop(a->L, 1);
	}
	lua_pop(a->L, 1);
	return (unsigned)n;
}

static void read_type(const struct args *a, const char *text, unsigned i, struct action *action)
{
	action->fault_types[i] = words_type(a, "types", text);
}

static void read_name(const struct args *a, const char *text, unsigned i, struct action *action)
{
	char what[64];

	snprintf(what, sizeof(what), "%s: names", a->word);
	words_name(a->L, what, text, action->fault_names[i]);
	if (!name_under(action->fault_names[i], action->zone->apex))
		args_fail(a, "names: '%s' is not in the zone", text);
}

static enum over read_over(const struct args *a, enum over otherwise)
{
	const char *text = args_text(a, "over", NULL);

	if (!text)
		return otherwise;
	if (strcmp(text, "udp") == 0)
		return OVER_UDP;
	if (strcmp(text, "tcp") == 0)
		return OVER_TCP;
	if (strcmp(text, "both") != 0)
		args_fail(a, "over is \"udp\", \"tcp\" or \"both\", not \"%s\"", text);
	return OVER_BOTH;
}

static void read_wire(const struct args *a, struct action *action)
{
	struct aim *aim = &action->fault.aim;

	aim->over = read_over(a, action->fault.row->over);
	aim->bigger_than = (unsigned)args_count(a, "bigger_than", 0, 1, ANSWER_MAX);
	aim->family = (unsigned)args_count(a, "family", 0, 4, 6);
	aim->below = args_flag(a, "below", false);
	if (aim->family == 5)
		args_fail(a, "family is 4 or 6");
	if (aim->below && args_has(a, "servers"))
		args_fail(a, "below is for all servers, and does not go with 'servers'");
}

void words_aim(const struct args *a, struct action *action)
{
	struct fault *f = &action->fault;

	f->type_count = words_list(a, "types", FAULT_TYPES, read_type, action);
	f->name_count = words_list(a, "names", FAULT_NAMES, read_name, action);
	if (fault_row_aims(f->row))
		read_wire(a, action);
}

void words_aim_text(const struct action *action, char *ret, size_t size)
{
	static const char *const over[] = { "", ", by UDP", ", by TCP" };
	const struct fault *f = &action->fault;
	char name[NAME_TEXT_LEN], type[NAMES_LEN];

	for (unsigned i = 0; i < f->type_count; i++)
		words_say(ret, size, ", %s", names_type(action->fault_types[i], type));
	for (unsigned i = 0; i < f->name_count; i++)
		words_say(ret, size, ", of %s", name_text(action->fault_names[i], name));
	words_say(ret, size, "%s", over[f->aim.over]);
	if (f->aim.bigger_than)
		words_say(ret, size, ", over %u bytes", f->aim.bigger_than);
	if (f->aim.family)
		words_say(ret, size, ", by IPv%u", f->aim.family);
	if (f->aim.below)
		words_say(ret, size, ", and below");
}
