/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rule's own section: title, id, level, log source, tags … (Sigma rules
 * specification 2.0, "Components").
 */
#include "base/buf.h"
#include "base/words.h"
#include "detect/correlation_source.h"

#define TITLE_MAX 256 /* characters, by the specification; bytes here are up to four times that */

#define LOGSOURCE_MAX 200

static const char *const level_names[] = {"informational", "low", "medium", "high", "critical"};
static const char *const status_names[] = {"stable", "test", "experimental", "deprecated", "unsupported"};

const char *rule_level_name(enum rule_level level)
{
	return level_names[level];
}

/* Index of text in names, or -1. */
static int find_name(const char *const *names, size_t count, struct str text)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(str_from(names[i]), text))
			return (int)i;
	return -1;
}

#define name_index(names, text) find_name((names), sizeof(names) / sizeof((names)[0]), (text))

/* RFC 9562 section 4: 8-4-4-4-12 hexadecimal digits. */
bool rule_is_uuid(struct str text)
{
	if (text.len != 36)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text.ptr[i] != '-'
			 : !char_is_digit(text.ptr[i]) && (unsigned char)(char_lower(text.ptr[i]) - 'a') >= 6)
			return false;
	}
	return true;
}

/* An optional text; a value of another shape is an error. */
static int read_text(const struct yaml_node *doc, const char *key, struct arena *arena, struct str *ret_text,
		     struct err *ret_err)
{
	const struct yaml_node *node = yaml_get(doc, key);

	if (node && node->type != YAML_SCALAR)
		return yaml_error(ret_err, node, "'%s' must be a text", key);
	*ret_text = arena_copy(arena, yaml_text(node, (struct str){0}));
	return 0;
}

static int read_strings(const struct yaml_node *node, const char *what, struct arena *arena,
			const struct str **ret_texts, size_t *ret_count, struct err *ret_err)
{
	struct str *texts;

	if (node->type != YAML_SEQUENCE)
		return yaml_error(ret_err, node, "'%s' must be a list", what);
	texts = arena_array(arena, struct str, node->count + 1);
	for (uint32_t i = 0; i < node->count; i++) {
		if (node->items[i]->type != YAML_SCALAR)
			return yaml_error(ret_err, node->items[i], "an item of '%s' must be a text", what);
		texts[i] = arena_copy(arena, node->items[i]->text);
	}
	*ret_texts = texts;
	*ret_count = node->count;
	return 0;
}

/* The texts of a list, a line each; what is no list of texts says nothing. */
static struct str read_lines(const struct yaml_node *doc, const char *key, struct arena *arena)
{
	const struct yaml_node *node = yaml_get(doc, key);
	struct buf lines = {0};
	struct str text;

	for (uint32_t i = 0; node && node->type == YAML_SEQUENCE && i < node->count; i++) {
		if (node->items[i]->type != YAML_SCALAR || !node->items[i]->text.len)
			continue;
		if (lines.len)
			buf_add_char(&lines, '\n');
		buf_add_str(&lines, node->items[i]->text);
	}
	text = arena_copy(arena, buf_str(&lines));
	buf_done(&lines);
	return text;
}

static int read_tags(const struct yaml_node *doc, struct arena *arena, struct rule_info *info,
		     struct err *ret_err)
{
	const struct yaml_node *node = yaml_get(doc, "tags");

	if (!node || yaml_is_null(node))
		return 0;
	return read_strings(node, "tags", arena, &info->tags, &info->tag_count, ret_err);
}

/* Units of Sigma's "timespan". */
static const struct {
	char letter;
	int64_t span;
} time_units[] = {
	{'s', CLOCK_SECOND}, {'m', CLOCK_MINUTE},  {'h', CLOCK_HOUR},
	{'d', CLOCK_DAY},    {'w', 7 * CLOCK_DAY}, {'M', 30 * CLOCK_DAY},
};

int rule_parse_timespan(const struct yaml_node *node, int64_t *ret_span, struct err *ret_err)
{
	struct str text = yaml_text(node, (struct str){0});
	uint64_t number;

	for (size_t i = 0; text.len > 1 && i < sizeof(time_units) / sizeof(time_units[0]); i++) {
		if (text.ptr[text.len - 1] != time_units[i].letter)
			continue;
		if (str_to_u64(str_of(text.ptr, text.len - 1), &number) < 0 || number == 0 ||
		    number > (uint64_t)(RULE_TIMESPAN_MAX / time_units[i].span))
			break;
		*ret_span = (int64_t)number * time_units[i].span;
		return 0;
	}
	return yaml_error(ret_err, node,
			  "a span of time is a number and one of s m h d w M, at most 366 days: 15m, 24h");
}

/* suppress: {by: [fields], for: 1h} */
int rule_parse_suppress(const struct yaml_node *node, struct arena *arena, struct rule_suppress *ret_suppress,
			struct err *ret_err)
{
	struct rule_suppress suppress = {0};
	int r = 0;

	if (!node || yaml_is_null(node))
		return 0;
	if (node->type != YAML_MAPPING || !yaml_get(node, "for"))
		return yaml_error(ret_err, node, "'suppress' must be a mapping with 'for' and maybe 'by'");
	if (yaml_get(node, "by"))
		r = read_strings(yaml_get(node, "by"), "by", arena, &suppress.by, &suppress.by_count,
				 ret_err);
	if (r == 0)
		r = rule_parse_timespan(yaml_get(node, "for"), &suppress.span, ret_err);
	if (r == 0)
		*ret_suppress = suppress;
	return r;
}

int rule_parse_logsource(const struct yaml_node *doc, struct arena *arena, struct logsource *ret_source,
			 struct err *ret_err)
{
	const struct yaml_node *node = yaml_get(doc, "logsource");
	int r;

	if (!node)
		return yaml_error(ret_err, doc, "the rule has no 'logsource'");
	if (node->type != YAML_MAPPING)
		return yaml_error(ret_err, node,
				  "'logsource' must be a mapping of product, category, service");
	r = read_text(node, "product", arena, &ret_source->product, ret_err);
	if (r == 0)
		r = read_text(node, "category", arena, &ret_source->category, ret_err);
	if (r == 0)
		r = read_text(node, "service", arena, &ret_source->service, ret_err);
	if (r == 0 &&
	    ret_source->product.len + ret_source->category.len + ret_source->service.len > LOGSOURCE_MAX)
		r = yaml_error(ret_err, node, "the texts of 'logsource' are longer than %d bytes",
			       LOGSOURCE_MAX);
	if (r == 0 && !ret_source->product.len && !ret_source->category.len && !ret_source->service.len)
		r = yaml_error(ret_err, node, "'logsource' names no product, category or service");
	return r;
}

static int check_info(const struct yaml_node *doc, struct rule_info *info, struct err *ret_err)
{
	struct str level = yaml_text(yaml_get(doc, "level"), STR("medium"));
	int index = name_index(level_names, level);

	if (info->title.len == 0)
		return yaml_error(ret_err, doc, "the rule has no 'title'");
	if (info->title.len > 4 * TITLE_MAX)
		return yaml_error(ret_err, yaml_get(doc, "title"), "the title is longer than %d characters",
				  TITLE_MAX);
	if (info->title_zh.len > 4 * TITLE_MAX)
		return yaml_error(ret_err, yaml_get(doc, "title_zh"),
				  "the title is longer than %d characters", TITLE_MAX);
	if (info->id.len && !rule_is_uuid(info->id))
		return yaml_error(ret_err, yaml_get(doc, "id"), "the id is not a UUID");
	if (info->status.len && name_index(status_names, info->status) < 0)
		return yaml_error(
			ret_err, yaml_get(doc, "status"),
			"the status is none of stable, test, experimental, deprecated, unsupported");
	if (index < 0)
		return yaml_error(ret_err, yaml_get(doc, "level"),
				  "the level is none of informational, low, medium, high, critical");
	info->level = (enum rule_level)index;
	return 0;
}

/* Documents that are Sigma but no detection rules. */
static int refuse_other_kinds(const struct yaml_node *doc, struct err *ret_err)
{
	static const struct {
		const char *key, *message;
	} kinds[] = {
		{"action", WORDS("collections with 'action' are not supported: Sigma 2 has none, write each "
				 "rule whole")},
	};

	if (doc->type != YAML_MAPPING)
		return yaml_error(ret_err, doc, "a rule must be a mapping");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct yaml_node *node = yaml_get(doc, kinds[i].key);

		if (node)
			return yaml_error(ret_err, node, "%s", words_of(kinds[i].message));
	}
	return 0;
}

static int read_detection(const struct yaml_node *doc, const struct placeholders *placeholders,
			  struct arena *arena, struct arena *scratch, struct rule *rule, struct err *ret_err)
{
	int r = rule_parse_logsource(doc, arena, &rule->info.logsource, ret_err);

	return r < 0 ? r : rule_parse_detection(doc, placeholders, scratch, rule, ret_err);
}

int rule_parse(const struct yaml_node *doc, const struct placeholders *placeholders, struct arena *arena,
	       struct arena *scratch, struct rule *ret_rule, struct err *ret_err)
{
	struct rule rule = {0};
	struct {
		const char *key;
		struct str *text;
	} texts[] = {
		{"id", &rule.info.id},
		{"title", &rule.info.title},
		{"name", &rule.info.name},
		{"title_zh", &rule.info.title_zh},
		{"next_steps", &rule.info.next_steps},
		{"next_steps_zh", &rule.info.next_steps_zh},
		{"description", &rule.info.description},
		{"description_zh", &rule.info.description_zh},
		{"author", &rule.info.author},
		{"license", &rule.info.license},
		{"status", &rule.info.status},
	};
	int r = refuse_other_kinds(doc, ret_err);

	rule.info.false_positives = read_lines(doc, "falsepositives", arena);
	rule.info.false_positives_zh = read_lines(doc, "falsepositives_zh", arena);
	for (size_t i = 0; r == 0 && i < sizeof(texts) / sizeof(texts[0]); i++)
		r = read_text(doc, texts[i].key, arena, texts[i].text, ret_err);
	if (r == 0)
		r = check_info(doc, &rule.info, ret_err);
	if (r == 0)
		r = read_tags(doc, arena, &rule.info, ret_err);
	if (r == 0)
		r = rule_parse_suppress(yaml_get(doc, "suppress"), arena, &rule.info.suppress, ret_err);
	if (r == 0 && yaml_get(doc, "correlation"))
		r = correlation_parse(doc, arena, &rule, ret_err);
	else if (r == 0)
		r = read_detection(doc, placeholders, arena, scratch, &rule, ret_err);
	if (r == 0)
		r = rule_parse_tests(yaml_get(doc, "tests"), arena, &rule, ret_err);
	if (r == 0)
		*ret_rule = rule;
	return r;
}
