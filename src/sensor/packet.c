/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/packet.h"

#include <string.h>

#include "sensor/bytes.h"

#define ETHER_IPV4 0x0800
#define ETHER_IPV6 0x86dd
#define ETHER_VLAN 0x8100
#define ETHER_QINQ 0x88a8
#define ETHER_QINQ_OLD 0x9100
#define ETHER_MPLS 0x8847
#define ETHER_PPPOE 0x8864
#define ETHER_BRIDGED 0x6558 /* an Ethernet frame in GRE (RFC 7637) */
#define PPP_IPV4 0x0021
#define PPP_IPV6 0x0057

#define VLAN_MAX 3       /* tags of one frame */
#define MPLS_MAX 8       /* labels of one stack */
#define EXTENSIONS_MAX 8 /* headers of one IPv6 packet */
#define VXLAN_PORT 4789  /* RFC 7348 */

/* What lies behind the decoder that is asked: a tunnel leads back to the links once. */
typedef enum packet_result decode_network(struct bytes *rest, struct packet *packet);

static enum packet_result decode_ip(struct bytes *rest, struct packet *packet);
static enum packet_result decode_ethernet(struct bytes *rest, struct packet *packet);

/* --- links ---------------------------------------------------------------------------------------------- */

static enum packet_result decode_mpls(struct bytes *rest, struct packet *packet)
{
	for (int i = 0; i < MPLS_MAX; i++)
		if (bytes_u32(rest) & 0x100) /* bottom of the stack, RFC 3032 */
			return decode_ip(rest, packet);
	return PACKET_MALFORMED;
}

static enum packet_result decode_ppp(struct bytes *rest, struct packet *packet)
{
	uint16_t protocol;

	if (rest->len >= 2 && rest->ptr[0] == 0xff && rest->ptr[1] == 0x03)
		bytes_take(rest, 2); /* address and control, RFC 1662 */
	protocol = bytes_u16(rest);
	return protocol == PPP_IPV4 || protocol == PPP_IPV6 ? decode_ip(rest, packet) : PACKET_UNKNOWN;
}

static enum packet_result decode_pppoe(struct bytes *rest, struct packet *packet)
{
	uint16_t version_and_code = bytes_u16(rest);

	bytes_take(rest, 4); /* session, length */
	return version_and_code == 0x1100 ? decode_ppp(rest, packet) : PACKET_UNKNOWN;
}

/* What an EtherType announces. */
static enum packet_result decode_type(uint16_t type, struct bytes *rest, struct packet *packet)
{
	for (int i = 0; i < VLAN_MAX && (type == ETHER_VLAN || type == ETHER_QINQ || type == ETHER_QINQ_OLD);
	     i++) {
		uint16_t tag = bytes_u16(rest) & 0xfff;

		if (!packet->vlan)
			packet->vlan = tag;
		type = bytes_u16(rest);
	}
	if (rest->is_short)
		return PACKET_MALFORMED;
	switch (type) {
	case ETHER_IPV4:
	case ETHER_IPV6:
		return decode_ip(rest, packet);
	case ETHER_MPLS:
		return decode_mpls(rest, packet);
	case ETHER_PPPOE:
		return decode_pppoe(rest, packet);
	default:
		return PACKET_UNKNOWN;
	}
}

static enum packet_result decode_ethernet(struct bytes *rest, struct packet *packet)
{
	const uint8_t *macs = bytes_take(rest, 12);

	if (!macs)
		return PACKET_MALFORMED;
	memcpy(packet->destination_mac, macs, 6);
	memcpy(packet->source_mac, macs + 6, 6);
	packet->has_mac = true;
	return decode_type(bytes_u16(rest), rest, packet);
}

/* A family in four bytes, in the order of the machine that captured or of the network; IP says itself which.
 */
static enum packet_result decode_null(struct bytes *rest, struct packet *packet)
{
	bytes_take(rest, 4);
	return decode_ip(rest, packet);
}

/* LINKTYPE_LINUX_SLL: packet type, ARPHRD, length and bytes of the sender's address, EtherType. */
static enum packet_result decode_sll(struct bytes *rest, struct packet *packet)
{
	const uint8_t *head = bytes_take(rest, 14);

	if (!head)
		return PACKET_MALFORMED;
	return decode_type(bytes_u16(rest), rest, packet);
}

/* LINKTYPE_LINUX_SLL2: EtherType first, then 18 bytes of the interface and the sender. */
static enum packet_result decode_sll2(struct bytes *rest, struct packet *packet)
{
	uint16_t type = bytes_u16(rest);

	bytes_take(rest, 18);
	return decode_type(type, rest, packet);
}

static const struct {
	enum sensor_link link;
	decode_network *decode;
} links[] = {
	{SENSOR_LINK_ETHERNET, decode_ethernet}, {SENSOR_LINK_RAW, decode_ip},
	{SENSOR_LINK_SLL, decode_sll},           {SENSOR_LINK_SLL2, decode_sll2},
	{SENSOR_LINK_NULL, decode_null},         {SENSOR_LINK_LOOP, decode_null},
	{SENSOR_LINK_IPV4, decode_ip},           {SENSOR_LINK_IPV6, decode_ip},
	{SENSOR_LINK_PPP, decode_ppp},           {SENSOR_LINK_PPPOE, decode_pppoe},
};

/* --- tunnels -------------------------------------------------------------------------------------------- */

/* The inner packet takes the place of the outer one; where it cannot be read the outer one stays. */
static enum packet_result enter(enum packet_tunnel kind, uint32_t network, decode_network *decode,
				struct bytes *rest, struct packet *packet)
{
	struct packet inner = {.tunnel = (uint8_t)kind, .network = network, .vlan = packet->vlan};
	enum packet_result result = decode(rest, &inner);

	if (result == PACKET_OK)
		*packet = inner;
	return result == PACKET_FRAGMENT ? PACKET_FRAGMENT : PACKET_OK;
}

/* RFC 2784 and 2890: checksum, key and sequence where the flags say so. */
static enum packet_result decode_gre(struct bytes *rest, struct packet *packet)
{
	uint16_t flags = bytes_u16(rest), type = bytes_u16(rest);
	uint32_t key = 0;

	if (flags & 0x4007) /* routing, or another version */
		return PACKET_OK;
	if (flags & 0x8000)
		bytes_take(rest, 4);
	if (flags & 0x2000)
		key = bytes_u32(rest);
	if (flags & 0x1000)
		bytes_take(rest, 4);
	if (rest->is_short)
		return PACKET_OK;
	if (type == ETHER_IPV4 || type == ETHER_IPV6)
		return enter(TUNNEL_GRE, key, decode_ip, rest, packet);
	return type == ETHER_BRIDGED ? enter(TUNNEL_GRE, key, decode_ethernet, rest, packet) : PACKET_OK;
}

static enum packet_result decode_vxlan(struct bytes *rest, struct packet *packet)
{
	uint8_t flags = bytes_u8(rest);
	uint32_t vni;

	bytes_take(rest, 3);
	vni = bytes_u24(rest);
	bytes_take(rest, 1);
	return rest->is_short || flags != 0x08 ? PACKET_OK
					       : enter(TUNNEL_VXLAN, vni, decode_ethernet, rest, packet);
}

/* --- transports ----------------------------------------------------------------------------------------- */

static void set_payload(struct packet *packet, const struct bytes *rest, size_t full)
{
	packet->payload = rest->ptr;
	packet->payload_len = (uint32_t)(rest->len < full ? rest->len : full);
	packet->payload_full = (uint32_t)full;
}

static enum packet_result decode_tcp(struct bytes *rest, size_t full, struct packet *packet)
{
	const uint8_t *head = bytes_take(rest, 20);
	size_t len = head ? (size_t)(head[12] >> 4) * 4 : 0;

	if (len < 20 || len > full)
		return PACKET_MALFORMED;
	packet->source_port = load_u16(head);
	packet->destination_port = load_u16(head + 2);
	packet->sequence = load_u32(head + 4);
	packet->acknowledged = load_u32(head + 8);
	packet->tcp_flags = head[13];
	bytes_take(rest, len - 20);
	set_payload(packet, rest, full - len);
	return PACKET_OK;
}

static enum packet_result decode_udp(struct bytes *rest, size_t full, struct packet *packet)
{
	const uint8_t *head = bytes_take(rest, 8);
	size_t len;

	if (!head || full < 8)
		return PACKET_MALFORMED;
	packet->source_port = load_u16(head);
	packet->destination_port = load_u16(head + 2);
	len = load_u16(head + 4);
	if (len < 8)
		return PACKET_MALFORMED;
	set_payload(packet, rest, (len < full ? len : full) - 8);
	if (packet->destination_port == VXLAN_PORT && !packet->tunnel && !packet->first_fragment) {
		struct bytes inner = bytes_of(packet->payload, packet->payload_len);

		return decode_vxlan(&inner, packet);
	}
	return PACKET_OK;
}

/* Type and code stand where flows have their ports. */
static enum packet_result decode_icmp(struct bytes *rest, size_t full, struct packet *packet)
{
	packet->source_port = bytes_u8(rest);
	packet->destination_port = bytes_u8(rest);
	if (rest->is_short || full < 2)
		return PACKET_MALFORMED;
	set_payload(packet, rest, full - 2);
	return PACKET_OK;
}

static enum packet_result decode_sctp(struct bytes *rest, size_t full, struct packet *packet)
{
	packet->source_port = bytes_u16(rest);
	packet->destination_port = bytes_u16(rest);
	if (rest->is_short || full < 4)
		return PACKET_MALFORMED;
	set_payload(packet, rest, full - 4);
	return PACKET_OK;
}

/* full: bytes behind the IP headers on the wire. */
static enum packet_result decode_transport(struct bytes *rest, size_t full, struct packet *packet)
{
	bool may_enter = !packet->tunnel && !packet->first_fragment;

	if (rest->len > full)
		rest->len = full; /* the padding of short frames */
	set_payload(packet, rest, full);
	switch (packet->protocol) {
	case IP_TCP:
		return decode_tcp(rest, full, packet);
	case IP_UDP:
		return decode_udp(rest, full, packet);
	case IP_ICMP:
	case IP_ICMP6:
		return decode_icmp(rest, full, packet);
	case IP_SCTP:
		return decode_sctp(rest, full, packet);
	case 4:
	case 41:
		return may_enter ? enter(TUNNEL_IPIP, 0, decode_ip, rest, packet) : PACKET_OK;
	case 47:
		return may_enter ? decode_gre(rest, packet) : PACKET_OK;
	default:
		return PACKET_OK;
	}
}

/* --- IP ------------------------------------------------------------------------------------------------- */

static void map_v4(uint8_t out[16], const uint8_t *address)
{
	memset(out, 0, 10);
	memset(out + 10, 0xff, 2);
	memcpy(out + 12, address, 4);
}

static enum packet_result decode_v4(struct bytes *rest, struct packet *packet)
{
	size_t there = rest->len;
	const uint8_t *head = bytes_take(rest, 20);
	size_t len = head ? (size_t)(head[0] & 15) * 4 : 0, full = head ? load_u16(head + 2) : 0;
	uint16_t fragment;

	if (head && full == 0)
		full = there; /* segmentation is left to the card */
	if (len < 20 || full < len)
		return PACKET_MALFORMED;
	fragment = load_u16(head + 6);
	packet->v4 = true;
	packet->bytes = (uint32_t)full;
	packet->protocol = head[9];
	map_v4(packet->source, head + 12);
	map_v4(packet->destination, head + 16);
	if (fragment & 0x1fff)
		return PACKET_FRAGMENT;
	packet->first_fragment = fragment & 0x2000;
	if (!bytes_take(rest, len - 20) && len > 20)
		return PACKET_MALFORMED;
	return decode_transport(rest, full - len, packet);
}

/* Walks the headers of RFC 8200, 4.1; ret_len is what they take up. */
static enum packet_result skip_extensions(struct bytes *rest, struct packet *packet, size_t *ret_len)
{
	size_t before = rest->len;

	for (int i = 0; i < EXTENSIONS_MAX; i++) {
		uint8_t next, length;

		switch (packet->protocol) {
		case 0:   /* hop by hop */
		case 43:  /* routing */
		case 60:  /* destination */
		case 135: /* mobility */
			next = bytes_u8(rest);
			length = bytes_u8(rest);
			bytes_take(rest, (size_t)length * 8 + 6);
			break;
		case 51: /* authentication: its length counts fours, without the first two */
			next = bytes_u8(rest);
			length = bytes_u8(rest);
			bytes_take(rest, (size_t)length * 4 + 6);
			break;
		case 44: { /* fragment */
			uint32_t word = bytes_u32(rest);

			bytes_take(rest, 4);
			next = (uint8_t)(word >> 24);
			if (word & 0xfff8)
				return PACKET_FRAGMENT;
			packet->first_fragment = word & 1;
			break;
		}
		default:
			*ret_len = before - rest->len;
			return PACKET_OK;
		}
		if (rest->is_short)
			return PACKET_MALFORMED;
		packet->protocol = next;
	}
	return PACKET_MALFORMED;
}

static enum packet_result decode_v6(struct bytes *rest, struct packet *packet)
{
	const uint8_t *head = bytes_take(rest, 40);
	size_t there = rest->len, full, extensions = 0;
	enum packet_result result;

	if (!head)
		return PACKET_MALFORMED;
	full = load_u16(head + 4);
	if (full == 0)
		full = there; /* a jumbogram, or left to the card */
	packet->v4 = false;
	packet->bytes = (uint32_t)full + 40;
	packet->protocol = head[6];
	memcpy(packet->source, head + 8, 16);
	memcpy(packet->destination, head + 24, 16);
	if (rest->len > full)
		rest->len = full;
	result = skip_extensions(rest, packet, &extensions);
	return result == PACKET_OK ? decode_transport(rest, full - extensions, packet) : result;
}

static enum packet_result decode_ip(struct bytes *rest, struct packet *packet)
{
	uint8_t version = rest->len ? rest->ptr[0] >> 4 : 0;

	return version == 4 ? decode_v4(rest, packet)
			    : (version == 6 ? decode_v6(rest, packet) : PACKET_UNKNOWN);
}

enum packet_result packet_decode(const struct sensor_frame *frame, struct packet *ret_packet)
{
	struct packet packet = {.vlan = frame->vlan};
	struct bytes rest = bytes_of(frame->bytes, frame->captured);

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (links[i].link == frame->link) {
			enum packet_result result = links[i].decode(&rest, &packet);

			if (result == PACKET_OK)
				*ret_packet = packet;
			return result;
		}
	return PACKET_UNKNOWN;
}
