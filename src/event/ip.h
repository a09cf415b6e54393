/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVENT_IP_H
#define EVENT_IP_H
/*
 * Addresses as 16 bytes in network order, IPv4 mapped into ::ffff:0:0/96
 * (RFC 4291 section 2.5.5.2), so that both families are handled by one code.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define IP_TEXT_SIZE 46

/* Dotted IPv4 or RFC 4291 IPv6; a zone (%eth0) and surrounding brackets are dropped. 0 or ERR_SYNTAX. */
int ip_parse(struct str text, uint8_t ret_ip[16]);

/* IPv4 dotted, IPv6 by RFC 5952. */
void ip_format(const uint8_t ip[16], char out[IP_TEXT_SIZE]);

struct ip_net {
	uint8_t ip[16];
	uint8_t bits; /* of 128; an IPv4 prefix counts from 96 */
};

/* "10.0.0.0/8", "2001:db8::/32", or a bare address. 0 or ERR_SYNTAX. Host bits are cleared. */
int ip_net_parse(struct str text, struct ip_net *ret_net);
bool ip_net_contains(const struct ip_net *net, const uint8_t ip[16]);

/* Somebody's on the Internet: not private, shared, loopback, link-local, multicast, reserved, nor for
   documentation or a protocol's own use, as the IANA registries of special-purpose addresses have it. */
bool ip_is_public(const uint8_t ip[16]);

#endif
