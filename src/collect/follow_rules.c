/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/follow_rules.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/yaml.h"
#include "collect/sink.h"

#define LINES_DEFAULT 500
#define BYTES_DEFAULT (256 * 1024)
#define FLUSH_DEFAULT 5
#define FLUSH_MAX 3600

struct follow_rules {
	struct arena *arena; /* of all texts */
	struct follow_rule items[FOLLOW_RULES_MAX];
	size_t count;
};

static int read_globs(const struct yaml_node *value, struct follow_rule *rule, struct err *ret_err)
{
	const struct yaml_node *const single[] = {value};
	const bool list = value->type == YAML_SEQUENCE;
	const struct yaml_node *const *items = list ? (const struct yaml_node *const *)value->items : single;
	const size_t count = list ? value->count : 1;

	if (count < 1 || count > FOLLOW_GLOBS_MAX)
		return yaml_error(ret_err, value, "'files' takes 1 to %d globs", FOLLOW_GLOBS_MAX);
	for (size_t i = 0; i < count; i++) {
		if (items[i]->type != YAML_SCALAR || items[i]->text.len < 1 || items[i]->text.ptr[0] != '/')
			return yaml_error(ret_err, items[i], "a glob is a whole path: it begins with '/'");
		rule->globs[i] = items[i]->text.ptr;
	}
	return 0;
}

static int read_regex(const struct yaml_node *value, struct regex **ret_regex, struct err *ret_err)
{
	struct err err = {0};
	int r;

	if (value->type != YAML_SCALAR || !value->text.len)
		return yaml_error(ret_err, value, "expected a regular expression");
	r = regex_compile(value->text, 0, ret_regex, &err);
	return r < 0 ? yaml_error(ret_err, value, "%s", err.message) : 0;
}

static int read_number(const struct yaml_node *value, int64_t min, int64_t max, int64_t *ret_number,
		       struct err *ret_err)
{
	if (yaml_int(value, ret_number) < 0 || *ret_number < min || *ret_number > max)
		return yaml_error(ret_err, value, "takes a whole number from %lld to %lld", (long long)min,
				  (long long)max);
	return 0;
}

static int read_member(struct str key, const struct yaml_node *value, struct follow_rule *rule,
		       struct err *ret_err)
{
	int64_t number = 0;
	int r;

	if (str_eq(key, STR("files")))
		return read_globs(value, rule, ret_err);
	if (str_eq(key, STR("start")))
		return read_regex(value, &rule->start, ret_err);
	if (str_eq(key, STR("continue")))
		return read_regex(value, &rule->goes_on, ret_err);
	if (str_eq(key, STR("source"))) {
		rule->hint = yaml_text(value, STR(""));
		return rule->hint.len && rule->hint.len <= COLLECT_HINT_MAX
			       ? 0
			       : yaml_error(ret_err, value, "a source's id has 1 to %d bytes",
					    COLLECT_HINT_MAX);
	}
	if (str_eq(key, STR("max_lines"))) {
		r = read_number(value, 1, FOLLOW_LINES_MAX, &number, ret_err);
		rule->max_lines = (size_t)number;
		return r;
	}
	if (str_eq(key, STR("max_bytes"))) {
		r = read_number(value, 1, COLLECT_RECORD_MAX, &number, ret_err);
		rule->max_bytes = (size_t)number;
		return r;
	}
	if (str_eq(key, STR("flush"))) {
		r = read_number(value, 1, FLUSH_MAX, &number, ret_err);
		rule->flush = (unsigned)number;
		return r;
	}
	return yaml_error(ret_err, value,
			  "'%.*s' is none of files, source, start, continue, max_lines, max_bytes, flush",
			  STR_FMT(key));
}

static int read_rule(const struct yaml_node *node, struct follow_rule *rule, struct err *ret_err)
{
	int r = 0;

	if (node->type != YAML_MAPPING)
		return yaml_error(ret_err, node, "a rule is a mapping with 'files'");
	*rule = (struct follow_rule){
		.max_lines = LINES_DEFAULT, .max_bytes = BYTES_DEFAULT, .flush = FLUSH_DEFAULT};
	for (uint32_t i = 0; i < node->count && r == 0; i++)
		r = read_member(node->keys[i]->text, node->values[i], rule, ret_err);
	if (r == 0 && !rule->globs[0])
		r = yaml_error(ret_err, node, "a rule needs 'files'");
	if (r == 0 && rule->start && rule->goes_on)
		r = yaml_error(ret_err, node, "'start' and 'continue' exclude each other");
	return r;
}

static int read_rules(const struct yaml_node *node, struct follow_rules *rules, struct err *ret_err)
{
	int r = 0;

	if (yaml_is_null(node))
		return 0;
	if (node->type != YAML_SEQUENCE || node->count > FOLLOW_RULES_MAX)
		return yaml_error(ret_err, node, "expected a list of at most %d rules", FOLLOW_RULES_MAX);
	for (uint32_t i = 0; i < node->count && r == 0; i++)
		r = read_rule(node->items[i], &rules->items[rules->count++], ret_err);
	return r;
}

int follow_rules_parse(struct str text, struct follow_rules **ret_rules, struct err *ret_err)
{
	struct follow_rules *rules = calloc(1, sizeof(*rules));
	struct yaml_node **docs;
	size_t count;
	int r;

	must(rules);
	rules->arena = arena_new(0);
	r = yaml_parse(text, rules->arena, &docs, &count, ret_err);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = i ? yaml_error(ret_err, docs[i], "one document, not more")
		      : read_rules(docs[i], rules, ret_err);
	if (r < 0)
		follow_rules_free(rules);
	else
		*ret_rules = rules;
	return r;
}

int follow_rules_read(const char *path, struct follow_rules **ret_rules, struct err *ret_err)
{
	struct buf text = {0};
	int r = io_read_file(path, FOLLOW_RULES_BYTES, &text);

	if (r < 0)
		err_set(ret_err, r, 0, 0, "%s", err_text(r));
	else
		r = follow_rules_parse(buf_str(&text), ret_rules, ret_err);
	if (r < 0 && ret_err)
		err_set_file(ret_err, path);
	buf_done(&text);
	return r;
}

void follow_rules_free(struct follow_rules *rules)
{
	if (!rules)
		return;
	for (size_t i = 0; i < rules->count; i++) {
		regex_free(rules->items[i].start);
		regex_free(rules->items[i].goes_on);
	}
	arena_free(rules->arena);
	free(rules);
}

const struct follow_rule *follow_rules_find(const struct follow_rules *rules, const char *path)
{
	for (size_t i = 0; rules && i < rules->count; i++)
		for (size_t k = 0; rules->items[i].globs[k]; k++)
			if (fnmatch(rules->items[i].globs[k], path, FNM_PATHNAME) == 0)
				return &rules->items[i];
	return NULL;
}
