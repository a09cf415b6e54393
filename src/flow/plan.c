/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/plan.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

#define RECORD_MAX 65535
#define PADDING 210 /* paddingOctets */
#define NTP_TO_UNIX 2208988800
#define BEFORE (INT64_C(400) * 24 * 3600 * 1000) /* ms a flow may have begun before its export, */
#define BEHIND (INT64_C(3600) * 1000)            /* and ended behind it */

static const uint16_t slot_numbers[SLOT_COUNT] = {
#define X(name, number) [SLOT_##name] = (number),
	PLAN_SLOT_TABLE(X)
#undef X
};

/* --- making ------------------------------------------------------------------------------------------- */

static bool has_key(const struct plan *plan, size_t before, const char *key, size_t len)
{
	for (size_t i = 0; i < before; i++)
		if (plan->ops[i].key_len == len && !memcmp(plan->ops[i].key, key, len))
			return true;
	return false;
}

/* A name that the record has already gets a number: a JSON object has each but once. */
static void name_op(struct plan *plan, size_t at, char *key, size_t len)
{
	struct plan_op *op = &plan->ops[at];
	size_t base = len - 2; /* before ": */

	if (base > ELEMENT_KEY_MAX - 6)
		base = ELEMENT_KEY_MAX - 6;
	for (unsigned i = 2; has_key(plan, at, key, len); i++)
		len = base + (size_t)snprintf(key + base, ELEMENT_KEY_MAX + 8 - base, "_%u\":", i);
	memcpy(op->key, key, len);
	op->key_len = (uint8_t)len;
}

static void note_slot(struct plan *plan, const struct plan_field *field, size_t at)
{
	bool scope = field->enterprise == ENTERPRISE_SCOPE && field->number == 2; /* an interface */
	bool iana = field->enterprise == ENTERPRISE_IANA || field->enterprise == ENTERPRISE_NETFLOW9;

	for (size_t i = 0; i < SLOT_COUNT; i++)
		if (((iana && slot_numbers[i] == field->number) || (scope && i == SLOT_INGRESS)) &&
		    plan->slots[i] < 0)
			plan->slots[i] = (int16_t)at;
}

static void add_op(struct plan *plan, const struct plan_field *field, size_t at)
{
	struct plan_op *op = &plan->ops[at];
	enum element_type type;
	char key[ELEMENT_KEY_MAX + 8];
	size_t len = element_key(field->enterprise, field->number, key, &type);

	name_op(plan, at, key, len);
	op->type = (uint8_t)type;
	op->length = field->length;
	op->passed_over = field->enterprise != ENTERPRISE_SCOPE && field->number == PADDING;
	op->write = field->length == FIELD_VARIABLE ? NULL : text_writer_of(type, field->length);
	op->passed_over |= !field->length;
	plan->room += op->key_len + (uint32_t)TEXT_VALUE_MAX(0);
	note_slot(plan, field, at);
}

static void set_places(struct plan *plan)
{
	uint16_t offset = 0;

	for (size_t i = 0; i < plan->count; i++) {
		plan->places[i] = (struct plan_place){offset, plan->ops[i].length};
		offset = (uint16_t)(offset + plan->ops[i].length);
	}
}

static const uint8_t joined_slots[] = {SLOT_INGRESS, SLOT_EGRESS, SLOT_APPLICATION, SLOT_INGRESS_VRF,
				       SLOT_EGRESS_VRF};

static void note_uses(struct plan *plan)
{
	plan->joins = plan->slots[SLOT_SAMPLING_INTERVAL] < 0;
	for (size_t i = 0; i < sizeof(joined_slots); i++)
		plan->joins |= plan->slots[joined_slots[i]] >= 0;
	for (size_t i = SLOT_FLOW_START_UPTIME; i <= SLOT_FLOW_END_DELTA; i++)
		plan->timed |= plan->slots[i] >= 0;
}

struct plan *plan_new(const struct plan_field *fields, size_t count, bool options)
{
	size_t length = 0,
	       size = sizeof(struct plan) + count * (sizeof(struct plan_op) + sizeof(struct plan_place));
	struct plan *plan;
	bool variable = false;

	for (size_t i = 0; i < count; i++) {
		variable |= fields[i].length == FIELD_VARIABLE;
		length += fields[i].length == FIELD_VARIABLE ? 1 : fields[i].length;
	}
	if (!length || length > RECORD_MAX)
		return NULL;
	plan = calloc(1, size);
	must(plan);
	plan->count = (uint16_t)count;
	plan->length = (uint16_t)length;
	plan->variable = variable;
	plan->options = options;
	plan->places = (struct plan_place *)(plan->ops + count);
	memset(plan->slots, 0xff, sizeof(plan->slots));
	for (size_t i = 0; i < count; i++)
		add_op(plan, &fields[i], i);
	if (!variable)
		set_places(plan);
	note_uses(plan);
	return plan;
}

void plan_free(struct plan *plan)
{
	free(plan);
}

size_t plan_size(const struct plan *plan)
{
	return sizeof(*plan) + plan->count * (sizeof(struct plan_op) + sizeof(struct plan_place));
}

/* --- records ------------------------------------------------------------------------------------------ */

size_t plan_measure(const struct plan *plan, const uint8_t *record, size_t len, struct plan_place *ret_places)
{
	size_t at = 0;

	for (size_t i = 0; i < plan->count; i++) {
		size_t length = plan->ops[i].length;

		if (length == FIELD_VARIABLE) {
			if (at >= len)
				return 0;
			length = record[at++];
			if (length == 255) {
				if (len - at < 2)
					return 0;
				length = read_u16(record + at);
				at += 2;
			}
		}
		if (length > len - at)
			return 0;
		ret_places[i] = (struct plan_place){(uint16_t)at, (uint16_t)length};
		at += length;
	}
	return at;
}

char *plan_write(const struct plan *plan, const struct plan_place *places, const uint8_t *record, char *out)
{
	const struct plan_op *end = plan->ops + plan->count;

	for (const struct plan_op *op = plan->ops; op < end; op++, places++) {
		text_writer *write = op->write;

		if (op->passed_over)
			continue;
		if (!write && !(write = text_writer_of((enum element_type)op->type, places->len)))
			continue;
		memcpy(out, op->key, ELEMENT_KEY_MAX); /* as a whole: a few moves in place of a call */
		out = write(out + op->key_len, record + places->offset, places->len);
	}
	return out;
}

/* --- times -------------------------------------------------------------------------------------------- */

struct moment {
	const struct plan *plan;
	const struct plan_place *places;
	const uint8_t *record;
	const struct flow_times *times;
	uint64_t init;
};

/* Both wrap after 49 days, so only their difference counts. */
static bool from_uptime(const struct moment *moment, uint64_t value, int64_t *ret_ms)
{
	const struct flow_times *times = moment->times;
	uint64_t init = moment->init;
	uint32_t now = times->uptime;

	plan_number(moment->plan, moment->places, moment->record, SLOT_SYSTEM_INIT, &init);
	if (!times->has_uptime && !init)
		return false;
	if (!times->has_uptime)
		now = (uint32_t)((uint64_t)times->exported - init);
	*ret_ms = times->exported + (int32_t)((uint32_t)value - now);
	return true;
}

static bool from_seconds(const struct moment *moment, uint64_t value, int64_t *ret_ms)
{
	(void)moment;
	*ret_ms = (int64_t)((value & UINT32_MAX) * 1000);
	return true;
}

static bool from_milli(const struct moment *moment, uint64_t value, int64_t *ret_ms)
{
	(void)moment;
	*ret_ms = (int64_t)value;
	return value <= INT64_MAX / 1000;
}

/* NTP's format, whichever the precision. */
static bool from_ntp(const struct moment *moment, uint64_t value, int64_t *ret_ms)
{
	(void)moment;
	*ret_ms = ((int64_t)(value >> 32) - NTP_TO_UNIX) * 1000 +
		  (int64_t)(((value & UINT32_MAX) * 1000) >> 32);
	return true;
}

static bool from_delta(const struct moment *moment, uint64_t value, int64_t *ret_ms)
{
	*ret_ms = moment->times->exported - (int64_t)((value & UINT32_MAX) / 1000);
	return true;
}

/* Start and end stand beside one another in the table of slots. */
static const struct {
	uint8_t start;
	bool (*make)(const struct moment *moment, uint64_t value, int64_t *ret_ms);
} sources[] = {
	{SLOT_FLOW_START_MILLI, from_milli},     {SLOT_FLOW_START_UPTIME, from_uptime},
	{SLOT_FLOW_START_SECONDS, from_seconds}, {SLOT_FLOW_START_MICRO, from_ntp},
	{SLOT_FLOW_START_NANO, from_ntp},        {SLOT_FLOW_START_DELTA, from_delta},
};

/* Clocks that were never set and counters that broke make times that help nobody. */
static bool plausible(const struct moment *moment, int64_t ms)
{
	int64_t exported = moment->times->exported;

	return ms > 0 && (!exported || (ms > exported - BEFORE && ms < exported + BEHIND));
}

static bool find_time(const struct moment *moment, unsigned which, int64_t *ret_ms)
{
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		uint64_t value;

		if (plan_number(moment->plan, moment->places, moment->record,
				(enum plan_slot)(sources[i].start + which), &value) &&
		    sources[i].make(moment, value, ret_ms) && plausible(moment, *ret_ms))
			return true;
	}
	return false;
}

char *plan_write_times(const struct plan *plan, const struct plan_place *places, const uint8_t *record,
		       const struct flow_times *times, uint64_t init, char *out)
{
	const struct moment moment = {plan, places, record, times, init};
	int64_t start = 0, end = 0;
	bool has_start, has_end;

	if (!plan->timed)
		return out;
	has_start = find_time(&moment, 0, &start);
	has_end = find_time(&moment, 1, &end);
	if (has_start && plan->slots[SLOT_FLOW_START_MILLI] < 0)
		out = text_i64(text_literal(out, ",\"flowStartMilliseconds\":"), start);
	if (has_end && plan->slots[SLOT_FLOW_END_MILLI] < 0)
		out = text_i64(text_literal(out, ",\"flowEndMilliseconds\":"), end);
	if (has_start && has_end && end >= start && plan->slots[SLOT_DURATION_MILLI] < 0)
		out = text_i64(text_literal(out, ",\"flowDurationMilliseconds\":"), end - start);
	return out;
}
