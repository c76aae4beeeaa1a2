/* SPDX-License-Identifier: BSD-2-Clause */
/* words.h - what the words of the scenario language have in common: inside sim/language only.
 *
 * Each word is a lua_CFunction that fills a part of the scenario, which scenario_load() owns; words
 * themselves own nothing (args.h says why). What a word gives back to the script (a zone, an
 * action) is a Lua userdata. The words are in words_*.c, and words_open.c has the list of them. */
#pragma once

#include <lauxlib.h>

#include "sim/language/args.h"
#include "sim/language/scenario.h"

struct fault_place {
	unsigned fault; /* its number in the tree */
	char place[96];
};

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
	struct fault_place *fault_places; /* of each zone:fault */
	unsigned fault_place_count;
	struct scenario *acting; /* while a watch's function is called: what operators do can be
				    said again */
};

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

/* More methods for such values. Both expect the struct words on top and leave it there. */
void words_methods(lua_State *L, const char *kind, const luaL_Reg *methods);

/* The kinds of values that words give to a script. */
#define VALUE_ZONE "sigfault.zone" /* struct zone * */
#define VALUE_POPULATION "sigfault.population"
#define VALUE_SERVER "sigfault.server"
#define VALUE_ACTION "sigfault.action"
#define VALUE_RESOLVER "sigfault.resolver"
#define VALUE_ZIPF "sigfault.zipf"

/* The zone that is given to a word at `index`; raises when it is something else. */
struct zone *words_check_zone(lua_State *L, int index, const char *what);

/* The number of a type that a script names, under a key of its table; or raises. */
uint16_t words_type(const struct args *a, const char *key, const char *name);

/* Adds an event; times outside of the scenario raise. */
void words_event_add(lua_State *L, struct scenario *s, const struct event *ev);
