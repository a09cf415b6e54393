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
	bool blank;          /* the separator is a space: any white space */
	bool separates[256]; /* bytes of the separator */
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
	for (size_t i = 0; i < options->separator.len; i++)
		options->separates[(unsigned char)options->separator.ptr[i]] = true;
	*ret_options = options;
	return r;
}

/* How far a word has been looked through. */
struct word {
	size_t seen;   /* bytes in which no separator begins */
	size_t equals; /* the first one in them, or STR_NOT_FOUND */
	bool ended;    /* a separator begins behind them */
};

#ifdef __AVX2__

#define VECTOR ((size_t)32)

static inline __m256i load(const char *bytes)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)bytes);
}

static inline uint32_t bytes_equal(__m256i bytes, char c)
{
	return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(c)));
}

/* Bit n is set where a separator begins at text[n]. */
static inline uint32_t separators_at(const struct kv_options *options, const char *text)
{
	const __m256i bytes = load(text), last = _mm256_set1_epi8('\r' - '\t');
	const __m256i from_tab = _mm256_sub_epi8(bytes, _mm256_set1_epi8('\t'));
	uint32_t found;

	if (options->blank)
		return bytes_equal(bytes, ' ') | (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(
							 _mm256_min_epu8(from_tab, last), from_tab));
	found = bytes_equal(bytes, options->separator.ptr[0]);
	for (size_t i = 1; i < options->separator.len; i++)
		found &= bytes_equal(load(text + i), options->separator.ptr[i]);
	return found;
}

static struct word look_at_vectors(const struct kv_options *options, struct str text)
{
	struct word word = {.equals = STR_NOT_FOUND};
	const size_t room = VECTOR + options->separator.len - 1;

	if (options->separator.len > SEPARATOR_SHORT)
		return word;
	for (; text.len - word.seen >= room && text.len >= room; word.seen += VECTOR) {
		const char *at = text.ptr + word.seen;
		const uint32_t separators = separators_at(options, at);
		const uint32_t equals =
			bytes_equal(load(at), options->equals) & (separators - 1) & ~separators;

		if (equals && word.equals == STR_NOT_FOUND)
			word.equals = word.seen + (size_t)__builtin_ctz(equals);
		if (separators) {
			word.seen += (size_t)__builtin_ctz(separators);
			word.ended = true;
			break;
		}
	}
	return word;
}

#else

static struct word look_at_vectors(const struct kv_options *options, struct str text)
{
	(void)options, (void)text;
	return (struct word){.equals = STR_NOT_FOUND};
}

#endif

/* Where the next separator begins at or behind from. Looks at the byte where one would end: most are in no
   separator, and none can begin before such a byte (memmem() is slow on needles this short). */
static size_t find_separator(const struct kv_options *options, struct str text, size_t from)
{
	struct str separator = options->separator;
	size_t i = from, last = separator.len - 1;

	if (options->blank) {
		while (i < text.len && !char_is_space(text.ptr[i]))
			i++;
		return i;
	}
	while (i + last < text.len) {
		if (!options->separates[(unsigned char)text.ptr[i + last]])
			i += separator.len;
		else if (memcmp(text.ptr + i, separator.ptr, separator.len) == 0)
			return i;
		else
			i++;
	}
	return text.len;
}

/* Where the word ends that text begins with; *ret_equals is its first equals sign, or STR_NOT_FOUND. */
static size_t find_end(const struct kv_options *options, struct str text, size_t *ret_equals)
{
	const struct word word = look_at_vectors(options, text);
	const size_t end = word.ended ? word.seen : find_separator(options, text, word.seen);

	*ret_equals = word.equals;
	if (word.equals == STR_NOT_FOUND && end > word.seen) {
		const size_t at =
			str_find_char(str_from_offset(str_head(text, end), word.seen), options->equals);

		if (at != STR_NOT_FOUND)
			*ret_equals = word.seen + at;
	}
	return end;
}

static struct str skip_separators(const struct kv_options *options, struct str text)
{
	if (options->blank)
		return str_trim(text);
	while (str_starts(text, options->separator))
		text = str_from_offset(text, options->separator.len);
	return text;
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

/* Takes a pair off *text; false where the word there is none. */
static bool take_pair(const struct kv_options *options, struct str *text, struct pair *ret_pair)
{
	size_t equals, quoted = 0;
	const size_t end = find_end(options, *text, &equals);
	struct str word = str_head(*text, end), value;

	*ret_pair = (struct pair){0};
	if (equals == STR_NOT_FOUND || equals == 0) {
		*text = str_from_offset(*text, end);
		return false;
	}
	ret_pair->key = str_trim(str_head(word, equals));
	value = str_from_offset(*text, equals + 1);
	if (value.len && str_find_char(options->quotes, value.ptr[0]) != STR_NOT_FOUND)
		quoted = quoted_len(value, &ret_pair->escaped);
	if (quoted) {
		ret_pair->quoted = true;
		ret_pair->value = str_of(value.ptr + 1, quoted - 2);
		*text = str_from_offset(value, quoted);
	} else {
		ret_pair->escaped = false;
		ret_pair->value = str_trim(str_from_offset(word, equals + 1));
		*text = str_from_offset(*text, end);
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
	struct str section = {0};
	struct pair pair;
	size_t count = 0;

	while ((text = skip_separators(options, text)).len) {
		if (run->event->attr_count == EVENT_ATTRS_MAX) {
			run->event->attrs_dropped++;
			break;
		}
		if (!take_pair(options, &text, &pair) || !pair.key.len)
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
