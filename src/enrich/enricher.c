/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "enrich/private.h"
#include "event/put.h"
#include "event/ip.h"

#define CACHE_SETS 2048 /* a power of two; 128 KiB of a worker's memory */
#define WAYS 2          /* the newest first: the older gives way */

/* Of a public address, so all zero is none. */
struct slot {
	uint8_t ip[16];
	const char *network_name;
	uint32_t network_number;
	uint16_t network_name_bytes, country;
};
_Static_assert(sizeof(struct slot[WAYS]) == 64, "a set is a line of the processor's cache");

struct enricher {
	struct slot cache[CACHE_SETS][WAYS];
	const struct address_file *countries, *networks; /* NULL: none */
	char codes[COUNTRY_COUNT][2];                    /* what events' values point to */
};

struct enricher *enricher_new(const struct address_file *countries, const struct address_file *networks)
{
	struct enricher *enricher = aligned_alloc(64, (sizeof(*enricher) + 63) / 64 * 64);

	must(enricher);
	memset(enricher, 0, sizeof(*enricher));
	enricher->countries = countries;
	enricher->networks = networks;
	for (unsigned i = 1; i < COUNTRY_COUNT; i++) {
		enricher->codes[i][0] = (char)('A' + (i - 1) / 26);
		enricher->codes[i][1] = (char)('A' + (i - 1) % 26);
	}
	return enricher;
}

void enricher_free(struct enricher *enricher)
{
	free(enricher);
}

static void fill(const struct enricher *enricher, const uint8_t ip[16], struct slot *slot)
{
	struct network network = {0};

	memcpy(slot->ip, ip, sizeof(slot->ip));
	slot->country = COUNTRY_NONE;
	if (enricher->countries)
		slot->country = (uint16_t)address_file_country(enricher->countries, ip);
	if (enricher->networks)
		network = address_file_network(enricher->networks, ip);
	slot->network_name = network.name;
	slot->network_number = network.number;
	slot->network_name_bytes = network.name_bytes;
}

/* NULL where it is nobody's on the Internet. Lives until the next call. */
static const struct slot *look_up(struct enricher *enricher, const uint8_t ip[16])
{
	uint64_t words[2];
	struct slot *set;

	if (!ip_is_public(ip))
		return NULL;
	memcpy(words, ip, sizeof(words));
	set = enricher->cache[((words[0] ^ words[1]) * 0x9e3779b97f4a7c15u) >> 53];
	for (int way = 0; way < WAYS; way++)
		if (memcmp(set[way].ip, ip, sizeof(set[way].ip)) == 0)
			return &set[way];
	set[1] = set[0];
	fill(enricher, ip, &set[0]);
	return &set[0];
}
_Static_assert(CACHE_SETS == 1 << (64 - 53), "the hash's upper bits number the sets");

static void set_country(const struct enricher *enricher, struct event *event, enum field_id id,
			const struct slot *slot)
{
	struct value value = {enricher->codes[slot->country], 2, VALUE_STRING};

	if (slot->country != COUNTRY_NONE && !event_get(event, id))
		event_set_keyword(event, id, &value);
}

static void set_network(struct event *event, const struct slot *slot)
{
	struct value name = {slot->network_name, slot->network_name_bytes, VALUE_STRING};

	if (event_get(event, FIELD_ID_SOURCE_AS_NUMBER) || event_get(event, FIELD_ID_SOURCE_AS_NAME))
		return;
	if (slot->network_number)
		event_set_integer(event, FIELD_ID_SOURCE_AS_NUMBER, slot->network_number);
	if (slot->network_name_bytes)
		event_set_keyword(event, FIELD_ID_SOURCE_AS_NAME, &name);
}

void enricher_run(struct enricher *enricher, struct event *event)
{
	const struct field *ip = event_get(event, FIELD_ID_SOURCE_IP);
	const struct slot *slot = ip ? look_up(enricher, ip->ip) : NULL;

	if (slot) {
		set_country(enricher, event, FIELD_ID_SOURCE_GEO_COUNTRY, slot);
		set_network(event, slot);
	}
	ip = event_get(event, FIELD_ID_DESTINATION_IP);
	slot = ip ? look_up(enricher, ip->ip) : NULL;
	if (slot)
		set_country(enricher, event, FIELD_ID_DESTINATION_GEO_COUNTRY, slot);
}
