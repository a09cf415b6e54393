/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_DUTY_H
#define WEB_DUTY_H
/* Inside web/: what the handlers of duty share. */
#include "duty/log.h"
#include "duty/period.h"
#include "duty/report.h"
#include "duty/swap.h"
#include "web/resource.h"
#include "web/route.h"

/* Visitors that write one object each into the call's answer; context is the call. */
int duty_write_shift(void *context, const struct shift *shift);
int duty_write_handover(void *context, const struct handover *handover);
int duty_write_period(void *context, const struct period *period);
int duty_write_report_row(void *context, const struct report *report);

/* A person of the body's member: name, phone, mail, user, person. False: has answered. Views of the body. */
bool duty_body_person(struct call *call, json_t *object, struct duty_person *person);

/* Commits where r >= 0, else rolls back and answers. True where it went well. */
bool duty_end(struct call *call, struct db_tx *tx, int r, const struct err *err);

#endif
