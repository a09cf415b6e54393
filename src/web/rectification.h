/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_RECTIFICATION_H
#define WEB_RECTIFICATION_H
/* Inside web/: what the handlers of notifications to units share, of the centre's side and of the unit's. */
#include "rectification/form.h"
#include "web/resource.h"

/* NULL: has answered 503, since the policy could not be read. */
const struct rectification_office *call_office(struct call *call);

/* Answers what a function of rectification/ refused. */
void rectification_fail(struct call *call, int r);

/* If-Match where it is sent, else any version. False: has answered. */
bool call_match_if_sent(struct call *call, int64_t *ret_version);

/* {"cause":…}, {"state":…}, [{"name":…}] … as members of the object that is open. */
void rectification_write_report(struct buf *out, const struct rectification *row);
void rectification_write_extension(struct buf *out, const struct rectification *row);
void out_time_if(struct buf *out, const char *key, int64_t time); /* nothing where 0 */
int rectification_write_files(struct call *call, struct db_tx *tx, int64_t id);
void rectification_write_actions(struct buf *out, const struct rectification *row,
				 const enum rectification_action *actions, size_t count);

/* The answer is the printable form: format pdf or docx, form notice or report. */
void rectification_answer_form(struct call *call, int64_t id);
/* The answer is a file of its evidence. */
void rectification_answer_file(struct call *call, int64_t id, int64_t file);

#endif
