/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SENSOR_PACKET_H
#define SENSOR_PACKET_H
/*
 * One frame taken apart: Ethernet with 802.1Q, 802.1ad, MPLS and PPPoE, Linux cooked, BSD loopback, PPP and
 * raw IP; IPv4, IPv6 with its extension headers; one tunnel (IP in IP, GRE, VXLAN); TCP, UDP, ICMP. Pure
 * functions.
 *
 * Checksums are not verified: cards fill them in behind the place where packets are captured.
 */
#include "sensor/sensor.h"

enum packet_result { PACKET_OK, PACKET_UNKNOWN, PACKET_MALFORMED, PACKET_FRAGMENT };

enum packet_tunnel { TUNNEL_NONE, TUNNEL_IPIP, TUNNEL_GRE, TUNNEL_VXLAN };

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_PSH 0x08
#define TCP_ACK 0x10

#define IP_ICMP 1
#define IP_TCP 6
#define IP_UDP 17
#define IP_ICMP6 58
#define IP_SCTP 132

/* Addresses as IPv6 has them, IPv4 mapped (RFC 4291, 2.5.5.2). Ports in host order; of ICMP, type and code.
 */
struct packet {
	uint8_t source[16], destination[16];
	uint16_t source_port, destination_port;
	uint8_t protocol; /* IANA number */
	uint8_t tunnel;   /* enum packet_tunnel: around the addresses above */
	uint8_t tcp_flags;
	bool v4, has_mac, first_fragment;
	uint16_t vlan;    /* the outer one; 0: none */
	uint32_t network; /* VXLAN's VNI, or GRE's key */
	uint32_t sequence, acknowledged;
	uint8_t source_mac[6], destination_mac[6];
	uint32_t bytes;         /* of the IP packet, its header included */
	const uint8_t *payload; /* behind the transport header */
	uint32_t payload_len;   /* bytes there are */
	uint32_t payload_full;  /* bytes there were */
};

/* Fills ret_packet where the result is PACKET_OK; its payload points into the frame. */
enum packet_result packet_decode(const struct sensor_frame *frame, struct packet *ret_packet);

#endif
