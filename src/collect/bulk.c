/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/bulk.h"

static const struct bulk_error no_action = {400, "illegal_argument_exception",
					    "Malformed action/metadata line: expected an object with one of "
					    "index, create, update, delete"};
static const struct bulk_error not_supported = {400, "illegal_argument_exception",
						"logs are only added: use index or create"};
static const struct bulk_error no_index = {400, "action_request_validation_exception",
					   "Validation Failed: 1: index is missing;"};
static const struct bulk_error bad_index = {400, "invalid_index_name_exception",
					    "Invalid index name: 1 to 255 bytes without control characters, "
					    "spaces and any of \\ / * ? \" < > | , #"};
static const struct bulk_error bad_id = {400, "action_request_validation_exception",
					 "Validation Failed: 1: id is longer than 512 bytes;"};
static const struct bulk_error no_document = {400, "action_request_validation_exception",
					      "Validation Failed: 1: the document is missing;"};
static const struct bulk_error bad_document = {400, "document_parsing_exception",
					       "failed to parse: the document is no JSON object"};
static const struct bulk_error long_document = {413, "illegal_argument_exception",
						"the document is longer than a record may be"};

static const struct {
	struct str key;
	const char *name;
	bool has_document;
	const struct bulk_error *error;
} actions[] = {
	{{"index", 5}, "index", true, NULL},
	{{"create", 6}, "create", true, NULL},
	{{"update", 6}, "update", true, &not_supported},
	{{"delete", 6}, "delete", false, &not_supported},
};

void bulk_init(struct bulk *bulk, struct str body, struct str default_index, size_t document_max,
	       struct json_parser *json, struct arena *arena)
{
	*bulk = (struct bulk){body, body, default_index, document_max, json, arena};
}

static bool next_line(struct bulk *bulk, struct str *ret_line)
{
	return str_split(&bulk->rest, '\n', ret_line);
}

/* The text of a string or number member, or an empty view. It stays valid: a decoded one is copied. */
static struct str member_text(struct bulk *bulk, const struct json_node *object, struct str key)
{
	const struct json_node *node = json_get(object, key);
	struct str text;

	if (!node || (node->type != JSON_STRING && node->type != JSON_NUMBER))
		return (struct str){0};
	text = str_of(node->text, node->len);
	if (text.ptr >= bulk->body.ptr && text.ptr < bulk->body.ptr + bulk->body.len)
		return text;
	return arena_copy(bulk->arena, text);
}

/* Fills action, index and id. False where the line is no action line. */
static bool parse_action(struct bulk *bulk, struct str line, struct bulk_item *item, bool *ret_has_document)
{
	const struct json_node *root, *key, *meta;

	if (json_parse(bulk->json, line, &root, NULL) < 0 || root->type != JSON_OBJECT || root->count != 1)
		return false;
	key = json_first(root);
	meta = json_next(root, key);
	if (meta->type != JSON_OBJECT)
		return false;
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (!str_eq(str_of(key->text, key->len), actions[i].key))
			continue;
		item->action = actions[i].name;
		item->error = actions[i].error;
		item->index = member_text(bulk, meta, STR("_index"));
		item->id = member_text(bulk, meta, STR("_id"));
		*ret_has_document = actions[i].has_document;
		return true;
	}
	return false;
}

/* After a line that is no action: drops the next one, unless it is an action line itself. */
static void skip_lost_document(struct bulk *bulk)
{
	struct str before = bulk->rest, line;
	struct bulk_item item;
	bool has_document;

	if (next_line(bulk, &line) && parse_action(bulk, line, &item, &has_document))
		bulk->rest = before;
}

static bool is_index_name(struct str name)
{
	if (name.len > BULK_INDEX_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)name.ptr[i] <= ' ' || strchr("\\/*?\"<>|,#\x7f", name.ptr[i]))
			return false;
	return true;
}

/* A document deeper or larger than our parser goes is kept: whoever parses records deals with it. */
static bool is_object(struct bulk *bulk, struct str document)
{
	const struct json_node *root;
	int r = json_parse(bulk->json, document, &root, NULL);

	return r == 0 ? root->type == JSON_OBJECT : r == ERR_LIMIT;
}

const struct bulk_error *bulk_check(struct bulk *bulk, struct str index, struct str document)
{
	if (!index.len)
		return &no_index;
	if (!is_index_name(index))
		return &bad_index;
	if (document.len > bulk->document_max)
		return &long_document;
	return is_object(bulk, document) ? NULL : &bad_document;
}

bool bulk_next(struct bulk *bulk, struct bulk_item *ret_item)
{
	struct bulk_item item = {.action = "index"};
	bool has_document = false;
	struct str line;

	do {
		if (!next_line(bulk, &line))
			return false;
	} while (!str_trim(line).len);
	if (!parse_action(bulk, line, &item, &has_document)) {
		item.error = &no_action;
		skip_lost_document(bulk);
	} else if (has_document && !next_line(bulk, &line)) {
		item.error = &no_document;
	}
	if (!item.index.len)
		item.index = bulk->default_index;
	if (!item.error && item.id.len > BULK_ID_MAX)
		item.error = &bad_id;
	if (!item.error) {
		item.document = str_trim(line);
		item.error = bulk_check(bulk, item.index, item.document);
	}
	*ret_item = item;
	return true;
}

struct str bulk_hint(struct str index, size_t max)
{
	struct str hint = str_starts(index, STR("wanglou-")) ? str_from_offset(index, 8) : index;

	if (hint.len <= max)
		return hint;
	while (max && ((unsigned char)hint.ptr[max] & 0xc0) == 0x80) /* not within a UTF-8 sequence */
		max--;
	return str_head(hint, max);
}
