/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/compile.h"

#include "base/vec.h"
#include "parse/set.h"
#include "parse/steps.h"

#define DISTANCE_MAX 40 /* letters of a key that are compared */
#define TABLE_MAX 8192

/* Levenshtein's distance, to find what was probably meant. */
static unsigned distance(struct str a, struct str b)
{
	unsigned row[DISTANCE_MAX + 1], diagonal, above;

	a = str_head(a, DISTANCE_MAX);
	b = str_head(b, DISTANCE_MAX);
	for (unsigned j = 0; j <= b.len; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a.len; i++) {
		diagonal = row[0];
		row[0] = i;
		for (unsigned j = 1; j <= b.len; j++) {
			unsigned best = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);

			above = row[j];
			if (above + 1 < best)
				best = above + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = above;
			row[j] = best;
		}
	}
	return row[b.len];
}

static int unknown_key(struct compiler *c, const struct yaml_node *key, const char *const *allowed)
{
	const char *nearest = NULL;
	unsigned best = ~0u;

	for (size_t i = 0; allowed[i]; i++) {
		unsigned d = distance(key->text, str_from(allowed[i]));

		if (d < best) {
			best = d;
			nearest = allowed[i];
		}
	}
	if (nearest && best <= 3 && best < key->text.len)
		return compile_error(c, key, "unknown key '%.*s'; did you mean '%s'?",
				     STR_FMT(str_head(key->text, 60)), nearest);
	return compile_error(c, key, "unknown key '%.*s'", STR_FMT(str_head(key->text, 60)));
}

int compile_keys(struct compiler *c, const struct yaml_node *node, const char *const *allowed)
{
	if (node->type != YAML_MAPPING)
		return compile_error(c, node, "a mapping is expected here");
	for (uint32_t i = 0; i < node->count; i++) {
		bool known = false;

		for (size_t k = 0; allowed[k] && !known; k++)
			known = str_eq(node->keys[i]->text, str_from(allowed[k]));
		if (!known)
			return unknown_key(c, node->keys[i], allowed);
	}
	return 0;
}

int compile_text(struct compiler *c, const struct yaml_node *node, const char *what, struct str *ret_text)
{
	if (node->type != YAML_SCALAR)
		return compile_error(c, node, "%s must be a text", what);
	*ret_text = node->text;
	return 0;
}

int compile_list(struct compiler *c, const struct yaml_node *node, const char *what, size_t max,
		 struct str_list *ret_list)
{
	size_t count = node->type == YAML_SEQUENCE ? node->count : 1;
	struct str *items;
	int r = 0;

	if (count > max)
		return compile_error(c, node, "%s has more than %zu entries", what, max);
	items = arena_array(c->arena, struct str, count);
	for (size_t i = 0; i < count && r == 0; i++)
		r = compile_text(c, node->type == YAML_SEQUENCE ? node->items[i] : node, what, &items[i]);
	if (r == 0)
		*ret_list = (struct str_list){items, count};
	return r;
}

int compile_bool(struct compiler *c, const struct yaml_node *node, bool fallback, bool *ret_value)
{
	if (!node)
		*ret_value = fallback;
	else if (yaml_bool(node, ret_value) < 0)
		return compile_error(c, node, "true or false is expected here");
	return 0;
}

int compile_char(struct compiler *c, const struct yaml_node *node, char fallback, char *ret_char)
{
	if (!node)
		*ret_char = fallback;
	else if (node->type == YAML_SCALAR && str_eq(node->text, STR("\\t")))
		*ret_char = '\t';
	else if (node->type == YAML_SCALAR && node->text.len == 1)
		*ret_char = node->text.ptr[0];
	else
		return compile_error(c, node, "a single character is expected here");
	return 0;
}

static const struct {
	const char *name;
	struct operand operand;
} pseudo_operands[] = {
	{"$raw", {.kind = OPERAND_RAW, .field = FIELD_NONE}},
	{"$text", {.kind = OPERAND_TEXT, .field = FIELD_NONE}},
	{"sigma.product", {.kind = OPERAND_SIGMA, .part = 0, .field = FIELD_NONE}},
	{"sigma.category", {.kind = OPERAND_SIGMA, .part = 1, .field = FIELD_NONE}},
	{"sigma.service", {.kind = OPERAND_SIGMA, .part = 2, .field = FIELD_NONE}},
};

int compile_operand(struct compiler *c, const struct yaml_node *node, struct operand *ret_operand)
{
	struct str name = {0};
	uint16_t slot;
	int r = compile_text(c, node, "the name of an attribute or field", &name);

	if (r < 0)
		return r;
	if (!name.len)
		return compile_error(c, node, "a name is empty");
	for (size_t i = 0; i < sizeof(pseudo_operands) / sizeof(pseudo_operands[0]); i++)
		if (str_eq(name, str_from(pseudo_operands[i].name))) {
			*ret_operand = pseudo_operands[i].operand;
			return 0;
		}
	slot = names_slot(&c->source->names, name);
	if (!slot)
		return compile_error(c, node, "a source may name at most %d attributes", SLOTS_MAX);
	*ret_operand = (struct operand){.slot = slot, .kind = OPERAND_ATTR, .field = field_by_name(name)};
	return 0;
}

int compile_operands(struct compiler *c, const struct yaml_node *node, struct operands *ret_operands)
{
	size_t count = node->type == YAML_SEQUENCE ? node->count : 1;
	struct operand *items;
	int r = 0;

	if (count == 0 || count > FROM_MAX)
		return compile_error(c, node, "1 to %d names are expected here", FROM_MAX);
	items = arena_array(c->arena, struct operand, count);
	for (size_t i = 0; i < count && r == 0; i++)
		r = compile_operand(c, node->type == YAML_SEQUENCE ? node->items[i] : node, &items[i]);
	if (r == 0)
		*ret_operands = (struct operands){items, count};
	return r;
}

int compile_column(struct compiler *c, const struct yaml_node *node, struct str name,
		   struct column *ret_column)
{
	uint16_t slot = names_slot(&c->source->names, name);

	if (!slot)
		return compile_error(c, node, "a source may name at most %d attributes", SLOTS_MAX);
	*ret_column = (struct column){name, hash_str(name), slot, name.len && name.ptr[0] == '_'};
	return 0;
}

bool table_key(struct str key, char *buf, struct str *ret_key)
{
	if (key.len > TABLE_KEY_MAX)
		return false;
	for (size_t i = 0; i < key.len; i++)
		buf[i] = char_lower(key.ptr[i]);
	*ret_key = str_of(buf, key.len);
	return true;
}

size_t table_find(const struct table *table, struct str key)
{
	char buf[TABLE_KEY_MAX];
	const uint64_t *index = NULL;

	if (table->marks & table_mark(key) && table_key(key, buf, &key))
		index = map_get(table->index, key);
	if (index)
		return *index;
	return table->has_fallback ? table->count : TABLE_NONE;
}

int compile_table(struct compiler *c, const struct yaml_node *node, const struct table **ret_table)
{
	struct table *table = arena_struct(c->arena, struct table);
	struct str *values, key;
	char buf[TABLE_KEY_MAX];
	int r;

	if (node->type != YAML_MAPPING || node->count > TABLE_MAX)
		return compile_error(c, node, "a table is a mapping of at most %d texts", TABLE_MAX);
	values = arena_array(c->arena, struct str, node->count + 1);
	table->index = source_set_map(c->set);
	table->count = node->count;
	for (uint32_t i = 0; i < node->count; i++) {
		bool fresh;

		if (!table_key(node->keys[i]->text, buf, &key))
			return compile_error(c, node->keys[i], "a table's key has at most %d bytes",
					     TABLE_KEY_MAX);
		table->marks |= table_mark(key);
		*map_put(table->index, key, &fresh) = i;
		if (!fresh)
			return compile_error(c, node->keys[i],
					     "this key is in the table twice (case does not count)");
		r = compile_text(c, node->values[i], "a table's value", &values[i]);
		if (r < 0)
			return r;
	}
	table->values = values;
	*ret_table = table;
	return 0;
}

int compile_zone(struct compiler *c, const struct yaml_node *node, int64_t *ret_zone)
{
	if (node->type != YAML_SCALAR || date_zone_parse(node->text, ret_zone) < 0)
		return compile_error(c, node, "a zone is written \"+08:00\" or UTC");
	return 0;
}

/* One that another place has asked for; NULL where there is none. */
static const struct regex *find_regex(const struct source_set *set, struct str pattern)
{
	for (size_t i = set->regexes.len; i > 0; i--)
		if (str_eq(regex_pattern(set->regexes.items[i - 1]), pattern))
			return set->regexes.items[i - 1];
	return NULL;
}

int compile_regex(struct compiler *c, const struct yaml_node *node, const struct regex **ret_regex)
{
	struct err reason = {0};
	struct regex *regex = NULL;
	struct str pattern = {0};
	int r = compile_text(c, node, "a pattern", &pattern);

	if (r < 0)
		return r;
	*ret_regex = find_regex(c->set, pattern);
	if (*ret_regex && regex_groups(*ret_regex) <= REGEX_GROUPS_MAX)
		return 0;
	if (regex_compile(pattern, REGEX_DOTALL, &regex, &reason) < 0)
		return compile_error(c, node, "pattern: %s", reason.message);
	vec_push(&c->set->regexes, regex);
	if (regex_groups(regex) > REGEX_GROUPS_MAX)
		return compile_error(c, node, "the pattern has more than %d groups", REGEX_GROUPS_MAX);
	*ret_regex = regex;
	return 0;
}
