/* SPDX-License-Identifier: Apache-2.0 */
/* What the server does with bodies: the caps, and the question asked before the first byte. */
#include "http/server.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define BODY_MAX 100000
#define MEMORY_MAX 150000

struct bench {
	struct http_server *server;
	struct sockaddr_in address;
	char text[4096]; /* the response read last */
	int status;
};

static void handle(void *context, struct http_request *request, struct http_response *response)
{
	(void)context;
	buf_printf(&response->body, "%zu bytes", request->body.len);
}

static bool admit(void *context, struct http_request *request, struct http_response *response)
{
	(void)context;
	if (!http_header(request, "X-Unwanted"))
		return true;
	http_reply_text(response, 403, "unwanted");
	return false;
}

static void refuse(void *context, struct http_request *request, struct http_response *response)
{
	(void)context;
	assert_int_equal(request->body.len, 0);
	if (!http_header(request, "X-Polite"))
		return;
	http_set_header(response, "X-Refused", request->path);
	buf_add_str(&response->body, STR("sorry"));
}

static void setup_with(struct bench *bench, struct http_options *options, http_handler *handler)
{
	socklen_t size = sizeof(bench->address);

	*bench = (struct bench){0};
	options->listen_fd = http_listen("127.0.0.1:0", NULL);
	assert_true(options->listen_fd >= 0);
	assert_int_equal(getsockname(options->listen_fd, (struct sockaddr *)&bench->address, &size), 0);
	assert_int_equal(http_server_start(options, handler, NULL, &bench->server, NULL), 0);
}

static void setup(struct bench *bench)
{
	struct http_options options = {
		.body_max = BODY_MAX, .memory_max = MEMORY_MAX, .admit = admit, .refuse = refuse};

	setup_with(bench, &options, handle);
}

/* Sends a head and the first bytes of its body. */
static int begin(struct bench *bench, const char *headers, size_t body, size_t sent)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct buf text = {0};

	assert_int_equal(connect(fd, (struct sockaddr *)&bench->address, sizeof(bench->address)), 0);
	buf_printf(&text, "POST / HTTP/1.1\r\nHost: test\r\n%sContent-Length: %zu\r\n\r\n", headers, body);
	if (sent)
		buf_printf(&text, "%0*d", (int)sent, 0);
	assert_int_equal(send(fd, text.ptr, text.len, MSG_NOSIGNAL), text.len);
	buf_done(&text);
	return fd;
}

static void read_response(struct bench *bench, int fd)
{
	size_t len = 0;

	do {
		ssize_t n = recv(fd, bench->text + len, sizeof(bench->text) - 1 - len, 0);

		assert_true(n > 0);
		len += (size_t)n;
		bench->text[len] = 0;
	} while (!strstr(bench->text, "\r\n\r\n"));
	assert_int_equal(sscanf(bench->text, "HTTP/1.1 %d", &bench->status), 1);
}

static void ask(struct bench *bench, const char *headers, size_t body)
{
	int fd = begin(bench, headers, body, body);

	read_response(bench, fd);
	close(fd);
}

static void test_the_largest_body(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	ask(&bench, "", BODY_MAX);
	assert_int_equal(bench.status, 200);
	do /* the first one's bytes count until its end, a moment after its answer */
		ask(&bench, "", BODY_MAX + 1);
	while (bench.status == 503);
	assert_int_equal(bench.status, 413);
	assert_null(strstr(bench.text, "X-Refused"));
	do
		ask(&bench, "X-Polite: yes\r\n", BODY_MAX + 1);
	while (bench.status == 503);
	assert_int_equal(bench.status, 413);
	assert_non_null(strstr(bench.text, "X-Refused: /\r\n"));
	ask(&bench, "X-Polite: yes\r\nContent-Encoding: lzw\r\n", 5);
	assert_int_equal(bench.status, 415);
	ask(&bench, "X-Polite: yes\r\nContent-Encoding: gzip\r\n", 5);
	assert_int_equal(bench.status, 400);
	assert_non_null(strstr(bench.text, "X-Refused: /\r\n"));
	http_server_stop(bench.server);
}

/* One body is half there; a second does not fit beside it, and does once the first is gone. */
static void test_all_bodies_together_are_capped(void **state)
{
	struct bench bench;
	int first;

	(void)state;
	setup(&bench);
	first = begin(&bench, "", BODY_MAX, 90000);
	do /* until the first one's bytes are in */
		ask(&bench, "", 90000);
	while (bench.status == 200);
	assert_int_equal(bench.status, 503);
	assert_non_null(strstr(bench.text, "Retry-After: 1\r\n"));
	ask(&bench, "", 30000);
	assert_int_equal(bench.status, 200);
	close(first);
	do
		ask(&bench, "", 90000);
	while (bench.status == 503);
	assert_int_equal(bench.status, 200);
	http_server_stop(bench.server);
}

static void test_a_refused_request_needs_no_body(void **state)
{
	struct bench bench;
	int fd;

	(void)state;
	setup(&bench);
	fd = begin(&bench, "X-Unwanted: yes\r\n", BODY_MAX, 1);
	read_response(&bench, fd);
	assert_int_equal(bench.status, 403);
	close(fd);
	ask(&bench, "", 10);
	assert_int_equal(bench.status, 200);
	http_server_stop(bench.server);
}

#define MEBIBYTE (1024u * 1024)

/* The body's length, its first byte if all are the same, and whether the file holds just that. */
static void describe(void *context, struct http_request *request, struct http_response *response)
{
	const struct str body = request->body;
	char *copy = malloc(body.len + 1);
	const char *file = request->body_file < 0 ? "none"
			   : pread(request->body_file, copy, body.len + 1, 0) == (ssize_t)body.len &&
					   memcmp(copy, body.ptr, body.len) == 0
				   ? "same"
				   : "other";

	(void)context;
	free(copy);
	buf_printf(&response->body, "\r\n\r\n%zu %c %s.", body.len,
		   memcmp(body.ptr, body.ptr + 1, body.len - 1) == 0 ? body.ptr[0] : '?', file);
}

static void assert_described(struct bench *bench, char byte, size_t len, const char *file)
{
	char expected[64], *text = malloc(len);
	int fd = begin(bench, "", len, 0);

	memset(text, byte, len);
	for (size_t sent = 0; sent < len;) {
		ssize_t n = send(fd, text + sent, len - sent, MSG_NOSIGNAL);

		assert_true(n > 0);
		sent += (size_t)n;
	}
	free(text);
	snprintf(expected, sizeof(expected), "%zu %c %s.", len, byte, file);
	read_response(bench, fd);
	if (!strstr(bench->text, expected))
		fail_msg("%s is not in: %s", expected, bench->text);
	close(fd);
}

/* The second large body is shorter than the first, whose file it may get. */
static void test_large_bodies_in_files(void **state)
{
	struct http_options options = {.body_max = 8 * MEBIBYTE, .body_files = true};
	struct bench bench;

	(void)state;
	setup_with(&bench, &options, describe);
	assert_described(&bench, 'a', MEBIBYTE, "none");
	assert_described(&bench, 'b', 5 * MEBIBYTE + 1, "same");
	for (unsigned i = 0; i < 5; i++)
		assert_described(&bench, (char)('c' + i), (i + 1) * MEBIBYTE + 7, "same");
	http_server_stop(bench.server);
	options.body_files = false;
	setup_with(&bench, &options, describe);
	assert_described(&bench, 'a', 5 * MEBIBYTE, "none");
	http_server_stop(bench.server);
}

static int family, port; /* of the address that was resolved */

static int take_address(const struct addrinfo *info)
{
	family = info->ai_family;
	port = ntohs(family == AF_INET ? ((const struct sockaddr_in *)info->ai_addr)->sin_port
				       : ((const struct sockaddr_in6 *)info->ai_addr)->sin6_port);
	return 7;
}

static int refuse_address(const struct addrinfo *info)
{
	(void)info;
	return -EADDRINUSE;
}

struct traffic {
	struct sockaddr_in address;
	atomic_bool over;
};

/* Asks and asks, over connections that end. */
static void *keep_asking(void *context)
{
	struct traffic *traffic = context;
	static const char request[] = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
	char answer[512];

	while (!atomic_load(&traffic->over)) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (connect(fd, (struct sockaddr *)&traffic->address, sizeof(traffic->address)) == 0)
			while (send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) > 0 &&
			       recv(fd, answer, sizeof(answer), 0) > 0 && !atomic_load(&traffic->over))
				;
		close(fd);
	}
	return NULL;
}

/* The threads of a server that is stopped may wake up at any moment of it. */
static void test_stops_under_traffic(void **state)
{
	pthread_t threads[8];

	(void)state;
	for (int round = 0; round < 100; round++) {
		struct http_options options = {.body_max = BODY_MAX, .threads = 4};
		struct traffic traffic = {0};
		struct bench bench;

		setup_with(&bench, &options, handle);
		traffic.address = bench.address;
		for (size_t i = 0; i < 8; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, keep_asking, &traffic), 0);
		usleep(1000 + round * 10);
		http_server_stop(bench.server);
		atomic_store(&traffic.over, true);
		for (size_t i = 0; i < 8; i++)
			pthread_join(threads[i], NULL);
	}
}

static void test_addresses(void **state)
{
	static const struct {
		const char *address;
		int result, family, port;
	} cases[] = {
		{"127.0.0.1:80", 7, AF_INET, 80}, {"[::1]:81", 7, AF_INET6, 81},
		{":82", 7, AF_INET6, 82},         {"80", ERR_SYNTAX, 0, 0},
		{"host:", ERR_SYNTAX, 0, 0},      {"127.0.0.1:http", ERR_UNKNOWN, 0, 0},
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		family = port = 0;
		assert_int_equal(http_open_address(cases[i].address, SOCK_STREAM, take_address, &err),
				 cases[i].result);
		assert_int_equal(family, cases[i].family);
		assert_int_equal(port, cases[i].port);
	}
	assert_int_equal(http_open_address("127.0.0.1:80", SOCK_DGRAM, refuse_address, &err), -EADDRINUSE);
	assert_non_null(strstr(err.message, "UDP 127.0.0.1:80"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_largest_body),
		cmocka_unit_test(test_all_bodies_together_are_capped),
		cmocka_unit_test(test_a_refused_request_needs_no_body),
		cmocka_unit_test(test_large_bodies_in_files),
		cmocka_unit_test(test_stops_under_traffic),
		cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
