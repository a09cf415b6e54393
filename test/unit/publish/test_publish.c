/* SPDX-License-Identifier: Apache-2.0 */
/* Where tree heads are sent: a file, and syslog servers that listen here. HTTPS and time stamps:
 * e2e/test-archive. */
#include "publish/publish.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"

#define NOTE "wanglou/ab\n7\nroot\n\n\342\200\224 wanglou/ab sig\n"
#define LINE "wanglou/ab\\n7\\nroot\\n\\n\342\200\224 wanglou/ab sig\\n"

static const struct publish_note notes[2] = {{.head = {.time = 1000000}, .text = {NOTE, sizeof(NOTE) - 1}},
					     {.head = {.time = 2000000}, .text = {NOTE, sizeof(NOTE) - 1}}};

static void test_addresses(void **state)
{
	static const struct {
		const char *text, *host, *port;
		bool tcp;
	} rows[] = {
		{"log.example:514", "log.example", "514", false},
		{"udp:10.0.0.1:514", "10.0.0.1", "514", false},
		{"tcp:log:6514", "log", "6514", true},
		{"tcp:[2001:db8::1]:601", "2001:db8::1", "601", true},
		{"log", NULL, NULL, false},
		{"log:", NULL, NULL, false},
		{":514", NULL, NULL, false},
		{"2001:db8::1:601", NULL, NULL, false},
		{"tcp:", NULL, NULL, false},
		{"", NULL, NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str host, port;
		bool tcp;
		int r = publish_syslog_address(str_from(rows[i].text), &tcp, &host, &port);

		if (r != (rows[i].host ? 0 : ERR_SYNTAX))
			fail_msg("%s: %d", rows[i].text, r);
		if (r == 0)
			assert_true(str_eq(host, str_from(rows[i].host)) &&
				    str_eq(port, str_from(rows[i].port)) && tcp == rows[i].tcp);
	}
}

/* Behind a note that was cut off the next one begins a line. */
static void test_file(void **state)
{
	char path[] = "/tmp/test_publish.XXXXXX";
	struct publish_settings settings = {.file = path};
	struct buf text = {0};
	struct err err = {0};
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(publish_file.send(&settings, notes, 1, &err), 0);
	assert_int_equal(pwrite(fd, "torn", 4, sizeof(NOTE) - 1), 4);
	assert_int_equal(publish_file.send(&settings, notes, 2, &err), 0);
	assert_int_equal(io_read_file(path, 4096, &text), 0);
	assert_string_equal(buf_cstr(&text), NOTE "torn\n" NOTE NOTE);
	close(fd);
	unlink(path);
	settings.file = "/nonexistent/heads";
	assert_int_equal(publish_file.send(&settings, notes, 1, &err), -ENOENT);
	assert_non_null(strstr(err.message, "/nonexistent/heads"));
	buf_done(&text);
}

static int listen_here(int type, char address[64])
{
	struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(name);
	int fd = socket(AF_INET, type, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &len), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 1), 0);
	snprintf(address, 64, "%s127.0.0.1:%d", type == SOCK_STREAM ? "tcp:" : "", ntohs(name.sin_port));
	return fd;
}

static void check_message(const char *message, const char *time)
{
	char wanted[512], host[256];

	gethostname(host, sizeof(host));
	snprintf(wanted, sizeof(wanted), "<109>1 %s %s wanglou - head - " LINE, time, host);
	assert_string_equal(message, wanted);
}

static void test_udp(void **state)
{
	char address[64], message[2048] = "";
	const struct publish_settings settings = {.syslog = address};
	int fd = listen_here(SOCK_DGRAM, address);
	struct err err = {0};

	(void)state;
	assert_int_equal(publish_syslog.send(&settings, notes, 2, &err), 0);
	assert_true(recv(fd, message, sizeof(message) - 1, 0) > 0);
	check_message(message, "1970-01-01T00:00:01.000000Z");
	memset(message, 0, sizeof(message));
	assert_true(recv(fd, message, sizeof(message) - 1, 0) > 0);
	check_message(message, "1970-01-01T00:00:02.000000Z");
	close(fd);
}

struct server {
	int fd;
	char got[4096];
};

static void *serve(void *context)
{
	struct server *server = context;
	int fd = accept(server->fd, NULL, NULL);

	(void)!io_read(fd, server->got, sizeof(server->got) - 1);
	close(fd);
	return NULL;
}

static void test_tcp(void **state)
{
	static struct server server;
	char address[64], *end;
	const struct publish_settings settings = {.syslog = address};
	struct err err = {0};
	pthread_t thread;
	long first;

	(void)state;
	server.fd = listen_here(SOCK_STREAM, address);
	assert_int_equal(pthread_create(&thread, NULL, serve, &server), 0);
	assert_int_equal(publish_syslog.send(&settings, notes, 2, &err), 0);
	pthread_join(thread, NULL);
	close(server.fd);
	first = strtol(server.got, &end, 10);
	assert_int_equal(*end, ' ');
	assert_int_equal(strlen(end + 1 + first),
			 1 + (size_t)(end - server.got) + (size_t)first); /* the second */
	end[1 + first] = 0;
	check_message(end + 1, "1970-01-01T00:00:01.000000Z");
	assert_true(publish_syslog.send(&settings, notes, 1, &err) < 0); /* nobody there any more */
	assert_non_null(strstr(err.message, address));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_udp),
		cmocka_unit_test(test_tcp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
