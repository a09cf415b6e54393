/* SPDX-License-Identifier: Apache-2.0 */
#include "base/regex.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/clock.h"

#define JIT_STACK_FIRST (32 * 1024)
#define JIT_STACK_MAX (512 * 1024)

struct regex {
	pcre2_code *code;
	struct str prefix;    /* what every match begins with, at the start of the text; empty: not known */
	uint32_t groups, len; /* len: of text */
	bool anchored;        /* matches at the start of the text or nowhere */
	bool utf;
	bool direct; /* by the JIT's own entry: what pcre2_match() looks at besides does not apply */
	char text[];
};

struct regex_scratch {
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	uint32_t groups;
};

/* Bytes are enough for ASCII patterns; characters are needed where the pattern speaks of others. */
static bool needs_utf(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.ptr[i] >= 0x80)
			return true;
		if (text.ptr[i] == '\\' && i + 1 < text.len) {
			char next = text.ptr[++i];

			if (next == 'p' || next == 'P' || next == 'X' || next == 'N' ||
			    (next == 'x' && i + 1 < text.len && text.ptr[i + 1] == '{'))
				return true;
		}
	}
	return false;
}

static uint32_t options_of(struct str text, uint32_t flags)
{
	uint32_t options = PCRE2_USE_OFFSET_LIMIT | PCRE2_NEVER_BACKSLASH_C;

	if (flags & REGEX_CASELESS)
		options |= PCRE2_CASELESS;
	if (flags & REGEX_MULTILINE)
		options |= PCRE2_MULTILINE;
	if (flags & REGEX_DOTALL)
		options |= PCRE2_DOTALL;
	if (needs_utf(text))
		options |= PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
	return options;
}

/* The bytes of the item that a pattern begins with and in which \S has no meaning of its own: a class, \Q…\E
   or any escape; 1 where it is something else. */
static size_t item_len(struct str pattern)
{
	size_t i = 1;

	if (pattern.ptr[0] == '\\' && pattern.len > 1 && pattern.ptr[1] == 'Q') {
		i = str_find(pattern, STR("\\E"));
		return i == STR_NOT_FOUND ? pattern.len : i + 2;
	}
	if (pattern.ptr[0] == '\\')
		return pattern.len > 1 ? 2 : 1;
	if (pattern.ptr[0] != '[')
		return 1;
	i += i < pattern.len && pattern.ptr[i] == '^';
	i += i < pattern.len && pattern.ptr[i] == ']';
	while (i < pattern.len && pattern.ptr[i] != ']') {
		const size_t posix = str_starts(str_from_offset(pattern, i), STR("[:"))
					     ? str_find(str_from_offset(pattern, i), STR(":]"))
					     : STR_NOT_FOUND;

		i += posix != STR_NOT_FOUND ? posix + 2 : 1u + (pattern.ptr[i] == '\\');
	}
	return i < pattern.len ? i + 1 : pattern.len;
}

/* \S, \D and \W as classes: PCRE2 10.42's JIT, told to expect what is not UTF-8, takes no character above
   ASCII for them where they stand alone. To be freed. */
static char *without_bare_classes(struct str pattern, size_t *ret_len)
{
	char *out = malloc(pattern.len * 2 + 1);
	size_t len = 0, n;

	must(out);
	for (; pattern.len; pattern = str_from_offset(pattern, n)) {
		const bool bare =
			pattern.len > 1 && pattern.ptr[0] == '\\' && memchr("SDW", pattern.ptr[1], 3);

		n = item_len(pattern);
		if (bare)
			out[len++] = '[';
		memcpy(out + len, pattern.ptr, n);
		len += n;
		if (bare)
			out[len++] = ']';
	}
	*ret_len = len;
	return out;
}

static pcre2_code *compile_text(struct str text, uint32_t options, int *ret_number, size_t *ret_offset)
{
	return pcre2_compile((PCRE2_SPTR)(text.len ? text.ptr : ""), text.len, options, ret_number,
			     ret_offset, NULL);
}

static int compile(struct str text, uint32_t flags, pcre2_code **ret_code, struct err *ret_err)
{
	const uint32_t options = options_of(text, flags);
	PCRE2_UCHAR message[160];
	PCRE2_SIZE offset, len;
	char *changed;
	int number;

	if (text.len > REGEX_TEXT_MAX)
		return err_set(ret_err, ERR_LIMIT, 0, 0, "the regular expression is longer than %d bytes",
			       REGEX_TEXT_MAX);
	*ret_code = compile_text(text, options, &number, &offset);
	if (*ret_code && options & PCRE2_UTF) {
		pcre2_code_free(*ret_code);
		changed = without_bare_classes(text, &len);
		*ret_code = compile_text(str_of(changed, len), options, &number, &offset);
		if (!*ret_code)
			*ret_code = compile_text(text, options, &number, &offset);
		free(changed);
	}
	if (*ret_code)
		return 0;
	pcre2_get_error_message(number, message, sizeof(message));
	return err_set(ret_err, ERR_SYNTAX, 0, 0, "the regular expression is wrong at character %zu: %s",
		       offset + 1, (const char *)message);
}

static bool is_meta(char c)
{
	return memchr("\\^$.[]|()?*+{}#", c, 15) != NULL;
}

/* "^literal…" without flags; an alternative voids it. Compared first, since it costs so much less. */
static struct str literal_prefix(struct str text)
{
	size_t len = 0;

	if (!text.len || text.ptr[0] != '^' || str_find_char(text, '|') != STR_NOT_FOUND)
		return (struct str){0};
	text = str_from_offset(text, 1);
	while (len < text.len && !is_meta(text.ptr[len]))
		len++;
	if (len && len < text.len && memchr("?*{", text.ptr[len], 3))
		do
			len--; /* a character is as many bytes as it is */
		while (len && ((unsigned char)text.ptr[len] & 0xC0) == 0x80);
	return str_head(text, len);
}

static bool has_jit(const pcre2_code *code)
{
	size_t size = 0;

	return pcre2_pattern_info(code, PCRE2_INFO_JITSIZE, &size) == 0 && size > 0;
}

static uint32_t info(const pcre2_code *code, uint32_t what)
{
	uint32_t value = 0;

	must(pcre2_pattern_info(code, what, &value) == 0);
	return value;
}

int regex_compile(struct str text, uint32_t flags, struct regex **ret_regex, struct err *ret_err)
{
	struct regex *regex;
	pcre2_code *code = NULL;
	int r = compile(text, flags, &code, ret_err);

	if (r < 0)
		return r;
	/* Where the JIT cannot take it, the interpreter does. */
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	regex = calloc(1, sizeof(*regex) + text.len + 1);
	must(regex);
	regex->code = code;
	regex->groups = info(code, PCRE2_INFO_CAPTURECOUNT);
	regex->anchored = info(code, PCRE2_INFO_ALLOPTIONS) & PCRE2_ANCHORED;
	regex->utf = needs_utf(text);
	regex->len = (uint32_t)text.len;
	if (text.len)
		memcpy(regex->text, text.ptr, text.len);
	regex->direct = !regex->utf && has_jit(code);
	if (regex->anchored && !(flags & REGEX_CASELESS))
		regex->prefix = literal_prefix(str_of(regex->text, text.len));
	*ret_regex = regex;
	return 0;
}

uint32_t regex_groups(const struct regex *regex)
{
	return regex->groups;
}

struct str regex_pattern(const struct regex *regex)
{
	return str_of(regex->text, regex->len);
}

bool regex_is_utf(const struct regex *regex)
{
	return regex->utf;
}

const char *regex_group_name(const struct regex *regex, uint32_t group)
{
	uint32_t count = info(regex->code, PCRE2_INFO_NAMECOUNT);
	uint32_t size = info(regex->code, PCRE2_INFO_NAMEENTRYSIZE);
	PCRE2_SPTR table;

	pcre2_pattern_info(regex->code, PCRE2_INFO_NAMETABLE, &table);
	for (uint32_t i = 0; i < count; i++, table += size)
		if (((uint32_t)table[0] << 8 | table[1]) == group)
			return (const char *)table + 2;
	return NULL;
}

int regex_check(struct str text, uint32_t flags, struct err *ret_err)
{
	pcre2_code *code = NULL;
	int r = compile(text, flags, &code, ret_err);

	if (r == 0)
		pcre2_code_free(code);
	return r;
}

void regex_free(struct regex *regex)
{
	if (!regex)
		return;
	pcre2_code_free(regex->code);
	free(regex);
}

struct regex_scratch *regex_scratch_new(uint32_t groups)
{
	struct regex_scratch *scratch = calloc(1, sizeof(*scratch));

	must(scratch && groups <= REGEX_GROUPS_MAX);
	scratch->groups = groups;
	scratch->data = pcre2_match_data_create(groups + 1, NULL);
	scratch->context = pcre2_match_context_create(NULL);
	scratch->stack = pcre2_jit_stack_create(JIT_STACK_FIRST, JIT_STACK_MAX, NULL);
	must(scratch->data && scratch->context);
	pcre2_set_match_limit(scratch->context, REGEX_MATCH_LIMIT);
	pcre2_set_heap_limit(scratch->context, 1024); /* KiB; the interpreter's */
	if (scratch->stack)
		pcre2_jit_stack_assign(scratch->context, NULL, scratch->stack);
	return scratch;
}

void regex_scratch_free(struct regex_scratch *scratch)
{
	if (!scratch)
		return;
	pcre2_match_data_free(scratch->data);
	pcre2_match_context_free(scratch->context);
	pcre2_jit_stack_free(scratch->stack);
	free(scratch);
}

static int match(const struct regex *regex, struct str text, size_t from, struct regex_scratch *scratch)
{
	const PCRE2_SPTR subject = (PCRE2_SPTR)(text.ptr ? text.ptr : "");

	return regex->direct ? pcre2_jit_match(regex->code, subject, text.len, from, 0, scratch->data,
					       scratch->context)
			     : pcre2_match(regex->code, subject, text.len, from, 0, scratch->data,
					   scratch->context);
}

static enum regex_result result_of(int r)
{
	return r >= 0 ? REGEX_MATCH : r == PCRE2_ERROR_NOMATCH ? REGEX_NO_MATCH : REGEX_EXCEEDED;
}

/* Where a match can begin at more than a stretch of places: the clock is looked at between stretches. */
static enum regex_result search_long(const struct regex *regex, struct str text,
				     struct regex_scratch *scratch)
{
	enum regex_result result = REGEX_NO_MATCH;
	uint64_t started = 0;

	for (size_t from = 0; result == REGEX_NO_MATCH; from += REGEX_STRETCH) {
		bool last = text.len < from + REGEX_STRETCH;

		pcre2_set_offset_limit(scratch->context, last ? PCRE2_UNSET : from + REGEX_STRETCH - 1);
		result = result_of(match(regex, text, from, scratch));
		if (last)
			break;
		if (!started)
			started = clock_thread();
		else if (result == REGEX_NO_MATCH && clock_thread() - started > REGEX_TIME_MAX)
			result = REGEX_EXCEEDED;
	}
	pcre2_set_offset_limit(scratch->context, PCRE2_UNSET);
	return result;
}

enum regex_result regex_search(const struct regex *regex, struct str text, struct regex_scratch *scratch)
{
	if (!str_starts(text, regex->prefix))
		return REGEX_NO_MATCH;
	if (!regex->anchored && text.len >= REGEX_STRETCH)
		return search_long(regex, text, scratch);
	return result_of(match(regex, text, 0, scratch));
}

const size_t *regex_offsets(const struct regex_scratch *scratch)
{
	return pcre2_get_ovector_pointer(scratch->data);
}

struct str regex_group(const struct regex_scratch *scratch, struct str text, uint32_t group)
{
	const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(scratch->data);

	must(group <= scratch->groups);
	if (offsets[2 * group] == PCRE2_UNSET)
		return (struct str){0};
	return str_of(text.ptr + offsets[2 * group], offsets[2 * group + 1] - offsets[2 * group]);
}
