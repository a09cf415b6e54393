/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage/clocks.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/json.h"
#include "coverage/registry.h"
#include "event/ip.h"

#define VERSION 1

struct clocks {
	atomic_uint references;
	const struct registry *registry;
	struct arena *texts;
	struct clock_correction *items; /* of one clock together, the newest first */
	size_t count;
	uint32_t *table; /* 1 + index of a clock's newest, by hash; 0: free */
	size_t table_size;
};

static const char *const kind_names[CLOCK_KINDS] = {"zoned", "assumed"};

static int compare(const void *pa, const void *pb)
{
	const struct clock_correction *a = pa, *b = pb;
	int order = memcmp(a->peer, b->peer, sizeof(a->peer));

	if (!order)
		order = str_cmp(a->name, b->name);
	if (!order)
		order = a->kind - b->kind;
	if (!order && a->from != b->from)
		order = a->from > b->from ? -1 : 1;
	return order;
}

static bool same_clock(const struct clock_correction *item, const uint8_t peer[16], struct str name,
		       enum clock_kind kind)
{
	return item->kind == kind && memcmp(item->peer, peer, sizeof(item->peer)) == 0 &&
	       str_eq(item->name, name);
}

static size_t place(const struct clocks *clocks, const uint8_t peer[16], struct str name,
		    enum clock_kind kind)
{
	uint64_t hash = hash_bytes_seeded(peer, 16, kind);

	if (name.len)
		hash = hash_bytes_seeded(name.ptr, name.len, hash);
	return hash & (clocks->table_size - 1);
}

static void make_table(struct clocks *clocks)
{
	clocks->table_size = 16;
	while (clocks->table_size < clocks->count * 2)
		clocks->table_size *= 2;
	clocks->table = calloc(clocks->table_size, sizeof(*clocks->table));
	must(clocks->table);
	for (size_t i = 0; i < clocks->count; i++) {
		const struct clock_correction *item = &clocks->items[i];
		size_t at = place(clocks, item->peer, item->name, item->kind);

		if (i && same_clock(&clocks->items[i - 1], item->peer, item->name, item->kind))
			continue;
		while (clocks->table[at])
			at = (at + 1) & (clocks->table_size - 1);
		clocks->table[at] = (uint32_t)i + 1;
	}
}

/* The newest of each clock; then of all, so that what is kept does not depend on the order they came in. */
static size_t choose(struct clock_correction *items, size_t count)
{
	size_t kept = 0, run = 0;

	for (size_t i = 0; i < count; i++) {
		run = i && same_clock(&items[i - 1], items[i].peer, items[i].name, items[i].kind) ? run + 1
												  : 0;
		if (run < CLOCKS_HISTORY_MAX)
			items[kept++] = items[i];
	}
	while (kept > CLOCKS_MAX) {
		size_t oldest = 0;

		for (size_t i = 1; i < kept; i++)
			if (items[i].from < items[oldest].from)
				oldest = i;
		memmove(&items[oldest], &items[oldest + 1], (--kept - oldest) * sizeof(*items));
	}
	return kept;
}

struct clocks *clocks_new(const struct registry *registry, const struct clock_correction *items, size_t count)
{
	struct clocks *clocks = calloc(1, sizeof(*clocks));

	must(clocks);
	clocks->registry = registry;
	clocks->texts = arena_new(0);
	clocks->items = calloc(count + 1, sizeof(*clocks->items));
	must(clocks->texts && clocks->items);
	atomic_init(&clocks->references, 1);
	for (size_t i = 0; i < count; i++) {
		clocks->items[i] = items[i];
		clocks->items[i].name = arena_copy(clocks->texts, items[i].name);
	}
	if (count)
		qsort(clocks->items, count, sizeof(*clocks->items), compare);
	clocks->count = choose(clocks->items, count);
	make_table(clocks);
	return clocks;
}

struct clocks *clocks_use(struct clocks *clocks)
{
	if (clocks)
		atomic_fetch_add(&clocks->references, 1);
	return clocks;
}

void clocks_release(struct clocks *clocks)
{
	if (!clocks || atomic_fetch_sub(&clocks->references, 1) != 1)
		return;
	arena_free(clocks->texts);
	free(clocks->items);
	free(clocks->table);
	free(clocks);
}

size_t clocks_count(const struct clocks *clocks)
{
	return clocks->count;
}

const struct clock_correction *clocks_get(const struct clocks *clocks, size_t index)
{
	return &clocks->items[index];
}

const struct clock_correction *clocks_find(const struct clocks *clocks, const uint8_t peer[16],
					   struct str name, enum clock_kind kind, uint64_t seq)
{
	for (size_t at = place(clocks, peer, name, kind); clocks->table[at];
	     at = (at + 1) & (clocks->table_size - 1)) {
		size_t i = clocks->table[at] - 1;

		if (!same_clock(&clocks->items[i], peer, name, kind))
			continue;
		for (; i < clocks->count && same_clock(&clocks->items[i], peer, name, kind); i++)
			if (clocks->items[i].from <= seq)
				return &clocks->items[i];
		return NULL;
	}
	return NULL;
}

void clocks_correct(const struct clocks *clocks, struct event *event)
{
	const struct clock_correction *item;
	const struct field *field = event_get(event, FIELD_ID_TIMESTAMP);
	struct str name = {0};
	int64_t time, distance;

	if (!clocks->count || event->time_origin == TIME_RECEIVED || !field)
		return;
	time = field->integer;
	if (clocks->registry && registry_is_relay(clocks->registry, event->peer))
		name = str_head(event_text(event, FIELD_ID_HOST_NAME), TALKER_NAME_MAX);
	item = clocks_find(clocks, event->peer, name,
			   event->time_origin == TIME_ZONED ? CLOCK_ZONED : CLOCK_ASSUMED, event->seq);
	if (!item || !item->add)
		return;
	distance = llabs(event->received - time);
	if (llabs(event->received - time - item->add) >= distance)
		return;
	event_set_integer(event, FIELD_ID_EVENT_SOURCE_TIME, time);
	event_set_integer(event, FIELD_ID_TIMESTAMP, time + item->add);
}

/* -- the file -------------------------------------------------------------------------------------------- */

void clocks_save(const struct clocks *clocks, struct buf *out)
{
	buf_printf(out, "{\"version\":%d,\"corrections\":[", VERSION);
	for (size_t i = 0; i < clocks->count; i++) {
		const struct clock_correction *item = &clocks->items[i];
		char peer[IP_TEXT_SIZE];

		ip_format(item->peer, peer);
		buf_printf(out, "%s\n{\"peer\":\"%s\",\"name\":", i ? "," : "", peer);
		buf_add_json_string(out, item->name);
		buf_printf(out,
			   ",\"times\":\"%s\",\"add\":%" PRId64 ",\"since\":%" PRId64 ",\"from\":%" PRIu64
			   "}",
			   kind_names[item->kind], item->add, item->since, item->from);
	}
	buf_add_str(out, STR("\n]}\n"));
}

static struct str text_of(const struct json_node *object, const char *key, enum json_type type)
{
	const struct json_node *node = json_get(object, str_from(key));

	return node && node->type == type ? str_of(node->text, node->len) : (struct str){0};
}

static bool read_one(const struct json_node *node, struct clock_correction *item)
{
	const struct str kind = text_of(node, "times", JSON_STRING);

	if (node->type != JSON_OBJECT)
		return false;
	item->name = text_of(node, "name", JSON_STRING);
	item->kind = str_eq(kind, str_from(kind_names[CLOCK_ZONED])) ? CLOCK_ZONED : CLOCK_ASSUMED;
	return item->name.len <= TALKER_NAME_MAX &&
	       ip_parse(text_of(node, "peer", JSON_STRING), item->peer) == 0 &&
	       (item->kind == CLOCK_ZONED || str_eq(kind, str_from(kind_names[CLOCK_ASSUMED]))) &&
	       str_to_i64(text_of(node, "add", JSON_NUMBER), &item->add) == 0 &&
	       str_to_i64(text_of(node, "since", JSON_NUMBER), &item->since) == 0 &&
	       str_to_u64(text_of(node, "from", JSON_NUMBER), &item->from) == 0 &&
	       llabs(item->add / CLOCK_DAY) < 365000;
}

int clocks_load(struct str json, const struct registry *registry, struct clocks **ret_clocks)
{
	struct json_parser *parser = json_parser_new();
	struct {
		VEC_OF(struct clock_correction)
	} items = {0};
	const struct json_node *root, *list = NULL, *node;
	int r;

	must(parser);
	r = json_parse(parser, json, &root, NULL);
	if (r == 0 && root->type == JSON_OBJECT)
		list = json_get(root, STR("corrections"));
	r = list && list->type == JSON_ARRAY && list->count <= CLOCKS_MAX ? 0 : ERR_SYNTAX;
	for (node = r == 0 ? json_first(list) : NULL; node && r == 0; node = json_next(list, node))
		r = read_one(node, vec_add_zero(&items)) ? 0 : ERR_SYNTAX;
	if (r == 0)
		*ret_clocks = clocks_new(registry, items.items, items.len);
	vec_done(&items);
	json_parser_free(parser);
	return r;
}
