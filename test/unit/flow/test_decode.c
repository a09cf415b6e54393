/* SPDX-License-Identifier: Apache-2.0 */
#include "test/unit/flow/message.h"

#define HEAD10 "{\"flowProtocol\":\"ipfix\",\"exporter\":\"192.0.2.1\",\"observationDomainId\":7,"
#define EXPORTED 1700000000u

static const struct flow_options plain;

static const struct flow_stats *stats(const struct rig *rig)
{
	return flow_decoder_stats(rig->decoder);
}

/* Template 256 of NetFlow 9: octets in two bytes. */
static void add_small_template(struct buf *buf)
{
	size_t set = begin_set(buf, 0);

	ADD16(buf, 256, 2, 1, 2, 4, 2);
	end_set(buf, set);
}

static void add_small_data(struct buf *buf, unsigned octets)
{
	size_t set = begin_set(buf, 256);

	ADD16(buf, octets, 6);
	end_set(buf, set);
}

static void send_small(struct rig *rig, uint32_t number, bool with_template, unsigned octets)
{
	begin_netflow9(&rig->message, number, 7, EXPORTED);
	if (with_template)
		add_small_template(&rig->message);
	add_small_data(&rig->message, octets);
	assert_int_equal(rig_send(rig), 0);
}

static void test_netflow5(void **state)
{
	struct rig rig;
	struct buf *m = &rig.message;

	(void)state;
	rig_init(&rig, &plain);
	ADD16(m, 5, 1);
	add32(m, 100000); /* uptime */
	add32(m, EXPORTED);
	add32(m, 500000000); /* ns */
	add32(m, 10);        /* number */
	ADD16(m, 0x0102, 0x4064);
	add32(m, 0x0a000001);
	add32(m, 0xc6336401);
	add32(m, 0);
	ADD16(m, 3, 4);
	add32(m, 5);
	add32(m, 600);
	add32(m, 90000);
	add32(m, 99000);
	ADD16(m, 51515, 443, 0x001b, 0x0608, 64500, 64501, 0x1810, 0);
	assert_int_equal(rig_send(&rig), 0);
	rig_expect(
		&rig,
		"{\"flowProtocol\":\"netflow5\",\"exporter\":\"192.0.2.1\",\"observationDomainId\":258,"
		"\"exportTime\":1700000000500,\"samplingInterval\":100,\"samplingAlgorithm\":1,"
		"\"sourceIPv4Address\":\"10.0.0.1\",\"destinationIPv4Address\":\"198.51.100.1\","
		"\"ipNextHopIPv4Address\":\"0.0.0.0\",\"ingressInterface\":3,\"egressInterface\":4,"
		"\"packetDeltaCount\":5,\"octetDeltaCount\":600,\"flowStartSysUpTime\":90000,"
		"\"flowEndSysUpTime\":99000,\"sourceTransportPort\":51515,\"destinationTransportPort\":443,"
		"\"tcpControlBits\":27,\"protocolIdentifier\":6,\"ipClassOfService\":8,"
		"\"bgpSourceAsNumber\":64500,\"bgpDestinationAsNumber\":64501,\"sourceIPv4PrefixLength\":24,"
		"\"destinationIPv4PrefixLength\":16,\"flowStartMilliseconds\":1699999990500,"
		"\"flowEndMilliseconds\":1699999999500,\"flowDurationMilliseconds\":9000}");
	m->len--; /* the record is not whole */
	assert_int_equal(rig_send(&rig), ERR_SYNTAX);
	assert_int_equal(rig.output.count, 0);
	assert_int_equal(stats(&rig)->malformed, 1);
	rig_done(&rig);
}

static void test_data_wait_for_their_template(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig, &plain);
	send_small(&rig, 1, false, 100);
	send_small(&rig, 2, false, 200);
	assert_int_equal(rig.output.count, 0);
	assert_int_equal(stats(&rig)->kept, 2);
	begin_netflow9(&rig.message, 3, 8, EXPORTED); /* another source's template is not theirs */
	add_small_template(&rig.message);
	assert_int_equal(rig_send(&rig), 0);
	assert_int_equal(rig.output.count, 0);
	begin_netflow9(&rig.message, 3, 7, EXPORTED);
	add_small_template(&rig.message);
	assert_int_equal(rig_send_from(&rig, 2), 0); /* nor another exporter's */
	assert_int_equal(rig.output.count, 0);
	send_small(&rig, 3, true, 300);
	assert_int_equal(rig.output.count, 3);
	assert_true(str_ends(flow_output_record(&rig.output, 0),
			     STR("\"templateId\":256,\"octetDeltaCount\":100,\"protocolIdentifier\":6}")));
	assert_true(str_ends(flow_output_record(&rig.output, 2),
			     STR("\"octetDeltaCount\":300,\"protocolIdentifier\":6}")));
	assert_int_equal(stats(&rig)->lost, 0);
	rig_done(&rig);
}

/* What waits is bounded by bytes and by time. */
static void test_waiting_ends(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig, &plain);
	send_small(&rig, 1, false, 100);
	rig.now += 2 * CLOCK_HOUR;
	send_small(&rig, 2, true, 200);
	rig_expect_end(&rig, "\"octetDeltaCount\":200,\"protocolIdentifier\":6}");
	assert_int_equal(stats(&rig)->unkept, 1);
	for (unsigned i = 0; i < 100; i++) {
		size_t set;

		begin_netflow9(&rig.message, 3 + i, 7, EXPORTED);
		set = begin_set(&rig.message, 300);
		for (unsigned j = 0; j < 15000; j++)
			add16(&rig.message, i);
		end_set(&rig.message, set);
		assert_int_equal(rig_send(&rig), 0);
	}
	assert_int_equal(stats(&rig)->kept, 101);
	assert_int_equal(stats(&rig)->unkept, 101 - FLOW_WAITING_MAX / 30000);
	rig_done(&rig);
}

static void test_templates_change_and_age(void **state)
{
	struct rig rig;
	size_t set;

	(void)state;
	rig_init(&rig, &plain);
	send_small(&rig, 1, true, 100);
	rig_expect_end(&rig, "\"octetDeltaCount\":100,\"protocolIdentifier\":6}");
	send_small(&rig, 2, true, 100); /* the same again is not new */
	flow_output_clear(&rig.output);
	assert_int_equal(stats(&rig)->templates, 1);
	begin_netflow9(&rig.message, 3, 7, EXPORTED);
	set = begin_set(&rig.message, 0);
	ADD16(&rig.message, 256, 1, 2, 4); /* packets */
	end_set(&rig.message, set);
	add_small_data(&rig.message, 1);
	assert_int_equal(rig_send(&rig), 0);
	rig_expect_end(&rig, "\"templateId\":256,\"packetDeltaCount\":65542}");
	rig.now += 8 * CLOCK_DAY;
	send_small(&rig, 4, false, 100);
	assert_int_equal(rig.output.count, 0);
	assert_int_equal(stats(&rig)->templates_expired, 1);
	rig_done(&rig);
}

/* Reduced size, variable length in both forms, enterprises, the way back, unknown ones, padding, no bytes. */
static void test_ipfix_fields(void **state)
{
	struct rig rig;
	struct buf *m = &rig.message;
	size_t set;

	(void)state;
	rig_init(&rig, &plain);
	begin_ipfix(m, 0, 7, EXPORTED);
	set = begin_set(m, 2);
	ADD16(m, 400, 9, 1, 3, 96, 65535, 371, 65535, 0x8001, 4, 0, 29305, 0x8000 + 119, 65535, 0, 35632,
	      0x8005, 2, 0, 64512, 210, 3, 82, 0, 7, 2);
	end_set(m, set);
	set = begin_set(m, 400);
	ADD16(m, 0x0102, 0x0303); /* octets, then a name of three bytes */
	buf_add(m, "dns", 3);
	add8(m, 255); /* the long form */
	add16(m, 2);
	buf_add(m, "li", 2);
	add32(m, 4000);
	add8(m, 0); /* an empty value is left out */
	add16(m, 0xbeef);
	buf_add(m, "\0\0\0", 3);
	add16(m, 53);
	add8(m, 0); /* padding of the set */
	end_set(m, set);
	assert_int_equal(rig_send(&rig), 0);
	rig_expect(&rig,
		   HEAD10 "\"exportTime\":1700000000000,\"templateId\":400,\"octetDeltaCount\":66051,"
			  "\"applicationName\":\"dns\",\"userName\":\"li\",\"reverseOctetDeltaCount\":4000,"
			  "\"enterprise.64512.5\":\"beef\",\"sourceTransportPort\":53}");
	rig_done(&rig);
}

static void test_repeated_fields(void **state)
{
	struct rig rig;
	size_t set;

	(void)state;
	rig_init(&rig, &plain);
	begin_ipfix(&rig.message, 0, 7, EXPORTED);
	set = begin_set(&rig.message, 2);
	ADD16(&rig.message, 256, 3, 4, 1, 4, 1, 4, 2);
	end_set(&rig.message, set);
	set = begin_set(&rig.message, 256);
	ADD16(&rig.message, 0x0611, 1);
	end_set(&rig.message, set);
	assert_int_equal(rig_send(&rig), 0);
	rig_expect_end(&rig,
		       "\"protocolIdentifier\":6,\"protocolIdentifier_2\":17,\"protocolIdentifier_3\":1}");
	rig_done(&rig);
}

/* Absolute times are made of whatever the exporter has. */
static void check_time(unsigned start, unsigned length, const char *value, const char *expected)
{
	struct rig rig;
	size_t set;

	rig_init(&rig, &plain);
	begin_ipfix(&rig.message, 0, 7, EXPORTED);
	set = begin_set(&rig.message, 2);
	ADD16(&rig.message, 256, 3, 160, 8, start, length, start == 22 ? 21 : start + 1, length);
	end_set(&rig.message, set);
	set = begin_set(&rig.message, 256);
	add32(&rig.message, 0x18b);
	add32(&rig.message, 0xcfe56800 - 60000); /* started a minute before the export */
	buf_add(&rig.message, value, (size_t)2 * length);
	end_set(&rig.message, set);
	assert_int_equal(rig_send(&rig), 0);
	rig_expect_end(&rig, expected);
	rig_done(&rig);
}

static void test_times(void **state)
{
	(void)state;
	check_time(22, 4, "\0\0\x27\x10\0\0\x4e\x20",
		   "\"flowStartMilliseconds\":1699999950000,\"flowEndMilliseconds\":1699999960000,"
		   "\"flowDurationMilliseconds\":10000}");
	check_time(150, 4, "\x65\x53\xf0\xf6\x65\x53\xf0\xfb",
		   "\"flowStartMilliseconds\":1699999990000,\"flowEndMilliseconds\":1699999995000,"
		   "\"flowDurationMilliseconds\":5000}");
	check_time(158, 4, "\0\x0f\x42\x40\0\0\x03\xe8",
		   "\"flowStartMilliseconds\":1699999999000,\"flowEndMilliseconds\":1699999999999,"
		   "\"flowDurationMilliseconds\":999}");
	/* a clock that was never set helps nobody */
	check_time(150, 4, "\0\0\0\1\0\0\0\2", "\"flowStartSeconds\":1,\"flowEndSeconds\":2}");
}

/* Options: sampling by sampler, names of interfaces and applications; joined to what comes behind them. */
static void test_options(void **state)
{
	const struct flow_options options = {.options = true};
	struct rig rig;
	struct buf *m = &rig.message;
	size_t set;

	(void)state;
	rig_init(&rig, &options);
	begin_netflow9(m, 0, 7, EXPORTED);
	set = begin_set(m, 1);
	ADD16(m, 300, 4, 8, 2, 4, 82, 6, 83, 2); /* an interface's name */
	ADD16(m, 301, 4, 8, 1, 4, 48, 1, 50, 4); /* a sampler's interval */
	ADD16(m, 302, 4, 8, 1, 4, 95, 4, 96, 4); /* an application's name */
	ADD16(m, 0);                             /* padding */
	end_set(m, set);
	set = begin_set(m, 300);
	add32(m, 11);
	buf_add(m, "Gi1/1\0d\0", 8);
	end_set(m, set);
	set = begin_set(m, 301);
	add32(m, 0);
	add8(m, 3);
	add32(m, 2000);
	end_set(m, set);
	set = begin_set(m, 302);
	add32(m, 0);
	add32(m, 0x03000050);
	buf_add(m, "http", 4);
	end_set(m, set);
	assert_int_equal(rig_send(&rig), 0);
	assert_int_equal(rig.output.count, 3);
	assert_true(str_ends(flow_output_record(&rig.output, 0),
			     STR("\"templateId\":300,\"flowOptions\":true,\"scopeInterface\":11,"
				 "\"interfaceName\":\"Gi1/1\",\"interfaceDescription\":\"d\"}")));
	flow_output_clear(&rig.output);
	begin_netflow9(m, 1, 7, EXPORTED);
	set = begin_set(m, 0);
	ADD16(m, 256, 4, 10, 2, 14, 4, 48, 1, 95, 4);
	end_set(m, set);
	set = begin_set(m, 256);
	add16(m, 11);
	add32(m, 12);
	add8(m, 3);
	add32(m, 0x03000050);
	end_set(m, set);
	assert_int_equal(rig_send(&rig), 0);
	rig_expect_end(
		&rig,
		"\"ingressInterface\":11,\"egressInterface\":12,\"samplerId\":3,\"applicationId\":\"3:80\","
		"\"samplingInterval\":2000,\"ingressInterfaceName\":\"Gi1/1\",\"applicationName\":\"http\"}");
	rig_done(&rig);
}

static void test_sequence(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig, &plain);
	send_small(&rig, 0xfffffffe, true, 1);
	send_small(&rig, 0xffffffff, true, 1);
	send_small(&rig, 0, true, 1); /* it wraps */
	assert_int_equal(stats(&rig)->lost, 0);
	send_small(&rig, 4, true, 1);
	assert_int_equal(stats(&rig)->lost, 3);
	send_small(&rig, 2, true, 1);
	assert_int_equal(stats(&rig)->late, 1);
	send_small(&rig, 1u << 31, true, 1); /* begun anew */
	send_small(&rig, (1u << 31) + 1, true, 1);
	assert_int_equal(stats(&rig)->lost, 3);
	rig_done(&rig);
}

/* IPFIX counts records: what could not be decoded is not known to be lost. */
static void test_sequence_ipfix(void **state)
{
	struct rig rig;
	struct buf *m = &rig.message;
	size_t set;

	(void)state;
	rig_init(&rig, &plain);
	for (unsigned i = 0; i < 2; i++) {
		begin_ipfix(m, 10 + 5 * i, 7, EXPORTED);
		set = begin_set(m, 2);
		ADD16(m, 256, 1, 1, 4);
		end_set(m, set);
		set = begin_set(m, 256);
		add32(m, 1);
		add32(m, 1);
		end_set(m, set);
		assert_int_equal(rig_send(&rig), 0);
	}
	assert_int_equal(stats(&rig)->lost, 3);
	begin_ipfix(m, 17, 7, EXPORTED);
	set = begin_set(m, 999);
	add32(m, 1);
	end_set(m, set);
	assert_int_equal(rig_send(&rig), 0);
	begin_ipfix(m, 500, 7, EXPORTED);
	assert_int_equal(rig_send(&rig), 0);
	assert_int_equal(stats(&rig)->lost, 3);
	rig_done(&rig);
}

static void test_malformed(void **state)
{
	struct rig rig;
	struct buf *m = &rig.message;
	size_t set;

	(void)state;
	rig_init(&rig, &plain);
	assert_int_equal(rig_send(&rig), ERR_VERSION); /* nothing at all */
	ADD16(m, 8, 0);
	assert_int_equal(rig_send(&rig), ERR_VERSION);
	begin_netflow9(m, 0, 7, EXPORTED);
	m->len--;
	assert_int_equal(rig_send(&rig), ERR_SYNTAX);
	begin_netflow9(m, 1, 7, EXPORTED); /* a set longer than the datagram */
	ADD16(m, 256, 5);
	assert_int_equal(rig_send(&rig), ERR_SYNTAX);
	begin_netflow9(m, 2, 7, EXPORTED); /* fields beyond the set; what comes before is taken */
	add_small_template(m);
	add_small_data(m, 5);
	set = begin_set(m, 0);
	ADD16(m, 257, 2, 1, 4);
	end_set(m, set);
	assert_int_equal(rig_send(&rig), ERR_SYNTAX);
	rig_expect_end(&rig, "\"octetDeltaCount\":5,\"protocolIdentifier\":6}");
	begin_netflow9(m, 3, 7, EXPORTED); /* records of no bytes would never end */
	set = begin_set(m, 0);
	ADD16(m, 258, 1, 1, 0);
	end_set(m, set);
	assert_int_equal(rig_send(&rig), 0);
	assert_int_equal(stats(&rig)->templates_refused, 1);
	begin_ipfix(m, 0, 7, EXPORTED); /* a withdrawal, which over UDP means nothing */
	set = begin_set(m, 2);
	ADD16(m, 2, 0);
	end_set(m, set);
	assert_int_equal(rig_send(&rig), 0);
	rig_done(&rig);
}

/* Templates and domains are bounded; the newest are kept. */
static void test_bounds(void **state)
{
	struct rig rig;
	struct buf *m = &rig.message;
	size_t set;

	(void)state;
	rig_init(&rig, &plain);
	for (unsigned i = 0; i < FLOW_TEMPLATES_MAX + 10; i++) {
		begin_netflow9(m, i, 7, EXPORTED);
		set = begin_set(m, 0);
		ADD16(m, 256 + i, 1, 1, 4);
		end_set(m, set);
		assert_int_equal(rig_send(&rig), 0);
	}
	assert_int_equal(stats(&rig)->templates, FLOW_TEMPLATES_MAX);
	assert_int_equal(stats(&rig)->templates_refused, 10);
	for (unsigned i = 0; i < FLOW_DOMAINS_MAX + 10; i++) {
		begin_netflow9(m, 0, 100 + i, EXPORTED);
		add_small_template(m);
		assert_int_equal(rig_send(&rig), 0);
	}
	assert_int_equal(stats(&rig)->domains_forgotten, 11);
	begin_netflow9(m, 1, 100 + FLOW_DOMAINS_MAX, EXPORTED);
	add_small_data(m, 9);
	assert_int_equal(rig_send(&rig), 0);
	rig_expect_end(&rig, "\"octetDeltaCount\":9,\"protocolIdentifier\":6}");
	rig_done(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_netflow5),     cmocka_unit_test(test_data_wait_for_their_template),
		cmocka_unit_test(test_waiting_ends), cmocka_unit_test(test_templates_change_and_age),
		cmocka_unit_test(test_ipfix_fields), cmocka_unit_test(test_repeated_fields),
		cmocka_unit_test(test_times),        cmocka_unit_test(test_options),
		cmocka_unit_test(test_sequence),     cmocka_unit_test(test_sequence_ipfix),
		cmocka_unit_test(test_malformed),    cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
