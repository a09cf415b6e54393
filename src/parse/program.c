/* SPDX-License-Identifier: Apache-2.0 */
/* Runs blocks: operands in, fields, aliases and the log source out. */
#include "event/put.h"
#include "parse/steps.h"
#include "parse/text.h"

/* What needs room on the stack stands apart, since that would be everybody's. */
#define APART __attribute__((noinline))
#define JOIN_MAX (64 * 1024) /* bytes of a joined value */

static bool read_text(struct str text, struct value *ret_value)
{
	*ret_value = value_string(text);
	return text.len > 0;
}

bool run_read_other(struct run *run, const struct operand *operand, struct value *ret_value)
{
	const struct field *field;

	switch ((enum operand_kind)operand->kind) {
	case OPERAND_RAW:
		return read_text(run->raw, ret_value);
	case OPERAND_TEXT:
		return read_text(run->text, ret_value);
	case OPERAND_SIGMA:
		return read_text(*logsource_part(&run->event->logsource, operand->part), ret_value);
	case OPERAND_ATTR:
		break;
	}
	field = operand->field == FIELD_NONE ? NULL : event_get(run->event, operand->field);
	if (!field)
		return false;
	value_copy(ret_value, &field->value);
	return true;
}

static inline bool is_nothing(const struct value *value)
{
	return text_is_nothing(str_of(value->text, value->len));
}

static APART bool join(struct run *run, const struct mapping *mapping, struct value *ret_value)
{
	struct value parts[FROM_MAX];
	size_t count = 0, len = 0;
	char *out, *p;

	for (size_t i = 0; i < mapping->from.count; i++) {
		if (!run_read(run, &mapping->from.items[i], &parts[count], NULL) || is_nothing(&parts[count]))
			continue;
		if (len + parts[count].len + mapping->join.len > JOIN_MAX)
			break;
		len += parts[count++].len + mapping->join.len;
	}
	if (!count)
		return false;
	p = out = arena_alloc(run->event->arena, len);
	for (size_t i = 0; i < count; i++) {
		if (i && mapping->join.len)
			p = (char *)memcpy(p, mapping->join.ptr, mapping->join.len) + mapping->join.len;
		p = (char *)memcpy(p, parts[i].text, parts[i].len) + parts[i].len;
	}
	*ret_value = value_string(str_of(out, (size_t)(p - out)));
	return true;
}

static APART bool look_up(const struct table *table, struct value *value)
{
	const size_t place = table_find(table, value_str(*value));

	if (place == TABLE_NONE)
		return false;
	*value = value_string(table->values[place]);
	return true;
}

static inline bool convert(struct run *run, const struct mapping *mapping, struct value *value)
{
	const struct convert *step = mapping->converts, *const end = step + mapping->convert_count;

	for (; step < end; step++)
		if (!step->run(run->event->arena, step->argument, value) || !value->len)
			return false;
	return !mapping->table || look_up(mapping->table, value);
}

/* Later ones replace earlier ones, as with the time itself. */
static void note_time(struct run *run, enum field_id id, bool zoned)
{
	if (id == FIELD_ID_TIMESTAMP)
		run->event->time_origin = zoned ? TIME_ZONED : TIME_ASSUMED;
}

static bool set_typed(struct run *run, enum field_id id, const struct value *value)
{
	if (event_set_value(run->event, id, value) < 0)
		return false;
	if (id == FIELD_ID_TIMESTAMP)
		note_time(run, id, clock_names_zone(value_str(*value)));
	return true;
}

void run_set_time(struct run *run, enum field_id id, int64_t time)
{
	char *text = arena_alloc(run->event->arena, CLOCK_TEXT_SIZE);
	const struct value value = value_string(str_of(text, CLOCK_TEXT_SIZE - 1));

	day_format(&run->parser->days, time, text);
	event_set_keyword(run->event, id, &value)->integer = time;
}

/* By the hour of the last time; false where this is another, or in another form. */
static bool set_in_hour(struct run *run, enum field_id id, int64_t zone, struct str text, int64_t offset)
{
	const struct hour_memo *memo = &run->parser->hour;
	struct value value;
	int64_t time;
	char *out;

	if (!hour_recall(memo, text, zone, offset, &time))
		return false;
	out = arena_alloc(run->event->arena, CLOCK_TEXT_SIZE);
	hour_format(memo, text, out);
	value = value_string(str_of(out, CLOCK_TEXT_SIZE - 1));
	event_set_keyword(run->event, id, &value)->integer = time;
	note_time(run, id, false);
	return true;
}

static APART bool set_date(struct run *run, enum field_id id, const struct dates *dates,
			   const struct value *value)
{
	const struct str text = value_str(*value);
	struct date_context context = run->date;
	int64_t time, offset;
	bool zoned, hourly;

	if (dates->has_zone)
		context.zone = dates->zone;
	hourly = dates->count && str_eq(dates->formats[0], STR("iso8601")) && hour_offset(text, &offset);
	if (hourly && set_in_hour(run, id, context.zone, text, offset))
		return true;
	for (size_t i = 0; i < dates->count; i++)
		if (date_parse(text, dates->formats[i], &context, &time, &zoned) == 0) {
			if (hourly && i == 0)
				hour_note(&run->parser->hour, text, context.zone, offset, time);
			run_set_time(run, id, time);
			note_time(run, id, zoned);
			return true;
		}
	return false;
}

/* What a table says of the value. */
static APART bool set_listed(struct run *run, const struct mapping *mapping, const struct value *value)
{
	const size_t place = table_find(mapping->table, str_of(value->text, value->len));

	if (place == TABLE_NONE || mapping->constants[place].id == FIELD_NONE)
		return false;
	event_set_constant(run->event, &mapping->constants[place]);
	return true;
}

/* False where value is none, or not one of the field's. By pointer: passed by value, it would be put together
   again from its members in memory, which waits for them to be written. */
static inline bool map_value(struct run *run, enum field_id id, bool keyword, const struct mapping *mapping,
			     const struct value *value)
{
	struct value converted;

	if (is_nothing(value))
		return false;
	if (mapping->constants)
		return set_listed(run, mapping, value);
	if (mapping->convert_count || mapping->table) {
		value_copy(&converted, value);
		if (!convert(run, mapping, &converted))
			return false;
		value = &converted;
	}
	if (keyword)
		event_set_keyword(run->event, id, value);
	else if (mapping->dates ? !set_date(run, id, mapping->dates, value) : !set_typed(run, id, value))
		return false;
	return true;
}

/* From a slot, or of none. What a field now holds whole need not be stored as an attribute too. */
static inline bool map_slot(struct run *run, const struct instruction *instruction, const struct slot *slot,
			    const struct value *value)
{
	const struct mapping *mapping = instruction->mapping;

	if (!map_value(run, instruction->field, instruction->keyword, mapping, value))
		return false;
	if (slot && slot->attr && !slot->repeated && !mapping->convert_count && !mapping->table)
		run->event->attrs[slot->attr - 1].flags |= ATTR_DERIVED;
	return true;
}

static APART void run_map(struct run *run, const struct instruction *instruction)
{
	const struct mapping *mapping = instruction->mapping;
	struct slot *slot = &run->parser->slots[instruction->only];
	struct value value;

	if (mapping->joined) {
		if (join(run, mapping, &value) && convert(run, mapping, &value))
			set_typed(run, instruction->field, &value);
		return;
	}
	if (instruction->only) {
		map_slot(run, instruction, slot, &slot->value);
		return;
	}
	for (size_t i = 0; i < mapping->from.count; i++)
		if (run_read(run, &mapping->from.items[i], &value, &slot) &&
		    map_slot(run, instruction, slot, &value))
			return;
}

static APART void run_alias(struct run *run, const struct instruction *instruction)
{
	const struct mapping *mapping = instruction->mapping;
	struct value value;
	bool found;

	if (run->parser->slots[instruction->slot].stamp == run->parser->stamp)
		return;
	found = mapping->joined && join(run, mapping, &value) && convert(run, mapping, &value);
	for (size_t i = 0; i < mapping->from.count && !found && !mapping->joined; i++)
		found = run_read(run, &mapping->from.items[i], &value, NULL) && convert(run, mapping, &value);
	if (!found)
		return;
	event_add_attr(run->event, instruction->name, instruction->hash, value, ATTR_DERIVED);
	run_note(run, instruction->slot, value, 0);
}

static APART void run_sigma(struct run *run, const struct logsource *sigma)
{
	for (unsigned part = 0; part < 3; part++) {
		struct str text = *logsource_part((struct logsource *)sigma, part);

		if (text.ptr && !(run->own_sigma & 1u << part))
			*logsource_part(&run->event->logsource, part) = text;
	}
}

APART const struct block *branch_case(const struct branch *branch, struct str text)
{
	char buf[TABLE_KEY_MAX];
	struct str key;
	const uint64_t *index = table_key(text, buf, &key) ? map_get(branch->index, key) : NULL;

	return index ? branch->blocks[*index] : NULL;
}

/* The same, from memory where the value is the one of last time. */
static const struct block *recall_case(struct run *run, const struct branch *branch, struct str text)
{
	struct branch_memo *memo = &run->parser->branches[branch->number];

	if (str_eq(text, str_of(memo->text, memo->len)))
		return memo->block;
	if (text.len > sizeof(memo->text))
		return branch_case(branch, text);
	memcpy(memo->text, text.ptr, text.len);
	memo->len = (uint32_t)text.len;
	memo->block = branch_case(branch, text);
	return memo->block;
}

static APART void run_switch(struct run *run, const struct branch *branch)
{
	const struct block *block = branch->absent, *found;
	struct value value;

	for (size_t i = 0; i < branch->on.count; i++) {
		if (!run_read(run, &branch->on.items[i], &value, NULL) || !value.len)
			continue;
		found = recall_case(run, branch, value_str(value));
		block = found ? found : branch->fallback;
		if (found)
			break;
	}
	if (block)
		run_block(run, block);
}

/* The slot is filled. */
static inline void run_copy(struct run *run, const struct instruction *instruction)
{
	const struct slot *slot = &run->parser->slots[instruction->only];
	struct field *field;

	if (is_nothing(&slot->value))
		return;
	field = event_put(run->event, instruction->field);
	value_move(&field->value, &slot->value);
	if (!slot->attr)
		return;
	field->origin = FIELD_COPY;
	if (!slot->repeated)
		run->event->attrs[slot->attr - 1].flags |= ATTR_DERIVED;
}

/* Likewise. */
static inline void run_repeat(struct run *run, const struct instruction *instruction)
{
	const struct slot *slots = run->parser->slots;

	if (slots[instruction->slot].stamp == run->parser->stamp)
		return;
	event_add_attr(run->event, instruction->name, instruction->hash, slots[instruction->only].value,
		       ATTR_DERIVED);
	run_note(run, instruction->slot, slots[instruction->only].value, 0);
}

static inline void run_instruction(struct run *run, const struct instruction *instruction)
{
	switch (instruction->op) {
	case OP_COPY:
		run_copy(run, instruction);
		break;
	case OP_REPEAT:
		run_repeat(run, instruction);
		break;
	case OP_SET:
		event_set_constant(run->event, instruction->constant);
		break;
	case OP_SWITCH:
		run_switch(run, instruction->branch);
		break;
	case OP_MAP:
		run_map(run, instruction);
		break;
	case OP_SIGMA:
		run_sigma(run, instruction->sigma);
		break;
	case OP_ALIAS:
		run_alias(run, instruction);
		break;
	}
}

static bool any_field(const struct guard *guard, const uint8_t *field_at)
{
	for (unsigned i = 0; i < guard->field_count; i++)
		if (field_at[guard->fields[i]])
			return true;
	return false;
}

static inline bool guard_hits(const struct run *run, const struct guard *guard)
{
	const uint64_t *const words = run->parser->filled + guard->word;
	const uint64_t hit = (words[0] & guard->slots[0]) | (words[1] & guard->slots[1]);

	return hit || !guard->known || (guard->field_count && any_field(guard, run->event->field_at));
}

void run_block(struct run *run, const struct block *block)
{
	const struct guard *guard = block->guards, *const end = guard + block->count;

	for (; guard < end; guard++)
		if (guard_hits(run, guard))
			run_instruction(run, &block->items[guard - block->guards]);
}

/* -- by a plan ------------------------------------------------------------------------------------------- */

/* False where the leaf has no value. */
static inline bool copy_leaf(struct run *run, const struct planned *item)
{
	struct attr *leaf = run->event->attrs + run->first_leaf + item->leaf;
	struct field *field;

	if (is_nothing(&leaf->value))
		return false;
	field = event_put(run->event, item->field);
	value_move(&field->value, &leaf->value);
	field->origin = FIELD_COPY;
	leaf->flags |= item->flags;
	return true;
}

/* A text by conversions alone, as most that are changed are. */
static APART void convert_leaf(struct run *run, const struct planned *item)
{
	const struct value *from = &run->event->attrs[run->first_leaf + item->leaf].value;
	const struct convert *step = item->mapping->converts, *const end =
								      step + item->mapping->convert_count;
	struct value value;

	if (is_nothing(from))
		return;
	value_move(&value, from);
	for (; step < end; step++)
		if (!step->run(run->event->arena, step->argument, &value) || !value.len)
			return;
	event_set_keyword(run->event, item->field, &value);
}

static APART bool map_leaf(struct run *run, const struct planned *item)
{
	struct attr *leaf = run->event->attrs + run->first_leaf + item->leaf;

	if (!map_value(run, item->field, item->keyword, item->mapping, &leaf->value))
		return false;
	leaf->flags |= item->flags;
	return true;
}

void run_plan(struct run *run)
{
	const struct planned *item = run->plan->items, *const end = item + run->plan->count;

	for (; item < end; item++)
		switch ((enum plan_op)item->op) {
		case PLAN_COPY:
			copy_leaf(run, item);
			break;
		case PLAN_CONVERT:
			convert_leaf(run, item);
			break;
		case PLAN_MAP:
			map_leaf(run, item);
			break;
		case PLAN_FIRST: /* apart: after all others the next item does not depend on what was found */
			item += map_leaf(run, item) ? item->others : 0;
			break;
		case PLAN_SET:
			event_set_constant(run->event, item->constant);
			break;
		case PLAN_SIGMA:
			*logsource_part(&run->event->logsource, item->leaf) = *item->part;
			break;
		case PLAN_RUN:
			if (!item->guard || guard_hits(run, item->guard))
				run_instruction(run, item->instruction);
			break;
		}
}
