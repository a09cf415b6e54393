/* SPDX-License-Identifier: Apache-2.0 */
#include "people/owner.h"

#include <stdlib.h>
#include <string.h>

#include "people/owner_private.h"

#define SINCE_STATES_MAX 64 /* states that are followed back */

/* An answer on its way; texts in the arena. */
struct answer {
	struct db_tx *tx;
	int64_t time, known;
	struct arena *arena;
	struct owner owner;
};

static struct answer *answer_new(struct db_tx *tx, int64_t time, int64_t known)
{
	struct answer *answer = calloc(1, sizeof(*answer));

	must(answer);
	answer->tx = tx;
	answer->time = view_time(&(struct register_view){.time = time});
	answer->known = view_known(&(struct register_view){.known = known});
	answer->arena = arena_new(4096);
	must(answer->arena);
	return answer;
}

static void answer_free(struct answer *answer)
{
	arena_free(answer->arena);
	free(answer);
}

static struct str keep(struct answer *answer, struct db_rows *rows, int column)
{
	return arena_copy(answer->arena, db_column_text(rows, column));
}

/* --- the people
 * ------------------------------------------------------------------------------------------------ */

/* Of people who have left nothing is said any more, and so they are not among them. ?4: the unit's or the
   asset's; of an asset's the people's own units, too. */
#define HOLDERS(column)                                                                                  \
	"SELECT d.person, d.duty, p.name, p.phone, p.mail, p.unit, "                                     \
	"coalesce((SELECT uc.name FROM register_rows ur CROSS JOIN register_units uc ON uc.content = "   \
	"ur.content WHERE ur.thing = p.unit AND " HOLDS(                                                 \
		"ur", "?2",                                                                              \
		"?3") "), ''), r.valid_from, r.thing "                                                   \
		      "FROM register_duties d CROSS JOIN register_rows r ON r.kind = 3 AND r.content = " \
		      "d.content AND " HOLDS(                                                            \
			      "r", "?2",                                                                 \
			      "?3") " CROSS JOIN register_rows s ON s.thing = d.person AND s.kind = 2 "  \
				    "AND " HOLDS("s", "?2",                                              \
						 "?3") " CROSS JOIN register_persons p ON p.content = "  \
						       "s.content "                                      \
						       "WHERE d." column                                 \
						       " = ?1 ORDER BY d.duty, r.valid_from, d.person"

static int add_responsibles(struct answer *answer, const char *sql, int64_t id, unsigned distance,
			    struct str unit_name)
{
	struct owner *owner = &answer->owner;
	struct db_rows *rows =
		db_query(answer->tx, sql,
			 DB_ARGS(db_integer(id), db_integer(answer->time), db_integer(answer->known)));
	int r;

	while ((r = db_next(rows)) > 0 && owner->count < RESPONSIBLES_MAX) {
		struct responsible *one = &owner->responsibles[owner->count++];

		*one = (struct responsible){
			.person = db_column_integer(rows, 0),
			.duty = (enum duty)db_column_integer(rows, 1),
			.name = keep(answer, rows, 2),
			.phone = keep(answer, rows, 3),
			.mail = keep(answer, rows, 4),
			.unit = unit_name.ptr ? id : db_column_integer(rows, 5),
			.unit_name = unit_name.ptr ? unit_name : keep(answer, rows, 6),
			.since = db_column_integer(rows, 7),
			.held = db_column_integer(rows, 8),
			.distance = distance,
			.of_asset = !unit_name.ptr,
		};
	}
	return r < 0 ? r : 0;
}

/* The unit's name and what is above it: 1, or 0 where nothing is said of it for that time. */
static int read_unit(struct answer *answer, int64_t unit, struct str *ret_name, int64_t *ret_parent)
{
	struct db_rows *rows = db_query(
		answer->tx,
		"SELECT c.name, c.parent FROM register_rows r CROSS JOIN register_units c ON c.content = "
		"r.content WHERE r.thing = ?1 AND r.kind = 1 AND " HOLDS("r", "?2", "?3"),
		DB_ARGS(db_integer(unit), db_integer(answer->time), db_integer(answer->known)));
	int r = db_next(rows), end;

	if (r <= 0)
		return r;
	*ret_name = keep(answer, rows, 0);
	*ret_parent = db_column_integer(rows, 1);
	end = db_next(rows);
	return end < 0 ? end : 1;
}

static int add_units(struct answer *answer, int64_t unit)
{
	int r = 0;

	for (unsigned distance = 0; unit && distance <= UNIT_DEPTH_MAX && r == 0; distance++) {
		struct str name;
		int64_t parent = 0;

		r = read_unit(answer, unit, &name, &parent);
		if (r <= 0)
			return r;
		if (distance == 0) {
			answer->owner.unit = unit;
			answer->owner.unit_name = name;
		}
		r = add_responsibles(answer, HOLDERS("unit"), unit, distance, name);
		unit = parent;
	}
	return r;
}

/* --- the asset
 * ------------------------------------------------------------------------------------------------- */

/* Back over states that follow one another and name the same unit. */
static int follow_back(struct answer *answer, int64_t unit)
{
	struct owner *owner = &answer->owner;
	int r = 1;

	for (unsigned i = 0; i < SINCE_STATES_MAX && r > 0; i++) {
		int64_t from;

		r = db_get_integer(answer->tx,
				   "SELECT r.valid_from FROM register_rows r CROSS JOIN register_assets c ON "
				   "c.content = "
				   "r.content WHERE r.thing = ?1 AND r.kind = 4 AND r.valid_to = ?2 AND "
				   "c.unit = ?3 AND " IS_KNOWN("r", "?4"),
				   DB_ARGS(db_integer(owner->asset), db_integer(owner->since),
					   db_integer(unit), db_integer(answer->known)),
				   &from);
		if (r > 0)
			owner->since = from;
	}
	return r < 0 ? r : 0;
}

static int read_asset(struct answer *answer, int64_t asset, int64_t *ret_unit)
{
	struct owner *owner = &answer->owner;
	struct db_rows *rows =
		db_query(answer->tx,
			 "SELECT c.name, c.kind, c.purpose, c.criticality, c.exposure, c.mlps_number, "
			 "c.mlps_level, c.life, "
			 "c.unit, r.valid_from FROM register_rows r CROSS JOIN register_assets c ON "
			 "c.content = r.content "
			 "WHERE r.thing = ?1 AND r.kind = 4 AND " HOLDS("r", "?2", "?3"),
			 DB_ARGS(db_integer(asset), db_integer(answer->time), db_integer(answer->known)));
	int r = db_next(rows);

	if (r <= 0)
		return r < 0 ? r : ERR_END;
	owner->asset = asset;
	owner->asset_name = keep(answer, rows, 0);
	owner->asset_kind = str_from(asset_word_name(asset_kinds, (int)db_column_integer(rows, 1)));
	owner->purpose = keep(answer, rows, 2);
	owner->criticality = str_from(asset_word_name(asset_criticalities, (int)db_column_integer(rows, 3)));
	owner->exposure = str_from(asset_word_name(asset_exposures, (int)db_column_integer(rows, 4)));
	owner->mlps_number = keep(answer, rows, 5);
	owner->mlps_level = (unsigned)db_column_integer(rows, 6);
	owner->life = str_from(asset_word_name(asset_lives, (int)db_column_integer(rows, 7)));
	*ret_unit = db_column_integer(rows, 8);
	owner->since = db_column_integer(rows, 9);
	r = db_next(rows);
	return r < 0 ? r : follow_back(answer, *ret_unit);
}

static int fill_asset(struct answer *answer, int64_t asset)
{
	int64_t unit = 0;
	int r = read_asset(answer, asset, &unit);

	if (r == 0)
		r = add_responsibles(answer, HOLDERS("asset"), asset, 0, (struct str){0});
	return r == 0 ? add_units(answer, unit) : r;
}

static int fill(struct answer *answer, struct str what)
{
	int64_t asset;
	int r = owner_asset(answer->tx, what, answer->time, answer->known, &asset);

	if (r <= 0)
		return r < 0 ? r : ERR_END;
	return fill_asset(answer, asset);
}

static int give(struct answer *answer, int r, owner_visit *visit, void *context)
{
	if (r == 0)
		r = visit(context, &answer->owner);
	answer_free(answer);
	return r;
}

int owner_find(struct db_tx *tx, struct str what, int64_t time, int64_t known, owner_visit *visit,
	       void *context)
{
	struct answer *answer = answer_new(tx, time, known);

	return give(answer, fill(answer, what), visit, context);
}

int owner_known(struct db_tx *tx, struct str what, int64_t time)
{
	int64_t asset;

	return owner_asset(tx, what, view_time(&(struct register_view){.time = time}), KNOWN_NOW, &asset);
}

int owner_of_asset(struct db_tx *tx, int64_t asset, int64_t time, owner_visit *visit, void *context)
{
	struct answer *answer = answer_new(tx, time, 0);

	return give(answer, fill_asset(answer, asset), visit, context);
}

int owner_of_unit(struct db_tx *tx, int64_t unit, int64_t time, owner_visit *visit, void *context)
{
	struct answer *answer = answer_new(tx, time, 0);
	int r = add_units(answer, unit);

	return give(answer, r == 0 && !answer->owner.unit ? ERR_END : r, visit, context);
}

/* --- corrections
 * ------------------------------------------------------------------------------------------------ */

static bool same_owner(const struct owner *a, const struct owner *b)
{
	if (a->asset != b->asset || a->unit != b->unit || a->count != b->count ||
	    a->mlps_level != b->mlps_level || !str_eq(a->asset_name, b->asset_name) ||
	    !str_eq(a->unit_name, b->unit_name) || !str_eq(a->criticality, b->criticality) ||
	    !str_eq(a->exposure, b->exposure) || !str_eq(a->purpose, b->purpose) ||
	    !str_eq(a->mlps_number, b->mlps_number) || !str_eq(a->life, b->life) ||
	    !str_eq(a->asset_kind, b->asset_kind))
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct responsible *x = &a->responsibles[i], *y = &b->responsibles[i];

		if (x->person != y->person || x->unit != y->unit || x->duty != y->duty ||
		    x->distance != y->distance || !str_eq(x->name, y->name) || !str_eq(x->phone, y->phone) ||
		    !str_eq(x->mail, y->mail) || !str_eq(x->unit_name, y->unit_name))
			return false;
	}
	return true;
}

/* The answer as the register stood at known; no asset where nobody was known. */
static int answer_at(struct db_tx *tx, struct str what, int64_t time, int64_t known,
		     struct answer **ret_answer)
{
	struct answer *answer = answer_new(tx, time, known);
	int r = fill(answer, what);

	if (r < 0 && r != ERR_END) {
		answer_free(answer);
		return r;
	}
	*ret_answer = answer;
	return 0;
}

/* When the answer became what it is: between low, when it was another, and high. *before is that of low, and
   in the end that of the moment before. */
static int bisect(const struct answer *now, struct str what, int64_t low, int64_t high,
		  struct answer **before, int64_t *ret_at)
{
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;
		struct answer *answer;
		int r = answer_at(now->tx, what, now->time, middle, &answer);

		if (r < 0)
			return r;
		if (same_owner(&answer->owner, &now->owner)) {
			high = middle;
			answer_free(answer);
		} else {
			low = middle;
			answer_free(*before);
			*before = answer;
		}
	}
	*ret_at = high;
	return 0;
}

/* Who said it then. Of several statements of one moment one about that time, about the asset if there is one.
 */
static int tell(const struct answer *now, const struct answer *before, int64_t at,
		owner_correction_visit *visit, void *context)
{
	struct owner_correction correction = {.at = at, .before = &before->owner};
	struct db_rows *rows =
		db_query(now->tx,
			 "SELECT by_user, reason FROM register_changes WHERE at = ?1 AND past ORDER BY "
			 "valid_from <= ?2 AND "
			 "valid_to > ?2 DESC, thing IN (?3, ?4) DESC, number DESC LIMIT 1",
			 DB_ARGS(db_integer(at), db_integer(now->time), db_integer(now->owner.asset),
				 db_integer(before->owner.asset)));
	int r = db_next(rows);

	if (r < 0)
		return r;
	if (r > 0) {
		correction.by = db_column_text(rows, 0);
		correction.reason = db_column_text(rows, 1);
	}
	r = visit(context, &correction);
	return r < 0 ? r : 1;
}

/* Plain statements change nothing that was said of a moment before them. So where the answer is another than
   it was at the moment itself, corrections made it so. */
int owner_corrected(struct db_tx *tx, struct str what, int64_t time, int64_t known,
		    owner_correction_visit *visit, void *context)
{
	struct answer *now = NULL, *before = NULL;
	int64_t last = 0, at = 0;
	int r = register_last_time(tx, &last);

	if (r == 0)
		r = answer_at(tx, what, time, known, &now);
	if (r == 0 && now->known < last)
		last = now->known;
	if (r == 0 && last > now->time) {
		r = answer_at(tx, what, now->time, now->time, &before);
		if (r == 0 && !same_owner(&now->owner, &before->owner)) {
			r = bisect(now, what, now->time, last, &before, &at);
			if (r == 0)
				r = tell(now, before, at, visit, context);
		}
	}
	if (before)
		answer_free(before);
	if (now)
		answer_free(now);
	return r;
}
