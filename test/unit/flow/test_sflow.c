/* SPDX-License-Identifier: Apache-2.0 */
#include "test/unit/flow/message.h"

#define HEAD                                                                                      \
	"{\"flowProtocol\":\"sflow5\",\"exporter\":\"192.0.2.1\",\"agentAddress\":\"192.0.2.9\"," \
	"\"subAgentId\":1,"

static const struct flow_options plain;

static void begin(struct buf *m, uint32_t number, uint32_t samples)
{
	buf_clear(m);
	add32(m, 5);
	add32(m, 1);
	add32(m, 0xc0000209);
	add32(m, 1);
	add32(m, number);
	add32(m, 1000);
	add32(m, samples);
}

static size_t begin_part(struct buf *m, uint32_t type)
{
	add32(m, type);
	add32(m, 0);
	return m->len;
}

static void end_part(struct buf *m, size_t start)
{
	while ((m->len - start) % 4)
		add8(m, 0);
	set16(m, start - 2, m->len - start);
}

static void begin_sample(struct buf *m, uint32_t input, uint32_t output, uint32_t parts)
{
	add32(m, 77);
	add32(m, 3);
	add32(m, 400);
	add32(m, 8000);
	add32(m, 2);
	add32(m, input);
	add32(m, output);
	add32(m, parts);
}

/* A packet's head: QinQ, IPv4, TCP. */
static void add_packet(struct buf *m)
{
	size_t part = begin_part(m, 1);

	add32(m, 1);
	add32(m, 1518);
	add32(m, 4);
	add32(m, 62);
	buf_add(m, "\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x88\xa8\0\x64\x81\0\0\xc8\x08\0", 22);
	buf_add(m, "\x45\x08\x05\xdc\0\1\x40\0\x3f\x06\0\0\x0a\0\0\1\xc6\x33\x64\7", 20);
	buf_add(m, "\xc9\x3b\x01\xbb\0\0\0\1\0\0\0\2\x50\x18\0\0\0\0\0\0", 20);
	end_part(m, part);
}

static void test_packet(void **state)
{
	struct rig rig;
	struct buf *m = &rig.message;
	size_t sample, part;

	(void)state;
	rig_init(&rig, &plain);
	begin(m, 1, 2);
	sample = begin_part(m, 1);
	begin_sample(m, 5, 6, 4);
	add_packet(m);
	part = begin_part(m, 1001);
	ADD16(m, 0, 100, 0, 0, 0, 101, 0, 0);
	end_part(m, part);
	part = begin_part(m, 1002);
	add32(m, 1);
	add32(m, 0x0a0000fe);
	add32(m, 24);
	add32(m, 16);
	end_part(m, part);
	part = begin_part(m, 1003);
	add32(m, 1);
	add32(m, 0x0a0000fd);
	add32(m, 64500);
	add32(m, 0);
	add32(m, 0);
	add32(m, 1);
	add32(m, 2);
	add32(m, 2);
	add32(m, 64501);
	add32(m, 64502);
	end_part(m, part);
	end_part(m, sample);
	sample = begin_part(m, 2); /* counters */
	add32(m, 0);
	end_part(m, sample);
	assert_int_equal(rig_send(&rig), 0);
	rig_expect(
		&rig, HEAD
		"\"octetDeltaCount\":1500,\"layer2OctetDeltaCount\":1518,\"packetDeltaCount\":1,"
		"\"samplingInterval\":400,\"samplingPopulation\":8000,\"droppedPacketTotalCount\":2,"
		"\"ingressInterface\":5,\"egressInterface\":6,\"sourceMacAddress\":\"02:00:00:00:00:02\","
		"\"destinationMacAddress\":\"02:00:00:00:00:01\",\"ethernetType\":2048,\"dot1qVlanId\":100,"
		"\"dot1qCustomerVlanId\":200,\"sourceIPv4Address\":\"10.0.0.1\","
		"\"destinationIPv4Address\":\"198.51.100.7\",\"ipVersion\":4,\"ipClassOfService\":8,"
		"\"ipTTL\":63,\"protocolIdentifier\":6,\"sourceTransportPort\":51515,"
		"\"destinationTransportPort\":443,\"tcpControlBits\":24,\"vlanId\":100,\"postVlanId\":101,"
		"\"ipNextHopIPv4Address\":\"10.0.0.254\",\"sourceIPv4PrefixLength\":24,"
		"\"destinationIPv4PrefixLength\":16,\"bgpNextHopIPv4Address\":\"10.0.0.253\","
		"\"bgpSourceAsNumber\":64500,\"bgpDestinationAsNumber\":64502}");
	assert_int_equal(flow_decoder_stats(rig.decoder)->counters, 1);
	for (size_t len = m->len - 1; len > 4; len--) { /* wherever it is cut off */
		m->len = len;
		assert_int_equal(rig_send(&rig), ERR_SYNTAX);
		flow_output_clear(&rig.output);
	}
	rig_done(&rig);
}

/* Expanded, with interfaces apart from their format; IPv6 behind a fragment and options. */
static void test_expanded(void **state)
{
	struct rig rig;
	struct buf *m = &rig.message;
	size_t sample, part;

	(void)state;
	rig_init(&rig, &plain);
	begin(m, 1, 1);
	sample = begin_part(m, 3);
	ADD16(m, 0, 1, 0, 0, 0, 3, 0, 100, 0, 900, 0, 0, 0, 0, 1, 5, 0, 1, 0, 256, 0, 1);
	part = begin_part(m, 1);
	add32(m, 12);
	add32(m, 80);
	add32(m, 0);
	add32(m, 40 + 8 + 8 + 8);
	buf_add(m, "\x62\0\0\x2a\0\x18\0\x40", 8);
	buf_add(m, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	buf_add(m, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\2", 16);
	buf_add(m, "\x2c\0\0\0\0\0\0\0", 8); /* hop by hop */
	buf_add(m, "\x3a\0\0\1\0\0\0\1", 8); /* the first fragment */
	buf_add(m, "\x80\0\0\0\0\1\0\1", 8); /* echo request */
	end_part(m, part);
	end_part(m, sample);
	assert_int_equal(rig_send(&rig), 0);
	rig_expect(&rig,
		   HEAD "\"octetDeltaCount\":64,\"layer2OctetDeltaCount\":80,\"packetDeltaCount\":1,"
			"\"samplingInterval\":100,\"samplingPopulation\":900,\"droppedPacketTotalCount\":0,"
			"\"ingressInterface\":65541,\"forwardingStatus\":128,"
			"\"sourceIPv6Address\":\"2001:db8::1\",\"destinationIPv6Address\":\"2001:db8::2\","
			"\"ipVersion\":6,\"ipClassOfService\":32,\"ipTTL\":64,\"flowLabelIPv6\":42,"
			"\"protocolIdentifier\":58,\"icmpTypeIPv6\":128,\"icmpCodeIPv6\":0}");
	rig_done(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packet),
		cmocka_unit_test(test_expanded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
