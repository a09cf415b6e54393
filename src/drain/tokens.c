/* SPDX-License-Identifier: Apache-2.0 */
#include "drain/tokens.h"

#define KEY_MAX 48
#define CODES_WITHIN 2 /* tokens from the front in which a message code may stand */

static bool is_key_char(char c)
{
	return char_is_digit(c) || (char_lower(c) >= 'a' && char_lower(c) <= 'z') || c == '_' || c == '-' ||
	       c == '.';
}

/* What may stand inside one value: an address, a path, a name of an interface. */
static bool is_run_char(char c)
{
	return is_key_char(c) || c == '/' || c == ':' || c == '@' || c == '%' || (unsigned char)c >= 0x80;
}

struct str token_key(struct str token)
{
	size_t len = 0;

	while (len < token.len && len <= KEY_MAX && is_key_char(token.ptr[len]))
		len++;
	if (!len || len > KEY_MAX || len == token.len || token.ptr[len] != '=')
		return (struct str){0};
	return str_head(token, len);
}

/* A code such as IFNET/3/LINK_UPDOWN or ASA-6-302013 says which message it is, though there are digits in it.
 */
static bool is_code(struct str run)
{
	size_t upper = 0, joints = 0;

	for (size_t i = 0; i < run.len; i++) {
		if (char_lower(run.ptr[i]) != run.ptr[i])
			upper++;
		else if (char_lower(run.ptr[i]) >= 'a' && char_lower(run.ptr[i]) <= 'z')
			return false;
		joints += run.ptr[i] == '_' || run.ptr[i] == '/' || run.ptr[i] == '-';
	}
	return upper >= 3 && joints;
}

static bool has_digit(struct str run)
{
	for (size_t i = 0; i < run.len; i++)
		if (char_is_digit(run.ptr[i]))
			return true;
	return false;
}

static char *put(char *out, struct str text)
{
	memcpy(out, text.ptr, text.len);
	return out + text.len;
}

/* At most twice as long as the token, and 2 bytes: a wildcard of three stands for one byte at worst, and what
   parts two of them is one byte at least. */
static char *mask(struct str token, bool may_be_code, char *out)
{
	const struct str key = token_key(token);
	size_t from = 0;

	if (key.len) {
		out = put(out, str_head(token, key.len + 1));
		out = put(out, STR(DRAIN_WILDCARD));
		if (token.ptr[token.len - 1] == ',' || token.ptr[token.len - 1] == ';')
			*out++ = token.ptr[token.len - 1];
		return out;
	}
	while (from < token.len) {
		size_t end = from;
		struct str run;

		while (end < token.len && is_run_char(token.ptr[end]))
			end++;
		run = str_of(token.ptr + from, end - from);
		while (run.len > 1 && (run.ptr[run.len - 1] == ':' || run.ptr[run.len - 1] == '.'))
			run.len--;
		out = put(out, has_digit(run) && !(may_be_code && is_code(run)) ? STR(DRAIN_WILDCARD) : run);
		from += run.len;
		while (from < token.len && (from < end || !is_run_char(token.ptr[from])))
			*out++ = token.ptr[from++];
	}
	return out;
}

/* Whether a comma or semicolon parts two pairs: a=1,b=2. */
static bool parts_pairs(struct str rest, size_t at)
{
	const char c = rest.ptr[at];

	return (c == ',' || c == ';') && token_key(str_from_offset(rest, at + 1)).len;
}

/* The next token; key="a b" is one. */
static struct str take(struct str *rest)
{
	size_t len = 0;
	struct str token;
	char quote = 0;

	while (rest->len && char_is_space(rest->ptr[0]))
		*rest = str_from_offset(*rest, 1);
	for (; len < rest->len && (quote || !char_is_space(rest->ptr[len])); len++) {
		const char c = rest->ptr[len];

		if (quote && c == quote)
			quote = 0;
		else if (!quote && c == '"' && len && rest->ptr[len - 1] == '=')
			quote = c;
		else if (!quote && parts_pairs(*rest, len)) {
			len++;
			break;
		}
	}
	token = str_head(*rest, len);
	*rest = str_from_offset(*rest, len);
	return token;
}

void tokens_cut(struct tokens *tokens, struct str line)
{
	struct str rest = str_head(line, DRAIN_TEXT_MAX), token;
	char *out = tokens->text;

	tokens->count = 0;
	while ((token = take(&rest)).len) {
		char *begin = out;

		if (tokens->count == DRAIN_TOKENS_MAX - 1) { /* the rest, whatever it is */
			tokens->items[tokens->count++] = STR(DRAIN_WILDCARD);
			return;
		}
		if (out + 2 * token.len + 8 > tokens->text + sizeof(tokens->text))
			return;
		out = mask(token, tokens->count < CODES_WITHIN, out);
		tokens->items[tokens->count++] = str_of(begin, (size_t)(out - begin));
	}
}
