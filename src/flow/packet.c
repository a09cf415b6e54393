/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/packet.h"

#include "base/str.h"
#include "flow/text.h"

#define ETHERNET 14
#define TAGS_MAX 4
#define LABELS_MAX 8
#define EXTENSIONS_MAX 8

struct rest {
	const uint8_t *at;
	size_t len;
};

static bool skip(struct rest *rest, size_t len)
{
	if (len > rest->len)
		return false;
	rest->at += len;
	rest->len -= len;
	return true;
}

/* --- transport ------------------------------------------------------------------------------------------ */

static void parse_ports(struct flow_packet *packet, struct rest rest)
{
	if (rest.len < 4)
		return;
	packet->has_ports = true;
	packet->source_port = read_u16(rest.at);
	packet->destination_port = read_u16(rest.at + 2);
	if (packet->protocol == 6 && rest.len >= 14) {
		packet->has_flags = true;
		packet->flags = rest.at[13];
	}
}

static void parse_icmp(struct flow_packet *packet, struct rest rest)
{
	if (rest.len < 2)
		return;
	packet->has_icmp = true;
	packet->icmp_type = rest.at[0];
	packet->icmp_code = rest.at[1];
}

static const struct {
	uint8_t protocol;
	void (*parse)(struct flow_packet *packet, struct rest rest);
} transports[] = {{6, parse_ports},   {17, parse_ports}, {132, parse_ports},
		  {136, parse_ports}, {1, parse_icmp},   {58, parse_icmp}};

static void parse_transport(struct flow_packet *packet, struct rest rest)
{
	packet->has_protocol = true;
	for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++)
		if (transports[i].protocol == packet->protocol)
			transports[i].parse(packet, rest);
}

/* --- IP ------------------------------------------------------------------------------------------------- */

static void parse_ipv4(struct flow_packet *packet, struct rest rest)
{
	const uint8_t *at = rest.at;
	size_t header;

	if (rest.len < 20 || at[0] >> 4 != 4)
		return;
	header = 4 * (size_t)(at[0] & 15);
	packet->has_ip = true;
	packet->version = 4;
	packet->class = at[1];
	packet->length = read_u16(at + 2);
	packet->ttl = at[8];
	packet->protocol = at[9];
	packet->source = at + 12;
	packet->destination = at + 16;
	packet->has_protocol = true;
	if (header >= 20 && !(read_u16(at + 6) & 0x1fff) && skip(&rest, header)) /* the first fragment */
		parse_transport(packet, rest);
}

/* Bytes of an extension header (RFC 8200 section 4, RFC 4302); 0 where it is none, or not whole. */
static size_t extension_len(uint8_t type, struct rest rest)
{
	if (rest.len < 8)
		return 0;
	switch (type) {
	case 0:   /* hop by hop */
	case 43:  /* routing */
	case 60:  /* destination options */
	case 135: /* mobility */
		return 8 * ((size_t)rest.at[1] + 1);
	case 44: /* fragment */
		return 8;
	case 51: /* authentication */
		return 4 * ((size_t)rest.at[1] + 2);
	default:
		return 0;
	}
}

static void parse_ipv6(struct flow_packet *packet, struct rest rest)
{
	const uint8_t *at = rest.at;
	uint8_t next;
	size_t len;

	if (rest.len < 40 || at[0] >> 4 != 6)
		return;
	packet->has_ip = true;
	packet->version = 6;
	packet->class = (uint8_t)(read_u16(at) >> 4);
	packet->flow_label = read_u32(at) & 0xfffff;
	packet->length = 40u + read_u16(at + 4);
	packet->ttl = at[7];
	packet->source = at + 8;
	packet->destination = at + 24;
	next = at[6];
	skip(&rest, 40);
	for (int i = 0; i < EXTENSIONS_MAX && (len = extension_len(next, rest)); i++) {
		bool fragment = next == 44 && read_u16(rest.at + 2) >> 3; /* not the first */

		next = rest.at[0];
		if (fragment || !skip(&rest, len)) {
			rest.len = 0;
			break;
		}
	}
	packet->protocol = next;
	parse_transport(packet, rest);
}

/* --- Ethernet ------------------------------------------------------------------------------------------- */

/* Labels up to the bottom of the stack; what is behind is IP by its first digit. */
static uint16_t parse_mpls(struct rest *rest)
{
	bool bottom = false;

	for (int i = 0; i < LABELS_MAX && !bottom; i++) {
		if (rest->len < 4)
			return 0;
		bottom = rest->at[2] & 1;
		skip(rest, 4);
	}
	if (!bottom || !rest->len)
		return 0;
	return rest->at[0] >> 4 == 4 ? 0x0800 : rest->at[0] >> 4 == 6 ? 0x86dd : 0;
}

/* RFC 2516; the protocol behind it is PPP's. */
static uint16_t parse_pppoe(struct rest *rest)
{
	uint16_t protocol;

	if (!skip(rest, 6) || rest->len < 2)
		return 0;
	protocol = read_u16(rest->at);
	skip(rest, 2);
	return protocol == 0x0021 ? 0x0800 : protocol == 0x0057 ? 0x86dd : 0;
}

static void note_tag(struct flow_packet *packet, uint16_t tag)
{
	if (!packet->has_vlan) {
		packet->has_vlan = true;
		packet->vlan = tag & 0xfff;
	} else if (!packet->has_inner_vlan) {
		packet->has_inner_vlan = true;
		packet->inner_vlan = tag & 0xfff;
	}
}

static void parse_ethernet(struct flow_packet *packet, struct rest rest)
{
	uint16_t type;

	if (rest.len < ETHERNET)
		return;
	packet->has_ethernet = true;
	packet->destination_mac = rest.at;
	packet->source_mac = rest.at + 6;
	type = read_u16(rest.at + 12);
	skip(&rest, ETHERNET);
	for (int i = 0; i < TAGS_MAX && (type == 0x8100 || type == 0x88a8 || type == 0x9100) && rest.len >= 4;
	     i++) {
		note_tag(packet, read_u16(rest.at));
		type = read_u16(rest.at + 2);
		skip(&rest, 4);
	}
	packet->ethernet_type = type;
	if (type == 0x8847 || type == 0x8848)
		type = parse_mpls(&rest);
	else if (type == 0x8864)
		type = parse_pppoe(&rest);
	if (type == 0x0800)
		parse_ipv4(packet, rest);
	else if (type == 0x86dd)
		parse_ipv6(packet, rest);
}

void flow_packet_parse(enum flow_packet_protocol protocol, const uint8_t *bytes, size_t len,
		       struct flow_packet *ret_packet)
{
	const struct rest rest = {bytes, len};

	*ret_packet = (struct flow_packet){0};
	if (protocol == FLOW_PACKET_ETHERNET)
		parse_ethernet(ret_packet, rest);
	else if (protocol == FLOW_PACKET_IPV4)
		parse_ipv4(ret_packet, rest);
	else if (protocol == FLOW_PACKET_IPV6)
		parse_ipv6(ret_packet, rest);
}
