/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/pattern.h"

#include "base/buf.h"
#include "base/vec.h"

struct parts {
	VEC_OF(struct pattern_part)
};

/* The characters of windash: hyphen, slash, en dash, em dash, horizontal bar. */
static const struct str dashes[] = {
	{"-", 1}, {"/", 1}, {"\xe2\x80\x93", 3}, {"\xe2\x80\x94", 3}, {"\xe2\x80\x95", 3}};
#define DASH_COUNT (sizeof(dashes) / sizeof(dashes[0]))

static void flush_text(struct parts *parts, struct buf *text, struct arena *arena)
{
	if (text->len)
		vec_push(parts, ((struct pattern_part){PART_TEXT, arena_copy(arena, buf_str(text))}));
	buf_clear(text);
}

static void add_special(struct parts *parts, struct buf *text, struct arena *arena, enum part_type type)
{
	bool behind_any;

	flush_text(parts, text, arena);
	behind_any = parts->len && parts->items[parts->len - 1].type == PART_ANY;
	if (type == PART_ANY && behind_any)
		return;
	/* *? is ?*: what stands behind a * is then looked for, not tried at every place. */
	if (type == PART_ONE && behind_any)
		parts->items[parts->len - 1].type = PART_ONE;
	vec_push(parts, ((struct pattern_part){type == PART_ONE && behind_any ? PART_ANY : type, {0}}));
}

/* Ends a list of parts: the pattern in the arena, or ERR_LIMIT. Frees parts and text. */
static int finish(struct parts *parts, struct buf *text, struct arena *arena, struct pattern *ret_pattern)
{
	struct pattern_part *copy;
	int r = 0;

	flush_text(parts, text, arena);
	if (parts->len > PATTERN_PARTS_MAX) {
		r = ERR_LIMIT;
	} else {
		copy = arena_array(arena, struct pattern_part, parts->len + 1);
		if (parts->len)
			memcpy(copy, parts->items, parts->len * sizeof(*copy));
		*ret_pattern = (struct pattern){copy, (uint32_t)parts->len};
	}
	vec_done(parts);
	buf_done(text);
	return r;
}

int pattern_parse(struct str text, struct arena *arena, struct pattern *ret_pattern)
{
	struct parts parts = {0};
	struct buf run = {0};

	if (text.len > PATTERN_TEXT_MAX)
		return ERR_LIMIT;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i], next = i + 1 < text.len ? text.ptr[i + 1] : 0;

		if (c == '\\' && (next == '\\' || next == '*' || next == '?'))
			buf_add_char(&run, text.ptr[++i]);
		else if (c == '*' || c == '?')
			add_special(&parts, &run, arena, c == '*' ? PART_ANY : PART_ONE);
		else
			buf_add_char(&run, c);
	}
	return finish(&parts, &run, arena, ret_pattern);
}

struct pattern pattern_plain(struct str text, struct arena *arena)
{
	struct pattern_part *part = arena_struct(arena, struct pattern_part);

	part->text = arena_copy(arena, text);
	return (struct pattern){part, text.len ? 1 : 0};
}

static void append(struct parts *parts, struct buf *text, struct arena *arena, const struct pattern *pattern)
{
	for (uint32_t i = 0; i < pattern->count; i++)
		if (pattern->parts[i].type == PART_TEXT)
			buf_add_str(text, pattern->parts[i].text);
		else
			add_special(parts, text, arena, pattern->parts[i].type);
}

int pattern_join(const struct pattern *a, const struct pattern *b, struct arena *arena,
		 struct pattern *ret_pattern)
{
	struct parts parts = {0};
	struct buf text = {0};

	append(&parts, &text, arena, a);
	append(&parts, &text, arena, b);
	return finish(&parts, &text, arena, ret_pattern);
}

int pattern_open(const struct pattern *pattern, bool before, bool behind, struct arena *arena,
		 struct pattern *ret_pattern)
{
	struct parts parts = {0};
	struct buf text = {0};

	if (before)
		add_special(&parts, &text, arena, PART_ANY);
	append(&parts, &text, arena, pattern);
	if (behind)
		add_special(&parts, &text, arena, PART_ANY);
	return finish(&parts, &text, arena, ret_pattern);
}

static bool is_word(char c)
{
	return char_is_digit(c) || c == '_' || (unsigned char)(char_lower(c) - 'a') < 26;
}

int pattern_windash(const struct pattern *pattern, struct arena *arena, struct pattern *ret_pattern)
{
	struct parts parts = {0};
	struct buf run = {0};

	for (uint32_t i = 0; i < pattern->count; i++) {
		struct str text = pattern->parts[i].text;

		if (pattern->parts[i].type != PART_TEXT)
			add_special(&parts, &run, arena, pattern->parts[i].type);
		/* As \B[-/]\b: no word before it, a word behind it. */
		for (size_t at = 0; at < text.len; at++) {
			char c = text.ptr[at];
			bool begins = (c == '-' || c == '/') && (at == 0 || !is_word(text.ptr[at - 1])) &&
				      at + 1 < text.len && is_word(text.ptr[at + 1]);

			if (begins)
				add_special(&parts, &run, arena, PART_DASH);
			else
				buf_add_char(&run, c);
		}
	}
	return finish(&parts, &run, arena, ret_pattern);
}

int pattern_variants(const struct pattern *pattern, struct arena *arena, struct str **ret_texts,
		     size_t *ret_count)
{
	size_t count = 1;
	struct str *texts;

	for (uint32_t i = 0; i < pattern->count; i++) {
		if (pattern->parts[i].type == PART_ANY || pattern->parts[i].type == PART_ONE)
			return ERR_SYNTAX;
		if (pattern->parts[i].type == PART_DASH && (count *= DASH_COUNT) > PATTERN_VARIANTS_MAX)
			return ERR_LIMIT;
	}
	texts = arena_array(arena, struct str, count);
	for (size_t n = 0; n < count; n++) {
		struct buf text = {0};

		/* The digits of n in base DASH_COUNT choose the dashes. */
		for (size_t i = 0, digits = n; i < pattern->count; i++) {
			bool dash = pattern->parts[i].type == PART_DASH;

			buf_add_str(&text, dash ? dashes[digits % DASH_COUNT] : pattern->parts[i].text);
			digits = dash ? digits / DASH_COUNT : digits;
		}
		texts[n] = arena_copy(arena, buf_str(&text));
		buf_done(&text);
	}
	*ret_texts = texts;
	*ret_count = count;
	return 0;
}

struct pattern pattern_copy(const struct pattern *pattern, struct arena *arena)
{
	struct pattern_part *parts = arena_array(arena, struct pattern_part, pattern->count + 1);

	for (uint32_t i = 0; i < pattern->count; i++)
		parts[i] = (struct pattern_part){pattern->parts[i].type,
						 arena_copy(arena, pattern->parts[i].text)};
	return (struct pattern){parts, pattern->count};
}

struct pattern pattern_lower(const struct pattern *pattern, struct arena *arena)
{
	struct pattern_part *parts = arena_array(arena, struct pattern_part, pattern->count + 1);

	for (uint32_t i = 0; i < pattern->count; i++) {
		struct str text = pattern->parts[i].text;
		char *lower = arena_alloc(arena, text.len + 1);

		for (size_t at = 0; at < text.len; at++)
			lower[at] = char_lower(text.ptr[at]);
		parts[i] = (struct pattern_part){pattern->parts[i].type, str_of(lower, text.len)};
	}
	return (struct pattern){parts, pattern->count};
}

enum shape pattern_shape(const struct pattern *pattern, struct str *ret_text)
{
	const struct pattern_part *parts = pattern->parts;
	uint32_t count = pattern->count, from = count && parts[0].type == PART_ANY;
	uint32_t to = count > from && parts[count - 1].type == PART_ANY ? count - 1 : count;
	static const enum shape shapes[2][2] = {{SHAPE_EXACT, SHAPE_PREFIX}, {SHAPE_SUFFIX, SHAPE_CONTAINS}};

	*ret_text = (struct str){0};
	if (count == 0)
		return SHAPE_EXACT;
	if (from == to)
		return SHAPE_ANY;
	if (to - from > 1 || parts[from].type != PART_TEXT)
		return SHAPE_GLOB;
	*ret_text = parts[from].text;
	return shapes[from][to < count];
}

/* Bytes of text at offset at that the part takes, or STR_NOT_FOUND. */
static size_t take_part(const struct pattern_part *part, struct str text, size_t at)
{
	struct str rest = str_of(text.ptr + at, text.len - at);
	size_t len = 1;

	if (part->type == PART_TEXT)
		return str_starts(rest, part->text) ? part->text.len : STR_NOT_FOUND;
	if (part->type == PART_DASH) {
		for (size_t i = 0; i < DASH_COUNT; i++)
			if (str_starts(rest, dashes[i]))
				return dashes[i].len;
		return STR_NOT_FOUND;
	}
	if (rest.len == 0)
		return STR_NOT_FOUND;
	/* One character: a lead byte of UTF-8 with those that continue it. */
	if ((unsigned char)rest.ptr[0] >= 0xc0)
		while (len < 4 && len < rest.len && ((unsigned char)rest.ptr[len] & 0xc0) == 0x80)
			len++;
	return len;
}

/* Behind a *, the next place where the part can be, or STR_NOT_FOUND. */
static size_t next_place(const struct pattern_part *part, struct str text, size_t at)
{
	size_t found;

	if (part->type != PART_TEXT)
		return at <= text.len ? at : STR_NOT_FOUND;
	if (at > text.len)
		return STR_NOT_FOUND;
	found = str_find(str_of(text.ptr + at, text.len - at), part->text);
	return found == STR_NOT_FOUND ? found : at + found;
}

bool pattern_match_counted(const struct pattern *pattern, struct str text, uint64_t *steps)
{
	uint64_t limit = *steps + PATTERN_STEPS(text.len);
	uint32_t part = 0, star = 0; /* star: 1 + the last * met, 0 none */
	size_t at = 0, resume = 0;   /* where to go on from after that * */

	for (; *steps <= limit; ++*steps) {
		size_t taken = STR_NOT_FOUND;

		if (part == pattern->count && at == text.len)
			return true;
		if (part < pattern->count) {
			*steps += pattern->parts[part].text.len / PATTERN_STEP;
			if (pattern->parts[part].type == PART_ANY) {
				star = ++part;
				if (part == pattern->count)
					return true;
				at = resume = next_place(&pattern->parts[part], text, at);
				if (at == STR_NOT_FOUND)
					return false;
				continue;
			}
			taken = take_part(&pattern->parts[part], text, at);
		}
		if (taken != STR_NOT_FOUND) {
			at += taken;
			part++;
			continue;
		}
		/* Shift what stands behind the last * by one byte; an earlier * cannot help. */
		if (!star)
			return false;
		part = star;
		*steps += pattern->parts[part].text.len / PATTERN_STEP;
		at = resume = next_place(&pattern->parts[part], text, resume + 1);
		if (at == STR_NOT_FOUND)
			return false;
	}
	return false;
}

bool pattern_match(const struct pattern *pattern, struct str text)
{
	uint64_t steps = 0;

	return pattern_match_counted(pattern, text, &steps);
}

struct str pattern_text(const struct pattern *pattern, struct arena *arena)
{
	static const char special[] = {[PART_ANY] = '*', [PART_ONE] = '?', [PART_DASH] = '-'};
	struct buf out = {0};
	struct str copy;

	for (uint32_t i = 0; i < pattern->count; i++) {
		struct str text = pattern->parts[i].text;

		if (pattern->parts[i].type != PART_TEXT)
			buf_add_char(&out, special[pattern->parts[i].type]);
		for (size_t at = 0; at < text.len; at++) {
			bool before_special = text.ptr[at] == '\\' &&
					      (at + 1 == text.len || strchr("*?\\", text.ptr[at + 1]));

			if (text.ptr[at] == '*' || text.ptr[at] == '?' || before_special)
				buf_add_char(&out, '\\');
			buf_add_char(&out, text.ptr[at]);
		}
	}
	copy = arena_copy(arena, buf_str(&out));
	buf_done(&out);
	return copy;
}
