/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/words_record.h"

#include "zones/records.h"

/* zone:record "alias 300 CNAME target.x.net." */
static int method_record(lua_State *L)
{
	struct zone *z =
		words_check_zone(L, 1, "zone:record \"NAME TTL TYPE DATA\", with a colon,");
	const char *text = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : NULL;
	char place[96];
	struct err e;

	words_world(L, "record");
	if (!text)
		return luaL_error(L, "record wants a text, like \"www 300 A 192.0.2.1\", not a %s",
				  luaL_typename(L, 2));
	words_place(L, place);
	if (records_add(z, text, place, &e))
		return luaL_error(L, "record: '%s': %s", text, e.text);
	return 0;
}

const luaL_Reg words_record_methods[] = {
	{ "record", method_record },
	{ NULL, NULL },
};
