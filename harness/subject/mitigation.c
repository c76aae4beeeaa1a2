/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/mitigation.h"

#include <errno.h>
#include <string.h>

#include "sim/base/nearest.h"

/* ---- what there is ---- */

struct names {
	const char *wanted;
	struct nearest nearest;
	bool found;
	char list[600];
};

static void take_name(const char *name, void *arg)
{
	struct names *n = arg;
	size_t at = strlen(n->list), len = strlen(name);
	const char *known = n->list;

	n->found |= strcmp(name, n->wanted) == 0;
	nearest_try(&n->nearest, name);
	while ((known = strstr(known, name))) {
		bool begins = known == n->list || known[-1] == ' ';

		if (begins && (known[len] == ',' || !known[len]))
			return;
		known += len;
	}
	snprintf(n->list + at, sizeof(n->list) - at, "%s%s", at ? ", " : "", name);
}

/* Every name that this scenario, its files, `d` and the shipped drivers have. */
static void gather(const struct scenario *s, const struct driver *d, struct names *n)
{
	mitigation_list(s, d, take_name, n);
	driver_list_mitigations(take_name, n, NULL);
}

/* Whether a driver's mitigation of this name is shipped. */
static bool is_shipped(const char *name)
{
	struct names n = { .wanted = name, .nearest = nearest_to(name) };

	driver_list_mitigations(take_name, &n, NULL);
	return n.found;
}

/* ---- whether it is offered ---- */

static const struct setting *setting_for(const struct mitigation *m, const struct driver *d)
{
	for (unsigned i = 0; m && i < m->setting_count; i++)
		if (strcmp(m->settings[i].kind, driver_kind(d)) == 0)
			return &m->settings[i];
	return NULL;
}

/* The first event of an operator that the driver has no command for. */
static const struct event *lacking(const struct event *list, unsigned count, const char *name,
				   const struct driver *d)
{
	for (unsigned i = 0; i < count; i++)
		if (list[i].kind == EVENT_OPERATOR && strcmp(list[i].mitigation, name) == 0 &&
		    operation_needs_driver(list[i].operation) &&
		    !driver_operation(d, list[i].operation))
			return &list[i];
	return NULL;
}

static bool has_event(const struct event *list, unsigned count, const char *name)
{
	for (unsigned i = 0; i < count; i++)
		if (list[i].kind == EVENT_OPERATOR && strcmp(list[i].mitigation, name) == 0)
			return true;
	return false;
}

static bool operators_act(const struct scenario *s, const char *name)
{
	const struct timeline *tl = &s->timeline;

	return has_event(tl->events, tl->count, name) ||
	       has_event(tl->awaited, tl->awaited_count, name) || scenario_has_watch(s, name);
}

/* Whether anything would be done or set in its cells. */
static bool does_something(const struct scenario *s, const struct mitigation *m)
{
	return m->like[0] || m->setting_count || operators_act(s, m->name) ||
	       scenario_has_monitor(s, m->name);
}

static enum mitigation_offer unknown(const struct scenario *s, const struct driver *d,
				     const char *name, struct err *e)
{
	struct names n = { .wanted = name, .nearest = nearest_to(name) };
	char hint[NEAREST_LEN + 24];

	gather(s, d, &n);
	if (n.found) {
		err_set(e, -EINVAL, "'%s' does not offer the mitigation '%s'", driver_name(d),
			name);
		return MITIGATION_NOT_OFFERED;
	}
	if (*nearest_hint(&n.nearest, hint))
		err_set(e, -EINVAL, "there is no mitigation '%s'%s", name, hint);
	else
		err_set(e, -EINVAL, "there is no mitigation '%s'; there are: %s", name, n.list);
	return MITIGATION_UNKNOWN;
}

/* Whether the driver has what the definition builds on. */
static enum mitigation_offer check_base(const struct mitigation *m, const struct driver *d,
					struct err *e)
{
	if (m->like[0] && !driver_mitigation(d, m->like)) {
		if (!is_shipped(m->like)) {
			err_set(e, -EINVAL, "%s: '%s' is like '%s', which no resolver has",
				m->place, m->name, m->like);
			return MITIGATION_UNKNOWN;
		}
		err_set(e, -EINVAL, "'%s' does not offer '%s', which '%s' builds on",
			driver_name(d), m->like, m->name);
		return MITIGATION_NOT_OFFERED;
	}
	if (m->setting_count && !setting_for(m, d)) {
		err_set(e, -EINVAL, "the mitigation '%s' has no settings for '%s'", m->name,
			driver_kind(d));
		return MITIGATION_NOT_OFFERED;
	}
	return MITIGATION_OFFERED;
}

static enum mitigation_offer check_operations(const struct scenario *s, const struct driver *d,
					      const char *name, struct err *e)
{
	const struct timeline *tl = &s->timeline;
	const struct event *ev = lacking(tl->events, tl->count, name, d);

	if (s->case_count && operators_act(s, name)) {
		err_set(e, -EINVAL,
			"the mitigation '%s' is an operator's, and nobody acts in a scenario with "
			"cases",
			name);
		return MITIGATION_NOT_OFFERED;
	}
	if (!ev)
		ev = lacking(tl->awaited, tl->awaited_count, name, d);
	if (!ev)
		return MITIGATION_OFFERED;
	err_set(e, -EINVAL, "'%s' has no command for '%s', which the mitigation '%s' needs",
		driver_name(d), operation_name(ev->operation), name);
	return MITIGATION_NOT_OFFERED;
}

enum mitigation_offer mitigation_offered(const struct scenario *s, const struct driver *d,
					 const char *name, struct err *e)
{
	const struct mitigation *m = scenario_mitigation(s, name);
	enum mitigation_offer offer = MITIGATION_OFFERED;

	if (m)
		offer = check_base(m, d, e);
	if (offer == MITIGATION_OFFERED && !driver_mitigation(d, name)) {
		if (!m || (!does_something(s, m) && is_shipped(name)))
			return unknown(s, d, name, e);
		if (!does_something(s, m)) {
			err_set(e, -EINVAL, "the scenario gives the mitigation '%s' nothing to do",
				name);
			return MITIGATION_NOT_OFFERED;
		}
	}
	return offer == MITIGATION_OFFERED ? check_operations(s, d, name, e) : offer;
}

/* ---- what it is ---- */

const char *mitigation_base(const struct scenario *s, const struct driver *d, const char *name)
{
	const struct mitigation *m = scenario_mitigation(s, name);

	if (m && m->like[0])
		return m->like;
	return driver_mitigation(d, name) ? name : "none";
}

const char *mitigation_settings(const struct scenario *s, const struct driver *d, const char *name)
{
	const struct setting *set = setting_for(scenario_mitigation(s, name), d);

	return set ? set->text : "";
}

const char *mitigation_about(const struct scenario *s, const struct driver *d, const char *name)
{
	const struct mitigation *m = scenario_mitigation(s, name);
	const char *about = driver_mitigation(d, name);

	if (m && m->about[0])
		return m->about;
	return about ? about : m ? "what the scenario's operator does" : "";
}

void mitigation_list(const struct scenario *s, const struct driver *d,
		     void (*each)(const char *name, void *arg), void *arg)
{
	const char *name;

	for (unsigned i = 0; (name = driver_mitigation_at(d, i)); i++)
		each(name, arg);
	for (unsigned i = 0; i < s->mitigation_count; i++)
		each(s->mitigations[i].name, arg);
}
