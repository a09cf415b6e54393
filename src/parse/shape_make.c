/* SPDX-License-Identifier: Apache-2.0 */
/* A record's tree, and what a json step made of it → its shape. */
#include <stdlib.h>

#include "base/err.h"
#include "parse/run.h"

#define TESTS_MAX 64

struct making {
	struct str text;
	const struct json_index *index;
	const struct json_node *root;
	const struct look *look;
	const struct shape_notes *notes;
	struct shape shape;
	struct shape_leaf leaves[SHAPE_LEAVES_MAX];
	uint16_t tokens[SHAPE_LEAVES_MAX];
	struct plan_slot slots[SHAPE_LEAVES_MAX];
	struct attr attrs[SHAPE_LEAVES_MAX];
	struct shape_task tasks[2 * SHAPE_LEAVES_MAX];
	uint64_t filled[FILLED_WORDS];
	struct shape_candidate candidates[SHAPE_CANDIDATES_MAX];
	struct shape_test tests[TESTS_MAX];
	uint32_t test_count;
	char literals[SHAPE_LITERALS_MAX];
	size_t literals_len, names_len; /* names: of the joined ones */
};

static bool add_literal(struct making *m, size_t from, size_t to, uint32_t *ret_place)
{
	const size_t len = to - from;

	if (to < from || len > UINT16_MAX || m->literals_len + len > sizeof(m->literals))
		return false;
	memcpy(m->literals + m->literals_len, m->text.ptr + from, len);
	*ret_place = (uint32_t)m->literals_len;
	m->literals_len += len;
	return true;
}

static bool makes_node(char c)
{
	return c != ',' && c != ':' && c != '}' && c != ']';
}

/* Steps on to the entry of a node that lies behind the one of *node. */
static void find_entry(const struct making *m, const struct json_node *wanted, const struct json_node **node,
		       size_t *entry)
{
	while (*node < wanted)
		*node += makes_node(m->text.ptr[m->index->places[++*entry]]);
}

static void add_task(struct making *m, enum leaf_task task, size_t leaf, size_t argument)
{
	m->tasks[m->shape.task_count++] =
		(struct shape_task){(uint32_t)leaf, (uint32_t)argument, (uint8_t)task};
}

/* The first leaf of a slot fills it. */
static void fill_slot(struct making *m, size_t leaf, uint16_t slot)
{
	uint64_t *word = &m->filled[slot / 64];
	const uint64_t bit = UINT64_C(1) << slot % 64;

	if (!slot)
		return;
	if (!(*word & bit))
		m->slots[m->shape.slot_count++] = (struct plan_slot){slot, (uint16_t)leaf, false};
	else
		for (size_t i = 0; i < m->shape.slot_count; i++)
			m->slots[i].repeated |= m->slots[i].number == slot;
	*word |= bit;
	if (m->shape.filled_words <= slot / 64u)
		m->shape.filled_words = slot / 64u + 1;
}

/* What a leaf becomes, whose literal is literal. */
static void name_leaf(struct making *m, const struct shape_note *note, size_t number, struct str literal)
{
	struct attr *attr = &m->attrs[number];

	*attr = (struct attr){.key = note->key, .hash = note->hash};
	if (note->own)
		add_task(m, LEAF_OWN, number, note->own);
	if (note->own && note->node->type == JSON_STRING)
		m->shape.own[note->own - 1] = (uint16_t)(number + 1);
	if (note->name) {
		attr->key = note->name->out;
		attr->hash = note->name->out_hash;
		fill_slot(m, number, note->name->slot);
	} else if ((uintptr_t)note->key.ptr - (uintptr_t)literal.ptr < literal.len) {
		add_task(m, LEAF_KEY_RECORD, number, (size_t)(literal.ptr + literal.len - note->key.ptr));
	} else {
		add_task(m, LEAF_KEY_COPY, number, 0);
		m->names_len += note->key.len;
	}
}

/* The literal between these places. */
static void describe_literal(const struct making *m, struct shape_leaf *leaf, size_t from, size_t to)
{
	const size_t head = to - from < LEAF_HEAD ? to - from : LEAF_HEAD;

	memcpy(leaf->head, m->text.ptr + from, head);
	leaf->mask = (uint32_t)((UINT64_C(1) << head) - 1);
	leaf->literal_len = (uint16_t)(to - from);
	leaf->escapes = (uint16_t)(json_escapes_before(m->index, to) - json_escapes_before(m->index, from));
}

static bool take_leaves(struct making *m)
{
	const struct json_node *node = m->root;
	size_t entry = 0, end = 0, from, next;

	for (size_t i = 0; i < m->notes->count; i++) {
		const struct shape_note *note = &m->notes->items[i];
		struct shape_leaf *leaf = &m->leaves[i];

		if (note->node->type >= JSON_ARRAY || note->node <= node)
			return false;
		find_entry(m, note->node, &node, &entry);
		*leaf = (struct shape_leaf){.entry = (uint32_t)entry,
					    .quote = note->node->type == JSON_STRING};
		from = m->index->places[entry] + leaf->quote;
		if (from - end > UINT16_MAX || !add_literal(m, end, from, &leaf->literal))
			return false;
		describe_literal(m, leaf, end, from);
		name_leaf(m, note, i, str_of(m->text.ptr + end, from - end));
		next = end = m->index->places[entry + 1];
		while (char_is_space(m->text.ptr[end - 1]))
			end--;
		end -= leaf->quote;
		if (next - end > UINT16_MAX)
			return false;
		leaf->gap = (uint16_t)(next - end);
		if (!leaf->quote)
			m->tokens[m->shape.token_count++] = (uint16_t)i;
	}
	m->shape.last_len = (uint32_t)(m->text.len - end);
	return add_literal(m, end, m->text.len, &m->shape.last);
}

/* -- recognition ----------------------------------------------------------------------------------------- */

/* The node that a test looks at, as recognition does; NULL where it is not there. */
static const struct json_node *find_tested(const struct path_test *test, const struct look *look)
{
	const struct json_node *node = look->values[test->bit];

	for (size_t i = 1; node && i < test->path.count; i++)
		node = json_get(node, test->path.items[i]);
	return node;
}

/* False where the value that decides is no leaf. */
static bool add_test(struct making *m, const struct json_node *node, const struct str_list *values)
{
	for (size_t i = 0; i < m->notes->count && m->test_count < TESTS_MAX; i++)
		if (m->notes->items[i].node == node) {
			m->tests[m->test_count++] = (struct shape_test){(uint32_t)i, values};
			return true;
		}
	return false;
}

/* Adds a recogniser that the keys do not exclude; false where what it asks cannot be said of a shape. */
static bool add_candidate(struct making *m, const struct recogniser *item)
{
	struct shape_candidate candidate = {item->source, m->test_count, 0};
	const struct key_set *keys = &m->look->keys;

	for (size_t i = 0; i < RECOGNISE_KEYS_MAX / 64; i++)
		if (item->keys.bits[i] & ~keys->bits[i])
			return true;
	if (item->hints.count || item->prefixes.count || item->contains.count || item->regex ||
	    m->shape.candidate_count == SHAPE_CANDIDATES_MAX)
		return false;
	for (size_t i = 0; i < item->test_count; i++) {
		const struct path_test *test = &item->tests[i];
		const struct json_node *node = find_tested(test, m->look);

		if (!node || (test->values.count && node->type >= JSON_ARRAY))
			return true; /* nothing that was added for it is looked at */
		if (test->values.count && !add_test(m, node, &test->values))
			return false;
	}
	candidate.test_count = m->test_count - candidate.test;
	m->candidates[m->shape.candidate_count++] = candidate;
	return true;
}

static bool take_candidates(struct making *m, const struct recognisers *all)
{
	const uint64_t *programs = recognise_index_program(&all->index, m->look->program);
	const uint64_t *heads = recognise_index_head(&all->index, m->look->message);

	for (size_t word = 0; word < all->index.words; word++)
		for (uint64_t set = recognise_index_find(all, m->look, programs, heads, word); set;
		     set &= set - 1) {
			if (!add_candidate(m, &all->items[word * 64 + (size_t)__builtin_ctzll(set)]))
				return false;
			if (m->shape.candidate_count &&
			    !m->candidates[m->shape.candidate_count - 1].test_count)
				return true;
		}
	return true;
}

/* -- the shape, in one piece of memory ------------------------------------------------------------------- */

#define PIECES 10
#define PIECE_ALIGNMENT 16

static void *take(char **memory, const void *from, size_t size)
{
	void *taken = memcpy(*memory, from, size);

	*memory += (size + PIECE_ALIGNMENT - 1) & ~(size_t)(PIECE_ALIGNMENT - 1);
	return taken;
}

static size_t piece_sizes(const struct making *m)
{
	const struct shape *shape = &m->shape;

	return sizeof(*shape) + shape->leaf_count * (sizeof(*m->leaves) + sizeof(*m->attrs)) +
	       shape->token_count * sizeof(*m->tokens) + shape->slot_count * sizeof(*m->slots) +
	       shape->task_count * sizeof(*m->tasks) + shape->candidate_count * sizeof(*m->candidates) +
	       m->test_count * sizeof(*m->tests) + shape->filled_words * sizeof(*m->filled) +
	       m->literals_len + m->names_len + PIECES * PIECE_ALIGNMENT;
}

/* memory: of an older one, or NULL. */
static struct shape *put_together(struct making *m, struct shape *memory)
{
	struct shape *shape = &m->shape;
	struct attr *attrs;
	char *p;

	if (memory)
		plans_free(memory->plans);
	memory = realloc(memory, piece_sizes(m));
	if (!memory)
		return NULL;
	p = (char *)memory;
	take(&p, shape, sizeof(*shape));
	shape->candidates = take(&p, m->candidates, shape->candidate_count * sizeof(*m->candidates));
	shape->tests = take(&p, m->tests, m->test_count * sizeof(*m->tests));
	shape->leaves = take(&p, m->leaves, shape->leaf_count * sizeof(*m->leaves));
	shape->tokens = take(&p, m->tokens, shape->token_count * sizeof(*m->tokens));
	shape->slots = take(&p, m->slots, shape->slot_count * sizeof(*m->slots));
	shape->attrs = attrs = take(&p, m->attrs, shape->leaf_count * sizeof(*m->attrs));
	shape->tasks = take(&p, m->tasks, shape->task_count * sizeof(*m->tasks));
	shape->filled = take(&p, m->filled, shape->filled_words * sizeof(*m->filled));
	shape->literals = memcpy(p, m->literals, m->literals_len);
	p += m->literals_len;
	for (uint32_t i = 0; i < shape->task_count; i++)
		if (m->tasks[i].task == LEAF_KEY_COPY) {
			struct str *key = &attrs[m->tasks[i].leaf].key;

			key->ptr = memcpy(p, key->ptr, key->len);
			p += key->len;
		}
	*memory = *shape;
	return memory;
}

static struct plans *make_plans(const struct shape *shape)
{
	const struct plan_input input = {
		.source = shape->source,
		.filled = shape->filled,
		.filled_words = shape->filled_words,
		.slots = shape->slots,
		.slot_count = shape->slot_count,
		.own = shape->own,
	};

	return plans_new(&input);
}

void shapes_keep(struct shapes *shapes, const struct recognisers *recognisers, const struct look *look,
		 const struct source *source, const void *options, struct str text,
		 const struct json_index *index, const struct json_node *root,
		 const struct shape_notes *notes)
{
	struct making m;
	struct shape **place, *made;

	m.text = text;
	m.index = index;
	m.root = root;
	m.look = look;
	m.notes = notes;
	m.test_count = 0;
	memset(m.filled, 0, sizeof(m.filled));
	m.literals_len = m.names_len = 0;
	if (!notes->count || notes->count > SHAPE_LEAVES_MAX || options != source->steps[0].options)
		return; /* a step before it might have filled slots */
	m.shape = (struct shape){.source = source,
				 .options = options,
				 .entries = index->count,
				 .leaf_count = (uint32_t)notes->count};
	if (!take_leaves(&m) || m.leaves[0].literal_len < SHAPE_HEAD || !take_candidates(&m, recognisers))
		return;
	place = shapes_place(shapes, text, index);
	if (!place)
		return;
	made = put_together(&m, *place);
	if (!made)
		return;
	*place = made;
	if (source->step_count == 1) /* others might fill more slots */
		made->plans = make_plans(made);
}
