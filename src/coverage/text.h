/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COVERAGE_TEXT_H
#define COVERAGE_TEXT_H
/* Hours and gaps as JSON, the same in notices, the API (api.yaml: CoverageHour, CoverageGap) and the command.
 */
#include "base/buf.h"
#include "coverage/statement.h"

const char *coverage_kind_name(enum talker_kind kind); /* "learnt" … */

void coverage_hour_json(struct buf *out, const struct ledger_hour *hour);
void coverage_gap_json(struct buf *out, const struct gap *gap);

/* "10.0.0.1 openssh", for people. */
void coverage_talker_text(struct buf *out, const struct ledger_talker *talker);

#endif
