/* SPDX-License-Identifier: BSD-2-Clause */
/* A resolver that is asked by its control socket: what is heard, and to what nobody speaks. */
#include "harness/cell/talk.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/folder.h"
#include "tests/support/test.h"

static int listening, other = -1, out;
static struct err err;

static int listen_there(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	(void)state;
	assert_int_equal(chdir(folder()), 0);
	strcpy(a.sun_path, "control");
	unlink("control");
	listening = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(listening, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(listening, 1), 0);
	out = memfd_create("heard", 0);
	return 0;
}

static int leave(void **state)
{
	(void)state;
	close(listening);
	close(out);
	return 0;
}

static struct talk *begin(void)
{
	struct talk *t = talk_begin(folder(), "control", "how many\n");
	char said[32] = "";

	assert_non_null(t);
	other = accept(listening, NULL, NULL);
	assert_int_equal(read(other, said, sizeof(said) - 1), 9);
	assert_string_equal(said, "how many\n");
	return t;
}

static void answer(const char *text)
{
	assert_int_equal(write(other, text, strlen(text)), strlen(text));
}

static const char *heard(void)
{
	static char text[64];
	ssize_t n = pread(out, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void what_is_said_is_heard_until_the_other_end_closes(void **state)
{
	struct talk *t = begin();

	(void)state;
	assert_int_equal(talk_hear(t, out, "error", &err), 0);
	answer("one ");
	assert_int_equal(talk_hear(t, out, "error", &err), 0);
	answer("error");
	close(other);
	talk_wait(t, SECOND);
	assert_int_equal(talk_hear(t, out, "error", &err), 1);
	assert_string_equal(heard(), "one error");
	talk_free(t);
}

static void an_answer_that_is_none_is_told(void **state)
{
	struct talk *t = begin();

	(void)state;
	answer("error unknown command\nand more");
	close(other);
	assert_int_equal(talk_hear(t, out, "error", &err), -EREMOTEIO);
	assert_string_equal(err.text, "it answered 'error unknown command'");
	talk_free(t);
	t = begin();
	answer("error unknown command\n");
	close(other);
	assert_int_equal(talk_hear(t, out, NULL, &err), 1);
	talk_free(t);
}

static void who_never_ends_does_not_keep_us_nor_all_our_memory(void **state)
{
	static char much[1 << 15];
	struct talk *t = begin();
	struct stat st;

	(void)state;
	memset(much, 'x', sizeof(much));
	for (int i = 0; i < 100; i++) {
		assert_int_equal(write(other, much, sizeof(much)), sizeof(much));
		assert_int_equal(talk_hear(t, out, "error", &err), 0);
	}
	assert_int_equal(fstat(out, &st), 0);
	assert_in_range(st.st_size, 1 << 18, 1 << 20);
	close(other);
	talk_free(t);
}

static void nobody_is_spoken_to_but_a_socket_in_that_very_folder(void **state)
{
	(void)state;
	assert_int_equal(symlink("control", "link"), 0);
	assert_int_equal(mkdir("folder", 0755), 0);
	assert_null(talk_begin(folder(), "link", "how many\n"));
	assert_null(talk_begin(folder(), "folder", "how many\n"));
	assert_null(talk_begin(folder(), "nothing", "how many\n"));
	assert_null(talk_begin("/nowhere", "control", "how many\n"));
	close(listening);
	assert_null(talk_begin(folder(), "control", "how many\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_said_is_heard_until_the_other_end_closes,
						listen_there, leave),
		cmocka_unit_test_setup_teardown(an_answer_that_is_none_is_told, listen_there,
						leave),
		cmocka_unit_test_setup_teardown(who_never_ends_does_not_keep_us_nor_all_our_memory,
						listen_there, leave),
		cmocka_unit_test_setup_teardown(
			nobody_is_spoken_to_but_a_socket_in_that_very_folder, listen_there, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
