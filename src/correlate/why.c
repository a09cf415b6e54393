/* SPDX-License-Identifier: Apache-2.0 */
/* Why a correlation came true, as JSON for the alert. */
#include "base/clock.h"
#include "correlate/private.h"

#define VALUE_MAX 1024 /* bytes of a value of the key */

static void add_text(struct buf *out, const char *name, struct str text)
{
	buf_printf(out, ",\"%s\":", name);
	buf_add_json_string(out, text);
}

static void add_time(struct buf *out, const char *name, int64_t time)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	buf_printf(out, "\"%s\":\"%s\"", name, text);
}

/* Every rule of the list, with the events of the window that were its. */
static void add_rules(const struct correlator *correlator, const struct firing *firing, struct buf *out)
{
	const struct correlation *correlation = firing->key->tracker->correlation;
	uint64_t counts[CORRELATION_RULES_MAX] = {0};

	for (uint32_t i = firing->first; i <= firing->last && i < firing->key->ring.count; i++) {
		const struct entry *entry = ring_at(&firing->key->ring, i);

		counts[entry->position] += entry->weight;
	}
	buf_add_str(out, STR(",\"rules\":["));
	for (uint32_t i = 0; i < correlation->rule_count; i++) {
		const struct rule_info *info = ruleset_info(correlator->set, correlation->rules[i]);

		buf_printf(out, "%s{\"count\":%llu", i ? "," : "", (unsigned long long)counts[i]);
		add_text(out, "id", info->id);
		add_text(out, "title", info->title);
		if (info->title_zh.len)
			add_text(out, "title_zh", info->title_zh);
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

static void add_group(const struct key *key, struct buf *out)
{
	const struct correlation *correlation = key->tracker->correlation;

	buf_add_str(out, STR(",\"group\":["));
	for (uint32_t i = 0; i < correlation->group_count; i++) {
		struct str value = {0};

		key_value(str_of(key->text, key->text_len), i, &value);
		buf_add_str(out, i ? STR(",{\"field\":") : STR("{\"field\":"));
		buf_add_json_string(out, correlation->group_by[i]);
		add_text(out, "value", str_head(value, VALUE_MAX));
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

static void add_condition(const struct firing *firing, struct buf *out)
{
	const struct correlation *correlation = firing->key->tracker->correlation;

	if (correlation->type == CORRELATION_NEW_TERMS)
		return;
	if (correlation->value_field_count)
		buf_add_str(out, STR(",\"fields\":["));
	for (uint32_t i = 0; i < correlation->value_field_count; i++) {
		if (i)
			buf_add_char(out, ',');
		buf_add_json_string(out, correlation->value_fields[i]);
	}
	if (correlation->value_field_count)
		buf_add_char(out, ']');
	if (correlation->type == CORRELATION_VALUE_PERCENTILE)
		buf_printf(out, ",\"percentile\":%.15g", correlation->percentile);
	buf_printf(out, ",\"value\":%.15g", firing->number);
	add_text(out, "condition", correlation->condition);
	if (correlation->expression)
		return; /* the rules' counts say it */
	buf_add_str(out, STR(",\"evaluated\":\""));
	for (uint32_t i = 0; i < correlation->condition_count; i++)
		buf_printf(out, "%s%.15g %s %.15g", i ? " and " : "", firing->number,
			   correlation_compare_name(correlation->conditions[i].compare),
			   correlation->conditions[i].value);
	if (correlation->condition_count == 0)
		buf_printf(out, "%.15g gte %u", firing->number, correlation->threshold);
	buf_add_char(out, '"');
}

/* The first, the last, and between them as many as there is room for, evenly. */
static void add_samples(const struct firing *firing, struct buf *out)
{
	const struct ring *ring = &firing->key->ring;
	uint32_t count = ring->count ? firing->last - firing->first + 1 : 0;
	uint32_t shown = count < CORRELATOR_SAMPLES ? count : CORRELATOR_SAMPLES;
	uint64_t first = count ? ring_at(ring, firing->first)->seq : firing->seq;
	uint64_t last = count ? ring_at(ring, firing->last)->seq : firing->seq;

	buf_printf(out, ",\"first\":%llu,\"last\":%llu,\"samples\":[", (unsigned long long)first,
		   (unsigned long long)last);
	for (uint32_t i = 0; i < shown; i++) {
		uint32_t at = shown == 1 ? 0 : (uint32_t)((uint64_t)i * (count - 1) / (shown - 1));

		buf_printf(out, "%s%llu", i ? "," : "",
			   (unsigned long long)ring_at(ring, firing->first + at)->seq);
	}
	if (count == 0)
		buf_printf(out, "%llu", (unsigned long long)firing->seq);
	buf_add_char(out, ']');
}

void firing_explain(const struct correlator *correlator, const struct firing *firing, struct buf *out)
{
	const struct correlation *correlation = firing->key->tracker->correlation;

	buf_printf(out, "{\"type\":\"%s\",\"timespan\":%lld", correlation_type_name(correlation->type),
		   (long long)(correlation->timespan / CLOCK_SECOND));
	add_rules(correlator, firing, out);
	add_group(firing->key, out);
	add_condition(firing, out);
	buf_add_str(out, STR(",\"window\":{"));
	add_time(out, "from", firing->from);
	buf_add_char(out, ',');
	add_time(out, "to", firing->to);
	buf_add_char(out, '}');
	add_samples(firing, out);
	if (firing->uncertain)
		buf_add_str(out, STR(",\"uncertain\":true"));
	buf_add_char(out, '}');
}
