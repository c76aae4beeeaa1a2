/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/signing/signing.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "harness/signing/signing_state.h"
#include "sim/authority/tsig.h"
#include "sim/world/apart.h"

#define ROUND_TRIP (10 * MSEC) /* between the signer and its secondary */
#define NOTIFY_ROOM 1024 /* bytes: for what signs the answer */
#define SIGNED_WITHIN HOUR /* of the world's time: the first version */

/* ---- what its neighbours tell ---- */

static int take_version(const struct secondary_version *v, void *arg, struct err *e)
{
	struct signing_life *s = arg;
	char ds[512];
	int r = v->before ? 0 : history_ds(s->history, v->at, registry_ds(s->registry), e);

	if (r < 0)
		return r;
	registry_text(s->registry, ds, sizeof(ds));
	return history_version(s->history, v, ds, e);
}

static int take_failure(simtime at, const char *what, void *arg, struct err *e)
{
	struct signing_life *s = arg;

	return history_event(s->history, at, "transfer", what, e);
}

static int take_happening(simtime at, const char *kind, const char *what, void *arg, struct err *e)
{
	struct signing_life *s = arg;
	bool is_ds = strcmp(kind, "ds") == 0;
	int r = is_ds ? history_ds(s->history, at, registry_ds(s->registry), e) : 0;

	if (is_ds)
		signing_note_ds(s, at);
	if (is_ds && signer_can(s->plan->driver, "ds_changed"))
		s->tells = at;
	return r == 0 ? history_event(s->history, at, kind, what, e) : r;
}

/* Where its hook leaves what it wants of its parent; NULL: it has none. */
static const char *submitted(const struct signing_life *s, char path[PATH_MAX + 256])
{
	const char *name = signer_submits(s->plan->driver);

	snprintf(path, PATH_MAX + 256, "%s/%s", s->work, name ? name : "");
	return name ? path : NULL;
}

static int take_given(simtime at, const char *what, void *arg, struct err *e)
{
	struct signing_life *s = arg;

	return history_event(s->history, at, "primary", what, e);
}

static int meet_primary(struct signing_life *s, struct err *e)
{
	const struct primary_plan plan = { .zone = s->zone,
					   .self = s->hidden,
					   .signer = s->signer,
					   .key = s->has_key ? &s->plan->signer->key : NULL,
					   .gave = take_given,
					   .arg = s };
	int r = primary_new(&plan, s->wire, &s->primary, e);

	return r == 0 ? signing_serve_zone(s, e) : r;
}

static int meet_neighbours(struct signing_life *s, struct err *e)
{
	const char *submits = submitted(s, s->submitted);
	const struct signer_plan *p = s->plan->signer;
	const struct secondary_plan secondary = { .zone = s->zone,
						  .signer = s->signer,
						  .self = s->self,
						  .round_trip = ROUND_TRIP,
						  .key = s->has_key ? &s->key : NULL,
						  .is_given = signing_is_script(s),
						  .version = take_version,
						  .failed = take_failure,
						  .arg = s };
	const struct registry_plan registry = { .zone = s->zone,
						.ds_ttl = p->zone->parent->ttl.ds,
						.polls = p->polls,
						.propagation = p->parent_propagation,
						.submitted = submits,
						.happened = take_happening,
						.arg = s };
	int r = history_new(s->plan->folder, s->zone, &s->history, e);

	if (r == 0 && p->by_transfer)
		r = meet_primary(s, e);
	if (r == 0)
		r = secondary_new(&secondary, s->wire, &s->secondary, e);
	return r == 0 ? registry_new(&registry, clock_now(s->clock), &s->registry, e) : r;
}

/* ---- packets ---- */

static bool is_notify(const struct packet *p)
{
	return p->len >= 12 && !(p->data[2] & 0x80) && (p->data[2] >> 3 & 15) == 4;
}

static int answer(struct signing_life *s, const struct packet *p, const uint8_t *data, size_t len,
		  struct err *e)
{
	struct packet back = *p;

	back.from = p->to;
	back.to = p->from;
	back.data = data;
	back.len = len;
	return wire_send(s->wire, &back, e);
}

/* RFC 1996, section 4.7: the same with QR set. One that is signed is to be signed with the key; one that is not comes from the
 * signer's address, which servers take for enough. */
static int take_notify(struct signing_life *s, const struct packet *p, struct err *e)
{
	const simtime now = clock_now(s->clock);
	uint8_t copy[MESSAGE_MAX + NOTIFY_ROOM];
	struct query q = { .tsig_at = query_tsig_at(p->data, p->len) };
	size_t len = q.tsig_at ? q.tsig_at : p->len;
	struct tsig tsig;
	char why[160];
	int r = 0;

	if (!tsig_check_key(s->has_key ? &s->key : NULL, p->data, p->len, &q,
			    (uint64_t)simtime_seconds(now), &tsig))
		return 0;
	memcpy(copy, p->data, len);
	copy[2] |= 0x84;
	copy[11] = (uint8_t)(copy[11] - tsig.is_there);
	if (tsig.error) {
		copy[3] = (uint8_t)((copy[3] & 0xf0) | LDNS_RCODE_NOTAUTH);
		tsig_error_text(&tsig, why, sizeof(why));
		r = take_failure(now, why, s, e);
	} else {
		secondary_notified(s->secondary, now);
	}
	if (r == 0 && !tsig_put(&tsig, copy, &len, (uint64_t)simtime_seconds(now)))
		r = err_set(e, -ENOMEM, "no memory for an answer");
	return r == 0 ? answer(s, p, copy, len, e) : r;
}

static int take_query(struct signing_life *s, const struct packet *p, struct err *e)
{
	_cleanup_(freep) uint8_t *data = NULL;
	size_t len;

	if (!address_equal(&p->to.address, &s->parent.address))
		return 0;
	data = registry_answer(s->registry, p->data, p->len, &len);
	return data ? answer(s, p, data, len, e) : 0;
}

static int take(struct signing_life *s, const struct packet *p, struct err *e)
{
	if (p->side == SIDE_CLIENT)
		return secondary_take(s->secondary, p, clock_now(s->clock), e);
	if (p->side != SIDE_AUTHORITY || p->over || p->unreachable)
		return 0;
	if (s->primary && address_equal(&p->to.address, &s->hidden.address))
		return primary_take(s->primary, p, clock_now(s->clock), e);
	return is_notify(p) ? take_notify(s, p, e) : take_query(s, p, e);
}

/* ---- the loop ---- */

static int act(struct signing_life *s, simtime now, struct err *e)
{
	int r = secondary_run(s->secondary, now, e);

	if (r == 0 && s->primary)
		r = primary_run(s->primary, now, e);
	if (r == 0)
		r = registry_run(s->registry, secondary_zone(s->secondary), now, e);
	return r == 0 ? history_look(s->history, now, e) : r;
}

static simtime next_due(const struct signing_life *s)
{
	simtime tells = s->primary ? primary_due(s->primary) : SIMTIME_NEVER;

	return earlier(earlier(secondary_due(s->secondary), registry_due(s->registry)),
		       earlier(history_due(s->history), tells));
}

int signing_pass(struct signing_life *s, simtime until, struct err *e)
{
	struct packet p;
	simtime now;
	int r = 0;

	while (r == 0 && wire_take(s->wire, &p))
		r = take(s, &p, e);
	now = clock_now(s->clock);
	if (r == 0)
		r = act(s, now, e);
	if (r == 0 && earlier(next_due(s), signing_tells(s)) > now)
		r = wire_wait(s->wire, earlier(next_due(s), until), e);
	if (r == -ECHILD && s->is_ending)
		return 0;
	return r < 0 ? r : 0;
}

static int check_signed(const struct signing_life *s, simtime now, struct err *e)
{
	if (secondary_zone(s->secondary) || now < s->plan->scenario->from + SIGNED_WITHIN)
		return 0;
	return err_set(
		e, -ETIMEDOUT, "the signer %s within an hour%s%s",
		secondary_is_unheard(s->secondary) ? "did not answer a question for the zone's SOA"
						   : "gave no zone away",
		*secondary_objection(s->secondary) ? ": " : "", secondary_objection(s->secondary));
}

static int live(struct signing_life *s, struct err *e)
{
	const simtime until = s->plan->scenario->to;
	simtime next;
	int r = 0;

	while (r == 0 && clock_now(s->clock) < until) {
		r = signing_happen(s, clock_now(s->clock), e);
		if (r == 0)
			r = signing_script_run(s, e);
		if (r == 0)
			r = check_signed(s, clock_now(s->clock), e);
		next = earlier(signing_next_event(s), signing_script_due(s));
		if (r == 0)
			r = signing_pass(s, earlier(next, until), e);
	}
	return r;
}

/* ---- its beginning and its end ---- */

static int begin(struct signing_life *s, struct err *e)
{
	int r = signing_place(s, e);

	if (r == 0)
		r = signing_write_zone(s, 0, e);
	if (r == 0)
		r = signing_make_clock(s, e);
	if (r == 0)
		r = meet_neighbours(s, e);
	return r == 0 ? signing_start(s, e) : r;
}

/* Whether something of it ran past the clock. */
static int audit(struct signing_life *s, struct err *e)
{
	struct apart all[64];
	unsigned count = world_apart(&s->world, CLOCK_PAGE_IN_MAPS, all, ARRAY_SIZE(all));
	int r = clock_audit(s->clock, e);

	for (unsigned i = 0; r == 0 && i < count; i++)
		if (!all[i].has_page)
			r = err_set(e, -EBADRQC,
				    "'%s' ran past the clock, in real time: started without the "
				    "clock library",
				    all[i].name);
	return r;
}

static double cpu_of_self(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return (double)ru.ru_utime.tv_sec + (double)ru.ru_stime.tv_sec +
	       (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
}

static void take_down(struct signing_life *s)
{
	primary_free(s->primary);
	secondary_free(s->secondary);
	registry_free(s->registry);
	history_free(s->history);
	wire_free(s->wire);
	clock_free(s->clock);
	closep(&s->log);
	disk_free(s->disk);
	if (s->world.init > 0)
		world_done(&s->world);
}

void signing_run(const struct signing_plan *p, struct signing_result *ret)
{
	struct signing_life s = { .plan = p,
				  .world = { .init = -1 },
				  .log = -1,
				  .policy = p->signer->policy,
				  .has_key = signer_has_key(p->driver, p->signer),
				  .key = p->signer->key,
				  .up = SIMTIME_NEVER,
				  .off = SIMTIME_NEVER,
				  .tells = SIMTIME_NEVER,
				  .signing = "on" };
	double began = clock_machine_seconds();
	struct err err = { .text = "" };
	int r = begin(&s, &err);

	*ret = (struct signing_result){ .until = p->scenario->from };
	if (r == 0)
		r = live(&s, &err);
	if (r == 0)
		r = audit(&s, &err);
	if (r == 0)
		r = history_finish(s.history, clock_now(s.clock), &ret->judged, &err);
	if (s.clock)
		ret->until = clock_now(s.clock);
	if (s.history)
		ret->counts = history_counts(s.history);
	if (s.world.init > 0 && s.world.hosts[0].sandbox)
		snprintf(ret->lacks, sizeof(ret->lacks), "%s",
			 sandbox_lacks(s.world.hosts[0].sandbox));
	signing_stop(&s);
	if (s.disk && disk_keep(s.disk, &err) < 0 && r == 0)
		r = -EIO;
	ret->signer_cpu = s.spent;
	ret->acts = s.acts;
	ret->wall_seconds = clock_machine_seconds() - began;
	ret->harness_cpu = cpu_of_self();
	ret->code = r;
	snprintf(ret->why, sizeof(ret->why), "%s", err.text);
	take_down(&s);
}
