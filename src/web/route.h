/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_ROUTE_H
#define WEB_ROUTE_H
/* Inside web/: the route table and the handlers it names. */
#include "access/permission.h"
#include "web/guard.h"
#include "web/resource.h"

enum {
	ROUTE_WITH_OLD_PASSWORD = 1, /* also while the password must be changed */
	ROUTE_PASSIVE = 2,           /* asked by the page, not by a person: does not keep the session alive */
	ROUTE_SCOPED = 4,            /* heeds call->scope; without, accounts bound to a unit are refused */
	ROUTE_LARGE = 8, /* a body of up to WEB_LARGE_BODY_MAX, of the types in guard.c: a file, a table */
};

/* Whether a call is a record in the audit trail. A route without a decision fails its test. */
enum route_audit {
	AUDIT_UNDECIDED,
	AUDIT_NONE,        /* what pages show by themselves */
	AUDIT_BEFORE,      /* written before the handler runs: the object and all other arguments */
	AUDIT_WITH_BODY,   /* the same, with the body's members */
	AUDIT_IF_POSSIBLE, /* as AUDIT_BEFORE, and done even so: nobody is kept from signing out */
	AUDIT_BY_HANDLER,  /* by the handler, which calls audit_outcome() before it takes effect */
};

struct route {
	const char *method,
		*path; /* below /api/v1; {name} stands for one part, of which there are at most two */
	enum permission permission;
	unsigned flags;
	void (*handle)(struct call *call);
	enum route_audit audit;
	const char *action; /* doc/formats/notices.md; NULL with AUDIT_NONE */
	const char *object; /* the argument or member that is its object; NULL: what stands at {…} */
};

/* PERMIT_LINK: guard_link() has found whose the secret in X-Link-Token is (call->link). No cookie is looked
   at, so no CSRF token is asked for. */

extern const struct route web_routes[];
extern const size_t web_route_count;

/* Finds the route and fills ret_values, empty where the path has none. NULL: *ret_allowed is "GET, PATCH"
 * where only the method is wrong. */
const struct route *route_find(const char *method, const char *path, struct str ret_values[2],
			       char ret_allowed[64]);

/* The handlers, in api_*.c. */

void api_get_session(struct call *call);
void api_sign_in(struct call *call);
void api_sign_in_code(struct call *call);
void api_sign_out(struct call *call);
void api_list_sessions(struct call *call);
void api_end_session(struct call *call);
void api_end_other_sessions(struct call *call);
void api_get_second_factor(struct call *call);
void api_begin_second_factor(struct call *call);
void api_confirm_second_factor(struct call *call);
void api_renew_recovery_codes(struct call *call);
void api_remove_second_factor(struct call *call);
void api_list_tokens(struct call *call);
void api_add_token(struct call *call);
void api_remove_token(struct call *call);
void api_list_accounts(struct call *call);
void api_add_account(struct call *call);
void api_get_account(struct call *call);
void api_update_account(struct call *call);
void api_reset_password(struct call *call);
void api_reset_second_factor(struct call *call);
void api_end_account_sessions(struct call *call);
void api_change_password(struct call *call);
void api_get_status(struct call *call);
void api_get_overview(struct call *call);
void api_list_alerts(struct call *call);
void api_list_alert_rules(struct call *call);
void api_get_alert(struct call *call);
void api_update_alert(struct call *call);
void api_list_coverage(struct call *call);
void api_get_coverage_statement(struct call *call);
void api_search_events(struct call *call);
void api_histogram_events(struct call *call);
void api_get_event(struct call *call);
void api_list_fields(struct call *call);
void api_note_export(struct call *call);
void api_list_trail(struct call *call);
void api_export_trail(struct call *call);
void api_get_duty_now(struct call *call);
void api_list_shifts(struct call *call);
void api_add_shift(struct call *call);
void api_rotate_shifts(struct call *call);
void api_update_shift(struct call *call);
void api_delete_shift(struct call *call);
void api_list_swaps(struct call *call);
void api_ask_swap(struct call *call);
void api_decide_swap(struct call *call);
void api_leave_handover(struct call *call);
void api_take_handover(struct call *call);
void api_list_duty_log(struct call *call);
void api_add_duty_log(struct call *call);
void api_list_periods(struct call *call);
void api_add_period(struct call *call);
void api_set_period(struct call *call);
void api_delete_period(struct call *call);
void api_list_duty_reports(struct call *call);
void api_make_duty_report(struct call *call);
void api_get_duty_report(struct call *call);
void api_sign_duty_report(struct call *call);
void api_get_duty_report_document(struct call *call);
void api_list_incident_reports(struct call *call);
void api_get_incident_report(struct call *call);
void api_submit_report(struct call *call);
void api_waive_report(struct call *call);
void api_get_report_document(struct call *call);
void api_list_due_reports(struct call *call);
void api_who(struct call *call);
void api_list_channels(struct call *call);
void api_test_channel(struct call *call);
void api_list_outbox(struct call *call);
void api_get_outbox(struct call *call);
void api_list_rectifications(struct call *call);
void api_add_rectification(struct call *call);
void api_get_rectification(struct call *call);
void api_update_rectification(struct call *call);
void api_send_rectification(struct call *call);
void api_accept_rectification(struct call *call);
void api_return_rectification(struct call *call);
void api_extend_rectification(struct call *call);
void api_remind_rectification(struct call *call);
void api_revoke_rectification(struct call *call);
void api_withdraw_rectification(struct call *call);
void api_get_rectification_document(struct call *call);
void api_get_rectification_file(struct call *call);
void api_get_reply(struct call *call);
void api_confirm_reply(struct call *call);
void api_put_reply_report(struct call *call);
void api_ask_reply_extension(struct call *call);
void api_add_reply_file(struct call *call);
void api_get_reply_file(struct call *call);
void api_remove_reply_file(struct call *call);
void api_get_reply_document(struct call *call);
void api_owner(struct call *call);
void api_list_units(struct call *call);
void api_get_unit(struct call *call);
void api_add_unit(struct call *call);
void api_update_unit(struct call *call);
void api_close_unit(struct call *call);
void api_list_people(struct call *call);
void api_get_person(struct call *call);
void api_add_person(struct call *call);
void api_update_person(struct call *call);
void api_close_person(struct call *call);
void api_list_duties(struct call *call);
void api_get_duty(struct call *call);
void api_add_duty(struct call *call);
void api_update_duty(struct call *call);
void api_close_duty(struct call *call);
void api_list_assets(struct call *call);
void api_list_unregistered(struct call *call);
void api_list_zombies(struct call *call);
void api_get_asset(struct call *call);
void api_add_asset(struct call *call);
void api_update_asset(struct call *call);
void api_close_asset(struct call *call);

void api_get_register_template(struct call *call);
void api_export_register(struct call *call);
void api_import_register(struct call *call);
void api_list_imports(struct call *call);
void api_undo_import(struct call *call);

/* api.yaml's RuleCount, of which the overview has a list too; context is the call. */
struct alert_top_row;
int api_write_rule(void *context, const struct alert_top_row *row);

#endif
