/* SPDX-License-Identifier: Apache-2.0 */
#include "rectification/policy.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/yaml.h"
#include "people/owner.h"
#include "rectification/rectification.h"

#define FILE_MAX (256u * 1024)
#define DAYS_MAX 365
#define HOURS_MAX (24 * 365)
#define ABOVE_MAX 8

static const struct str field_names[] = {
#define FIELD(id, name) STR(name),
	POLICY_FIELDS(FIELD)
#undef FIELD
};

static int find_field(struct str name)
{
	for (int i = 0; i < POLICY_FIELD_COUNT; i++)
		if (str_eq(name, field_names[i]))
			return i;
	return ERR_UNKNOWN;
}

/* --- fields in texts ------------------------------------------------------------------------------------ */

/* Takes "{name}" off the rest, which begins with a brace. The field, or ERR_UNKNOWN and nothing is taken. */
static int take_field(struct str *rest)
{
	size_t end = str_find_char(*rest, '}');
	int field = end == STR_NOT_FOUND ? ERR_UNKNOWN : find_field(str_of(rest->ptr + 1, end - 1));

	if (field >= 0)
		*rest = str_from_offset(*rest, end + 1);
	return field;
}

void policy_fill(struct str text, const struct str values[POLICY_FIELD_COUNT], struct buf *out)
{
	while (text.len) {
		size_t brace = str_find_char(text, '{');
		struct str plain = brace == STR_NOT_FOUND ? text : str_head(text, brace);
		int field;

		buf_add_str(out, plain);
		text = str_from_offset(text, plain.len);
		if (!text.len)
			return;
		field = take_field(&text);
		if (field >= 0) {
			buf_add_str(out, values[field]);
		} else {
			buf_add_char(out, '{');
			text = str_from_offset(text, 1);
		}
	}
}

static int check_fields(const struct yaml_node *node, struct str text, struct err *ret_err)
{
	size_t brace;

	while ((brace = str_find_char(text, '{')) != STR_NOT_FOUND) {
		text = str_from_offset(text, brace);
		if (take_field(&text) < 0)
			return yaml_error(ret_err, node, "there is no such field as %.*s",
					  (int)(text.len < 24 ? text.len : 24), text.ptr);
	}
	return 0;
}

/* --- reading values ------------------------------------------------------------------------------------- */

struct reading {
	struct arena *arena;
	struct err *err;
};

static int read_text(const struct reading *reading, const struct yaml_node *parent, const char *key,
		     struct str *ret_text)
{
	const struct yaml_node *node = yaml_get(parent, key);
	struct str text = str_trim(yaml_text(node, (struct str){0}));

	if (!text.len || text.len > POLICY_TEXT_MAX)
		return yaml_error(reading->err, node ? node : parent, "%s is a text of at most %d bytes", key,
				  POLICY_TEXT_MAX);
	*ret_text = arena_copy(reading->arena, text);
	return check_fields(node, text, reading->err);
}

static int read_number(const struct reading *reading, const struct yaml_node *parent, const char *key,
		       int64_t min, int64_t max, int64_t *ret_number)
{
	const struct yaml_node *node = yaml_get(parent, key);

	if (node && yaml_int(node, ret_number) == 0 && *ret_number >= min && *ret_number <= max)
		return 0;
	return yaml_error(reading->err, node ? node : parent, "%s is a number from %d to %d", key, (int)min,
			  (int)max);
}

static int read_days(const struct reading *reading, const struct yaml_node *parent, const char *key,
		     unsigned *ret_days)
{
	int64_t number = 0;
	int r = read_number(reading, parent, key, 1, DAYS_MAX, &number);

	if (r == 0)
		*ret_days = (unsigned)number;
	return r;
}

/* "17:30" */
static int read_hour(const struct reading *reading, const struct yaml_node *parent, const char *key,
		     int64_t *ret_time)
{
	const struct yaml_node *node = yaml_get(parent, key);
	struct str rest = yaml_text(node, (struct str){0}), part;
	int64_t hour, minute;

	if (!str_split(&rest, ':', &part) || str_to_i64(part, &hour) < 0 || str_to_i64(rest, &minute) < 0 ||
	    hour < 0 || hour > 23 || minute < 0 || minute > 59)
		return yaml_error(reading->err, node ? node : parent, "%s is a time such as \"17:30\"", key);
	*ret_time = hour * CLOCK_HOUR + minute * CLOCK_MINUTE;
	return 0;
}

static int read_duties(const struct reading *reading, const struct yaml_node *parent, const char *key,
		       unsigned *ret_bits)
{
	const struct yaml_node *node = yaml_get(parent, key);
	unsigned bits = 0;
	enum duty duty;

	if (!node || node->type != YAML_SEQUENCE)
		return yaml_error(reading->err, node ? node : parent, "%s is a list of duties", key);
	for (uint32_t i = 0; i < node->count; i++) {
		if (duty_parse(yaml_text(node->items[i], (struct str){0}), &duty) < 0)
			return yaml_error(reading->err, node->items[i], "there is no such duty as '%.40s'",
					  yaml_text(node->items[i], STR("")).ptr);
		bits |= 1u << duty;
	}
	*ret_bits = bits;
	return 0;
}

static int read_states(const struct reading *reading, const struct yaml_node *parent, unsigned *ret_bits)
{
	const struct yaml_node *node = yaml_get(parent, "while");
	enum rectification_state state;
	unsigned bits = 0;

	if (!node || node->type != YAML_SEQUENCE || !node->count)
		return yaml_error(reading->err, node ? node : parent, "while is a list of states");
	for (uint32_t i = 0; i < node->count; i++) {
		if (rectification_state_parse(yaml_text(node->items[i], (struct str){0}), &state) < 0 ||
		    !(WITH_UNIT & 1u << state))
			return yaml_error(reading->err, node->items[i],
					  "while has sent, confirmed or returned");
		bits |= 1u << state;
	}
	*ret_bits = bits;
	return 0;
}

static int read_message(const struct reading *reading, const struct yaml_node *node,
			struct policy_message *ret_message)
{
	int r = read_text(reading, node, "subject", &ret_message->subject);

	return r < 0 ? r : read_text(reading, node, "text", &ret_message->text);
}

/* --- steps ---------------------------------------------------------------------------------------------- */

static int read_step(const struct reading *reading, const struct yaml_node *node, struct policy *policy)
{
	struct policy_step *step = &policy->steps[policy->step_count];
	struct str from = yaml_text(yaml_get(node, "from"), (struct str){0});
	const struct yaml_node *channels = yaml_get(node, "channels");
	int64_t hours = 0, above = 0;
	int r = read_text(reading, node, "id", &step->id);

	if (r == 0)
		r = read_text(reading, node, "name", &step->name);
	if (r == 0)
		r = read_states(reading, node, &step->states);
	if (r == 0 && !str_eq(from, STR("sent")) && !str_eq(from, STR("deadline")))
		r = yaml_error(reading->err, node, "from is sent or deadline");
	if (r == 0)
		r = read_number(reading, node, "hours", -HOURS_MAX, HOURS_MAX, &hours);
	if (r == 0)
		r = read_duties(reading, node, "to", &step->duties);
	if (r == 0 && yaml_get(node, "above"))
		r = read_number(reading, node, "above", 0, ABOVE_MAX, &above);
	if (r == 0 && channels && yaml_bool(channels, &step->channels) < 0)
		r = yaml_error(reading->err, channels, "channels is true or false");
	if (r == 0)
		r = read_message(reading, node, &step->message);
	for (size_t i = 0; i < policy->step_count && r == 0; i++)
		if (str_eq(policy->steps[i].id, step->id))
			r = yaml_error(reading->err, node, "there are two steps '%.*s'", STR_FMT(step->id));
	step->from_deadline = str_eq(from, STR("deadline"));
	step->offset = hours * CLOCK_HOUR;
	step->above = (unsigned)above;
	policy->step_count += r == 0;
	return r;
}

static int read_steps(const struct reading *reading, const struct yaml_node *root, struct policy *policy)
{
	const struct yaml_node *node = yaml_get(root, "steps");
	int r = 0;

	if (!node || node->type != YAML_SEQUENCE || node->count > POLICY_STEPS_MAX)
		return yaml_error(reading->err, node ? node : root, "steps is a list of at most %d",
				  POLICY_STEPS_MAX);
	for (uint32_t i = 0; i < node->count && r == 0; i++)
		r = read_step(reading, node->items[i], policy);
	return r;
}

/* --- the file ------------------------------------------------------------------------------------------- */

static int read_messages(const struct reading *reading, const struct yaml_node *root, struct policy *policy)
{
	const struct yaml_node *messages = yaml_get(root, "messages"), *node;
	int r = 0;

	if (!messages)
		return yaml_error(reading->err, root, "messages is missing");
#define MESSAGE(member)                                                                       \
	if (r == 0) {                                                                         \
		node = yaml_get(messages, #member);                                           \
		r = node ? read_message(reading, node, &policy->member)                       \
			 : yaml_error(reading->err, messages, "messages has no %s", #member); \
	}
	POLICY_MESSAGES(MESSAGE)
#undef MESSAGE
	return r;
}

static int read_basics(const struct reading *reading, const struct yaml_node *root, struct policy *policy)
{
	const struct yaml_node *quiet = yaml_get(root, "quiet");
	unsigned link_days = 0;
	int r = read_text(reading, root, "number", &policy->number);

	if (r == 0)
		r = read_text(reading, root, "office", &policy->office);
	if (r == 0)
		r = read_text(reading, root, "contact", &policy->contact);
	if (r == 0)
		r = read_text(reading, root, "requirements", &policy->requirements);
	if (r == 0)
		r = read_days(reading, root, "working_days", &policy->working_days);
	if (r == 0)
		r = read_days(reading, root, "return_days", &policy->return_days);
	if (r == 0)
		r = read_days(reading, root, "link_days", &link_days);
	if (r == 0)
		r = read_hour(reading, root, "due", &policy->due);
	if (r == 0)
		r = read_duties(reading, root, "recipients", &policy->recipients);
	if (r == 0 && quiet)
		r = read_hour(reading, quiet, "from", &policy->quiet_from);
	if (r == 0 && quiet)
		r = read_hour(reading, quiet, "to", &policy->quiet_to);
	if (r == 0 && str_find(policy->number, STR("{serial}")) == STR_NOT_FOUND)
		r = yaml_error(reading->err, root, "number holds {serial}");
	policy->link_kept = link_days * CLOCK_DAY;
	return r;
}

int policy_parse(struct str text, struct arena *arena, const struct policy **ret_policy, struct err *ret_err)
{
	const struct reading reading = {arena, ret_err};
	struct policy *policy = arena_struct(arena, struct policy);
	struct yaml_node *root;
	int r = yaml_parse_one(text, arena, &root, ret_err);

	if (r < 0)
		return r;
	if (root->type != YAML_MAPPING)
		return yaml_error(ret_err, root, "expected number, deadlines, messages and steps");
	r = read_basics(&reading, root, policy);
	if (r == 0)
		r = read_messages(&reading, root, policy);
	if (r == 0)
		r = read_steps(&reading, root, policy);
	if (r == 0)
		*ret_policy = policy;
	return r;
}

int policy_load(const char *file, struct arena *arena, const struct policy **ret_policy, struct err *ret_err)
{
	struct buf text = {0};
	int r = io_read_file(file, FILE_MAX, &text);

	if (r < 0)
		r = err_set(ret_err, r, 0, 0, "cannot read it: %s", err_text(r));
	else
		r = policy_parse(buf_str(&text), arena, ret_policy, ret_err);
	if (r < 0)
		err_set_file(ret_err, file);
	buf_done(&text);
	return r;
}

/* --- time ----------------------------------------------------------------------------------------------- */

static int64_t midnight(int64_t zone, int64_t time)
{
	int64_t local = time + zone, day = local / CLOCK_DAY - (local % CLOCK_DAY < 0);

	return day * CLOCK_DAY - zone;
}

bool policy_is_quiet(const struct policy *policy, int64_t zone, int64_t time)
{
	int64_t at = time - midnight(zone, time), from = policy->quiet_from, to = policy->quiet_to;

	return from <= to ? at >= from && at < to : at >= from || at < to;
}

int64_t policy_deadline(const struct policy *policy, const struct calendar *calendar, int64_t zone,
			int64_t from, unsigned days)
{
	int64_t day = midnight(zone, from);
	bool assumed = false;

	while (days) {
		day += CLOCK_DAY;
		days -= calendar_is_working(calendar, (day + zone) / CLOCK_DAY, &assumed);
	}
	return day + policy->due;
}
