/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "cases/alert_group.h"
#include "cases/alert_list.h"
#include "event/ip.h"
#include "web/event.h"
#include "web/incident.h"

#define PAGE_DEFAULT 50
#define RULES_DEFAULT 12
#define WORDS_MAX 200 /* characters, as in api.yaml */

/* The members of api.yaml's Alert, without the braces. */
void api_write_alert(struct buf *out, const struct alert *alert)
{
	char seq[24];

	snprintf(seq, sizeof(seq), "%" PRIu64, alert->event_seq);
	out_text(out, "id", alert->id);
	out_time(out, "time", alert->time);
	out_time(out, "detected", alert->detected);
	out_text(out, "level", str_from(alert_level_name(alert->level)));
	out_text(out, "rule_id", alert->rule_id);
	out_text(out, "rule_title", alert->rule_title);
	out_optional(out, "rule_title_zh", alert->rule_title_zh);
	out_text(out, "status", str_from(alert_status_name(alert->status)));
	out_optional(out, "note", alert->note);
	out_integer(out, "repeats", (int64_t)alert->repeats);
	if (alert->last)
		out_time(out, "last", alert->last);
	out_bool(out, "drill", alert->drill);
	out_text(out, "event_seq", str_from(seq));
	out_optional(out, "source", alert->source);
	out_optional(out, "host", alert->host);
	out_optional(out, "user", alert->user);
	out_optional(out, "source_ip", alert->source_ip);
	out_optional(out, "destination_ip", alert->destination_ip);
	out_json(out, "tactics", alert->tactics);
	out_json(out, "techniques", alert->techniques);
	if (alert->incident)
		out_integer(out, "incident", alert->incident);
	if (alert->incident_facts.len)
		out_json(out, "case", alert->incident_facts);
}

void api_write_reason(struct call *call, struct str why)
{
	const struct case_rules *rules = call->web->options.cases;
	struct buf words = {0};

	if (!why.len)
		return;
	out_json(call->out, "incident_why", why);
	for (int chinese = 0; rules && chinese < 2; chinese++) {
		buf_clear(&words);
		case_rules_words(rules, why, chinese, &words);
		out_optional(call->out, chinese ? "incident_reason_zh" : "incident_reason", buf_str(&words));
	}
	buf_done(&words);
}

static int write_reason(void *context, int64_t score, struct str why)
{
	struct call *call = context;

	out_integer(call->out, "incident_score", score);
	api_write_reason(call, why);
	return 0;
}

static int write_row(void *context, const struct alert *alert)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	api_write_alert(call->out, alert);
	out_close(call->out, '}');
	return 0;
}

/* "high,critical" to bits; false and answered where a name is unknown. */
static bool read_set(struct call *call, const char *name, int (*parse)(struct str, unsigned *),
		     unsigned *ret_bits)
{
	struct str rest = call_text(call, name), part;
	unsigned bits = 0, number = 0;

	while (str_split(&rest, ',', &part)) {
		if (parse(part, &number) < 0) {
			call_fail(call, 400, "bad_filter", "%s knows no '%.*s'", name,
				  STR_FMT(str_head(part, 40)));
			return false;
		}
		bits |= 1u << number;
	}
	*ret_bits = bits;
	return true;
}

static int parse_level(struct str name, unsigned *ret_number)
{
	enum alert_level level;
	int r = alert_level_parse(name, &level);

	if (r == 0)
		*ret_number = level;
	return r;
}

static int parse_status(struct str name, unsigned *ret_number)
{
	enum alert_status status;
	int r = alert_status_parse(name, &status);

	if (r == 0)
		*ret_number = status;
	return r;
}

static bool read_drill(struct call *call, struct alert_filter *filter)
{
	struct str text = call_text(call, "drill");

	if (str_eq(text, STR("true")))
		filter->drill = ALERT_DRILL;
	else if (str_eq(text, STR("false")))
		filter->drill = ALERT_REAL;
	else if (text.len)
		call_fail(call, 400, "bad_filter", "drill is true or false");
	return !text.len || filter->drill != ALERT_ANY;
}

static bool is_tactic_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)(name.ptr[i] - 'a') >= 26 && name.ptr[i] != '-')
			return false;
	return name.len > 0;
}

static bool read_tactics(struct call *call, struct str tactics[ALERT_TACTICS_MAX],
			 struct alert_filter *filter)
{
	struct str rest = call_text(call, "tactic"), part;

	filter->tactics = tactics;
	while (str_split(&rest, ',', &part)) {
		if (!is_tactic_name(part) || filter->tactic_count == ALERT_TACTICS_MAX) {
			call_fail(call, 400, "bad_filter",
				  "tactic is up to %d ATT&CK short names such as initial-access",
				  ALERT_TACTICS_MAX);
			return false;
		}
		tactics[filter->tactic_count++] = part;
	}
	return true;
}

/* As alerts keep it, however it is written. */
static bool read_address(struct call *call, struct str *ret_text)
{
	struct str text = call_text(call, "source_ip");
	char *canonical;
	uint8_t ip[16];

	if (!text.len)
		return true;
	if (ip_parse(text, ip) < 0) {
		call_fail(call, 400, "bad_filter", "source_ip is an address such as 203.0.113.7");
		return false;
	}
	canonical = arena_alloc(call->request->arena, IP_TEXT_SIZE);
	ip_format(ip, canonical);
	*ret_text = str_from(canonical);
	return true;
}

static bool read_filter(struct call *call, struct str tactics[ALERT_TACTICS_MAX], struct alert_filter *filter)
{
	int64_t limit;

	filter->rule = call_text(call, "rule");
	filter->words = call_text(call, "q");
	if (filter->words.len > 4 * WORDS_MAX) {
		call_fail(call, 400, "too_long", "q has more than %d characters", WORDS_MAX);
		return false;
	}
	filter->assignee = call_text(call, "assignee");
	if (!read_address(call, &filter->source_ip) ||
	    !call_number(call, "unit", 1, INT64_MAX, 0, &filter->unit) ||
	    !call_number(call, "asset", 1, INT64_MAX, 0, &filter->asset))
		return false;
	if (!call_span(call, &filter->from, &filter->to) || !read_drill(call, filter) ||
	    !read_tactics(call, tactics, filter) || !read_set(call, "level", parse_level, &filter->levels) ||
	    !read_set(call, "status", parse_status, &filter->statuses) ||
	    !call_number(call, "cursor", 1, INT64_MAX, 0, &filter->cursor) ||
	    !call_number(call, "limit", 1, ALERT_PAGE_MAX, PAGE_DEFAULT, &limit))
		return false;
	filter->limit = (unsigned)limit;
	return true;
}

void api_list_alerts(struct call *call)
{
	struct str tactics[ALERT_TACTICS_MAX];
	struct alert_filter filter = {0};
	int64_t next = 0, total = 0;
	bool exact = true;
	char text[24];
	int r;

	if (!read_filter(call, tactics, &filter))
		return;
	out_open(call->out, NULL, '{');
	out_open(call->out, "alerts", '[');
	r = alerts_list(call->web->db, &filter, write_row, call, &next);
	if (r == 0)
		r = alerts_count(call->web->db, &filter, &total, &exact);
	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	out_close(call->out, ']');
	out_integer(call->out, "total", total);
	if (!exact)
		out_bool(call->out, "total_is_minimum", true);
	snprintf(text, sizeof(text), "%" PRId64, next);
	if (next)
		out_text(call->out, "next_cursor", str_from(text));
	out_close(call->out, '}');
}

int api_write_rule(void *context, const struct alert_top_row *row)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_text(call->out, "id", row->key);
	out_text(call->out, "title", row->title);
	out_optional(call->out, "title_zh", row->title_zh);
	out_text(call->out, "level", str_from(alert_level_name(row->level)));
	out_integer(call->out, "count", row->count);
	out_close(call->out, '}');
	return 0;
}

void api_list_alert_rules(struct call *call)
{
	struct str tactics[ALERT_TACTICS_MAX];
	struct alert_filter filter = {0};
	int64_t limit;
	int r;

	if (!read_filter(call, tactics, &filter) ||
	    !call_number(call, "limit", 1, ALERT_TOP_MAX, RULES_DEFAULT, &limit))
		return;
	out_open(call->out, NULL, '[');
	r = alerts_rules(call->web->db, &filter, (unsigned)limit, api_write_rule, call);
	out_close(call->out, ']');
	if (r < 0)
		call_fail_code(call, r);
}

static int write_change(void *context, const struct alert_event *event)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_time(call->out, "time", event->time);
	out_text(call->out, "by", event->by);
	out_text(call->out, "from", str_from(alert_status_name(event->from)));
	out_text(call->out, "to", str_from(alert_status_name(event->to)));
	if (event->note_changed)
		out_text(call->out, "note", event->note);
	out_close(call->out, '}');
	return 0;
}

static int write_detail(void *context, const struct alert *alert, const struct alert_rule *rule)
{
	struct call *call = context;

	api_write_alert(call->out, alert);
	out_text(call->out, "rule_yaml", rule->yaml);
	out_optional(call->out, "rule_description", rule->description);
	out_optional(call->out, "rule_description_zh", rule->description_zh);
	out_lines(call->out, "false_positives", rule->false_positives);
	out_lines(call->out, "false_positives_zh", rule->false_positives_zh);
	out_optional(call->out, "rule_author", rule->author);
	out_optional(call->out, "rule_license", rule->license);
	out_optional(call->out, "next_steps", rule->next_steps);
	out_optional(call->out, "next_steps_zh", rule->next_steps_zh);
	event_write_object(call, "why", alert->why);
	event_write_copy(call, "event", alert->event, alert->event_seq);
	return 0;
}

void api_get_alert(struct call *call)
{
	int r;

	out_open(call->out, NULL, '{');
	r = alert_get(call->web->db, call->path_values[0], write_detail, call);
	if (r == 0)
		r = alert_reason(call->web->db, call->path_values[0], write_reason, call);
	if (r == 0) {
		out_open(call->out, "history", '[');
		r = alert_history(call->web->db, call->path_values[0], write_change, call);
		out_close(call->out, ']');
	}
	out_close(call->out, '}');
	if (r == ERR_END)
		call_fail(call, 404, "not_found", "there is no such alert");
	else if (r < 0)
		call_fail_code(call, r);
}

static int write_plain(void *context, const struct alert *alert, const struct alert_rule *rule)
{
	(void)rule;
	return write_row(context, alert);
}

static void update(struct call *call, const struct alert_change *change)
{
	int r = alert_update(call->web->db, call->path_values[0], change);

	if (r == 0)
		r = alert_get(call->web->db, call->path_values[0], write_plain, call);
	if (r == ERR_END)
		call_fail(call, 404, "not_found", "there is no such alert");
	else if (r < 0)
		call_fail_code(call, r);
}

void api_update_alert(struct call *call)
{
	struct alert_change change = {.by = str_from(call->session.user.name), .at = call->now};
	json_t *body = call_body(call);
	enum alert_status status;
	struct str status_name, note;
	bool has_status, has_note;

	if (!body)
		return;
	if (body_text(call, body, "status", 32, false, &status_name, &has_status) &&
	    body_text(call, body, "note", ALERT_NOTE_MAX, false, &note, &has_note)) {
		change.status = has_status ? &status : NULL;
		change.note = has_note ? &note : NULL;
		if (has_status && alert_status_parse(status_name, &status) < 0)
			call_fail(call, 400, "bad_status",
				  "status is new, acknowledged, closed or false_positive");
		else if (!has_status && !has_note)
			call_fail(call, 400, "bad_body", "give status, note or both");
		else
			update(call, &change);
	}
	json_decref(body);
}
