/* SPDX-License-Identifier: Apache-2.0 */
/* Parsed rules to the compiled program; see program.h. */

#include "base/buf.h"
#include "detect/compile.h"
#include "detect/order.h"
#include "detect/program.h"
#include "detect/regex_literal.h"

struct compiler {
	struct ruleset *set;
	struct map *predicates; /* content of a predicate to 1 + its index */
	uint32_t selection_first;
	uint64_t *selection_costs;
	struct buf key;
};

/* "SourceName" as "Source Name": Windows writes the same names both ways. False where nothing is to be
 * parted. */
static bool part_words(struct str name, struct buf *out)
{
	size_t spaces = 0;

	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i], before = i ? name.ptr[i - 1] : 'A';
		bool lower = (unsigned char)(c - 'a') < 26, upper = (unsigned char)(c - 'A') < 26;

		if (!lower && !upper && !char_is_digit(c))
			return false;
		if (upper && (unsigned char)(before - 'a') < 26) {
			buf_add_char(out, ' ');
			spaces++;
		}
		buf_add_char(out, c);
	}
	return spaces > 0;
}

static uint32_t parted_slot(struct ruleset *set, struct str name)
{
	struct buf parted = {0};
	uint32_t slot = part_words(name, &parted) ? compile_slot(set, buf_str(&parted)) : SLOT_NONE;

	buf_done(&parted);
	return slot;
}

uint32_t compile_slot(struct ruleset *set, struct str name)
{
	bool is_new;
	uint64_t *place = map_put(set->slot_by_name, name, &is_new);
	struct slot *slot;
	uint32_t index, alias;

	if (!is_new)
		return (uint32_t)*place;
	*place = index = (uint32_t)set->slots.len;
	slot = vec_add_zero(&set->slots);
	slot->name = arena_copy(set->arena, name);
	slot->field = field_by_name(name);
	if (slot->field != FIELD_NONE)
		set->slot_of_field[slot->field] = index;
	alias = parted_slot(set, name);
	set->slots.items[index].alias = alias;
	return index;
}

/* -- predicates ---------------------------------------------------------------------------------------- */

static void key_bytes(struct buf *key, const void *bytes, size_t len)
{
	buf_add_u64(key, len);
	buf_add(key, bytes, len);
}

#define KEY_USUAL 512 /* bytes; longer ones make more room */

/* Everything that makes two predicates the same. */
static void make_key(struct buf *key, const struct predicate *predicate, const struct test *test)
{
	const struct {
		uint8_t type, compare, time_part, anchor, cased, exists, none[2];
		uint32_t slot, other, regex_flags;
	} head = {.type = predicate->type,
		  .compare = predicate->compare,
		  .time_part = predicate->time_part,
		  .anchor = predicate->anchor,
		  .cased = predicate->cased,
		  .exists = predicate->exists,
		  .slot = predicate->slot,
		  .other = predicate->other,
		  .regex_flags = test->regex_flags};

	buf_clear(key);
	buf_add(key, &head, sizeof(head));
	switch (predicate->type) {
	case PREDICATE_GLOB:
		for (uint32_t i = 0; i < test->pattern.count; i++) {
			buf_add_char(key, (char)test->pattern.parts[i].type);
			key_bytes(key, test->pattern.parts[i].text.ptr, test->pattern.parts[i].text.len);
		}
		break;
	case PREDICATE_CIDR:
		key_bytes(key, test->net.ip, sizeof(test->net.ip));
		buf_add_char(key, (char)test->net.bits);
		break;
	default:
		buf_add(key, &test->number, sizeof(test->number));
		key_bytes(key, predicate->text.ptr, predicate->text.len);
	}
}

static void fill_pattern(struct predicate *predicate, const struct test *test)
{
	predicate->type = (uint8_t)pattern_shape(&test->pattern, &predicate->text);
	predicate->cased = test->cased;
}

_Static_assert((int)PREDICATE_GLOB == (int)SHAPE_GLOB && (int)PREDICATE_EXACT == (int)SHAPE_EXACT,
	       "predicates of patterns follow enum shape");

/* A predicate of a test, without what is costly to make. */
static void fill(struct compiler *compiler, struct predicate *predicate, const struct test *test)
{
	static const uint8_t types[] = {
		[TEST_NUMBER] = PREDICATE_NUMBER, [TEST_COMPARE] = PREDICATE_COMPARE,
		[TEST_REGEX] = PREDICATE_REGEX,   [TEST_CIDR] = PREDICATE_CIDR,
		[TEST_TIME] = PREDICATE_TIME,     [TEST_EXISTS] = PREDICATE_EXISTS,
		[TEST_NULL] = PREDICATE_NULL,     [TEST_FIELDREF] = PREDICATE_FIELDREF,
	};

	if (test->type == TEST_PATTERN) {
		fill_pattern(predicate, test);
		return;
	}
	predicate->type = types[test->type];
	predicate->number = test->number;
	predicate->compare = test->compare;
	predicate->time_part = test->time_part;
	predicate->exists = test->exists;
	if (test->type == TEST_CIDR)
		predicate->net = test->net;
	if (test->type == TEST_NUMBER || test->type == TEST_REGEX)
		predicate->text = test->text;
	if (test->type == TEST_FIELDREF) {
		predicate->anchor = test->anchor;
		predicate->cased = test->cased;
		predicate->other = compile_slot(compiler->set, test->text);
	}
}

/* Parsed texts die with the rule; what a predicate keeps of them is copied. */
static void keep_texts(struct predicate *predicate, const struct test *test, struct arena *arena)
{
	predicate->written = arena_copy(arena, test->text);
	predicate->text = arena_copy(arena, predicate->text);
	if (predicate->type == PREDICATE_GLOB)
		predicate->pattern = pattern_copy(&test->pattern, arena);
}

static uint32_t predicate_of(struct compiler *compiler, uint32_t slot, const struct test *test)
{
	struct predicate predicate = {.slot = slot, .other = SLOT_NONE, .uses = 1};
	struct ruleset *set = compiler->set;
	uint64_t *place;

	fill(compiler, &predicate, test);
	make_key(&compiler->key, &predicate, test);
	place = map_put(compiler->predicates, buf_str(&compiler->key), NULL);
	if (*place) {
		set->predicates.items[*place - 1].uses++;
		return (uint32_t)*place - 1;
	}
	if (test->type == TEST_REGEX) {
		struct regex *regex = NULL;

		must(regex_compile(test->text, test->regex_flags, &regex, NULL) == 0);
		predicate.regex = regex;
		predicate.literal =
			regex_literal(regex, test->text, arena_alloc(set->arena, test->text.len + 1));
	}
	keep_texts(&predicate, test, set->arena);
	vec_push(&set->predicates, predicate);
	*place = set->predicates.len;
	return (uint32_t)set->predicates.len - 1;
}

/* -- nodes --------------------------------------------------------------------------------------------- */

static uint32_t open_node(struct compiler *compiler, enum node_type type, uint32_t operand)
{
	struct node *node = vec_add_zero(&compiler->set->nodes);

	node->type = (uint8_t)type;
	node->operand = operand;
	node->end = (uint32_t)compiler->set->nodes.len;
	return node->end - 1;
}

static void close_node(struct compiler *compiler, uint32_t node)
{
	compiler->set->nodes.items[node].end = (uint32_t)compiler->set->nodes.len;
}

/* True for a long list of texts of one shape, any of which will do. */
static bool is_list_of(const struct item *item, enum shape shape)
{
	if (item->all || item->test_count < SET_MIN)
		return false;
	for (uint32_t i = 0; i < item->test_count; i++) {
		struct str text;

		if (item->tests[i].type != TEST_PATTERN ||
		    pattern_shape(&item->tests[i].pattern, &text) != shape)
			return false;
	}
	return true;
}

static const struct map *make_map(const struct item *item)
{
	struct map *map = map_new();
	struct str text;

	for (uint32_t i = 0; i < item->test_count; i++) {
		pattern_shape(&item->tests[i].pattern, &text);
		map_put(map, text, NULL);
	}
	return map;
}

static const struct literal_set *make_literals(const struct item *item, struct arena *arena)
{
	struct literal_set *literals = arena_struct(arena, struct literal_set);
	struct str *texts = arena_array(arena, struct str, item->test_count);

	for (uint32_t i = 0; i < item->test_count; i++) {
		pattern_shape(&item->tests[i].pattern, &texts[i]);
		texts[i] = arena_copy(arena, texts[i]);
	}
	literal_set_make(literals, texts, item->test_count, arena);
	return literals;
}

/* One predicate for a whole list. */
static void compile_list(struct compiler *compiler, const struct item *item, uint32_t slot,
			 enum predicate_type type)
{
	struct ruleset *set = compiler->set;
	struct predicate predicate = {.type = (uint8_t)type,
				      .slot = slot,
				      .other = SLOT_NONE,
				      .uses = 1,
				      .cased = item->tests[0].cased};

	if (type == PREDICATE_SET)
		predicate.set = make_map(item);
	else
		predicate.literals = make_literals(item, set->arena);
	vec_push(&set->predicates, predicate);
	open_node(compiler, NODE_PREDICATE, (uint32_t)set->predicates.len - 1);
}

static void compile_tests(struct compiler *compiler, const struct item *item, uint32_t slot)
{
	uint32_t list = open_node(compiler, item->all ? NODE_AND : NODE_OR, 0);

	for (uint32_t i = 0, next; i < item->test_count; i = next) {
		uint32_t any = open_node(compiler, NODE_OR, 0);

		for (next = i; next < item->test_count && item->tests[next].group == item->tests[i].group;
		     next++)
			open_node(compiler, NODE_PREDICATE, predicate_of(compiler, slot, &item->tests[next]));
		close_node(compiler, any);
	}
	close_node(compiler, list);
}

static void compile_item(struct compiler *compiler, const struct item *item)
{
	uint32_t slot = item->field.len ? compile_slot(compiler->set, item->field) : SLOT_ANY;
	uint32_t negation = item->neq ? open_node(compiler, NODE_NOT, 0) : 0;

	compiler->set->has_keywords |= slot == SLOT_ANY;
	if (is_list_of(item, SHAPE_EXACT))
		compile_list(compiler, item, slot, PREDICATE_SET);
	else if (is_list_of(item, SHAPE_CONTAINS))
		compile_list(compiler, item, slot, PREDICATE_LITERALS);
	else
		compile_tests(compiler, item, slot);
	if (item->neq)
		close_node(compiler, negation);
}

/* Children in the order of their cost: what is quick to decide goes first. */
static void compile_detection(struct compiler *compiler, const struct detection *detection)
{
	uint32_t node, *order;

	if (detection->type == DETECT_ITEM) {
		compile_item(compiler, detection->item);
		return;
	}
	node = open_node(compiler, detection->type == DETECT_ALL ? NODE_AND : NODE_OR, 0);
	order = order_detections(detection->children, detection->count);
	for (uint32_t i = 0; i < detection->count; i++)
		compile_detection(compiler, detection->children[order[i]]);
	free(order);
	close_node(compiler, node);
}

static void compile_condition(struct compiler *compiler, const struct condition *condition)
{
	static const enum node_type types[] = {[CONDITION_SELECTION] = NODE_SELECTION,
					       [CONDITION_AND] = NODE_AND,
					       [CONDITION_OR] = NODE_OR,
					       [CONDITION_NOT] = NODE_NOT};
	uint32_t node = open_node(compiler, types[condition->type],
				  condition->type == CONDITION_SELECTION
					  ? compiler->selection_first + condition->selection
					  : 0);
	uint32_t *order = order_conditions(condition->children, condition->count, compiler->selection_costs);

	for (uint32_t i = 0; i < condition->count; i++)
		compile_condition(compiler, condition->children[order[i]]);
	free(order);
	close_node(compiler, node);
}

/* Lists of one are as their only member: takes their nodes out, and counts the ends anew. */
static void simplify(struct ruleset *set, uint32_t root)
{
	struct node *nodes = set->nodes.items;
	uint32_t count = (uint32_t)set->nodes.len - root, kept = 0;
	uint32_t *moved = malloc(sizeof(*moved) * (count + 1)); /* old place to new */

	must(moved);
	for (uint32_t i = 0; i < count; i++) {
		const struct node *node = &nodes[root + i];
		bool list = node->type == NODE_AND || node->type == NODE_OR;

		moved[i] = kept;
		kept += !(list && i + 1 < count && nodes[root + i + 1].end == node->end);
	}
	moved[count] = kept;
	for (uint32_t i = 0; i < count; i++) {
		struct node node = nodes[root + i];

		node.end = root + moved[node.end - root];
		if (moved[i + 1] != moved[i])
			nodes[root + moved[i]] = node;
	}
	set->nodes.len = root + kept;
	free(moved);
}

static void compile_selection(struct compiler *compiler, const struct rule_selection *selection)
{
	struct ruleset *set = compiler->set;
	uint32_t root = (uint32_t)set->nodes.len;

	compile_detection(compiler, selection->detection);
	simplify(set, root);
	vec_push(&set->selections, ((struct selection){arena_copy(set->arena, selection->name), root}));
}

uint32_t compile_tree(struct ruleset *set, struct map *predicates, const struct rule *rule)
{
	struct compiler compiler = {
		.set = set, .predicates = predicates, .selection_first = (uint32_t)set->selections.len};
	uint32_t root;

	compiler.selection_costs = calloc(rule->selection_count + 1, sizeof(uint64_t));
	must(compiler.selection_costs);
	buf_reserve(&compiler.key, KEY_USUAL);
	for (uint32_t i = 0; i < rule->selection_count; i++) {
		compiler.selection_costs[i] = order_cost(rule->selections[i].detection);
		compile_selection(&compiler, &rule->selections[i]);
	}
	root = (uint32_t)set->nodes.len;
	compile_condition(&compiler, rule->condition);
	simplify(set, root);
	free(compiler.selection_costs);
	buf_done(&compiler.key);
	return root;
}

void compile_rule(struct ruleset *set, struct map *predicates, const struct rule *rule)
{
	struct compiled_rule compiled = {.info = rule->info,
					 .selection_first = (uint32_t)set->selections.len,
					 .selection_count = rule->selection_count,
					 .tests = rule->tests,
					 .test_count = rule->test_count};

	compiled.root = compile_tree(set, predicates, rule);
	vec_push(&set->rules, compiled);
}
