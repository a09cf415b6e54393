/* SPDX-License-Identifier: Apache-2.0 */
#include "query/private.h"

/* Three texts grow together in one piece of the arena each; LIKE needs at most two bytes for one. */
struct writer {
	char *plain, *lower, *like;
	size_t len, like_len;
};

static void put(struct writer *writer, char c)
{
	writer->plain[writer->len] = c;
	writer->lower[writer->len++] = char_lower(c);
	if (c == '%' || c == '_' || c == '\\')
		writer->like[writer->like_len++] = '\\';
	writer->like[writer->like_len++] = char_lower(c);
}

static void put_wildcard(struct writer *writer)
{
	writer->plain[writer->len] = '*';
	writer->lower[writer->len++] = '*';
	writer->like[writer->like_len++] = '%';
}

/* In quotes only \" and \\ are escapes, so that Windows paths can be pasted; outside, a backslash takes the
   meaning off the next character where that has one. */
static bool is_escape(const struct token *token, size_t i)
{
	const char *escapable = token->type == TOKEN_QUOTED ? "\"\\" : "():<>\"*{}\\ \t";
	struct str rest = str_from_offset(token->raw, i);

	if (rest.len < 2 || rest.ptr[0] != '\\' || !rest.ptr[1])
		return false;
	if (strchr(escapable, rest.ptr[1]))
		return true;
	rest = str_from_offset(rest, 1);
	return i == 0 && token->type == TOKEN_WORD &&
	       (str_ieq(rest, STR("and")) || str_ieq(rest, STR("or")) || str_ieq(rest, STR("not")));
}

void value_add(struct arena *arena, const struct token *token, struct value_pattern *value)
{
	size_t room = value->plain.len + token->raw.len + 1,
	       like_room = value->like.len + 2 * token->raw.len + 1;
	struct writer writer = {arena_alloc(arena, room), arena_alloc(arena, room),
				arena_alloc(arena, like_room), value->plain.len, value->like.len};
	bool first = value->column == 0;

	if (first) {
		value->column = token->column;
		value->raw = token->raw;
	} else {
		value->raw.len = (size_t)(token->raw.ptr + token->raw.len - value->raw.ptr);
		memcpy(writer.plain, value->plain.ptr, value->plain.len);
		memcpy(writer.lower, value->lower.ptr, value->lower.len);
		memcpy(writer.like, value->like.ptr, value->like.len);
		put(&writer, ' ');
	}
	for (size_t i = 0; i < token->raw.len; i++) {
		char c = token->raw.ptr[i];

		if (is_escape(token, i)) {
			put(&writer, token->raw.ptr[++i]);
		} else if (c == '*' && token->type == TOKEN_WORD) {
			put_wildcard(&writer);
			value->wildcard = true;
		} else {
			put(&writer, c);
		}
	}
	value->plain = str_of(writer.plain, writer.len);
	value->lower = str_of(writer.lower, writer.len);
	value->like = str_of(writer.like, writer.like_len);
	value->everything = value->wildcard && str_eq(value->like, STR("%"));
}
