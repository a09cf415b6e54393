/* SPDX-License-Identifier: Apache-2.0 */
/* What workers note of matches. */
#include "correlate/findings.h"

#include <math.h>

struct findings *findings_new(void)
{
	struct findings *findings = calloc(1, sizeof(*findings));

	must(findings);
	buf_reserve(&findings->texts, 4096); /* so that there is a place to point to */
	return findings;
}

void findings_free(struct findings *findings)
{
	if (!findings)
		return;
	vec_done(&findings->items);
	vec_done(&findings->notes);
	buf_done(&findings->texts);
	free(findings);
}

void findings_clear(struct findings *findings)
{
	vec_clear(&findings->items);
	vec_clear(&findings->notes);
	buf_clear(&findings->texts);
}

/* -- the plan -------------------------------------------------------------------------------------------- */

/* Uses lie together by the rule they are of: counted, placed, filled in. */
struct finding_plan *finding_plan_new(const struct ruleset *set)
{
	struct finding_plan *plan = calloc(1, sizeof(*plan));
	size_t count = ruleset_count(set), uses = 0;

	must(plan && (plan->rules = calloc(count + 1, sizeof(*plan->rules))));
	for (size_t i = 0; i < count; i++) {
		const struct correlation *correlation = ruleset_correlation(set, i);

		for (uint32_t k = 0; correlation && k < correlation->rule_count; k++, uses++)
			plan->rules[correlation->rules[k]].use_count++;
	}
	vec_reserve(&plan->uses, uses + 1);
	for (size_t i = 0; i < count; i++) {
		const struct rule_info *info = ruleset_info(set, i);
		struct plan_rule *rule = &plan->rules[i];

		rule->first_use = (uint32_t)plan->uses.len;
		plan->uses.len += rule->use_count;
		rule->use_count = 0;
		rule->silent = info->silent;
		rule->suppress_slots = ruleset_suppress_slots(set, i);
		rule->suppress_count = (uint32_t)info->suppress.by_count;
	}
	for (size_t i = 0; i < count; i++) {
		const struct correlation *correlation = ruleset_correlation(set, i);

		for (uint32_t k = 0; correlation && k < correlation->rule_count; k++) {
			struct plan_rule *rule = &plan->rules[correlation->rules[k]];

			plan->uses.items[rule->first_use + rule->use_count++] = (struct plan_use){
				correlation, (uint32_t)i, k,
				correlation->group_slots + (size_t)k * correlation->group_count,
				correlation->value_slots + (size_t)k * correlation->value_field_count};
		}
	}
	return plan;
}

void finding_plan_free(struct finding_plan *plan)
{
	if (!plan)
		return;
	free(plan->rules);
	vec_done(&plan->uses);
	free(plan);
}

/* -- notes ----------------------------------------------------------------------------------------------- */

static void add_value(struct buf *texts, struct str value)
{
	uint32_t len = (uint32_t)value.len;
	char *out = buf_reserve(texts, sizeof(len) + len);

	memcpy(out, &len, sizeof(len));
	if (len)
		memcpy(out + sizeof(len), value.ptr, len);
	texts->len += sizeof(len) + len;
}

/* False where one of the fields is missing. */
static bool add_values(const uint32_t *places, uint32_t count, value_source *source, const void *context,
		       struct buf *texts)
{
	for (uint32_t i = 0; i < count; i++) {
		struct str value;

		if (!source(context, places[i], &value))
			return false;
		add_value(texts, value);
	}
	return true;
}

/* The number the one field has; false where it has none. */
static bool read_number(const uint32_t *places, value_source *source, const void *context,
			uint64_t *ret_value)
{
	struct str text;
	double number;

	if (!source(context, places[0], &text) || str_to_double(text, &number) < 0 || !isfinite(number))
		return false;
	memcpy(ret_value, &number, sizeof(number));
	return true;
}

/* The values whose number is counted, as their hash; they leave no text behind. */
static bool read_hash(const struct plan_use *use, value_source *source, const void *context,
		      struct buf *texts, uint64_t *ret_value)
{
	size_t start = texts->len;
	bool there =
		add_values(use->value_slots, use->correlation->value_field_count, source, context, texts);

	*ret_value = hash_bytes(texts->ptr + start, texts->len - start);
	texts->len = start;
	return there;
}

bool note_make(const struct plan_use *use, value_source *source, const void *context, struct buf *texts,
	       struct note *ret_note)
{
	const struct correlation *correlation = use->correlation;
	size_t start = texts->len;
	struct note note = {.correlation = use->rule, .position = use->position, .value = use->position};
	bool there = true;

	if (correlation->type == CORRELATION_VALUE_COUNT)
		there = read_hash(use, source, context, texts, &note.value);
	else if (correlation->value_field_count)
		there = read_number(use->value_slots, source, context, &note.value);
	if (!there || !add_values(use->group_slots, correlation->group_count, source, context, texts)) {
		texts->len = start;
		return false;
	}
	note.key_at = (uint32_t)start;
	note.key_len = (uint32_t)(texts->len - start);
	note.key = hash_bytes_wide(texts->ptr + start, note.key_len);
	*ret_note = note;
	return true;
}

bool key_value(struct str key, uint32_t index, struct str *ret_value)
{
	for (;;) {
		uint32_t len;

		if (key.len < sizeof(len))
			return false;
		memcpy(&len, key.ptr, sizeof(len));
		key = str_from_offset(key, sizeof(len));
		if (key.len < len)
			return false;
		if (index-- == 0)
			return *ret_value = str_head(key, len), true;
		key = str_from_offset(key, len);
	}
}

void suppress_key(const struct plan_rule *rule, value_source *source, const void *context, struct buf *texts)
{
	for (uint32_t i = 0; i < rule->suppress_count; i++) {
		struct str value;

		if (i)
			buf_add_char(texts, ',');
		if (!source(context, rule->suppress_slots[i], &value)) {
			buf_add_char(texts, '-');
			continue;
		}
		buf_printf(texts, "%zu:", value.len);
		buf_add_str(texts, value);
	}
}

/* -- a match --------------------------------------------------------------------------------------------- */

static bool slot_value(const void *context, uint32_t slot, struct str *ret_value)
{
	return matcher_value(context, slot, ret_value);
}

void findings_add(struct findings *findings, const struct finding_plan *plan, const struct matcher *matcher,
		  uint32_t rule, const struct event *event, enum lane lane, int64_t time, uint32_t record)
{
	const struct plan_rule *planned = &plan->rules[rule];
	struct finding *finding;

	if (planned->silent && planned->use_count == 0)
		return;
	finding = (vec_reserve(&findings->items, findings->items.len + 1),
		   &findings->items.items[findings->items.len++]);
	*finding = (struct finding){.time = time,
				    .received = event->received,
				    .seq = event->seq,
				    .rule = rule,
				    .record = record,
				    .first_note = (uint32_t)findings->notes.len,
				    .lane = (uint8_t)lane,
				    .key_at = (uint32_t)findings->texts.len};
	if (planned->suppress_count)
		suppress_key(planned, slot_value, matcher, &findings->texts);
	finding->key_len = (uint32_t)findings->texts.len - finding->key_at;
	for (uint32_t i = 0; i < planned->use_count; i++) {
		const struct plan_use *use = &plan->uses.items[planned->first_use + i];
		struct note note;

		if (note_make(use, slot_value, matcher, &findings->texts, &note))
			vec_push(&findings->notes, note);
	}
	finding->note_count = (uint32_t)findings->notes.len - finding->first_note;
}

void findings_add_time(struct findings *findings, enum lane lane, int64_t time)
{
	vec_push(&findings->items,
		 ((struct finding){.time = time, .rule = FINDING_TIME, .lane = (uint8_t)lane}));
}
