/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "enrich/assets.h"
#include "enrich/private.h"
#include "event/ip.h"
#include "event/put.h"

#define SLOTS 4096 /* a power of two; 128 KiB of a worker's memory */

/* The rows that hold an address, at any time: which of them holds now is looked at each time. */
struct slot {
	uint8_t ip[16]; /* of the address :: as well: it is nobody's */
	const uint32_t *rows;
	uint64_t count;
};
_Static_assert(sizeof(struct slot) == 32, "two are a line of the processor's cache");

struct asset_memo {
	struct assets *assets; /* NULL: none */
	struct slot slots[SLOTS];
};

/* Of the source, the destination and the host. */
static const struct end {
	enum field_id ip, mac, name, asset_name, asset_unit;
	bool loose; /* its name may stand without its domain */
} ends[] = {
	{FIELD_ID_SOURCE_IP, FIELD_ID_SOURCE_MAC, FIELD_ID_SOURCE_DOMAIN, FIELD_ID_SOURCE_ASSET_NAME,
	 FIELD_ID_SOURCE_ASSET_UNIT, false},
	{FIELD_ID_DESTINATION_IP, FIELD_ID_DESTINATION_MAC, FIELD_ID_DESTINATION_DOMAIN,
	 FIELD_ID_DESTINATION_ASSET_NAME, FIELD_ID_DESTINATION_ASSET_UNIT, false},
	{FIELD_ID_HOST_IP, FIELD_ID_HOST_MAC, FIELD_ID_HOST_NAME, FIELD_ID_HOST_ASSET_NAME,
	 FIELD_ID_HOST_ASSET_UNIT, true},
};

struct asset_memo *asset_memo_new(void)
{
	struct asset_memo *memo = calloc(1, sizeof(*memo));

	must(memo);
	return memo;
}

void asset_memo_free(struct asset_memo *memo)
{
	assets_release(memo->assets);
	free(memo);
}

void asset_memo_use(struct asset_memo *memo, struct assets *assets)
{
	struct assets *before = memo->assets;

	memo->assets = assets ? assets_use(assets) : NULL;
	assets_release(before);
	memset(memo->slots, 0, sizeof(memo->slots));
}

static const struct asset *by_ip(struct asset_memo *memo, const uint8_t ip[16], int64_t time)
{
	uint64_t words[2];
	struct slot *slot;
	size_t count;

	memcpy(words, ip, sizeof(words));
	slot = &memo->slots[((words[0] ^ words[1]) * 0x9e3779b97f4a7c15u) >> 52];
	if (memcmp(slot->ip, ip, 16) != 0) {
		memcpy(slot->ip, ip, 16);
		slot->rows = assets_rows(memo->assets, ip, &count);
		slot->count = count;
	}
	return slot->count ? assets_valid(memo->assets, slot->rows, slot->count, time) : NULL;
}
_Static_assert(SLOTS == 1 << (64 - 52), "the hash's upper bits number the slots");

static const struct asset *by_name(struct asset_memo *memo, struct str name, bool loose, int64_t time)
{
	uint8_t ip[16];

	/* Syslog headers have an address in place of a name where the sender knows none. */
	if (loose && (char_is_digit(name.ptr[0]) || str_find_char(name, ':') != STR_NOT_FOUND) &&
	    ip_parse(name, ip) == 0)
		return by_ip(memo, ip, time);
	return assets_by_host(memo->assets, name, loose, time);
}

static const struct asset *find(struct asset_memo *memo, const struct event *event, const struct end *end,
				int64_t time)
{
	const struct asset *asset = NULL;
	struct str text;

	if (event->field_at[end->ip])
		asset = by_ip(memo, event_get(event, end->ip)->ip, time);
	if (!asset && (text = event_text(event, end->mac)).len)
		asset = assets_by_mac(memo->assets, text, time);
	if (!asset && (text = event_text(event, end->name)).len)
		asset = by_name(memo, text, end->loose, time);
	return asset;
}

static void set(struct event *event, enum field_id id, struct str text)
{
	struct value value = value_string(text);

	if (text.len && !event->field_at[id])
		event_set_keyword(event, id, &value);
}

void asset_memo_run(struct asset_memo *memo, struct event *event)
{
	int64_t time;

	if (!memo->assets)
		return;
	time = event->field_at[FIELD_ID_TIMESTAMP] ? event_get(event, FIELD_ID_TIMESTAMP)->integer
						   : event->received;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const struct asset *asset = find(memo, event, &ends[i], time);

		if (!asset)
			continue;
		set(event, ends[i].asset_name, asset->name);
		set(event, ends[i].asset_unit, asset->unit);
	}
}
