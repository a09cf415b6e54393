/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/flow.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"

static const int64_t idle_limits[FLOW_LISTS] = {
#define X(name, seconds) [name] = (seconds)*CLOCK_SECOND,
	FLOW_LIST_TABLE(X)
#undef X
};

static const char *const application_names[] = {
#define X(name, text) [name] = (text),
	APPLICATION_TABLE(X)
#undef X
};

const char *application_name(uint8_t id)
{
	return application_names[id];
}

void flow_table_init(struct flow_table *table, uint32_t size, uint64_t seed)
{
	uint32_t buckets = 16;

	while (buckets < size && buckets < 1u << 30)
		buckets *= 2;
	*table = (struct flow_table){.size = size, .mask = buckets - 1, .spare = FLOW_NONE, .seed = seed};
	table->flows = calloc(size, sizeof(*table->flows));
	table->buckets = malloc(sizeof(*table->buckets) * buckets);
	must(table->flows && table->buckets);
	memset(table->buckets, 0xff, sizeof(*table->buckets) * buckets);
	for (int i = 0; i < FLOW_LISTS; i++)
		table->lists[i] = (struct flow_order){FLOW_NONE, FLOW_NONE, 0};
}

void flow_table_done(struct flow_table *table)
{
	free(table->flows);
	free(table->buckets);
}

unsigned flow_key_of(const struct packet *packet, struct flow_key *ret_key)
{
	uint16_t from = packet->source_port, to = packet->destination_port;
	struct flow_key key = {.network = packet->network,
			       .protocol = packet->protocol,
			       .tunnel = packet->tunnel,
			       .v4 = packet->v4};
	int order = memcmp(packet->source, packet->destination, 16);
	unsigned sender;

	if (packet->protocol == IP_ICMP || packet->protocol == IP_ICMP6) {
		int answer = community_icmp_answer(packet->v4, (uint8_t)from);

		to = answer < 0 ? to : (uint16_t)answer;
	}
	sender = order > 0 || (order == 0 && from > to);
	memcpy(key.low, sender ? packet->destination : packet->source, 16);
	memcpy(key.high, sender ? packet->source : packet->destination, 16);
	key.low_port = sender ? to : from;
	key.high_port = sender ? from : to;
	*ret_key = key;
	return sender;
}

static uint32_t *bucket_of(const struct flow_table *table, const struct flow_key *key)
{
	return &table->buckets[hash_bytes_seeded(key, sizeof(*key), table->seed) & table->mask];
}

struct flow *flow_find(struct flow_table *table, const struct flow_key *key)
{
	uint32_t at = *bucket_of(table, key);

	while (at != FLOW_NONE && memcmp(&table->flows[at].who.key, key, sizeof(*key)) != 0)
		at = table->flows[at].chain;
	return at == FLOW_NONE ? NULL : &table->flows[at];
}

static void unlink_flow(struct flow_table *table, struct flow *flow)
{
	struct flow_order *list = &table->lists[flow->list];

	*(flow->older == FLOW_NONE ? &list->oldest : &table->flows[flow->older].newer) = flow->newer;
	*(flow->newer == FLOW_NONE ? &list->newest : &table->flows[flow->newer].older) = flow->older;
	list->count--;
}

static void link_flow(struct flow_table *table, struct flow *flow, enum flow_list to)
{
	struct flow_order *list = &table->lists[to];
	uint32_t index = (uint32_t)(flow - table->flows);

	flow->list = (uint8_t)to;
	flow->older = list->newest;
	flow->newer = FLOW_NONE;
	*(list->newest == FLOW_NONE ? &list->oldest : &table->flows[list->newest].newer) = index;
	list->newest = index;
	list->count++;
}

struct flow *flow_add(struct flow_table *table, const struct flow_key *key)
{
	uint32_t *bucket = bucket_of(table, key), index = table->spare;
	struct flow *flow;

	if (index != FLOW_NONE)
		table->spare = table->flows[index].chain;
	else if (table->unused < table->size)
		index = table->unused++;
	else
		return NULL;
	flow = &table->flows[index];
	*flow = (struct flow){.who.key = *key, .chain = *bucket};
	*bucket = index;
	link_flow(table, flow, FLOW_HALF);
	return flow;
}

void flow_remove(struct flow_table *table, struct flow *flow)
{
	uint32_t index = (uint32_t)(flow - table->flows), *at = bucket_of(table, &flow->who.key);

	while (*at != index)
		at = &table->flows[*at].chain;
	*at = flow->chain;
	unlink_flow(table, flow);
	flow->chain = table->spare;
	table->spare = index;
}

void flow_touch(struct flow_table *table, struct flow *flow, enum flow_list list, int64_t now)
{
	flow->touched = now;
	if (flow->list == list && flow->newer == FLOW_NONE)
		return;
	unlink_flow(table, flow);
	link_flow(table, flow, list);
}

struct flow *flow_any(struct flow_table *table)
{
	struct flow *found = NULL;

	for (int i = 0; i < FLOW_LISTS; i++)
		if (table->lists[i].count) {
			struct flow *flow = &table->flows[table->lists[i].oldest];

			if (!found || flow->touched < found->touched)
				found = flow;
		}
	return found;
}

struct flow *flow_victim(struct flow_table *table)
{
	const struct flow_order *half = &table->lists[FLOW_HALF], *closed = &table->lists[FLOW_CLOSED];

	if (closed->count)
		return &table->flows[closed->oldest];
	if (half->count > table->size / 8)
		return &table->flows[half->oldest];
	return flow_any(table);
}

struct flow *flow_idle(struct flow_table *table, int64_t now)
{
	for (int i = 0; i < FLOW_LISTS; i++)
		if (table->lists[i].count) {
			struct flow *flow = &table->flows[table->lists[i].oldest];

			if (now - flow->touched >= idle_limits[i])
				return flow;
		}
	return NULL;
}

void flow_ends(const struct flow_identity *who, unsigned first, struct flow_ends *ret_ends)
{
	const struct flow_key *key = &who->key;
	bool high_first = who->begun_by_high != (first == 1);

	ret_ends->address[0] = high_first ? key->high : key->low;
	ret_ends->address[1] = high_first ? key->low : key->high;
	ret_ends->port[0] = high_first ? key->high_port : key->low_port;
	ret_ends->port[1] = high_first ? key->low_port : key->high_port;
}
