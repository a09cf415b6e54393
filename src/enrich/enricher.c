/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "enrich/assets.h"
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
	struct enrich_tables tables;
	struct domains *domains;
	struct agent_memo *agents; /* NULL: nothing is known of them */
	struct asset_memo *assets;
	char codes[COUNTRY_COUNT][2]; /* what events' values point to */
};

struct enricher *enricher_new(const struct enrich_tables *tables)
{
	struct enricher *enricher = aligned_alloc(64, (sizeof(*enricher) + 63) / 64 * 64);

	must(enricher);
	memset(enricher, 0, sizeof(*enricher));
	enricher->tables = *tables;
	enricher->domains = domains_new();
	enricher->agents = tables->agents ? agent_memo_new(tables->agents) : NULL;
	enricher->assets = asset_memo_new();
	for (unsigned i = 1; i < COUNTRY_COUNT; i++) {
		enricher->codes[i][0] = (char)('A' + (i - 1) / 26);
		enricher->codes[i][1] = (char)('A' + (i - 1) % 26);
	}
	return enricher;
}

void enricher_free(struct enricher *enricher)
{
	if (!enricher)
		return;
	domains_free(enricher->domains);
	agent_memo_free(enricher->agents);
	asset_memo_free(enricher->assets);
	free(enricher);
}

void enricher_use_assets(struct enricher *enricher, struct assets *assets)
{
	asset_memo_use(enricher->assets, assets);
}

static void fill(const struct enricher *enricher, const uint8_t ip[16], struct slot *slot)
{
	struct network network = {0};

	memcpy(slot->ip, ip, sizeof(slot->ip));
	slot->country = COUNTRY_NONE;
	if (enricher->tables.countries)
		slot->country = (uint16_t)address_file_country(enricher->tables.countries, ip);
	if (enricher->tables.networks)
		network = address_file_network(enricher->tables.networks, ip);
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

static void set_network(struct event *event, enum field_id number, enum field_id name,
			const struct slot *slot)
{
	struct value text = {slot->network_name, slot->network_name_bytes, VALUE_STRING};

	if (event_get(event, number) || event_get(event, name))
		return;
	if (slot->network_number)
		event_set_integer(event, number, slot->network_number);
	if (slot->network_name_bytes)
		event_set_keyword(event, name, &text);
}

/* Of one end of what happened. */
static const struct end {
	enum field_id ip, country, as_number, as_name;
} ends[] = {
	{FIELD_ID_SOURCE_IP, FIELD_ID_SOURCE_GEO_COUNTRY, FIELD_ID_SOURCE_AS_NUMBER, FIELD_ID_SOURCE_AS_NAME},
	{FIELD_ID_DESTINATION_IP, FIELD_ID_DESTINATION_GEO_COUNTRY, FIELD_ID_DESTINATION_AS_NUMBER,
	 FIELD_ID_DESTINATION_AS_NAME}};

static void run_addresses(struct enricher *enricher, struct event *event)
{
	for (size_t i = 0; i < 2; i++) {
		const struct field *ip = event_get(event, ends[i].ip);
		const struct slot *slot = ip ? look_up(enricher, ip->ip) : NULL;

		if (!slot)
			continue;
		set_country(enricher, event, ends[i].country, slot);
		set_network(event, ends[i].as_number, ends[i].as_name, slot);
	}
}

void enricher_run(struct enricher *enricher, struct event *event)
{
	if (enricher->tables.countries || enricher->tables.networks)
		run_addresses(enricher, event);
	if (enricher->tables.inside)
		inside_run(enricher->tables.inside, event);
	domains_run(enricher->domains, event);
	if (enricher->agents)
		agent_memo_run(enricher->agents, event);
	asset_memo_run(enricher->assets, event);
}
