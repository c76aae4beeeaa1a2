/* SPDX-License-Identifier: BSD-2-Clause */
/* words_action.h - an action, as a script's methods describe it and at() carries it out: inside
 * sim/ only. */
#pragma once

#include "sim/language/words.h"

#define ALWAYS_MAX 32
#define FAULT_TYPES 16
#define FAULT_NAMES 32
#define PROBE_NAMES 64 /* most that one probe asks for */

enum action_kind { ACTION_SIGN, ACTION_FAULT, ACTION_OPERATE, ACTION_MARK, ACTION_SIGNER };

/* What at() is to do, as the script's methods describe it. */
struct action {
	enum action_kind kind;
	struct zone *zone;
	unsigned server; /* ACTION_FAULT made by a server's method: index into zone->servers */
	bool at_once; /* ACTION_SIGN: reach_from and reach_to are the instant itself */
	struct signing signing; /* its pointer stays NULL: see `always` */
	struct rrset_ref always[ALWAYS_MAX];
	unsigned always_count;
	struct fault fault; /* ACTION_FAULT; its pointers stay NULL: see below */
	uint16_t fault_types[FAULT_TYPES];
	uint8_t fault_names[FAULT_NAMES][NAME_MAX_LEN];
	char text[160]; /* what happens, when the fault itself does not say it */
	enum operation operation;
	unsigned names; /* OPERATION_PROBE */
	struct client_move move; /* OPERATION_MOVE; `text` says it */
	unsigned role; /* of an operation, as in an event */
	char role_name[32];
	char name[256]; /* the zone of an operation, or the text of a mark */
	struct signer_event signer; /* ACTION_SIGNER; at and place follow */
};

/* mark, and the methods of zones (but zone:fault), servers and of `resolver`. */
extern const luaL_Reg words_action[];
extern const luaL_Reg words_zone_methods[], words_server_methods[], words_resolver_methods[];

/* An action as a method's value. Raises where none can be told. */
struct action *words_new_action(lua_State *L, enum action_kind kind);

/* What the timeline says of an operator's action, or of a mark, in cells of a mitigation. */
struct event words_event(const struct action *a, simtime at, const char *mitigation);
