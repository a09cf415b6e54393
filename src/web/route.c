/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/clock.h"
#include "web/incident.h"

#define API_PREFIX "/api/v1"

/* The same list as doc/formats/api.yaml; a test holds them together. */
const struct route web_routes[] = {
	{"GET", "/session", PERMIT_SELF, ROUTE_WITH_OLD_PASSWORD, api_get_session, AUDIT_NONE, NULL, NULL},
	{"POST", "/session", PERMIT_NONE, 0, api_sign_in, AUDIT_BY_HANDLER, "login", NULL},
	{"DELETE", "/session", PERMIT_SELF, ROUTE_WITH_OLD_PASSWORD, api_sign_out, AUDIT_IF_POSSIBLE,
	 "logout", NULL},
	{"POST", "/session/second-factor", PERMIT_NONE, 0, api_sign_in_code, AUDIT_BY_HANDLER, "login", NULL},
	{"GET", "/sessions", PERMIT_SELF, 0, api_list_sessions, AUDIT_NONE, NULL, NULL},
	{"DELETE", "/sessions", PERMIT_SELF, 0, api_end_other_sessions, AUDIT_BEFORE, "session.end", NULL},
	{"DELETE", "/sessions/{id}", PERMIT_SELF, 0, api_end_session, AUDIT_BEFORE, "session.end", NULL},
	{"GET", "/second-factor", PERMIT_SELF, 0, api_get_second_factor, AUDIT_NONE, NULL, NULL},
	{"POST", "/second-factor", PERMIT_SELF, 0, api_begin_second_factor, AUDIT_BY_HANDLER,
	 "second_factor.begin", NULL},
	{"POST", "/second-factor/confirm", PERMIT_SELF, 0, api_confirm_second_factor, AUDIT_BY_HANDLER,
	 "second_factor.confirm", NULL},
	{"POST", "/second-factor/recovery-codes", PERMIT_SELF, 0, api_renew_recovery_codes, AUDIT_BY_HANDLER,
	 "second_factor.codes", NULL},
	{"POST", "/second-factor/remove", PERMIT_SELF, 0, api_remove_second_factor, AUDIT_BY_HANDLER,
	 "second_factor.remove", NULL},
	{"GET", "/tokens", PERMIT_SELF, 0, api_list_tokens, AUDIT_NONE, NULL, NULL},
	{"POST", "/tokens", PERMIT_SELF, 0, api_add_token, AUDIT_BY_HANDLER, "token.add", NULL},
	{"DELETE", "/tokens/{id}", PERMIT_SELF, 0, api_remove_token, AUDIT_BEFORE, "token.remove", NULL},
	{"GET", "/accounts", PERMIT_ACCOUNT_MANAGE, 0, api_list_accounts, AUDIT_BEFORE, "user.list", NULL},
	{"POST", "/accounts", PERMIT_ACCOUNT_MANAGE, 0, api_add_account, AUDIT_WITH_BODY, "user.add", "name"},
	{"GET", "/accounts/{name}", PERMIT_ACCOUNT_MANAGE, 0, api_get_account, AUDIT_NONE, NULL, NULL},
	{"PATCH", "/accounts/{name}", PERMIT_ACCOUNT_MANAGE, 0, api_update_account, AUDIT_WITH_BODY,
	 "user.update", NULL},
	{"POST", "/accounts/{name}/password", PERMIT_ACCOUNT_MANAGE, 0, api_reset_password, AUDIT_BEFORE,
	 "user.passwd", NULL},
	{"POST", "/accounts/{name}/second-factor/reset", PERMIT_ACCOUNT_MANAGE, 0, api_reset_second_factor,
	 AUDIT_BEFORE, "user.reset_second_factor", NULL},
	{"POST", "/accounts/{name}/sessions/end", PERMIT_ACCOUNT_MANAGE, 0, api_end_account_sessions,
	 AUDIT_BEFORE, "user.end_sessions", NULL},
	{"POST", "/password", PERMIT_SELF, ROUTE_WITH_OLD_PASSWORD, api_change_password, AUDIT_BY_HANDLER,
	 "password.change", NULL},
	{"GET", "/status", PERMIT_SITUATION_READ, ROUTE_PASSIVE, api_get_status, AUDIT_NONE, NULL, NULL},
	{"GET", "/overview", PERMIT_SITUATION_READ, 0, api_get_overview, AUDIT_NONE, NULL, NULL},
	{"GET", "/alerts", PERMIT_ALERT_READ, 0, api_list_alerts, AUDIT_NONE, NULL, NULL},
	{"GET", "/alerts/rules", PERMIT_ALERT_READ, 0, api_list_alert_rules, AUDIT_NONE, NULL, NULL},
	{"GET", "/alerts/{id}", PERMIT_ALERT_READ, 0, api_get_alert, AUDIT_BEFORE, "alert.view", NULL},
	{"PATCH", "/alerts/{id}", PERMIT_ALERT_CHANGE, 0, api_update_alert, AUDIT_WITH_BODY, "alert.update",
	 NULL},
	{"GET", "/incidents", PERMIT_INCIDENT_READ, ROUTE_SCOPED, api_list_incidents, AUDIT_NONE, NULL, NULL},
	{"GET", "/incidents/categories", PERMIT_INCIDENT_READ, ROUTE_SCOPED, api_list_categories, AUDIT_NONE,
	 NULL, NULL},
	{"GET", "/incidents/{id}", PERMIT_INCIDENT_READ, ROUTE_SCOPED, api_get_incident, AUDIT_BEFORE,
	 "incident.view", NULL},
	{"PATCH", "/incidents/{id}", PERMIT_INCIDENT_CHANGE, ROUTE_SCOPED, api_update_incident,
	 AUDIT_WITH_BODY, "incident.update", NULL},
	{"POST", "/incidents/{id}/merge", PERMIT_INCIDENT_CHANGE, ROUTE_SCOPED, api_merge_incident,
	 AUDIT_WITH_BODY, "incident.merge", NULL},
	{"POST", "/incidents/{id}/split", PERMIT_INCIDENT_CHANGE, ROUTE_SCOPED, api_split_incident,
	 AUDIT_WITH_BODY, "incident.split", NULL},
	{"POST", "/incidents/{id}/reopen", PERMIT_INCIDENT_CHANGE, ROUTE_SCOPED, api_reopen_incident,
	 AUDIT_WITH_BODY, "incident.reopen", NULL},
	{"POST", "/incidents/{id}/notes", PERMIT_INCIDENT_CHANGE, ROUTE_SCOPED, api_add_incident_note,
	 AUDIT_WITH_BODY, "incident.note", NULL},
	{"GET", "/incidents/{id}/alerts", PERMIT_INCIDENT_READ, ROUTE_SCOPED, api_list_incident_alerts,
	 AUDIT_NONE, NULL, NULL},
	{"GET", "/incidents/{id}/timeline", PERMIT_INCIDENT_READ, ROUTE_SCOPED, api_list_incident_timeline,
	 AUDIT_NONE, NULL, NULL},
	{"POST", "/incidents/{id}/tasks", PERMIT_INCIDENT_CHANGE, ROUTE_SCOPED, api_add_task, AUDIT_WITH_BODY,
	 "task.add", NULL},
	{"PATCH", "/incidents/{id}/tasks/{task}", PERMIT_INCIDENT_CHANGE, ROUTE_SCOPED, api_update_task,
	 AUDIT_WITH_BODY, "task.update", NULL},
	{"POST", "/incidents/{id}/files", PERMIT_INCIDENT_CHANGE, ROUTE_SCOPED | ROUTE_LARGE,
	 api_add_incident_file, AUDIT_BEFORE, "file.add", NULL},
	{"GET", "/incidents/{id}/files/{file}", PERMIT_INCIDENT_READ, ROUTE_SCOPED, api_get_incident_file,
	 AUDIT_BEFORE, "file.export", NULL},
	{"GET", "/incidents/{id}/files/{file}/custody", PERMIT_INCIDENT_READ, ROUTE_SCOPED,
	 api_get_file_custody, AUDIT_BEFORE, "file.view", NULL},
	{"GET", "/tasks", PERMIT_INCIDENT_READ, 0, api_list_tasks, AUDIT_NONE, NULL, NULL},
	{"GET", "/risk", PERMIT_INCIDENT_READ, 0, api_list_risk, AUDIT_NONE, NULL, NULL},
	{"GET", "/coverage", PERMIT_SITUATION_READ, 0, api_list_coverage, AUDIT_NONE, NULL, NULL},
	{"GET", "/coverage/statement", PERMIT_SITUATION_READ, 0, api_get_coverage_statement, AUDIT_NONE, NULL,
	 NULL},
	{"GET", "/events", PERMIT_EVENT_READ, 0, api_search_events, AUDIT_BEFORE, "search", "q"},
	{"GET", "/events/histogram", PERMIT_EVENT_READ, 0, api_histogram_events, AUDIT_BEFORE, "search.count",
	 "q"},
	{"POST", "/events/export", PERMIT_EVENT_READ, 0, api_note_export, AUDIT_WITH_BODY, "export", "query"},
	{"GET", "/events/{seq}", PERMIT_EVENT_READ, 0, api_get_event, AUDIT_BEFORE, "event.view", NULL},
	{"GET", "/who", PERMIT_EVENT_READ, 0, api_who, AUDIT_BEFORE, "who", "what"},
	{"GET", "/owner", PERMIT_REGISTER_READ, ROUTE_SCOPED, api_owner, AUDIT_BEFORE, "owner", "what"},
	{"GET", "/units", PERMIT_REGISTER_READ, ROUTE_SCOPED, api_list_units, AUDIT_NONE, NULL, NULL},
	{"POST", "/units", PERMIT_REGISTER_CHANGE, ROUTE_SCOPED, api_add_unit, AUDIT_WITH_BODY, "unit.add",
	 "name"},
	{"GET", "/units/{id}", PERMIT_REGISTER_READ, ROUTE_SCOPED, api_get_unit, AUDIT_NONE, NULL, NULL},
	{"PATCH", "/units/{id}", PERMIT_REGISTER_CHANGE, ROUTE_SCOPED, api_update_unit, AUDIT_WITH_BODY,
	 "unit.update", NULL},
	{"DELETE", "/units/{id}", PERMIT_REGISTER_CHANGE, ROUTE_SCOPED, api_close_unit, AUDIT_BEFORE,
	 "unit.close", NULL},
	{"GET", "/people", PERMIT_REGISTER_READ, ROUTE_SCOPED, api_list_people, AUDIT_NONE, NULL, NULL},
	{"POST", "/people", PERMIT_REGISTER_CHANGE, ROUTE_SCOPED, api_add_person, AUDIT_WITH_BODY,
	 "person.add", "name"},
	{"GET", "/people/{id}", PERMIT_REGISTER_READ, ROUTE_SCOPED, api_get_person, AUDIT_NONE, NULL, NULL},
	{"PATCH", "/people/{id}", PERMIT_REGISTER_CHANGE, ROUTE_SCOPED, api_update_person, AUDIT_WITH_BODY,
	 "person.update", NULL},
	{"DELETE", "/people/{id}", PERMIT_REGISTER_CHANGE, ROUTE_SCOPED, api_close_person, AUDIT_BEFORE,
	 "person.close", NULL},
	{"GET", "/duties", PERMIT_REGISTER_READ, ROUTE_SCOPED, api_list_duties, AUDIT_NONE, NULL, NULL},
	{"POST", "/duties", PERMIT_REGISTER_CHANGE, ROUTE_SCOPED, api_add_duty, AUDIT_WITH_BODY, "duty.add",
	 "duty"},
	{"GET", "/duties/{id}", PERMIT_REGISTER_READ, ROUTE_SCOPED, api_get_duty, AUDIT_NONE, NULL, NULL},
	{"PATCH", "/duties/{id}", PERMIT_REGISTER_CHANGE, ROUTE_SCOPED, api_update_duty, AUDIT_WITH_BODY,
	 "duty.update", NULL},
	{"DELETE", "/duties/{id}", PERMIT_REGISTER_CHANGE, ROUTE_SCOPED, api_close_duty, AUDIT_BEFORE,
	 "duty.close", NULL},
	{"GET", "/assets", PERMIT_REGISTER_READ, ROUTE_SCOPED, api_list_assets, AUDIT_NONE, NULL, NULL},
	{"POST", "/assets", PERMIT_REGISTER_CHANGE, ROUTE_SCOPED, api_add_asset, AUDIT_WITH_BODY, "asset.add",
	 "name"},
	{"GET", "/assets/unregistered", PERMIT_REGISTER_READ, 0, api_list_unregistered, AUDIT_NONE, NULL,
	 NULL},
	{"GET", "/assets/zombies", PERMIT_REGISTER_READ, 0, api_list_zombies, AUDIT_NONE, NULL, NULL},
	{"GET", "/assets/{id}", PERMIT_REGISTER_READ, ROUTE_SCOPED, api_get_asset, AUDIT_NONE, NULL, NULL},
	{"PATCH", "/assets/{id}", PERMIT_REGISTER_CHANGE, ROUTE_SCOPED, api_update_asset, AUDIT_WITH_BODY,
	 "asset.update", NULL},
	{"DELETE", "/assets/{id}", PERMIT_REGISTER_CHANGE, ROUTE_SCOPED, api_close_asset, AUDIT_BEFORE,
	 "asset.close", NULL},
	{"GET", "/fields", PERMIT_SITUATION_READ, 0, api_list_fields, AUDIT_NONE, NULL, NULL},
	{"GET", "/incidents/{id}/reports", PERMIT_INCIDENT_READ, ROUTE_SCOPED, api_list_incident_reports,
	 AUDIT_NONE, NULL, NULL},
	{"GET", "/incidents/{id}/reports/{report}", PERMIT_INCIDENT_READ, ROUTE_SCOPED,
	 api_get_incident_report, AUDIT_NONE, NULL, NULL},
	{"POST", "/incidents/{id}/reports/{report}/submitted", PERMIT_REPORT, ROUTE_SCOPED, api_submit_report,
	 AUDIT_WITH_BODY, "report.submit", NULL},
	{"POST", "/incidents/{id}/reports/{report}/waive", PERMIT_REPORT, ROUTE_SCOPED, api_waive_report,
	 AUDIT_WITH_BODY, "report.waive", NULL},
	{"GET", "/incidents/{id}/reports/{report}/document", PERMIT_INCIDENT_READ, ROUTE_SCOPED,
	 api_get_report_document, AUDIT_BEFORE, "report.export", NULL},
	{"GET", "/reports/due", PERMIT_INCIDENT_READ, ROUTE_SCOPED, api_list_due_reports, AUDIT_NONE, NULL,
	 NULL},
	{"GET", "/duty", PERMIT_DUTY_READ, 0, api_get_duty_now, AUDIT_NONE, NULL, NULL},
	{"GET", "/duty/shifts", PERMIT_DUTY_READ, 0, api_list_shifts, AUDIT_NONE, NULL, NULL},
	{"POST", "/duty/shifts", PERMIT_DUTY_CHANGE, 0, api_add_shift, AUDIT_WITH_BODY, "duty.shift.add",
	 NULL},
	{"POST", "/duty/shifts/rotate", PERMIT_DUTY_CHANGE, 0, api_rotate_shifts, AUDIT_WITH_BODY,
	 "duty.shift.rotate", NULL},
	{"PATCH", "/duty/shifts/{id}", PERMIT_DUTY_CHANGE, 0, api_update_shift, AUDIT_WITH_BODY,
	 "duty.shift.update", NULL},
	{"DELETE", "/duty/shifts/{id}", PERMIT_DUTY_CHANGE, 0, api_delete_shift, AUDIT_BEFORE,
	 "duty.shift.delete", NULL},
	{"GET", "/duty/swaps", PERMIT_DUTY_READ, 0, api_list_swaps, AUDIT_NONE, NULL, NULL},
	{"POST", "/duty/swaps", PERMIT_DUTY_CHANGE, 0, api_ask_swap, AUDIT_WITH_BODY, "duty.swap.ask", NULL},
	{"PATCH", "/duty/swaps/{id}", PERMIT_DUTY_CHANGE, 0, api_decide_swap, AUDIT_WITH_BODY,
	 "duty.swap.decide", NULL},
	{"POST", "/duty/handover", PERMIT_DUTY_CHANGE, 0, api_leave_handover, AUDIT_WITH_BODY,
	 "duty.handover", NULL},
	{"POST", "/duty/takeover", PERMIT_DUTY_CHANGE, 0, api_take_handover, AUDIT_BEFORE, "duty.takeover",
	 NULL},
	{"GET", "/duty/log", PERMIT_DUTY_READ, 0, api_list_duty_log, AUDIT_NONE, NULL, NULL},
	{"POST", "/duty/log", PERMIT_DUTY_CHANGE, 0, api_add_duty_log, AUDIT_WITH_BODY, "duty.log", NULL},
	{"GET", "/duty/periods", PERMIT_DUTY_READ, 0, api_list_periods, AUDIT_NONE, NULL, NULL},
	{"POST", "/duty/periods", PERMIT_DUTY_CHANGE, 0, api_add_period, AUDIT_WITH_BODY, "duty.period.add",
	 NULL},
	{"PUT", "/duty/periods/{id}", PERMIT_DUTY_CHANGE, 0, api_set_period, AUDIT_WITH_BODY,
	 "duty.period.set", NULL},
	{"DELETE", "/duty/periods/{id}", PERMIT_DUTY_CHANGE, 0, api_delete_period, AUDIT_BEFORE,
	 "duty.period.delete", NULL},
	{"GET", "/duty/reports", PERMIT_DUTY_READ, 0, api_list_duty_reports, AUDIT_NONE, NULL, NULL},
	{"POST", "/duty/reports", PERMIT_DUTY_CHANGE, 0, api_make_duty_report, AUDIT_BEFORE,
	 "duty.report.make", NULL},
	{"GET", "/duty/reports/{id}", PERMIT_DUTY_READ, 0, api_get_duty_report, AUDIT_NONE, NULL, NULL},
	{"POST", "/duty/reports/{id}/sign", PERMIT_DUTY_CHANGE, 0, api_sign_duty_report, AUDIT_WITH_BODY,
	 "duty.report.sign", NULL},
	{"GET", "/duty/reports/{id}/document", PERMIT_DUTY_READ, 0, api_get_duty_report_document,
	 AUDIT_BEFORE, "duty.report.export", NULL},
	{"GET", "/register/template", PERMIT_REGISTER_READ, 0, api_get_register_template, AUDIT_NONE, NULL,
	 NULL},
	{"GET", "/register/export", PERMIT_REGISTER_READ, ROUTE_SCOPED, api_export_register, AUDIT_BEFORE,
	 "register.export", "kind"},
	{"POST", "/register/import", PERMIT_REGISTER_CHANGE, ROUTE_LARGE, api_import_register, AUDIT_BEFORE,
	 "register.import", "kind"},
	{"GET", "/register/imports", PERMIT_REGISTER_READ, 0, api_list_imports, AUDIT_NONE, NULL, NULL},
	{"POST", "/register/imports/{id}/undo", PERMIT_REGISTER_CHANGE, 0, api_undo_import, AUDIT_BEFORE,
	 "register.undo", NULL},
	{"GET", "/channels", PERMIT_SITUATION_READ, 0, api_list_channels, AUDIT_NONE, NULL, NULL},
	{"POST", "/channels/{name}/test", PERMIT_SETTING_CHANGE, 0, api_test_channel, AUDIT_WITH_BODY,
	 "channel.test", NULL},
	{"GET", "/outbox", PERMIT_SITUATION_READ, 0, api_list_outbox, AUDIT_NONE, NULL, NULL},
	{"GET", "/outbox/{id}", PERMIT_SITUATION_READ, 0, api_get_outbox, AUDIT_NONE, NULL, NULL},
	{"POST", "/incidents/{id}/rectifications", PERMIT_NOTIFY_UNITS, 0, api_add_rectification,
	 AUDIT_WITH_BODY, "rectification.add", NULL},
	{"GET", "/rectifications", PERMIT_INCIDENT_READ, ROUTE_SCOPED, api_list_rectifications, AUDIT_NONE,
	 NULL, NULL},
	{"GET", "/rectifications/{id}", PERMIT_INCIDENT_READ, ROUTE_SCOPED, api_get_rectification,
	 AUDIT_BEFORE, "rectification.view", NULL},
	{"PATCH", "/rectifications/{id}", PERMIT_NOTIFY_UNITS, 0, api_update_rectification, AUDIT_WITH_BODY,
	 "rectification.update", NULL},
	{"POST", "/rectifications/{id}/send", PERMIT_NOTIFY_UNITS, 0, api_send_rectification, AUDIT_WITH_BODY,
	 "rectification.send", NULL},
	{"POST", "/rectifications/{id}/accept", PERMIT_NOTIFY_UNITS, 0, api_accept_rectification,
	 AUDIT_WITH_BODY, "rectification.accept", NULL},
	{"POST", "/rectifications/{id}/return", PERMIT_NOTIFY_UNITS, 0, api_return_rectification,
	 AUDIT_WITH_BODY, "rectification.return", NULL},
	{"POST", "/rectifications/{id}/extend", PERMIT_NOTIFY_UNITS, 0, api_extend_rectification,
	 AUDIT_WITH_BODY, "rectification.extend", NULL},
	{"POST", "/rectifications/{id}/remind", PERMIT_NOTIFY_UNITS, 0, api_remind_rectification,
	 AUDIT_WITH_BODY, "rectification.remind", NULL},
	{"POST", "/rectifications/{id}/revoke", PERMIT_NOTIFY_UNITS, 0, api_revoke_rectification,
	 AUDIT_WITH_BODY, "rectification.revoke", NULL},
	{"POST", "/rectifications/{id}/withdraw", PERMIT_NOTIFY_UNITS, 0, api_withdraw_rectification,
	 AUDIT_WITH_BODY, "rectification.withdraw", NULL},
	{"GET", "/rectifications/{id}/document", PERMIT_INCIDENT_READ, ROUTE_SCOPED,
	 api_get_rectification_document, AUDIT_BEFORE, "rectification.document", NULL},
	{"GET", "/rectifications/{id}/files/{file}", PERMIT_INCIDENT_READ, ROUTE_SCOPED,
	 api_get_rectification_file, AUDIT_BEFORE, "rectification.file", NULL},
	{"GET", "/reply", PERMIT_LINK, 0, api_get_reply, AUDIT_BEFORE, "reply.view", NULL},
	{"POST", "/reply/confirm", PERMIT_LINK, 0, api_confirm_reply, AUDIT_BEFORE, "reply.confirm", NULL},
	{"PUT", "/reply/report", PERMIT_LINK, 0, api_put_reply_report, AUDIT_BEFORE, "reply.report", NULL},
	{"POST", "/reply/extension", PERMIT_LINK, 0, api_ask_reply_extension, AUDIT_WITH_BODY,
	 "reply.extension", NULL},
	{"POST", "/reply/files", PERMIT_LINK, ROUTE_LARGE, api_add_reply_file, AUDIT_BEFORE, "reply.file.add",
	 "name"},
	{"GET", "/reply/files/{id}", PERMIT_LINK, 0, api_get_reply_file, AUDIT_BEFORE, "reply.file.get",
	 NULL},
	{"DELETE", "/reply/files/{id}", PERMIT_LINK, 0, api_remove_reply_file, AUDIT_BEFORE,
	 "reply.file.remove", NULL},
	{"GET", "/reply/document", PERMIT_LINK, 0, api_get_reply_document, AUDIT_BEFORE, "reply.document",
	 NULL},
	{"GET", "/trail", PERMIT_TRAIL_READ, 0, api_list_trail, AUDIT_BEFORE, "trail.read", NULL},
	{"GET", "/trail/export", PERMIT_TRAIL_READ, 0, api_export_trail, AUDIT_BEFORE, "trail.export", NULL},
};
const size_t web_route_count = sizeof(web_routes) / sizeof(web_routes[0]);

/* A literal path goes before one with {…}, so the earlier line of the table wins. */
static bool matches(struct str pattern, struct str path, struct str values[2])
{
	struct str want, have;
	size_t count = 0;

	while (str_split(&pattern, '/', &want)) {
		if (!str_split(&path, '/', &have))
			return false;
		if (want.len && want.ptr[0] == '{' && have.len)
			values[count++ % 2] = have;
		else if (!str_eq(want, have))
			return false;
	}
	return path.len == 0;
}

const struct route *route_find(const char *method, const char *path, struct str ret_values[2],
			       char ret_allowed[64])
{
	size_t prefix = strlen(API_PREFIX), used = 0;

	ret_allowed[0] = 0;
	if (strncmp(path, API_PREFIX, prefix) != 0 || path[strlen(path) - 1] == '/')
		return NULL;
	for (size_t i = 0; i < web_route_count; i++) {
		const struct route *route = &web_routes[i];
		struct str values[2] = {0};

		if (!matches(str_from(route->path), str_from(path + prefix), values))
			continue;
		if (strcmp(route->method, method) == 0) {
			memcpy(ret_values, values, sizeof(values));
			return route;
		}
		used += (size_t)snprintf(ret_allowed + used, 64 - used, "%s%s", used ? ", " : "",
					 route->method);
		must(used < 64);
	}
	return NULL;
}

static bool is_allowed(struct call *call, const struct route *route)
{
	bool changes = strcmp(route->method, "GET") != 0;

	if (changes && (!guard_origin(call) || !guard_content_type(call, route)))
		return false;
	if (route->permission == PERMIT_NONE)
		return true;
	if (route->permission == PERMIT_LINK)
		return guard_link(call);
	if (!guard_session(call, !(route->flags & ROUTE_PASSIVE)) || (changes && !guard_csrf(call)))
		return false;
	if (!guard_permission(call, route) || !guard_scope(call, route)) {
		audit_refusal(call, route);
		return false;
	}
	return guard_account(call, route);
}

static void add_headers(struct call *call)
{
	guard_headers(call->response, NULL);
	http_set_header(call->response, "Cache-Control", "no-store");
}

static bool may_send(struct call *call, const struct route *route)
{
	if (route->permission == PERMIT_LINK)
		return guard_link(call);
	return guard_session(call, false);
}

bool api_admit(struct call *call)
{
	struct http_request *request = call->request;
	char allowed[64];
	const struct route *route = route_find(request->method, request->path, call->path_values, allowed);

	if (!route || !(route->flags & ROUTE_LARGE))
		return true;
	request->body_max = WEB_LARGE_BODY_MAX;
	call->now = clock_now();
	call->out = &call->response->body;
	if (may_send(call, route))
		return true;
	add_headers(call);
	return false;
}

void api_handle(struct call *call)
{
	char allowed[64];
	const struct route *route;

	call->now = clock_now();
	call->out = &call->response->body;
	call->response->content_type = "application/json; charset=utf-8";
	add_headers(call);
	route = route_find(call->request->method, call->request->path, call->path_values, allowed);
	if (!route && allowed[0]) {
		http_set_header(call->response, "Allow", allowed);
		call_fail(call, 405, "method_not_allowed", "use %s here", allowed);
	} else if (!route) {
		call_fail(call, 404, "not_found", "there is nothing at this address");
	} else if (is_allowed(call, route) && audit_route(call, route)) {
		route->handle(call);
	}
}
