/* SPDX-License-Identifier: Apache-2.0 */
#include "base/yaml.h"

#include <libfyaml.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/map.h"
#include "base/vec.h"
#include "base/words.h"

struct nodes {
	VEC_OF(struct yaml_node *)
};

struct reader {
	struct fy_parser *parser;
	struct fy_diag *diag;
	struct arena *arena;
	struct err *err;
	unsigned nodes;
};

static struct fy_event *next_event(struct reader *reader)
{
	return fy_parser_parse(reader->parser);
}

static int fail_at(struct reader *reader, struct fy_event *event, int code, const char *message)
{
	const struct fy_mark *mark = event ? fy_event_start_mark(event) : NULL;

	return err_set(reader->err, code, mark ? (unsigned)mark->line + 1 : 0,
		       mark ? (unsigned)mark->column + 1 : 0, "%s", words_of(message));
}

/* The parser stopped without an event: its own diagnostics say why. */
static int fail_syntax(struct reader *reader)
{
	void *cursor = NULL;
	struct fy_diag_error *error = fy_diag_errors_iterate(reader->diag, &cursor);

	if (!error)
		return err_set(reader->err, ERR_SYNTAX, 0, 0, "not valid YAML");
	return err_set(reader->err, ERR_SYNTAX, (unsigned)error->line, (unsigned)error->column,
		       "not valid YAML: %s", error->msg);
}

static struct yaml_node *new_node(struct reader *reader, struct fy_event *event, enum yaml_type type)
{
	struct yaml_node *node = arena_struct(reader->arena, struct yaml_node);
	const struct fy_mark *mark = fy_event_start_mark(event);

	node->type = type;
	if (mark) {
		node->line = (uint32_t)mark->line + 1;
		node->column = (uint32_t)mark->column + 1;
	}
	return node;
}

static struct yaml_node *const *keep(struct reader *reader, const struct nodes *nodes)
{
	struct yaml_node **copy = arena_array(reader->arena, struct yaml_node *, nodes->len + 1);

	if (nodes->len)
		memcpy(copy, nodes->items, nodes->len * sizeof(*copy));
	return copy;
}

static int read_node(struct reader *reader, struct fy_event *event, int depth, struct yaml_node **ret_node);

static bool has_anchor(const struct fy_event *event)
{
	switch (event->type) {
	case FYET_SCALAR:
		return event->scalar.anchor;
	case FYET_SEQUENCE_START:
		return event->sequence_start.anchor;
	case FYET_MAPPING_START:
		return event->mapping_start.anchor;
	default:
		return false;
	}
}

/* What is checked of every node before it is read. */
static int check_node(struct reader *reader, struct fy_event *event)
{
	if (++reader->nodes > YAML_NODES_MAX)
		return fail_at(reader, event, ERR_LIMIT, "too many nodes");
	if (has_anchor(event))
		return fail_at(reader, event, ERR_SYNTAX, "anchors (&name) are not supported");
	return 0;
}

static struct yaml_node *read_scalar(struct reader *reader, struct fy_event *event)
{
	struct yaml_node *node = new_node(reader, event, YAML_SCALAR);
	struct fy_token *token = fy_event_get_token(event);
	size_t len = 0;
	const char *text = token ? fy_token_get_text(token, &len) : NULL;

	node->text = arena_copy(reader->arena, str_of(text ? text : "", text ? len : 0));
	node->plain = !token || fy_token_scalar_style(token) == FYSS_PLAIN;
	return node;
}

static int read_sequence(struct reader *reader, struct fy_event *start, int depth,
			 struct yaml_node **ret_node)
{
	struct yaml_node *node = new_node(reader, start, YAML_SEQUENCE), *item;
	struct nodes items = {0};
	int r = 0;

	for (;;) {
		struct fy_event *event = next_event(reader);
		bool end = event && event->type == FYET_SEQUENCE_END;

		if (!event) {
			r = fail_syntax(reader);
			break;
		}
		if (!end)
			r = read_node(reader, event, depth + 1, &item);
		fy_parser_event_free(reader->parser, event);
		if (end || r < 0)
			break;
		vec_push(&items, item);
	}
	if (r == 0) {
		node->count = (uint32_t)items.len;
		node->items = keep(reader, &items);
		*ret_node = node;
	}
	vec_done(&items);
	return r;
}

static int read_key(struct reader *reader, struct fy_event *event, struct map *seen,
		    struct yaml_node **ret_key)
{
	bool is_new;
	int r;

	if (event->type != FYET_SCALAR)
		return fail_at(reader, event, ERR_SYNTAX, "a key must be a plain text");
	r = check_node(reader, event);
	if (r < 0)
		return r;
	*ret_key = read_scalar(reader, event);
	map_put(seen, (*ret_key)->text, &is_new);
	if (!is_new)
		return fail_at(reader, event, ERR_DUPLICATE, "the key stands here a second time");
	return 0;
}

static int read_mapping(struct reader *reader, struct fy_event *start, int depth, struct yaml_node **ret_node)
{
	struct yaml_node *node = new_node(reader, start, YAML_MAPPING), *key = NULL, *value;
	struct nodes keys = {0}, values = {0};
	struct map *seen = map_new();
	int r = 0;

	for (;;) {
		struct fy_event *event = next_event(reader);
		bool end = event && event->type == FYET_MAPPING_END;

		if (!event) {
			r = fail_syntax(reader);
			break;
		}
		if (!end && !key)
			r = read_key(reader, event, seen, &key);
		else if (!end && (r = read_node(reader, event, depth + 1, &value)) == 0) {
			if (!value->line) { /* nothing stands there: errors name the key */
				value->line = key->line;
				value->column = key->column;
			}
			vec_push(&keys, key);
			vec_push(&values, value);
			key = NULL;
		}
		fy_parser_event_free(reader->parser, event);
		if (end || r < 0)
			break;
	}
	if (r == 0) {
		node->count = (uint32_t)keys.len;
		node->keys = keep(reader, &keys);
		node->values = keep(reader, &values);
		*ret_node = node;
	}
	map_free(seen);
	vec_done(&keys);
	vec_done(&values);
	return r;
}

static int read_node(struct reader *reader, struct fy_event *event, int depth, struct yaml_node **ret_node)
{
	int r;

	if (depth >= YAML_DEPTH_MAX && event->type != FYET_SCALAR)
		return fail_at(reader, event, ERR_LIMIT, "nested too deeply");
	r = check_node(reader, event);
	if (r < 0)
		return r;
	switch (event->type) {
	case FYET_SCALAR:
		*ret_node = read_scalar(reader, event);
		return 0;
	case FYET_SEQUENCE_START:
		return read_sequence(reader, event, depth, ret_node);
	case FYET_MAPPING_START:
		return read_mapping(reader, event, depth, ret_node);
	case FYET_ALIAS:
		return fail_at(reader, event, ERR_SYNTAX, "aliases (*name) are not supported");
	default:
		return fail_at(reader, event, ERR_SYNTAX, "not valid YAML here");
	}
}

/* Reads events up to the end of the stream; a document's root goes to docs. */
static int read_stream(struct reader *reader, struct nodes *docs)
{
	for (;;) {
		struct fy_event *event = next_event(reader);
		struct yaml_node *root = NULL;
		bool end;
		int r = 0;

		if (!event)
			return fail_syntax(reader);
		end = event->type == FYET_STREAM_END;
		if (!end && event->type != FYET_STREAM_START && event->type != FYET_DOCUMENT_START &&
		    event->type != FYET_DOCUMENT_END)
			r = read_node(reader, event, 0, &root);
		fy_parser_event_free(reader->parser, event);
		if (r < 0 || end)
			return r;
		if (root)
			vec_push(docs, root);
	}
}

int yaml_parse(struct str text, struct arena *arena, struct yaml_node ***ret_docs, size_t *ret_count,
	       struct err *ret_err)
{
	struct fy_parse_cfg config = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_DEFAULT_VERSION_1_2};
	struct reader reader = {.arena = arena, .err = ret_err};
	struct nodes docs = {0};
	int r;

	if (text.len > YAML_SIZE_MAX)
		return err_set(ret_err, ERR_LIMIT, 0, 0, "larger than %u bytes", YAML_SIZE_MAX);
	if (!str_is_utf8(text) || (text.len && memchr(text.ptr, 0, text.len)))
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "not UTF-8 text");
	reader.diag = fy_diag_create(NULL);
	must(reader.diag);
	fy_diag_set_collect_errors(reader.diag, true);
	config.diag = reader.diag;
	reader.parser = fy_parser_create(&config);
	must(reader.parser);
	r = fy_parser_set_string(reader.parser, text.ptr ? text.ptr : "", text.len);
	r = r < 0 ? ERR_SYNTAX : read_stream(&reader, &docs);
	if (r == 0) {
		*ret_docs = (struct yaml_node **)keep(&reader, &docs);
		*ret_count = docs.len;
	}
	vec_done(&docs);
	fy_parser_destroy(reader.parser);
	fy_diag_destroy(reader.diag);
	return r;
}

int yaml_parse_one(struct str text, struct arena *arena, struct yaml_node **ret_node, struct err *ret_err)
{
	struct yaml_node **docs = NULL;
	size_t count = 0;
	int r = yaml_parse(text, arena, &docs, &count, ret_err);

	if (r < 0)
		return r;
	if (count != 1)
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "expected one YAML document, found %zu", count);
	*ret_node = docs[0];
	return 0;
}

int yaml_read_file(const char *path, struct arena *arena, struct yaml_node ***ret_docs, size_t *ret_count,
		   struct err *ret_err)
{
	struct buf text = {0};
	int r = io_read_file(path, YAML_SIZE_MAX, &text);

	if (r < 0)
		err_set(ret_err, r, 0, 0, "cannot read: %s", err_text(r));
	else
		r = yaml_parse(buf_str(&text), arena, ret_docs, ret_count, ret_err);
	if (r < 0)
		err_set_file(ret_err, path);
	buf_done(&text);
	return r;
}

const struct yaml_node *yaml_get(const struct yaml_node *node, const char *key)
{
	struct str wanted = str_from(key);

	if (!node || node->type != YAML_MAPPING)
		return NULL;
	for (uint32_t i = 0; i < node->count; i++)
		if (str_eq(node->keys[i]->text, wanted))
			return node->values[i];
	return NULL;
}

bool yaml_is_null(const struct yaml_node *node)
{
	struct str s;

	if (!node || node->type != YAML_SCALAR || !node->plain)
		return false;
	s = node->text;
	return s.len == 0 || str_eq(s, STR("~")) || str_eq(s, STR("null")) || str_eq(s, STR("Null")) ||
	       str_eq(s, STR("NULL"));
}

struct str yaml_text(const struct yaml_node *node, struct str fallback)
{
	return node && node->type == YAML_SCALAR && !yaml_is_null(node) ? node->text : fallback;
}

int yaml_bool(const struct yaml_node *node, bool *ret_value)
{
	static const struct str forms[] = {STR("true"),  STR("True"),  STR("TRUE"),
					   STR("false"), STR("False"), STR("FALSE")};

	if (!node || node->type != YAML_SCALAR || !node->plain)
		return ERR_SYNTAX;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (str_eq(node->text, forms[i])) {
			*ret_value = i < 3;
			return 0;
		}
	return ERR_SYNTAX;
}

int yaml_int(const struct yaml_node *node, int64_t *ret_value)
{
	uint64_t value;

	if (!node || node->type != YAML_SCALAR || !node->plain)
		return ERR_SYNTAX;
	if (str_starts(node->text, STR("0x"))) {
		if (str_to_u64(node->text, &value) < 0 || value > INT64_MAX)
			return ERR_SYNTAX;
		*ret_value = (int64_t)value;
		return 0;
	}
	return str_to_i64(node->text, ret_value) < 0 ? ERR_SYNTAX : 0;
}

int yaml_keys(const struct yaml_node *node, const char *what, const char *const *keys, struct err *ret_err)
{
	if (node->type != YAML_MAPPING)
		return yaml_error(ret_err, node, "%s has members such as %s", what, keys[0]);
	for (uint32_t i = 0; i < node->count; i++) {
		size_t k = 0;

		while (keys[k] && !str_eq(node->keys[i]->text, str_from(keys[k])))
			k++;
		if (!keys[k])
			return yaml_error(ret_err, node->keys[i], "%s has no member '%.64s'", what,
					  node->keys[i]->text.ptr);
	}
	return 0;
}
