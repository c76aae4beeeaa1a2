/* SPDX-License-Identifier: BSD-2-Clause */
/* words.h - the words of the scenario language: inside sim/ only.
 *
 * Each word is a lua_CFunction that fills a part of the scenario, which scenario_load() owns; words
 * themselves own nothing (args.h says why). What a word gives back to the script (a zone, an
 * action) is a Lua userdata. */
#pragma once

#include <lauxlib.h>

#include "sim/language/args.h"
#include "sim/language/scenario.h"

struct words {
	struct scenario *s; /* NULL once the script has run: the world is fixed */
	const struct scenario_options *options;
	bool begun; /* scenario { … } has been read */
	bool told; /* the scenario's script has been read: zones and traffic are fixed */
	enum mitigation_source source; /* whose text is read */
	char mitigation[32]; /* whose function is being run, or "" */
	struct postponed *postponed; /* functions of mitigations, which run when all is read */
	unsigned postponed_count;
	char (*places)[96]; /* "file:line" of each zone of the tree, the root first */
	unsigned place_count;
	struct fault_place { /* of each zone:fault */
		unsigned fault; /* its number in the tree */
		char place[96];
	} * fault_places;
	unsigned fault_place_count;
	struct scenario *acting; /* while a watch's function is called: what operators do can be
				    said again */
};

/* Defines every word as a global. Lua arguments: a struct scenario and its options, as light
 * userdata. Gives back the struct words as a userdata, which is anchored in the words. */
int words_open(lua_State *L);

/* words_fault.c: whether the names that faults are told of are in their zones; once the tree is
 * prepared. -EINVAL. */
int words_check_names(const struct words *w, struct err *e);

/* Puts the place of the zone that an error of the tree is about in front of its sentence. */
void words_locate(const struct words *w, struct err *e);

/* Lets go of what a load needed; words that are called later refuse. */
void words_close(struct words *w);

/* For words: the state behind them (upvalue 1), and the scenario once scenario { … } has told its
 * times. */
struct words *words_of(lua_State *L);
struct scenario *words_scenario(lua_State *L);

/* words_scenario() for words that describe the world, and for those that say what happens: once the
 * scenario's script has been read the ones are refused, the others stand in a mitigation. */
struct scenario *words_world(lua_State *L, const char *word);
struct scenario *words_story(lua_State *L, const char *word);

/* A text of at most size - 1 bytes, or raises. */
void words_copy(lua_State *L, const char *what, const char *text, char *ret, size_t size);

/* A zeroed element at the end of a malloc'ed array. `array` is the address of the pointer to it. */
void *words_grow(lua_State *L, void *array, unsigned *count, size_t size);

/* An instant: ISO 8601, "HH:MM" (the first not before the scenario's start), or "+90s" after its
 * start. */
simtime words_time(lua_State *L, const char *what, const char *text);
simtime words_time_key(const struct args *a, const char *key, simtime def);

/* The zone with this apex, NULL when there is none yet: tree_zone() answers only once the tree is
 * prepared. */
struct zone *words_find_zone(const struct scenario *s, const uint8_t *apex);

/* "file:line" of the script's line that called the word. */
void words_place(lua_State *L, char ret[96]);

/* A name in presentation form at `index` or raises. */
void words_name(lua_State *L, const char *what, const char *text, uint8_t ret[NAME_MAX_LEN]);

/* A new userdata of a kind that words_class() defined. */
void *words_value(lua_State *L, const char *kind, size_t size);
void words_class(lua_State *L, const char *kind, const luaL_Reg *methods);

/* words_zone.c: zone. */
extern const luaL_Reg words_zone[];
#define VALUE_ZONE "sigfault.zone" /* struct zone * */
struct zone *words_check_zone(lua_State *L, int index, const char *what);

/* words_keys.c: the keys in zone { … }, and the key `algorithm` in any table. */
void words_keys(const struct args *zone, struct zone *z);
enum algorithm words_algorithm(const struct args *a, enum algorithm def);

/* words_population.c: population; and a zone's `delegations`. */
extern const luaL_Reg words_population[];
#define VALUE_POPULATION "sigfault.population"
void words_delegations(const struct args *zone, struct zone *z);

/* words_action.c: mark, the methods of zones, servers and of `resolver`. */
extern const luaL_Reg words_action[];
extern const luaL_Reg words_zone_methods[], words_server_methods[], words_resolver_methods[];
#define VALUE_SERVER "sigfault.server"
#define VALUE_ACTION "sigfault.action"
#define VALUE_RESOLVER "sigfault.resolver"

/* words_allow.c: allow. */
extern const luaL_Reg words_allow[];

/* words_watch.c: watch. */
extern const luaL_Reg words_watch[];

/* words_case.c: case; and whether the scenario keeps to cases when it has any. -EINVAL. */
extern const luaL_Reg words_case[];
int words_check_cases(const struct scenario *s, struct err *e);

/* words_catalogue.c: catalogue. */
extern const luaL_Reg words_catalogue[];

/* words_traffic.c: traffic, zipf. */
extern const luaL_Reg words_traffic[];
#define VALUE_ZIPF "sigfault.zipf"

/* words_at.c: at, after_first_failure. */
extern const luaL_Reg words_at[];

/* words_mitigation.c: mitigation, events_of, faults. */
struct postponed {
	char mitigation[32];
	int function; /* reference into the registry */
};

extern const luaL_Reg words_mitigation[];
void words_check_mitigation(lua_State *L, const char *name);

/* Runs what mitigations' operators do. Lua argument: the struct words, as light userdata. */
int words_operators(lua_State *L);

/* What follows from the whole plan: when faults end, events of keys. -EINVAL. */
int words_finish(struct words *w, struct err *e);
