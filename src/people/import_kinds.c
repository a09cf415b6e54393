/* SPDX-License-Identifier: Apache-2.0 */
/* The four kinds of things as cells, and back. */
#include "base/clock.h"
#include "people/import_private.h"

struct taking {
	struct importing *importing;
	struct import_cell *cells;
	const struct register_view *view;
};

static struct str text_of(const struct import_cell *cells, int column)
{
	return cells[column].text;
}

static int number_of(const struct import_cell *cells, int column)
{
	return (int)cells[column].number;
}

static struct register_view view_of(const struct importing *importing)
{
	return (struct register_view){.time = importing->view_time};
}

/* The visitors leave the numbers of what is referred to: asking on inside one would take its statement away.
 */
static int name_references(struct importing *importing, const struct import_column *columns, size_t count,
			   struct import_cell *cells, int r)
{
	for (size_t i = 0; r >= 0 && i < count; i++) {
		if (columns[i].type == COLUMN_UNIT)
			cells[i] = cell_reference(importing, REGISTER_UNIT, cells[i].number);
		else if (columns[i].type == COLUMN_PERSON)
			cells[i] = cell_reference(importing, REGISTER_PERSON, cells[i].number);
		else if (columns[i].type == COLUMN_ASSET)
			cells[i] = cell_reference(importing, REGISTER_ASSET, cells[i].number);
	}
	return r;
}

/* --- units ---------------------------------------------------------------------------------------------- */

static int take_unit(void *context, const struct unit *unit)
{
	struct taking *taking = context;
	struct importing *importing = taking->importing;
	struct import_cell *cells = taking->cells;

	cells[U_CODE] = cell_text(importing, unit->code);
	cells[U_NAME] = cell_text(importing, unit->name);
	cells[U_KIND] = cell_word(importing, unit_columns[U_KIND].words, (int)unit->kind);
	cells[U_PARENT].number = unit->parent;
	cells[U_NOTE] = cell_text(importing, unit->note);
	return 0;
}

static int unit_read(struct importing *importing, int64_t id, const struct register_view *view,
		     struct import_cell *cells)
{
	struct taking taking = {importing, cells, view};

	return name_references(importing, unit_columns, U_COUNT, cells,
			       unit_get(importing->tx, id, view, take_unit, &taking));
}

struct code_check {
	struct str wanted;
	bool other; /* it has another code, or number */
};

static int check_unit_code(void *context, const struct unit *unit)
{
	struct code_check *check = context;

	check->other = unit->code.len && !str_eq(unit->code, check->wanted);
	return 0;
}

/* By code; a unit that has none yet, also by name. */
static int unit_match(struct importing *importing, const struct import_cell *cells, int64_t *ret_id)
{
	const struct register_view view = view_of(importing);
	struct str code = text_of(cells, U_CODE), name = text_of(cells, U_NAME);
	struct code_check check = {.wanted = code};
	int r = unit_find(importing->tx, code.len ? code : name, &view, ret_id);

	if (r != ERR_END || !code.len || !name.len)
		return r;
	r = unit_find(importing->tx, name, &view, ret_id);
	if (r == 0)
		r = unit_get(importing->tx, *ret_id, &view, check_unit_code, &check);
	return r == 0 && check.other ? ERR_END : r == ERR_DUPLICATE ? ERR_END : r;
}

static struct unit make_unit(const struct import_cell *cells)
{
	return (struct unit){.code = text_of(cells, U_CODE),
			     .name = text_of(cells, U_NAME),
			     .kind = (enum unit_kind)number_of(cells, U_KIND),
			     .parent = cells[U_PARENT].number,
			     .note = text_of(cells, U_NOTE)};
}

static int unit_make(struct importing *importing, const struct import_cell *cells,
		     const struct statement *statement, int64_t *ret_id, struct err *ret_err)
{
	struct unit unit = make_unit(cells);

	if (!unit.kind)
		unit.kind = UNIT_OTHER;
	return unit_add(importing->tx, &unit, statement, ret_id, ret_err);
}

static int unit_change(struct importing *importing, int64_t id, const struct import_cell *cells,
		       unsigned members, const struct statement *statement, struct err *ret_err)
{
	const struct unit unit = make_unit(cells);

	return unit_update(importing->tx, id, &unit, members, statement, ret_err);
}

/* --- people --------------------------------------------------------------------------------------------- */

static int take_person(void *context, const struct person *person)
{
	struct taking *taking = context;
	struct importing *importing = taking->importing;
	struct import_cell *cells = taking->cells;

	cells[P_NUMBER] = cell_text(importing, person->number);
	cells[P_NAME] = cell_text(importing, person->name);
	cells[P_PHONE] = cell_text(importing, person->phone);
	cells[P_MAIL] = cell_text(importing, person->mail);
	cells[P_UNIT].number = person->unit;
	cells[P_NOTE] = cell_text(importing, person->note);
	return 0;
}

static int person_read(struct importing *importing, int64_t id, const struct register_view *view,
		       struct import_cell *cells)
{
	struct taking taking = {importing, cells, view};

	return name_references(importing, person_columns, P_COUNT, cells,
			       person_get(importing->tx, id, view, take_person, &taking));
}

static int check_person_number(void *context, const struct person *person)
{
	struct code_check *check = context;

	check->other = check->wanted.len && person->number.len && !str_eq(person->number, check->wanted);
	return 0;
}

/* By number, else by mail; by name only who has no number to be told by, and somebody without one in the row
   or in the register. Of equal names, one with another number is another person. */
static int person_match(struct importing *importing, const struct import_cell *cells, int64_t *ret_id)
{
	const struct register_view view = view_of(importing);
	const struct str keys[] = {text_of(cells, P_NUMBER), text_of(cells, P_MAIL), text_of(cells, P_NAME)};
	int r = ERR_END;

	for (size_t i = 0; i < 3 && r == ERR_END; i++) {
		struct code_check check = {.wanted = keys[0]};

		if (!keys[i].len)
			continue;
		r = person_find(importing->tx, keys[i], &view, ret_id);
		if (r == 0)
			r = person_get(importing->tx, *ret_id, &view, check_person_number, &check);
		if ((r == 0 && check.other) || (r == ERR_DUPLICATE && keys[0].len))
			r = ERR_END;
	}
	return r;
}

static struct person make_person(const struct import_cell *cells)
{
	return (struct person){.name = text_of(cells, P_NAME),
			       .number = text_of(cells, P_NUMBER),
			       .phone = text_of(cells, P_PHONE),
			       .mail = text_of(cells, P_MAIL),
			       .unit = cells[P_UNIT].number,
			       .note = text_of(cells, P_NOTE)};
}

static int person_make(struct importing *importing, const struct import_cell *cells,
		       const struct statement *statement, int64_t *ret_id, struct err *ret_err)
{
	const struct person person = make_person(cells);

	return person_add(importing->tx, &person, statement, ret_id, ret_err);
}

static int person_change(struct importing *importing, int64_t id, const struct import_cell *cells,
			 unsigned members, const struct statement *statement, struct err *ret_err)
{
	const struct person person = make_person(cells);

	return person_update(importing->tx, id, &person, members, statement, ret_err);
}

/* --- assets --------------------------------------------------------------------------------------------- */

static int take_asset(void *context, const struct asset *asset)
{
	struct taking *taking = context;
	struct importing *importing = taking->importing;
	struct import_cell *cells = taking->cells;
	const struct import_column *columns = asset_columns;

	cells[A_NAME] = cell_text(importing, asset->name);
	cells[A_KIND] = cell_word(importing, columns[A_KIND].words, asset->kind);
	for (int i = A_ADDRESSES; i <= A_MACS; i++)
		cells[i] = cell_identifiers(importing, asset->identifiers, columns[i].detail);
	cells[A_UNIT].number = asset->unit;
	cells[A_PURPOSE] = cell_text(importing, asset->purpose);
	cells[A_EXPOSURE] = cell_word(importing, columns[A_EXPOSURE].words, asset->exposure);
	cells[A_LEVEL] = cell_level(importing, asset->mlps_level);
	cells[A_FILING] = cell_text(importing, asset->mlps_number);
	cells[A_CRITICALITY] = cell_word(importing, columns[A_CRITICALITY].words, asset->criticality);
	cells[A_LIFE] = cell_word(importing, columns[A_LIFE].words, asset->life);
	cells[A_NOTE] = cell_text(importing, asset->note);
	return 0;
}

static int asset_read(struct importing *importing, int64_t id, const struct register_view *view,
		      struct import_cell *cells)
{
	struct taking taking = {importing, cells, view};
	int r = asset_get(importing->tx, id, view, take_asset, &taking);

	for (int i = A_OWNER; r >= 0 && i <= A_OPERATOR; i++)
		cells[i] = cell_holders(importing, id, (enum duty)asset_columns[i].detail, view);
	return name_references(importing, asset_columns, A_COUNT, cells, r);
}

static int asset_match(struct importing *importing, const struct import_cell *cells, int64_t *ret_id)
{
	const struct register_view view = view_of(importing);

	return asset_find(importing->tx, text_of(cells, A_NAME), &view, ret_id);
}

static int make_asset(const struct import_cell *cells, struct buf *list, struct asset *ret_asset,
		      struct err *ret_err)
{
	int r = 0;

	for (int i = A_ADDRESSES; i <= A_MACS; i++) {
		struct str rest = text_of(cells, i), part;

		while (r == 0 && str_split(&rest, ' ', &part))
			r = identifiers_add(list, (enum identifier_kind)asset_columns[i].detail, part,
					    ret_err);
	}
	if (r == 0)
		r = identifiers_finish(list, ret_err);
	*ret_asset = (struct asset){.name = text_of(cells, A_NAME),
				    .kind = number_of(cells, A_KIND),
				    .identifiers = buf_str(list),
				    .unit = cells[A_UNIT].number,
				    .purpose = text_of(cells, A_PURPOSE),
				    .exposure = number_of(cells, A_EXPOSURE),
				    .mlps_level = number_of(cells, A_LEVEL),
				    .mlps_number = text_of(cells, A_FILING),
				    .criticality = number_of(cells, A_CRITICALITY),
				    .life = number_of(cells, A_LIFE),
				    .note = text_of(cells, A_NOTE)};
	return r;
}

static int asset_make(struct importing *importing, const struct import_cell *cells,
		      const struct statement *statement, int64_t *ret_id, struct err *ret_err)
{
	struct buf list = {0};
	struct asset asset;
	int r = make_asset(cells, &list, &asset, ret_err);

	if (!asset.life)
		asset.life = ASSET_IN_SERVICE;
	if (r == 0)
		r = asset_add(importing->tx, &asset, statement, ret_id, ret_err);
	buf_done(&list);
	return r;
}

static int asset_change(struct importing *importing, int64_t id, const struct import_cell *cells,
			unsigned members, const struct statement *statement, struct err *ret_err)
{
	struct buf list = {0};
	struct asset asset;
	int r = make_asset(cells, &list, &asset, ret_err);

	if (r == 0)
		r = asset_update(importing->tx, id, &asset, members, statement, ret_err);
	buf_done(&list);
	return r;
}

/* --- duties --------------------------------------------------------------------------------------------- */

static int take_duty(void *context, const struct held_duty *duty)
{
	struct taking *taking = context;
	struct importing *importing = taking->importing;
	struct import_cell *cells = taking->cells;

	cells[D_PERSON].number = duty->person;
	cells[D_DUTY] = cell_word(importing, duty_columns[D_DUTY].words, (int)duty->duty);
	cells[D_UNIT].number = duty->unit;
	cells[D_ASSET].number = duty->asset;
	return 1; /* of one id there is one */
}

static int duty_read(struct importing *importing, int64_t id, const struct register_view *view,
		     struct import_cell *cells)
{
	struct taking taking = {importing, cells, view};
	const struct duty_filter filter = {.view = *view, .id = id, .limit = 1};
	int64_t next;
	int r;

	cells[D_PERSON] = (struct import_cell){0};
	r = duty_list(importing->tx, &filter, take_duty, &taking, &next);
	if (r >= 0 && !cells[D_PERSON].number)
		r = ERR_END;
	return name_references(importing, duty_columns, D_COUNT, cells, r < 0 ? r : 0);
}

/* That person's duty there: the one that is or will be, else the last that was. */
static int duty_match(struct importing *importing, const struct import_cell *cells, int64_t *ret_id)
{
	int r = db_get_integer(
		importing->tx,
		"SELECT r.thing FROM register_duties d JOIN register_rows r ON r.kind = 3 AND "
		"r.content = d.content AND r.superseded = " LIVE
		" WHERE d.person = ?1 AND d.duty = ?2 AND d.unit = ?3 AND d.asset = ?4 ORDER BY "
		"r.valid_to DESC, r.thing LIMIT 1",
		DB_ARGS(db_integer(cells[D_PERSON].number), db_integer(cells[D_DUTY].number),
			db_integer(cells[D_UNIT].number), db_integer(cells[D_ASSET].number)),
		ret_id);

	return r < 0 ? r : r == 0 ? ERR_END : 0;
}

static int duty_make(struct importing *importing, const struct import_cell *cells,
		     const struct statement *statement, int64_t *ret_id, struct err *ret_err)
{
	const struct held_duty duty = {.person = cells[D_PERSON].number,
				       .unit = cells[D_UNIT].number,
				       .asset = cells[D_ASSET].number,
				       .duty = (enum duty)number_of(cells, D_DUTY)};

	return duty_add(importing->tx, &duty, statement, ret_id, ret_err);
}

/* Whoever else has a duty has another one: only the times of a row change. */
static int duty_change(struct importing *importing, int64_t id, const struct import_cell *cells,
		       unsigned members, const struct statement *statement, struct err *ret_err)
{
	(void)importing;
	(void)id;
	(void)cells;
	(void)members;
	(void)statement;
	return err_set(
		ret_err, ERR_RANGE, 0, 0,
		"who has a duty, and where, does not change: end this row with a last day, and add another "
		"without number");
}

/* --- the table ------------------------------------------------------------------------------------------ */

const struct import_def import_defs[IMPORT_KINDS] = {
	[IMPORT_UNITS] = {REGISTER_UNIT, unit_columns, U_COUNT, unit_match, unit_read, unit_make, unit_change,
			  unit_span, unit_close},
	[IMPORT_PEOPLE] = {REGISTER_PERSON, person_columns, P_COUNT, person_match, person_read, person_make,
			   person_change, person_span, person_close},
	[IMPORT_ASSETS] = {REGISTER_ASSET, asset_columns, A_COUNT, asset_match, asset_read, asset_make,
			   asset_change, asset_span, asset_close},
	[IMPORT_DUTIES] = {REGISTER_DUTY, duty_columns, D_COUNT, duty_match, duty_read, duty_make,
			   duty_change, duty_span, duty_close},
};

const struct import_def *import_def_of(enum register_kind kind)
{
	for (size_t i = 0; i < IMPORT_KINDS; i++)
		if (import_defs[i].kind == kind)
			return &import_defs[i];
	return NULL;
}
