/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "people/import_private.h"

/* --- templates ------------------------------------------------------------------------------------------ */

static void add_choices(struct sheet_writer *writer, const struct import_def *def)
{
	struct str values[32];

	for (size_t i = 0; i < def->count; i++) {
		size_t count = 0;

		for (const struct asset_word *word = def->columns[i].words; word && word->name; word++)
			values[count++] = str_from(word->chinese);
		if (def->columns[i].type == COLUMN_LEVEL)
			for (const char *const *level = import_levels; *level; level++)
				values[count++] = str_from(*level);
		sheet_writer_choices(writer, i, values, count);
	}
}

static void add_head(struct sheet_writer *writer, const struct import_def *def)
{
	struct str cells[IMPORT_COLUMNS_MAX];

	for (size_t i = 0; i < def->count; i++)
		cells[i] = str_from(def->columns[i].heading);
	sheet_writer_row(writer, cells, def->count);
}

static struct sheet_writer *begin(enum import_kind kind, enum sheet_format format)
{
	static const char *const names[IMPORT_KINDS] = {
#define IMPORT(id, name, chinese) chinese,
		IMPORT_TABLES(IMPORT)
#undef IMPORT
	};

	return sheet_writer_new(format, str_from(names[kind]));
}

int register_template(enum import_kind kind, enum sheet_format format, struct buf *out)
{
	const struct import_def *def = &import_defs[kind];
	struct sheet_writer *writer = begin(kind, format);
	struct str help[IMPORT_COLUMNS_MAX], example[IMPORT_COLUMNS_MAX];

	for (size_t i = 0; i < def->count; i++) {
		help[i] = str_from(def->columns[i].help);
		example[i] = str_from(def->columns[i].example);
	}
	/* The first column is one that people leave empty. */
	help[C_ID] = STR("#说明：以 # 开头的行不导入");
	example[C_ID] = STR("#示例");
	add_head(writer, def);
	sheet_writer_row(writer, help, def->count);
	sheet_writer_row(writer, example, def->count);
	add_choices(writer, def);
	return sheet_writer_finish(writer, out);
}

/* --- export --------------------------------------------------------------------------------------------- */

struct exporting {
	struct importing importing;
	struct register_view view;
	struct sheet_writer *writer;
};

static int add_thing(struct exporting *exporting, int64_t id)
{
	struct importing *importing = &exporting->importing;
	const struct import_def *def = importing->def;
	struct import_cell cells[IMPORT_COLUMNS_MAX] = {0};
	struct str texts[IMPORT_COLUMNS_MAX];
	int64_t version = 0, from = 0, to = 0;
	int r = def->get(importing, id, &exporting->view, cells);

	if (r >= 0)
		r = thing_version(importing->tx, id, &version);
	if (r >= 0)
		r = thing_span(importing->tx, id, exporting->view.known, &from, &to);
	if (r < 0)
		return r == ERR_END ? 0 : r;
	cells[C_ID] = cell_number(importing, id);
	cells[C_VERSION] = cell_number(importing, version);
	cells[def->count - 2] = cell_time(importing, from, false);
	cells[def->count - 1] = cell_time(importing, to, true);
	for (size_t i = 0; i < def->count; i++)
		texts[i] = cells[i].text;
	sheet_writer_row(exporting->writer, texts, def->count);
	arena_reset(importing->arena);
	return 0;
}

struct ids {
	VEC_OF(int64_t)
};

static int take_unit(void *context, const struct unit *unit)
{
	struct ids *ids = context;

	vec_push(ids, unit->id);
	return 0;
}

static int take_person(void *context, const struct person *person)
{
	struct ids *ids = context;

	vec_push(ids, person->id);
	return 0;
}

static int take_asset(void *context, const struct asset *asset)
{
	struct ids *ids = context;

	vec_push(ids, asset->id);
	return 0;
}

static int take_duty(void *context, const struct held_duty *duty)
{
	struct ids *ids = context;

	vec_push(ids, duty->id);
	return 0;
}

/* One page of the kind's list. */
static int list_page(struct db_tx *tx, enum import_kind kind, const struct register_view *view,
		     int64_t cursor, struct ids *ids, int64_t *ret_next)
{
	*ret_next = 0;
	switch (kind) {
	case IMPORT_PEOPLE:
		return person_list(tx,
				   &(const struct person_filter){
					   .view = *view, .cursor = cursor, .limit = REGISTER_PAGE_MAX},
				   take_person, ids, ret_next);
	case IMPORT_ASSETS:
		return asset_list(tx,
				  &(const struct asset_filter){
					  .view = *view, .cursor = cursor, .limit = REGISTER_PAGE_MAX},
				  take_asset, ids, ret_next);
	case IMPORT_DUTIES:
		return duty_list(tx,
				 &(const struct duty_filter){
					 .view = *view, .cursor = cursor, .limit = REGISTER_PAGE_MAX},
				 take_duty, ids, ret_next);
	default:
		return unit_list(tx, view, take_unit, ids);
	}
}

static int add_all(struct exporting *exporting, enum import_kind kind)
{
	struct ids ids = {0};
	int64_t cursor = 0;
	int r;

	do
		r = list_page(exporting->importing.tx, kind, &exporting->view, cursor, &ids, &cursor);
	while (r >= 0 && cursor);
	for (size_t i = 0; i < ids.len && r >= 0; i++)
		r = add_thing(exporting, ids.items[i]);
	vec_done(&ids);
	return r < 0 ? r : 0;
}

int register_export(struct db_tx *tx, enum import_kind kind, enum sheet_format format,
		    const struct register_view *view, int64_t zone, struct buf *out)
{
	const struct import_options options = {.kind = kind, .zone = zone};
	struct exporting exporting = {.importing = {.tx = tx,
						    .arena = arena_new(0),
						    .options = &options,
						    .def = &import_defs[kind]},
				      .view = *view,
				      .writer = begin(kind, format)};
	int r, finished;

	must(exporting.importing.arena);
	if (!exporting.view.time)
		exporting.view.time = clock_now();
	exporting.importing.view_time = exporting.view.time;
	add_head(exporting.writer, exporting.importing.def);
	r = add_all(&exporting, kind);
	add_choices(exporting.writer, exporting.importing.def);
	finished = sheet_writer_finish(exporting.writer, out);
	arena_free(exporting.importing.arena);
	return r < 0 ? r : finished;
}
