/* SPDX-License-Identifier: Apache-2.0 */
#include "store/schema.h"

#include "event/block.h"

#define DAY_US "86400000000"
#define DEDUPLICATION_WINDOW 10000 /* tokens remembered per table */
#define COLUMN_NAME_MAX 64
#define GRANULE "8192" /* rows */

/* Roll-ups: what they are grouped by beside the day. A step is the width of a time slot in µs. */
static const struct {
	const char *name, *slot, *step;
	const char *columns; /* DDL */
	const char *order;
	const char *select; /* the same from events */
} rollups[] = {
	{"events_minute", "minute", "60000000",
	 "dataset LowCardinality(String), kind LowCardinality(String), category LowCardinality(String), "
	 "outcome LowCardinality(String), severity Int64",
	 "dataset, kind, category, outcome, severity",
	 "event_dataset AS dataset, event_kind AS kind, event_category AS category, event_outcome AS "
	 "outcome, "
	 "event_severity AS severity"},
	{"addresses_hour", "hour", "3600000000", "address FixedString(16), country LowCardinality(String)",
	 "address, country", "source_ip AS address, source_geo_country_iso_code AS country"},
	{"hosts_hour", "hour", "3600000000", "host LowCardinality(String), dataset LowCardinality(String)",
	 "host, dataset", "host_name AS host, event_dataset AS dataset"},
};

/* Addresses people may want to find among billions of events. */
static const enum field_id indexed[] = {FIELD_ID_SOURCE_IP, FIELD_ID_DESTINATION_IP};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static size_t stored_columns(void)
{
	struct str name;
	const char *type;
	size_t count = 0;

	while (block_column(count, &name, &type))
		count++;
	return count;
}

/* The address as a person writes it, '' where it is absent; every version knows these functions. */
static void add_address_alias(struct buf *out, struct str column)
{
	buf_printf(out,
		   "%.*s_text String ALIAS if(%.*s = toFixedString('', 16), '', "
		   "replaceOne(IPv6NumToString(%.*s), '::ffff:', ''))",
		   STR_FMT(column), STR_FMT(column), STR_FMT(column));
}

/* Aliases stand behind the stored columns: the time for people, then each address as text. */
static bool add_alias(unsigned version, size_t index, struct buf *out, struct str *ret_name)
{
	static const struct str time_name = {"timestamp", 9};
	size_t begin = out->len;

	if (index == 0) {
		buf_add_str(out, version >= VERSION_DATETIME64
					 ? STR("timestamp DateTime64(6, 'UTC') ALIAS "
					       "fromUnixTimestamp64Micro(time, 'UTC')")
					 : STR("timestamp DateTime ALIAS toDateTime(intDiv(time, 1000000))"));
		*ret_name = time_name;
		return true;
	}
	for (unsigned id = 0; id < FIELD_COUNT; id++)
		if (field_info(id)->type == FIELD_IP && --index == 0) {
			add_address_alias(out, field_info(id)->column);
			*ret_name = str_of(out->ptr + begin, field_info(id)->column.len + 5);
			return true;
		}
	return false;
}

/* What takes the room: long text, and numbers that rise slowly. Our own engine compresses text by the age of
   the part (engine.c), and all else with what is read fastest; other servers get what is good at any age. */
static const char *codec_of(const struct schema_server *server, struct str name, struct str type)
{
	if (server->version < VERSION_CODECS)
		return "";
	if (str_eq(name, STR("seq")) || str_eq(name, STR("received")) || str_eq(name, STR("time")))
		return server->own ? "CODEC(Delta(8), Default)" : "CODEC(Delta, ZSTD)";
	if (!str_eq(type, STR("String")) && !str_starts(type, STR("Array(")))
		return server->own ? "CODEC(LZ4)" : "";
	if (server->own)
		return "CODEC(Default)";
	return str_eq(name, STR("message")) || str_eq(name, STR("attr_values")) ? "CODEC(ZSTD(3))"
										: "CODEC(ZSTD)";
}

bool schema_codec(const struct schema_server *server, size_t index, struct str *ret_name,
		  const char **ret_codec)
{
	const char *type;

	if (!block_column(index, ret_name, &type))
		return false;
	*ret_codec = codec_of(server, *ret_name, str_from(type));
	return true;
}

bool schema_column(const struct schema_server *server, size_t index, struct buf *out, struct str *ret_name)
{
	const char *type, *codec;

	if (index >= stored_columns())
		return add_alias(server->version, index - stored_columns(), out, ret_name);
	block_column(index, ret_name, &type);
	codec = codec_of(server, *ret_name, str_from(type));
	buf_printf(out, "%.*s %s%s%s", STR_FMT(*ret_name), type, codec[0] ? " " : "", codec);
	return true;
}

static void add_indexes(struct buf *out)
{
	buf_add_str(out, STR(",\n\tINDEX seq_index seq TYPE minmax GRANULARITY 1"));
	for (size_t i = 0; i < COUNT(indexed); i++) {
		struct str column = field_info(indexed[i])->column;

		buf_printf(out, ",\n\tINDEX %.*s_index %.*s TYPE bloom_filter(0.01) GRANULARITY 1",
			   STR_FMT(column), STR_FMT(column));
	}
}

/* Durable when acknowledged, a token is remembered, and small parts are one file instead of three hundred. */
void schema_settings(unsigned version, const char *granule, struct buf *out)
{
	buf_printf(out, " SETTINGS index_granularity = %s", granule);
	if (version >= VERSION_FSYNC)
		buf_add_str(out, STR(", fsync_after_insert = 1, fsync_part_directory = 1, "
				     "min_bytes_for_wide_part = 268435456"));
	if (version >= VERSION_TOKENS)
		buf_printf(out, ", non_replicated_deduplication_window = %d", DEDUPLICATION_WINDOW);
}

void schema_events(const struct schema_server *server, struct buf *out)
{
	struct str name;

	buf_add_str(out, STR("CREATE TABLE IF NOT EXISTS " SCHEMA_EVENTS " ("));
	for (size_t i = 0, begin = 0;; i++) {
		begin = out->len;
		buf_add_str(out, i ? STR(",\n\t") : STR("\n\t"));
		if (!schema_column(server, i, out, &name)) {
			out->len = begin;
			break;
		}
	}
	if (server->version >= VERSION_SKIP_INDEX)
		add_indexes(out);
	buf_add_str(out, STR("\n) ENGINE = MergeTree PARTITION BY intDiv(received, " DAY_US
			     ") ORDER BY (time, seq)"));
	schema_settings(server->version, GRANULE, out);
}

const char *schema_rollup(unsigned version, size_t index, struct buf *ret_table, struct buf *ret_view)
{
	if (index >= COUNT(rollups))
		return NULL;
	buf_printf(ret_table,
		   "CREATE TABLE IF NOT EXISTS %s (day Int64, %s Int64, %s, events UInt64) "
		   "ENGINE = SummingMergeTree PARTITION BY day ORDER BY (%s, day, %s)",
		   rollups[index].name, rollups[index].slot, rollups[index].columns, rollups[index].slot,
		   rollups[index].order);
	schema_settings(version, GRANULE, ret_table);
	buf_printf(ret_view,
		   "CREATE MATERIALIZED VIEW IF NOT EXISTS %s_view TO %s AS SELECT "
		   "intDiv(received, " DAY_US ") AS day, intDiv(time, %s) * %s AS %s, %s, count() AS events "
		   "FROM " SCHEMA_EVENTS " GROUP BY day, %s, %s",
		   rollups[index].name, rollups[index].name, rollups[index].step, rollups[index].step,
		   rollups[index].slot, rollups[index].select, rollups[index].slot, rollups[index].order);
	return rollups[index].name;
}
