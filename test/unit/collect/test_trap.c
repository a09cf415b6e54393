/* SPDX-License-Identifier: Apache-2.0 */
/* SNMP notifications read alone, and over a real socket where an inform waits for its record to be durable.
   The datagrams of version 3 are what net-snmp's snmptrap sends for the users below. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "collect/collect.h"
#include "collect/snmp.h"
#include "memory_sink.h"

#define NOW 1780000000000000
#define QUIET_MS 50 /* how long an answer that must not come is waited for */

/* sysUpTime.0 = 1, snmpTrapOID.0 = linkDown, ifIndex.7 = 7; behind the PDU's tag and length */
#define VARIABLES                                                                                          \
	"\x30\x33\x30\x0d\x06\x08\x2b\x06\x01\x02\x01\x01\x03\x00\x43\x01\x01"                             \
	"\x30\x17\x06\x0a\x2b\x06\x01\x06\x03\x01\x01\x04\x01\x00\x06\x09\x2b\x06\x01\x06\x03\x01\x01\x05" \
	"\x03"                                                                                             \
	"\x30\x09\x06\x04\x2b\x06\x01\x07\x02\x01\x07"
#define BODY "\x02\x01\x09\x02\x01\x00\x02\x01\x00" VARIABLES
#define MESSAGE(tag)                   \
	"\x30\x4b\x02\x01\x01\x04\x06" \
	"public" tag "\x3e" BODY
#define LINE(type)                                                                                          \
	"{\"snmp\":{\"version\":\"v2c\",\"community\":\"core\",\"type\":\"" type "\",\"requestId\":9,"      \
	"\"uptime\":1,\"trapOid\":\"1.3.6.1.6.3.1.1.5.3\"},\"varbinds\":[{\"1.3.6.1\":{\"instance\":\"7\"," \
	"\"type\":\"INTEGER\",\"value\":7}}]}"

static const struct snmp_options access_options = {
	.communities = {"public core\n", 12},
	.users = {"full SHA auth-password AES priv-password\n", 41},
	.engine = {"test", 4},
	.now = NOW,
};

/* --- alone ------------------------------------------------------------------------------------------ */

struct reader {
	struct snmp *snmp;
	struct buf line, answer;
};

static void setup_reader(struct reader *reader)
{
	*reader = (struct reader){0};
	assert_int_equal(snmp_new(&access_options, &reader->snmp, NULL), 0);
}

static void teardown_reader(struct reader *reader)
{
	snmp_free(reader->snmp);
	buf_done(&reader->line);
	buf_done(&reader->answer);
}

static enum snmp_verdict read_one(struct reader *reader, struct str datagram, int64_t now)
{
	return snmp_read(reader->snmp, datagram, now, &reader->line, &reader->answer);
}

static void test_a_trap(void **state)
{
	struct reader reader;

	(void)state;
	setup_reader(&reader);
	assert_int_equal(read_one(&reader, STR(MESSAGE("\xa7")), NOW), SNMP_RECORD);
	assert_string_equal(buf_cstr(&reader.line), LINE("trap"));
	assert_int_equal(reader.answer.len, 0);
	assert_int_equal(read_one(&reader, STR(MESSAGE("\xa6")), NOW), SNMP_RECORD);
	assert_string_equal(buf_cstr(&reader.line), LINE("inform"));
	assert_true(str_eq(buf_str(&reader.answer), STR(MESSAGE("\xa2"))));
	assert_int_equal(read_one(&reader, STR(MESSAGE("\xa0")), NOW),
			 SNMP_MALFORMED); /* a question is none */
	teardown_reader(&reader);
}

static void test_what_is_cut_or_changed_is_no_record_of_it(void **state)
{
	char changed[sizeof(MESSAGE("\xa7"))];
	struct str whole = STR(MESSAGE("\xa7"));
	struct reader reader;

	(void)state;
	setup_reader(&reader);
	for (size_t len = 0; len < whole.len; len++)
		assert_int_equal(read_one(&reader, str_head(whole, len), NOW), SNMP_MALFORMED);
	for (size_t i = 7; i < 13; i++) { /* the community */
		memcpy(changed, whole.ptr, whole.len);
		changed[i] ^= 1;
		assert_int_equal(read_one(&reader, str_of(changed, whole.len), NOW), SNMP_REFUSED);
		assert_int_equal(reader.line.len, 0);
	}
	teardown_reader(&reader);
}

/* user full, authPriv with SHA and AES, engine 8000000001020304, boots 1, time 236489986 */
static const char secret_trap[] =
	"\x30\x81\xdc\x02\x01\x03\x30\x11\x02\x04\x6b\x03\xe7\xac\x02\x03\x00\xff\xe3\x04\x01\x03\x02\x01"
	"\x03\x04\x32\x30\x30\x04\x08\x80\x00\x00\x00\x01\x02\x03\x04\x02\x01\x01\x02\x03\x39\x89\x22\x04"
	"\x04\x66\x75\x6c\x6c\x04\x0c\x69\x09\x97\xf9\x54\x44\x9e\xbc\xed\x4f\x63\x68\x04\x08\x1f\x2c\xdb"
	"\xdc\x08\xdf\xbe\x0a\x04\x81\x8f\xab\x53\x36\x47\x4e\x01\xc1\x15\x24\xd5\x01\x3f\xa0\x50\x74\xea"
	"\xb3\xb8\xca\x23\x45\x9d\xc0\x31\x64\xba\x69\x3c\xb9\x22\xdd\x0a\x25\x6d\x88\xb1\x96\x53\xf5\xc8"
	"\x39\x50\x62\x50\x43\x56\x35\x97\x50\x86\x2d\x22\x8a\xbb\x11\x32\x7b\xde\xc7\x13\x3e\xf9\xfb\xdb"
	"\x10\x96\x61\xf2\x30\x39\x32\x65\xba\xf8\xd2\xcf\x45\x8d\xc8\x51\x46\x1b\x25\xf3\x3a\xed\x38\x01"
	"\xd5\x5c\x02\x5d\x38\xa8\xc2\x4d\x7b\x1c\xf5\x7d\xbd\x71\x74\xe6\x61\x1a\xbf\x67\x08\x51\x0f\xec"
	"\x98\xea\xa9\xea\xcd\x82\x3a\x4d\x6e\x84\x37\x99\xa9\xad\xa4\x57\xe5\x66\x01\x1c\x21\x7e\x27\x50"
	"\x41\x84\x6d\x29\xd3\xe5\x93";

static void test_version_3(void **state)
{
	struct str whole = str_of(secret_trap, sizeof(secret_trap) - 1);
	char changed[sizeof(secret_trap)];
	struct reader reader;

	(void)state;
	setup_reader(&reader);
	assert_int_equal(read_one(&reader, whole, NOW), SNMP_RECORD);
	assert_non_null(strstr(buf_cstr(&reader.line),
			       "\"user\":\"full\",\"level\":\"authPriv\",\"engineId\":\"8000000001020304\","
			       "\"type\":\"trap\""));
	assert_non_null(strstr(buf_cstr(&reader.line), "\"value\":\"Gi1/0/7\""));
	assert_null(strstr(buf_cstr(&reader.line), "timely"));
	for (size_t i = 0; i < whole.len; i++) {
		memcpy(changed, whole.ptr, whole.len);
		changed[i] ^= 1;
		assert_int_not_equal(read_one(&reader, str_of(changed, whole.len), NOW), SNMP_RECORD);
	}
	teardown_reader(&reader);
}

static void test_a_repetition_is_told(void **state)
{
	struct str whole = str_of(secret_trap, sizeof(secret_trap) - 1);
	struct reader reader;

	(void)state;
	setup_reader(&reader);
	assert_int_equal(read_one(&reader, whole, NOW), SNMP_RECORD);
	assert_int_equal(read_one(&reader, whole, NOW + 100000000),
			 SNMP_RECORD); /* within the window of 150 s */
	assert_null(strstr(buf_cstr(&reader.line), "timely"));
	assert_int_equal(read_one(&reader, whole, NOW + 200000000), SNMP_RECORD);
	assert_non_null(strstr(buf_cstr(&reader.line), "\"timely\":false"));
	teardown_reader(&reader);
}

static void test_files(void **state)
{
	static const struct {
		const char *communities, *users;
		int result;
		unsigned line;
	} cases[] = {
		{"# comment\n\n a\nb label\n", "", 0, 0},
		{"a\nb label more\n", "", ERR_SYNTAX, 2},
		{"", "name -\nx SHA 12345678 AES 12345678\n", 0, 0},
		{"", "x SHA 1234567\n", ERR_SYNTAX, 1},
		{"", "x ROT13 12345678\n", ERR_SYNTAX, 1},
		{"", "x SHA 12345678 AES\n", ERR_SYNTAX, 1},
		{"", "x SHA 12345678 ROT13 12345678\n", ERR_SYNTAX, 1},
		{"", "x SHA 12345678 AES 12345678 more\n", ERR_SYNTAX, 1},
		{"", "x\n", ERR_SYNTAX, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct snmp_options options = {
			.communities = str_from(cases[i].communities),
			.users = str_from(cases[i].users),
			.now = NOW,
		};
		struct snmp *snmp = NULL;
		struct err err = {0};

		assert_int_equal(snmp_new(&options, &snmp, &err), cases[i].result);
		assert_int_equal(err.line, cases[i].line);
		snmp_free(snmp);
	}
}

/* --- over a socket ---------------------------------------------------------------------------------- */

static bool is_answered(int fd, int patience)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	return poll(&poll_fd, 1, patience) > 0;
}

static void test_an_inform_waits_for_durability(void **state)
{
	struct collect_options options = {.syslog_udp = -1,
					  .syslog_tcp = -1,
					  .syslog_tls = -1,
					  .http = -1,
					  .http_unix = -1,
					  .flow = -1,
					  .sflow = -1};
	struct sockaddr_in address;
	socklen_t size = sizeof(address);
	struct memory_sink memory;
	struct collect_sink sink;
	struct collect *collect;
	struct collect_record record;
	char answer[512];
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)state;
	memory_sink_init(&memory);
	sink = memory_sink_interface(&memory);
	options.snmp_communities = access_options.communities;
	options.snmp_trap = collect_bind_udp("127.0.0.1:0", NULL);
	assert_int_equal(getsockname(options.snmp_trap, (struct sockaddr *)&address, &size), 0);
	assert_int_equal(collect_start(&options, &sink, &collect, NULL), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);

	assert_true(send(fd, MESSAGE("\xa6"), sizeof(MESSAGE("\xa6")) - 1, 0) > 0);
	record = memory_sink_record(&memory, 0);
	assert_true(str_eq(record.bytes, STR(LINE("inform"))));
	assert_int_equal(record.listener, LISTENER_SNMP_TRAP);
	assert_false(is_answered(fd, QUIET_MS));
	assert_true(send(fd, MESSAGE("\xa6"), sizeof(MESSAGE("\xa6")) - 1, 0) > 0);
	assert_true(memory_sink_wait(&memory, 2));
	memory_sink_set_durable(&memory, 1);
	collect_durable(collect, 1, 0);
	assert_true(is_answered(fd, 10000));
	assert_int_equal(recv(fd, answer, sizeof(answer), 0), sizeof(MESSAGE("\xa2")) - 1);
	assert_memory_equal(answer, MESSAGE("\xa2"), sizeof(MESSAGE("\xa2")) - 1);
	assert_false(is_answered(fd, QUIET_MS)); /* the second is not durable yet */
	memory_sink_set_durable(&memory, 2);
	collect_durable(collect, 2, 0);
	assert_true(is_answered(fd, 10000));
	assert_int_equal(recv(fd, answer, sizeof(answer), 0), sizeof(MESSAGE("\xa2")) - 1);

	/* A sink that refuses is asked again, and nothing is answered meanwhile. */
	memory_sink_refuse(&memory, -ENOSPC);
	assert_true(send(fd, MESSAGE("\xa6"), sizeof(MESSAGE("\xa6")) - 1, 0) > 0);
	assert_true(memory_sink_wait_refused(&memory, 2));
	assert_false(is_answered(fd, 0));
	memory_sink_refuse(&memory, 0);
	assert_true(memory_sink_wait(&memory, 3));
	memory_sink_set_durable(&memory, 3);
	collect_durable(collect, 3, 0);
	assert_true(is_answered(fd, 10000));
	close(fd);
	collect_stop(collect, NULL);
	memory_sink_done(&memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_trap),
		cmocka_unit_test(test_what_is_cut_or_changed_is_no_record_of_it),
		cmocka_unit_test(test_version_3),
		cmocka_unit_test(test_a_repetition_is_told),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_an_inform_waits_for_durability),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
