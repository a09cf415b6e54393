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

void ip_format(const uint8_t ip[16], char out[IP_TEXT_SIZE])
{
	if (memcmp(ip, mapped_prefix, 12) == 0)
		must(inet_ntop(AF_INET, ip + 12, out, IP_TEXT_SIZE));
	else
		must(inet_ntop(AF_INET6, ip, out, IP_TEXT_SIZE));
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
