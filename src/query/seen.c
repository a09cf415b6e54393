/* SPDX-License-Identifier: Apache-2.0 */
#include "query/seen.h"

#include <string.h>

#include "event/ip.h"

#define NOWHERE "toFixedString('', 16)"
/* Dotted addresses within a text; each number at most 255, so that the conversion never fails. */
#define OCTET "(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
#define DOTTED "\\\\b" OCTET "\\\\." OCTET "\\\\." OCTET "\\\\." OCTET "\\\\b"

static void add(struct sql_query *query, const char *text)
{
	buf_add_str(&query->sql, str_from(text));
}

static void add_integer(struct sql_query *query, const char *text, int64_t value)
{
	add(query, text);
	sql_bind_integer(query, value);
}

static void last_of(const struct ip_net *net, uint8_t out[16])
{
	memcpy(out, net->ip, 16);
	for (unsigned bit = net->bits; bit < 128; bit++)
		out[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
}

void seen_nets_read(struct str list, struct seen_nets *ret_nets)
{
	struct str part;

	ret_nets->count = 0;
	while (str_split(&list, ',', &part) && ret_nets->count < SEEN_NETS_MAX) {
		struct seen_range *range = &ret_nets->items[ret_nets->count];
		struct ip_net net;

		if (ip_net_parse(str_trim(part), &net) < 0)
			continue;
		memcpy(range->first, net.ip, 16);
		last_of(&net, range->last);
		ret_nets->count++;
	}
}

/* "(column >= … AND column <= … OR …)"; nothing fits where there are no networks. */
static void add_within(struct sql_query *query, const char *column, const struct seen_nets *nets)
{
	add(query, "(0");
	for (size_t i = 0; i < nets->count; i++) {
		buf_printf(&query->sql, " OR %s >= ", column);
		sql_bind_ip(query, nets->items[i].first);
		buf_printf(&query->sql, " AND %s <= ", column);
		sql_bind_ip(query, nets->items[i].last);
	}
	add(query, ")");
}

static void add_addresses(struct sql_query *query, const uint8_t (*addresses)[16], size_t count)
{
	must(count && count <= SEEN_ASKED_MAX);
	add(query, "(");
	for (size_t i = 0; i < count; i++) {
		add(query, i ? ", " : "");
		sql_bind_ip(query, addresses[i]);
	}
	add(query, ")");
}

static void add_limit(struct sql_query *query, unsigned limit)
{
	buf_printf(&query->sql, " ORDER BY events DESC LIMIT %u", limit);
}

void seen_addresses(const struct seen_nets *nets, int64_t from, int64_t to, unsigned limit,
		    struct sql_query *query)
{
	add(query,
	    "SELECT hex(address) AS address_text, min(hour) AS first, max(hour) AS last, sum(events) AS "
	    "events FROM addresses_hour WHERE ");
	add_within(query, "address", nets);
	add_integer(query, " AND hour >= ", from - from % 3600000000);
	add_integer(query, " AND hour <= ", to);
	add(query, " GROUP BY address");
	add_limit(query, limit);
}

void seen_hosts(int64_t from, int64_t to, unsigned limit, struct sql_query *query)
{
	buf_printf(&query->sql,
		   "SELECT lower(CAST(host AS String)) AS name, min(hour) AS first, max(hour) AS last, "
		   "sum(events) "
		   "AS events, groupUniqArray(%d)(CAST(dataset AS String)) AS datasets FROM hosts_hour WHERE "
		   "host "
		   "!= ''",
		   SEEN_DATASETS_MAX);
	add_integer(query, " AND hour >= ", from - from % 3600000000);
	add_integer(query, " AND hour <= ", to);
	add(query, " GROUP BY name");
	add_limit(query, limit);
}

/* One of the two kinds of names. */
static void add_names(struct sql_query *query, const char *column, int64_t from, int64_t to)
{
	buf_printf(&query->sql,
		   "SELECT lower(CAST(%s AS String)) AS name, time, CAST(event_dataset AS String) AS dataset "
		   "FROM "
		   "events WHERE %s != ''",
		   column, column);
	add_integer(query, " AND time >= ", from);
	add_integer(query, " AND time <= ", to);
	add(query, " AND ");
}

static void add_answers(struct sql_query *query, const struct seen_nets *nets)
{
	add(query, "arrayExists(n -> 0");
	for (size_t i = 0; i < nets->count; i++) {
		const uint8_t *first = nets->items[i].first, *last = nets->items[i].last;

		if (memcmp(first, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) != 0)
			continue;
		add_integer(query, " OR n >= ",
			    (int64_t)first[12] << 24 | first[13] << 16 | first[14] << 8 | first[15]);
		add_integer(query, " AND n <= ",
			    (int64_t)last[12] << 24 | last[13] << 16 | last[14] << 8 | last[15]);
	}
	add(query, ", arrayMap(x -> toInt64(IPv4StringToNum(x)), extractAll(CAST(dns_answers_data AS "
		   "String), '" DOTTED "')))");
}

void seen_names(const struct seen_nets *nets, int64_t from, int64_t to, unsigned limit,
		struct sql_query *query)
{
	buf_printf(&query->sql,
		   "SELECT name, min(time) AS first, max(time) AS last, count() AS events, "
		   "groupUniqArray(%d)(dataset) AS datasets FROM (",
		   SEEN_DATASETS_MAX);
	add_names(query, "dns_question_name", from, to);
	add_answers(query, nets);
	add(query, " UNION ALL ");
	/* Asked for at an address of ours; or from outside, which only a server of ours can log. */
	add_names(query, "url_domain", from, to);
	add(query, "(");
	add_within(query, "destination_ip", nets);
	add(query, " OR destination_ip = " NOWHERE " AND source_ip != " NOWHERE " AND NOT ");
	add_within(query, "source_ip", nets);
	add(query, ")) GROUP BY name");
	add_limit(query, limit);
}

void seen_leases(const uint8_t (*addresses)[16], size_t count, struct sql_query *query)
{
	must(count && count <= SEEN_ASKED_MAX);
	add(query,
	    "SELECT substring(key, 4) AS address_text, argMax(host, time) AS host, argMax(mac, time) AS mac, "
	    "argMax(CAST(dataset AS String), time) AS dataset FROM address_assignments WHERE key IN (");
	for (size_t i = 0; i < count; i++) {
		char key[3 + 32 + 1] = "ip:";

		for (int k = 0; k < 16; k++)
			snprintf(key + 3 + 2 * k, 3, "%02X", addresses[i][k]);
		add(query, i ? ", " : "");
		sql_bind_text(query, str_from(key));
	}
	add(query, ") GROUP BY key");
}

void seen_datasets(const uint8_t (*addresses)[16], size_t count, int64_t from, struct sql_query *query)
{
	buf_printf(
		&query->sql,
		"SELECT hex(source_ip) AS address_text, groupUniqArray(%d)(CAST(event_dataset AS String)) AS "
		"datasets FROM events WHERE source_ip IN ",
		SEEN_DATASETS_MAX);
	add_addresses(query, addresses, count);
	add_integer(query, " AND time >= ", from);
	add(query, " GROUP BY source_ip");
}

void seen_begin(struct sql_query *query)
{
	add(query, "SELECT min(hour) AS first FROM addresses_hour");
}

void seen_ranges(const struct seen_range *ranges, size_t count, int64_t since, struct sql_query *query)
{
	must(count && count <= SEEN_ASKED_MAX);
	add(query, "SELECT n, last FROM (");
	for (size_t i = 0; i < count; i++) {
		buf_printf(
			&query->sql,
			"%sSELECT toInt64(%zu) AS n, max(hour) AS last FROM addresses_hour WHERE address >= ",
			i ? " UNION ALL " : "", i);
		sql_bind_ip(query, ranges[i].first);
		add(query, " AND address <= ");
		sql_bind_ip(query, ranges[i].last);
		add_integer(query, " AND hour >= ", since - since % 3600000000);
	}
	add(query, ") WHERE last > 0");
}

void seen_hosts_last(const struct str *names, size_t count, int64_t since, struct sql_query *query)
{
	must(count && count <= SEEN_ASKED_MAX);
	add(query, "SELECT lower(CAST(host AS String)) AS name, max(hour) AS last FROM hosts_hour WHERE "
		   "splitByChar('.', lower(CAST(host AS String)))[1] IN (");
	for (size_t i = 0; i < count; i++) {
		add(query, i ? ", " : "");
		sql_bind_text(query, str_head(names[i], str_find_char(names[i], '.')));
	}
	add_integer(query, ") AND hour >= ", since - since % 3600000000);
	add(query, " GROUP BY name LIMIT 10000");
}

void seen_destinations(const uint8_t (*addresses)[16], size_t count, int64_t since, struct sql_query *query)
{
	add(query,
	    "SELECT DISTINCT hex(destination_ip) AS address_text FROM events WHERE destination_ip IN ");
	add_addresses(query, addresses, count);
	add_integer(query, " AND time >= ", since);
}
