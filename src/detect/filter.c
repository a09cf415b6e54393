/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filters (Sigma specification 2.1, "Filters"): reading one, and narrowing rules by
 * them. A rule's condition C with filters F, G becomes
 *
 *	AND( C, OR( expired(F), F ), G )
 *
 * behind all other nodes, so that a rule's witnesses stay what they were or become
 * rarer: a filter never makes a rule match that did not match without it.
 */
#include "detect/filter.h"

#include "base/buf.h"
#include "detect/compile.h"
#include "detect/program.h"

/* -- reading ------------------------------------------------------------------------------------------- */

static int read_rules(const struct yaml_node *section, struct arena *arena, struct filter_info *info,
		      struct err *ret_err)
{
	const struct yaml_node *node = yaml_get(section, "rules");
	const struct yaml_node *const *items =
		node && node->type == YAML_SCALAR
			? &node
			: (const struct yaml_node *const *)(node ? node->items : NULL);
	uint32_t count = !node                         ? 0
			 : node->type == YAML_SCALAR   ? 1
			 : node->type == YAML_SEQUENCE ? node->count
						       : 0;
	struct str *rules = arena_array(arena, struct str, count + 1);

	if (count == 0 || count > FILTER_RULES_MAX)
		return yaml_error(ret_err, node ? node : section,
				  "'rules' of a filter must list 1 to %d ids or names of rules, or be 'any'",
				  FILTER_RULES_MAX);
	for (uint32_t i = 0; i < count; i++) {
		if (items[i]->type != YAML_SCALAR || items[i]->text.len == 0)
			return yaml_error(ret_err, items[i],
					  "an item of 'rules' must be the id or name of a rule");
		info->any |= str_ieq(items[i]->text, STR("any"));
		rules[i] = arena_copy(arena, items[i]->text);
	}
	info->rules = rules;
	info->rule_count = info->any ? 0 : count;
	return 0;
}

static int read_expiry(const struct yaml_node *doc, struct filter_info *info, struct err *ret_err)
{
	const struct yaml_node *node = yaml_get(doc, "expires");

	info->expires = FILTER_NEVER;
	if (!node || yaml_is_null(node))
		return 0;
	if (node->type != YAML_SCALAR || clock_parse(node->text, 0, &info->expires) < 0)
		return yaml_error(ret_err, node,
				  "'expires' must be a date or a time in RFC 3339: 2027-03-01, "
				  "2027-03-01T08:00:00+08:00");
	return 0;
}

/* The section without "rules", which is no selection. */
static int read_condition(const struct yaml_node *section, const struct placeholders *placeholders,
			  struct arena *scratch, struct rule *rule, struct err *ret_err)
{
	struct yaml_node copy = *section;
	struct yaml_node **keys = arena_array(scratch, struct yaml_node *, section->count + 1);
	struct yaml_node **values = arena_array(scratch, struct yaml_node *, section->count + 1);

	copy.count = 0;
	for (uint32_t i = 0; i < section->count; i++) {
		if (str_eq(section->keys[i]->text, STR("rules")))
			continue;
		keys[copy.count] = section->keys[i];
		values[copy.count++] = section->values[i];
	}
	copy.keys = keys;
	copy.values = values;
	return rule_parse_selections(&copy, placeholders, scratch, rule, ret_err);
}

static int read_head(const struct yaml_node *doc, struct arena *arena, struct filter_info *info,
		     struct err *ret_err)
{
	struct {
		const char *key;
		struct str *text;
	} texts[] = {
		{"id", &info->id},
		{"title", &info->title},
		{"author", &info->author},
		{"description", &info->description},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct yaml_node *node = yaml_get(doc, texts[i].key);

		if (node && node->type != YAML_SCALAR)
			return yaml_error(ret_err, node, "'%s' must be a text", texts[i].key);
		*texts[i].text = arena_copy(arena, yaml_text(node, (struct str){0}));
	}
	if (info->title.len == 0)
		return yaml_error(ret_err, doc, "the filter has no 'title'");
	if (info->id.len && !rule_is_uuid(info->id))
		return yaml_error(ret_err, yaml_get(doc, "id"), "the id is not a UUID");
	return 0;
}

int filter_parse(const struct yaml_node *doc, const struct placeholders *placeholders, struct arena *arena,
		 struct arena *scratch, struct filter_info *ret_info, struct rule *ret_rule,
		 struct err *ret_err)
{
	const struct yaml_node *section = yaml_get(doc, "filter");
	struct filter_info info = {.line = doc->line};
	struct rule rule = {0};
	int r;

	if (!section || section->type != YAML_MAPPING)
		return yaml_error(ret_err, section ? section : doc,
				  "'filter' must be a mapping of rules, selections and a condition");
	r = read_head(doc, arena, &info, ret_err);
	if (r == 0)
		r = read_rules(section, arena, &info, ret_err);
	/* A log source may be left out where rules are named: then they are all that counts. */
	if (r == 0 && (yaml_get(doc, "logsource") || info.any))
		r = rule_parse_logsource(doc, arena, &info.logsource, ret_err);
	if (r == 0)
		r = read_expiry(doc, &info, ret_err);
	if (r == 0)
		r = read_condition(section, placeholders, scratch, &rule, ret_err);
	if (r < 0)
		return r;
	*ret_info = info;
	*ret_rule = rule;
	return 0;
}

static int check_new(const struct ruleset *set, const struct yaml_node *doc, const struct filter_info *info,
		     struct err *ret_err)
{
	if (set->filters.len >= FILTERS_MAX)
		return err_set(ret_err, ERR_LIMIT, doc->line, doc->column, "there are more than %d filters",
			       FILTERS_MAX);
	for (size_t i = 0; info->id.len && i < set->filters.len; i++)
		if (str_ieq(set->filters.items[i].info.id, info->id))
			return err_set(ret_err, ERR_DUPLICATE, yaml_get(doc, "id")->line,
				       yaml_get(doc, "id")->column, "the filter in %.*s has the same id",
				       STR_FMT(set->filters.items[i].info.file));
	return 0;
}

int filter_add(struct ruleset *set, struct map *predicates, const struct placeholders *placeholders,
	       const struct yaml_node *doc, struct str file, struct arena *scratch, struct err *ret_err)
{
	struct filter filter = {0};
	struct rule rule;
	int r = filter_parse(doc, placeholders, set->arena, scratch, &filter.info, &rule, ret_err);

	if (r == 0)
		r = check_new(set, doc, &filter.info, ret_err);
	if (r < 0)
		return r;
	filter.info.file = file;
	filter.root = compile_tree(set, predicates, &rule);
	filter.expired = SLOT_NONE;
	if (filter.info.expires != FILTER_NEVER) {
		filter.expired = (uint32_t)set->predicates.len;
		vec_push(&set->predicates, ((struct predicate){.type = PREDICATE_EXPIRED,
							       .slot = SLOT_ANY,
							       .other = SLOT_NONE,
							       .uses = 1,
							       .time = filter.info.expires}));
	}
	vec_push(&set->filters, filter);
	return 0;
}

/* -- narrowing ----------------------------------------------------------------------------------------- */

/* Which filters name a rule: lists under its id or name, in lower case. */
struct naming {
	uint32_t filter, next; /* 1 + index of the next; 0 at the end */
};
struct narrowing {
	struct ruleset *set;
	struct map *names; /* to 1 + index of the first naming */
	struct {
		VEC_OF(struct naming)
	} namings;
	struct {
		VEC_OF(uint32_t)
	} any, found; /* filters: for all rules; for the rule at hand */
	struct buf key;
};

static struct str lower_key(struct buf *key, struct str text)
{
	buf_clear(key);
	for (size_t i = 0; i < text.len; i++)
		buf_add_char(key, char_lower(text.ptr[i]));
	return buf_str(key);
}

static void note_names(struct narrowing *narrowing)
{
	const struct ruleset *set = narrowing->set;

	for (uint32_t i = 0; i < set->filters.len; i++) {
		const struct filter_info *info = &set->filters.items[i].info;

		if (info->any)
			vec_push(&narrowing->any, i);
		for (size_t k = 0; k < info->rule_count; k++) {
			uint64_t *first =
				map_put(narrowing->names, lower_key(&narrowing->key, info->rules[k]), NULL);

			vec_push(&narrowing->namings, ((struct naming){i, (uint32_t)*first}));
			*first = narrowing->namings.len;
		}
	}
}

static bool part_admits(struct str filter, struct str rule)
{
	return filter.len == 0 || str_ieq(filter, rule);
}

/* What the filter states of its log source the rule must state too, the same. */
static bool admits(const struct filter_info *filter, const struct rule_info *rule)
{
	return part_admits(filter->logsource.product, rule->logsource.product) &&
	       part_admits(filter->logsource.category, rule->logsource.category) &&
	       part_admits(filter->logsource.service, rule->logsource.service);
}

bool filter_names(const struct filter_info *filter, const struct rule_info *rule)
{
	bool named = filter->any;

	for (size_t i = 0; !named && i < filter->rule_count; i++)
		named = (rule->id.len && str_ieq(filter->rules[i], rule->id)) ||
			(rule->name.len && str_ieq(filter->rules[i], rule->name));
	return named && rule->kind == RULE_DETECTION && admits(filter, rule);
}

static void consider(struct narrowing *narrowing, uint32_t filter, const struct rule_info *rule)
{
	if (!admits(&narrowing->set->filters.items[filter].info, rule))
		return;
	for (size_t i = 0; i < narrowing->found.len; i++)
		if (narrowing->found.items[i] == filter) /* by name and by id */
			return;
	vec_push(&narrowing->found, filter);
}

static void consider_named(struct narrowing *narrowing, struct str name, const struct rule_info *rule)
{
	const uint64_t *first = name.len ? map_get(narrowing->names, lower_key(&narrowing->key, name)) : NULL;

	for (uint32_t at = first ? (uint32_t)*first : 0; at; at = narrowing->namings.items[at - 1].next)
		consider(narrowing, narrowing->namings.items[at - 1].filter, rule);
}

static uint32_t open_node(struct ruleset *set, enum node_type type, uint32_t operand)
{
	uint32_t at = (uint32_t)set->nodes.len;

	vec_push(&set->nodes, ((struct node){(uint8_t)type, operand, at + 1}));
	return at;
}

static void close_node(struct ruleset *set, uint32_t node)
{
	set->nodes.items[node].end = (uint32_t)set->nodes.len;
}

static void copy_nodes(struct ruleset *set, uint32_t root)
{
	uint32_t end = set->nodes.items[root].end, moved = (uint32_t)set->nodes.len - root;

	for (uint32_t at = root; at < end; at++) {
		struct node node = set->nodes.items[at];

		node.end += moved;
		vec_push(&set->nodes, node);
	}
}

static void narrow(struct narrowing *narrowing, struct compiled_rule *rule)
{
	struct ruleset *set = narrowing->set;
	uint32_t all = open_node(set, NODE_AND, 0);

	copy_nodes(set, rule->root);
	for (size_t i = 0; i < narrowing->found.len; i++) {
		struct filter *filter = &set->filters.items[narrowing->found.items[i]];

		filter->info.applied++;
		if (filter->expired == SLOT_NONE) {
			copy_nodes(set, filter->root);
		} else {
			uint32_t either = open_node(set, NODE_OR, 0);

			open_node(set, NODE_PREDICATE, filter->expired);
			copy_nodes(set, filter->root);
			close_node(set, either);
		}
	}
	close_node(set, all);
	rule->root = all;
}

void filters_apply(struct ruleset *set)
{
	struct narrowing narrowing = {.set = set};

	if (set->filters.len == 0)
		return;
	narrowing.names = map_new();
	note_names(&narrowing);
	for (size_t i = 0; i < set->rules.len; i++) {
		struct compiled_rule *rule = &set->rules.items[i];

		if (rule->info.kind != RULE_DETECTION)
			continue;
		vec_clear(&narrowing.found);
		consider_named(&narrowing, rule->info.id, &rule->info);
		consider_named(&narrowing, rule->info.name, &rule->info);
		for (size_t k = 0; k < narrowing.any.len; k++)
			consider(&narrowing, narrowing.any.items[k], &rule->info);
		if (narrowing.found.len)
			narrow(&narrowing, rule);
	}
	map_free(narrowing.names);
	vec_done(&narrowing.namings);
	vec_done(&narrowing.any);
	vec_done(&narrowing.found);
	buf_done(&narrowing.key);
}

size_t ruleset_filter_count(const struct ruleset *set)
{
	return set->filters.len;
}

const struct filter_info *ruleset_filter(const struct ruleset *set, size_t index)
{
	must(index < set->filters.len);
	return &set->filters.items[index].info;
}
