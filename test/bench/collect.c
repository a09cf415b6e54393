/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many messages a second the collectors take: framing and bulk parsing alone,
 * then UDP and TCP over loopback sockets into a sink that only counts. The sender
 * shares the machine, so the socket figures are a lower bound.
 *
 *   bench_collect [MESSAGES]
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "collect/bulk.h"
#include "collect/collect.h"
#include "collect/framing.h"
#include "http/server.h"
#include "memory_sink.h"

#define MESSAGES_DEFAULT 1000000
#define UDP_AT_ONCE 64

static const char message[] =
	"<38>1 2026-03-01T08:00:00.123456Z gate01 sshd 4242 - - Failed password for invalid user "
	"oracle from 203.0.113.77 port 52222 ssh2";
#define MESSAGE_LEN (sizeof(message) - 1)

static void report(const char *what, size_t messages, size_t bytes, int64_t time)
{
	double seconds = (double)time / CLOCK_SECOND;

	printf("%-28s %10.0f messages/s %8.1f MB/s\n", what, (double)messages / seconds,
	       (double)bytes / seconds / 1e6);
}

static void make_stream(struct buf *stream, size_t messages, bool counted)
{
	buf_clear(stream);
	for (size_t i = 0; i < messages; i++) {
		if (counted)
			buf_printf(stream, "%zu %s", MESSAGE_LEN, message);
		else
			buf_printf(stream, "%s\n", message);
	}
}

static void bench_framing(const char *what, struct str stream)
{
	int64_t begun = clock_monotonic();
	size_t used, at = 0, messages = 0;
	struct framing framing;
	struct frame frame;

	framing_init(&framing, 65536);
	while (framing_next(&framing, str_from_offset(stream, at), false, &used, &frame) == FRAMING_FRAME) {
		at += used;
		messages++;
	}
	report(what, messages, stream.len, clock_monotonic() - begun);
}

static void bench_bulk(size_t messages)
{
	struct json_parser *json = json_parser_new();
	struct arena *arena = arena_new(0);
	struct buf body = {0};
	struct bulk_item item;
	struct bulk bulk;
	int64_t begun;

	for (size_t i = 0; i < messages; i++)
		buf_printf(&body, "{\"create\":{\"_index\":\"wanglou-sshd\"}}\n{\"message\":\"%s\"}\n",
			   message);
	begun = clock_monotonic();
	bulk_init(&bulk, buf_str(&body), (struct str){0}, COLLECT_RECORD_MAX, json, arena);
	for (messages = 0; bulk_next(&bulk, &item); messages++)
		must(!item.error);
	report("bulk", messages, body.len, clock_monotonic() - begun);
	buf_done(&body);
	arena_free(arena);
	json_parser_free(json);
}

struct sender {
	int fd;
	struct str stream; /* TCP */
	size_t messages;   /* UDP */
};

static void *send_stream(void *context)
{
	struct sender *sender = context;
	ssize_t n;

	for (size_t sent = 0; sent < sender->stream.len; sent += (size_t)n) {
		n = send(sender->fd, sender->stream.ptr + sent, sender->stream.len - sent, 0);
		must(n > 0);
	}
	return NULL;
}

static void *send_datagrams(void *context)
{
	struct sender *sender = context;
	struct iovec part = {(void *)message, MESSAGE_LEN};
	struct mmsghdr headers[UDP_AT_ONCE] = {0};

	for (size_t i = 0; i < UDP_AT_ONCE; i++)
		headers[i].msg_hdr = (struct msghdr){.msg_iov = &part, .msg_iovlen = 1};
	for (size_t sent = 0; sent < sender->messages; sent += UDP_AT_ONCE)
		must(sendmmsg(sender->fd, headers, UDP_AT_ONCE, 0) == UDP_AT_ONCE);
	return NULL;
}

static int connect_like(int listener, int type)
{
	struct sockaddr_in address;
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, type, 0);

	must(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
	must(connect(fd, (struct sockaddr *)&address, size) == 0);
	return fd;
}

static void bench_socket(const char *what, struct sender sender, void *(*send)(void *), bool tcp)
{
	struct collect_options options = {.syslog_udp = -1,
					  .syslog_tcp = -1,
					  .syslog_tls = -1,
					  .snmp_trap = -1,
					  .http = -1,
					  .http_unix = -1,
					  .flow = -1,
					  .sflow = -1};
	enum listener_id listener = tcp ? LISTENER_SYSLOG_TCP : LISTENER_SYSLOG_UDP;
	struct collect_stats stats;
	struct memory_sink memory;
	struct collect_sink sink;
	struct collect *collect;
	pthread_t thread;
	int64_t begun;

	memory_sink_init(&memory);
	memory.forget = true;
	sink = memory_sink_interface(&memory);
	if (tcp)
		sender.fd = connect_like(options.syslog_tcp = http_listen("127.0.0.1:0", NULL), SOCK_STREAM);
	else
		sender.fd =
			connect_like(options.syslog_udp = collect_bind_udp("127.0.0.1:0", NULL), SOCK_DGRAM);
	must(collect_start(&options, &sink, &collect, NULL) == 0);
	begun = clock_monotonic();
	must(pthread_create(&thread, NULL, send, &sender) == 0);
	do {
		usleep(1000);
		collect_stats(collect, &stats);
	} while (stats.values[listener][COLLECT_ACCEPTED] + stats.values[listener][COLLECT_DROPPED] <
		 sender.messages);
	report(what, stats.values[listener][COLLECT_ACCEPTED], stats.values[listener][COLLECT_BYTES],
	       clock_monotonic() - begun);
	if (stats.values[listener][COLLECT_DROPPED])
		printf("%-28s %10" PRIu64 " dropped by the kernel\n", what,
		       stats.values[listener][COLLECT_DROPPED]);
	pthread_join(thread, NULL);
	collect_stop(collect, NULL);
	close(sender.fd);
	memory_sink_done(&memory);
}

int main(int argc, char **argv)
{
	size_t messages = argc > 1 ? strtoul(argv[1], NULL, 10) : MESSAGES_DEFAULT;
	struct buf stream = {0};

	messages = (messages + UDP_AT_ONCE - 1) / UDP_AT_ONCE * UDP_AT_ONCE;
	make_stream(&stream, messages, false);
	bench_framing("framing, lines", buf_str(&stream));
	bench_socket("TCP, lines", (struct sender){.stream = buf_str(&stream), .messages = messages},
		     send_stream, true);
	make_stream(&stream, messages, true);
	bench_framing("framing, counted", buf_str(&stream));
	bench_socket("TCP, counted", (struct sender){.stream = buf_str(&stream), .messages = messages},
		     send_stream, true);
	bench_socket("UDP", (struct sender){.messages = messages}, send_datagrams, false);
	bench_bulk(messages);
	buf_done(&stream);
	return 0;
}
