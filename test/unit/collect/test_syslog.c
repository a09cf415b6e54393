/* SPDX-License-Identifier: Apache-2.0 */
/* The syslog listeners over real sockets, from collect_start() to the sink. */
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "collect/collect.h"
#include "event/ip.h"
#include "http/server.h"
#include "memory_sink.h"

struct bench {
	struct memory_sink sink;
	struct collect *collect;
	struct sockaddr_storage udp, tcp;
	struct collect_stats stats;
};

static struct sockaddr_storage address_of(int fd)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof(address);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	return address;
}

static void setup(struct bench *bench, const char *host, struct collect_options options)
{
	struct collect_sink sink;

	*bench = (struct bench){0};
	memory_sink_init(&bench->sink);
	options.http = options.http_unix = options.syslog_tls = options.snmp_trap = options.flow =
		options.sflow = -1;
	options.syslog_udp = collect_bind_udp(host, NULL);
	options.syslog_tcp = http_listen(host, NULL);
	assert_true(options.syslog_udp >= 0 && options.syslog_tcp >= 0);
	bench->udp = address_of(options.syslog_udp);
	bench->tcp = address_of(options.syslog_tcp);
	sink = memory_sink_interface(&bench->sink);
	assert_int_equal(collect_start(&options, &sink, &bench->collect, NULL), 0);
}

static void teardown(struct bench *bench)
{
	collect_stop(bench->collect, NULL);
	memory_sink_done(&bench->sink);
}

static int connect_to(const struct sockaddr_storage *address, int type)
{
	int fd = socket(address->ss_family, type, 0);

	assert_int_equal(connect(fd, (const struct sockaddr *)address, sizeof(*address)), 0);
	return fd;
}

static void send_all(int fd, struct str bytes)
{
	assert_int_equal(send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL), bytes.len);
}

static void assert_record(struct bench *bench, size_t index, struct str bytes, unsigned flags)
{
	struct collect_record record = memory_sink_record(&bench->sink, index);

	assert_true(str_eq(record.bytes, bytes));
	assert_int_equal(record.flags, flags);
}

static void assert_peer(struct bench *bench, size_t index, enum listener_id listener, const char *peer)
{
	struct collect_record record = memory_sink_record(&bench->sink, index);
	char text[IP_TEXT_SIZE];

	ip_format(record.peer, text);
	assert_string_equal(text, peer);
	assert_int_equal(record.listener, listener);
}

static uint64_t counted(struct bench *bench, enum listener_id listener, enum collect_counter counter)
{
	collect_stats(bench->collect, &bench->stats);
	return bench->stats.values[listener][counter];
}

/* Counters follow what they count, so an expected value is waited for, ten seconds at most. */
static void assert_counted(struct bench *bench, enum listener_id listener, enum collect_counter counter,
			   uint64_t expected)
{
	for (int i = 0; i < 10000 && counted(bench, listener, counter) != expected; i++)
		usleep(1000);
	assert_int_equal(counted(bench, listener, counter), expected);
}

/* True once the far end has closed. */
static bool is_closed(int fd)
{
	char byte;

	return recv(fd, &byte, 1, 0) <= 0;
}

static void test_datagrams(void **state)
{
	struct bench bench;
	int fd;

	(void)state;
	setup(&bench, "127.0.0.1:0", (struct collect_options){.syslog_message_max = 10});
	fd = connect_to(&bench.udp, SOCK_DGRAM);
	send_all(fd, STR("<13>one"));
	send_all(fd, STR("\n"));
	send_all(fd, STR("<13>two\r\n\0"));
	send_all(fd, STR("<13>three is long"));
	assert_record(&bench, 0, STR("<13>one"), 0);
	assert_record(&bench, 1, STR("<13>two"), 0);
	assert_record(&bench, 2, STR("<13>three "), COLLECT_TRUNCATED);
	assert_peer(&bench, 0, LISTENER_SYSLOG_UDP, "127.0.0.1");
	assert_counted(&bench, LISTENER_SYSLOG_UDP, COLLECT_RECEIVED, 4);
	assert_counted(&bench, LISTENER_SYSLOG_UDP, COLLECT_MALFORMED, 1);
	assert_counted(&bench, LISTENER_SYSLOG_UDP, COLLECT_TRUNCATED_COUNT, 1);
	close(fd);
	teardown(&bench);
}

static void test_refused_datagrams_are_offered_again(void **state)
{
	struct bench bench;
	char text[16];
	int fd;

	(void)state;
	setup(&bench, "127.0.0.1:0", (struct collect_options){0});
	memory_sink_refuse(&bench.sink, -ENOSPC);
	fd = connect_to(&bench.udp, SOCK_DGRAM);
	for (int i = 0; i < 1000; i++)
		send_all(fd, str_of(text, (size_t)snprintf(text, sizeof(text), "%d", i)));
	assert_true(memory_sink_wait_refused(&bench.sink, 3));
	memory_sink_refuse(&bench.sink, 0);
	for (size_t i = 0; i < 1000; i++)
		assert_record(&bench, i, str_of(text, (size_t)snprintf(text, sizeof(text), "%zu", i)), 0);
	assert_counted(&bench, LISTENER_SYSLOG_UDP, COLLECT_ACCEPTED, 1000);
	assert_true(counted(&bench, LISTENER_SYSLOG_UDP, COLLECT_REFUSED) >= 2);
	assert_counted(&bench, LISTENER_SYSLOG_UDP, COLLECT_DROPPED, 0);
	close(fd);
	teardown(&bench);
}

/* What the kernel dropped and what came through are all that was sent. */
static void test_kernel_drops_are_counted(void **state)
{
	const int sent = 2000, size = 1;
	struct bench bench;
	uint64_t dropped, accepted;
	struct collect_options options = {.syslog_tcp = -1,
					  .syslog_tls = -1,
					  .snmp_trap = -1,
					  .http = -1,
					  .http_unix = -1,
					  .flow = -1,
					  .sflow = -1};
	struct collect_sink sink;
	int fd;

	(void)state;
	bench = (struct bench){0};
	memory_sink_init(&bench.sink);
	options.syslog_udp = collect_bind_udp("127.0.0.1:0", NULL);
	setsockopt(options.syslog_udp, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	bench.udp = address_of(options.syslog_udp);
	fd = connect_to(&bench.udp, SOCK_DGRAM);
	for (int i = 0; i < sent; i++)
		send_all(fd, STR("<13>a message among many"));
	sink = memory_sink_interface(&bench.sink);
	assert_int_equal(collect_start(&options, &sink, &bench.collect, NULL), 0);
	assert_true(memory_sink_wait(&bench.sink, 1));
	do {
		dropped = counted(&bench, LISTENER_SYSLOG_UDP, COLLECT_DROPPED);
		accepted = counted(&bench, LISTENER_SYSLOG_UDP, COLLECT_ACCEPTED);
		usleep(1000);
	} while (dropped + accepted < (uint64_t)sent);
	assert_int_equal(dropped + accepted, sent);
	assert_true(dropped > 0);
	close(fd);
	teardown(&bench);
}

static void test_both_families_on_one_socket(void **state)
{
	struct bench bench;
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_storage address = {0};
	int four, six;

	(void)state;
	setup(&bench, ":0", (struct collect_options){0});
	v4.sin_port = ((struct sockaddr_in6 *)&bench.tcp)->sin6_port;
	memcpy(&address, &v4, sizeof(v4));
	four = connect_to(&address, SOCK_STREAM);
	send_all(four, STR("<13>four\n"));
	assert_peer(&bench, 0, LISTENER_SYSLOG_TCP, "127.0.0.1");
	((struct sockaddr_in6 *)&bench.tcp)->sin6_addr = in6addr_loopback;
	six = connect_to(&bench.tcp, SOCK_STREAM);
	send_all(six, STR("<13>six\n"));
	assert_peer(&bench, 1, LISTENER_SYSLOG_TCP, "::1");
	close(four);
	close(six);
	teardown(&bench);
}

static void test_a_stream_in_pieces(void **state)
{
	struct bench bench;
	int fd;

	(void)state;
	setup(&bench, "127.0.0.1:0", (struct collect_options){0});
	fd = connect_to(&bench.tcp, SOCK_STREAM);
	send_all(fd, STR("<13>one\n7 <1"));
	assert_record(&bench, 0, STR("<13>one"), 0);
	send_all(fd, STR("3>two<13>thr"));
	assert_record(&bench, 1, STR("<13>two"), 0);
	send_all(fd, STR("ee"));
	close(fd);
	assert_record(&bench, 2, STR("<13>three"), 0);
	assert_counted(&bench, LISTENER_SYSLOG_TCP, COLLECT_CONNECTIONS, 1);
	teardown(&bench);
}

static void test_bad_counts_close_with_a_reason(void **state)
{
	struct bench bench;
	int fd;

	(void)state;
	setup(&bench, "127.0.0.1:0", (struct collect_options){0});
	fd = connect_to(&bench.tcp, SOCK_STREAM);
	send_all(fd, STR("4 <1>a999999999 <1>"));
	assert_true(is_closed(fd));
	close(fd);
	assert_record(&bench, 0, STR("<1>a"), 0);
	assert_counted(&bench, LISTENER_SYSLOG_TCP, COLLECT_CLOSED_OVERSIZED, 1);
	fd = connect_to(&bench.tcp, SOCK_STREAM);
	send_all(fd, STR("4 <1>bcdefg"));
	assert_true(is_closed(fd));
	close(fd);
	assert_record(&bench, 1, STR("<1>b"), 0);
	assert_counted(&bench, LISTENER_SYSLOG_TCP, COLLECT_CLOSED_INVALID, 1);
	assert_counted(&bench, LISTENER_SYSLOG_TCP, COLLECT_OPEN, 0);
	teardown(&bench);
}

#define STREAM_LINES 200000

/* Writes until the far end no longer takes it; then the sink takes again and all must arrive, in order. */
static void test_a_refusing_sink_stalls_the_stream(void **state)
{
	struct bench bench;
	struct buf stream = {0};
	size_t sent = 0;
	ssize_t n;
	int fd;

	(void)state;
	setup(&bench, "127.0.0.1:0", (struct collect_options){0});
	for (int i = 0; i < STREAM_LINES; i++)
		buf_printf(&stream, "<13>message number %d, made long so that socket buffers fill up\n", i);
	memory_sink_refuse(&bench.sink, -ENOSPC);
	fd = connect_to(&bench.tcp, SOCK_STREAM);
	send_all(fd, STR("<13>first\n"));
	assert_true(memory_sink_wait_refused(&bench.sink, 1));
	do {
		n = send(fd, stream.ptr + sent, stream.len - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
		sent += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	assert_true(sent < stream.len); /* the window is closed: the sender waits */
	assert_int_equal(bench.sink.records.len, 0);
	memory_sink_refuse(&bench.sink, 0);
	send_all(fd, str_from_offset(buf_str(&stream), sent));
	close(fd);
	assert_true(memory_sink_wait(&bench.sink, STREAM_LINES + 1));
	for (size_t i = 0, at = 0; i < STREAM_LINES; i++) {
		struct str line = bench.sink.records.items[i + 1].bytes;

		assert_memory_equal(line.ptr, stream.ptr + at, line.len);
		at += line.len + 1;
	}
	buf_done(&stream);
	teardown(&bench);
}

/* The sender goes away while the sink refuses: what it sent is kept and delivered. */
static void test_a_stalled_connection_survives_its_peer(void **state)
{
	struct bench bench;
	int fds[40];

	(void)state;
	setup(&bench, "127.0.0.1:0", (struct collect_options){0});
	memory_sink_refuse(&bench.sink, -ENOSPC);
	for (int i = 0; i < 40; i++) {
		fds[i] = connect_to(&bench.tcp, SOCK_STREAM);
		send_all(fds[i], STR("7 <13>one<13>unfinished"));
		close(fds[i]);
	}
	assert_true(memory_sink_wait_refused(&bench.sink, 5));
	memory_sink_refuse(&bench.sink, 0);
	assert_true(memory_sink_wait(&bench.sink, 80));
	teardown(&bench);
}

static void test_connections_over_the_cap_are_turned_away(void **state)
{
	struct bench bench;
	int first, second;

	(void)state;
	setup(&bench, "127.0.0.1:0", (struct collect_options){.syslog_connections = 1});
	first = connect_to(&bench.tcp, SOCK_STREAM);
	send_all(first, STR("<13>here\n"));
	assert_record(&bench, 0, STR("<13>here"), 0);
	second = connect_to(&bench.tcp, SOCK_STREAM);
	assert_true(is_closed(second));
	assert_counted(&bench, LISTENER_SYSLOG_TCP, COLLECT_TURNED_AWAY, 1);
	send_all(first, STR("<13>still\n"));
	assert_record(&bench, 1, STR("<13>still"), 0);
	close(first);
	close(second);
	teardown(&bench);
}

static void test_a_silent_connection_is_closed(void **state)
{
	struct bench bench;
	int fd;

	(void)state;
	setup(&bench, "127.0.0.1:0", (struct collect_options){.syslog_idle = 1});
	fd = connect_to(&bench.tcp, SOCK_STREAM);
	assert_true(is_closed(fd));
	assert_counted(&bench, LISTENER_SYSLOG_TCP, COLLECT_CLOSED_IDLE, 1);
	close(fd);
	teardown(&bench);
}

/* Two messages wait on a connection and one datagram in the batch when the end comes. */
static void stop_while_refusing(bool takes_at_last, struct collect_stats *ret_stats)
{
	struct bench bench;
	int tcp, udp;

	setup(&bench, "127.0.0.1:0", (struct collect_options){0});
	memory_sink_refuse(&bench.sink, -ENOSPC);
	tcp = connect_to(&bench.tcp, SOCK_STREAM);
	send_all(tcp, STR("<13>one\n<13>two\n<13>unfinished"));
	assert_true(memory_sink_wait_refused(&bench.sink, 1));
	udp = connect_to(&bench.udp, SOCK_DGRAM);
	send_all(udp, STR("<13>three"));
	while (counted(&bench, LISTENER_SYSLOG_UDP, COLLECT_REFUSED) == 0)
		usleep(1000);
	if (takes_at_last)
		memory_sink_refuse(&bench.sink, 0);
	collect_stop(bench.collect, ret_stats);
	bench.collect = NULL;
	close(tcp);
	close(udp);
	teardown(&bench);
}

static void test_a_stop_offers_once_more_and_counts_what_is_lost(void **state)
{
	struct collect_stats stats;

	(void)state;
	stop_while_refusing(true, &stats);
	assert_int_equal(stats.values[LISTENER_SYSLOG_TCP][COLLECT_ACCEPTED], 2);
	assert_int_equal(stats.values[LISTENER_SYSLOG_UDP][COLLECT_ACCEPTED], 1);
	assert_int_equal(stats.values[LISTENER_SYSLOG_TCP][COLLECT_DROPPED], 0);
	stop_while_refusing(false, &stats);
	assert_int_equal(stats.values[LISTENER_SYSLOG_TCP][COLLECT_ACCEPTED], 0);
	assert_int_equal(stats.values[LISTENER_SYSLOG_TCP][COLLECT_DROPPED], 2);
	assert_int_equal(stats.values[LISTENER_SYSLOG_UDP][COLLECT_DROPPED], 1);
	assert_int_equal(stats.values[LISTENER_SYSLOG_TCP][COLLECT_OPEN], 0);
}

/* The senders believe delivered what the kernel took; a stop reads it. */
static void test_a_stop_reads_what_the_kernel_has(void **state)
{
	struct collect_stats stats;
	struct buf stream = {0};
	struct bench bench;
	int tcp, udp;

	(void)state;
	setup(&bench, "127.0.0.1:0", (struct collect_options){0});
	for (int i = 0; i < 1000; i++)
		buf_printf(&stream, "<13>message %d %0100d\n", i, i);
	tcp = connect_to(&bench.tcp, SOCK_STREAM);
	send_all(tcp, STR("<13>accepted\n"));
	assert_record(&bench, 0, STR("<13>accepted"), 0);
	memory_sink_refuse(&bench.sink, -ENOSPC);
	send_all(tcp, STR("<13>refused\n"));
	assert_true(memory_sink_wait_refused(&bench.sink, 1));
	send_all(tcp, buf_str(&stream));
	udp = connect_to(&bench.udp, SOCK_DGRAM);
	for (int i = 0; i < 1000; i++)
		send_all(udp, STR("<13>datagram"));
	memory_sink_refuse(&bench.sink, 0);
	collect_stop(bench.collect, &stats);
	bench.collect = NULL;
	assert_int_equal(stats.values[LISTENER_SYSLOG_TCP][COLLECT_ACCEPTED], 1002);
	assert_int_equal(stats.values[LISTENER_SYSLOG_UDP][COLLECT_ACCEPTED], 1000);
	buf_done(&stream);
	close(tcp);
	close(udp);
	teardown(&bench);
}

static void test_addresses_that_do_not_work(void **state)
{
	struct err err = {0};

	(void)state;
	assert_true(collect_bind_udp("no port", &err) < 0);
	assert_non_null(strstr(err.message, "host:port"));
	assert_int_equal(collect_bind_udp("192.0.2.1:5514", &err), -EADDRNOTAVAIL);
	assert_non_null(strstr(err.message, "192.0.2.1:5514"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_refused_datagrams_are_offered_again),
		cmocka_unit_test(test_kernel_drops_are_counted),
		cmocka_unit_test(test_both_families_on_one_socket),
		cmocka_unit_test(test_a_stream_in_pieces),
		cmocka_unit_test(test_bad_counts_close_with_a_reason),
		cmocka_unit_test(test_a_refusing_sink_stalls_the_stream),
		cmocka_unit_test(test_a_stalled_connection_survives_its_peer),
		cmocka_unit_test(test_connections_over_the_cap_are_turned_away),
		cmocka_unit_test(test_a_silent_connection_is_closed),
		cmocka_unit_test(test_a_stop_offers_once_more_and_counts_what_is_lost),
		cmocka_unit_test(test_a_stop_reads_what_the_kernel_has),
		cmocka_unit_test(test_addresses_that_do_not_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
