/* SPDX-License-Identifier: Apache-2.0 */
#include "event/ip.h"

#include <arpa/inet.h>

#include "base/err.h"

static const uint8_t mapped_prefix[12] = {[10] = 0xff, [11] = 0xff};

/* Four decimal octets without leading zeros; by hand, since it is on the event path. */
static int parse_v4(struct str text, uint8_t ret_ip[4])
{
	size_t i = 0;

	for (int octet = 0; octet < 4; octet++) {
		unsigned value = 0, digits = 0;

		if (octet && (i >= text.len || text.ptr[i++] != '.'))
			return ERR_SYNTAX;
		for (; i < text.len && digits < 3 && char_is_digit(text.ptr[i]); i++, digits++)
			value = value * 10 + (unsigned)(text.ptr[i] - '0');
		if (!digits || value > 255 || (digits > 1 && text.ptr[i - digits] == '0'))
			return ERR_SYNTAX;
		ret_ip[octet] = (uint8_t)value;
	}
	return i == text.len ? 0 : ERR_SYNTAX;
}

int ip_parse(struct str text, uint8_t ret_ip[16])
{
	uint8_t v4[4], v6[16];
	char copy[INET6_ADDRSTRLEN];
	size_t zone;

	if (parse_v4(text, v4) == 0) {
		memcpy(ret_ip, mapped_prefix, 12);
		memcpy(ret_ip + 12, v4, 4);
		return 0;
	}
	if (text.len > 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']')
		text = str_of(text.ptr + 1, text.len - 2);
	zone = str_find_char(text, '%');
	if (zone != STR_NOT_FOUND)
		text = str_head(text, zone);
	if (text.len < 2 || text.len >= sizeof(copy))
		return ERR_SYNTAX;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = 0;
	if (strlen(copy) != text.len || inet_pton(AF_INET6, copy, v6) != 1)
		return ERR_SYNTAX;
	memcpy(ret_ip, v6, 16);
	return 0;
}

/* By hand, since it is on the event path: what inet_ntop() calls for it costs some hundred times as much. */
static char *put_v4(char *out, const uint8_t ip[4])
{
	for (unsigned i = 0; i < 4; i++) {
		const unsigned byte = ip[i];

		if (byte >= 100)
			*out++ = (char)('0' + byte / 100);
		if (byte >= 10)
			*out++ = (char)('0' + byte / 10 % 10);
		*out++ = (char)('0' + byte % 10);
		*out++ = '.';
	}
	return out - 1;
}

static char *put_group(char *out, unsigned group)
{
	int shift = 12;

	while (shift && !(group >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*out++ = "0123456789abcdef"[group >> shift & 15];
	return out;
}

/* The longest run of two or more groups of zeros, the first of equals (RFC 5952 section 4.2). */
static unsigned longest_zeros(const unsigned groups[8], unsigned *ret_len)
{
	unsigned best = 8, best_len = 1;

	for (unsigned i = 0; i < 8; i++) {
		unsigned len = 0;

		while (i + len < 8 && !groups[i + len])
			len++;
		if (len > best_len) {
			best = i;
			best_len = len;
		}
		i += len;
	}
	*ret_len = best_len;
	return best;
}

static char *put_v6(char *out, const uint8_t ip[16])
{
	unsigned groups[8], zeros, len;

	for (unsigned i = 0; i < 8; i++)
		groups[i] = (unsigned)ip[2 * i] << 8 | ip[2 * i + 1];
	zeros = longest_zeros(groups, &len);
	for (unsigned i = 0; i < 8; i++) {
		if (i == zeros) {
			*out++ = ':';
			if (zeros == 0 && len == 6) { /* as in ::192.0.2.1 */
				*out++ = ':';
				return put_v4(out, ip + 12);
			}
			i += len - 1;
			if (i == 7)
				*out++ = ':';
			continue;
		}
		if (i)
			*out++ = ':';
		out = put_group(out, groups[i]);
	}
	return out;
}

void ip_format(const uint8_t ip[16], char out[IP_TEXT_SIZE])
{
	out = memcmp(ip, mapped_prefix, 12) == 0 ? put_v4(out, ip + 12) : put_v6(out, ip);
	*out = 0;
}

int ip_net_parse(struct str text, struct ip_net *ret_net)
{
	size_t slash = str_find_char(text, '/');
	struct ip_net net;
	uint64_t bits = 128;
	bool v4;

	if (ip_parse(str_head(text, slash), net.ip) < 0)
		return ERR_SYNTAX;
	v4 = memcmp(net.ip, mapped_prefix, 12) == 0;
	if (slash != STR_NOT_FOUND) {
		struct str tail = str_from_offset(text, slash + 1);

		if (str_to_u64(tail, &bits) < 0 || bits > (v4 ? 32 : 128))
			return ERR_SYNTAX;
		bits += v4 ? 96 : 0;
	}
	net.bits = (uint8_t)bits;
	for (unsigned i = 0; i < 128; i++)
		if (i >= bits)
			net.ip[i / 8] &= (uint8_t) ~(0x80u >> i % 8);
	*ret_net = net;
	return 0;
}

bool ip_net_contains(const struct ip_net *net, const uint8_t ip[16])
{
	unsigned whole = net->bits / 8, rest = net->bits % 8;

	if (memcmp(net->ip, ip, whole) != 0)
		return false;
	return rest == 0 || ((net->ip[whole] ^ ip[whole]) >> (8 - rest)) == 0;
}

/* iana-ipv4-special-registry (RFC 6890), and what is not unicast at all. */
static const struct {
	uint32_t prefix;
	uint8_t bits;
} special_v4[] = {
	{0x0a000000, 8},  /* 10.0.0.0 private */
	{0xc0a80000, 16}, /* 192.168.0.0 private */
	{0xac100000, 12}, /* 172.16.0.0 private */
	{0xe0000000, 3},  /* 224.0.0.0 multicast, reserved, broadcast */
	{0x7f000000, 8},  /* 127.0.0.0 loopback */
	{0x00000000, 8},  /* 0.0.0.0 this network */
	{0xa9fe0000, 16}, /* 169.254.0.0 link-local */
	{0x64400000, 10}, /* 100.64.0.0 shared by carriers */
	{0xc0000000, 24}, /* 192.0.0.0 protocols */
	{0xc0000200, 24}, /* 192.0.2.0 documentation */
	{0xc6336400, 24}, /* 198.51.100.0 documentation */
	{0xcb007100, 24}, /* 203.0.113.0 documentation */
	{0xc6120000, 15}, /* 198.18.0.0 benchmarks */
	{0xc0586300, 24}, /* 192.88.99.0 relays of 6to4, given up */
};

/* iana-ipv6-special-registry, inside the only part that is given out, 2000::/3. */
static const struct ip_net special_v6[] = {
	{{0x20, 0x01}, 23},             /* 2001::/23 protocols, Teredo, benchmarks */
	{{0x20, 0x01, 0x0d, 0xb8}, 32}, /* 2001:db8:: documentation */
	{{0x20, 0x02}, 16},             /* 2002:: 6to4, IPv4 in disguise */
	{{0x3f, 0xff}, 20},             /* 3fff:: documentation */
};

bool ip_is_public(const uint8_t ip[16])
{
	if (memcmp(ip, mapped_prefix, sizeof(mapped_prefix)) == 0) {
		uint32_t v4 =
			(uint32_t)ip[12] << 24 | (uint32_t)ip[13] << 16 | (uint32_t)ip[14] << 8 | ip[15];

		for (size_t i = 0; i < sizeof(special_v4) / sizeof(special_v4[0]); i++)
			if ((v4 ^ special_v4[i].prefix) >> (32 - special_v4[i].bits) == 0)
				return false;
		return true;
	}
	for (size_t i = 0; i < sizeof(special_v6) / sizeof(special_v6[0]); i++)
		if (ip_net_contains(&special_v6[i], ip))
			return false;
	return (ip[0] & 0xe0) == 0x20;
}
