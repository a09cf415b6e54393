/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_HTTP_BENCH_H
#define TEST_HTTP_BENCH_H
/* A collector with its HTTP sockets, and a client for it; the test says when the sink takes and what is
 * durable. */
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "collect/collect.h"
#include "http/server.h"
#include "memory_sink.h"

#define QUIET_MS 50 /* how long an answer that must not come is waited for */

static const char *const tokens[] = {"the-only-token"};
#define AUTHORIZED "Authorization: Bearer the-only-token\r\n"

struct bench {
	struct memory_sink sink;
	struct collect *collect;
	struct sockaddr_in http;
	char path[64];
	struct buf text; /* the response read last */
	int status;
};

static inline void setup(struct bench *bench)
{
	struct collect_options options = {.syslog_udp = -1,
					  .syslog_tcp = -1,
					  .syslog_tls = -1,
					  .flow = -1,
					  .sflow = -1,
					  .snmp_trap = -1,
					  .tokens = tokens,
					  .token_count = 1};
	socklen_t size = sizeof(bench->http);
	struct collect_sink sink;
	char address[80];

	*bench = (struct bench){0};
	memory_sink_init(&bench->sink);
	sink = memory_sink_interface(&bench->sink);
	snprintf(bench->path, sizeof(bench->path), "/tmp/test_http.%d", getpid());
	snprintf(address, sizeof(address), "unix:%s", bench->path);
	options.http = http_listen("127.0.0.1:0", NULL);
	options.http_unix = http_listen(address, NULL);
	assert_true(options.http >= 0 && options.http_unix >= 0);
	assert_int_equal(getsockname(options.http, (struct sockaddr *)&bench->http, &size), 0);
	assert_int_equal(collect_start(&options, &sink, &bench->collect, NULL), 0);
}

static inline void teardown(struct bench *bench)
{
	collect_stop(bench->collect, NULL);
	memory_sink_done(&bench->sink);
	buf_done(&bench->text);
	unlink(bench->path);
}

static inline int connect_http(struct bench *bench)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&bench->http, sizeof(bench->http)), 0);
	return fd;
}

static inline int connect_local(struct bench *bench)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", bench->path);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static inline void send_request(int fd, const char *line, const char *headers, struct str body)
{
	struct buf text = {0};

	buf_printf(&text, "%s HTTP/1.1\r\nHost: test\r\n%sContent-Length: %zu\r\n\r\n", line, headers,
		   body.len);
	buf_add_str(&text, body);
	for (size_t sent = 0; sent < text.len;) {
		ssize_t n = send(fd, text.ptr + sent, text.len - sent, MSG_NOSIGNAL);

		assert_true(n > 0);
		sent += (size_t)n;
	}
	buf_done(&text);
}

static inline bool is_whole(const char *text, size_t len)
{
	const char *end = strstr(text, "\r\n\r\n"), *header = strcasestr(text, "content-length:");

	return end && header && len >= (size_t)(end + 4 - text) + strtoul(header + 15, NULL, 10);
}

static inline void read_response(struct bench *bench, int fd)
{
	ssize_t n;

	buf_clear(&bench->text);
	while (!is_whole(buf_cstr(&bench->text), bench->text.len)) {
		n = recv(fd, buf_reserve(&bench->text, 65536), 65535, 0);
		assert_true(n > 0);
		bench->text.len += (size_t)n;
	}
	assert_int_equal(sscanf(bench->text.ptr, "HTTP/1.1 %d", &bench->status), 1);
}

static inline bool has(struct bench *bench, const char *part)
{
	return strstr(buf_cstr(&bench->text), part) != NULL;
}

static inline bool is_answered(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	return poll(&poll_fd, 1, QUIET_MS) > 0;
}

static inline void make_durable(struct bench *bench, uint64_t seq)
{
	memory_sink_set_durable(&bench->sink, seq);
	collect_durable(bench->collect, seq, 0);
}

/* A request on a connection of its own, whose records are durable at once. */
static inline void ask(struct bench *bench, const char *line, const char *headers, struct str body)
{
	int fd = connect_http(bench);

	memory_sink_set_durable(&bench->sink, UINT64_MAX);
	send_request(fd, line, headers, body);
	read_response(bench, fd);
	close(fd);
}

#endif
