/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counts that alert_minutes, alert_hours and rule_counts hold, gathered over a batch and
 * written once for each distinct value: an attack is thousands of alerts with
 * the same rule and the same address.
 */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "cases/alert_count.h"
#include "cases/private.h"

#define PLACE_MAX 16 /* bytes of a code of ISO 3166 */

struct minute_key {
	int64_t minute;
	int32_t level, drill;
};

struct hour_key {
	int64_t hour;
	int64_t kind;
	/* and the value's bytes */
};

struct tally {
	struct map *minutes, *hours, *rules;
	struct buf key;
};

struct tally *tally_new(void)
{
	struct tally *tally = calloc(1, sizeof(*tally));

	must(tally);
	tally->minutes = map_new();
	tally->hours = map_new();
	tally->rules = map_new();
	must(tally->minutes && tally->hours && tally->rules);
	return tally;
}

void tally_free(struct tally *tally)
{
	map_free(tally->minutes);
	map_free(tally->hours);
	map_free(tally->rules);
	buf_done(&tally->key);
	free(tally);
}

static void add_hour(struct tally *tally, enum alert_top kind, int64_t hour, struct str value)
{
	struct hour_key key = {hour, kind};

	if (!value.len)
		return;
	buf_clear(&tally->key);
	buf_add(&tally->key, &key, sizeof(key));
	buf_add_str(&tally->key, value);
	++*map_put(tally->hours, buf_str(&tally->key), NULL);
}

/* A byte that says whether it was a drill, then the rule's id. */
static void add_rule(struct tally *tally, const struct alert *alert)
{
	buf_clear(&tally->key);
	buf_add_char(&tally->key, alert->drill ? 1 : 0);
	buf_add_str(&tally->key, alert->rule_id);
	++*map_put(tally->rules, buf_str(&tally->key), NULL);
}

/* tactics is an array we wrote ourselves: names of letters and dashes between quotes. */
static void add_tactics(struct tally *tally, int64_t hour, struct str tactics)
{
	struct str part;

	for (bool inside = false; str_split(&tactics, '"', &part); inside = !inside)
		if (inside)
			add_hour(tally, ALERT_TOP_TACTIC, hour, part);
}

/* event is an object we wrote ourselves: a name between quotes is no part of a text, where they are escaped.
   A value with a backslash is no code of a country. */
static void add_place(struct tally *tally, enum alert_top kind, int64_t hour, struct str event,
		      struct str name)
{
	size_t at = str_find(event, name), end;

	if (at == STR_NOT_FOUND)
		return;
	event = str_from_offset(event, at + name.len);
	end = str_find_char(event, '"');
	if (end < PLACE_MAX && str_find_char(str_head(event, end), '\\') == STR_NOT_FOUND)
		add_hour(tally, kind, hour, str_head(event, end));
}

static void add_places(struct tally *tally, int64_t hour, struct str event)
{
	if (event.len > ALERT_EVENT_MAX)
		return; /* its copy is left out, too */
	add_place(tally, ALERT_TOP_SOURCE_COUNTRY, hour, event, STR("\"source.geo.country_iso_code\":\""));
	add_place(tally, ALERT_TOP_DESTINATION_COUNTRY, hour, event,
		  STR("\"destination.geo.country_iso_code\":\""));
	add_place(tally, ALERT_TOP_SOURCE_REGION, hour, event, STR("\"source.geo.region_iso_code\":\""));
}

void tally_add(struct tally *tally, const struct alert *alert)
{
	int64_t hour = floor_to(alert->time, HOUR) / HOUR;
	struct minute_key minute = {floor_to(alert->time, MINUTE) / MINUTE, (int32_t)alert->level,
				    alert->drill};

	++*map_put(tally->minutes, str_of((const char *)&minute, sizeof(minute)), NULL);
	add_hour(tally, ALERT_TOP_RULE, hour, alert->rule_id);
	add_hour(tally, ALERT_TOP_SOURCE, hour, alert->source_ip);
	add_hour(tally, ALERT_TOP_DESTINATION, hour, alert->destination_ip);
	add_tactics(tally, hour, alert->tactics);
	add_places(tally, hour, alert->event);
	add_rule(tally, alert);
}

int tally_write(struct tally *tally, struct db_tx *tx)
{
	static const char by_minute[] = "INSERT INTO alert_minutes VALUES (?1, ?2, ?3, ?4, ?5)"
					" ON CONFLICT DO UPDATE SET count = count + excluded.count";
	static const char by_hour[] = "INSERT INTO alert_hours VALUES (?1, ?2, ?3, ?4)"
				      " ON CONFLICT DO UPDATE SET count = count + excluded.count";
	struct minute_key minute;
	struct hour_key hour;
	struct str key;
	uint64_t count;
	int r = 0;

	for (size_t cursor = 0; r >= 0 && map_next(tally->minutes, &cursor, &key, &count);) {
		memcpy(&minute, key.ptr, sizeof(minute));
		r = db_run(tx, by_minute,
			   DB_ARGS(db_integer(minute.minute), db_integer(minute.level), db_integer(ALERT_NEW),
				   db_integer(minute.drill), db_integer((int64_t)count)));
	}
	for (size_t cursor = 0; r >= 0 && map_next(tally->hours, &cursor, &key, &count);) {
		memcpy(&hour, key.ptr, sizeof(hour));
		r = db_run(tx, by_hour,
			   DB_ARGS(db_integer(hour.kind), db_integer(hour.hour),
				   db_text(str_from_offset(key, sizeof(hour))), db_integer((int64_t)count)));
	}
	for (size_t cursor = 0; r >= 0 && map_next(tally->rules, &cursor, &key, &count);)
		r = rule_count_add(tx, str_from_offset(key, 1), key.ptr[0] != 0,
				   &(struct rule_delta){.alerts = (int64_t)count});
	return r;
}
