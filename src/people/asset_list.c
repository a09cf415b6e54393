/* SPDX-License-Identifier: Apache-2.0 */
/* Assets as they are read: one, its states, pages of them, all of them. */
#include "people/private.h"

/* ?1 is the time and ?2 what is known, of the unit's name too. */
#define SELECT_AT(T)                                                                                   \
	"SELECT r.thing, t.version, c.name, c.kind, c.identifiers, c.unit, c.purpose, c.exposure, "    \
	"c.mlps_level, c.mlps_number, c.criticality, c.life, c.note, r.valid_from, r.valid_to, "       \
	"coalesce((SELECT uc.name FROM register_rows ur CROSS JOIN register_units uc ON uc.content = " \
	"ur.content WHERE ur.thing = c.unit AND " HOLDS("ur", T, "?2") "), '') "
#define SELECT SELECT_AT("?1")
#define FROM                                                                          \
	"FROM register_rows r CROSS JOIN register_assets c ON c.content = r.content " \
	"CROSS JOIN register_things t ON t.id = r.thing "

static void read_asset(struct db_rows *rows, struct asset *asset)
{
	*asset = (struct asset){
		.id = db_column_integer(rows, 0),
		.version = db_column_integer(rows, 1),
		.name = db_column_text(rows, 2),
		.kind = (int)db_column_integer(rows, 3),
		.identifiers = db_column_text(rows, 4),
		.unit = db_column_integer(rows, 5),
		.purpose = db_column_text(rows, 6),
		.exposure = (int)db_column_integer(rows, 7),
		.mlps_level = (int)db_column_integer(rows, 8),
		.mlps_number = db_column_text(rows, 9),
		.criticality = (int)db_column_integer(rows, 10),
		.life = (int)db_column_integer(rows, 11),
		.note = db_column_text(rows, 12),
		.from = db_column_integer(rows, 13),
		.to = db_column_integer(rows, 14),
		.unit_name = db_column_text(rows, 15),
	};
}

static int visit_all(struct db_rows *rows, asset_visit *visit, void *context, unsigned limit,
		     size_t *ret_count, int64_t *ret_last)
{
	int r;

	*ret_count = 0;
	while ((r = db_next(rows)) > 0) {
		struct asset asset;

		if (++*ret_count > limit)
			return 0;
		read_asset(rows, &asset);
		*ret_last = asset.id;
		if ((r = visit(context, &asset)) != 0)
			return r;
	}
	return r;
}

int asset_get(struct db_tx *tx, int64_t id, const struct register_view *view, asset_visit *visit,
	      void *context)
{
	int64_t time = view_time(view), known = view_known(view), unit = 0, last;
	size_t count;
	int r = 0;

	if (view->scope)
		r = db_get_integer(tx,
				   "SELECT c.unit " FROM
				   "WHERE r.thing = ?1 AND r.kind = 4 AND " HOLDS("r", "?2", "?3"),
				   DB_ARGS(db_integer(id), db_integer(time), db_integer(known)), &unit);
	if (r < 0 || (view->scope && !unit_within(tx, unit, view->scope, time)))
		return r < 0 ? r : ERR_END;
	r = visit_all(db_query(tx,
			       SELECT FROM "WHERE r.thing = ?3 AND r.kind = 4 AND " HOLDS("r", "?1", "?2"),
			       DB_ARGS(db_integer(time), db_integer(known), db_integer(id))),
		      visit, context, 1, &count, &last);
	return r == 0 && !count ? ERR_END : r;
}

/* The unit's name of the state's own time: the last of it that has come. */
#define LATEST "max(r.valid_from, min(?1, r.valid_to - 1))"

int asset_states(struct db_tx *tx, int64_t id, asset_visit *visit, void *context)
{
	int64_t last;
	size_t count;

	return visit_all(db_query(tx,
				  SELECT_AT(LATEST) FROM
				  "WHERE r.thing = ?3 AND r.kind = 4 AND r.superseded = " LIVE
				  " AND ?2 > 0 ORDER BY r.valid_from",
				  DB_ARGS(db_integer(view_time(&(struct register_view){0})),
					  db_integer(KNOWN_NOW), db_integer(id))),
			 visit, context, REGISTER_PAGE_MAX, &count, &last);
}

int asset_find(struct db_tx *tx, struct str name, const struct register_view *view, int64_t *ret_id)
{
	struct buf lower = {0};
	int64_t id = 0, count = 0;
	struct db_rows *rows;
	int r;

	for (size_t i = 0; i < name.len; i++)
		buf_add_char(&lower, char_lower(name.ptr[i]));
	rows = db_query(
		tx,
		"SELECT DISTINCT r.thing FROM register_names n CROSS JOIN register_rows r ON r.kind = 4 AND "
		"r.content = n.content WHERE n.kind = 6 AND n.text = ?1 AND n.superseded > ?3 AND " HOLDS(
			"r", "?2", "?3") " LIMIT 2",
		DB_ARGS(db_text(buf_str(&lower)), db_integer(view_time(view)), db_integer(view_known(view))));
	while ((r = db_next(rows)) > 0) {
		id = db_column_integer(rows, 0);
		count++;
	}
	buf_done(&lower);
	if (r == 0)
		r = count == 0 ? ERR_END : count > 1 ? ERR_DUPLICATE : 0;
	if (r == 0)
		*ret_id = id;
	return r;
}

/* --- pages
 * --------------------------------------------------------------------------------------------------- */

/* Sets are bits; 0 is all. Of a unit with few assets the search begins at these, else it goes through all
   things in the order of the page, from its first on, and ends when the page is full; "+" keeps it from
   another index. */
#define WHERE                                                                                                \
	HOLDS("r", "?1", "?2")                                                                               \
	" AND r.thing > ?3 AND (?4 = 0 OR ?4 >> c.kind & 1) AND (?5 = 0 OR ?5 >> c.life & 1) AND (?6 = 0 "   \
	"OR ?6 >> c.criticality & 1) AND (?7 = 0 OR ?7 >> c.mlps_level & 1) AND (?8 = '' OR c.name LIKE ?8 " \
	"ESCAPE '\\' OR c.identifiers LIKE ?8 ESCAPE '\\' OR c.purpose LIKE ?8 ESCAPE '\\' OR "              \
	"c.mlps_number "                                                                                     \
	"LIKE ?8 ESCAPE '\\') AND (?12 = 0 OR ?12 >> c.exposure & 1) "
#define ORDER "ORDER BY r.thing LIMIT ?9"
#define SCOPED(U) "AND c.unit IN (" WITH_BELOW(U, "?1", "?2") "SELECT id FROM below) "
#define FROM_UNIT                                                                                          \
	"FROM register_assets c CROSS JOIN register_rows r ON r.kind = 4 AND r.content = c.content CROSS " \
	"JOIN "                                                                                            \
	"register_things t ON t.id = r.thing "

#define MANY 4000

static bool has_many(struct db_tx *tx, const struct asset_filter *filter, int64_t unit)
{
	static const char sql[] =
		"SELECT count(*) FROM (SELECT 1 FROM register_assets c WHERE c.unit IN (" WITH_BELOW(
			"?3", "?1", "?2") "SELECT id FROM below) LIMIT ?4)";
	int64_t count = 0;
	int r = db_get_integer(tx, sql,
			       DB_ARGS(db_integer(view_time(&filter->view)),
				       db_integer(view_known(&filter->view)), db_integer(unit),
				       db_integer(MANY)),
			       &count);

	return r >= 0 && count == MANY;
}

int asset_list(struct db_tx *tx, const struct asset_filter *filter, asset_visit *visit, void *context,
	       int64_t *ret_next)
{
#define SINCE                                                                                                \
	"AND (?13 = 0 OR EXISTS (SELECT 1 FROM register_rows o CROSS JOIN register_assets oc ON oc.content " \
	"= "                                                                                                 \
	"o.content WHERE o.thing = r.thing AND " HOLDS("o", "?13",                                           \
						       "?2") " AND oc.identifiers = c.identifiers)) "
#define WITHIN \
	SCOPED("?10") "AND (?11 = 0 OR c.unit IN (" WITH_BELOW("?11", "?1", "?2") "SELECT id FROM below)) "
	static const char all[] = SELECT FROM
		"WHERE +r.kind = 4 AND ?11 = 0 AND (?10 = 0 OR c.unit = 0) AND " WHERE SINCE ORDER;
	static const char some[] = SELECT FROM_UNIT "WHERE " WHERE SINCE WITHIN ORDER;
	static const char many[] = SELECT FROM "WHERE +r.kind = 4 AND " WHERE SINCE WITHIN ORDER;
	unsigned limit =
		filter->limit && filter->limit < REGISTER_PAGE_MAX ? filter->limit : REGISTER_PAGE_MAX;
	int64_t unit = filter->unit ? filter->unit : filter->view.scope, last = 0;
	const char *sql = all;
	struct buf like = {0};
	size_t count;
	int r;

	if (unit > 0 || filter->view.scope)
		sql = has_many(tx, filter, unit) ? many : some;
	like_pattern(filter->words, &like);
	r = visit_all(db_query(tx, sql,
			       DB_ARGS(db_integer(view_time(&filter->view)),
				       db_integer(view_known(&filter->view)), db_integer(filter->cursor),
				       db_integer(filter->kinds), db_integer(filter->lives),
				       db_integer(filter->criticalities), db_integer(filter->levels),
				       db_text(buf_str(&like)), db_integer((int64_t)limit + 1),
				       db_integer(unit), db_integer(filter->view.scope),
				       db_integer(filter->exposures), db_integer(filter->since))),
		      visit, context, limit, &count, &last);
	buf_done(&like);
	if (r == 0)
		*ret_next = count > limit ? last : 0;
	return r;
#undef SINCE
#undef WITHIN
}

/* Rows and contents lie in the order in which they were said, so that both are read through once. */
int asset_counts(struct db_tx *tx, const struct asset_filter *filter, asset_count_visit *visit, void *context)
{
#define COUNTED                                                                                     \
	"SELECT c.unit, count(*) FROM register_rows r NOT INDEXED CROSS JOIN register_assets c ON " \
	"c.content = "                                                                              \
	"r.content "                                                                                \
	"WHERE r.kind = 4 AND ?9 + ?10 = 0 AND "
	static const char all[] = COUNTED "?11 = 0 AND " WHERE "GROUP BY c.unit";
	static const char some[] = COUNTED WHERE SCOPED("?11") "GROUP BY c.unit";
	struct buf like = {0};
	struct db_rows *rows;
	int r;

	like_pattern(filter->words, &like);
	rows = db_query(tx, filter->view.scope ? some : all,
			DB_ARGS(db_integer(view_time(&filter->view)), db_integer(view_known(&filter->view)),
				db_integer(0), db_integer(filter->kinds), db_integer(filter->lives),
				db_integer(filter->criticalities), db_integer(filter->levels),
				db_text(buf_str(&like)), db_integer(0), db_integer(0),
				db_integer(filter->view.scope), db_integer(filter->exposures)));
	while ((r = db_next(rows)) > 0)
		if ((r = visit(context, db_column_integer(rows, 0), db_column_integer(rows, 1))) != 0)
			break;
	buf_done(&like);
	return r;
#undef COUNTED
}

/* --- all
 * ------------------------------------------------------------------------------------------------------ */

/* Who answers for it first: of the asset's own duties, then of its unit's, by the order of DUTIES. */
#define HOLDER(column)                                                                                      \
	"(SELECT pc.name FROM register_duties d CROSS JOIN register_rows dr ON dr.kind = 3 AND dr.content " \
	"= "                                                                                                \
	"d.content AND " HOLDS("dr", LATEST,                                                                \
			       "?2") " CROSS JOIN register_rows pr ON pr.thing = d.person "                 \
				     "AND " HOLDS("pr", LATEST,                                             \
						  "?2") " CROSS JOIN register_persons pc ON "               \
							"pc.content = pr.content WHERE d." column           \
							" ORDER BY d.duty, dr.valid_from LIMIT 1)"

int asset_every_state(struct db_tx *tx, int64_t since, int64_t now, asset_state_visit *visit, void *context)
{
	struct db_rows *rows = db_query(
		tx,
		SELECT_AT(LATEST) ", coalesce(" HOLDER("asset = r.thing AND d.unit = 0") ", " HOLDER(
			"unit = c.unit AND d.asset = 0 AND c.unit <> 0") ", '') " FROM "WHERE r.kind = 4 AND "
									 "r.superseded = " LIVE
									 " AND r.valid_to > ?3 ORDER BY "
									 "r.thing, r.valid_from",
		DB_ARGS(db_integer(now), db_integer(KNOWN_NOW), db_integer(since)));
	int r;

	while ((r = db_next(rows)) > 0) {
		struct asset asset;

		read_asset(rows, &asset);
		if ((r = visit(context, &asset, db_column_text(rows, 16))) != 0)
			return r;
	}
	return r;
}
