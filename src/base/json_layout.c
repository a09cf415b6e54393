/* SPDX-License-Identifier: Apache-2.0 */
/* The second pass: the grammar of RFC 8259 over the index, nodes out. */
#include "base/json_private.h"

struct level {
	struct json_node *node;
	uint32_t count; /* of children before the one that is open */
	char close;     /* what ends it */
};

struct layout {
	const struct json_index *index;
	struct str text;
	const uint32_t *next, *end; /* in the index; *end is where the text ends */
	struct json_node *node;     /* the next free one */
	size_t bad;
	struct level level; /* the innermost open container; node NULL: none */
	unsigned depth;
	struct level outer[JSON_DEPTH_MAX];
};

static inline int fail(struct layout *layout, size_t offset)
{
	layout->bad = offset;
	return ERR_SYNTAX;
}

/* The structural character that comes next, 0 at the end. */
static inline char peek(const struct layout *layout)
{
	return __builtin_expect(layout->next < layout->end, 1) ? layout->text.ptr[*layout->next] : 0;
}

/* Where the token ends that stands before the next entry of the index. */
static inline size_t token_end(const struct layout *layout)
{
	size_t end = *layout->next;

	while (json_is_space(layout->text.ptr[end - 1]))
		end--;
	return end;
}

static inline struct json_node *put_node(struct layout *layout, enum json_type type, size_t from, size_t len)
{
	struct json_node *node = layout->node++;

	node->text = layout->text.ptr + from;
	node->len = (uint32_t)len;
	node->skip = 1;
	node->count = 0;
	node->type = (uint8_t)type;
	return node;
}

static inline int put_string(struct layout *layout)
{
	const struct json_index *index = layout->index;
	const size_t from = *layout->next++ + 1, end = token_end(layout) - 1;
	const size_t before = json_escapes_before(index, from),
		     escapes = json_escapes_before(index, end) - before;
	struct json_node *node = put_node(layout, JSON_STRING, from, end - from - escapes);
	char *decoded;

	if (!escapes)
		return 0;
	node->text = decoded = index->decoded + from - before;
	return index->hard ? json_unescape(index, layout->text, from, end, decoded, &node->len, &layout->bad)
			   : 0;
}

static inline const char *skip_digits(const char *p, const char *end)
{
	while (p < end && char_is_digit(*p))
		p++;
	return p;
}

/* -? (0|[1-9][0-9]*) (\.[0-9]+)? ([eE][+-]?[0-9]+)? */
static inline bool is_number(const char *p, const char *end)
{
	const char *digits = p += *p == '-';

	p = skip_digits(p, end);
	if (p == digits || (*digits == '0' && p - digits > 1))
		return false;
	if (p < end && *p == '.') {
		digits = ++p;
		p = skip_digits(p, end);
		if (p == digits)
			return false;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		digits = p;
		p = skip_digits(p, end);
		if (p == digits)
			return false;
	}
	return p == end;
}

static inline int put_scalar(struct layout *layout)
{
	const size_t from = *layout->next++, len = token_end(layout) - from;
	const struct str token = str_from_offset(str_head(layout->text, from + len), from);
	enum json_type type = JSON_NUMBER;

	if (str_eq(token, STR("true")))
		type = JSON_TRUE;
	else if (str_eq(token, STR("false")))
		type = JSON_FALSE;
	else if (str_eq(token, STR("null")))
		type = JSON_NULL;
	else if (!is_number(token.ptr, token.ptr + len))
		return fail(layout, from);
	put_node(layout, type, from, len);
	return 0;
}

static inline int open_container(struct layout *layout, enum json_type type, char close)
{
	const size_t from = *layout->next;

	if (layout->depth == JSON_DEPTH_MAX) {
		layout->bad = from;
		return ERR_LIMIT;
	}
	layout->next++;
	layout->outer[layout->depth++] = layout->level;
	layout->level = (struct level){.node = put_node(layout, type, from, 0), .close = close};
	return 0;
}

static inline void close_container(struct layout *layout)
{
	struct json_node *node = layout->level.node;

	node->len = (uint32_t)(layout->text.ptr + *layout->next++ + 1 - node->text);
	node->skip = (uint32_t)(layout->node - node);
	node->count = layout->level.count;
	layout->level = layout->outer[--layout->depth];
}

/* A member's key and its colon. */
static inline int put_key(struct layout *layout)
{
	int r;

	if (peek(layout) != '"')
		return fail(layout, *layout->next);
	r = put_string(layout);
	if (r < 0)
		return r;
	if (peek(layout) != ':')
		return fail(layout, *layout->next);
	layout->next++;
	return 0;
}

bool json_is_number(struct str token)
{
	uint64_t digits; /* most are nothing else */

	if (str_digits(token, &digits) && (token.ptr[0] != '0' || token.len == 1))
		return true;
	return token.len && is_number(token.ptr, token.ptr + token.len);
}

/* A scalar, or a container with all in it up to its first child, which is *ret_open then. */
static inline int put_value(struct layout *layout, bool *ret_open)
{
	const char c = peek(layout);

	*ret_open = false;
	if (c == '"')
		return put_string(layout);
	if (c == '{' || c == '[') {
		const char close = (char)(c + 2); /* ASCII */
		const int r = open_container(layout, c == '{' ? JSON_OBJECT : JSON_ARRAY, close);

		if (r < 0)
			return r;
		if (peek(layout) == close) {
			close_container(layout);
			return 0;
		}
		*ret_open = true;
		return c == '{' ? put_key(layout) : 0;
	}
	if (c == 0 || c == '}' || c == ']' || c == ',' || c == ':')
		return fail(layout, *layout->next);
	return put_scalar(layout);
}

/* After a value: closes what ends here, and goes to where the next value begins. */
static inline int step(struct layout *layout)
{
	while (layout->depth) {
		const char c = peek(layout);

		layout->level.count++;
		if (c == ',') {
			layout->next++;
			return layout->level.close == '}' ? put_key(layout) : 0;
		}
		if (c != layout->level.close)
			return fail(layout, *layout->next);
		close_container(layout);
	}
	return 0;
}

static int lay_out(struct layout *layout)
{
	bool open;
	int r;

	do {
		r = put_value(layout, &open);
		if (r == 0 && !open)
			r = step(layout);
	} while (r == 0 && layout->depth);
	if (r == 0 && layout->next < layout->end)
		r = fail(layout, *layout->next);
	return r;
}

int json_lay_out(const struct json_parser *parser, struct str text, const struct json_index *index,
		 size_t *ret_offset)
{
	struct layout layout;
	int r;

	layout.index = index;
	layout.text = text;
	layout.next = index->places;
	layout.end = index->places + index->count;
	layout.node = parser->nodes;
	layout.level = (struct level){0};
	layout.depth = 0;
	r = lay_out(&layout);
	if (r < 0)
		*ret_offset = layout.bad;
	return r;
}
