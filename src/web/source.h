/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_SOURCE_H
#define WEB_SOURCE_H
/* Inside web/: a sender as the routes below /sources name and show it. */
#include "coverage/ledger_sources.h"
#include "query/heard.h"
#include "web/private.h"

/* 16 hex digits. False: has answered 404. */
bool source_read_id(struct call *call, struct str text, uint64_t *ret_id);

/* The asset behind an address as the member "asset", with its unit; nothing where nobody registered it. */
void source_write_asset(struct call *call, struct db_tx *tx, struct str peer);

/* What somebody said of its silence as the member "acknowledged"; nothing where nobody did. In
 * api_silences.c. */
int source_write_acknowledgement(struct call *call, struct db_tx *tx, uint64_t talker);

/* from, to, and who: talker, an id, or peer, an address; failed=true: what was not understood alone. False:
   has answered. */
bool source_read_filter(struct call *call, struct heard_filter *ret_filter);

#endif
