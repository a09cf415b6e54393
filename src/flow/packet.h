/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_PACKET_H
#define FLOW_PACKET_H
/*
 * The head of a packet that sFlow carries: Ethernet (802.1Q, QinQ, MPLS, PPPoE),
 * IPv4, IPv6 with its extension headers, TCP, UDP, SCTP, ICMP. What is cut off is left out.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum flow_packet_protocol {
	FLOW_PACKET_ETHERNET = 1,
	FLOW_PACKET_IPV4 = 11,
	FLOW_PACKET_IPV6 = 12
}; /* sFlow's header_protocol */

struct flow_packet {
	bool has_ethernet, has_vlan, has_inner_vlan, has_ip, has_protocol, has_ports, has_flags, has_icmp;
	const uint8_t *source_mac, *destination_mac;
	uint16_t ethernet_type; /* behind all tags */
	uint16_t vlan, inner_vlan;
	uint8_t version, class, ttl, protocol, flags, icmp_type, icmp_code;
	uint32_t flow_label;
	uint32_t length; /* of the IP packet */
	uint16_t source_port, destination_port;
	const uint8_t *source, *destination; /* 4 or 16 bytes, by version */
};

/* The addresses point into bytes. */
void flow_packet_parse(enum flow_packet_protocol protocol, const uint8_t *bytes, size_t len,
		       struct flow_packet *ret_packet);

#endif
