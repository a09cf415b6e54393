/* SPDX-License-Identifier: Apache-2.0 */
/* The test cases that deadlines.yaml carries: an incident's facts, and exactly what is due by when. */
#include "base/clock.h"
#include "reporting/deadlines.h"
#include "reporting/private.h"

struct testing {
	const struct deadlines *deadlines;
	void (*failed)(void *context, unsigned line, const char *message);
	void *context;
	struct err *err;
};

static int read_time(struct testing *testing, const struct yaml_node *node, const char *key, int64_t *time)
{
	struct str text = {0};
	int r = node_text(node, key, 40, false, &text, testing->err);

	if (r == 0 && text.len && clock_parse(text, calendar_zone(testing->deadlines->calendar), time) < 0)
		r = yaml_error(testing->err, node, "%s is a time such as 2026-11-20T08:00:00+08:00", key);
	return r;
}

static int read_number(struct testing *testing, const struct yaml_node *node, const char *key,
		       unsigned *number)
{
	const struct yaml_node *member = yaml_get(node, key);
	int64_t value;

	if (!member)
		return 0;
	if (yaml_int(member, &value) < 0 || value < 0 || value > 5)
		return yaml_error(testing->err, member, "%s is a number up to 5", key);
	*number = (unsigned)value;
	return 0;
}

/* affiliation and critical change the organisation for this case. */
static int read_facts(struct testing *testing, const struct yaml_node *node, struct deadlines *deadlines,
		      struct reporting_facts *facts)
{
	static const char *const keys[] = {"level",   "category", "mlps",        "discovered", "known",
					   "handled", "critical", "affiliation", NULL};
	const struct yaml_node *critical;
	bool is_critical = false;
	int r = yaml_keys(node, "an incident", keys, testing->err);

	if (r == 0)
		r = read_number(testing, node, "level", &facts->level);
	if (r == 0)
		r = read_number(testing, node, "mlps", &facts->mlps_level);
	if (r == 0)
		r = node_text(node, "category", 64, false, &facts->category, testing->err);
	if (r == 0)
		r = node_text(node, "affiliation", 64, false, &deadlines->affiliation, testing->err);
	if (r == 0)
		r = read_time(testing, node, "discovered", &facts->discovered);
	facts->known = facts->discovered;
	if (r == 0)
		r = read_time(testing, node, "known", &facts->known);
	if (r == 0)
		r = read_time(testing, node, "handled", &facts->handled);
	critical = yaml_get(node, "critical");
	if (r == 0 && critical && yaml_bool(critical, &is_critical) < 0)
		r = yaml_error(testing->err, critical, "critical is true or false");
	facts->asset = STR("an asset");
	deadlines->systems[0] = facts->asset;
	deadlines->system_count = is_critical;
	return r;
}

static void say(struct testing *testing, const struct yaml_node *node, struct str name, const char *rule,
		const char *what)
{
	char message[300];

	snprintf(message, sizeof(message), "%.100s: %.80s %.100s", name.ptr, rule, what);
	testing->failed(testing->context, node->line, message);
}

static void check_due(struct testing *testing, const struct yaml_node *node, struct str name,
		      const struct deadline_rule *rule, struct str want, const struct reporting_facts *facts)
{
	const struct deadlines *deadlines = testing->deadlines;
	const int64_t start = reporting_start(rule->since, facts);
	char found[CLOCK_TEXT_SIZE], what[100];
	bool assumed = false;
	int64_t due, wanted = -1;

	if (!start || str_eq(want, STR("waiting"))) {
		if (start || !str_eq(want, STR("waiting")))
			say(testing, node, name, rule->id.ptr, start ? "has begun" : "has not begun");
		return;
	}
	due = calendar_due(deadlines->calendar, start, &rule->limit, &assumed);
	if (clock_parse(want, calendar_zone(deadlines->calendar), &wanted) == 0 && wanted == due)
		return;
	clock_format(due, found);
	snprintf(what, sizeof(what), "is due %s, not as expected", found);
	say(testing, node, name, rule->id.ptr, what);
}

static void check_rules(struct testing *testing, const struct yaml_node *expect, struct str name,
			const struct deadlines *deadlines, const struct reporting_facts *facts)
{
	size_t found = 0;

	for (size_t i = 0; i < deadlines->rule_count; i++) {
		const struct deadline_rule *rule = &deadlines->rules[i];
		const struct yaml_node *want = yaml_get(expect, rule->id.ptr);
		const bool applies = deadline_applies(deadlines, rule, facts);

		found += want != NULL;
		if (applies != (want != NULL))
			say(testing, expect, name, rule->id.ptr, applies ? "applies" : "does not apply");
		else if (want)
			check_due(testing, want, name, rule, yaml_text(want, STR("")), facts);
	}
	if (found < expect->count)
		say(testing, expect, name, "", "expects rules that there are not");
}

static int run_case(struct testing *testing, const struct yaml_node *node)
{
	static const char *const keys[] = {"name", "incident", "expect", NULL};
	struct deadlines deadlines = *testing->deadlines;
	struct reporting_facts facts = {0};
	struct str name = {0};
	int r = yaml_keys(node, "a test", keys, testing->err);

	if (r == 0)
		r = node_text(node, "name", 500, true, &name, testing->err);
	if (r < 0)
		return r;
	if (!yaml_get(node, "incident") || !yaml_get(node, "expect") ||
	    yaml_get(node, "expect")->type != YAML_MAPPING)
		return yaml_error(testing->err, node, "a test has name, incident and expect");
	r = read_facts(testing, yaml_get(node, "incident"), &deadlines, &facts);
	if (r == 0)
		check_rules(testing, yaml_get(node, "expect"), name, &deadlines, &facts);
	return r;
}

int deadlines_test(struct str text, const struct deadlines *deadlines, struct arena *arena,
		   void (*failed)(void *context, unsigned line, const char *message), void *context,
		   struct err *ret_err)
{
	struct testing testing = {deadlines, failed, context, ret_err};
	const struct yaml_node *tests;
	struct yaml_node *root;
	int r = yaml_parse_one(text, arena, &root, ret_err);

	if (r < 0)
		return r;
	tests = yaml_get(root, "tests");
	if (!tests || tests->type != YAML_SEQUENCE || !tests->count)
		return yaml_error(ret_err, root, "the file carries its own test cases: tests");
	for (uint32_t i = 0; i < tests->count && r == 0; i++)
		r = run_case(&testing, tests->items[i]);
	return r < 0 ? r : (int)tests->count;
}
