/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "duty/escalation.h"
#include "duty/private.h"

#define FILE_MAX (256u * 1024)
#define DAY_MINUTES (24 * 60)

static const struct {
	const char *name;
	enum escalation_hours hours;
} hours_names[] = {{"any", HOURS_ANY}, {"working", HOURS_WORKING}, {"off", HOURS_OFF}, {"key", HOURS_KEY}};

static int parse_hours(struct str name, enum escalation_hours *ret_hours)
{
	for (size_t i = 0; i < DUTY_WORD_COUNT(hours_names); i++)
		if (str_eq(name, str_from(hours_names[i].name))) {
			*ret_hours = hours_names[i].hours;
			return 0;
		}
	return ERR_UNKNOWN;
}

static int parse_severity(struct str name, unsigned *ret_number)
{
	enum alert_level level;
	int r = alert_level_parse(name, &level);

	if (r == 0)
		*ret_number = level;
	return r;
}

static int parse_place(struct str name, unsigned *ret_number)
{
	enum duty_place place;
	int r = duty_place_parse(name, &place);

	if (r == 0)
		*ret_number = place;
	return r;
}

/* A list of names as bits. */
static int read_bits(const struct yaml_node *node, const struct yaml_node *parent, const char *key,
		     int (*parse)(struct str, unsigned *), unsigned *ret_bits, struct err *ret_err)
{
	unsigned bits = 0, number = 0;

	if (!node || node->type != YAML_SEQUENCE || !node->count)
		return yaml_error(ret_err, node ? node : parent, "%s is a list", key);
	for (uint32_t i = 0; i < node->count; i++) {
		if (parse(yaml_text(node->items[i], STR("")), &number) < 0)
			return yaml_error(ret_err, node->items[i], "%s has no such value as '%.40s'", key,
					  yaml_text(node->items[i], STR("?")).ptr);
		bits |= 1u << number;
	}
	*ret_bits = bits;
	return 0;
}

static int read_minute(const struct yaml_node *node, const struct yaml_node *parent, int64_t *ret_minute,
		       struct err *ret_err)
{
	struct str text = yaml_text(node, STR("")), hour;
	int64_t hours, minutes;

	if (str_split(&text, ':', &hour) && str_to_i64(hour, &hours) == 0 &&
	    str_to_i64(text, &minutes) == 0 && hours >= 0 && minutes >= 0 && minutes < 60 &&
	    hours * 60 + minutes <= DAY_MINUTES) {
		*ret_minute = hours * 60 + minutes;
		return 0;
	}
	return yaml_error(ret_err, node ? node : parent, "a time of day is written \"08:00\"");
}

static int read_working_hours(const struct yaml_node *root, struct escalation_rules *rules,
			      struct err *ret_err)
{
	const struct yaml_node *node = yaml_get(root, "working_hours");
	int r;

	if (!node)
		return yaml_error(ret_err, root, "working_hours is missing");
	r = read_minute(yaml_get(node, "from"), node, &rules->opens, ret_err);
	return r == 0 ? read_minute(yaml_get(node, "to"), node, &rules->closes, ret_err) : r;
}

static int read_step(const struct yaml_node *node, struct escalation_step *step, struct err *ret_err)
{
	const struct yaml_node *after = yaml_get(node, "after");
	int r = read_bits(yaml_get(node, "severity"), node, "severity", parse_severity, &step->severities,
			  ret_err);

	if (r == 0)
		r = read_bits(yaml_get(node, "tell"), node, "tell", parse_place, &step->places, ret_err);
	if (r == 0 && parse_hours(yaml_text(yaml_get(node, "hours"), STR("any")), &step->hours) < 0)
		r = yaml_error(ret_err, node, "hours is any, working, off or key");
	if (r == 0 && (!after || yaml_int(after, &step->after) < 0 || step->after < 0 ||
		       step->after > ESCALATION_AFTER_MAX))
		r = yaml_error(ret_err, node, "after is minutes, 0 to %d", ESCALATION_AFTER_MAX);
	return r;
}

/* --- the tests in the file ------------------------------------------------------------------------------ */

static void add_due(const struct escalation_step *step, unsigned places, struct buf *out)
{
	for (unsigned place = PLACE_OFFICER; place <= PLACE_LEADER; place++)
		if (places & 1u << place)
			buf_printf(out, "%d %s\n", (int)step->after, duty_place_name((enum duty_place)place));
}

static int run_test(const struct escalation_rules *rules, const struct yaml_node *node, struct err *ret_err)
{
	const struct yaml_node *expect = yaml_get(node, "expect");
	struct str day = yaml_text(yaml_get(node, "day"), STR(""));
	struct period_state state = {.key = str_eq(day, STR("key_period")),
				     .holiday = str_eq(day, STR("holiday")),
				     .workday = str_eq(day, STR("workday"))};
	struct buf due = {0}, wanted = {0};
	enum alert_level severity;
	int64_t at, minutes;
	int r = 0;

	if (!expect || expect->type != YAML_SEQUENCE ||
	    alert_level_parse(yaml_text(yaml_get(node, "severity"), STR("")), &severity) < 0 ||
	    clock_parse(yaml_text(yaml_get(node, "at"), STR("")), 0, &at) < 0 || !yaml_get(node, "minutes") ||
	    yaml_int(yaml_get(node, "minutes"), &minutes) < 0)
		return yaml_error(ret_err, node, "a test has severity, at, minutes and expect");
	for (size_t i = 0; i < rules->count; i++)
		if (rules->steps[i].after <= minutes &&
		    escalation_holds(rules, &rules->steps[i], severity, at, &state, NULL, 0))
			add_due(&rules->steps[i], rules->steps[i].places, &due);
	for (uint32_t i = 0; i < expect->count; i++) {
		buf_add_str(&wanted, yaml_text(expect->items[i], STR("")));
		buf_add_char(&wanted, '\n');
	}
	if (!str_eq(buf_str(&due), buf_str(&wanted)))
		r = yaml_error(ret_err, node, "this test gives: %s", due.len ? buf_cstr(&due) : "nothing");
	buf_done(&due);
	buf_done(&wanted);
	return r;
}

static int read_rules(const struct yaml_node *root, struct escalation_rules *rules, struct err *ret_err)
{
	const struct yaml_node *steps = yaml_get(root, "steps"), *tests = yaml_get(root, "tests");
	int r = read_working_hours(root, rules, ret_err);

	if (r == 0 && (!steps || steps->type != YAML_SEQUENCE || steps->count > ESCALATION_STEPS_MAX))
		r = yaml_error(ret_err, steps ? steps : root, "steps is a list of at most %d",
			       ESCALATION_STEPS_MAX);
	for (uint32_t i = 0; r == 0 && steps && i < steps->count; i++)
		r = read_step(steps->items[i], &rules->steps[rules->count++], ret_err);
	for (uint32_t i = 0; r == 0 && tests && i < tests->count && tests->type == YAML_SEQUENCE; i++)
		r = run_test(rules, tests->items[i], ret_err);
	return r;
}

int escalation_parse(struct str text, struct escalation_rules *ret_rules, struct err *ret_err)
{
	struct escalation_rules rules = {0};
	struct arena *arena = arena_new(0);
	struct yaml_node *root;
	int r = yaml_parse_one(text, arena, &root, ret_err);

	if (r == 0)
		r = read_rules(root, &rules, ret_err);
	arena_free(arena);
	if (r == 0)
		*ret_rules = rules;
	return r;
}

int escalation_load(const char *path, struct escalation_rules *ret_rules, struct err *ret_err)
{
	struct buf text = {0};
	int r = io_read_file(path, FILE_MAX, &text);

	if (r < 0)
		err_set(ret_err, r, 0, 0, "cannot be read: %s", err_text(r));
	else
		r = escalation_parse(buf_str(&text), ret_rules, ret_err);
	if (r < 0 && ret_err)
		err_set_file(ret_err, path);
	buf_done(&text);
	return r;
}
