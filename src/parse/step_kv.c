/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kv: key=value pairs.
 *
 *   separator   between pairs; a space (the default) stands for any white space
 *   equals      between key and value, default =
 *   quotes      characters that may enclose a value, default "
 *   prefix      put before every key
 *   sections    a pair without a value names a section, put before the keys that
 *               follow with a dot: "Subject: …  Account Name: x" → "Subject.Account Name"
 *   hex         keys (a * at the end: all that begin so) whose values, where they
 *               are not quoted, may be text written as hex
 *
 * A word without an equals sign is passed over.
 */
#include "parse/steps.h"
#include "parse/text.h"

#ifdef __AVX2__
#include <immintrin.h>
#endif

#define SEPARATOR_SHORT 4 /* bytes */

struct kv_options {
	struct str separator, quotes, prefix;
	struct str_list hex;
	char equals;
	bool sections;
	bool blank;        /* the separator is a space: any white space */
	bool quoting[256]; /* the bytes that are quotes */
};

struct pair {
	struct str key, value;
	bool quoted, escaped;
};

static int compile(struct compiler *c, const struct yaml_node *node, const void **ret_options)
{
	static const char *const keys[] = {STEP_KEYS, "separator", "equals", "quotes",
					   "prefix",  "sections",  "hex",    NULL};
	struct kv_options *options = arena_struct(c->arena, struct kv_options);
	const struct yaml_node *option;
	int r = compile_keys(c, node, keys);

	options->separator = STR(" ");
	options->quotes = STR("\"");
	if (r == 0 && (option = yaml_get(node, "separator")))
		r = compile_text(c, option, "separator", &options->separator);
	if (r == 0 && !options->separator.len)
		r = compile_error(c, node, "separator is empty");
	if (r == 0 && (option = yaml_get(node, "quotes")))
		r = compile_text(c, option, "quotes", &options->quotes);
	if (r == 0 && (option = yaml_get(node, "prefix")))
		r = compile_text(c, option, "prefix", &options->prefix);
	if (r == 0 && (option = yaml_get(node, "hex")))
		r = compile_list(c, option, "hex", RECOGNISE_LIST_MAX, &options->hex);
	if (r == 0)
		r = compile_char(c, yaml_get(node, "equals"), '=', &options->equals);
	if (r == 0)
		r = compile_bool(c, yaml_get(node, "sections"), false, &options->sections);
	options->blank = str_eq(options->separator, STR(" "));
	for (size_t i = 0; i < options->quotes.len; i++)
		options->quoting[(unsigned char)options->quotes.ptr[i]] = true;
	*ret_options = options;
	return r;
}

#define BLOCK 64

/* 64 bytes of the text, a bit for each: where a separator begins, and where an equals sign is. The steps
   through a text go forward only, so that each block is looked at once. */
struct marks {
	const struct kv_options *options;
	struct str text;
	size_t base; /* of the block, a multiple of BLOCK; SIZE_MAX: none yet */
	uint64_t separators, equals;
};

#ifdef __AVX2__

static inline __m256i load(const char *bytes)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)bytes);
}

static inline uint64_t bits_of(__m256i low, __m256i high)
{
	return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

static inline uint64_t bytes_equal(const char *bytes, char c)
{
	const __m256i wanted = _mm256_set1_epi8(c);

	return bits_of(_mm256_cmpeq_epi8(load(bytes), wanted), _mm256_cmpeq_epi8(load(bytes + 32), wanted));
}

static inline __m256i is_control_space(__m256i bytes)
{
	const __m256i from_tab = _mm256_sub_epi8(bytes, _mm256_set1_epi8('\t'));

	return _mm256_cmpeq_epi8(_mm256_min_epu8(from_tab, _mm256_set1_epi8('\r' - '\t')), from_tab);
}

static inline uint64_t spaces(const char *bytes)
{
	return bytes_equal(bytes, ' ') |
	       bits_of(is_control_space(load(bytes)), is_control_space(load(bytes + 32)));
}

#else

static inline uint64_t bytes_equal(const char *bytes, char c)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < BLOCK; i++)
		bits |= (uint64_t)(bytes[i] == c) << i;
	return bits;
}

static inline uint64_t spaces(const char *bytes)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < BLOCK; i++)
		bits |= (uint64_t)char_is_space(bytes[i]) << i;
	return bits;
}

#endif

/* Where separators begin whose first bytes do: takes off the bits of those that go on otherwise. */
static uint64_t confirm(const struct marks *marks, size_t base, uint64_t bits)
{
	for (uint64_t left = bits; left; left &= left - 1) {
		const size_t at = base + (size_t)__builtin_ctzll(left);

		if (!str_starts(str_from_offset(marks->text, at), marks->options->separator))
			bits &= ~(left & -left);
	}
	return bits;
}

/* Looks at the block that at lies in, which is in the text. */
static void look_at_block(struct marks *marks, size_t at)
{
	const struct str separator = marks->options->separator;
	const size_t base = at - at % BLOCK, left = marks->text.len - base;
	const char *bytes = marks->text.ptr + base;
	char end[BLOCK + SEPARATOR_SHORT] = {0};

	if (left < sizeof(end)) {
		memcpy(end, bytes, left);
		bytes = end;
	}
	if (marks->options->blank) {
		marks->separators = spaces(bytes);
	} else {
		marks->separators = bytes_equal(bytes, separator.ptr[0]);
		for (size_t i = 1; i < separator.len && i < SEPARATOR_SHORT; i++)
			marks->separators &= bytes_equal(bytes + i, separator.ptr[i]);
		if (separator.len > SEPARATOR_SHORT)
			marks->separators = confirm(marks, base, marks->separators);
	}
	marks->equals = bytes_equal(bytes, marks->options->equals);
	if (left < BLOCK) {
		marks->separators &= (UINT64_C(1) << left) - 1;
		marks->equals &= (UINT64_C(1) << left) - 1;
	}
	marks->base = base;
}

/* The block's bits from at on. */
static inline uint64_t ahead(struct marks *marks, size_t at)
{
	if (marks->base != at - at % BLOCK)
		look_at_block(marks, at);
	return UINT64_MAX << at % BLOCK;
}

/* Where the word ends that begins at from; *ret_equals is its first equals sign, or STR_NOT_FOUND. */
static size_t find_end(struct marks *marks, size_t from, size_t *ret_equals)
{
	*ret_equals = STR_NOT_FOUND;
	for (size_t at = from; at < marks->text.len; at = marks->base + BLOCK) {
		const uint64_t mask = ahead(marks, at);
		const uint64_t separators = marks->separators & mask;
		const uint64_t equals = marks->equals & mask & (separators - 1) & ~separators;

		if (equals && *ret_equals == STR_NOT_FOUND)
			*ret_equals = marks->base + (size_t)__builtin_ctzll(equals);
		if (separators)
			return marks->base + (size_t)__builtin_ctzll(separators);
	}
	return marks->text.len;
}

static size_t skip_separators(struct marks *marks, size_t at)
{
	if (!marks->options->blank) {
		while (at < marks->text.len && ahead(marks, at) && marks->separators >> at % BLOCK & 1)
			at += marks->options->separator.len;
		return at;
	}
	for (; at < marks->text.len; at = marks->base + BLOCK) {
		const uint64_t mask = ahead(marks, at), others = ~marks->separators & mask;

		if (others) /* perhaps what lies behind the text's end */
			return marks->base + (size_t)__builtin_ctzll(others);
	}
	return at;
}

/* The length of a quoted value with its quotes; 0 where it does not end. */
static size_t quoted_len(struct str text, bool *ret_escaped)
{
	for (size_t i = 1; i < text.len; i++) {
		if (text.ptr[i] == '\\' && i + 1 < text.len && text.ptr[i + 1] == text.ptr[0]) {
			*ret_escaped = true;
			i++;
		} else if (text.ptr[i] == text.ptr[0]) {
			return i + 1;
		}
	}
	return 0;
}

/* Takes the pair that begins at *at; false where the word there is none. */
static bool take_pair(struct marks *marks, size_t *at, struct pair *pair)
{
	const struct str text = marks->text;
	const size_t from = *at;
	size_t equals, quoted = 0;
	const size_t end = find_end(marks, from, &equals);
	struct str value;

	*at = end;
	if (equals == STR_NOT_FOUND || equals == from)
		return false;
	pair->key = str_trim(str_of(text.ptr + from, equals - from));
	pair->escaped = false;
	value = str_from_offset(text, equals + 1);
	if (value.len && marks->options->quoting[(unsigned char)value.ptr[0]])
		quoted = quoted_len(value, &pair->escaped);
	pair->quoted = quoted > 0;
	if (quoted) {
		pair->value = str_of(value.ptr + 1, quoted - 2);
		*at = equals + 1 + quoted;
	} else {
		pair->escaped = false;
		pair->value = str_trim(str_of(value.ptr, end - equals - 1));
	}
	return true;
}

/* \" becomes ". Other backslashes stay: paths are written in them. */
static struct str unescape(struct arena *arena, struct str text)
{
	char *out = arena_alloc(arena, text.len);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\\' && i + 1 < text.len &&
		    (text.ptr[i + 1] == '"' || text.ptr[i + 1] == '\''))
			i++;
		out[len++] = text.ptr[i];
	}
	return str_of(out, len);
}

static bool may_be_hex(const struct kv_options *options, struct str key)
{
	for (size_t i = 0; i < options->hex.count; i++) {
		struct str name = options->hex.items[i];

		if (str_eq(name, key) ||
		    (str_ends(name, STR("*")) && str_starts(key, str_head(name, name.len - 1))))
			return true;
	}
	return false;
}

static void add_pair(struct run *run, const struct kv_options *options, struct str section,
		     const struct pair *pair)
{
	struct arena *arena = run->event->arena;
	struct str value = pair->value;

	if (pair->escaped)
		value = unescape(arena, value);
	else if (!pair->quoted && may_be_hex(options, pair->key))
		value = text_unhex(arena, value);
	if (!options->prefix.len)
		run_add_joined(run, section, '.', pair->key, value_string(value));
	else
		run_add_joined(run, str_head(options->prefix, options->prefix.len - 1),
			       options->prefix.ptr[options->prefix.len - 1],
			       name_join(arena, section, '.', pair->key), value_string(value));
}

static int run(struct run *run, const void *opaque, struct str text)
{
	const struct kv_options *options = opaque;
	struct marks marks = {.options = options, .text = text, .base = SIZE_MAX};
	struct str section = {0};
	struct pair pair;
	size_t count = 0, at = 0;

	while ((at = skip_separators(&marks, at)) < text.len) {
		if (run->event->attr_count == EVENT_ATTRS_MAX) {
			run->event->attrs_dropped++;
			break;
		}
		if (!take_pair(&marks, &at, &pair) || !pair.key.len)
			continue;
		count++;
		if (options->sections && !pair.value.len && !pair.quoted)
			section = pair.key;
		else
			add_pair(run, options, section, &pair);
	}
	return count ? 0 : ERR_SYNTAX;
}

const struct step_kind step_kv = {"kv", compile, run};
