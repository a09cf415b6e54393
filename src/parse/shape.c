/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/shape.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"

#ifdef __AVX2__
#include <immintrin.h>
#endif

/* One record in KEEP_EVERY at most has its shape taken down, in the long run; more at the start. */
#define KEEP_EVERY 16
#define CREDIT_MAX (KEEP_EVERY * SHAPE_WAYS * 16)

struct shapes {
	struct shape *items[SHAPE_SETS][SHAPE_WAYS];
	uint8_t oldest[SHAPE_SETS];
	uint32_t credit;
};

struct shapes *shapes_new(void)
{
	struct shapes *shapes = calloc(1, sizeof(*shapes));

	if (shapes)
		shapes->credit = CREDIT_MAX;
	return shapes;
}

void shapes_free(struct shapes *shapes)
{
	for (size_t i = 0; shapes && i < SHAPE_SETS; i++)
		for (size_t k = 0; k < SHAPE_WAYS; k++) {
			if (shapes->items[i][k])
				plans_free(shapes->items[i][k]->plans);
			free(shapes->items[i][k]);
		}
	free(shapes);
}

/* By its first bytes, the length of its first key and how much structure it has; there are SHAPE_HEAD bytes.
 */
static size_t set_of(struct str text, const struct json_index *index)
{
	uint32_t head;

	memcpy(&head, text.ptr, sizeof(head));
	return ((head + (uint64_t)index->places[2] * UINT64_C(0x100000001B3) +
		 index->count * UINT64_C(0xC2B2AE3D27D4EB4F)) *
		UINT64_C(0x9E3779B97F4A7C15)) >>
		       32 &
	       (SHAPE_SETS - 1);
}

/* Whether it is an object that is not empty, as all that have a shape are. */
static bool has_set(struct str text, const struct json_index *index)
{
	return text.len >= SHAPE_HEAD && index->count > 2 && text.ptr[0] == '{';
}

struct shape **shapes_place(struct shapes *shapes, struct str text, const struct json_index *index)
{
	size_t set;

	if (!has_set(text, index))
		return NULL;
	set = set_of(text, index);
	return &shapes->items[set][shapes->oldest[set]++ % SHAPE_WAYS];
}

bool shapes_want(struct shapes *shapes)
{
	if (shapes->credit < CREDIT_MAX)
		shapes->credit++;
	if (shapes->credit < KEEP_EVERY)
		return false;
	shapes->credit -= KEEP_EVERY;
	return true;
}

/* room: bytes that may be read from text on. */
static inline bool literal_eq(const struct shape *shape, const struct shape_leaf *leaf, const char *text,
			      size_t room)
{
#ifdef __AVX2__
	if (__builtin_expect(leaf->literal_len <= LEAF_HEAD && room >= LEAF_HEAD, 1)) {
		const __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)text);
		const __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)leaf->head);

		return !(~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, b)) & leaf->mask);
	}
#endif
	return leaf->literal_len <= room &&
	       memcmp(text, shape->literals + leaf->literal, leaf->literal_len) == 0;
}

/* Whether the literals of the shape stand between the values. Makes attributes of these, as if all were
   strings: without branches, of which those that depend on escapes could not be predicted. */
static bool put_attrs(const struct shape *shape, struct str text, const struct json_index *index,
		      struct attr *attrs)
{
	const struct json_index here = *index; /* apart from what is written */
	const struct shape_leaf *leaf = shape->leaves, *const last = leaf + shape->leaf_count;
	const struct attr *known = shape->attrs;
	size_t end = 0, escapes = 0; /* of the value before; before its end */

	for (; leaf < last; leaf++, known++, attrs++) {
		const size_t from = (size_t)here.places[leaf->entry] + leaf->quote;
		const size_t next = here.places[leaf->entry + 1];
		const char *value;

		if (from - end != leaf->literal_len ||
		    !literal_eq(shape, leaf, text.ptr + end, text.len - end) || next < from + leaf->gap)
			return false;
		end = next - leaf->gap;
		value = here.decoded + (from - escapes - leaf->escapes);
		escapes = json_escapes_before(&here, end);
		attrs->key = known->key;
		attrs->hash = known->hash;
		attrs->flags = 0;
		value_put(&attrs->value, value, (size_t)(here.decoded + (end - escapes) - value),
			  VALUE_STRING);
	}
	return str_eq(str_from_offset(text, end), str_of(shape->literals + shape->last, shape->last_len));
}

/* The bytes of a leaf, in the record. */
static inline struct str leaf_text(const struct shape_leaf *leaf, struct str text, const uint32_t *places)
{
	const size_t from = (size_t)places[leaf->entry] + leaf->quote;

	return str_of(text.ptr + from, (size_t)places[leaf->entry + 1] - leaf->gap - from);
}

/* A number or literal. */
static bool read_token(struct str token, struct value *ret_value)
{
	if (json_is_number(token))
		value_put(ret_value, token.ptr, token.len, VALUE_NUMBER);
	else if (str_eq(token, STR("true")) || str_eq(token, STR("false")))
		value_put(ret_value, token.ptr, token.len, VALUE_BOOL);
	else if (str_eq(token, STR("null")))
		value_put(ret_value, "", 0, VALUE_NULL);
	else
		return false;
	return true;
}

/* Reads what is no string. */
static bool read_tokens(const struct shape *shape, struct str text, const uint32_t *places,
			struct attr *attrs)
{
	for (uint32_t i = 0; i < shape->token_count; i++) {
		const uint16_t number = shape->tokens[i];

		if (!read_token(leaf_text(&shape->leaves[number], text, places), &attrs[number].value))
			return false;
	}
	return true;
}

/* Decodes anew the strings that have escapes, since some are hard. */
static bool decode_strings(const struct shape *shape, struct str text, const struct json_index *index,
			   struct attr *attrs)
{
	for (uint32_t i = 0; i < shape->leaf_count; i++) {
		const struct shape_leaf *leaf = &shape->leaves[i];
		const struct str raw = leaf_text(leaf, text, index->places);
		const size_t from = (size_t)(raw.ptr - text.ptr);
		struct value *value = &attrs[i].value;
		char *place = index->decoded + (value->text - index->decoded);
		uint32_t len;
		size_t offset;

		if (!leaf->quote || value->len == raw.len)
			continue;
		if (json_unescape(index, text, from, from + raw.len, place, &len, &offset) < 0)
			return false;
		value_put(value, place, len, VALUE_STRING);
	}
	return true;
}

static bool follow(const struct shape *shape, struct str text, const struct json_index *index,
		   struct attr *attrs)
{
	return put_attrs(shape, text, index, attrs) && read_tokens(shape, text, index->places, attrs) &&
	       (!index->hard || decode_strings(shape, text, index, attrs));
}

static bool passes(const struct shape *shape, const struct shape_candidate *candidate,
		   const struct attr *attrs)
{
	for (uint32_t i = 0; i < candidate->test_count; i++) {
		const struct shape_test *test = &shape->tests[candidate->test + i];
		const struct value *value = &attrs[test->leaf].value;
		const struct str text = value->type == VALUE_NULL ? STR("null") : value_str(*value);
		size_t k = 0;

		while (k < test->values->count && !str_eq(test->values->items[k], text))
			k++;
		if (k == test->values->count)
			return false;
	}
	return true;
}

/* Whether the first recogniser that fits is of the shape's source. */
static bool is_source(const struct shape *shape, const struct attr *attrs)
{
	for (uint32_t i = 0; i < shape->candidate_count; i++)
		if (passes(shape, &shape->candidates[i], attrs))
			return shape->candidates[i].source == shape->source;
	return false;
}

/* Room for attributes behind those that are there; NULL where an event has no more. */
static struct attr *room_for(struct event *event, uint32_t leaves)
{
	if (event->attr_count + leaves > EVENT_ATTRS_MAX)
		return NULL;
	event_reserve_attrs(event, leaves);
	return event->attrs + event->attr_count;
}

const struct shape *shapes_find(const struct shapes *shapes, struct str text, const struct json_index *index,
				struct event *event, struct shape_match *ret_match)
{
	struct shape *const *set;

	if (!has_set(text, index))
		return NULL;
	set = shapes->items[set_of(text, index)];
	for (size_t i = 0; i < SHAPE_WAYS; i++) {
		const struct shape *shape = set[i];
		struct attr *attrs;

		if (!shape || shape->entries != index->count)
			continue;
		attrs = room_for(event, shape->leaf_count);
		if (attrs && follow(shape, text, index, attrs) && is_source(shape, attrs)) {
			*ret_match = (struct shape_match){shape, text, index->places, attrs};
			return shape;
		}
	}
	return NULL;
}
