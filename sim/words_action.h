/* words_action.h - an action, as a script's methods describe it and at() carries it out: inside sim/ only. */
#pragma once

#include "sim/words.h"

#define ALWAYS_MAX 32
#define PROBE_NAMES 64 /* most that one probe asks for */

enum action_kind { ACTION_SIGN, ACTION_DISTURB, ACTION_OPERATE, ACTION_MARK };

/* What at() is to do, as the script's methods describe it. */
struct action {
	enum action_kind kind;
	struct zone *zone;
	unsigned server; /* ACTION_DISTURB: index into zone->servers */
	bool at_once; /* ACTION_SIGN: reach_from and reach_to are the instant itself */
	struct signing signing; /* its pointer stays NULL: see `always` */
	struct rrset_ref always[ALWAYS_MAX];
	unsigned always_count;
	struct disturbance disturbance;
	enum operation operation;
	unsigned names; /* OPERATION_PROBE */
	char name[256]; /* the zone of an operation, or the text of a mark */
};

/* What the timeline says of an operator's action, or of a mark, in cells of a mitigation. */
struct event words_event(const struct action *a, simtime at, const char *mitigation);
