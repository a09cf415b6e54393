/* SPDX-License-Identifier: Apache-2.0 */
#include "store/assignments.h"

#include <inttypes.h>

#include "store/schema.h"

#define GRANULE "1024" /* rows; an answer reads a few of them */
#define NOWHERE "toFixedString('', 16)"
#define OF_PERSON "event_action IN ('address-assigned', 'address-released')"
#define OF_NAT "event_action IN ('nat-created', 'nat-deleted')"
/* What the duration says: how long the lease goes on; elsewhere how long something has been going on. */
#define IS_LEASE "event_action = 'address-assigned' AND network_protocol = 'dhcp'"
#define NAME_KEY(kind, name) "if(" OF_PERSON " AND " name " != '', concat('" kind ":', " name "), '')"

/* Columns beside the key: name, type, codec where the server has them, from events. */
static const struct {
	const char *name, *type, *codec, *from;
} columns[] = {
	{"time", "Int64", " CODEC(Delta, ZSTD)", "time"},
	{"seq", "UInt64", " CODEC(Delta, ZSTD)", "seq"},
	{"received", "Int64", " CODEC(Delta, ZSTD)", "received"},
	{"action", "LowCardinality(String)", "", "event_action"},
	{"address", "FixedString(16)", " CODEC(ZSTD)", "source_ip"},
	{"port", "Int64", " CODEC(ZSTD)", "source_port"},
	{"mac", "String", " CODEC(ZSTD)",
	 "if(length(replaceRegexpAll(CAST(source_mac AS String), '[^0-9A-Fa-f]', '')) = 12, "
	 "lower(replaceRegexpAll(CAST(source_mac AS String), '[^0-9A-Fa-f]', '')), '')"},
	{"user", "String", " CODEC(ZSTD)", "CAST(user_name AS String)"},
	{"host", "String", " CODEC(ZSTD)", "CAST(source_domain AS String)"},
	{"nat_address", "FixedString(16)", " CODEC(ZSTD)", "source_nat_ip"},
	{"nat_port", "Int64", " CODEC(ZSTD)",
	 "if(source_nat_port > 0 AND source_nat_port <= 65535, source_nat_port, 0)"},
	{"nat_port_last", "Int64", " CODEC(ZSTD)",
	 "if(source_nat_port_last > source_nat_port AND source_nat_port_last <= 65535, source_nat_port_last, "
	 "nat_port)"},
	{"began", "Int64", " CODEC(ZSTD)",
	 "if(event_start > 0, event_start, if(event_duration > 0 AND NOT (" IS_LEASE
	 "), time - intDiv(event_duration, 1000), 0))"},
	{"until", "Int64", " CODEC(ZSTD)",
	 "if(event_end > 0 OR event_duration <= 0 OR NOT (" IS_LEASE
	 "), event_end, time + intDiv(event_duration, 1000))"},
	{"dataset", "LowCardinality(String)", "", "event_dataset"},
	{"observer", "LowCardinality(String)", "",
	 "CAST(if(observer_name != '', CAST(observer_name AS String), CAST(host_name AS String)) AS "
	 "LowCardinality(String))"},
	{"observer_ip", "FixedString(16)", " CODEC(ZSTD)", "observer_ip"},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* Casts, because old servers mind the difference between LowCardinality(String) and String in views.
   A realm may stand on either side of a name: EXAMPLE\li.na, li.na@example.edu.cn. */
static const char keys[] =
	"arrayJoin(arrayFilter(k -> k != '', arrayConcat([\n"
	"\tif(" OF_PERSON " AND source_ip != " NOWHERE ", concat('ip:', hex(source_ip)), ''),\n"
	"\t" NAME_KEY("mac",
		      "mac") ",\n"
			     "\t" NAME_KEY("user",
					   "lower(splitByChar('\\\\', splitByChar('@', "
					   "user)[1])[-1])") ",\n"
							     "\t" NAME_KEY("host",
									   "lower(splitByChar('.', "
									   "host)[1])") ",\n"
											"\tif(" OF_NAT " AND "
											"source_nat_ip "
											"!= " NOWHERE
											" AND nat_port = "
											"0, concat('nat:', "
											"hex(source_nat_ip)"
											", ':-'), "
											"'')],\n"
											"\tarrayMap(n -> "
											"concat('nat:', "
											"hex(source_nat_ip)"
											", ':', toString(n "
											"+ "
											"intDiv(nat_port, "
											"64))),\n"
											"\trange(toUInt64("
											"if(" OF_NAT " AND "
											"source_nat_ip "
											"!= " NOWHERE
											" AND nat_port > "
											"0, "
											"intDiv(nat_port_"
											"last, 64) - "
											"intDiv(nat_port, "
											"64) + 1, 0))))))) "
											"AS key";

static void add_names(struct buf *out)
{
	buf_add_str(out, STR("key"));
	for (size_t i = 0; i < COLUMNS; i++)
		buf_printf(out, ", %s", columns[i].name);
}

static void add_select(struct buf *out)
{
	buf_printf(out, "SELECT %s", keys);
	for (size_t i = 0; i < COLUMNS; i++)
		buf_printf(out, ",\n\t%s AS %s", columns[i].from, columns[i].name);
	buf_add_str(out, STR("\nFROM " SCHEMA_EVENTS
			     " WHERE event_action IN ('address-assigned', 'address-released', "
			     "'nat-created', 'nat-deleted') AND labels_environment != 'drill'"));
}

void assignments_table(unsigned version, struct buf *out)
{
	bool codecs = version >= VERSION_CODECS;

	buf_printf(out, "CREATE TABLE IF NOT EXISTS " ASSIGNMENTS " (key String%s",
		   codecs ? " CODEC(ZSTD)" : "");
	for (size_t i = 0; i < COLUMNS; i++)
		buf_printf(out, ",\n\t%s %s%s", columns[i].name, columns[i].type,
			   codecs ? columns[i].codec : "");
	buf_printf(out,
		   ") ENGINE = ReplacingMergeTree PARTITION BY intDiv(received, %d * 86400000000) ORDER BY "
		   "(key, "
		   "time, seq)",
		   ASSIGNMENTS_DAYS);
	schema_settings(version, GRANULE, out);
}

void assignments_view(struct buf *out)
{
	buf_add_str(out, STR("CREATE MATERIALIZED VIEW IF NOT EXISTS " ASSIGNMENTS_VIEW " TO " ASSIGNMENTS
			     " AS "));
	add_select(out);
}

void assignments_backfill(int64_t day, struct buf *out)
{
	buf_add_str(out, STR("INSERT INTO " ASSIGNMENTS " ("));
	add_names(out);
	buf_add_str(out, STR(") "));
	add_select(out);
	buf_printf(out, " AND intDiv(received, 86400000000) = %" PRId64, day);
}
