/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/clients/question.h"
#include "tests/support/fake_cell.h"
#include "tests/support/test.h"

/* ---- a cell ---- */

static void add(simtime at, enum event_kind kind, enum operation op, const char *what)
{
	struct event ev = { .at = at, .kind = kind, .operation = op, .zone = "de.", .fault = -1 };

	strcpy(ev.what, what);
	assert_int_equal(timeline_add(&scenario.timeline, &ev, &err), 0);
}

static struct host host;

/* Clients that ask at 0, 1, 2 … s, until 10 s; nothing else. */
static void prepare(enum clock_mode m)
{
	timeline_done(&scenario.timeline);
	scenario = (struct scenario){ .from = 0, .to = 10 * SECOND, .bin = MINUTE };
	timeline_init(&scenario.timeline, 0, 10 * SECOND);
	command_done(&cell);
	host = (struct host){ .role = -1, .log = -1 };
	cell = (struct cell){ .plan = &plan,
			      .scenario = &scenario,
			      .hosts = &host,
			      .host_count = 1,
			      .host = &host,
			      .self.port = 5300 };
	progress_init(&cell.progress, -1, 0);
	mode = m;
	now = late = stub_at = 0;
	machine = 0;
	settled = 0;
	packet_count = 0;
	authority_at = first_failure = SIMTIME_NEVER;
	sampled = false;
	wait_ends = 0;
	recent = (struct recent){ 0 };
	ends_with = 0;
	interrupted = is_flood = false;
	err.text[0] = trace[0] = '\0';
}

/* As cell_clients() does, but step by step. */
static void begin(enum clock_mode m)
{
	prepare(m);
	cell_clients_begin(&cell);
	cell.next_metrics = cell.next_counters = SIMTIME_NEVER;
}

static int step(void)
{
	return cell_step(&cell, scenario.to, &err);
}

/* ---- tests ---- */

static void what_happens_at_one_instant_has_its_order(void **state)
{
	(void)state;
	begin(CLOCK_VIRTUAL);
	add(SECOND, EVENT_ZONE, OPERATION_NONE, "broken");
	cell.next_metrics = SECOND;
	assert_int_equal(step(), 0);
	happened("ask(0) | 1000: ");
	authority_at = SECOND;
	packets[0] = (struct packet){ .side = SIDE_CLIENT };
	packets[1] = (struct packet){ .side = SIDE_AUTHORITY };
	packet_count = 2;
	assert_int_equal(step(), 0);
	happened("got query answer zone(broken,1000) sample ask(1000) | 2000: ");
}

static void nothing_is_waited_for_or_done_after_until(void **state)
{
	(void)state;
	begin(CLOCK_REAL);
	late = 300 * MSEC;
	add(700 * MSEC, EVENT_MARK, OPERATION_NONE, "after");
	assert_int_equal(cell_step(&cell, 500 * MSEC, &err), 0);
	happened("ask(0) | 800: ");
	assert_int_equal(cell_step(&cell, 500 * MSEC, &err), 1);
	happened("");
	late = 0;
	assert_int_equal(cell_pass(&cell, 1500 * MSEC, &err), 0);
	happened("mark(after,700) | 1000: ask(1000) | 1500: ");
}

static void a_command_holds_virtual_time_and_all_that_is_due(void **state)
{
	(void)state;
	begin(CLOCK_VIRTUAL);
	add(SECOND, EVENT_OPERATOR, OPERATION_NTA, "anchor");
	add(SECOND, EVENT_MARK, OPERATION_NONE, "next");
	assert_int_equal(step(), 0);
	assert_int_equal(step(), 0);
	happened("ask(0) | 1000: operator(anchor,1000) <first ");
	packets[0] = (struct packet){ .side = SIDE_AUTHORITY };
	packet_count = 1;
	assert_int_equal(step(), 0);
	happened("settle open ");
	settled = 1; /* the resolver has sent much */
	assert_int_equal(step(), 0);
	happened("settle query open ");
	let_go();
	assert_int_equal(step(), 0);
	happened("> nudge settle <second settle open ");
	let_go();
	assert_int_equal(step(), 0);
	happened("> nudge settle mark(next,1000) ask(1000) | 2000: ");
	assert_int_equal(now, 2 * SECOND);
}

static void clients_are_moved_before_they_ask_at_that_instant(void **state)
{
	(void)state;
	begin(CLOCK_VIRTUAL);
	add(SECOND, EVENT_OPERATOR, OPERATION_MOVE, "move");
	assert_int_equal(cell_next_move(&cell), SIMTIME_NEVER);
	scenario.has_moves = true;
	assert_int_equal(step(), 0);
	assert_int_equal(cell_next_move(&cell), SECOND);
	assert_int_equal(step(), 0);
	happened("ask(0) | 1000: operator(move,1000) move(0 to 0) ask(1000) | 2000: ");
	assert_int_equal(cell_next_move(&cell), SIMTIME_NEVER);
	scenario.has_moves = false;
}

static void clients_ask_while_a_command_runs_in_real_time(void **state)
{
	(void)state;
	begin(CLOCK_REAL);
	add(990 * MSEC, EVENT_OPERATOR, OPERATION_FLUSH, "flush");
	add(SECOND, EVENT_MARK, OPERATION_NONE, "next");
	assert_int_equal(step(), 0);
	assert_int_equal(step(), 0);
	happened("ask(0) | 990: operator(flush,990) <second | 1000: ");
	authority_at = SECOND;
	packets[0] = (struct packet){ .side = SIDE_CLIENT };
	packet_count = 1;
	assert_int_equal(step(), 0);
	happened("got answer mark(next,1000) ask(1000) | 1010: ");
	let_go();
	assert_int_equal(step(), 0);
	happened("> | 2000: ");
}

static void commands_are_carried_out_one_after_another(void **state)
{
	(void)state;
	begin(CLOCK_SCALED);
	sampled = true;
	add(SECOND, EVENT_OPERATOR, OPERATION_NTA, "anchor");
	add(SECOND, EVENT_OPERATOR, OPERATION_FLUSH, "flush");
	cell.next_metrics = cell.next_counters = SECOND;
	assert_int_equal(step(), 0);
	assert_int_equal(step(), 0);
	happened("ask(0) | 1000: operator(anchor,1000) <first operator(flush,1000) sample "
		 "ask(1000) | 1010: ");
	let_go();
	assert_int_equal(step(), 0);
	let_go();
	assert_int_equal(step(), 0);
	let_go();
	assert_int_equal(step(), 0);
	let_go();
	assert_int_equal(step(), 0);
	happened("> <second | 1020: > <second | 1030: > <stats | 1040: > hits=42 | 2000: ");
}

static void a_run_ends_when_what_was_begun_is_carried_out(void **state)
{
	(void)state;
	begin(CLOCK_REAL);
	stub_at = SIMTIME_NEVER;
	add(10 * SECOND, EVENT_OPERATOR, OPERATION_FLUSH, "flush");
	assert_int_equal(step(), 0);
	assert_int_equal(step(), 0);
	happened("| 10000: operator(flush,10000) <second | 10010: ");
	assert_int_equal(step(), 0);
	happened("| 10020: ");
	let_go();
	assert_int_equal(step(), 1);
	happened("> ");
}

static void a_command_that_fails_ends_the_cell_and_names_its_event(void **state)
{
	(void)state;
	for (enum clock_mode m = CLOCK_VIRTUAL; m <= CLOCK_REAL; m++) {
		begin(m);
		add(0, EVENT_OPERATOR, OPERATION_NTA, "anchor");
		ends_with = 1;
		assert_int_equal(step(), 0);
		let_go();
		assert_int_equal(step(), -EREMOTEIO);
		assert_string_equal(
			err.text,
			"anchor: 'first one' failed with status 1 (resolver.log has what it "
			"said)");
		assert_false(command_runs(&cell));
	}
	begin(CLOCK_VIRTUAL);
	add(0, EVENT_OPERATOR, OPERATION_RELOAD, "reload");
	assert_int_equal(step(), -EINVAL);
	assert_string_equal(err.text, "reload: not offered");
}

static void counters_that_nobody_gives_are_gone_without_and_counted(void **state)
{
	(void)state;
	begin(CLOCK_VIRTUAL);
	sampled = true;
	cell.next_metrics = cell.next_counters = 0;
	ends_with = 1;
	assert_int_equal(step(), 0);
	let_go();
	assert_int_equal(step(), 0);
	happened("sample <stats > nudge settle ask(0) | 1000: ");
	assert_int_equal(cell.command.failures.count, 1);
	assert_non_null(strstr(cell.command.failures.why, "failed with status 1"));
}

/* Looks at the machine's clock of so many seconds, one after another. */
static int look_on(double seconds)
{
	int r = 0;

	for (double end = machine + seconds; r == 0 && machine < end;) {
		machine += 0.02;
		r = step();
	}
	return r;
}

static void has_not_ended(int r)
{
	assert_int_equal(r, -ETIMEDOUT);
	assert_string_equal(err.text,
			    "flush: the control command 'second' has not ended within 30 s "
			    "(resolver.log has what it said)");
	close(running);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void a_command_that_never_ends_ends_the_cell(void **state)
{
	(void)state;
	begin(CLOCK_REAL);
	add(0, EVENT_OPERATOR, OPERATION_FLUSH, "flush");
	assert_int_equal(step(), 0);
	machine = 31;
	has_not_ended(step());

	begin(CLOCK_VIRTUAL);
	add(0, EVENT_OPERATOR, OPERATION_FLUSH, "flush");
	assert_int_equal(step(), 0);
	rests = true;
	has_not_ended(look_on(60));

	begin(CLOCK_VIRTUAL);
	add(0, EVENT_OPERATOR, OPERATION_FLUSH, "flush");
	assert_int_equal(step(), 0);
	rests = false;
	assert_int_equal(look_on(1), 0);
	computed += 31 * SECOND;
	has_not_ended(look_on(1));
}

static void a_busy_machine_is_no_reason_to_give_a_command_up(void **state)
{
	(void)state;
	begin(CLOCK_VIRTUAL);
	add(0, EVENT_OPERATOR, OPERATION_FLUSH, "flush");
	assert_int_equal(step(), 0);
	rests = false;
	assert_int_equal(look_on(300), 0);
	assert_int_equal(now, 0);
	/* Nor is it one that whoever looks got no core for long. */
	rests = true;
	machine += 100;
	assert_int_equal(look_on(1), 0);
	assert_int_equal(now, 0);
	assert_int_equal(cell.command.slow, 0);
	let_go();
	assert_int_equal(step(), 0);
	trace[0] = '\0';
}

static void virtual_time_moves_on_for_a_command_that_waits_for_it(void **state)
{
	(void)state;
	begin(CLOCK_VIRTUAL);
	add(0, EVENT_OPERATOR, OPERATION_FLUSH, "flush");
	assert_int_equal(step(), 0);
	rests = true;
	assert_int_equal(look_on(9.9), 0);
	assert_int_equal(now, 0);
	trace[0] = '\0';
	machine += 0.02;
	while (now < 20 * MSEC)
		machine += 0.02, assert_int_equal(step(), 0);
	assert_non_null(strstr(trace, "settle open | 10: settle open | 20: "));
	/* Not while anything computes. */
	rests = false;
	trace[0] = '\0';
	assert_int_equal(look_on(1), 0);
	assert_int_equal(now, 20 * MSEC);
	assert_int_equal(cell.command.slow, 1);
	trace[0] = '\0';
	let_go();
	assert_int_equal(step(), 0);
	happened("> nudge settle ask(0) | 1000: ");
}

static void what_awaits_the_first_failure_follows_it(void **state)
{
	struct event soon = { .at = 500 * MSEC, .kind = EVENT_MARK, .what = "soon", .fault = -1 };
	struct event far = { .at = 9 * SECOND, .kind = EVENT_MARK, .what = "far", .fault = -1 };

	(void)state;
	begin(CLOCK_VIRTUAL);
	stub_at = SIMTIME_NEVER;
	assert_int_equal(timeline_add_awaited(&scenario.timeline, &soon, &err), 0);
	assert_int_equal(timeline_add_awaited(&scenario.timeline, &far, &err), 0);
	assert_int_equal(cell_pass(&cell, SECOND, &err), 0);
	happened("| 1000: ");
	first_failure = 2 * SECOND;
	assert_int_equal(cell_pass(&cell, scenario.to, &err), 0);
	cell_miss(&cell);
	happened("| 2500: mark(soon,2500) | 10000: "
		 "missed(far: its instant would come after the end,10000) ");
}

static void nobody_asks_before_the_resolver_is_up(void **state)
{
	uint8_t answer[12] = { 0 };

	(void)state;
	begin(CLOCK_VIRTUAL);
	cell.asker = (struct asker){ 0 };
	packets[0] = (struct packet){ .side = SIDE_CLIENT };
	packets[1] = (struct packet){
		.side = SIDE_CLIENT, .to = cell.self, .data = answer, .len = sizeof(answer)
	};
	packet_count = 2;
	assert_int_equal(cell_pass(&cell, SECOND, &err), 0);
	assert_true(host.ready);
	happened("| 1000: ");
}

static void a_question_is_an_asker_like_the_clients(void **state)
{
	struct question q = { .qname = (const uint8_t *)"", .qtype = 6, .wait = 5 * SECOND };

	(void)state;
	begin(CLOCK_VIRTUAL);
	cell.asker = question_asker(&q);
	assert_int_equal(question_ask(&q, false, now, &err), 0);
	assert_int_equal(cell_step(&cell, 5 * SECOND, &err), 0);
	assert_false(q.is_over);
	assert_int_equal(cell_step(&cell, 5 * SECOND, &err), 1);
	happened("send | 5000: ");
	assert_true(q.is_over);
	assert_int_equal(q.over, 5 * SECOND);
	assert_int_equal(q.answer.rcode, CASE_TIMEOUT);
}

static void a_cell_of_clients_goes_from_beginning_to_end(void **state)
{
	(void)state;
	prepare(CLOCK_VIRTUAL);
	stub_at = 9 * SECOND;
	assert_int_equal(cell_clients(&cell, &(struct cell_result){ 0 }, &err), 0);
	happened("sample | 9000: ask(9000) | 10000: ask(10000) sample ");
}

static void a_closed_port_is_told_to_who_asked_there(void **state)
{
	struct packet p = { .side = SIDE_CLIENT, .to.port = 4000, .unreachable = true };

	(void)state;
	prepare(CLOCK_VIRTUAL);
	stub_at = 99 * SECOND;
	packets[packet_count++] = p;
	p.unreachable = false;
	packets[packet_count++] = p;
	assert_int_equal(cell_clients(&cell, &(struct cell_result){ 0 }, &err), 0);
	happened("unreachable got sample | 10000: sample ");
}

static void a_death_is_told_with_its_instant_and_the_last_questions(void **state)
{
	struct cell_result result = { 0 };
	uint8_t name[NAME_MAX_LEN];

	(void)state;
	prepare(CLOCK_VIRTUAL);
	stub_at = 2 * SECOND;
	wait_ends = -ECHILD;
	for (unsigned i = 0; i < 200; i++) {
		char text[32];

		snprintf(text, sizeof(text), "d%u.de.", i);
		assert_int_equal(name_parse(text, name, &err), 0);
		recent_note(&recent, i < 190 ? SECOND : 3 * SECOND, name, i % 2 ? 28 : 1);
	}
	assert_int_equal(cell_clients(&cell, &result, &err), -ECHILD);
	assert_string_equal(err.text,
			    "the resolver was ended by signal 11 at 1970-01-01T00:00:02Z, "
			    "after 'd189.de. AAAA'");
	assert_true(result.death.happened);
	assert_int_equal(result.death.at, 2 * SECOND);
	assert_int_equal(result.death.last_count, 5);
	assert_int_equal(result.death.last[0].qtype, 28);
	assert_int_equal(name_parse("d185.de.", name, &err), 0);
	assert_true(name_equal(result.death.last[0].qname, name));
	assert_non_null(strstr(trace, "resolver(the resolver was ended by signal 11 at "));
}

static int after(void **state)
{
	(void)state;
	command_done(&cell);
	timeline_done(&scenario.timeline);
	return 0;
}

/* It sends more whenever we take what it has sent. */
static void one_that_sends_for_ever_at_one_instant_is_ended_or_interrupted(void **state)
{
	(void)state;
	begin(CLOCK_VIRTUAL);
	is_flood = true;
	assert_int_equal(step(), -EDEADLK);
	assert_non_null(strstr(err.text, "packets at one instant, 1970-01-01T00:00:00Z"));
	begin(CLOCK_VIRTUAL);
	is_flood = interrupted = true;
	assert_int_equal(step(), -EINTR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_happens_at_one_instant_has_its_order),
		cmocka_unit_test(one_that_sends_for_ever_at_one_instant_is_ended_or_interrupted),
		cmocka_unit_test(nothing_is_waited_for_or_done_after_until),
		cmocka_unit_test(a_command_holds_virtual_time_and_all_that_is_due),
		cmocka_unit_test(clients_are_moved_before_they_ask_at_that_instant),
		cmocka_unit_test(clients_ask_while_a_command_runs_in_real_time),
		cmocka_unit_test(commands_are_carried_out_one_after_another),
		cmocka_unit_test(a_run_ends_when_what_was_begun_is_carried_out),
		cmocka_unit_test(a_command_that_fails_ends_the_cell_and_names_its_event),
		cmocka_unit_test(counters_that_nobody_gives_are_gone_without_and_counted),
		cmocka_unit_test(a_command_that_never_ends_ends_the_cell),
		cmocka_unit_test(a_busy_machine_is_no_reason_to_give_a_command_up),
		cmocka_unit_test(virtual_time_moves_on_for_a_command_that_waits_for_it),
		cmocka_unit_test(what_awaits_the_first_failure_follows_it),
		cmocka_unit_test(nobody_asks_before_the_resolver_is_up),
		cmocka_unit_test(a_question_is_an_asker_like_the_clients),
		cmocka_unit_test(a_cell_of_clients_goes_from_beginning_to_end),
		cmocka_unit_test(a_closed_port_is_told_to_who_asked_there),
		cmocka_unit_test(a_death_is_told_with_its_instant_and_the_last_questions),
	};

	return cmocka_run_group_tests(tests, NULL, after);
}
