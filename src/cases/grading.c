/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/grading.h"

#include <limits.h>
#include <string.h>

#define CATEGORIES_MAX 512
#define LINES_MAX 256
#define NAMES_MAX 32

struct list {
	struct str items[NAMES_MAX];
	size_t count;
};

/* A line of a table: what must hold, and what it then says. */
struct line {
	struct str says;
	struct list techniques, tactics, criticality;
	int64_t severity, hosts, mlps_level;
};

struct table {
	struct line *lines;
	size_t count;
};

#define GRADES 4
struct cell {
	struct str importance, loss;
	int64_t level;
};

struct grading {
	struct incident_category *categories;
	size_t category_count;
	struct incident_grade grades[GRADES];
	struct table category, importance, loss;
	struct cell cells[LINES_MAX];
	size_t cell_count;
};

/* --- asking --------------------------------------------------------------------------------------------- */

size_t case_rules_category_count(const struct case_rules *rules)
{
	return rules->grading->category_count;
}

const struct incident_category *case_rules_category(const struct case_rules *rules, size_t i)
{
	return &rules->grading->categories[i];
}

const struct incident_category *case_rules_find_category(const struct case_rules *rules, struct str code)
{
	for (size_t i = 0; i < rules->grading->category_count; i++)
		if (str_eq(rules->grading->categories[i].code, code))
			return &rules->grading->categories[i];
	return NULL;
}

const struct incident_grade *case_rules_grade(const struct case_rules *rules, unsigned level)
{
	return level >= 1 && level <= GRADES ? &rules->grading->grades[level - 1] : NULL;
}

/* T1110 stands for T1110.001 too. */
static bool is_technique(struct str have, struct str want)
{
	return str_starts(have, want) && (have.len == want.len || have.ptr[want.len] == '.');
}

static bool is_name(struct str have, struct str want)
{
	return str_eq(have, want);
}

/* The first of have that the list names, empty where none is; *ret_fits also where the list is empty. */
static struct str find(const struct list *list, const struct str *have, size_t count,
		       bool (*same)(struct str have, struct str want), bool *ret_fits)
{
	*ret_fits = !list->count;
	for (size_t i = 0; i < list->count; i++)
		for (size_t j = 0; j < count; j++)
			if (same(have[j], list->items[i])) {
				*ret_fits = true;
				return have[j];
			}
	return (struct str){0};
}

static const struct line *first_line(const struct table *table, const struct facts *facts, struct str *ret_by)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct line *line = &table->lines[i];
		bool technique, tactic, criticality;
		struct str a = find(&line->techniques, facts->techniques, facts->technique_count,
				    is_technique, &technique);
		struct str b = find(&line->tactics, facts->tactics, facts->tactic_count, is_name, &tactic);

		find(&line->criticality, &facts->criticality, 1, is_name, &criticality);
		if (!technique || !tactic || !criticality || (int64_t)facts->severity < line->severity ||
		    facts->hosts < line->hosts || facts->mlps_level < line->mlps_level)
			continue;
		*ret_by = a.len ? a : b;
		return line;
	}
	return NULL;
}

void grading_propose(const struct case_rules *rules, const struct facts *facts, struct proposal *ret_proposal)
{
	const struct grading *grading = rules->grading;
	struct str by = {0}, ignored;
	const struct line *category = first_line(&grading->category, facts, &by);
	const struct line *importance = first_line(&grading->importance, facts, &ignored);
	const struct line *loss = first_line(&grading->loss, facts, &ignored);
	struct proposal proposal = {.by = by};

	if (category)
		proposal.category = category->says;
	if (importance && loss) {
		proposal.importance = importance->says;
		proposal.loss = loss->says;
	}
	for (size_t i = 0; i < grading->cell_count; i++)
		if (str_eq(grading->cells[i].importance, proposal.importance) &&
		    str_eq(grading->cells[i].loss, proposal.loss))
			proposal.level = (unsigned)grading->cells[i].level;
	*ret_proposal = proposal;
}

/* --- reading -------------------------------------------------------------------------------------------- */

static int read_root(const char *folder, const char *name, struct arena *arena, struct yaml_node **ret_root,
		     struct err *ret_err)
{
	struct yaml_node **docs;
	char path[PATH_MAX];
	size_t count;
	int r;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	r = yaml_read_file(path, arena, &docs, &count, ret_err);
	if (ret_err)
		err_set_file(ret_err, path);
	if (r < 0)
		return r;
	if (count != 1 || docs[0]->type != YAML_MAPPING)
		return err_set(ret_err, ERR_SYNTAX, 1, 0, "the file must be one mapping");
	*ret_root = docs[0];
	return 0;
}

static int add_category(struct grading *grading, const struct yaml_node *node, const struct yaml_node *names,
			struct str parent, struct err *ret_err)
{
	struct incident_category *category = &grading->categories[grading->category_count];

	if (grading->category_count == CATEGORIES_MAX)
		return yaml_error(ret_err, node, "there are more than %d categories", CATEGORIES_MAX);
	*category = (struct incident_category){
		.code = yaml_text(yaml_get(node, "code"), (struct str){0}),
		.parent = parent,
		.name = yaml_text(yaml_get(names, "en"), (struct str){0}),
		.name_zh = yaml_text(yaml_get(names, "zh"), (struct str){0}),
		.text = yaml_text(yaml_get(node, "standard_code"), (struct str){0}),
	};
	if (!category->code.len || !category->name.len || !category->name_zh.len)
		return yaml_error(ret_err, node, "a category needs code, zh and en");
	grading->category_count++;
	return 0;
}

static int read_categories(const struct yaml_node *root, struct grading *grading, struct err *ret_err)
{
	const struct yaml_node *list = yaml_get(root, "categories");
	int r = 0;

	for (uint32_t i = 0; list && i < list->count && r == 0; i++) {
		const struct yaml_node *kinds = yaml_get(list->items[i], "kinds");
		struct str parent = yaml_text(yaml_get(list->items[i], "code"), (struct str){0});

		r = add_category(grading, list->items[i], yaml_get(list->items[i], "name"), (struct str){0},
				 ret_err);
		for (uint32_t j = 0; kinds && j < kinds->count && r == 0; j++)
			r = add_category(grading, kinds->items[j], kinds->items[j], parent, ret_err);
	}
	list = yaml_get(root, "levels");
	for (uint32_t i = 0; list && i < list->count && r == 0; i++) {
		const struct yaml_node *name = yaml_get(list->items[i], "name");
		int64_t level = 0;

		if (yaml_int(yaml_get(list->items[i], "level"), &level) < 0 || level < 1 || level > GRADES)
			return yaml_error(ret_err, list->items[i], "level is 1 to %d", GRADES);
		grading->grades[level - 1] = (struct incident_grade){
			(unsigned)level, yaml_text(yaml_get(name, "en"), (struct str){0}),
			yaml_text(yaml_get(name, "zh"), (struct str){0}),
			yaml_text(yaml_get(list->items[i], "text"), (struct str){0})};
	}
	return r;
}

static int read_list(const struct yaml_node *node, const char *name, struct list *list, struct err *ret_err)
{
	const struct yaml_node *items = yaml_get(node, name);

	if (!items)
		return 0;
	if (items->type != YAML_SEQUENCE || items->count > NAMES_MAX)
		return yaml_error(ret_err, items, "%s is a list of at most %d names", name, NAMES_MAX);
	for (uint32_t i = 0; i < items->count; i++)
		list->items[list->count++] = yaml_text(items->items[i], (struct str){0});
	return 0;
}

static int read_count(const struct yaml_node *node, const char *name, int64_t *ret_value, struct err *ret_err)
{
	const struct yaml_node *value = yaml_get(node, name);

	if (value && yaml_int(value, ret_value) < 0)
		return yaml_error(ret_err, value, "%s is a whole number", name);
	return 0;
}

static int read_line(const struct yaml_node *node, const char *says, struct line *line, struct err *ret_err)
{
	const struct yaml_node *severity = yaml_get(node, "severity");
	enum alert_level level = ALERT_INFORMATIONAL;
	int r;

	if (node->type != YAML_MAPPING)
		return yaml_error(ret_err, node, "a line of a table is a mapping");
	if (severity && alert_level_parse(severity->text, &level) < 0)
		return yaml_error(ret_err, severity, "severity is a level of alerts");
	line->severity = level;
	line->says = yaml_text(yaml_get(node, says), (struct str){0});
	r = read_list(node, "techniques", &line->techniques, ret_err);
	if (r == 0)
		r = read_list(node, "tactics", &line->tactics, ret_err);
	if (r == 0 && yaml_get(node, "criticality") && yaml_get(node, "criticality")->type == YAML_SEQUENCE)
		r = read_list(node, "criticality", &line->criticality, ret_err);
	if (r == 0)
		r = read_count(node, "hosts", &line->hosts, ret_err);
	return r < 0 ? r : read_count(node, "mlps_level", &line->mlps_level, ret_err);
}

static int read_table(const struct yaml_node *root, const char *name, const char *says, struct arena *arena,
		      struct table *table, struct err *ret_err)
{
	const struct yaml_node *list = yaml_get(root, name);
	int r = 0;

	if (!list || list->type != YAML_SEQUENCE || list->count > LINES_MAX)
		return err_set(ret_err, ERR_SYNTAX, list ? list->line : 0, 0,
			       "%s is a list of at most %d lines", name, LINES_MAX);
	table->lines = arena_zalloc(arena, sizeof(*table->lines) * (list->count + 1));
	for (uint32_t i = 0; i < list->count && r == 0; i++) {
		r = read_line(list->items[i], says, &table->lines[table->count++], ret_err);
		if (r == 0 && !table->lines[i].says.len)
			r = yaml_error(ret_err, list->items[i], "this line has no %s", says);
	}
	return r;
}

static int read_levels(const struct yaml_node *root, struct grading *grading, struct err *ret_err)
{
	const struct yaml_node *map = yaml_get(root, "levels");

	for (uint32_t i = 0; map && map->type == YAML_MAPPING && i < map->count; i++) {
		const struct yaml_node *row = map->values[i];

		for (uint32_t j = 0; row->type == YAML_MAPPING && j < row->count; j++) {
			struct cell *cell = &grading->cells[grading->cell_count];

			*cell = (struct cell){map->keys[i]->text, row->keys[j]->text, 0};
			if (yaml_int(row->values[j], &cell->level) < 0 || cell->level < 1 ||
			    cell->level > GRADES || ++grading->cell_count == LINES_MAX)
				return yaml_error(ret_err, row->values[j], "level is 1 to %d", GRADES);
		}
	}
	return 0;
}

/* --- the file's own test cases -------------------------------------------------------------------------- */

static void copy_list(const struct list *list, struct str *items, size_t *count)
{
	memcpy(items, list->items, list->count * sizeof(*items));
	*count = list->count;
}

static int try_one(const struct case_rules *rules, const struct yaml_node *node, struct err *ret_err)
{
	struct line given = {.says = {0}};
	struct facts facts = {0};
	struct proposal proposal;
	int64_t level = 0;
	int r = read_line(node, "category", &given, ret_err);

	if (r < 0)
		return r;
	copy_list(&given.techniques, facts.techniques, &facts.technique_count);
	copy_list(&given.tactics, facts.tactics, &facts.tactic_count);
	facts.severity = (enum alert_level)given.severity;
	facts.hosts = given.hosts;
	facts.mlps_level = given.mlps_level;
	facts.criticality = yaml_text(yaml_get(node, "criticality"), (struct str){0});
	grading_propose(rules, &facts, &proposal);
	r = read_count(node, "level", &level, ret_err);
	if (r == 0 && (!str_eq(proposal.category, given.says) || (int64_t)proposal.level != level))
		r = yaml_error(ret_err, node, "this test fails: category %.*s and level %u are proposed",
			       STR_FMT(proposal.category), proposal.level);
	return r;
}

static int check(const struct case_rules *rules, const struct yaml_node *root, struct err *ret_err)
{
	const struct yaml_node *tests = yaml_get(root, "tests");
	const struct table *table = &rules->grading->category;
	int r = 0;

	for (size_t i = 0; i < table->count; i++)
		if (!case_rules_find_category(rules, table->lines[i].says))
			return err_set(ret_err, ERR_UNKNOWN, 0, 0, "there is no category %.*s",
				       STR_FMT(table->lines[i].says));
	for (uint32_t i = 0; tests && tests->type == YAML_SEQUENCE && i < tests->count && r == 0; i++)
		r = try_one(rules, tests->items[i], ret_err);
	return r;
}

int grading_load(const char *folder, struct case_rules *rules, struct err *ret_err)
{
	struct grading *grading = arena_struct(rules->arena, struct grading);
	struct yaml_node *root = NULL;
	int r = read_root(folder, "compliance/categories.yaml", rules->arena, &root, ret_err);

	grading->categories = arena_array(rules->arena, struct incident_category, CATEGORIES_MAX);
	rules->grading = grading;
	if (r == 0)
		r = read_categories(root, grading, ret_err);
	if (r == 0)
		r = read_root(folder, "compliance/grading.yaml", rules->arena, &root, ret_err);
	if (r == 0)
		r = read_table(root, "categories", "category", rules->arena, &grading->category, ret_err);
	if (r == 0)
		r = read_table(root, "importance", "importance", rules->arena, &grading->importance, ret_err);
	if (r == 0)
		r = read_table(root, "loss", "loss", rules->arena, &grading->loss, ret_err);
	if (r == 0)
		r = read_levels(root, grading, ret_err);
	return r < 0 ? r : check(rules, root, ret_err);
}
