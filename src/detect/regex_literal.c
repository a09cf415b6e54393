/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The longest run of plain characters that every match of a regular expression
 * contains. It sees little on purpose: whatever is optional, repeated, grouped,
 * a class or an assertion ends a run, an alternative at the top gives up, and so
 * does syntax that changes what follows.
 */
#include "detect/regex_literal.h"

struct scan {
	struct str text;
	size_t at;
	char *run; /* being collected, at the end of what is kept */
	size_t run_len, best_len;
	char *best;
};

static void end_run(struct scan *scan)
{
	if (scan->run_len > scan->best_len) {
		memmove(scan->best, scan->run, scan->run_len);
		scan->best_len = scan->run_len;
	}
	scan->run = scan->best + scan->best_len;
	scan->run_len = 0;
}

static char peek(const struct scan *scan)
{
	return scan->at < scan->text.len ? scan->text.ptr[scan->at] : 0;
}

/* Length of "[:alpha:]" or "[:^alpha:]" at scan->at; 0 where nothing of the kind stands there. */
static size_t posix_length(const struct scan *scan)
{
	struct str rest = str_from_offset(scan->text, scan->at);
	size_t end = 2;

	if (!str_starts(rest, STR("[:")))
		return 0;
	if (end < rest.len && rest.ptr[end] == '^')
		end++;
	while (end < rest.len && (unsigned char)(rest.ptr[end] - 'a') < 26)
		end++;
	return str_starts(str_from_offset(rest, end), STR(":]")) ? end + 2 : 0;
}

/* Behind the ] that ends the class at scan->at. False where a bracket inside it may mean more than itself. */
static bool skip_class(struct scan *scan)
{
	scan->at++;
	if (peek(scan) == '^')
		scan->at++;
	if (peek(scan) == ']')
		scan->at++;
	while (scan->at < scan->text.len && peek(scan) != ']') {
		size_t posix = posix_length(scan);

		if (peek(scan) == '[' && !posix)
			return false;
		if (peek(scan) == '\\')
			scan->at++;
		scan->at += posix ? posix : 1;
	}
	scan->at++;
	return true;
}

/* Behind the ) of the group at scan->at. False where its inside cannot be skipped so simply. */
static bool skip_group(struct scan *scan)
{
	unsigned depth = 0;

	while (scan->at < scan->text.len) {
		char c = peek(scan);

		if (c == '[' && !skip_class(scan))
			return false;
		if (c == '[')
			continue;
		if (c == '\\')
			scan->at++;
		depth += c == '(';
		depth -= c == ')';
		scan->at++;
		if (depth == 0)
			return true;
	}
	return false;
}

/* Length of "{n}" or "{n,m}" at scan->at; 0 where the brace is a plain character. */
static size_t braces_length(const struct scan *scan)
{
	struct str rest = str_from_offset(scan->text, scan->at);
	size_t end = 1;

	while (end < rest.len && (char_is_digit(rest.ptr[end]) || rest.ptr[end] == ','))
		end++;
	return rest.len && rest.ptr[0] == '{' && end < rest.len && rest.ptr[end] == '}' ? end + 1 : 0;
}

/* Quantifiers at scan->at. True where there are some; *ret_optional where they may allow none. */
static bool skip_quantifiers(struct scan *scan, bool *ret_optional)
{
	size_t start = scan->at;

	*ret_optional = false;
	for (;;) {
		char c = peek(scan);
		size_t braces = braces_length(scan);

		if (!braces && (!c || !strchr("*+?", c)))
			return scan->at > start;
		*ret_optional |= braces || c != '+';
		scan->at += braces ? braces : 1;
	}
}

/* One plain character, which a quantifier may make optional or repeat. */
static void take_char(struct scan *scan, char c)
{
	bool optional, quantified;

	scan->at++;
	quantified = skip_quantifiers(scan, &optional);
	if (!optional)
		scan->run[scan->run_len++] = c;
	if (quantified)
		end_run(scan);
}

/* What ends a run: skipped with its quantifier. False where the rest is not understood. */
static bool take_other(struct scan *scan)
{
	bool optional, known = true;

	end_run(scan);
	if (peek(scan) == '(')
		known = skip_group(scan);
	else if (peek(scan) == '[')
		known = skip_class(scan);
	else
		scan->at += peek(scan) == '\\' ? 2 : 1;
	skip_quantifiers(scan, &optional);
	return known;
}

/* An escape that stands for itself, a punctuation character. */
static bool is_escaped_char(const struct scan *scan)
{
	char next = scan->at + 1 < scan->text.len ? scan->text.ptr[scan->at + 1] : 0;

	return next > ' ' && next < 0x7f && !char_is_digit(next) &&
	       (unsigned char)(char_lower(next) - 'a') >= 26;
}

/* Escapes of which more than one letter belongs to them, or which change how the rest reads. */
static bool is_plain_escape(const struct scan *scan)
{
	char next = scan->at + 1 < scan->text.len ? scan->text.ptr[scan->at + 1] : 0;

	return next && strchr("dDwWsSbBAzZnrtfevhHR", next);
}

static bool step(struct scan *scan)
{
	char c = peek(scan);

	if (c == '|' || (unsigned char)c >= 0x80 || c < ' ')
		return false;
	if (c == '\\' && is_escaped_char(scan)) {
		scan->at++;
		take_char(scan, peek(scan));
		return true;
	}
	if (c == '\\')
		return is_plain_escape(scan) && take_other(scan);
	if (strchr("([.^$", c))
		return take_other(scan);
	take_char(scan, c);
	return true;
}

/* "(?x)" and its like, which makes white space and # part of the syntax; comments; \Q; verbs. */
static bool changes_syntax(struct str text)
{
	for (size_t at = 0; at + 1 < text.len; at++) {
		size_t flag = at + 2;

		if (text.ptr[at] == '\\' && text.ptr[at + 1] == 'Q')
			return true;
		if (text.ptr[at] != '(')
			continue;
		if (text.ptr[at + 1] == '*')
			return true;
		if (text.ptr[at + 1] != '?')
			continue;
		while (flag < text.len && strchr("imnsUJ-^", text.ptr[flag]))
			flag++;
		if (flag < text.len && (text.ptr[flag] == 'x' || text.ptr[flag] == '#'))
			return true;
	}
	return false;
}

struct str regex_find_literal(struct str text, char *out)
{
	struct scan scan = {.text = text, .run = out, .best = out};

	if (changes_syntax(text))
		return (struct str){0};
	while (scan.at < text.len)
		if (!step(&scan))
			return (struct str){0};
	end_run(&scan);
	return str_of(out, scan.best_len);
}

struct str regex_literal(const struct regex *regex, struct str text, char *out)
{
	struct str literal = regex_is_utf(regex) ? (struct str){0} : regex_find_literal(text, out);

	for (size_t i = 0; i < literal.len; i++)
		out[i] = char_lower(out[i]);
	return literal;
}
