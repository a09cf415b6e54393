/* SPDX-License-Identifier: Apache-2.0 */
#include "reporting/deadlines.h"

#include <errno.h>
#include <limits.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/io.h"
#include "reporting/private.h"

#define TEXT_MAX 500 /* bytes of a name or a title */
#define NOTE_MAX 2000
#define SOURCES_MAX 64
#define LEVEL_MAX 4
#define AGAIN_MAX 100

/* --- names --------------------------------------------------------------------------------------------- */

static const struct {
	enum reporting_stage stage;
	const char *name, *chinese;
} stages[] = {
#define STAGE(id, n, name, chinese) {REPORTING_##id, name, chinese},
	REPORTING_STAGES(STAGE)
#undef STAGE
};

const char *reporting_stage_name(enum reporting_stage stage)
{
	return stages[stage - REPORTING_INITIAL].name;
}

const char *reporting_stage_chinese(enum reporting_stage stage)
{
	return stages[stage - REPORTING_INITIAL].chinese;
}

int reporting_stage_parse(struct str name, enum reporting_stage *ret_stage)
{
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
		if (str_eq(name, str_from(stages[i].name))) {
			*ret_stage = stages[i].stage;
			return 0;
		}
	return ERR_UNKNOWN;
}

static const char *const sinces[] = {
	[SINCE_DISCOVERED] = "discovered", [SINCE_KNOWN] = "known", [SINCE_HANDLED] = "handled"};

const char *reporting_since_name(enum reporting_since since)
{
	return sinces[since];
}

/* --- reading ------------------------------------------------------------------------------------------- */

struct reader {
	struct deadlines *deadlines;
	struct deadline_source sources[SOURCES_MAX], *kept;
	size_t source_count;
	struct deadline_rule *rules;
	int64_t zone;
	struct err *err;
};

static int read_date(struct reader *reader, const struct yaml_node *node, const char *key, int64_t *ret_time)
{
	struct str text = {0};
	int r = node_text(node, key, 40, false, &text, reader->err);

	if (r < 0 || !text.len)
		return r;
	if (text.len != 10 || clock_parse(text, reader->zone, ret_time) < 0)
		return yaml_error(reader->err, node, "%s is a day such as 2025-11-01", key);
	return 0;
}

static int read_source(struct reader *reader, const struct yaml_node *node)
{
	static const char *const keys[] = {"id", "title", "from", "to", "note", NULL};
	struct deadline_source *source = &reader->sources[reader->source_count];
	int r = yaml_keys(node, "a source", keys, reader->err);

	if (r == 0)
		r = node_text(node, "id", 64, true, &source->id, reader->err);
	if (r == 0)
		r = node_text(node, "title", TEXT_MAX, true, &source->title, reader->err);
	if (r == 0)
		r = read_date(reader, node, "from", &source->from);
	if (r == 0)
		r = read_date(reader, node, "to", &source->to);
	for (size_t i = 0; r == 0 && i < reader->source_count; i++)
		if (str_eq(reader->sources[i].id, source->id))
			r = yaml_error(reader->err, node, "two sources are called '%s'", source->id.ptr);
	reader->source_count++;
	return r;
}

static int read_levels(struct reader *reader, const struct yaml_node *node, struct deadline_rule *rule)
{
	int64_t level;

	if (!node)
		return 0;
	if (node->type != YAML_SEQUENCE || !node->count)
		return yaml_error(reader->err, node, "level is a list of 1 (特别重大) to 4 (一般)");
	rule->levels = 0;
	for (uint32_t i = 0; i < node->count; i++) {
		if (yaml_int(node->items[i], &level) < 0 || level < 1 || level > LEVEL_MAX)
			return yaml_error(reader->err, node->items[i], "a level is 1 to %d", LEVEL_MAX);
		rule->levels |= 1u << level;
	}
	return 0;
}

static int read_categories(struct reader *reader, const struct yaml_node *node, struct deadline_rule *rule)
{
	if (!node)
		return 0;
	if (node->type != YAML_SEQUENCE || !node->count || node->count > DEADLINES_CATEGORIES_MAX)
		return yaml_error(reader->err, node, "category is a list of at most %d codes",
				  DEADLINES_CATEGORIES_MAX);
	for (uint32_t i = 0; i < node->count; i++) {
		if (node->items[i]->type != YAML_SCALAR || !node->items[i]->text.len)
			return yaml_error(reader->err, node->items[i], "a category is a code");
		rule->categories[rule->category_count++] = node->items[i]->text;
	}
	return 0;
}

static int read_when(struct reader *reader, const struct yaml_node *node, struct deadline_rule *rule)
{
	static const char *const keys[] = {"level", "category", "affiliation", "critical", "mlps", NULL};
	const struct yaml_node *critical, *mlps;
	bool is_critical;
	int64_t level;
	int r;

	if (!node)
		return 0;
	r = yaml_keys(node, "when", keys, reader->err);
	if (r == 0)
		r = read_levels(reader, yaml_get(node, "level"), rule);
	if (r == 0)
		r = read_categories(reader, yaml_get(node, "category"), rule);
	if (r == 0)
		r = node_text(node, "affiliation", 64, false, &rule->affiliation, reader->err);
	critical = yaml_get(node, "critical");
	if (r == 0 && critical) {
		r = yaml_bool(critical, &is_critical);
		if (r < 0)
			return yaml_error(reader->err, critical, "critical is true or false");
		rule->critical = is_critical;
	}
	mlps = yaml_get(node, "mlps");
	if (r == 0 && mlps) {
		if (yaml_int(mlps, &level) < 0 || level < 1 || level > 5)
			return yaml_error(reader->err, mlps, "mlps is the least level, 1 to 5");
		rule->mlps_least = (unsigned)level;
	}
	return r;
}

static int read_since(struct reader *reader, const struct yaml_node *node, struct deadline_rule *rule)
{
	struct str text = {0};
	int r = node_text(node, "since", 32, true, &text, reader->err);

	for (int i = SINCE_DISCOVERED; r == 0 && i <= SINCE_HANDLED; i++)
		if (str_eq(text, str_from(sinces[i]))) {
			rule->since = (enum reporting_since)i;
			return 0;
		}
	return r < 0 ? r : yaml_error(reader->err, node, "since is discovered, known or handled");
}

static int read_basis(struct reader *reader, const struct yaml_node *node, struct deadline_rule *rule)
{
	struct str basis = {0}, source = {0};
	int r = node_text(node, "basis", 32, true, &basis, reader->err);

	if (r == 0)
		r = node_text(node, "source", 64, true, &source, reader->err);
	if (r < 0)
		return r;
	rule->general = str_eq(basis, STR("general"));
	if (!rule->general && !str_eq(basis, STR("stated")))
		return yaml_error(reader->err, node, "basis is stated or general");
	for (size_t i = 0; i < reader->source_count; i++)
		if (str_eq(reader->kept[i].id, source)) {
			rule->source = &reader->kept[i];
			return 0;
		}
	return yaml_error(reader->err, node, "there is no source '%s'", source.ptr);
}

static int read_rule_texts(struct reader *reader, const struct yaml_node *node, struct deadline_rule *rule,
			   struct str *ret_stage, struct str *ret_limit)
{
	const struct {
		const char *key;
		size_t max;
		bool required;
		struct str *text;
	} members[] = {
		{"id", 64, true, &rule->id},
		{"recipient", TEXT_MAX, true, &rule->recipient},
		{"clause", TEXT_MAX, false, &rule->clause},
		{"note", NOTE_MAX, false, &rule->note},
		{"report", 32, true, ret_stage},
		{"within", 40, true, ret_limit},
	};
	int r = 0;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]) && r == 0; i++)
		r = node_text(node, members[i].key, members[i].max, members[i].required, members[i].text,
			      reader->err);
	return r;
}

static int read_rule(struct reader *reader, const struct yaml_node *node)
{
	static const char *const keys[] = {"id",     "source", "clause", "basis", "report", "recipient",
					   "within", "since",  "when",   "note",  NULL};
	struct deadlines *deadlines = reader->deadlines;
	struct deadline_rule *rule = &reader->rules[deadlines->rule_count];
	struct str stage = {0}, limit = {0};
	int r = yaml_keys(node, "a rule", keys, reader->err);

	*rule = (struct deadline_rule){.levels = ~0u, .critical = -1};
	if (r == 0)
		r = read_rule_texts(reader, node, rule, &stage, &limit);
	if (r < 0)
		return r;
	if (reporting_stage_parse(stage, &rule->stage) < 0)
		return yaml_error(reader->err, node, "report is initial, progress or final");
	if (limit_parse(limit, &rule->limit) < 0)
		return yaml_error(reader->err, node, "within is such as 1 hour, 30 days, 5 working days");
	r = read_basis(reader, node, rule);
	if (r == 0)
		r = read_since(reader, node, rule);
	if (r == 0)
		r = read_when(reader, yaml_get(node, "when"), rule);
	for (size_t i = 0; r == 0 && i < deadlines->rule_count; i++)
		if (str_eq(reader->rules[i].id, rule->id))
			r = yaml_error(reader->err, node, "two rules are called '%s'", rule->id.ptr);
	deadlines->rule_count++;
	return r;
}

static int read_each(struct reader *reader, const struct yaml_node *root, const char *key, size_t max,
		     int (*read)(struct reader *reader, const struct yaml_node *node))
{
	const struct yaml_node *list = yaml_get(root, key);
	int r = 0;

	if (!list || list->type != YAML_SEQUENCE || list->count > max)
		return yaml_error(reader->err, list ? list : root, "%s is a list of at most %zu", key, max);
	for (uint32_t i = 0; i < list->count && r == 0; i++)
		r = read(reader, list->items[i]);
	return r;
}

static int read_system(struct reader *reader, const struct yaml_node *node)
{
	if (node->type != YAML_SCALAR || !node->text.len)
		return yaml_error(reader->err, node, "the name of an asset");
	reader->deadlines->systems[reader->deadlines->system_count++] = node->text;
	return 0;
}

static int read_organization(struct reader *reader, const struct yaml_node *node)
{
	static const char *const keys[] = {"name", "affiliation", "critical_systems", NULL};
	struct deadlines *deadlines = reader->deadlines;
	int r;

	if (!node)
		return 0;
	r = yaml_keys(node, "organization", keys, reader->err);
	if (r == 0)
		r = node_text(node, "name", TEXT_MAX, false, &deadlines->organization, reader->err);
	if (r == 0)
		r = node_text(node, "affiliation", 64, false, &deadlines->affiliation, reader->err);
	if (r == 0 && yaml_get(node, "critical_systems"))
		r = read_each(reader, node, "critical_systems", DEADLINES_SYSTEMS_MAX, read_system);
	return r;
}

static int read_receiver(struct reader *reader, const struct yaml_node *node, unsigned *to)
{
	static const struct {
		const char *name;
		unsigned bit;
	} receivers[] = {{"assignee", WARN_ASSIGNEE},
			 {"on_duty", WARN_ON_DUTY},
			 {"chain", WARN_CHAIN},
			 {"leaders", WARN_LEADERS}};

	for (size_t i = 0; i < sizeof(receivers) / sizeof(receivers[0]); i++)
		if (node->type == YAML_SCALAR && str_eq(node->text, str_from(receivers[i].name))) {
			*to |= receivers[i].bit;
			return 0;
		}
	return yaml_error(reader->err, node, "to names assignee, on_duty, chain, leaders");
}

static int read_step(struct reader *reader, const struct yaml_node *node)
{
	static const char *const keys[] = {"left", "to", NULL};
	struct deadlines *deadlines = reader->deadlines;
	struct warn_step *step = &deadlines->steps[deadlines->step_count];
	const struct yaml_node *to;
	int64_t left;
	int r = yaml_keys(node, "a warning", keys, reader->err);

	if (r < 0)
		return r;
	if (!yaml_get(node, "left") || yaml_int(yaml_get(node, "left"), &left) < 0 || left < 0 || left > 99)
		return yaml_error(reader->err, node, "left is the percentage of time that is left, 0 to 99");
	if (deadlines->step_count && left >= deadlines->steps[deadlines->step_count - 1].left)
		return yaml_error(reader->err, node, "the warning with the most time left comes first");
	step->left = (unsigned)left;
	to = yaml_get(node, "to");
	if (!to || to->type != YAML_SEQUENCE)
		return yaml_error(reader->err, node, "to is a list");
	for (uint32_t i = 0; i < to->count && r == 0; i++)
		r = read_receiver(reader, to->items[i], &step->to);
	deadlines->step_count++;
	return r;
}

static int read_again(struct reader *reader, const struct yaml_node *node)
{
	static const char *const keys[] = {"every", "most", NULL};
	struct limit limit;
	int64_t most = 0;
	struct str every = {0};
	int r;

	if (!node)
		return 0;
	r = yaml_keys(node, "overdue", keys, reader->err);
	if (r == 0)
		r = node_text(node, "every", 40, true, &every, reader->err);
	if (r < 0)
		return r;
	if (limit_parse(every, &limit) < 0 || limit.unit == LIMIT_WORKING_DAYS || !yaml_get(node, "most") ||
	    yaml_int(yaml_get(node, "most"), &most) < 0 || most < 0 || most > AGAIN_MAX)
		return yaml_error(reader->err, node, "overdue is such as {every: 24 hours, most: 5}");
	reader->deadlines->again = calendar_due(NULL, 0, &limit, NULL);
	reader->deadlines->again_most = (unsigned)most;
	return 0;
}

static int read_root(struct reader *reader, const struct yaml_node *root, struct arena *arena)
{
	static const char *const keys[] = {"version", "organization", "sources", "rules",
					   "warn",    "overdue",      "tests",   NULL};
	struct deadlines *deadlines = reader->deadlines;
	int r = yaml_keys(root, "deadlines.yaml", keys, reader->err);

	if (r == 0)
		r = node_text(root, "version", 64, true, &deadlines->version, reader->err);
	if (r == 0)
		r = read_organization(reader, yaml_get(root, "organization"));
	if (r == 0)
		r = read_each(reader, root, "sources", SOURCES_MAX, read_source);
	if (r < 0)
		return r;
	reader->kept = arena_array(arena, struct deadline_source, reader->source_count);
	memcpy(reader->kept, reader->sources, sizeof(*reader->kept) * reader->source_count);
	reader->rules = arena_array(arena, struct deadline_rule, DEADLINES_RULES_MAX);
	deadlines->rules = reader->rules;
	r = read_each(reader, root, "rules", DEADLINES_RULES_MAX, read_rule);
	if (r == 0)
		r = read_each(reader, root, "warn", DEADLINES_STEPS_MAX, read_step);
	if (r == 0 && (!deadlines->step_count || deadlines->steps[deadlines->step_count - 1].left != 0))
		r = yaml_error(reader->err, root, "the last warning has left: 0");
	return r < 0 ? r : read_again(reader, yaml_get(root, "overdue"));
}

int deadlines_parse(struct str text, const struct calendar *calendar, struct arena *arena,
		    struct deadlines **ret_deadlines, struct err *ret_err)
{
	struct deadlines *deadlines = arena_struct(arena, struct deadlines);
	struct reader reader = {.deadlines = deadlines, .zone = calendar_zone(calendar), .err = ret_err};
	struct yaml_node *root;
	int r = yaml_parse_one(text, arena, &root, ret_err);

	if (r == 0)
		r = read_root(&reader, root, arena);
	if (r < 0)
		return r;
	deadlines->calendar = calendar;
	snprintf(deadlines->hash, sizeof(deadlines->hash), "%016llx", (unsigned long long)hash_str(text));
	*ret_deadlines = deadlines;
	return 0;
}

/* --- files --------------------------------------------------------------------------------------------- */

static int read_one(const char *folder, const char *name, size_t max, struct buf *text, struct err *ret_err)
{
	char path[PATH_MAX];
	int r;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	err_set_file(ret_err, path);
	r = io_read_file(path, max, text);
	return r < 0 ? err_set(ret_err, r, 0, 0, "%s", err_text(r)) : 0;
}

int compliance_read(const char *folder, const char *own, const char *name, size_t max, struct arena *arena,
		    struct str *ret_text, struct err *ret_err)
{
	struct err err = {0};
	struct buf text = {0};
	int r = -ENOENT;

	if (own)
		r = read_one(own, name, max, &text, &err);
	if (r == -ENOENT || r == -ENOTDIR) {
		err = (struct err){0};
		r = read_one(folder, name, max, &text, &err);
	}
	if (ret_err)
		*ret_err = err;
	if (r == 0)
		*ret_text = arena_copy(arena, buf_str(&text));
	buf_done(&text);
	return r;
}

int deadlines_load(const char *folder, const char *own, struct arena *arena, struct deadlines **ret_deadlines,
		   struct err *ret_err)
{
	struct calendar *calendar;
	struct str text;
	int r = calendar_load(folder, own, arena, &calendar, ret_err);

	if (r == 0)
		r = compliance_read(folder, own, "deadlines.yaml", DEADLINES_FILE_MAX, arena, &text, ret_err);
	if (r == 0)
		r = deadlines_parse(text, calendar, arena, ret_deadlines, ret_err);
	return r;
}

/* --- asking -------------------------------------------------------------------------------------------- */

static bool is_critical(const struct deadlines *deadlines, struct str assets)
{
	struct str name;

	while (str_split(&assets, '\n', &name))
		for (size_t i = 0; i < deadlines->system_count; i++)
			if (str_eq(deadlines->systems[i], name))
				return true;
	return false;
}

/* A code fits its own kind and those below it: "MI" also MI-02 and MI02. */
static bool fits_category(const struct deadline_rule *rule, struct str category)
{
	for (size_t i = 0; i < rule->category_count; i++)
		if (category.len && str_starts(category, rule->categories[i]))
			return true;
	return rule->category_count == 0;
}

bool deadline_applies(const struct deadlines *deadlines, const struct deadline_rule *rule,
		      const struct reporting_facts *facts)
{
	const struct deadline_source *source = rule->source;

	if (!facts->level || facts->level > LEVEL_MAX || !(rule->levels & 1u << facts->level))
		return false;
	if (facts->discovered < source->from || (source->to && facts->discovered >= source->to))
		return false;
	if (rule->affiliation.len && !str_eq(rule->affiliation, deadlines->affiliation))
		return false;
	if (rule->critical >= 0 && is_critical(deadlines, facts->asset) != (rule->critical == 1))
		return false;
	return facts->mlps_level >= rule->mlps_least && fits_category(rule, facts->category);
}

int64_t reporting_start(enum reporting_since since, const struct reporting_facts *facts)
{
	return since == SINCE_DISCOVERED ? facts->discovered
	       : since == SINCE_KNOWN    ? facts->known
					 : facts->handled;
}
