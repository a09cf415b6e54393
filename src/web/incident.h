/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_INCIDENT_H
#define WEB_INCIDENT_H
/* Inside web/: what the handlers of incidents, their tasks and their files share. */
#include "cases/case_rules.h"
#include "cases/incident.h"
#include "cases/task.h"
#include "web/route.h"

/* Begins a transaction and looks whether the caller may see the incident that stands at {id}. False: has
   answered, and no transaction is open. */
bool incident_begin(struct call *call, enum db_mode mode, struct db_tx **ret_tx, int64_t *ret_id);

/* Ends it and answers what went wrong: 404, 409, 412 and so on. True where nothing did. */
bool incident_end(struct call *call, struct db_tx *tx, int r);

/* If-Match where there is one; 0: any version. False: has answered. */
bool incident_match(struct call *call, int64_t *ret_version);

/* The incident whole, as api.yaml's IncidentDetail, with its ETag, in a transaction of its own. */
void incident_answer(struct call *call, int64_t id);

/* api.yaml's Task, with braces; context is the call. */
int incident_write_task(void *context, const struct task *task);

/* The caller's name and address. */
struct str incident_caller(const struct call *call);
struct str incident_address(const struct call *call);

/* NULL where none could be read: has answered 503. */
const struct case_rules *incident_rules(struct call *call);

/* DATA/core/files, in the request's arena. */
const char *incident_files(const struct call *call);

/* The filter and page that a list's arguments name; false: has answered. */
bool incident_read_filter(struct call *call, struct incident_filter *filter);

/* The handlers. */
void api_list_incidents(struct call *call);
void api_get_incident(struct call *call);
void api_update_incident(struct call *call);
void api_merge_incident(struct call *call);
void api_split_incident(struct call *call);
void api_reopen_incident(struct call *call);
void api_add_incident_note(struct call *call);
void api_list_incident_alerts(struct call *call);
void api_list_incident_timeline(struct call *call);
void api_add_task(struct call *call);
void api_update_task(struct call *call);
void api_list_tasks(struct call *call);
void api_add_incident_file(struct call *call);
void api_get_incident_file(struct call *call);
void api_get_file_custody(struct call *call);
void api_get_custody_document(struct call *call);
void api_list_risk(struct call *call);
void api_list_categories(struct call *call);

/* api.yaml's Incident and Alert, without braces, and why an alert is in its incident. */
struct alert;
struct incident;
void api_write_incident(struct call *call, const struct incident *incident);
void api_write_alert(struct buf *out, const struct alert *alert);
void api_write_reason(struct call *call, struct str why);

#endif
