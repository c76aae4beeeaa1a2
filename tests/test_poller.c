/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/poller.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/test.h"

#define MANY (2 * POLLER_BATCH + 10)
#define LONG_ENOUGH 10000000000 /* ns: what is told comes long before */

static struct poller poller;
static struct handle near[MANY];
static int far[MANY];

/* A pair of sockets, its near end watched. */
static void connect_pair(int i)
{
	struct err e;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	near[i] = (struct handle){ .kind = CLIENT, .fd = fds[0] };
	far[i] = fds[1];
	assert_int_equal(poller_add(&poller, &near[i], &e), 0);
}

static int set_up(void **state)
{
	struct err e;

	(void)state;
	return poller_init(&poller, &e);
}

static int tear_down(void **state)
{
	(void)state;
	poller_done(&poller);
	for (int i = 0; i < MANY; i++) {
		if (near[i].fd > 0)
			close(near[i].fd);
		if (far[i] > 0)
			close(far[i]);
		near[i].fd = far[i] = 0;
	}
	return 0;
}

static void say(int i)
{
	assert_int_equal(write(far[i], "x", 1), 1);
}

static void drain(const struct handle *h)
{
	char byte;

	assert_int_equal(read(h->fd, &byte, 1), 1);
}

static void it_tells_which_handle_has_input(void **state)
{
	uint32_t events;

	(void)state;
	connect_pair(0);
	connect_pair(1);
	say(1);
	assert_int_equal(poller_wait(&poller, LONG_ENOUGH), 0);
	assert_ptr_equal(poller_next(&poller, &events), &near[1]);
	assert_int_equal(events, EPOLLIN);
	poller_skip(&poller);
	assert_null(poller_next(&poller, &events));
}

static void without_input_waiting_ends_with_nothing(void **state)
{
	uint32_t events;

	(void)state;
	assert_null(poller_next(&poller, &events));
	connect_pair(0);
	assert_int_equal(poller_wait(&poller, 0), 0);
	assert_null(poller_next(&poller, &events));
	assert_int_equal(poller_wait(&poller, 1000), 0);
	assert_null(poller_next(&poller, &events));
}

static void an_event_stays_the_next_until_it_is_skipped(void **state)
{
	uint32_t events;

	(void)state;
	connect_pair(0);
	say(0);
	assert_int_equal(poller_wait(&poller, LONG_ENOUGH), 0);
	for (int i = 0; i < 3; i++)
		assert_ptr_equal(poller_next(&poller, &events), &near[0]);
	poller_skip(&poller);
	assert_null(poller_next(&poller, &events));
	/* It has not been read: the next wait tells it again. */
	assert_int_equal(poller_wait(&poller, LONG_ENOUGH), 0);
	assert_ptr_equal(poller_next(&poller, &events), &near[0]);
}

/* Of two that have both something to read. */
static struct handle *first_of_two(uint32_t *events)
{
	connect_pair(0);
	connect_pair(1);
	say(0);
	say(1);
	assert_int_equal(poller_wait(&poller, LONG_ENOUGH), 0);
	return poller_next(&poller, events);
}

static void what_is_removed_is_closed_and_what_was_told_of_it_forgotten(void **state)
{
	struct handle *first, *other;
	uint32_t events;

	(void)state;
	first = first_of_two(&events);
	other = first == &near[0] ? &near[1] : &near[0];
	poller_remove(&poller, other);
	assert_int_equal(fcntl(other->fd, F_GETFD), -1);
	other->fd = 0;
	assert_ptr_equal(poller_next(&poller, &events), first);
	poller_skip(&poller);
	assert_null(poller_next(&poller, &events));
}

static void the_one_that_is_looked_at_may_be_removed_too(void **state)
{
	struct handle *first;
	uint32_t events;

	(void)state;
	first = first_of_two(&events);
	poller_remove(&poller, first);
	first->fd = 0;
	assert_ptr_equal(poller_next(&poller, &events), first == &near[0] ? &near[1] : &near[0]);
}

static void room_for_output_is_told_only_while_it_is_wanted(void **state)
{
	uint32_t events;

	(void)state;
	connect_pair(0);
	assert_int_equal(poller_wait(&poller, 0), 0);
	assert_null(poller_next(&poller, &events));
	assert_int_equal(poller_want_output(&poller, &near[0], true), 0);
	assert_int_equal(poller_wait(&poller, LONG_ENOUGH), 0);
	assert_ptr_equal(poller_next(&poller, &events), &near[0]);
	assert_int_equal(events, EPOLLOUT);
	poller_skip(&poller);
	assert_int_equal(poller_want_output(&poller, &near[0], false), 0);
	assert_int_equal(poller_wait(&poller, 0), 0);
	assert_null(poller_next(&poller, &events));
	say(0);
	assert_int_equal(poller_wait(&poller, LONG_ENOUGH), 0);
	assert_ptr_equal(poller_next(&poller, &events), &near[0]);
	assert_int_equal(events, EPOLLIN);
}

static void more_than_one_batch_can_tell_is_told_by_the_next(void **state)
{
	bool told[MANY] = { false };
	struct handle *h;
	uint32_t events;
	int count = 0;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		connect_pair(i);
		say(i);
	}
	while (count < MANY) {
		assert_int_equal(poller_wait(&poller, LONG_ENOUGH), 0);
		while ((h = poller_next(&poller, &events))) {
			assert_false(told[h - near]);
			told[h - near] = true;
			drain(h);
			poller_skip(&poller);
			count++;
		}
	}
	assert_int_equal(poller_wait(&poller, 0), 0);
	assert_null(poller_next(&poller, &events));
}

static void what_cannot_be_watched_is_an_error(void **state)
{
	struct handle none = { .fd = -1 };
	struct err e = { .text = "" };

	(void)state;
	assert_int_equal(poller_add(&poller, &none, &e), -EBADF);
	assert_string_not_equal(e.text, "");
	assert_int_equal(poller_want_output(&poller, &none, true), -EBADF);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_tells_which_handle_has_input),
		TEST(without_input_waiting_ends_with_nothing),
		TEST(an_event_stays_the_next_until_it_is_skipped),
		TEST(what_is_removed_is_closed_and_what_was_told_of_it_forgotten),
		TEST(the_one_that_is_looked_at_may_be_removed_too),
		TEST(room_for_output_is_told_only_while_it_is_wanted),
		TEST(more_than_one_batch_can_tell_is_told_by_the_next),
		TEST(what_cannot_be_watched_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
