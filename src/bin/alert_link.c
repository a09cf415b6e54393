/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/alert_link.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/vec.h"
#include "cases/alert_group.h"
#include "event/listener.h"
#include "event/snapshot.h"
#include "ipc/message.h"

#define ANSWER_TIMEOUT (30 * CLOCK_SECOND)
#define HASH_TEXT 33 /* 128 bits of SHA-256 as hex */

struct alert_link {
	const char *socket;
	struct ipc_channel *channel; /* NULL: not connected */
	bool has_rules;              /* core has the rules in force */
	struct buf message;
};

static struct str short_hash(struct str text, char out[HASH_TEXT])
{
	uint8_t digest[SHA256_SIZE];

	sha256(text.ptr, text.len, digest);
	hex_encode(digest, (HASH_TEXT - 1) / 2, out);
	return str_of(out, HASH_TEXT - 1);
}

/* --- encoding: the order of put_alert() and get_alert() must agree, as must put_rule() and get_rule() --- */

static void put_tags(struct buf *out, const struct str *tags, size_t count)
{
	if (count > ALERT_TAGS_MAX)
		count = ALERT_TAGS_MAX;
	message_put_u32(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++)
		message_put_str(out, tags[i]);
}

static struct str first_text(const struct event *event, enum field_id a, enum field_id b)
{
	struct str text = event_text(event, a);

	return text.len ? text : event_text(event, b);
}

/* Everybody may read alerts, so one that an audit record caused says only that there was one. */
static void put_nothing(struct buf *alerts, const struct event *event, bool drill)
{
	struct event bare;
	struct buf snapshot = {0};

	event_init(&bare, event->arena);
	bare.seq = event->seq;
	bare.received = event->received;
	for (int i = 0; i < 4; i++) /* host, user, both addresses */
		message_put_str(alerts, (struct str){0});
	message_put_str(alerts, STR("{}"));
	event_snapshot(&bare, drill, &snapshot);
	message_put_str(alerts, buf_str(&snapshot));
	buf_done(&snapshot);
}

static void put_circumstances(struct buf *alerts, const struct event *event, bool drill, struct str why)
{
	struct buf snapshot = {0};

	message_put_str(alerts, first_text(event, FIELD_ID_HOST_NAME, FIELD_ID_OBSERVER_NAME));
	message_put_str(alerts, first_text(event, FIELD_ID_USER_NAME, FIELD_ID_USER_TARGET_NAME));
	message_put_str(alerts, event_text(event, FIELD_ID_SOURCE_IP));
	message_put_str(alerts, event_text(event, FIELD_ID_DESTINATION_IP));
	message_put_str(alerts, why.len <= ALERT_WHY_MAX ? why : STR("{}"));
	event_snapshot(event, drill, &snapshot);
	message_put_str(alerts, snapshot.len <= ALERT_EVENT_MAX ? buf_str(&snapshot) : STR("{}"));
	buf_done(&snapshot);
}

/* Where the id's text lies in an item: behind its length and its own. */
#define ID_AT (2 * sizeof(uint32_t))

static void end_item(struct buf *items, size_t start)
{
	uint32_t len = (uint32_t)(items->len - start - sizeof(len));

	memcpy(items->ptr + start, &len, sizeof(len));
}

void alert_link_add(struct buf *alerts, const struct rule_info *rule, const struct event *event, int64_t time,
		    struct str why)
{
	static const char no_id[HASH_TEXT] = "00000000000000000000000000000000";
	bool drill = str_eq(event_text(event, FIELD_ID_LABELS_ENVIRONMENT), STR("drill"));
	size_t start = alerts->len;

	message_put_u32(alerts, 0); /* length, known at the end */
	message_put_str(alerts, str_of(no_id, HASH_TEXT - 1));
	message_put_u64(alerts, (uint64_t)time);
	message_put_u64(alerts, (uint64_t)clock_now());
	message_put_u32(alerts, rule->level);
	message_put_str(alerts, rule->id);
	message_put_str(alerts, rule->title);
	message_put_str(alerts, rule->title_zh);
	message_put_str(alerts, rule->hash);
	put_tags(alerts, rule->tags, rule->tag_count);
	message_put_u32(alerts, drill);
	message_put_u64(alerts, event->seq);
	message_put_str(alerts, event->source);
	if (event->listener == LISTENER_AUDIT)
		put_nothing(alerts, event, drill);
	else
		put_circumstances(alerts, event, drill, why);
	end_item(alerts, start);
}

void alert_link_name(struct buf *alerts, size_t at, struct str cause)
{
	char id[HASH_TEXT];

	memcpy(alerts->ptr + at + ID_AT, short_hash(cause, id).ptr, HASH_TEXT - 1);
}

struct str alert_link_item(const struct buf *alerts, size_t at)
{
	uint32_t len;

	memcpy(&len, alerts->ptr + at, sizeof(len));
	return str_of(alerts->ptr + at, sizeof(len) + len);
}

void alert_link_repeat(struct buf *repeats, struct str cause, uint64_t count, int64_t last)
{
	size_t start = repeats->len;
	char id[HASH_TEXT];

	message_put_u32(repeats, 0);
	message_put_str(repeats, short_hash(cause, id));
	message_put_u64(repeats, count);
	message_put_u64(repeats, (uint64_t)last);
	end_item(repeats, start);
}

static void put_rule(struct buf *out, const struct rule_info *rule)
{
	message_put_str(out, rule->hash);
	message_put_str(out, rule->id);
	message_put_str(out, rule->title);
	message_put_str(out, rule->title_zh);
	message_put_str(out, rule->description);
	message_put_str(out, rule->yaml);
	message_put_str(out, rule->author);
	message_put_str(out, rule->license);
	message_put_str(out, rule->next_steps);
	message_put_str(out, rule->next_steps_zh);
	message_put_str(out, rule->description_zh);
	message_put_str(out, rule->false_positives);
	message_put_str(out, rule->false_positives_zh);
	message_put_u32(out, rule->level);
	put_tags(out, rule->tags, rule->tag_count);
}

/* --- sending ------------------------------------------------------------------------------------------ */

struct alert_link *alert_link_new(const char *socket)
{
	struct alert_link *link = calloc(1, sizeof(*link));

	must(link);
	link->socket = socket;
	return link;
}

static void disconnect(struct alert_link *link)
{
	ipc_channel_free(link->channel);
	link->channel = NULL;
	link->has_rules = false;
}

void alert_link_reloaded(struct alert_link *link)
{
	link->has_rules = false;
}

void alert_link_free(struct alert_link *link)
{
	if (!link)
		return;
	disconnect(link);
	buf_done(&link->message);
	free(link);
}

static int send_rules(struct alert_link *link, const struct ruleset *rules)
{
	struct err err = {0};
	int r = 0;

	buf_clear(&link->message);
	for (size_t i = 0; i < ruleset_count(rules) && r == 0; i++) {
		put_rule(&link->message, ruleset_info(rules, i));
		if (link->message.len < ALERT_MESSAGE_MAX && i + 1 < ruleset_count(rules))
			continue;
		r = ipc_call(link->channel, IPC_RULES, buf_str(&link->message), NULL, &err);
		buf_clear(&link->message);
	}
	return r;
}

static int connect_link(struct alert_link *link, const struct ruleset *rules)
{
	int r = 0;

	if (link->channel && link->has_rules)
		return 0;
	if (!link->channel)
		r = ipc_connect(link->socket, ANSWER_TIMEOUT, &link->channel);
	if (r == 0)
		r = send_rules(link, rules);
	if (r < 0)
		disconnect(link);
	else
		link->has_rules = true;
	return r;
}

/* As many whole items as go into one message, at least one. */
static struct str take_message(struct str *rest)
{
	size_t end = 0;

	while (end < rest->len) {
		uint32_t len;

		memcpy(&len, rest->ptr + end, sizeof(len));
		if (end && end + sizeof(len) + len > ALERT_MESSAGE_MAX)
			break;
		end += sizeof(len) + len;
	}
	struct str message = str_head(*rest, end);
	*rest = str_from_offset(*rest, end);
	return message;
}

int alert_link_send(struct alert_link *link, const struct ruleset *rules, enum ipc_type type,
		    const struct buf *items)
{
	struct str rest = buf_str(items);
	struct err err = {0};
	int r;

	if (!rest.len)
		return 0;
	r = connect_link(link, rules);
	while (r == 0 && rest.len)
		r = ipc_call(link->channel, type, take_message(&rest), NULL, &err);
	if (r < 0 && r != -EAGAIN)
		disconnect(link);
	return r;
}

/* --- receiving ---------------------------------------------------------------------------------------- */

static size_t get_tags(struct message_reader *reader, struct str tags[ALERT_TAGS_MAX])
{
	uint32_t count = message_get_u32(reader);

	if (count > ALERT_TAGS_MAX) {
		reader->bad = true;
		return 0;
	}
	for (uint32_t i = 0; i < count; i++)
		tags[i] = message_get_str(reader);
	return count;
}

/* tags: room for the alert's tags, which it then points to. */
static void get_alert(struct message_reader *reader, struct str *tags, struct alert *alert)
{
	message_get_u32(reader); /* the length, which only the sender needs */
	alert->id = message_get_str(reader);
	alert->time = (int64_t)message_get_u64(reader);
	alert->detected = (int64_t)message_get_u64(reader);
	alert->level = message_get_u32(reader);
	alert->rule_id = message_get_str(reader);
	alert->rule_title = message_get_str(reader);
	alert->rule_title_zh = message_get_str(reader);
	alert->rule_hash = message_get_str(reader);
	alert->tags = tags;
	alert->tag_count = get_tags(reader, tags);
	alert->drill = message_get_u32(reader) != 0;
	alert->event_seq = message_get_u64(reader);
	alert->source = message_get_str(reader);
	alert->host = message_get_str(reader);
	alert->user = message_get_str(reader);
	alert->source_ip = message_get_str(reader);
	alert->destination_ip = message_get_str(reader);
	alert->why = message_get_str(reader);
	alert->event = message_get_str(reader);
	if ((unsigned)alert->level >= ALERT_LEVEL_COUNT)
		reader->bad = true;
}

#define CHUNK 512 /* alerts or rules a transaction */

static int receive_alerts(struct db *db, const struct case_rules *rules, struct message_reader reader)
{
	struct alert *alerts = calloc(CHUNK, sizeof(*alerts));
	struct str(*tags)[ALERT_TAGS_MAX] = calloc(CHUNK, sizeof(*tags));
	int r = 0;

	must(alerts && tags);
	while (reader.rest.len && r >= 0) {
		size_t count = 0;

		for (; count < CHUNK && reader.rest.len; count++)
			get_alert(&reader, tags[count], &alerts[count]);
		r = reader.bad ? ERR_PROTOCOL : alerts_add_grouped(db, rules, alerts, count);
	}
	free(tags);
	free(alerts);
	return r < 0 ? r : 0;
}

static int receive_repeats(struct db *db, struct message_reader reader)
{
	struct alert_repeat *repeats = calloc(CHUNK, sizeof(*repeats));
	int r = 0;

	must(repeats);
	while (reader.rest.len && r == 0) {
		size_t count = 0;

		for (; count < CHUNK && reader.rest.len; count++) {
			message_get_u32(&reader); /* the length, which only the sender needs */
			repeats[count].id = message_get_str(&reader);
			repeats[count].count = message_get_u64(&reader);
			repeats[count].last = (int64_t)message_get_u64(&reader);
		}
		r = reader.bad ? ERR_PROTOCOL : alerts_repeat(db, repeats, count);
	}
	free(repeats);
	return r;
}

/* tags: room for the rule's tags, which it then points to. */
static void get_rule(struct message_reader *reader, struct str *tags, struct alert_rule *rule)
{
	rule->hash = message_get_str(reader);
	rule->id = message_get_str(reader);
	rule->title = message_get_str(reader);
	rule->title_zh = message_get_str(reader);
	rule->description = message_get_str(reader);
	rule->yaml = message_get_str(reader);
	rule->author = message_get_str(reader);
	rule->license = message_get_str(reader);
	rule->next_steps = message_get_str(reader);
	rule->next_steps_zh = message_get_str(reader);
	rule->description_zh = message_get_str(reader);
	rule->false_positives = message_get_str(reader);
	rule->false_positives_zh = message_get_str(reader);
	rule->level = message_get_u32(reader);
	rule->tags = tags;
	rule->tag_count = get_tags(reader, tags);
	if ((unsigned)rule->level >= ALERT_LEVEL_COUNT)
		reader->bad = true;
}

static int receive_rules(struct db *db, struct message_reader reader)
{
	struct alert_rule *rules = calloc(CHUNK, sizeof(*rules));
	struct str(*tags)[ALERT_TAGS_MAX] = calloc(CHUNK, sizeof(*tags));
	int64_t now = clock_now();
	int r = 0;

	must(rules && tags);
	while (reader.rest.len && r >= 0) {
		size_t count = 0;

		for (; count < CHUNK && reader.rest.len; count++)
			get_rule(&reader, tags[count], &rules[count]);
		r = reader.bad ? ERR_PROTOCOL : alerts_add_rules(db, rules, count, now);
	}
	free(tags);
	free(rules);
	return r < 0 ? r : 0;
}

int alert_link_receive(struct db *db, const struct case_rules *rules, enum ipc_type type, struct str payload)
{
	struct message_reader reader = {payload, false};

	switch (type) {
	case IPC_ALERTS:
		return receive_alerts(db, rules, reader);
	case IPC_RULES:
		return receive_rules(db, reader);
	case IPC_REPEATS:
		return receive_repeats(db, reader);
	default:
		return ERR_PROTOCOL;
	}
}
