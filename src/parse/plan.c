/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/plan.h"

#include <stdlib.h>

#include "parse/run.h"
#include "parse/text.h"

struct planning {
	const struct plan_input *input;
	struct planned items[PLAN_MAX];
	struct decider deciders[DECIDERS_MAX];
	size_t count, decider_count;
	size_t run;                    /* items up to the last PLAN_RUN */
	bool full;                     /* there are more */
	uint64_t filled[FILLED_WORDS]; /* slots, for certain */
	uint64_t later[FILLED_WORDS];  /* perhaps, by instructions that came before */
	uint64_t read[FILLED_WORDS];   /* by PLAN_RUN */
	bool set[FIELD_COUNT];         /* fields; perhaps, by whatever came before */
	uint16_t item[FIELD_COUNT]; /* 1 + the item that alone has set the field last; 0: none, or several */
	struct str sigma[3];
	bool unknown[3]; /* parts of it */
};

static bool has(const uint64_t *bits, size_t bit)
{
	return bits[bit / 64] >> bit % 64 & 1;
}

static void add(uint64_t *bits, size_t bit)
{
	bits[bit / 64] |= UINT64_C(1) << bit % 64;
}

static bool hits(const struct guard *guard, const uint64_t *slots)
{
	return (slots[guard->word] & guard->slots[0]) | (slots[guard->word + 1] & guard->slots[1]);
}

static bool reads_set(const struct planning *p, const struct guard *guard)
{
	for (unsigned i = 0; i < guard->field_count; i++)
		if (p->set[guard->fields[i]])
			return true;
	return false;
}

/* The leaf that fills a slot; NULL where that is not told. */
static const struct plan_slot *filling(const struct planning *p, uint16_t slot)
{
	const struct plan_slot *filling = p->input->slots;

	while (filling && filling->number != slot)
		filling++;
	return filling;
}

/* The place of the value of a slot that is filled. */
static uint16_t place_of(const struct planning *p, uint16_t slot)
{
	const struct plan_slot *leaf = filling(p, slot);

	return leaf ? leaf->leaf : slot;
}

static void emit(struct planning *p, struct planned item)
{
	if (p->count < PLAN_MAX)
		p->items[p->count++] = item;
	else
		p->full = true;
}

/* -- instructions that stay as they are ------------------------------------------------------------------ */

static void note_operands(struct planning *p, const struct operands *operands)
{
	for (size_t i = 0; i < operands->count; i++)
		if (operands->items[i].kind == OPERAND_ATTR)
			add(p->read, operands->items[i].slot);
}

static void note_block(struct planning *p, const struct block *block);

/* What an instruction may read, fill and set. */
static void note_instruction(struct planning *p, const struct instruction *instruction)
{
	const struct branch *branch;

	switch (instruction->op) {
	case OP_ALIAS:
	case OP_REPEAT:
		add(p->read, instruction->slot); /* where it is filled, the alias does nothing */
		add(p->later, instruction->slot);
		note_operands(p, &instruction->mapping->from);
		break;
	case OP_MAP:
	case OP_COPY:
		note_operands(p, &instruction->mapping->from);
		/* fall through */
	case OP_SET:
		p->set[instruction->field] = true;
		p->item[instruction->field] = 0;
		break;
	case OP_SWITCH:
		branch = instruction->branch;
		note_operands(p, &branch->on);
		for (size_t i = 0; i < branch->block_count; i++)
			note_block(p, branch->blocks[i]);
		note_block(p, branch->fallback);
		note_block(p, branch->absent);
		break;
	case OP_SIGMA:
		for (unsigned part = 0; part < 3; part++)
			p->unknown[part] |=
				logsource_part((struct logsource *)instruction->sigma, part)->ptr != NULL;
		break;
	}
}

static void note_block(struct planning *p, const struct block *block)
{
	for (size_t i = 0; block && i < block->count; i++)
		note_instruction(p, &block->items[i]);
}

static void emit_run(struct planning *p, const struct instruction *instruction, const struct guard *guard)
{
	note_instruction(p, instruction);
	emit(p, (struct planned){.op = PLAN_RUN, .instruction = instruction, .guard = guard});
}

static void plan_run(struct planning *p, const struct instruction *instruction, const struct guard *guard)
{
	emit_run(p, instruction, guard);
	p->run = p->count;
}

/* -- what is known of operands --------------------------------------------------------------------------- */

enum knowledge { ABSENT, KNOWN, UNKNOWN };

/* Makes a decider of a value; false where it cannot be one. */
static bool decide(struct planning *p, uint16_t place, struct str *ret_text)
{
	const struct plan_input *input = p->input;
	struct decider *decider = &p->deciders[p->decider_count];
	struct str text;

	if (!input->values.first || place == PLACE_NONE || has(input->lively, place % LIVELY_PLACES))
		return false;
	*ret_text = text = plan_text(input->values, place);
	for (size_t i = 0; i < p->decider_count; i++)
		if (p->deciders[i].place == place)
			return true;
	if (p->decider_count == DECIDERS_MAX || text.len > DECIDER_LEN_MAX)
		return false;
	*decider = (struct decider){.place = place, .len = (uint16_t)text.len};
	if (text.len)
		memcpy(decider->text, text.ptr, text.len);
	p->decider_count++;
	return true;
}

static enum knowledge look_at_sigma(struct planning *p, unsigned part, struct str *ret_text)
{
	const uint16_t own = p->input->own[part];

	*ret_text = p->sigma[part];
	if (own ? !decide(p, own - 1, ret_text) : p->unknown[part])
		return UNKNOWN;
	return ret_text->len ? KNOWN : ABSENT;
}

/* Whether an operand has a value, and which. */
static enum knowledge look_at(struct planning *p, const struct operand *operand, struct str *ret_text)
{
	if (operand->kind == OPERAND_SIGMA)
		return look_at_sigma(p, operand->part, ret_text);
	if (operand->kind != OPERAND_ATTR)
		return UNKNOWN;
	if (has(p->filled, operand->slot))
		return decide(p, place_of(p, operand->slot), ret_text) ? KNOWN : UNKNOWN;
	return has(p->later, operand->slot) || (operand->field != FIELD_NONE && p->set[operand->field])
		       ? UNKNOWN
		       : ABSENT;
}

/* -- mappings -------------------------------------------------------------------------------------------- */

/* A constant replaces the one before it, where nobody may have read that. */
static void plan_set(struct planning *p, const struct field *constant)
{
	const uint16_t last = p->item[constant->id];

	p->set[constant->id] = true;
	if (last > p->run && p->items[last - 1].op == PLAN_SET) {
		p->items[last - 1].constant = constant;
		return;
	}
	emit(p, (struct planned){.op = PLAN_SET, .field = (uint8_t)constant->id, .constant = constant});
	p->item[constant->id] = (uint16_t)p->count;
}

/* By what its table says of a known value; false where that is not certain. */
static bool plan_constant(struct planning *p, const struct instruction *instruction)
{
	const struct mapping *mapping = instruction->mapping;
	const size_t deciders = p->decider_count;

	if (!mapping->constants)
		return false;
	for (size_t i = 0; i < mapping->from.count; i++) {
		struct str text;
		const enum knowledge known = look_at(p, &mapping->from.items[i], &text);
		size_t place;

		if (known == UNKNOWN) {
			p->decider_count = deciders;
			return false;
		}
		if (known == ABSENT || text_is_nothing(text))
			continue;
		place = table_find(mapping->table, text);
		if (place != TABLE_NONE && mapping->constants[place].id != FIELD_NONE) {
			plan_set(p, &mapping->constants[place]);
			break;
		}
	}
	return true;
}

/* The slots that operands read, which are filled; false where that is not certain. */
static bool find_filled(const struct planning *p, const struct operands *from, uint16_t slots[FROM_MAX],
			size_t *ret_count)
{
	size_t count = 0;

	for (size_t i = 0; i < from->count; i++) {
		const struct operand *operand = &from->items[i];

		if (operand->kind != OPERAND_ATTR)
			return false;
		if (has(p->filled, operand->slot))
			slots[count++] = operand->slot;
		else if (has(p->later, operand->slot) ||
			 (operand->field != FIELD_NONE && p->set[operand->field]))
			return false;
	}
	*ret_count = count;
	return true;
}

/* Whether the field is set by the same copy already, and by nothing else since. */
static bool is_copied(const struct planning *p, enum field_id field, uint16_t leaf)
{
	const uint16_t last = p->item[field];

	return last && p->items[last - 1].op == PLAN_COPY && p->items[last - 1].leaf == leaf;
}

/* By the first of some leaves that has a value, which fill these slots. */
static void plan_leaves(struct planning *p, const struct instruction *instruction,
			const uint16_t slots[FROM_MAX], size_t count)
{
	const struct mapping *mapping = instruction->mapping;
	const bool whole = !mapping->convert_count && !mapping->table, copied = whole && instruction->keyword;
	const enum plan_op op = copied                                    ? PLAN_COPY
				: instruction->keyword && !mapping->table ? PLAN_CONVERT
									  : PLAN_MAP;

	if (count == 1 && copied && is_copied(p, instruction->field, place_of(p, slots[0])))
		return;
	for (size_t i = 0; i < count; i++) {
		const struct plan_slot *leaf = filling(p, slots[i]);

		emit(p, (struct planned){.op = i + 1 < count ? PLAN_FIRST : op,
					 .field = (uint8_t)instruction->field,
					 .flags = whole && !leaf->repeated ? ATTR_DERIVED : 0,
					 .others = (uint8_t)(count - 1 - i),
					 .leaf = leaf->leaf,
					 .keyword = instruction->keyword,
					 .mapping = mapping});
	}
	p->set[instruction->field] = true;
	p->item[instruction->field] = count == 1 ? (uint16_t)p->count : 0;
}

/* By values of slots alone; false where it is not certain which are there. */
static bool plan_values(struct planning *p, const struct instruction *instruction)
{
	uint16_t slots[FROM_MAX];
	size_t count;

	if (!find_filled(p, &instruction->mapping->from, slots, &count))
		return false;
	if (count && p->input->slots)
		plan_leaves(p, instruction, slots, count);
	else if (count)
		emit_run(p, instruction, NULL);
	return true;
}

/* -- the program ----------------------------------------------------------------------------------------- */

/* Parts that the record decides itself stay as they are. */
static void plan_sigma(struct planning *p, const struct logsource *sigma)
{
	for (unsigned part = 0; part < 3; part++) {
		const struct str *text = logsource_part((struct logsource *)sigma, part);

		if (!text->ptr || p->input->own[part])
			continue;
		emit(p, (struct planned){.op = PLAN_SIGMA, .leaf = (uint16_t)part, .part = text});
		p->sigma[part] = *text;
		p->unknown[part] = false;
	}
}

static void plan_block(struct planning *p, const struct block *block);

/* The block that a switch leads to; false where that is not certain. */
static bool plan_switch(struct planning *p, const struct branch *branch)
{
	const struct block *block = branch->absent, *found = NULL;
	const size_t deciders = p->decider_count;

	for (size_t i = 0; i < branch->on.count && !found; i++) {
		struct str text;
		const enum knowledge known = look_at(p, &branch->on.items[i], &text);

		if (known == UNKNOWN) {
			p->decider_count = deciders;
			return false;
		}
		if (known == ABSENT || !text.len)
			continue;
		found = branch_case(branch, text);
		block = found ? found : branch->fallback;
	}
	if (block)
		plan_block(p, block);
	return true;
}

/* One that has something to do for certain. */
static void plan_instruction(struct planning *p, const struct instruction *instruction)
{
	switch (instruction->op) {
	case OP_ALIAS:
		plan_run(p, instruction, NULL);
		break;
	case OP_REPEAT:
		emit_run(p, instruction, NULL);
		break;
	case OP_SIGMA:
		plan_sigma(p, instruction->sigma);
		break;
	case OP_MAP:
	case OP_COPY:
		if (instruction->mapping->joined ||
		    (!plan_constant(p, instruction) && !plan_values(p, instruction)))
			plan_run(p, instruction, NULL);
		break;
	case OP_SET:
		plan_set(p, instruction->constant);
		break;
	case OP_SWITCH:
		if (!plan_switch(p, instruction->branch))
			plan_run(p, instruction, NULL);
		break;
	}
}

static void plan_block(struct planning *p, const struct block *block)
{
	for (size_t i = 0; i < block->count; i++) {
		const struct instruction *instruction = &block->items[i];
		const struct guard *guard = &block->guards[i];

		if ((instruction->op == OP_ALIAS || instruction->op == OP_REPEAT) &&
		    has(p->filled, instruction->slot))
			continue;
		if (!guard->known || hits(guard, p->filled))
			plan_instruction(p, instruction);
		else if (hits(guard, p->later) || reads_set(p, guard))
			plan_run(p, instruction, guard);
	}
}

/* What reads slots when the program is done. */
static void note_inner(struct planning *p)
{
	const struct source *source = p->input->source;

	if (!source->has_inner)
		return;
	note_operands(p, &(struct operands){&source->inner, 1});
	note_operands(p, &source->inner_program);
}

/* -- the plan, in one piece of memory -------------------------------------------------------------------- */

static struct plan *keep(const struct planning *p, struct plan *memory)
{
	const struct plan_input *input = p->input;
	struct planned *items;
	struct decider *deciders;
	struct plan_slot *slots;
	size_t slot_count = 0;

	memory = realloc(memory, sizeof(*memory) + p->count * sizeof(*items) +
					 p->decider_count * sizeof(*deciders) +
					 input->slot_count * sizeof(*slots));
	if (!memory)
		return NULL;
	items = memcpy(memory + 1, p->items, p->count * sizeof(*items));
	deciders = memcpy(items + p->count, p->deciders, p->decider_count * sizeof(*deciders));
	slots = (struct plan_slot *)(deciders + p->decider_count);
	for (size_t i = 0; i < input->slot_count; i++)
		if (has(p->read, input->slots[i].number))
			slots[slot_count++] = input->slots[i];
	*memory = (struct plan){items, deciders, slots, p->count, p->decider_count, slot_count};
	return memory;
}

/* What is known before the first instruction. */
static void begin(struct planning *p, const struct plan_input *input)
{
	memset(p, 0, sizeof(*p));
	p->input = input;
	memcpy(p->filled, input->filled, input->filled_words * sizeof(*p->filled));
	if (!input->slots) {
		memset(p->set, true, sizeof(p->set));
		memset(p->unknown, true, sizeof(p->unknown));
	}
}

struct plan *plan_make(const struct plan_input *input, struct plan *old)
{
	struct planning p;

	begin(&p, input);
	note_inner(&p);
	plan_block(&p, input->source->program);
	for (size_t i = 0; i < input->matched_count; i++)
		plan_block(&p, input->matched[i]);
	return p.full ? NULL : keep(&p, old);
}
