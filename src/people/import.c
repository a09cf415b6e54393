/* SPDX-License-Identifier: Apache-2.0 */
#include "people/import.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/hash.h"
#include "people/import_private.h"

/* A dry run is rolled back by failing with this; no statement gives it. */
#define ROLLED_BACK ERR_END

struct run {
	struct importing importing;
	struct sheet sheet;
	int *columns; /* which of ours each of the sheet's is */
	struct import_row *rows;
	size_t count;
	struct import_summary summary;
};

/* --- the head of the table
 * ---------------------------------------------------------------------------------- */

static int read_head(struct run *run, struct err *ret_err)
{
	const struct import_def *def = run->importing.def;
	unsigned known = 0;

	run->columns = arena_array(run->importing.arena, int, run->sheet.columns);
	for (size_t i = 0; i < run->sheet.columns; i++) {
		struct str heading = run->sheet.cells[i];
		int column = heading.len ? import_column_find(def, heading) : -1;

		if (heading.len && column < 0)
			return err_set(ret_err, ERR_UNKNOWN, run->sheet.lines[0], (unsigned)i + 1,
				       "there is no column '%.*s' in a table of %s: take the headings from "
				       "the template",
				       STR_FMT(str_head(heading, 60)),
				       words_of(import_kind_name(run->importing.options->kind)));
		if (column >= 0 && known & 1u << column)
			return err_set(ret_err, ERR_DUPLICATE, run->sheet.lines[0], (unsigned)i + 1,
				       "two columns for %s", def->columns[column].heading);
		known |= column >= 0 ? 1u << column : 0;
		run->columns[i] = column;
	}
	for (size_t i = 0; i < def->count; i++)
		if (def->columns[i].required && !(known & 1u << i))
			return err_set(ret_err, ERR_SYNTAX, run->sheet.lines[0], 0,
				       "the column %s (%s) is missing", def->columns[i].heading,
				       def->columns[i].name);
	return 0;
}

static bool is_remark(const struct run *run, size_t row)
{
	const struct str *cells = run->sheet.cells + row * run->sheet.columns;

	for (size_t i = 0; i < run->sheet.columns; i++)
		if (cells[i].len)
			return cells[i].ptr[0] == '#';
	return true;
}

/* --- rows
 * --------------------------------------------------------------------------------------------------- */

static int do_row(struct run *run, size_t row, struct import_row *ret_row)
{
	ret_row->line = run->sheet.lines[row];
	return import_row(&run->importing, run->sheet.cells + row * run->sheet.columns, run->columns,
			  run->sheet.columns, ret_row);
}

/* A unit may stand above the one that it is in: such rows are tried again as long as others came to pass. */
static int do_rows(struct run *run)
{
	size_t *at = arena_array(run->importing.arena, size_t, run->sheet.rows);
	bool *waiting = arena_zalloc(run->importing.arena, run->sheet.rows);
	bool progress = true;
	int r = 0;

	for (size_t row = 1; row < run->sheet.rows; row++)
		if (!is_remark(run, row)) {
			waiting[run->count] = true;
			at[run->count++] = row;
		}
	run->rows = arena_zalloc(run->importing.arena, sizeof(*run->rows) * run->count);
	while (progress && r == 0) {
		progress = false;
		for (size_t i = 0; i < run->count && r == 0; i++) {
			if (!waiting[i])
				continue;
			r = do_row(run, at[i], &run->rows[i]);
			waiting[i] = run->importing.waits;
			progress |= !waiting[i];
		}
	}
	return r;
}

static void count_rows(struct run *run)
{
	size_t *counts = run->summary.counts;
	size_t undecided = 0;

	for (size_t i = 0; i < run->count; i++) {
		counts[run->rows[i].verdict]++;
		undecided +=
			run->rows[i].verdict == IMPORT_CONFLICT && run->rows[i].choice == IMPORT_UNDECIDED;
	}
	run->summary.refused = undecided || (counts[IMPORT_ERROR] && !run->importing.options->skip_errors);
}

/* --- all of it
 * ---------------------------------------------------------------------------------------------- */

/* Of the file, what was asked for, and the register: choices may still be made between dry run and import. */
static int make_token(struct run *run, struct str bytes)
{
	const struct import_options *options = run->importing.options;
	struct buf text = {0};
	int64_t latest = 0;
	uint8_t digest[SHA256_SIZE];
	int r = register_latest(run->importing.tx, &latest);

	if (r < 0)
		return r;
	buf_printf(&text, "%d %" PRId64 " %" PRId64 " %" PRId64 "\n", (int)options->kind, latest,
		   options->from, options->zone);
	buf_add_str(&text, bytes);
	sha256(text.ptr, text.len, digest);
	hex_encode(digest, (IMPORT_TOKEN_SIZE - 1) / 2, run->summary.token);
	buf_done(&text);
	return 0;
}

static int run_inside(struct run *run, struct str bytes, struct err *ret_err)
{
	const struct import_options *options = run->importing.options;
	int r = make_token(run, bytes);

	if (r == 0 && options->token.len && !str_eq(options->token, str_from(run->summary.token)))
		return err_set(
			ret_err, ERR_BUSY, 0, 0,
			"the file or the register is not as it was at the dry run: do the dry run again");
	if (r == 0)
		r = import_begin(&run->importing, run->summary.token);
	if (r >= 0)
		r = do_rows(run);
	if (r < 0)
		return r;
	count_rows(run);
	r = import_finish(&run->importing, &run->summary);
	if (r >= 0)
		r = options->dry_run || run->summary.refused ? ROLLED_BACK : 0;
	return r;
}

static int read_table(struct run *run, struct str bytes, struct err *ret_err)
{
	int r = sheet_read(bytes, run->importing.arena, &run->sheet, ret_err);

	if (r == 0 && run->sheet.rows > IMPORT_ROWS_MAX + 1)
		r = err_set(ret_err, ERR_LIMIT, 0, 0, "more than %d rows: import it in parts",
			    IMPORT_ROWS_MAX);
	return r == 0 ? read_head(run, ret_err) : r;
}

static int run_all(struct run *run, struct db *db, struct str bytes, struct err *ret_err)
{
	int r = read_table(run, bytes, ret_err), ended;

	if (r == 0)
		r = db_begin(db, DB_WRITE, &run->importing.tx);
	if (r < 0)
		return r;
	run->importing.seen = map_new();
	r = run_inside(run, bytes, ret_err);
	map_free(run->importing.seen);
	ended = db_end(run->importing.tx, r);
	if (r == ROLLED_BACK && !run->summary.refused && !run->importing.options->dry_run)
		return ERR_CORRUPT;
	if (r == ROLLED_BACK)
		return 0;
	if (ended == 0)
		run->summary.import = run->importing.import;
	return ended;
}

int import_run(struct db *db, struct str bytes, const struct import_options *options, import_visit *visit,
	       void *context, struct import_summary *ret_summary, struct err *ret_err)
{
	struct arena *arena = arena_new(0);
	struct run run = {.importing = {.arena = arena,
					.options = options,
					.def = &import_defs[options->kind],
					.view_time = options->from ? options->from : options->now}};
	int r;

	must(arena);
	run.importing.statement = (struct statement){
		.from = options->from,
		.now = options->now,
		.by = options->by,
		.reason = options->reason.len ? options->reason
					      : arena_printf(arena, "import of %.*s", STR_FMT(options->file)),
	};
	r = run_all(&run, db, bytes, ret_err);
	for (size_t i = 0; r == 0 && i < run.count; i++)
		r = visit(context, &run.rows[i]);
	if (r >= 0)
		*ret_summary = run.summary;
	arena_free(arena);
	if (r < 0 && ret_err && !ret_err->message[0])
		err_set(ret_err, r, 0, 0, "%s", err_text(r));
	return r < 0 ? r : 0;
}
