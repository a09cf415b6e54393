/* SPDX-License-Identifier: Apache-2.0 */
/* The flow listener: nothing is lost while the sink refuses, and templates outlive it. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "collect/collect.h"
#include "memory_sink.h"

#define RECORDS 20
#define DATAGRAMS 300 /* more than a batch, and more records than are offered at once */

struct bench {
	struct memory_sink sink;
	struct collect *collect;
	struct sockaddr_in address;
	char state[64];
	int fd;
};

static void start(struct bench *bench)
{
	struct collect_options options = {.syslog_udp = -1,
					  .syslog_tcp = -1,
					  .syslog_tls = -1,
					  .http = -1,
					  .http_unix = -1,
					  .snmp_trap = -1,
					  .sflow = -1,
					  .flow_state = bench->state};
	struct collect_sink sink = memory_sink_interface(&bench->sink);
	socklen_t size = sizeof(bench->address);
	struct err err = {0};

	options.flow = collect_bind_udp("127.0.0.1:0", NULL);
	assert_true(options.flow >= 0);
	getsockname(options.flow, (struct sockaddr *)&bench->address, &size);
	assert_int_equal(collect_start(&options, &sink, &bench->collect, &err), 0);
}

static void setup(struct bench *bench)
{
	*bench = (struct bench){.fd = socket(AF_INET, SOCK_DGRAM, 0)};
	snprintf(bench->state, sizeof(bench->state), "/tmp/test_flow.%d", getpid());
	memory_sink_init(&bench->sink);
	start(bench);
}

static void done(struct bench *bench)
{
	collect_stop(bench->collect, NULL);
	memory_sink_done(&bench->sink);
	unlink(bench->state);
	close(bench->fd);
}

static uint8_t *add(uint8_t *at, uint64_t value, size_t len)
{
	while (len--)
		*at++ = (uint8_t)(value >> (8 * len));
	return at;
}

/* NetFlow 9 of source 7: template 256 (octets, in four bytes), or records with these octets. */
static void send_message(const struct bench *bench, uint32_t number, bool template, uint32_t octets)
{
	uint8_t message[256], *at = message;

	at = add(at, 0x00090001, 4);
	at = add(at, 1000, 4);
	at = add(at, 1700000000, 4);
	at = add(at, number, 4);
	at = add(at, 7, 4);
	if (template)
		at = add(add(at, 12, 4), 0x0100000100010004, 8);
	else
		at = add(at, (256u << 16) + 4 + 4 * RECORDS, 4);
	for (unsigned i = 0; !template && i < RECORDS; i++)
		at = add(at, octets + i, 4);
	assert_int_equal(sendto(bench->fd, message, (size_t)(at - message), 0,
				(const struct sockaddr *)&bench->address, sizeof(bench->address)),
			 at - message);
}

static void check_record(struct bench *bench, size_t index)
{
	struct collect_record record = memory_sink_record(&bench->sink, index);
	char expected[64];

	snprintf(expected, sizeof(expected), ",\"octetDeltaCount\":%zu}", index);
	assert_true(str_ends(record.bytes, str_from(expected)));
	assert_int_equal(record.listener, LISTENER_FLOW);
	assert_memory_equal(record.peer, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\1", 16);
}

static void test_refusal_loses_nothing(void **state)
{
	struct bench bench;
	struct collect_stats stats;

	(void)state;
	setup(&bench);
	memory_sink_refuse(&bench.sink, -ENOSPC);
	send_message(&bench, 0, true, 0);
	for (uint32_t i = 0; i < DATAGRAMS; i++)
		send_message(&bench, 1 + i, false, i * RECORDS);
	do
		collect_stats(bench.collect, &stats);
	while (!stats.values[LISTENER_FLOW][COLLECT_REFUSED] && usleep(1000) == 0);
	memory_sink_refuse(&bench.sink, 0);
	for (size_t i = 0; i < (size_t)DATAGRAMS * RECORDS; i++)
		check_record(&bench, i);
	collect_stats(bench.collect, &stats);
	assert_int_equal(stats.values[LISTENER_FLOW][COLLECT_RECEIVED], DATAGRAMS + 1);
	assert_int_equal(stats.values[LISTENER_FLOW][COLLECT_FLOW_LOST], 0);
	assert_int_equal(stats.values[LISTENER_FLOW][COLLECT_MALFORMED], 0);
	done(&bench);
}

static void test_templates_outlive_a_stop(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	send_message(&bench, 0, true, 0);
	send_message(&bench, 1, false, 0);
	check_record(&bench, RECORDS - 1);
	collect_stop(bench.collect, NULL);
	start(&bench);
	send_message(&bench, 2, false, RECORDS);
	check_record(&bench, 2 * RECORDS - 1);
	done(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusal_loses_nothing),
		cmocka_unit_test(test_templates_outlive_a_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
