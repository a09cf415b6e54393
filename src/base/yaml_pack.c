/* SPDX-License-Identifier: Apache-2.0 */
#include "base/yaml_pack.h"

#define KIND_TYPE 3
#define KIND_PLAIN 4
#define KIND_INSIDE 8
#define KINDS 16

#define SEARCH_MAX 4096 /* bytes behind the last scalar in which the next one is looked for */
#define NODE_MIN 4      /* bytes of the smallest node */

/* -- writing ------------------------------------------------------------------------------------------- */

struct packer {
	struct buf *out;
	struct str text;
	size_t at; /* in text, behind the last scalar found there */
	uint32_t line;
};

static void put_signed(struct buf *out, int64_t value)
{
	buf_add_varint(out, (uint64_t)value << 1 ^ (uint64_t)(value >> 63));
}

static void pack_scalar(struct packer *packer, const struct yaml_node *node, size_t kind_at)
{
	struct str rest = str_from_offset(packer->text, packer->at);
	size_t found = STR_NOT_FOUND;

	if (node->text.len)
		found = str_find(str_head(rest, node->text.len + SEARCH_MAX), node->text);
	buf_add_varint(packer->out, node->text.len);
	if (found == STR_NOT_FOUND) {
		buf_add_str(packer->out, node->text);
		return;
	}
	packer->out->ptr[kind_at] |= KIND_INSIDE;
	buf_add_varint(packer->out, found);
	packer->at += found + node->text.len;
}

static void pack_node(struct packer *packer, const struct yaml_node *node)
{
	size_t kind_at = packer->out->len;

	buf_add_char(packer->out, (char)(node->type | (node->plain ? KIND_PLAIN : 0)));
	put_signed(packer->out, (int64_t)node->line - packer->line);
	buf_add_varint(packer->out, node->column);
	packer->line = node->line;
	if (node->type == YAML_SCALAR) {
		pack_scalar(packer, node, kind_at);
		return;
	}
	buf_add_varint(packer->out, node->count);
	for (uint32_t i = 0; i < node->count; i++) {
		if (node->type == YAML_MAPPING)
			pack_node(packer, node->keys[i]);
		pack_node(packer, node->type == YAML_MAPPING ? node->values[i] : node->items[i]);
	}
}

void yaml_pack(struct yaml_node *const *docs, size_t count, struct str text, struct buf *out)
{
	struct packer packer = {.out = out, .text = text};

	buf_add_varint(out, count);
	for (size_t i = 0; i < count; i++)
		pack_node(&packer, docs[i]);
}

/* -- reading ------------------------------------------------------------------------------------------- */

struct unpacker {
	const unsigned char *at, *end;
	struct str text;
	size_t text_at;
	uint32_t line;
	unsigned nodes;
	struct arena *arena;
	bool damaged; /* from then on all numbers are 0 */
};

static uint64_t fail(struct unpacker *unpacker)
{
	unpacker->damaged = true;
	unpacker->at = unpacker->end;
	return 0;
}

static uint64_t take_long_number(struct unpacker *unpacker)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64 && unpacker->at < unpacker->end; shift += 7) {
		unsigned char byte = *unpacker->at++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return value;
	}
	return fail(unpacker);
}

static inline uint64_t take_number(struct unpacker *unpacker)
{
	if (unpacker->at < unpacker->end && *unpacker->at < 0x80) /* nearly all */
		return *unpacker->at++;
	return take_long_number(unpacker);
}

/* A number of things of which each takes at least size bytes. */
static uint32_t take_count(struct unpacker *unpacker, size_t size)
{
	uint64_t count = take_number(unpacker);

	if (count > YAML_NODES_MAX || count > (size_t)(unpacker->end - unpacker->at) / size)
		return (uint32_t)fail(unpacker);
	return (uint32_t)count;
}

static uint32_t take_line(struct unpacker *unpacker)
{
	uint64_t number = take_number(unpacker);
	int64_t line;

	if (number > UINT32_MAX)
		return (uint32_t)fail(unpacker);
	line = (int64_t)unpacker->line + (int64_t)(number >> 1 ^ -(number & 1));
	if (line < 0 || line > UINT32_MAX)
		return (uint32_t)fail(unpacker);
	return unpacker->line = (uint32_t)line;
}

static struct str take_text(struct unpacker *unpacker, bool inside)
{
	uint64_t len = take_number(unpacker), skip = inside ? take_number(unpacker) : 0;
	struct str rest = str_from_offset(unpacker->text, unpacker->text_at), text;

	if (!inside)
		rest = str_of((const char *)unpacker->at, (size_t)(unpacker->end - unpacker->at));
	if (skip > rest.len || len > rest.len - skip) {
		fail(unpacker);
		return (struct str){0};
	}
	text = str_of(rest.ptr + skip, len);
	if (inside)
		unpacker->text_at += skip + len;
	else
		unpacker->at += len;
	return arena_copy(unpacker->arena, text);
}

static struct yaml_node *take_node(struct unpacker *unpacker, int depth);

/* In turns: keys too where there are any. */
static void take_children(struct unpacker *unpacker, struct yaml_node *node, int depth)
{
	struct yaml_node **values, **keys = NULL;

	node->count = take_count(unpacker, node->type == YAML_MAPPING ? 2 * NODE_MIN : NODE_MIN);
	values = arena_array(unpacker->arena, struct yaml_node *, node->count + 1);
	if (node->type == YAML_MAPPING)
		keys = arena_array(unpacker->arena, struct yaml_node *, node->count + 1);
	for (uint32_t i = 0; i < node->count && !unpacker->damaged; i++) {
		if (keys) {
			keys[i] = take_node(unpacker, depth + 1);
			if (keys[i]->type != YAML_SCALAR)
				fail(unpacker);
		}
		values[i] = take_node(unpacker, depth + 1);
	}
	if (keys) {
		node->keys = keys;
		node->values = values;
	} else {
		node->items = values;
	}
}

/* Always a node; whether it is one that was packed, unpacker->damaged says. */
static struct yaml_node *take_node(struct unpacker *unpacker, int depth)
{
	struct yaml_node *node = arena_alloc(unpacker->arena, sizeof(*node));
	uint64_t kind = take_number(unpacker);

	*node = (struct yaml_node){.type = (enum yaml_type)(kind & KIND_TYPE), .plain = kind & KIND_PLAIN};
	if (kind >= KINDS || node->type > YAML_MAPPING || ++unpacker->nodes > YAML_NODES_MAX ||
	    (depth >= YAML_DEPTH_MAX && node->type != YAML_SCALAR))
		fail(unpacker);
	node->line = take_line(unpacker);
	node->column = (uint32_t)take_number(unpacker);
	if (unpacker->damaged)
		node->type = YAML_SCALAR;
	else if (node->type == YAML_SCALAR)
		node->text = take_text(unpacker, kind & KIND_INSIDE);
	else
		take_children(unpacker, node, depth);
	return node;
}

int yaml_unpack(struct str packed, struct str text, struct arena *arena, struct yaml_node ***ret_docs,
		size_t *ret_count)
{
	const unsigned char *bytes = (const unsigned char *)packed.ptr;
	struct unpacker unpacker = {.at = bytes, .end = bytes + packed.len, .text = text, .arena = arena};
	uint32_t count = take_count(&unpacker, NODE_MIN);
	struct yaml_node **docs = arena_array(arena, struct yaml_node *, count + 1);

	for (uint32_t i = 0; i < count && !unpacker.damaged; i++)
		docs[i] = take_node(&unpacker, 0);
	if (unpacker.damaged || unpacker.at != unpacker.end)
		return ERR_CORRUPT;
	*ret_docs = docs;
	*ret_count = count;
	return 0;
}
