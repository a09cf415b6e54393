/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_private.h"

#include <errno.h>
#include <stdlib.h>

struct json_parser *json_parser_new(void)
{
	struct json_parser *parser = calloc(1, sizeof(*parser));

	if (!parser)
		return NULL;
	json_squeeze_init(parser->squeeze);
	parser->wide = json_wide_runs_here();
	return parser;
}

void json_parser_free(struct json_parser *parser)
{
	if (!parser)
		return;
	free(parser->index);
	free(parser->stretches);
	free(parser->nodes);
	free(parser->decoded);
	free(parser);
}

/* Nodes that count entries of the index can make at most. */
static size_t count_nodes(const struct json_parser *parser, struct str text, size_t count)
{
	size_t nodes = 0;

	if (count <= JSON_NODES_MAX)
		return count;
	for (size_t i = 0; i < count; i++) {
		const char c = text.ptr[parser->index[i]];

		nodes += c != ',' && c != ':' && c != '}' && c != ']';
	}
	return nodes;
}

/* The second pass, with room for its nodes. */
static int lay_out(struct json_parser *parser, struct str text, const struct json_index *index,
		   size_t *ret_offset)
{
	const size_t nodes = count_nodes(parser, text, index->count);

	if (nodes > JSON_NODES_MAX)
		return ERR_LIMIT;
	if (nodes >= parser->node_capacity) {
		free(parser->nodes); /* nothing in it is kept from before */
		parser->nodes = malloc((nodes * 2 + 1) * sizeof(*parser->nodes));
		parser->node_capacity = parser->nodes ? nodes * 2 + 1 : 0;
	}
	return parser->nodes ? json_lay_out(parser, text, index, ret_offset) : -ENOMEM;
}

/* The first control character in a string of a text; its length where there is none. */
static size_t find_control(struct str text)
{
	bool escaped = false, in_string = false;

	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];

		if (in_string && (unsigned char)c < 0x20)
			return i;
		in_string ^= c == '"' && !escaped;
		escaped = c == '\\' && !escaped;
	}
	return text.len;
}

/* What a scan has found, as far as it is of a document with count entries. */
static struct json_index index_of(const struct json_parser *parser, const struct json_scan *scan,
				  size_t count)
{
	return (struct json_index){.places = parser->index,
				   .count = count,
				   .stretches = parser->stretches,
				   .decoded = scan->room ? scan->room : parser->decoded,
				   .hard = scan->hard != 0};
}

/* The document is text, and scan has seen all of it; count entries of the index belong to it. A string
   is open where its closing quote is missing. */
static int finish(struct json_parser *parser, struct str text, const struct json_scan *scan, size_t count,
		  bool open_string, const struct json_node **ret_nodes, size_t *ret_offset)
{
	size_t good = scan->control ? find_control(text) : text.len;
	struct json_index index;
	int r;

	if (scan->high && !str_is_utf8(str_head(text, good)))
		good = str_utf8_len(str_head(text, good));
	*ret_offset = good;
	if (good < text.len)
		return ERR_SYNTAX;
	index = index_of(parser, scan, count - open_string);
	if (open_string) { /* unless something before it is wrong, the text ends too early */
		r = lay_out(parser, text, &index, ret_offset);
		if (r == 0 || *ret_offset >= parser->index[count - 1])
			*ret_offset = text.len;
		return r < 0 ? r : ERR_SYNTAX;
	}
	parser->index[count] = (uint32_t)text.len;
	r = lay_out(parser, text, &index, ret_offset);
	if (r == 0)
		*ret_nodes = parser->nodes;
	return r;
}

int json_parse(struct json_parser *parser, struct str text, const struct json_node **ret_nodes,
	       size_t *ret_offset)
{
	struct json_scan scan = {0};
	size_t offset = JSON_SIZE_MAX;
	int r = ERR_LIMIT;

	if (text.len <= JSON_SIZE_MAX)
		r = json_scan(parser, text, text.len, &scan);
	if (r == 0)
		r = finish(parser, text, &scan, scan.count, scan.in_string, ret_nodes, &offset);
	if (r < 0 && ret_offset)
		*ret_offset = offset;
	return r;
}

int json_index(struct json_parser *parser, struct str text, char *room, struct json_index *ret_index)
{
	struct json_scan scan = {.room = room};
	int r = text.len > JSON_SIZE_MAX ? ERR_LIMIT : json_scan(parser, text, text.len, &scan);

	if (r < 0)
		return r;
	if (scan.in_string || scan.control || (scan.high && !str_is_utf8(text)))
		return ERR_SYNTAX;
	parser->index[scan.count] = (uint32_t)text.len;
	*ret_index = index_of(parser, &scan, scan.count);
	return 0;
}

int json_parse_indexed(struct json_parser *parser, struct str text, const struct json_index *index,
		       const struct json_node **ret_nodes, size_t *ret_offset)
{
	size_t offset = JSON_SIZE_MAX;
	const int r = lay_out(parser, text, index, &offset);

	if (r == 0)
		*ret_nodes = parser->nodes;
	else if (ret_offset)
		*ret_offset = offset;
	return r;
}

/* What json_parse_prefix() knows of where the document ends. */
struct extent {
	size_t entries; /* of the index looked at, and when ended, that belong to it */
	size_t depth;
	size_t end;
	bool ended;
};

/* Looks at the entries that the scan has found since the last time. */
static void find_end(const struct json_parser *parser, struct str text, const struct json_scan *scan,
		     struct extent *extent)
{
	while (!extent->ended && extent->entries < scan->count) {
		const size_t at = parser->index[extent->entries];
		const char c = text.ptr[at];

		if (extent->entries == 1 && !extent->depth) { /* a scalar ends where something else begins */
			extent->end = at;
			extent->ended = true;
			break;
		}
		extent->entries++;
		extent->depth += c == '{' || c == '[';
		if ((c == '}' || c == ']') && extent->depth <= 1) {
			extent->end = at + 1;
			extent->ended = true;
		} else {
			extent->depth -= c == '}' || c == ']';
		}
	}
}

/* Scans no more than about twice the document, so that many small ones in a long text cost no more than
   one large one. */
static int scan_document(struct json_parser *parser, struct str text, struct json_scan *scan,
			 struct extent *extent)
{
	for (size_t limit = JSON_BLOCK;; limit *= 2) {
		const bool all = limit >= text.len;
		const int r = json_scan(parser, text, all ? text.len : limit, scan);

		if (r < 0)
			return r;
		find_end(parser, text, scan, extent);
		if (extent->ended)
			return 0;
		if (all) {
			extent->end = text.len;
			return 0;
		}
		if (limit >= JSON_SIZE_MAX)
			return ERR_LIMIT;
	}
}

int json_parse_prefix(struct json_parser *parser, struct str text, const struct json_node **ret_nodes,
		      size_t *ret_used)
{
	struct json_scan scan = {0};
	struct extent extent = {0};
	size_t start = 0, offset;
	int r;

	while (start < text.len && json_is_space(text.ptr[start]))
		start++;
	if (start == text.len)
		return ERR_END;
	text = str_from_offset(text, start);
	r = scan_document(parser, text, &scan, &extent);
	if (r == 0 && extent.end > JSON_SIZE_MAX)
		r = ERR_LIMIT;
	if (r < 0)
		return r;
	while (json_is_space(text.ptr[extent.end - 1]))
		extent.end--;
	r = finish(parser, str_head(text, extent.end), &scan, extent.entries, !extent.ended && scan.in_string,
		   ret_nodes, &offset);
	if (r == 0)
		*ret_used = start + extent.end;
	return r;
}

const struct json_node *json_get(const struct json_node *object, struct str key)
{
	const struct json_node *found = NULL, *value;

	if (!object || object->type != JSON_OBJECT)
		return NULL;
	for (const struct json_node *name = json_first(object); name; name = json_next(object, value)) {
		value = name + 1;
		if (str_eq(str_of(name->text, name->len), key))
			found = value;
	}
	return found;
}
