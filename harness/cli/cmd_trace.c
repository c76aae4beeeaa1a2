/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "harness/cli/cmd.h"
#include "harness/evidence/follow.h"
#include "harness/evidence/hosts.h"
#include "harness/text/json_text.h"
#include "sim/base/names.h"

/* The one place with captures. */
static int only_place(const char *path, char ***ret, unsigned *count, struct err *e)
{
	int r = evidence_places(path, ret, count, e);

	if (r < 0 || *count == 1)
		return r;
	err_set(e, -EINVAL, "'%s' has %u folders with captures: name one of them, like %s", path,
		*count, (*ret)[0]);
	evidence_places_free(*ret, *count);
	return -EINVAL;
}

static int read_wish(const struct options *o, uint8_t name[NAME_MAX_LEN], struct follow_wish *wish,
		     struct err *e)
{
	int type = o->arg_count > 2 ? names_type_number(o->args[2]) : 0, r;

	r = name_parse(o->args[1], name, e);
	if (r < 0)
		return r;
	if (type < 0)
		return err_set(e, -EINVAL, "'%s' is no type", o->args[2]);
	*wish = (struct follow_wish){ .name = name, .type = (uint16_t)type, .has_at = o->at };
	return 0;
}

/* "+90s" is from the first packet on, "19:31" the first one behind it. */
static int read_at(const char *text, simtime first, simtime *ret, struct err *e)
{
	int r;

	if (text[0] == '+') {
		r = simtime_parse_duration(text + 1, ret, e);
		*ret = r < 0 ? *ret : simtime_plus(first, *ret);
	} else {
		r = simtime_parse_after(text, first, ret, e);
	}
	if (r < 0)
		err_prefix(e, "--at");
	return r;
}

static int trace_one(const struct options *o, const char *place, struct err *e)
{
	_cleanup_(evidence_freep) struct evidence *v = NULL;
	uint8_t name[NAME_MAX_LEN];
	struct follow_wish wish;
	struct follow f = { 0 };
	int r = read_wish(o, name, &wish, e);

	if (r == 0)
		r = evidence_read(place, name, &v, e);
	if (r == 0)
		r = hosts_read(v, place, e);
	if (r == 0 && o->at)
		r = read_at(o->at, v->first, &wish.at, e);
	if (r == 0)
		r = follow_make(v, &wish, &f, e);
	if (r < 0)
		return r;
	if (o->json)
		r = json_document_print(follow_json(v, &f), stdout, e);
	else
		follow_print(v, &f, stdout);
	follow_done(&f);
	return r;
}

enum exit_status cmd_trace(struct options *o, struct err *e)
{
	char **places;
	unsigned count;
	int r = only_place(o->args[0], &places, &count, e);

	if (r == 0) {
		r = trace_one(o, places[0], e);
		evidence_places_free(places, count);
	}
	if (r == -EIO)
		return EXIT_INVALID;
	return r == 0 ? EXIT_HELD : exit_is_environment(r) ? EXIT_ENVIRONMENT : EXIT_USAGE;
}
