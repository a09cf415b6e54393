/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

static const struct ends ends = {1, 2, 40000, 53};

static struct buf udp, ip, ip6, frame;

static int set_up(void **state)
{
	(void)state;
	udp = ip = ip6 = frame = (struct buf){0};
	put_udp(&udp, &ends, STR("hello"));
	put_v4(&ip, &ends, IP_UDP, buf_str(&udp));
	put_v6(&ip6, &ends, IP_UDP, buf_str(&udp));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_done(&udp);
	buf_done(&ip);
	buf_done(&ip6);
	buf_done(&frame);
	return 0;
}

static enum packet_result decode(enum sensor_link link, struct packet *ret_packet)
{
	/* A copy of just these bytes, so that the sanitizer sees who reads beyond. */
	uint8_t *bytes = malloc(frame.len ? frame.len : 1);
	const struct sensor_frame head = {.link = link,
					  .bytes = memcpy(bytes, frame.ptr, frame.len),
					  .captured = (uint32_t)frame.len,
					  .length = (uint32_t)frame.len};
	enum packet_result result = packet_decode(&head, ret_packet);

	free(bytes);
	return result;
}

static void assert_hello(const struct packet *packet, bool v4, size_t captured)
{
	assert_int_equal(packet->protocol, IP_UDP);
	assert_int_equal(packet->v4, v4);
	assert_int_equal(packet->source_port, 40000);
	assert_int_equal(packet->destination_port, 53);
	assert_int_equal(packet->source[15], 1);
	assert_int_equal(packet->destination[15], 2);
	assert_int_equal(packet->payload_full, 5);
	assert_int_equal(packet->payload_len, captured);
	assert_int_equal(packet->bytes, v4 ? 33 : 53);
}

/* Every way to carry the same packet over a link. */
static void test_links(void **state)
{
	static const struct {
		enum sensor_link link;
		const char *head;
		size_t len;
		bool v4;
		uint16_t vlan;
	} cases[] = {
#define HEAD(text) text, sizeof(text) - 1
		{SENSOR_LINK_ETHERNET, HEAD("aaaaaabbbbbb\x08\x00"), true, 0},
		{SENSOR_LINK_ETHERNET, HEAD("aaaaaabbbbbb\x86\xdd"), false, 0},
		{SENSOR_LINK_ETHERNET, HEAD("aaaaaabbbbbb\x81\x00\x20\x64\x08\x00"), true, 100},
		{SENSOR_LINK_ETHERNET, HEAD("aaaaaabbbbbb\x88\xa8\x00\x07\x81\x00\x00\x64\x86\xdd"), false,
		 7},
		{SENSOR_LINK_ETHERNET, HEAD("aaaaaabbbbbb\x88\x47\x00\x01\x00\x40\x00\x02\x01\x40"), true, 0},
		{SENSOR_LINK_ETHERNET, HEAD("aaaaaabbbbbb\x88\x64\x11\x00\x00\x01\x00\x23\x00\x21"), true, 0},
		{SENSOR_LINK_PPPOE, HEAD("\x11\x00\x00\x01\x00\x23\x00\x57"), false, 0},
		{SENSOR_LINK_PPP, HEAD("\xff\x03\x00\x21"), true, 0},
		{SENSOR_LINK_RAW, HEAD(""), true, 0},
		{SENSOR_LINK_IPV6, HEAD(""), false, 0},
		{SENSOR_LINK_NULL, HEAD("\x02\x00\x00\x00"), true, 0},
		{SENSOR_LINK_LOOP, HEAD("\x00\x00\x00\x18"), false, 0},
		{SENSOR_LINK_SLL, HEAD("\x00\x00\x00\x01\x00\x06ssssss\x00\x00\x08\x00"), true, 0},
		{SENSOR_LINK_SLL2, HEAD("\x86\xdd\x00\x00\x00\x00\x00\x01\x00\x01\x00\x06ssssss\x00\x00"),
		 false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct packet packet = {0};
		size_t whole;

		buf_clear(&frame);
		buf_add(&frame, cases[i].head, cases[i].len);
		buf_add_str(&frame, buf_str(cases[i].v4 ? &ip : &ip6));
		assert_int_equal(decode(cases[i].link, &packet), PACKET_OK);
		assert_hello(&packet, cases[i].v4, 5);
		assert_int_equal(packet.vlan, cases[i].vlan);
		buf_add(&frame, "padding", 7);
		assert_int_equal(decode(cases[i].link, &packet), PACKET_OK);
		assert_hello(&packet, cases[i].v4, 5);
		/* Cut anywhere: headers that are not whole are refused, a payload is as long as it was. */
		for (whole = frame.len -= 7; frame.len-- > 0;) {
			enum packet_result result = decode(cases[i].link, &packet);

			if (whole - frame.len <= 5)
				assert_hello(&packet, cases[i].v4, 5 - (whole - frame.len));
			else
				assert_int_not_equal(result, PACKET_OK);
		}
	}
}

static void test_v6_extensions(void **state)
{
	static const char hop[] = "\x3c\x00\x01\x04\x00\x00\x00\x00",
			  destination[] = "\x33\x01\x01\x0c************",
			  authentication[] = "\x2c\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
			  first[] = "\x11\x00\x00\x01\x00\x00\x00\x09",
			  later[] = "\x11\x00\x00\x10\x00\x00\x00\x09";
	struct buf payload = {0};
	struct packet packet = {0};

	(void)state;
	buf_add(&payload, hop, 8);
	buf_add(&payload, destination, 16);
	buf_add(&payload, authentication, 12);
	buf_add(&payload, first, 8);
	buf_add_str(&payload, buf_str(&udp));
	put_v6(&frame, &ends, 0, buf_str(&payload));
	assert_int_equal(decode(SENSOR_LINK_RAW, &packet), PACKET_OK);
	assert_int_equal(packet.destination_port, 53);
	assert_int_equal(packet.payload_full, 5);
	assert_true(packet.first_fragment);
	memcpy(frame.ptr + 40 + 36, later, 8);
	assert_int_equal(decode(SENSOR_LINK_RAW, &packet), PACKET_FRAGMENT);
	frame.len = 40 + 36;
	assert_int_equal(decode(SENSOR_LINK_RAW, &packet), PACKET_MALFORMED);
	buf_done(&payload);
}

static void test_v4_fragments(void **state)
{
	struct packet packet = {0};

	(void)state;
	buf_add_str(&frame, buf_str(&ip));
	frame.ptr[6] = 0x20;
	assert_int_equal(decode(SENSOR_LINK_RAW, &packet), PACKET_OK);
	assert_true(packet.first_fragment);
	frame.ptr[7] = 9;
	assert_int_equal(decode(SENSOR_LINK_RAW, &packet), PACKET_FRAGMENT);
	frame.ptr[6] = frame.ptr[7] = 0;
	frame.ptr[0] = 0x44; /* a header of 16 bytes */
	assert_int_equal(decode(SENSOR_LINK_RAW, &packet), PACKET_MALFORMED);
	frame.ptr[0] = 0x45;
	frame.ptr[3] = 19; /* shorter than its header */
	assert_int_equal(decode(SENSOR_LINK_RAW, &packet), PACKET_MALFORMED);
}

static void assert_inside(enum packet_tunnel tunnel, uint32_t network)
{
	struct packet packet = {0};

	assert_int_equal(decode(SENSOR_LINK_RAW, &packet), PACKET_OK);
	assert_hello(&packet, true, 5);
	assert_int_equal(packet.tunnel, tunnel);
	assert_int_equal(packet.network, network);
	buf_clear(&frame);
}

static void test_tunnels(void **state)
{
	const struct ends outer = {8, 9, 50000, 4789};
	struct buf inside = {0}, around = {0};
	struct packet packet = {0};

	(void)state;
	put_v4(&frame, &outer, 4, buf_str(&ip));
	assert_inside(TUNNEL_IPIP, 0);
	put_u32(&inside, 0x20000800); /* a key */
	put_u32(&inside, 77);
	buf_add_str(&inside, buf_str(&ip));
	put_v6(&frame, &outer, 47, buf_str(&inside));
	assert_inside(TUNNEL_GRE, 77);
	buf_clear(&inside);
	put_u32(&inside, 0x08000000);
	put_u32(&inside, 5001 << 8);
	put_ethernet(&inside, 0x0800, buf_str(&ip));
	put_udp(&around, &outer, buf_str(&inside));
	put_v4(&frame, &outer, IP_UDP, buf_str(&around));
	assert_inside(TUNNEL_VXLAN, 5001);
	/* What is inside cannot be read: the packet around it counts. */
	put_v4(&frame, &outer, 4, STR("\x45nonsense"));
	assert_int_equal(decode(SENSOR_LINK_RAW, &packet), PACKET_OK);
	assert_int_equal(packet.protocol, 4);
	assert_int_equal(packet.source[15], 8);
	buf_done(&inside);
	buf_done(&around);
}

static void test_others(void **state)
{
	struct packet packet = {0};

	(void)state;
	put_ethernet(&frame, 0x0806, STR("somebody asks who has an address"));
	assert_int_equal(decode(SENSOR_LINK_ETHERNET, &packet), PACKET_UNKNOWN);
	assert_int_equal(decode((enum sensor_link)147, &packet), PACKET_UNKNOWN);
	buf_clear(&frame);
	put_v4(&frame, &ends, IP_ICMP, STR("\x03\x01\x00\x00rest"));
	assert_int_equal(decode(SENSOR_LINK_RAW, &packet), PACKET_OK);
	assert_int_equal(packet.source_port, 3);
	assert_int_equal(packet.destination_port, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {TEST(test_links), TEST(test_v6_extensions),
					   TEST(test_v4_fragments), TEST(test_tunnels), TEST(test_others)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
