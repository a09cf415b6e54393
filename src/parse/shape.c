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

/* What is rarely needed stands apart, for the sake of the loop over the leaves. */
#define APART __attribute__((noinline))

static APART bool long_literal_eq(const char *text, const char *literal, size_t len, size_t room)
{
	return len <= room && memcmp(text, literal, len) == 0;
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
	return long_literal_eq(text, literal, len, room);
}

/* A number or literal. */
static APART bool read_token(struct str token, struct value *ret_value)
{
	static const struct {
		struct str text;
		enum value_type type;
	} words[] = {{{"true", 4}, VALUE_BOOL}, {{"false", 5}, VALUE_BOOL}, {{"null", 4}, VALUE_NULL}};

	if (json_is_number(token)) {
		value_put(ret_value, token.ptr, token.len, VALUE_NUMBER);
		return true;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq(words[i].text, token)) {
			value_put(ret_value, token.ptr, token.len, words[i].type);
			return true;
		}
	return false;
}

/* A record that is compared with shapes. */
struct following {
	const struct json_parser *json;
	struct str text;
	const struct json_index *index;
	struct arena *arena;
	char *decoded; /* room for all of it; NULL: not yet */
};

/* The string of len bytes at from, which has escapes; at *out, which it moves on. */
static inline bool decode(struct following *f, size_t from, size_t len, char **out, struct value *ret_value)
{
	uint32_t decoded;
	size_t offset;

	if (!f->decoded)
		f->decoded = arena_alloc(f->arena, f->text.len + 16);
	if (!*out)
		*out = f->decoded;
	if (json_unescape(f->json, f->text, from, len, *out, &decoded, &offset) < 0)
		return false;
	value_put(ret_value, *out, decoded, VALUE_STRING);
	*out += decoded;
	return true;
}

/* Finds the values between the literals; false where these are others, or a value is none. */
static bool follow(struct following *f, const struct shape *shape, struct value *values)
{
	const struct str text = f->text;
	const uint32_t *const places = f->index->places;
	const uint8_t *const escapes = f->index->escapes;
	size_t end = 0;
	char *out = NULL;

	for (uint32_t i = 0; i < shape->leaf_count; i++) {
		const struct shape_leaf *leaf = &shape->leaves[i];
		const size_t from = places[leaf->entry] + (size_t)leaf->is_string;

		if (from - end != leaf->literal_len ||
		    !literal_eq(text.ptr + end, shape->literals + leaf->literal, leaf->literal_len,
				text.len - end))
			return false;
		end = places[leaf->entry + 1] - (size_t)leaf->gap - leaf->is_string;
		if (end < from)
			return false;
		if (leaf->is_string && !json_map_any(escapes, from, end - from))
			value_put(&values[i], text.ptr + from, end - from, VALUE_STRING);
		else if (leaf->is_string ? !decode(f, from, end - from, &out, &values[i])
					 : !read_token(str_of(text.ptr + from, end - from), &values[i]))
			return false;
	}
	return text.len - end == shape->last_len &&
	       literal_eq(text.ptr + end, shape->literals + shape->last, shape->last_len, text.len - end);
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
	struct following f = {json, text, index, arena, NULL};
	struct shape *const *set;

	if (!has_set(text, index))
		return NULL;
	set = shapes->items[set_of(text, index)];
	for (size_t i = 0; i < SHAPE_WAYS; i++)
		if (set[i] && set[i]->entries == index->count && follow(&f, set[i], ret_match->values) &&
		    is_source(set[i], ret_match->values)) {
			ret_match->shape = set[i];
			ret_match->text = text;
			ret_match->places = index->places;
			return set[i];
		}
	return NULL;
}
