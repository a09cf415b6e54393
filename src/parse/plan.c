/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/plan.h"

#include "parse/run.h"

struct planning {
	uint64_t filled[FILLED_WORDS]; /* for certain */
	uint64_t later[FILLED_WORDS];  /* perhaps, by instructions that came before */
	bool set[FIELD_COUNT];         /* fields; likewise */
};

static bool has(const uint64_t *slots, uint16_t slot)
{
	return slots[slot / 64] >> slot % 64 & 1;
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

/* What an instruction may fill and set. */
static void note_writes(struct planning *p, const struct instruction *instruction);

static void note_block(struct planning *p, const struct block *block)
{
	for (size_t i = 0; block && i < block->count; i++)
		note_writes(p, &block->items[i]);
}

static void note_writes(struct planning *p, const struct instruction *instruction)
{
	const struct branch *branch;

	switch (instruction->op) {
	case OP_ALIAS:
		p->later[instruction->slot / 64] |= UINT64_C(1) << instruction->slot % 64;
		break;
	case OP_MAP:
	case OP_COPY:
	case OP_CONVERT:
	case OP_SET:
		p->set[instruction->field] = true;
		break;
	case OP_SWITCH:
		branch = instruction->branch;
		for (size_t i = 0; i < branch->block_count; i++)
			note_block(p, branch->blocks[i]);
		note_block(p, branch->fallback);
		note_block(p, branch->absent);
		break;
	case OP_SIGMA:
		break;
	}
}

/* The one slot that can have a value, which is there; 0 where that is not certain. */
static uint16_t only_slot(const struct planning *p, const struct operands *from)
{
	uint16_t only = 0;

	for (size_t i = 0; i < from->count; i++) {
		const struct operand *operand = &from->items[i];

		if (operand->kind != OPERAND_ATTR || has(p->later, operand->slot) ||
		    (operand->field != FIELD_NONE && p->set[operand->field]))
			return 0;
		if (!has(p->filled, operand->slot))
			continue;
		if (only)
			return 0;
		only = operand->slot;
	}
	return only;
}

static void simplify(const struct planning *p, struct instruction *instruction)
{
	const struct mapping *mapping = instruction->mapping;

	if (instruction->op != OP_MAP || mapping->joined)
		return;
	instruction->only = only_slot(p, &mapping->from);
	if (!instruction->only)
		return;
	if ((mapping->convert_count || mapping->table) && !mapping->dates)
		instruction->op = OP_CONVERT;
	else if (instruction->keyword && !mapping->convert_count && !mapping->table)
		instruction->op = OP_COPY;
}

void plan_make(const struct block *block, const uint64_t *filled, size_t words, struct planned *items,
	       struct plan *ret_plan)
{
	struct planning p = {0};
	size_t count = 0;

	*ret_plan = (struct plan){0};
	memcpy(p.filled, filled, words * sizeof(*filled));
	for (size_t i = 0; i < block->count; i++) {
		const struct guard *guard = &block->guards[i];
		const bool certain = !guard->known || hits(guard, p.filled);

		if (!certain && !hits(guard, p.later) && !reads_set(&p, guard))
			continue;
		if (count == PLAN_MAX)
			return;
		items[count] = (struct planned){block->items[i], certain ? NULL : guard};
		if (certain)
			simplify(&p, &items[count].instruction);
		note_writes(&p, &block->items[i]);
		count++;
	}
	*ret_plan = (struct plan){items, count, true};
}
