/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Native format: varint columns, varint rows, then for each column its name, its type and its values.
 *
 *   String                  varint length, bytes
 *   LowCardinality(String)  u64 version 1, u64 flags | index type, u64 keys, the keys as String,
 *                           u64 rows, one index per row
 *   Array(T)                u64 end offset per row, then all elements as T; where T is LowCardinality its
 *                           version stands before the offsets, and without elements nothing follows them
 *
 * Each column appends to one buffer in that form while events arrive. Rows that do not set it are made up for
 * later with zeros, which are an empty string, index 0 and the number 0 alike.
 */
#include "event/block.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/vec.h"

#define LC_VERSION 1
#define LC_ADDITIONAL_KEYS (1u << 9)
#define LC_UPDATE_DICTIONARY (1u << 10)
#define SLOTS_FIRST 64    /* power of two */
#define PIECE_LEAST 16384 /* bytes; fewer are copied */

enum {
	COLUMN_SEQ,
	COLUMN_RECEIVED,
	COLUMN_PEER,
	COLUMN_LISTENER,
	COLUMN_PRODUCT,
	COLUMN_CATEGORY,
	COLUMN_SERVICE,
	COLUMN_FIELDS,
	COLUMN_ATTR_KEYS = COLUMN_FIELDS + FIELD_COUNT,
	COLUMN_ATTR_VALUES,
	COLUMN_COUNT
};

static const struct {
	struct str name;
	const char *type;
} own_columns[COLUMN_COUNT] = {
	[COLUMN_SEQ] = {{"seq", 3}, "UInt64"},
	[COLUMN_RECEIVED] = {{"received", 8}, "Int64"},
	[COLUMN_PEER] = {{"peer", 4}, "FixedString(16)"},
	[COLUMN_LISTENER] = {{"listener", 8}, "UInt16"},
	[COLUMN_PRODUCT] = {{"product", 7}, "LowCardinality(String)"},
	[COLUMN_CATEGORY] = {{"category", 8}, "LowCardinality(String)"},
	[COLUMN_SERVICE] = {{"service", 7}, "LowCardinality(String)"},
	[COLUMN_ATTR_KEYS] = {{"attr_keys", 9}, "Array(LowCardinality(String))"},
	[COLUMN_ATTR_VALUES] = {{"attr_values", 11}, "Array(String)"},
};

struct key {
	uint64_t hash;
	uint32_t offset, len; /* of the text in the dictionary's bytes */
};

/* The distinct strings of one column in this block; number 0 is always the empty one. */
struct dictionary {
	struct buf bytes; /* as String, one after the other */
	struct {
		VEC_OF(struct key)
	} keys;
	uint32_t *slots; /* number + 1, 0 is empty; linear probing */
	uint32_t slot_count;
};

struct column {
	struct buf data;
	size_t rows;    /* filled so far; 0: not in the block */
	unsigned width; /* bytes of a row nobody set */
	bool has_dictionary;
	struct dictionary dictionary;
	uint32_t last; /* the dictionary number of the last row set */
};

struct block {
	struct column columns[COLUMN_COUNT];
	struct buf
		offsets; /* u64 per row: where its attributes end; rows without any at the end are missing */
	size_t rows;
};

bool block_column(size_t index, struct str *ret_name, const char **ret_type)
{
	if (index >= COLUMN_COUNT)
		return false;
	if (own_columns[index].type) {
		*ret_name = own_columns[index].name;
		*ret_type = own_columns[index].type;
	} else {
		const struct field_info *info = field_info((enum field_id)(index - COLUMN_FIELDS));

		*ret_name = info->column;
		*ret_type = field_column_type(info->type);
	}
	return true;
}

static void add_string(struct buf *buf, struct str s)
{
	buf_add_varint(buf, s.len);
	buf_add(buf, s.ptr, s.len);
}

/* --- dictionaries ----------------------------------------------------------------------------------- */

static void dictionary_place(struct dictionary *dictionary, uint32_t number)
{
	uint32_t mask = dictionary->slot_count - 1;
	uint32_t slot = (uint32_t)dictionary->keys.items[number].hash & mask;

	while (dictionary->slots[slot])
		slot = (slot + 1) & mask;
	dictionary->slots[slot] = number + 1;
}

static void dictionary_grow(struct dictionary *dictionary)
{
	free(dictionary->slots);
	dictionary->slot_count = dictionary->slot_count ? dictionary->slot_count * 2 : SLOTS_FIRST;
	dictionary->slots = calloc(dictionary->slot_count, sizeof(*dictionary->slots));
	must(dictionary->slots);
	for (uint32_t i = 1; i < dictionary->keys.len; i++)
		dictionary_place(dictionary, i);
}

static bool key_is(const struct dictionary *dictionary, uint32_t number, struct str text)
{
	const struct key *key = &dictionary->keys.items[number];

	return key->len == text.len && memcmp(dictionary->bytes.ptr + key->offset, text.ptr, text.len) == 0;
}

static uint32_t dictionary_add(struct dictionary *dictionary, struct str text, uint64_t hash)
{
	uint32_t number = (uint32_t)dictionary->keys.len;

	add_string(&dictionary->bytes, text);
	vec_push(&dictionary->keys,
		 ((struct key){hash, (uint32_t)(dictionary->bytes.len - text.len), (uint32_t)text.len}));
	return number;
}

/* The number of a text that is not empty, given its hash. */
static uint32_t dictionary_number(struct dictionary *dictionary, struct str text, uint64_t hash)
{
	uint32_t mask, slot, number;

	if (!dictionary->keys.len)
		dictionary_add(dictionary, STR(""), 0);
	if (dictionary->keys.len * 2 >= dictionary->slot_count)
		dictionary_grow(dictionary);
	mask = dictionary->slot_count - 1;
	for (slot = (uint32_t)hash & mask; dictionary->slots[slot]; slot = (slot + 1) & mask) {
		number = dictionary->slots[slot] - 1;
		if (dictionary->keys.items[number].hash == hash && key_is(dictionary, number, text))
			return number;
	}
	number = dictionary_add(dictionary, text, hash);
	dictionary->slots[slot] = number + 1;
	return number;
}

static void dictionary_clear(struct dictionary *dictionary)
{
	if (dictionary->keys.len)
		memset(dictionary->slots, 0, dictionary->slot_count * sizeof(*dictionary->slots));
	vec_clear(&dictionary->keys);
	buf_clear(&dictionary->bytes);
}

/* --- columns ---------------------------------------------------------------------------------------- */

/* Fills the column with empty values up to row and returns room for the width of one more. */
static char *column_reach(struct column *column, size_t row)
{
	size_t missing = (row - column->rows) * column->width;
	char *at = buf_reserve(&column->data, missing + column->width);

	memset(at, 0, missing);
	column->data.len += missing;
	column->rows = row;
	return at + missing;
}

static void column_add_fixed(struct column *column, size_t row, const void *bytes)
{
	memcpy(column_reach(column, row), bytes, column->width);
	column->data.len += column->width;
	column->rows++;
}

static void column_add_text(struct column *column, size_t row, struct str text)
{
	column_reach(column, row);
	add_string(&column->data, text);
	column->rows++;
}

static void column_add_number(struct column *column, size_t row, uint32_t number)
{
	column->last = number;
	column_add_fixed(column, row, &number);
}

static void column_add_keyword(struct column *column, size_t row, struct str text)
{
	if (!text.len)
		return; /* the same as absent */
	if (column->last && key_is(&column->dictionary, column->last, text))
		column_add_number(column, row, column->last);
	else
		column_add_number(column, row, dictionary_number(&column->dictionary, text, hash_str(text)));
}

static void column_clear(struct column *column)
{
	if (!column->rows)
		return;
	buf_clear(&column->data);
	column->rows = 0;
	column->last = 0;
	if (column->has_dictionary)
		dictionary_clear(&column->dictionary);
}

/* --- the block -------------------------------------------------------------------------------------- */

static unsigned width_of(struct str type)
{
	static const struct {
		struct str type;
		unsigned width;
	} widths[] = {
		{{"UInt8", 5}, 1},  {{"UInt16", 6}, 2},         {{"UInt64", 6}, 8},
		{{"Int64", 5}, 8},  {{"Float64", 7}, 8},        {{"FixedString(16)", 15}, 16},
		{{"String", 6}, 1}, {{"Array(String)", 13}, 1},
	};

	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		if (str_eq(widths[i].type, type))
			return widths[i].width;
	return sizeof(uint32_t); /* a number in the dictionary */
}

struct block *block_new(void)
{
	struct block *block = calloc(1, sizeof(*block));
	struct str name;
	const char *type;

	must(block);
	for (size_t i = 0; block_column(i, &name, &type); i++) {
		block->columns[i].width = width_of(str_from(type));
		block->columns[i].has_dictionary = strstr(type, "LowCardinality") != NULL;
	}
	return block;
}

void block_free(struct block *block)
{
	if (!block)
		return;
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		buf_done(&block->columns[i].data);
		buf_done(&block->columns[i].dictionary.bytes);
		vec_done(&block->columns[i].dictionary.keys);
		free(block->columns[i].dictionary.slots);
	}
	buf_done(&block->offsets);
	free(block);
}

void block_clear(struct block *block)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		column_clear(&block->columns[i]);
	buf_clear(&block->offsets);
	block->rows = 0;
}

size_t block_rows(const struct block *block)
{
	return block->rows;
}

size_t block_bytes(const struct block *block)
{
	size_t bytes = 2 * block->offsets.len;

	for (size_t i = 0; i < COLUMN_COUNT; i++)
		bytes += block->columns[i].data.len + block->columns[i].dictionary.bytes.len;
	return bytes;
}

static void add_field(struct block *block, const struct field *field)
{
	struct column *column = &block->columns[COLUMN_FIELDS + field->id];

	switch (field_info(field->id)->type) {
	case FIELD_KEYWORD:
		column_add_keyword(column, block->rows, value_str(field->value));
		break;
	case FIELD_TEXT:
		if (field->value.len)
			column_add_text(column, block->rows, value_str(field->value));
		break;
	case FIELD_BOOL:
		column_add_fixed(column, block->rows, &(uint8_t){field->integer != 0});
		break;
	case FIELD_IP:
		column_add_fixed(column, block->rows, field->ip);
		break;
	case FIELD_LONG:
	case FIELD_DATE:
	case FIELD_DOUBLE:
		column_add_fixed(column, block->rows, &field->integer);
		break;
	}
}

/* Rows before this one that have no attributes end where their predecessor did. */
static void offsets_reach(struct buf *offsets, size_t rows, uint64_t end)
{
	while (offsets->len < rows * sizeof(uint64_t))
		buf_add_u64(offsets, end);
}

static void add_attrs(struct block *block, const struct event *event)
{
	struct column *keys = &block->columns[COLUMN_ATTR_KEYS],
		      *values = &block->columns[COLUMN_ATTR_VALUES];

	for (uint32_t i = 0; i < event->attr_count; i++) {
		const struct attr *attr = &event->attrs[i];

		if (attr->flags & ATTR_DERIVED || !attr->key.len)
			continue;
		offsets_reach(&block->offsets, block->rows, keys->rows);
		column_add_number(keys, keys->rows,
				  dictionary_number(&keys->dictionary, attr->key, attr->hash));
		column_add_text(values, values->rows, value_str(attr->value));
	}
	if (keys->rows)
		offsets_reach(&block->offsets, block->rows + 1, keys->rows);
}

void block_add(struct block *block, const struct event *event)
{
	struct column *columns = block->columns;
	size_t row = block->rows;

	must(row < BLOCK_ROWS_MAX);
	column_add_fixed(&columns[COLUMN_SEQ], row, &event->seq);
	column_add_fixed(&columns[COLUMN_RECEIVED], row, &event->received);
	column_add_fixed(&columns[COLUMN_PEER], row, event->peer);
	column_add_fixed(&columns[COLUMN_LISTENER], row, &event->listener);
	column_add_keyword(&columns[COLUMN_PRODUCT], row, event->logsource.product);
	column_add_keyword(&columns[COLUMN_CATEGORY], row, event->logsource.category);
	column_add_keyword(&columns[COLUMN_SERVICE], row, event->logsource.service);
	for (uint32_t i = 0; i < event->field_count; i++)
		add_field(block, &event->fields[i]);
	if (!event_get(event, FIELD_ID_TIMESTAMP))
		column_add_fixed(&columns[COLUMN_FIELDS + FIELD_ID_TIMESTAMP], row, &event->received);
	add_attrs(block, event);
	block->rows++;
}

/* --- encoding --------------------------------------------------------------------------------------- */

/* Into out; where there are pieces, long parts are named there in place of being copied. */
struct encoding {
	struct buf *out;
	struct block_pieces *pieces;
	size_t named; /* bytes of out that are in a piece; such a piece has no address before out is complete
		       */
};

static void name_own(struct encoding *encoding)
{
	if (encoding->out->len > encoding->named)
		vec_push(&encoding->pieces->list, ((struct str){NULL, encoding->out->len - encoding->named}));
	encoding->named = encoding->out->len;
}

static void add_part(struct encoding *encoding, struct str part)
{
	if (!encoding->pieces || part.len < PIECE_LEAST) {
		buf_add_str(encoding->out, part);
		return;
	}
	name_own(encoding);
	vec_push(&encoding->pieces->list, part);
}

/* The numbers of rows set, then those of rows nobody set, as narrow as the dictionary allows. */
static void encode_numbers(const struct column *column, size_t rows, unsigned width, struct buf *out)
{
	const uint32_t *numbers = (const uint32_t *)(const void *)column->data.ptr;
	char *at = buf_reserve(out, rows * width);

	for (size_t i = 0; i < column->rows; i++)
		memcpy(at + i * width, &numbers[i], width); /* little-endian */
	memset(at + column->rows * width, 0, (rows - column->rows) * width);
	out->len += rows * width;
}

static void encode_dictionary(const struct column *column, size_t rows, struct encoding *encoding)
{
	size_t keys = column->dictionary.keys.len;
	unsigned index_type = keys <= 0x100 ? 0 : keys <= 0x10000 ? 1 : 2;

	buf_add_u64(encoding->out, LC_ADDITIONAL_KEYS | LC_UPDATE_DICTIONARY | index_type);
	buf_add_u64(encoding->out, keys);
	add_part(encoding, buf_str(&column->dictionary.bytes));
	buf_add_u64(encoding->out, rows);
	encode_numbers(column, rows, 1u << index_type, encoding->out);
}

static void encode_plain(const struct column *column, size_t rows, struct encoding *encoding)
{
	size_t missing = (rows - column->rows) * column->width;

	add_part(encoding, buf_str(&column->data));
	memset(buf_reserve(encoding->out, missing), 0, missing);
	encoding->out->len += missing;
}

static void encode_column(const struct block *block, size_t index, struct encoding *encoding)
{
	const struct column *column = &block->columns[index];
	bool is_array = index == COLUMN_ATTR_KEYS || index == COLUMN_ATTR_VALUES;
	size_t rows = is_array ? column->rows : block->rows;
	struct str name = {0};
	const char *type = NULL;

	block_column(index, &name, &type);
	add_string(encoding->out, name);
	add_string(encoding->out, str_from(type));
	if (column->has_dictionary)
		buf_add_u64(encoding->out, LC_VERSION);
	if (is_array)
		add_part(encoding, buf_str(&block->offsets));
	if (column->has_dictionary)
		encode_dictionary(column, rows, encoding);
	else
		encode_plain(column, rows, encoding);
}

static void encode(const struct block *block, struct encoding *encoding)
{
	size_t used = 0;

	for (size_t i = 0; i < COLUMN_COUNT; i++)
		used += block->columns[i].rows > 0;
	buf_add_varint(encoding->out, used);
	buf_add_varint(encoding->out, block->rows);
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		if (block->columns[i].rows)
			encode_column(block, i, encoding);
}

void block_encode(const struct block *block, struct buf *out)
{
	struct encoding encoding = {.out = out};

	buf_reserve(out, block_bytes(block));
	encode(block, &encoding);
}

void block_finish(const struct block *block, struct block_pieces *pieces)
{
	struct encoding encoding = {.out = &pieces->rest, .pieces = pieces};
	const char *at;

	block_pieces_clear(pieces);
	encode(block, &encoding);
	name_own(&encoding);
	at = pieces->rest.ptr;
	for (size_t i = 0; i < pieces->list.len; i++) {
		struct str *piece = &pieces->list.items[i];

		if (piece->ptr)
			continue;
		piece->ptr = at;
		at += piece->len;
	}
}

void block_pieces_clear(struct block_pieces *pieces)
{
	vec_clear(&pieces->list);
	buf_clear(&pieces->rest);
}

void block_pieces_done(struct block_pieces *pieces)
{
	vec_done(&pieces->list);
	buf_done(&pieces->rest);
}

void block_names(const struct block *block, struct buf *out)
{
	const char *separator = "", *type;
	struct str name;

	for (size_t i = 0; block_column(i, &name, &type); i++)
		if (block->columns[i].rows) {
			buf_printf(out, "%s%.*s", separator, STR_FMT(name));
			separator = ",";
		}
}
