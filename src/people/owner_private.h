/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEOPLE_OWNER_PRIVATE_H
#define PEOPLE_OWNER_PRIVATE_H
/* Inside people/owner*: from what is asked for to the asset. */
#include "people/private.h"

/* The searches, here so that a test can have SQLite explain them. ?3 is the time, ?4 what is known. */
#define OWNER_ROWS                                                                        \
	" CROSS JOIN register_rows r ON r.kind = 4 AND r.content = n.content AND " HOLDS( \
		"r", "?3", "?4") " CROSS JOIN register_assets c ON c.content = r.content "
#define OWNER_ADDRESS_SQL                                                                   \
	"SELECT r.thing, c.life, r.valid_from, n.width FROM register_networks n" OWNER_ROWS \
	"WHERE n.bits = ?1 AND n.prefix = ?2 AND n.superseded > ?4"
#define OWNER_NAME_SQL                                                          \
	"SELECT r.thing, c.life, r.valid_from FROM register_names n" OWNER_ROWS \
	"WHERE n.kind = ?1 AND n.text = ?2 AND n.superseded > ?4"
#define OWNER_URLS_SQL                                                          \
	"SELECT r.thing, c.life, r.valid_from FROM register_names n" OWNER_ROWS \
	"WHERE n.kind = 4 AND n.text >= ?1 AND n.text < ?2 AND n.superseded > ?4 LIMIT 1"

/* The asset that fits best at that time as known then: 1, 0 where none does, or a negative code. ERR_SYNTAX,
   ERR_LIMIT: what cannot be asked for. */
int owner_asset(struct db_tx *tx, struct str what, int64_t time, int64_t known, int64_t *ret_asset);

#endif
