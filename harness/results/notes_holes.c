/* SPDX-License-Identifier: BSD-2-Clause */
/* notes_holes.c - a note, and what the record of a cell lacks, though it is valid. */
#include "harness/results/notes_inside.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include "harness/text/memory.h"

FILE *notes_begin(struct recorded *r)
{
	static size_t size; /* nobody asks */
	char **grown = reallocarray(r->notes, r->note_count + 1, sizeof(*grown));

	if (!grown)
		return NULL;
	r->notes = grown;
	r->notes[r->note_count] = NULL;
	return open_memstream(&r->notes[r->note_count++], &size);
}

int notes_end(const struct recorded *r, FILE *out)
{
	return out && memory_close(out, &r->notes[r->note_count - 1]) ? 0 : -ENOMEM;
}

int notes_add(struct recorded *r, const char *fmt, ...)
{
	FILE *out = notes_begin(r);
	va_list ap;

	va_start(ap, fmt);
	if (out)
		vfprintf(out, fmt, ap);
	va_end(ap);
	return notes_end(r, out);
}

/* ---- of a cell ---- */

static int note_unread(struct recorded *r, const struct recorded_cell *c)
{
	const json_t *unread = json_object_get(c->json, "unread");

	return !unread ? 0
		       : notes_add(
				 r,
				 "%s: the resolver left unread %.0f datagrams, for which its "
				 "receive "
				 "buffer had no room, and %.0f TCP connections: what timed out of "
				 "them is its own",
				 c->label, recorded_number(unread, "datagrams"),
				 recorded_number(unread, "connections"));
}

static int note_way(struct recorded *r, const struct recorded_cell *c)
{
	const json_t *way = json_object_get(c->json, "client_link");

	return !way ? 0
		    : notes_add(r,
				"%s: between clients and resolver %.0f questions and %.0f answers "
				"were lost, as the scenario has it, %.0f of them where a queue was "
				"full: who waited for these timed out, and the resolver did not "
				"keep him waiting",
				c->label, recorded_number(way, "questions"),
				recorded_number(way, "answers"),
				recorded_number(way, "queue_full"));
}

/* By one transport; what went wrong with it alone. */
static int note_transport(struct recorded *r, const struct recorded_cell *c, const char *name,
			  const json_t *t, const char *why)
{
	double refused = recorded_number(t, "refused"), failed = recorded_number(t, "failed");
	double unserved = recorded_number(t, "unserved");

	return refused + failed + unserved > 0
		       ? notes_add(r,
				   "%s: of clients' %.0f connections by %s %.0f were refused and "
				   "%.0f "
				   "handshakes failed%s%s%s; %.0f questions got no answer of HTTP",
				   c->label, recorded_number(t, "connections"), name, refused,
				   failed, failed > 0 && *why ? " (first: " : "",
				   failed > 0 ? why : "", failed > 0 && *why ? ")" : "", unserved)
		       : 0;
}

static int note_transports(struct recorded *r, const struct recorded_cell *c)
{
	const json_t *all = json_object_get(c->json, "transports");
	const char *name;
	const json_t *t;
	int rc = 0;

	json_object_foreach((json_t *)all, name, t)
	{
		if (rc == 0 && json_is_object(t))
			rc = note_transport(r, c, name, t, recorded_text(all, "failure"));
	}
	return rc;
}

static int note_chances(struct recorded *r, const struct recorded_cell *c)
{
	const json_t *chances = json_object_get(c->json, "chances");

	return !chances
		       ? 0
		       : notes_add(
				 r,
				 "%s: chance had a part in it, and another run may differ: %.0f "
				 "threads were let go before their turn, and %.0f control commands "
				 "ended only as time passed",
				 c->label, recorded_number(chances, "out_of_turn"),
				 recorded_number(chances, "slow_commands"));
}

static int note_restarts(struct recorded *r, const struct recorded_cell *c)
{
	double restarts = recorded_number(c->json, "restarts");

	return restarts > 0
		       ? notes_add(r,
				   "%s: %.0f restarts by an operator, after each of which the "
				   "resolver's own counters begin anew (events.csv has when it "
				   "answered again)",
				   c->label, restarts)
		       : 0;
}

static int note_transfers(struct recorded *r, const struct recorded_cell *c)
{
	const json_t *transfers = json_object_get(c->json, "transfers");
	double refused = transfers ? recorded_number(transfers, "refused") : 0;

	return refused > 0 ? notes_add(r,
				       "%s: %.0f transfers of zones were refused, and %.0f given "
				       "(events.csv has to whom, and why not)",
				       c->label, refused, recorded_number(transfers, "given"))
			   : 0;
}

static int note_late(struct recorded *r, const struct recorded_cell *c)
{
	double late = recorded_number(c->json, "late_seconds");

	return late > 0 ? notes_add(r,
				    "%s: the machine was busy: questions were asked up to %.1f s "
				    "after "
				    "they were due, in real time",
				    c->label, late)
			: 0;
}

static int note_cut(struct recorded *r, const struct recorded_cell *c)
{
	double cut = recorded_number(c->json, "log_cut_bytes");

	return cut > 0 ? notes_add(r, "%s: %.0f bytes of resolver.log were cut off", c->label, cut)
		       : 0;
}

static int note_counters(struct recorded *r, const struct recorded_cell *c)
{
	const json_t *failed = json_object_get(c->json, "counters_failed");

	return !failed ? 0
		       : notes_add(r,
				   "%s: its own counters could not be had %.0f times, the last "
				   "time as "
				   "%s",
				   c->label, recorded_number(failed, "count"),
				   recorded_text(failed, "why"));
}

int notes_of_holes(struct recorded *r, const struct recorded_cell *c)
{
	int rc = note_unread(r, c);

	if (rc == 0)
		rc = note_way(r, c);
	if (rc == 0)
		rc = note_transports(r, c);
	if (rc == 0)
		rc = note_chances(r, c);
	if (rc == 0)
		rc = note_restarts(r, c);
	if (rc == 0)
		rc = note_transfers(r, c);
	if (rc == 0)
		rc = note_late(r, c);
	if (rc == 0)
		rc = note_cut(r, c);
	return rc == 0 ? note_counters(r, c) : rc;
}
