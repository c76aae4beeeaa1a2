/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/timeline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const operations[] = {
	[OPERATION_NONE] = "none",
	[OPERATION_NTA] = "nta",
	[OPERATION_NTA_REMOVE] = "nta-remove",
	[OPERATION_FLUSH] = "flush",
	[OPERATION_FLUSH_ALL] = "flush-all",
	[OPERATION_RELOAD] = "reload",
	[OPERATION_VALIDATION_OFF] = "validation-off",
	[OPERATION_VALIDATION_ON] = "validation-on",
	[OPERATION_PROBE] = "probe",
	[OPERATION_MOVE] = "move",
	[OPERATION_RESTART] = "restart",
};

const char *operation_name(enum operation op)
{
	return operations[op];
}

enum operation operation_by_name(const char *name)
{
	for (int i = 0; i < OPERATION_PROBE; i++)
		if (strcmp(operations[i], name) == 0)
			return (enum operation)i;
	return OPERATION_NONE;
}

bool operation_needs_driver(enum operation op)
{
	return op < OPERATION_PROBE;
}

const char *event_kind_name(enum event_kind kind)
{
	switch (kind) {
	case EVENT_ZONE:
		return "zone";
	case EVENT_SERVER:
		return "server";
	case EVENT_OPERATOR:
		return "operator";
	case EVENT_MARK:
		return "mark";
	case EVENT_SIGNER:
		return "signer";
	}
	return "";
}

void timeline_init(struct timeline *tl, simtime from, simtime to)
{
	*tl = (struct timeline){ .from = from, .to = to };
}

void timeline_done(struct timeline *tl)
{
	free(tl->events);
	free(tl->awaited);
	*tl = (struct timeline){ 0 };
}

static int outside(const struct timeline *tl, simtime at, struct err *e)
{
	char t[32], from[32], to[32];

	return err_set(e, -EINVAL, "%s is outside of the scenario (%s to %s)", simtime_text(at, t),
		       simtime_text(tl->from, from), simtime_text(tl->to, to));
}

/* Into a list by `at`, behind equals. */
static int insert(struct event **list, unsigned *count, const struct event *ev, struct err *e)
{
	struct event *events = reallocarray(*list, *count + 1, sizeof(*events));
	unsigned i = *count;

	if (!events)
		return err_set(e, -ENOMEM, "not enough memory");
	*list = events;
	while (i && events[i - 1].at > ev->at)
		i--;
	memmove(&events[i + 1], &events[i], (*count - i) * sizeof(*events));
	events[i] = *ev;
	++*count;
	return 0;
}

int timeline_add(struct timeline *tl, const struct event *ev, struct err *e)
{
	if (ev->at < tl->from || ev->at > tl->to)
		return outside(tl, ev->at, e);
	return insert(&tl->events, &tl->count, ev, e);
}

int timeline_add_awaited(struct timeline *tl, const struct event *ev, struct err *e)
{
	return insert(&tl->awaited, &tl->awaited_count, ev, e);
}

bool timeline_applies(const struct event *ev, const char *mitigation)
{
	return !ev->mitigation[0] || strcmp(ev->mitigation, mitigation) == 0;
}
