/* SPDX-License-Identifier: Apache-2.0 */
#include "store/client_params.h"

#include "base/err.h"

/* TabSeparated's escapes; a quote is escaped too, so that the same text is right inside a literal. */
static const char *escape_of(char c)
{
	static const struct {
		char c;
		const char *text;
	} escapes[] = {{'\\', "\\\\"}, {'\'', "\\'"}, {'\t', "\\t"}, {'\n', "\\n"},
		       {'\r', "\\r"},  {'\0', "\\0"}, {'\b', "\\b"}, {'\f', "\\f"}};

	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
		if (escapes[i].c == c)
			return escapes[i].text;
	return NULL;
}

void params_escape(struct str value, struct buf *out)
{
	for (size_t i = 0; i < value.len; i++) {
		const char *escaped = escape_of(value.ptr[i]);

		if (escaped)
			buf_add_str(out, str_from(escaped));
		else
			buf_add_char(out, value.ptr[i]);
	}
}

static void add_text(struct buf *out, struct str value)
{
	buf_add_char(out, '\'');
	params_escape(value, out);
	buf_add_char(out, '\'');
}

/* Numbers are quoted too and converted by the server, so that no value can be more than a value. */
static void add_literal(struct buf *out, const struct param *param)
{
	if (str_eq(param->type, STR("String"))) {
		add_text(out, param->value);
		return;
	}
	buf_add_str(out, STR("CAST("));
	add_text(out, param->value);
	buf_printf(out, " AS %.*s)", STR_FMT(param->type));
}

static const struct param *find(const struct sql_query *query, struct str name)
{
	for (size_t i = 0; i < query->len; i++)
		if (str_eq(query->items[i].name, name))
			return &query->items[i];
	return NULL;
}

static bool is_name(struct str text)
{
	if (!text.len || char_is_digit(text.ptr[0]))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!char_is_digit(c) && (unsigned char)(char_lower(c) - 'a') >= 26 && c != '_')
			return false;
	}
	return true;
}

/* "{name:Type}" at the start of text: its length, or 0. */
static size_t placeholder(struct str text, struct str *ret_name)
{
	size_t close = str_find_char(text, '}'), colon = str_find_char(text, ':');

	if (text.ptr[0] != '{' || close == STR_NOT_FOUND || colon == STR_NOT_FOUND || colon > close)
		return 0;
	*ret_name = str_of(text.ptr + 1, colon - 1);
	return is_name(*ret_name) ? close + 1 : 0;
}

int params_substitute(const struct sql_query *query, struct buf *out)
{
	struct str rest = buf_str(&query->sql), name;
	bool quoted = false;

	while (rest.len) {
		size_t taken = quoted ? 0 : placeholder(rest, &name);

		if (taken) {
			const struct param *param = find(query, name);

			if (!param)
				return ERR_UNKNOWN;
			add_literal(out, param);
		} else {
			taken = quoted && rest.ptr[0] == '\\' && rest.len > 1 ? 2 : 1;
			quoted = quoted != (rest.ptr[0] == '\'');
			buf_add(out, rest.ptr, taken);
		}
		rest = str_from_offset(rest, taken);
	}
	return 0;
}
