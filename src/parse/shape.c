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
		for (size_t k = 0; k < SHAPE_WAYS; k++)
			free(shapes->items[i][k]);
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

/* room: bytes that may be read from text on. Literals may be read 32 bytes past their end. */
static inline bool literal_eq(const char *text, const char *literal, size_t len, size_t room)
{
#ifdef __AVX2__
	if (__builtin_expect(len <= 32 && room >= 32, 1)) {
		const __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)text);
		const __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)literal);
		const uint64_t same = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, b));

		return ((same + 1) & ((UINT64_C(1) << len) - 1)) == 0;
	}
#endif
	return len <= room && memcmp(text, literal, len) == 0;
}

/* A number or literal. */
static inline bool read_token(struct str token, struct value *ret_value)
{
	uint8_t type = VALUE_NUMBER;

	switch (token.len ? token.ptr[0] : 0) {
	case 't':
		type = str_eq(token, STR("true")) ? VALUE_BOOL : UINT8_MAX;
		break;
	case 'f':
		type = str_eq(token, STR("false")) ? VALUE_BOOL : UINT8_MAX;
		break;
	case 'n':
		type = str_eq(token, STR("null")) ? VALUE_NULL : UINT8_MAX;
		break;
	default:
		type = json_is_number(token) ? VALUE_NUMBER : UINT8_MAX;
	}
	*ret_value = (struct value){token.ptr, (uint32_t)token.len, type};
	return type != UINT8_MAX;
}

/* Finds the values between the literals; false where these are others. */
static bool follow(const struct shape *shape, struct str text, const struct json_index *index,
		   struct value *values)
{
	size_t end = 0;

	for (uint32_t i = 0; i < shape->leaf_count; i++) {
		const struct shape_leaf *leaf = &shape->leaves[i];
		const uint32_t *place = &index->places[leaf->entry];
		const size_t from = place[0] + leaf->is_string;

		if (from - end != leaf->literal_len ||
		    !literal_eq(text.ptr + end, shape->literals + leaf->literal, leaf->literal_len,
				text.len - end))
			return false;
		end = place[1] - leaf->gap - leaf->is_string;
		if (end < from)
			return false;
		if (leaf->is_string)
			values[i] = (struct value){text.ptr + from, (uint32_t)(end - from), VALUE_STRING};
		else if (!read_token(str_of(text.ptr + from, end - from), &values[i]))
			return false;
	}
	return text.len - end == shape->last_len &&
	       literal_eq(text.ptr + end, shape->literals + shape->last, shape->last_len, text.len - end);
}

/* Decodes what has escapes; false where one is wrong. */
static bool decode(const struct shape *shape, const struct json_parser *json, struct str text,
		   const struct json_index *index, struct arena *arena, struct value *values)
{
	char *out = NULL;

	for (uint32_t i = 0; i < shape->leaf_count; i++) {
		const size_t from = (size_t)(values[i].text - text.ptr), len = values[i].len;

		if (values[i].type != VALUE_STRING || !json_map_any(index->escapes, from, len))
			continue;
		if (!out) /* for this one and all behind it */
			out = arena_alloc(arena, text.len - from + 2 * sizeof(struct value));
		if (json_index_decode(json, text, from, len, out, &values[i].len) < 0)
			return false;
		values[i].text = out;
		out += values[i].len;
	}
	return true;
}

static bool passes(const struct shape *shape, const struct shape_candidate *candidate,
		   const struct value *values)
{
	for (uint32_t i = 0; i < candidate->test_count; i++) {
		const struct shape_test *test = &shape->tests[candidate->test + i];
		const struct str text = value_str(values[test->leaf]);
		size_t k = 0;

		while (k < test->values->count && !str_eq(test->values->items[k], text))
			k++;
		if (k == test->values->count)
			return false;
	}
	return true;
}

/* Whether the first recogniser that fits is of the shape's source. */
static bool is_source(const struct shape *shape, const struct value *values)
{
	for (uint32_t i = 0; i < shape->candidate_count; i++)
		if (passes(shape, &shape->candidates[i], values))
			return shape->candidates[i].source == shape->source;
	return false;
}

const struct shape *shapes_find(const struct shapes *shapes, const struct json_parser *json, struct str text,
				const struct json_index *index, struct arena *arena,
				struct shape_match *ret_match)
{
	struct shape *const *set;

	if (!has_set(text, index))
		return NULL;
	set = shapes->items[set_of(text, index)];
	for (size_t i = 0; i < SHAPE_WAYS; i++)
		if (set[i] && set[i]->entries == index->count &&
		    follow(set[i], text, index, ret_match->values) &&
		    decode(set[i], json, text, index, arena, ret_match->values) &&
		    is_source(set[i], ret_match->values)) {
			ret_match->shape = set[i];
			ret_match->text = text;
			ret_match->places = index->places;
			return set[i];
		}
	return NULL;
}
