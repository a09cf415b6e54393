/* SPDX-License-Identifier: Apache-2.0 */
#include "people/neighbour.h"

#include <string.h>

#include "people/private.h"

/* ?1 … ?2: the network, which is ?3 bits long; ?4 the time. */
static const char sql[] =
	"SELECT c.unit, count(DISTINCT r.thing) AS assets, coalesce((SELECT uc.name FROM register_rows ur "
	"CROSS "
	"JOIN register_units uc ON uc.content = ur.content WHERE ur.thing = c.unit AND ur.superseded = " LIVE
	" AND " IS_VALID("ur",
			 "?4") "), '') FROM register_prefixes p CROSS JOIN register_networks n ON n.bits = "
			       "p.bits AND n.prefix >= ?1 AND n.prefix <= ?2 CROSS JOIN register_rows r ON "
			       "r.kind = 4 AND r.content = "
			       "n.content CROSS JOIN register_assets c ON c.content = r.content WHERE p.bits "
			       "BETWEEN ?3 AND 128 AND "
			       "r.superseded = " LIVE
			       " AND " IS_VALID("r", "?4") " AND c.unit <> 0 GROUP BY c.unit ORDER BY assets "
							   "DESC, c.unit LIMIT 1";

int neighbour_unit(struct db_tx *tx, const uint8_t ip[16], int64_t time, neighbour_visit *visit,
		   void *context)
{
	static const uint8_t v4[12] = {[10] = 0xff, [11] = 0xff};
	unsigned bits = memcmp(ip, v4, 12) == 0 ? NEIGHBOUR_V4_BITS : NEIGHBOUR_V6_BITS;
	uint8_t first[16], last[16];
	struct db_rows *rows;
	int r;

	memset(first, 0, 16);
	memset(last, 0xff, 16);
	memcpy(first, ip, bits / 8);
	memcpy(last, ip, bits / 8);
	rows = db_query(tx, sql,
			DB_ARGS(db_blob(first, 16), db_blob(last, 16), db_integer(bits), db_integer(time)));
	r = db_next(rows);
	if (r <= 0)
		return r == 0 ? ERR_END : r;
	return visit(context, db_column_integer(rows, 0), db_column_text(rows, 2),
		     db_column_integer(rows, 1));
}
