/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/community.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string.h>

#include "sensor/packet.h"

#define SHA1_SIZE 20

static const struct {
	uint8_t type, answer;
} pairs_v4[] = {{8, 0}, {13, 14}, {15, 16}, {17, 18}, {10, 9}},
  pairs_v6[] = {{128, 129}, {133, 134}, {135, 136}, {130, 131}, {139, 140}, {144, 145}};

int community_icmp_answer(bool v4, uint8_t type)
{
	size_t count = v4 ? sizeof(pairs_v4) / sizeof(pairs_v4[0]) : sizeof(pairs_v6) / sizeof(pairs_v6[0]);

	for (size_t i = 0; i < count; i++) {
		uint8_t asks = v4 ? pairs_v4[i].type : pairs_v6[i].type;
		uint8_t answers = v4 ? pairs_v4[i].answer : pairs_v6[i].answer;

		if (type == asks)
			return answers;
		if (type == answers)
			return asks;
	}
	return -1;
}

static bool has_ports(uint8_t protocol)
{
	return protocol == IP_TCP || protocol == IP_UDP || protocol == IP_SCTP || protocol == IP_ICMP ||
	       protocol == IP_ICMP6;
}

static size_t put_u16(uint8_t *out, uint16_t value)
{
	out[0] = (uint8_t)(value >> 8);
	out[1] = (uint8_t)value;
	return 2;
}

bool community_id(const struct community_tuple *tuple, char out[COMMUNITY_ID_SIZE])
{
	size_t size = tuple->v4 ? 4 : 16, len = 2;
	const uint8_t *from = tuple->source + 16 - size, *to = tuple->destination + 16 - size;
	uint16_t from_port = tuple->source_port, to_port = tuple->destination_port;
	uint8_t text[2 + 32 + 2 + 4] = {0}, digest[SHA1_SIZE];
	bool one_way = false;
	int order = memcmp(from, to, size);

	if (tuple->protocol == IP_ICMP || tuple->protocol == IP_ICMP6) {
		int answer = community_icmp_answer(tuple->v4, (uint8_t)from_port);

		one_way = answer < 0;
		to_port = one_way ? to_port : (uint16_t)answer;
	}
	if (!one_way && (order > 0 || (order == 0 && from_port > to_port))) {
		const uint8_t *address = from;
		uint16_t port = from_port;

		from = to, to = address;
		from_port = to_port, to_port = port;
	}
	memcpy(text + len, from, size);
	memcpy(text + len + size, to, size);
	len += 2 * size;
	text[len] = tuple->protocol;
	len += 2;
	if (has_ports(tuple->protocol)) {
		len += put_u16(text + len, from_port);
		len += put_u16(text + len, to_port);
	}
	out[0] = 0;
	if (!SHA1(text, len, digest))
		return false;
	memcpy(out, "1:", 2);
	EVP_EncodeBlock((unsigned char *)out + 2, digest, SHA1_SIZE);
	return true;
}
