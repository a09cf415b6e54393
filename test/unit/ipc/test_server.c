/* SPDX-License-Identifier: Apache-2.0 */
#include "ipc/server.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

static char path[64];

/* Takes ALERTS; refuses what says "full"; anything else breaks the protocol. */
static int handle(void *context, uid_t user, enum ipc_type type, struct str payload, uint64_t *ret_value,
		  struct err *ret_err)
{
	if (type != IPC_ALERTS || user != getuid())
		return ERR_PROTOCOL;
	if (str_eq(payload, STR("full")))
		return err_set(ret_err, -ENOSPC, 0, 0, "no room");
	*ret_value = (uint64_t)__atomic_add_fetch((int *)context, 1, __ATOMIC_RELAXED);
	return 0;
}

static int listen_here(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(path, sizeof(path), "/tmp/test-ipc-%d", (int)getpid());
	strcpy(address.sun_path, path);
	unlink(path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 16), 0);
	return fd;
}

static void test_calls(void **state)
{
	struct ipc_server *server;
	struct ipc_channel *a, *b;
	struct err err = {0};
	uint64_t value = 0;
	int taken = 0;

	(void)state;
	assert_int_equal(ipc_server_start(listen_here(), handle, &taken, &server), 0);
	assert_int_equal(ipc_connect(path, CLOCK_SECOND * 5, &a), 0);
	assert_int_equal(ipc_connect(path, CLOCK_SECOND * 5, &b), 0);
	assert_int_equal(ipc_call(a, IPC_ALERTS, STR("x"), NULL, &err), 0);
	assert_int_equal(ipc_call(b, IPC_ALERTS, STR("y"), NULL, &err), 0);
	assert_int_equal(ipc_call(a, IPC_ALERTS, STR("full"), NULL, &err), -EAGAIN);
	assert_string_equal(err.message, "no room");
	assert_int_equal(ipc_call(a, IPC_ALERTS, STR("z"), &value, &err), 0); /* a refusal is not the end */
	assert_int_equal(value, 3);
	assert_int_equal(ipc_call(b, IPC_RULES, STR(""), NULL, &err), ERR_END);
	assert_int_equal(__atomic_load_n(&taken, __ATOMIC_RELAXED), 3);
	ipc_channel_free(b);
	ipc_server_stop(server); /* with a still connected */
	assert_true(ipc_call(a, IPC_ALERTS, STR("x"), NULL, &err) < 0);
	ipc_channel_free(a);
	unlink(path);
}

/* More peers, one after the other, than there are places: places of those gone are used again. */
static void test_places_are_used_again(void **state)
{
	struct ipc_server *server;
	int taken = 0;

	(void)state;
	assert_int_equal(ipc_server_start(listen_here(), handle, &taken, &server), 0);
	for (int i = 0; i < 3 * IPC_CONNECTIONS_MAX; i++) {
		struct ipc_channel *channel;
		struct err err = {0};

		assert_int_equal(ipc_connect(path, CLOCK_SECOND * 5, &channel), 0);
		for (int tries = 0; ipc_call(channel, IPC_ALERTS, STR("x"), NULL, &err) < 0 && tries < 100;
		     tries++) {
			ipc_channel_free(channel);
			usleep(10000);
			assert_int_equal(ipc_connect(path, CLOCK_SECOND * 5, &channel), 0);
		}
		ipc_channel_free(channel);
	}
	assert_int_equal(__atomic_load_n(&taken, __ATOMIC_RELAXED), 3 * IPC_CONNECTIONS_MAX);
	ipc_server_stop(server);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_calls),
					   cmocka_unit_test(test_places_are_used_again)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
