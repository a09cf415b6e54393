/* SPDX-License-Identifier: Apache-2.0 */
#include "ipc/channel.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "ipc/message.h"

struct pair {
	struct ipc_channel *a, *b;
	int raw; /* a's descriptor, to send nonsense */
};

static struct pair make_pair(void)
{
	struct pair pair;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	pair.raw = fds[0];
	pair.a = ipc_channel_new(fds[0]);
	pair.b = ipc_channel_new(fds[1]);
	return pair;
}

static void free_pair(struct pair *pair)
{
	ipc_channel_free(pair->a);
	ipc_channel_free(pair->b);
}

static void test_round_trip(void **state)
{
	struct pair pair = make_pair();
	enum ipc_type type;
	struct str payload;

	(void)state;
	assert_int_equal(ipc_send(pair.a, IPC_ALERTS, STR("hello")), 0);
	assert_int_equal(ipc_send(pair.a, IPC_ACK, STR("")), 0);
	assert_int_equal(ipc_receive(pair.b, &type, &payload), 0);
	assert_int_equal(type, IPC_ALERTS);
	assert_true(str_eq(payload, STR("hello")));
	assert_int_equal(ipc_receive(pair.b, &type, &payload), 0);
	assert_int_equal(type, IPC_ACK);
	assert_int_equal(payload.len, 0);
	ipc_channel_free(pair.a);
	assert_int_equal(ipc_receive(pair.b, &type, &payload), ERR_END);
	ipc_channel_free(pair.b);
}

static void test_over_the_cap_is_not_sent(void **state)
{
	struct pair pair = make_pair();

	(void)state;
	assert_int_equal(ipc_send(pair.a, IPC_ACK, STR("123456789")), ERR_LIMIT);
	free_pair(&pair);
}

/* Each is a header a broken or hostile peer might send; the length is refused before it is read. */
static void test_nonsense_is_refused(void **state)
{
	static const struct {
		uint16_t magic, version, type, reserved;
		uint32_t length;
	} headers[] = {
		{0x1234, IPC_VERSION, IPC_ACK, 0, 0},
		{0x4C57, IPC_VERSION + 1, IPC_ACK, 0, 0},
		{0x4C57, IPC_VERSION, 99, 0, 0},
		{0x4C57, IPC_VERSION, IPC_ACK, 7, 0},
		{0x4C57, IPC_VERSION, IPC_ALERTS, 0, UINT32_MAX},
		{0x4C57, IPC_VERSION, IPC_ACK, 0, 9},
	};
	enum ipc_type type;
	struct str payload;

	(void)state;
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		struct pair pair = make_pair();

		assert_int_equal(write(pair.raw, &headers[i], sizeof(headers[i])), sizeof(headers[i]));
		assert_int_equal(ipc_receive(pair.b, &type, &payload), ERR_PROTOCOL);
		free_pair(&pair);
	}
}

static void test_reader_turns_bad_and_stays_bad(void **state)
{
	struct buf buf = {0};
	struct message_reader reader;

	(void)state;
	message_put_u64(&buf, 7);
	message_put_str(&buf, STR("abc"));
	reader = (struct message_reader){buf_str(&buf), false};
	assert_int_equal(message_get_u64(&reader), 7);
	assert_true(str_eq(message_get_str(&reader), STR("abc")));
	assert_true(message_complete(&reader));

	reader = (struct message_reader){str_head(buf_str(&buf), buf.len - 1), false};
	assert_int_equal(message_get_u64(&reader), 7);
	assert_int_equal(message_get_str(&reader).len, 0);
	assert_int_equal(message_get_u32(&reader), 0);
	assert_false(message_complete(&reader));

	reader = (struct message_reader){buf_str(&buf), false};
	message_get_u64(&reader);
	assert_false(message_complete(&reader));
	buf_done(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_over_the_cap_is_not_sent),
		cmocka_unit_test(test_nonsense_is_refused),
		cmocka_unit_test(test_reader_turns_bad_and_stays_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
