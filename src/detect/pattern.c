/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/pattern.h"

#include "base/buf.h"

/* The characters of windash: hyphen, slash, en dash, em dash, horizontal bar. */
static const struct str dashes[] = {
	{"-", 1}, {"/", 1}, {"\xe2\x80\x93", 3}, {"\xe2\x80\x94", 3}, {"\xe2\x80\x95", 3}};
#define DASH_COUNT (sizeof(dashes) / sizeof(dashes[0]))

/* A pattern that is being put together, in room that was reckoned before: values of rules are many. */
struct draft {
	struct pattern_part *parts;
	size_t count, capacity;
	char *text, *end; /* of the part at work, which is a text */
	bool overflow, lower;
};

/* Of at most so many parts, and so many bytes of text. */
static struct draft draft_of(size_t parts, size_t text_len, struct arena *arena)
{
	struct draft draft = {.capacity = parts < PATTERN_PARTS_MAX ? parts : PATTERN_PARTS_MAX};

	draft.parts = arena_array(arena, struct pattern_part, draft.capacity + 1);
	draft.text = draft.end = arena_alloc(arena, text_len + draft.capacity + 1); /* each text with a NUL */
	return draft;
}

static void add_part(struct draft *draft, enum part_type type, struct str text)
{
	if (draft->count == draft->capacity)
		draft->overflow = true;
	else
		draft->parts[draft->count++] = (struct pattern_part){type, text};
}

static void end_text(struct draft *draft)
{
	if (draft->end == draft->text || draft->overflow)
		return;
	add_part(draft, PART_TEXT, str_of(draft->text, (size_t)(draft->end - draft->text)));
	*draft->end++ = 0;
	draft->text = draft->end;
}

static void add_text(struct draft *draft, struct str text)
{
	char *end = draft->end;

	if (draft->lower)
		for (size_t i = 0; i < text.len; i++)
			end[i] = char_lower(text.ptr[i]);
	else
		memcpy(end, text.ptr, text.len);
	draft->end = end + text.len;
}

static void add_special(struct draft *draft, enum part_type type)
{
	bool behind_any;

	end_text(draft);
	behind_any = draft->count && draft->parts[draft->count - 1].type == PART_ANY;
	if (type == PART_ANY && behind_any)
		return;
	/* *? is ?*: what stands behind a * is then looked for, not tried at every place. */
	if (type == PART_ONE && behind_any)
		draft->parts[draft->count - 1].type = PART_ONE;
	add_part(draft, type == PART_ONE && behind_any ? PART_ANY : type, (struct str){0});
}

static void add_pattern(struct draft *draft, const struct pattern *pattern)
{
	for (uint32_t i = 0; i < pattern->count; i++)
		if (pattern->parts[i].type == PART_TEXT)
			add_text(draft, pattern->parts[i].text);
		else
			add_special(draft, pattern->parts[i].type);
}

/* The pattern, or ERR_LIMIT. */
static int finish(struct draft *draft, struct pattern *ret_pattern)
{
	end_text(draft);
	if (draft->overflow)
		return ERR_LIMIT;
	*ret_pattern = (struct pattern){draft->parts, (uint32_t)draft->count};
	return 0;
}

static size_t text_len(const struct pattern *pattern)
{
	size_t len = 0;

	for (uint32_t i = 0; i < pattern->count; i++)
		len += pattern->parts[i].text.len;
	return len;
}

struct pattern pattern_plain(struct str text, struct arena *arena)
{
	struct pattern_part *part = arena_struct(arena, struct pattern_part);

	part->text = arena_copy(arena, text);
	return (struct pattern){part, text.len ? 1 : 0};
}

/* Means itself, as most values do. */
static bool is_plain(struct str text)
{
	return str_find_char(text, '*') == STR_NOT_FOUND && str_find_char(text, '?') == STR_NOT_FOUND &&
	       str_find_char(text, '\\') == STR_NOT_FOUND;
}

int pattern_parse(struct str text, struct arena *arena, struct pattern *ret_pattern)
{
	struct draft draft;
	size_t wildcards = 0;

	if (text.len > PATTERN_TEXT_MAX)
		return ERR_LIMIT;
	if (is_plain(text)) {
		*ret_pattern = pattern_plain(text, arena);
		return 0;
	}
	for (size_t i = 0; i < text.len; i++)
		wildcards += text.ptr[i] == '*' || text.ptr[i] == '?';
	draft = draft_of(2 * wildcards + 1, text.len, arena);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i], next = i + 1 < text.len ? text.ptr[i + 1] : 0;

		if (c == '\\' && (next == '\\' || next == '*' || next == '?'))
			*draft.end++ = text.ptr[++i];
		else if (c == '*' || c == '?')
			add_special(&draft, c == '*' ? PART_ANY : PART_ONE);
		else
			*draft.end++ = c;
	}
	return finish(&draft, ret_pattern);
}

int pattern_join(const struct pattern *a, const struct pattern *b, struct arena *arena,
		 struct pattern *ret_pattern)
{
	struct draft draft = draft_of((size_t)a->count + b->count, text_len(a) + text_len(b), arena);

	add_pattern(&draft, a);
	add_pattern(&draft, b);
	return finish(&draft, ret_pattern);
}

int pattern_open(const struct pattern *pattern, unsigned flags, struct arena *arena,
		 struct pattern *ret_pattern)
{
	struct draft draft = draft_of((size_t)pattern->count + 2, text_len(pattern), arena);

	draft.lower = flags & PATTERN_LOWER;
	if (flags & ANCHOR_OPEN_START)
		add_special(&draft, PART_ANY);
	add_pattern(&draft, pattern);
	if (flags & ANCHOR_OPEN_END)
		add_special(&draft, PART_ANY);
	return finish(&draft, ret_pattern);
}

static bool is_word(char c)
{
	return char_is_digit(c) || c == '_' || (unsigned char)(char_lower(c) - 'a') < 26;
}

int pattern_windash(const struct pattern *pattern, struct arena *arena, struct pattern *ret_pattern)
{
	size_t len = text_len(pattern);
	struct draft draft = draft_of(pattern->count + 2 * len, len, arena);

	for (uint32_t i = 0; i < pattern->count; i++) {
		struct str text = pattern->parts[i].text;

		if (pattern->parts[i].type != PART_TEXT)
			add_special(&draft, pattern->parts[i].type);
		/* As \B[-/]\b: no word before it, a word behind it. */
		for (size_t at = 0; at < text.len; at++) {
			char c = text.ptr[at];
			bool begins = (c == '-' || c == '/') && (at == 0 || !is_word(text.ptr[at - 1])) &&
				      at + 1 < text.len && is_word(text.ptr[at + 1]);

			if (begins)
				add_special(&draft, PART_DASH);
			else
				*draft.end++ = c;
		}
	}
	return finish(&draft, ret_pattern);
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
