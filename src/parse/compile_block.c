/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks: alias, sigma, map, set, switch → instructions, in that order. */
#include "parse/compile.h"

#include "base/vec.h"
#include "parse/set.h"

#define INSTRUCTIONS_MAX 512 /* of one block */
#define CASES_MAX 4096       /* of one switch */
#define SWITCH_DEPTH_MAX 8
#define CONVERTS_MAX 8
#define DATES_MAX 16

struct instructions {
	VEC_OF(struct instruction)
};

static int compile_converts(struct compiler *c, const struct yaml_node *node, struct mapping *mapping)
{
	size_t count = node->type == YAML_SEQUENCE ? node->count : 1;
	struct convert *converts;
	int r = 0;

	if (count > CONVERTS_MAX)
		return compile_error(c, node, "more than %d conversions", CONVERTS_MAX);
	converts = arena_array(c->arena, struct convert, count);
	for (size_t i = 0; i < count && r == 0; i++)
		r = compile_convert(c, node->type == YAML_SEQUENCE ? node->items[i] : node, &converts[i]);
	mapping->converts = converts;
	mapping->convert_count = count;
	return r;
}

static int compile_dates(struct compiler *c, const struct yaml_node *node, const struct yaml_node *zone,
			 struct mapping *mapping)
{
	struct dates *dates = arena_struct(c->arena, struct dates);
	struct str_list formats;
	int r = compile_list(c, node, "date", DATES_MAX, &formats);

	for (size_t i = 0; r == 0 && i < formats.count; i++)
		if (date_format_check(formats.items[i]) < 0)
			r = compile_error(c, node, "'%.*s' is no date format",
					  STR_FMT(str_head(formats.items[i], 60)));
	if (r == 0 && zone) {
		r = compile_zone(c, zone, &dates->zone);
		dates->has_zone = true;
	}
	if (r < 0)
		return r;
	dates->formats = formats.items;
	dates->count = formats.count;
	mapping->dates = dates;
	return 0;
}

static int compile_table_option(struct compiler *c, const struct yaml_node *node,
				const struct yaml_node *fallback, struct mapping *mapping)
{
	struct table *table;
	const struct table *compiled;
	int r = compile_table(c, node, &compiled);

	if (r < 0)
		return r;
	table = (struct table *)compiled;
	if (fallback) {
		r = compile_text(c, fallback, "default", (struct str *)&table->values[table->count]);
		table->has_fallback = true;
	}
	mapping->table = table;
	return r;
}

/* NAME, [NAME, …] or {from:, as:, table:, default:, date:, zone:, join:}. */
static int compile_mapping(struct compiler *c, const struct yaml_node *node,
			   const struct mapping **ret_mapping)
{
	static const char *const keys[] = {"from", "as", "table", "default", "date", "zone", "join", NULL};
	struct mapping *mapping = arena_struct(c->arena, struct mapping);
	const struct yaml_node *from = node, *option;
	int r = 0;

	if (node->type == YAML_MAPPING) {
		r = compile_keys(c, node, keys);
		from = yaml_get(node, "from");
		if (r == 0 && !from)
			r = compile_error(c, node, "'from' is missing");
	}
	if (r == 0)
		r = compile_operands(c, from, &mapping->from);
	if (r == 0 && (option = yaml_get(node, "as")))
		r = compile_converts(c, option, mapping);
	if (r == 0 && (option = yaml_get(node, "table")))
		r = compile_table_option(c, option, yaml_get(node, "default"), mapping);
	else if (r == 0 && (option = yaml_get(node, "default")))
		r = compile_error(c, option, "'default' needs a 'table'");
	if (r == 0 && (option = yaml_get(node, "date")))
		r = compile_dates(c, option, yaml_get(node, "zone"), mapping);
	else if (r == 0 && (option = yaml_get(node, "zone")))
		r = compile_error(c, option, "'zone' needs a 'date'");
	if (r == 0 && (option = yaml_get(node, "join"))) {
		r = compile_text(c, option, "join", &mapping->join);
		mapping->joined = true;
	}
	if (r == 0)
		*ret_mapping = mapping;
	return r;
}

/* What becomes of the values of a mapping that looks up the text as it is. Dates stay texts: that they say
   which zone they are of is noted with the event. */
static void make_constants(struct compiler *c, const struct instruction *instruction)
{
	struct mapping *mapping = (struct mapping *)instruction->mapping;
	const struct table *table = mapping->table;
	const size_t count = table ? table->count + table->has_fallback : 0;
	struct field *constants;

	if (!table || mapping->joined || mapping->convert_count ||
	    field_info(instruction->field)->type == FIELD_DATE)
		return;
	constants = arena_array(c->arena, struct field, count);
	for (size_t i = 0; i < count; i++)
		if (event_make_constant(instruction->field, table->values[i], &constants[i]) < 0)
			constants[i].id = FIELD_NONE;
	mapping->constants = constants;
}

/* Where a mapping names what it reads. */
static const struct yaml_node *mapping_from(const struct yaml_node *node)
{
	return node->type == YAML_MAPPING ? yaml_get(node, "from") : node;
}

static int compile_field(struct compiler *c, const struct yaml_node *key, enum field_id *ret_field)
{
	*ret_field = field_by_name(key->text);
	if (*ret_field == FIELD_NONE)
		return compile_error(c, key, "there is no field '%.*s'", STR_FMT(str_head(key->text, 60)));
	return 0;
}

static bool is_keyword(enum field_id field)
{
	const enum field_type type = field_info(field)->type;

	return type == FIELD_KEYWORD || type == FIELD_TEXT;
}

static int compile_alias(struct compiler *c, const struct yaml_node *key, const struct yaml_node *value,
			 struct instruction *instruction)
{
	int r;

	instruction->op = OP_ALIAS;
	instruction->name = key->text;
	instruction->hash = hash_str(key->text);
	instruction->slot = names_slot(&c->source->names, key->text);
	if (!instruction->slot || !key->text.len)
		return compile_error(c, key, "this is no name for an attribute");
	r = compile_mapping(c, value, &instruction->mapping);
	if (r == 0)
		origins_note_alias(c, key->text, mapping_from(value), instruction->mapping);
	return r;
}

static int compile_map(struct compiler *c, const struct yaml_node *key, const struct yaml_node *value,
		       struct instruction *instruction)
{
	int r = compile_field(c, key, &instruction->field);

	instruction->op = OP_MAP;
	instruction->keyword = r == 0 && is_keyword(instruction->field);
	if (r == 0)
		r = compile_mapping(c, value, &instruction->mapping);
	if (r == 0 && instruction->mapping->dates && field_info(instruction->field)->type != FIELD_DATE)
		r = compile_error(c, key, "'%.*s' is no date", STR_FMT(key->text));
	if (r < 0)
		return r;
	make_constants(c, instruction);
	origins_note_map(c, mapping_from(value), instruction->mapping, instruction->field);
	return 0;
}

static int compile_set(struct compiler *c, const struct yaml_node *key, const struct yaml_node *value,
		       struct instruction *instruction)
{
	struct field *constant = arena_struct(c->arena, struct field);
	struct str text = {0};
	int r = compile_field(c, key, &instruction->field);

	instruction->op = OP_SET;
	instruction->constant = constant;
	if (r == 0)
		r = compile_text(c, value, "a constant", &text);
	if (r < 0)
		return r;
	if (event_make_constant(instruction->field, text, constant) < 0)
		return compile_error(c, value, "'%.*s' is no value for %.*s", STR_FMT(str_head(text, 60)),
				     STR_FMT(key->text));
	return 0;
}

static struct guard guard_of(const struct operands *from)
{
	struct guard guard = {.known = true, .word = UINT16_MAX};

	for (size_t i = 0; i < from->count; i++)
		if (from->items[i].slot / 64 < guard.word)
			guard.word = from->items[i].slot / 64;
	for (size_t i = 0; i < from->count; i++) {
		const struct operand *operand = &from->items[i];
		const unsigned word = operand->slot / 64u - guard.word;
		const bool field = operand->field != FIELD_NONE;

		if (operand->kind != OPERAND_ATTR || word > 1 || (field && guard.field_count == GUARD_FIELDS))
			return (struct guard){.known = false};
		guard.slots[word] |= UINT64_C(1) << operand->slot % 64;
		if (field)
			guard.fields[guard.field_count++] = (uint8_t)operand->field;
	}
	return guard;
}

/* The slot without which a mapping has no value, or 0. */
static uint16_t only_slot(const struct mapping *mapping)
{
	const struct operand *first = mapping->from.items;

	return mapping->from.count == 1 && first->kind == OPERAND_ATTR && first->field == FIELD_NONE
		       ? first->slot
		       : 0;
}

/* A MAP or ALIAS whose value is that of a slot, as it is, becomes one that says so. */
static void simplify(struct instruction *instruction)
{
	const struct mapping *mapping = instruction->mapping;

	if (!instruction->only || mapping->joined || mapping->convert_count || mapping->table)
		return;
	if (instruction->op == OP_ALIAS)
		instruction->op = OP_REPEAT;
	else if (instruction->keyword)
		instruction->op = OP_COPY;
}

typedef int compile_line(struct compiler *c, const struct yaml_node *key, const struct yaml_node *value,
			 struct instruction *instruction);

/* Each line of a mapping is one instruction. */
static int compile_lines(struct compiler *c, const struct yaml_node *node, compile_line *line,
			 struct instructions *instructions)
{
	int r = 0;

	if (node->type != YAML_MAPPING)
		return compile_error(c, node, "a mapping is expected here");
	for (uint32_t i = 0; i < node->count && r == 0; i++) {
		struct instruction instruction = {.field = FIELD_NONE};

		r = line(c, node->keys[i], node->values[i], &instruction);
		if (r == 0 && instruction.op != OP_SET) {
			instruction.only = only_slot(instruction.mapping);
			simplify(&instruction);
		}
		vec_push(instructions, instruction);
	}
	return r;
}

static int compile_sigma(struct compiler *c, const struct yaml_node *node, struct instructions *instructions)
{
	static const char *const keys[] = {"product", "category", "service", NULL};
	struct logsource *sigma = arena_struct(c->arena, struct logsource);
	struct str *parts[] = {&sigma->product, &sigma->category, &sigma->service};
	int r = compile_keys(c, node, keys);

	for (size_t i = 0; i < 3 && r == 0; i++) {
		const struct yaml_node *part = yaml_get(node, keys[i]);

		if (part)
			r = compile_text(c, part, keys[i], parts[i]);
	}
	if (r == 0)
		vec_push(instructions, ((struct instruction){.op = OP_SIGMA, .sigma = sigma}));
	return r;
}

/* A case's key: one value, or several with | between them. */
static int compile_case(struct compiler *c, const struct yaml_node *key, size_t index, struct branch *branch)
{
	struct str rest = key->text, value;
	char buf[TABLE_KEY_MAX];
	bool fresh;

	while (str_split(&rest, '|', &value)) {
		if (!table_key(str_trim(value), buf, &value))
			return compile_error(c, key, "a case has at most %d bytes", TABLE_KEY_MAX);
		*map_put(branch->index, value, &fresh) = index;
		if (!fresh)
			return compile_error(c, key, "the case '%.*s' is there twice", STR_FMT(value));
	}
	return 0;
}

static int compile_nested(struct compiler *c, const struct yaml_node *node, const struct block **ret_block)
{
	static const char *const keys[] = {BLOCK_KEYS, NULL};
	int r = compile_keys(c, node, keys);

	return r < 0 ? r : compile_block(c, node, ret_block);
}

static int compile_switch(struct compiler *c, const struct yaml_node *node, struct instructions *instructions)
{
	static const char *const keys[] = {"on", "cases", "default", "absent", NULL};
	struct branch *branch = arena_struct(c->arena, struct branch);
	const struct yaml_node *on, *cases, *other;
	int r = compile_keys(c, node, keys);

	if (r < 0)
		return r;
	on = yaml_get(node, "on");
	cases = yaml_get(node, "cases");
	if (!on || !cases || cases->type != YAML_MAPPING || cases->count > CASES_MAX)
		return compile_error(c, node, "a switch needs 'on' and a mapping 'cases' of at most %d",
				     CASES_MAX);
	r = compile_operands(c, on, &branch->on);
	branch->number = c->set->branch_count++;
	branch->index = source_set_map(c->set);
	branch->blocks = arena_array(c->arena, const struct block *, cases->count);
	branch->block_count = cases->count;
	for (uint32_t i = 0; i < cases->count && r == 0; i++) {
		r = compile_case(c, cases->keys[i], i, branch);
		if (r == 0)
			r = compile_nested(c, cases->values[i], &branch->blocks[i]);
	}
	if (r == 0 && (other = yaml_get(node, "default")))
		r = compile_nested(c, other, &branch->fallback);
	if (r == 0 && (other = yaml_get(node, "absent")))
		r = compile_nested(c, other, &branch->absent);
	if (r == 0)
		vec_push(instructions, ((struct instruction){.op = OP_SWITCH, .branch = branch}));
	return r;
}

static int compile_switches(struct compiler *c, const struct yaml_node *node,
			    struct instructions *instructions)
{
	int r = 0;

	if (++c->depth > SWITCH_DEPTH_MAX)
		return compile_error(c, node, "switches are nested more than %d deep", SWITCH_DEPTH_MAX);
	if (node->type != YAML_SEQUENCE)
		r = compile_switch(c, node, instructions);
	for (uint32_t i = 0; node->type == YAML_SEQUENCE && i < node->count && r == 0; i++)
		r = compile_switch(c, node->items[i], instructions);
	c->depth--;
	return r;
}

static const struct block *block_of(struct compiler *c, const struct instruction *items, size_t count)
{
	struct block *block = arena_struct(c->arena, struct block);
	struct instruction *copy = arena_array(c->arena, struct instruction, count);
	struct guard *guards = arena_zalloc(c->arena, sizeof(*guards) * count);

	if (count)
		memcpy(copy, items, count * sizeof(*copy));
	for (size_t i = 0; i < count; i++)
		if (items[i].op != OP_SIGMA && items[i].op != OP_SET && items[i].op != OP_SWITCH)
			guards[i] = guard_of(&items[i].mapping->from);
	*block = (struct block){copy, guards, count};
	return block;
}

int compile_block(struct compiler *c, const struct yaml_node *node, const struct block **ret_block)
{
	struct instructions instructions = {0};
	const struct yaml_node *part;
	int r = 0;

	if ((part = yaml_get(node, "alias")))
		r = compile_lines(c, part, compile_alias, &instructions);
	if (r == 0 && (part = yaml_get(node, "sigma")))
		r = compile_sigma(c, part, &instructions);
	if (r == 0 && (part = yaml_get(node, "map")))
		r = compile_lines(c, part, compile_map, &instructions);
	if (r == 0 && (part = yaml_get(node, "set")))
		r = compile_lines(c, part, compile_set, &instructions);
	if (r == 0 && (part = yaml_get(node, "switch")))
		r = compile_switches(c, part, &instructions);
	if (r == 0 && instructions.len > INSTRUCTIONS_MAX)
		r = compile_error(c, node, "a block has at most %d lines", INSTRUCTIONS_MAX);
	if (r == 0)
		*ret_block = block_of(c, instructions.items, instructions.len);
	vec_done(&instructions);
	return r;
}

const struct block *compile_join(struct compiler *c, const struct block *const *blocks, size_t count)
{
	struct instructions all = {0};
	const struct block *joined;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < blocks[i]->count; k++)
			vec_push(&all, blocks[i]->items[k]);
	joined = block_of(c, all.items, all.len);
	vec_done(&all);
	return joined;
}
