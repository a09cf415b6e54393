/* SPDX-License-Identifier: Apache-2.0 */
/* One decision about many alerts. */
#include "access/user.h"
#include "cases/alert_bulk.h"
#include "web/route.h"

struct bulk_input {
	struct alert_bulk bulk;
	enum alert_status status;
	struct str note, assignee;
	struct str *ids;
	size_t count;
};

/* What became of each: those that were changed with how they were before, the others with the reason. */
struct bulk_output {
	struct call *call;
	const struct alert_bulk *bulk;
	struct buf changed, unchanged;
	size_t seen;
};

static bool read_ids(struct call *call, json_t *body, struct bulk_input *input)
{
	json_t *list = json_object_get(body, "ids"), *item;
	size_t i, count = json_array_size(list);

	if (!count || count > ALERT_BULK_MAX) {
		call_fail(call, 400, "bad_body", "ids are 1 to %d alerts", ALERT_BULK_MAX);
		return false;
	}
	input->ids = arena_array(call->request->arena, struct str, count);
	json_array_foreach(list, i, item)
	{
		if (!json_is_string(item)) {
			call_fail(call, 400, "bad_body", "ids are texts");
			return false;
		}
		input->ids[i] = str_of(json_string_value(item), json_string_length(item));
	}
	input->count = count;
	return true;
}

/* Somebody who may work on alerts; nobody is fine. */
static bool check_assignee(struct call *call, struct str name)
{
	struct user user;
	int r = name.len ? user_find(call->web->db, name, &user) : 0;

	if (name.len &&
	    (r == ERR_UNKNOWN || (r == 0 && (user.disabled || !role_may(user.role, PERMIT_ALERT_CHANGE)))))
		call_fail(call, 400, "bad_assignee", "assignee is an account that may work on alerts");
	else if (r < 0)
		call_fail_code(call, r);
	else
		return true;
	return false;
}

static bool read_input(struct call *call, json_t *body, struct bulk_input *input)
{
	bool has_status, has_note, has_assignee;
	struct str status;

	if (!read_ids(call, body, input) ||
	    !body_text(call, body, "status", 32, false, &status, &has_status) ||
	    !body_text(call, body, "note", ALERT_NOTE_MAX, false, &input->note, &has_note) ||
	    !body_text(call, body, "assignee", USER_NAME_MAX, false, &input->assignee, &has_assignee))
		return false;
	if (has_status && alert_status_parse(status, &input->status) < 0)
		call_fail(call, 400, "bad_status", "status is new, acknowledged, closed or false_positive");
	else if (!has_status && !has_note && !has_assignee)
		call_fail(call, 400, "bad_body", "give status, note or assignee");
	else if (!has_assignee || check_assignee(call, input->assignee)) {
		input->bulk.change.status = has_status ? &input->status : NULL;
		input->bulk.change.note = has_note ? &input->note : NULL;
		input->bulk.assignee = has_assignee ? &input->assignee : NULL;
		return true;
	}
	return false;
}

static void write_changed(struct bulk_output *output, const struct alert_result *result)
{
	struct buf *out = &output->changed;

	out_open(out, NULL, '{');
	out_text(out, "id", result->id);
	out_open(out, "before", '{');
	if (output->bulk->change.status)
		out_text(out, "status", str_from(alert_status_name(result->status)));
	if (output->bulk->change.note)
		out_text(out, "note", result->note);
	if (output->bulk->assignee)
		out_text(out, "assignee", result->assignee);
	out_close(out, '}');
	out_close(out, '}');
}

static void write_unchanged(struct bulk_output *output, struct str id, const char *reason)
{
	struct buf *out = &output->unchanged;

	out_open(out, NULL, '{');
	out_text(out, "id", id);
	out_text(out, "reason", str_from(reason));
	out_close(out, '}');
}

static int write_result(void *context, const struct alert_result *result)
{
	static const char *const reasons[] = {
		[ALERT_SAME] = "same", [ALERT_NOT_FOUND] = "not_found", [ALERT_REFUSED] = "refused"};
	struct bulk_output *output = context;

	output->seen++;
	if (result->outcome == ALERT_CHANGED)
		write_changed(output, result);
	else
		write_unchanged(output, result->id, reasons[result->outcome]);
	return 0;
}

/* Where a later part failed, the parts before it are done, and what is said of the rest is that. */
static void change(struct call *call, const struct bulk_input *input)
{
	struct bulk_output output = {.call = call, .bulk = &input->bulk};
	int r;

	out_open(&output.changed, NULL, '[');
	out_open(&output.unchanged, NULL, '[');
	r = alerts_change(call->web->db, input->ids, input->count, &input->bulk, write_result, &output);
	if (r < 0 && !output.seen) {
		call_fail_code(call, r);
	} else {
		while (output.seen < input->count)
			write_unchanged(&output, input->ids[output.seen++], "failed");
		out_close(&output.changed, ']');
		out_close(&output.unchanged, ']');
		out_open(call->out, NULL, '{');
		out_json(call->out, "changed", buf_str(&output.changed));
		out_json(call->out, "unchanged", buf_str(&output.unchanged));
		out_close(call->out, '}');
	}
	buf_done(&output.changed);
	buf_done(&output.unchanged);
}

void api_change_alerts(struct call *call)
{
	struct bulk_input input = {.bulk.change = {.by = str_from(call->session.user.name), .at = call->now}};
	json_t *body = call_body(call);

	if (body && read_input(call, body, &input))
		change(call, &input);
	json_decref(body);
}
