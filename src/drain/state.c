/* SPDX-License-Identifier: Apache-2.0 */
/* The templates as JSON, for the file they are kept in and for whoever reads it. */
#include <inttypes.h>

#include "base/json.h"
#include "drain/drain_private.h"
#include "event/ip.h"

#define VERSION 1

static const char *const form_names[] = {"text", "syslog", "json"};

static void add_text(struct buf *out, const char *key, struct str text)
{
	buf_printf(out, ",\"%s\":", key);
	buf_add_json_string(out, text);
}

static void save_one(const struct drain_template *item, struct buf *out)
{
	char peer[IP_TEXT_SIZE];

	ip_format(item->peer, peer);
	buf_printf(out, "{\"peer\":\"%s\",\"listener\":%u,\"form\":\"%s\"", peer, item->listener,
		   form_names[item->form]);
	add_text(out, "program", item->program);
	buf_printf(out, ",\"count\":%" PRIu64 ",\"first\":%" PRId64 ",\"last\":%" PRId64 ",\"tokens\":[",
		   item->count, item->first, item->last);
	for (size_t i = 0; i < item->token_count; i++) {
		if (i)
			buf_add_char(out, ',');
		buf_add_json_string(out, item->tokens[i]);
	}
	buf_add_str(out, STR("],\"samples\":["));
	for (size_t i = 0; i < item->sample_count; i++) {
		buf_printf(out, "%s{\"seq\":%" PRIu64, i ? "," : "", item->samples[i].seq);
		add_text(out, "text", item->samples[i].text);
		buf_add_char(out, '}');
	}
	buf_add_str(out, STR("]}"));
}

void drain_save(const struct drain *drain, struct buf *out)
{
	buf_printf(out, "{\"version\":%d,\"templates\":[", VERSION);
	for (size_t i = 0; i < drain->count; i++) {
		buf_add_str(out, i ? STR(",\n") : STR("\n"));
		save_one(&drain->entries[i]->item, out);
	}
	buf_add_str(out, STR("\n]}\n"));
}

static struct str get_text(const struct json_node *object, const char *key)
{
	const struct json_node *node = json_get(object, str_from(key));

	return node && node->type == JSON_STRING ? str_of(node->text, node->len) : (struct str){0};
}

static int64_t get_number(const struct json_node *object, const char *key)
{
	const struct json_node *node = json_get(object, str_from(key));
	int64_t value = 0;

	return node && node->type == JSON_NUMBER && str_to_i64(str_of(node->text, node->len), &value) == 0 &&
			       value > 0
		       ? value
		       : 0;
}

/* False where one of the tokens is none. */
static bool read_tokens(const struct json_node *list, struct tokens *tokens)
{
	tokens->count = 0;
	if (!list || list->type != JSON_ARRAY || !list->count || list->count > DRAIN_TOKENS_MAX)
		return false;
	for (const struct json_node *node = json_first(list); node; node = json_next(list, node)) {
		if (node->type != JSON_STRING || node->len > 2 * DRAIN_TEXT_MAX)
			return false;
		tokens->items[tokens->count++] = str_of(node->text, node->len);
	}
	return true;
}

static void load_samples(struct entry *entry, const struct json_node *list)
{
	const struct json_node *node = list && list->type == JSON_ARRAY ? json_first(list) : NULL;

	for (; node && entry->item.sample_count < DRAIN_SAMPLES; node = json_next(list, node)) {
		const struct str text = str_head(get_text(node, "text"), DRAIN_TEXT_MAX);
		char *copy = malloc(text.len + 1);

		must(copy);
		memcpy(copy, text.len ? text.ptr : "", text.len);
		entry->item.samples[entry->item.sample_count++] =
			(struct drain_sample){(uint64_t)get_number(node, "seq"), str_of(copy, text.len)};
	}
}

static bool load_one(struct drain *drain, const struct json_node *node)
{
	struct drain_line line = {.program = get_text(node, "program"),
				  .listener = (uint16_t)get_number(node, "listener"),
				  .received = get_number(node, "first")};
	const struct str form = get_text(node, "form");
	struct tokens tokens;
	struct entry *entry;
	bool known = false;

	for (uint8_t i = 0; i < 3; i++)
		if (str_eq(form, str_from(form_names[i]))) {
			line.form = i;
			known = true;
		}
	if (node->type != JSON_OBJECT || !known || ip_parse(get_text(node, "peer"), line.peer) < 0 ||
	    !read_tokens(json_get(node, STR("tokens")), &tokens))
		return false;
	entry = drain_make(drain, &line, &tokens);
	entry->item.count = (uint64_t)get_number(node, "count");
	entry->item.last = get_number(node, "last");
	load_samples(entry, json_get(node, STR("samples")));
	return true;
}

int drain_load(struct drain *drain, struct str json)
{
	struct json_parser *parser = json_parser_new();
	const struct json_node *root, *list = NULL, *node;
	int r;

	must(parser);
	r = json_parse(parser, json, &root, NULL);
	if (r == 0 && root->type == JSON_OBJECT && get_number(root, "version") == VERSION)
		list = json_get(root, STR("templates"));
	r = list && list->type == JSON_ARRAY ? 0 : ERR_SYNTAX;
	for (node = r == 0 ? json_first(list) : NULL; node && r == 0; node = json_next(list, node))
		r = load_one(drain, node) ? 0 : ERR_SYNTAX;
	while (r < 0 && drain->count)
		drain_drop(drain);
	json_parser_free(parser);
	return r;
}
