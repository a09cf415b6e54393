/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/regexp.h"

#define JIT_STACK_FIRST (32 * 1024)
#define JIT_STACK_MAX (512 * 1024)

static bool is_meta(char c)
{
	return memchr("\\^$.[]|()?*+{}#", c, 15) != NULL;
}

/* "^literal…": what every match begins with. An alternative or an option in front voids it. */
static struct str literal_prefix(struct str pattern)
{
	size_t len = 0;

	if (!pattern.len || pattern.ptr[0] != '^' || str_find_char(pattern, '|') != STR_NOT_FOUND)
		return (struct str){0};
	pattern = str_from_offset(pattern, 1);
	while (len < pattern.len && !is_meta(pattern.ptr[len]))
		len++;
	if (len && len < pattern.len && memchr("?*{", pattern.ptr[len], 3))
		len--;
	while (len && ((unsigned char)pattern.ptr[len - 1] & 0xC0) == 0x80) /* never cut a character */
		len--;
	return str_head(pattern, len);
}

int regexp_compile(struct str pattern, unsigned line, unsigned column, struct regexp *ret_regex,
		   struct err *ret_err)
{
	struct regexp regex = {.prefix = literal_prefix(pattern)};
	PCRE2_UCHAR message[128];
	PCRE2_SIZE offset;
	int code;

	if (pattern.len > REGEXP_PATTERN_MAX)
		return err_set(ret_err, ERR_LIMIT, line, column, "the pattern is longer than %d bytes",
			       REGEXP_PATTERN_MAX);
	regex.code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len,
				   PCRE2_NEVER_BACKSLASH_C | PCRE2_DOTALL, &code, &offset, NULL);
	if (!regex.code) {
		pcre2_get_error_message(code, message, sizeof(message));
		return err_set(ret_err, ERR_SYNTAX, line, column, "pattern, offset %zu: %s", (size_t)offset,
			       (char *)message);
	}
	pcre2_pattern_info(regex.code, PCRE2_INFO_CAPTURECOUNT, &regex.groups);
	if (regex.groups > REGEXP_GROUPS_MAX) {
		pcre2_code_free(regex.code);
		return err_set(ret_err, ERR_LIMIT, line, column, "the pattern has more than %d groups",
			       REGEXP_GROUPS_MAX);
	}
	pcre2_jit_compile(regex.code, PCRE2_JIT_COMPLETE); /* without JIT it still matches, slower */
	*ret_regex = regex;
	return 0;
}

void regexp_done(struct regexp *regex)
{
	pcre2_code_free(regex->code);
	regex->code = NULL;
}

int regexp_state_init(struct regexp_state *state)
{
	state->data = pcre2_match_data_create(REGEXP_GROUPS_MAX + 1, NULL);
	state->context = pcre2_match_context_create(NULL);
	state->stack = pcre2_jit_stack_create(JIT_STACK_FIRST, JIT_STACK_MAX, NULL);
	if (!state->data || !state->context)
		return -1;
	pcre2_set_match_limit(state->context, REGEXP_MATCH_LIMIT);
	pcre2_set_heap_limit(state->context, JIT_STACK_MAX / 1024);
	if (state->stack)
		pcre2_jit_stack_assign(state->context, NULL, state->stack);
	return 0;
}

void regexp_state_done(struct regexp_state *state)
{
	pcre2_match_data_free(state->data);
	pcre2_match_context_free(state->context);
	pcre2_jit_stack_free(state->stack);
}

bool regexp_match(const struct regexp *regex, struct regexp_state *state, struct str text)
{
	if (!str_starts(text, regex->prefix))
		return false;
	return pcre2_match(regex->code, (PCRE2_SPTR)(text.ptr ? text.ptr : ""), text.len, 0, 0, state->data,
			   state->context) > 0;
}

struct str regexp_group(const struct regexp_state *state, struct str text, uint32_t group)
{
	const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(state->data);

	if (offsets[2 * group] == PCRE2_UNSET)
		return (struct str){0};
	return str_of(text.ptr + offsets[2 * group], offsets[2 * group + 1] - offsets[2 * group]);
}

const char *regexp_group_name(const struct regexp *regex, uint32_t group)
{
	uint32_t count, size;
	PCRE2_SPTR table;

	pcre2_pattern_info(regex->code, PCRE2_INFO_NAMECOUNT, &count);
	pcre2_pattern_info(regex->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(regex->code, PCRE2_INFO_NAMETABLE, &table);
	for (uint32_t i = 0; i < count; i++, table += size)
		if (((uint32_t)table[0] << 8 | table[1]) == group)
			return (const char *)table + 2;
	return NULL;
}
