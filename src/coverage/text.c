/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage/text.h"

#include <inttypes.h>

#include "base/clock.h"

static const char *const kind_names[TALKER_KINDS] = {"learnt", "registered", "other", "platform"};

const char *coverage_kind_name(enum talker_kind kind)
{
	return kind_names[kind];
}

static void put_text(struct buf *out, const char *key, struct str text)
{
	if (!text.len)
		return;
	buf_printf(out, ",\"%s\":", key);
	buf_add_json_string(out, text);
}

static void put_time(struct buf *out, const char *key, int64_t time)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	buf_printf(out, ",\"%s\":\"%s\"", key, text);
}

static void put_integer(struct buf *out, const char *key, int64_t integer)
{
	buf_printf(out, ",\"%s\":%" PRId64, key, integer);
}

static void put_seconds(struct buf *out, const char *key, int64_t time)
{
	buf_printf(out, ",\"%s\":%.3f", key, (double)time / CLOCK_SECOND);
}

static void put_talker(struct buf *out, const struct ledger_talker *talker)
{
	buf_printf(out, "\"talker\":{\"id\":\"%016" PRIx64 "\",\"kind\":\"%s\"", talker->id,
		   kind_names[talker->kind]);
	if (talker->kind != TALKER_REGISTERED)
		put_text(out, "listener", talker->listener);
	put_text(out, "peer", talker->peer);
	put_text(out, "source", talker->source);
	put_text(out, "name", talker->name);
	buf_add_char(out, '}');
}

void coverage_hour_json(struct buf *out, const struct ledger_hour *hour)
{
	buf_add_char(out, '{');
	put_talker(out, &hour->talker);
	put_time(out, "hour", hour->hour);
	put_integer(out, "received", hour->received);
	if (hour->expected == EXPECTED_UNKNOWN)
		buf_add_str(out, STR(",\"expected\":null"));
	else
		put_integer(out, "expected", hour->expected);
	put_integer(out, "silent_seconds", hour->silent / CLOCK_SECOND);
	put_integer(out, "lost", hour->lost);
	buf_printf(out, ",\"lost_unsure\":%s", hour->unsure ? "true" : "false");
	put_integer(out, "unparsed", hour->unparsed);
	put_integer(out, "bytes", hour->bytes);
	put_seconds(out, "delay_seconds", hour->delay);
	put_seconds(out, "delay_max_seconds", hour->delay_max);
	put_seconds(out, "clock_error_seconds", hour->clock_error);
	buf_add_char(out, '}');
}

void coverage_gap_json(struct buf *out, const struct gap *gap)
{
	buf_printf(out, "{\"reason\":\"%s\"", gap_reason_name(gap->reason));
	put_time(out, "from", gap->from);
	put_time(out, "to", gap->to);
	buf_printf(out, ",\"lasts\":%s,\"learning\":%s", gap->lasts ? "true" : "false",
		   gap->learning ? "true" : "false");
	if (gap->reason == GAP_LOST || gap->reason == GAP_UNPARSED)
		put_integer(out, "count", gap->count);
	if (gap->reason == GAP_UNPARSED)
		put_integer(out, "received", gap->received);
	if (gap->acknowledged.talker) {
		buf_add_str(out, STR(",\"acknowledged\":{\"by\":"));
		buf_add_json_string(out, gap->acknowledged.by);
		put_text(out, "reason", gap->acknowledged.reason);
		put_time(out, "said", gap->acknowledged.said);
		put_time(out, "until", gap->acknowledged.until);
		buf_add_char(out, '}');
	}
	if (gap->talker.id) {
		buf_add_char(out, ',');
		put_talker(out, &gap->talker);
	}
	buf_add_char(out, '}');
}

void coverage_talker_text(struct buf *out, const struct ledger_talker *talker)
{
	const struct str parts[] = {
		talker->kind == TALKER_REGISTERED ? (struct str){0}
		: talker->peer.len                ? talker->peer
						  : talker->listener,
		talker->name,
		talker->source.len              ? talker->source
		: talker->kind == TALKER_LEARNT ? STR("(unparsed)")
		: talker->kind == TALKER_OTHER  ? STR("(others)")
						: (struct str){0},
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].len && out->len)
			buf_add_char(out, ' ');
		buf_add_str(out, parts[i]);
	}
}
