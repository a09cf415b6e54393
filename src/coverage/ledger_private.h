/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COVERAGE_LEDGER_PRIVATE_H
#define COVERAGE_LEDGER_PRIVATE_H
/* Inside coverage/: a talker as columns. */
#include "coverage/ledger.h"

#define LEDGER_TALKER "id, coverage_talkers.kind, listener, peer, source, name"
#define LEDGER_TALKER_COLUMNS 6

/* From that column on; the views live until the next row. */
void ledger_read_talker(struct db_rows *rows, int column, struct ledger_talker *ret_talker);

#endif
