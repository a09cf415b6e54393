/* SPDX-License-Identifier: Apache-2.0 */
/* The register as tables: templates, export, import (doc/formats/register-tables.md). */
#include <inttypes.h>

#include "people/import.h"
#include "query/time.h"
#include "web/resource.h"
#include "web/route.h"

#define XLSX_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#define IMPORT_LINES_MAX 4096 /* decided one by one */

static bool read_kind(struct call *call, enum import_kind *ret_kind)
{
	if (import_kind_parse(call_text(call, "kind"), ret_kind) == 0)
		return true;
	call_fail(call, 400, "bad_kind", "kind is units, people, assets or duties");
	return false;
}

static bool read_format(struct call *call, enum sheet_format *ret_format)
{
	struct str format = call_text(call, "format");

	*ret_format = str_eq(format, STR("csv")) ? SHEET_CSV : SHEET_XLSX;
	if (!format.len || *ret_format == SHEET_CSV || str_eq(format, STR("xlsx")))
		return true;
	call_fail(call, 400, "bad_format", "format is xlsx or csv");
	return false;
}

static void send_table(struct call *call, enum import_kind kind, enum sheet_format format, const char *what)
{
	call_attachment(call, format == SHEET_CSV ? "text/csv; charset=utf-8" : XLSX_TYPE,
			arena_printf(call->request->arena, "wanglou-%s-%s.%s", import_kind_name(kind), what,
				     format == SHEET_CSV ? "csv" : "xlsx"));
}

void api_get_register_template(struct call *call)
{
	enum import_kind kind;
	enum sheet_format format;
	int r;

	if (!read_kind(call, &kind) || !read_format(call, &format))
		return;
	send_table(call, kind, format, "template");
	r = register_template(kind, format, call->out);
	if (r < 0)
		call_fail_code(call, r);
}

static bool read_time(struct call *call, const char *name, int64_t *ret_time)
{
	struct str text = call_text(call, name);
	int64_t end;

	if (!text.len || time_read(text, call->now, ret_time, &end) == 0)
		return true;
	call_fail(call, 400, "bad_time", "%s is a time such as 2026-01-01T08:30:00+08:00", name);
	return false;
}

void api_export_register(struct call *call)
{
	struct register_view view = {.scope = call->scope};
	enum import_kind kind;
	enum sheet_format format;
	struct db_tx *tx;
	int r;

	if (!read_kind(call, &kind) || !read_format(call, &format) || !read_time(call, "time", &view.time))
		return;
	send_table(call, kind, format, "export");
	r = db_begin(call->web->db, DB_READ, &tx);
	if (r == 0)
		r = db_end(tx, register_export(tx, kind, format, &view, call->web->options.zone, call->out));
	if (r < 0)
		call_fail_code(call, r);
}

/* --- import --------------------------------------------------------------------------------------------- */

static bool read_flag(struct call *call, const char *name, bool *ret_flag)
{
	struct str text = call_text(call, name);

	*ret_flag = str_eq(text, STR("true"));
	if (!text.len || *ret_flag || str_eq(text, STR("false")))
		return true;
	call_fail(call, 400, "bad_flag", "%s is true or false", name);
	return false;
}

/* Numbers of lines with commas between. */
static bool read_lines(struct call *call, const char *name, const unsigned **ret_lines, size_t *ret_count)
{
	unsigned *lines = arena_array(call->request->arena, unsigned, IMPORT_LINES_MAX);
	struct str rest = call_text(call, name), part;
	size_t count = 0;
	uint64_t line;

	while (str_split(&rest, ',', &part)) {
		if (count == IMPORT_LINES_MAX || str_to_u64(part, &line) < 0 || line > UINT32_MAX) {
			call_fail(call, 400, "bad_lines",
				  "%s is numbers of lines, at most %d, with commas between", name,
				  IMPORT_LINES_MAX);
			return false;
		}
		lines[count++] = (unsigned)line;
	}
	*ret_lines = lines;
	*ret_count = count;
	return true;
}

static bool read_choice(struct call *call, enum import_choice *ret_choice)
{
	struct str text = call_text(call, "on_conflict");

	*ret_choice = str_eq(text, STR("keep"))   ? IMPORT_KEEP
		      : str_eq(text, STR("take")) ? IMPORT_TAKE
						  : IMPORT_UNDECIDED;
	if (!text.len || *ret_choice != IMPORT_UNDECIDED)
		return true;
	call_fail(call, 400, "bad_choice", "on_conflict is keep (the register) or take (the file)");
	return false;
}

static bool read_options(struct call *call, struct import_options *options)
{
	*options = (struct import_options){.file = call_text(call, "file"),
					   .by = str_from(call->session.user.name),
					   .reason = call_text(call, "reason"),
					   .now = call->now,
					   .zone = call->web->options.zone,
					   .token = call_text(call, "token")};
	if (!options->file.len)
		options->file = STR("a table");
	if (!read_kind(call, &options->kind) || !read_flag(call, "dry_run", &options->dry_run) ||
	    !read_flag(call, "skip_errors", &options->skip_errors) ||
	    !read_choice(call, &options->on_conflict) || !read_time(call, "from", &options->from) ||
	    !read_lines(call, "keep", &options->keep, &options->keep_count) ||
	    !read_lines(call, "take", &options->take, &options->take_count))
		return false;
	if (options->dry_run || options->token.len)
		return true;
	call_fail(call, 400, "token_required", "do a dry run first, and send the token that it gives");
	return false;
}

static void write_remark(struct call *call, const struct import_remark *remark)
{
	static const char *const kinds[] = {[REMARK_CHANGE] = "change",
					    [REMARK_CONFLICT] = "conflict",
					    [REMARK_ERROR] = "error",
					    [REMARK_WARNING] = "warning"};

	out_open(call->out, NULL, '{');
	out_text(call->out, "kind", str_from(kinds[remark->kind]));
	if (remark->column) {
		out_text(call->out, "column", str_from(remark->column));
		out_text(call->out, "heading", str_from(remark->heading));
	}
	if (remark->code)
		out_text(call->out, "code", str_from(remark->code));
	if (remark->kind == REMARK_CHANGE || remark->kind == REMARK_CONFLICT) {
		out_text(call->out, "from", remark->from);
		out_text(call->out, "to", remark->to);
	}
	out_optional(call->out, "message", remark->message);
	out_close(call->out, '}');
}

static int write_row(void *context, const struct import_row *row)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_integer(call->out, "line", row->line);
	out_text(call->out, "verdict", str_from(import_verdict_name(row->verdict)));
	if (row->choice != IMPORT_UNDECIDED)
		out_text(call->out, "choice", row->choice == IMPORT_KEEP ? STR("keep") : STR("take"));
	if (row->thing)
		out_integer(call->out, "id", row->thing);
	out_text(call->out, "label", row->label);
	out_open(call->out, "remarks", '[');
	for (size_t i = 0; i < row->count; i++)
		write_remark(call, &row->remarks[i]);
	out_close(call->out, ']');
	out_close(call->out, '}');
	return 0;
}

static void write_summary(struct call *call, const struct import_summary *summary)
{
	out_text(call->out, "token", str_from(summary->token));
	out_bool(call->out, "refused", summary->refused);
	if (summary->import)
		out_integer(call->out, "import", summary->import);
	out_open(call->out, "counts", '{');
	for (int i = 0; i < IMPORT_VERDICT_COUNT; i++)
		out_integer(call->out, import_verdict_name((enum import_verdict)i),
			    (int64_t)summary->counts[i]);
	out_close(call->out, '}');
}

/* Of the file as a whole, with its place. */
static void fail_table(struct call *call, int r, const struct err *err)
{
	char text[ERR_MESSAGE_MAX + 64];

	if (r == ERR_BUSY && err->message[0] && !err->line) {
		call_fail(call, 412, "changed_meanwhile", "%s", err->message);
	} else if (r == ERR_SYNTAX || r == ERR_LIMIT || r == ERR_UNKNOWN || r == ERR_DUPLICATE ||
		   r == ERR_VERSION || (r == ERR_CORRUPT && err->message[0])) {
		err_format(err, text, sizeof(text));
		call_fail(call, 400, "bad_table", "%s", text);
	} else {
		call_fail_code(call, r);
	}
}

void api_import_register(struct call *call)
{
	struct import_options options;
	struct import_summary summary = {0};
	struct err err = {0};
	int r;

	if (!read_options(call, &options))
		return;
	out_open(call->out, NULL, '{');
	out_open(call->out, "rows", '[');
	r = import_run(call->web->db, call->request->body, &options, write_row, call, &summary, &err);
	if (r < 0) {
		fail_table(call, r, &err);
	} else if (summary.refused && !options.dry_run) {
		call_fail(call, 409, "import_refused",
			  "%zu rows have errors, %zu contradict the register; nothing was done: see the dry "
			  "run",
			  summary.counts[IMPORT_ERROR], summary.counts[IMPORT_CONFLICT]);
	} else {
		out_close(call->out, ']');
		write_summary(call, &summary);
		out_close(call->out, '}');
	}
}

/* --- imports that were done ----------------------------------------------------------------------------- */

struct listing {
	struct call *call;
	int64_t limit, count, last;
};

static int write_done(void *context, const struct import_done *done)
{
	struct listing *listing = context;
	struct buf *out = listing->call->out;

	if (listing->count++ == listing->limit)
		return 1;
	listing->last = done->import;
	out_open(out, NULL, '{');
	out_integer(out, "id", done->import);
	out_text(out, "kind", str_from(import_kind_name(done->kind)));
	out_text(out, "file", done->file);
	out_text(out, "by", done->by);
	out_time(out, "at", done->at);
	out_integer(out, "added", done->added);
	out_integer(out, "changed", done->changed);
	if (done->undone_at) {
		out_time(out, "undone_at", done->undone_at);
		out_text(out, "undone_by", done->undone_by);
	}
	out_close(out, '}');
	return 0;
}

void api_list_imports(struct call *call)
{
	struct listing listing = {.call = call};
	struct list_page page;
	struct db_tx *tx;
	int r;

	if (!call_page(call, &page))
		return;
	listing.limit = page.limit;
	page_open(call);
	r = db_begin(call->web->db, DB_READ, &tx);
	if (r == 0)
		r = db_end(tx,
			   import_list(tx, page.after_id, (unsigned)page.limit + 1, write_done, &listing));
	if (r < 0)
		call_fail_code(call, r);
	else
		page_close(call, listing.count > listing.limit, listing.last, (struct str){0});
}

void api_undo_import(struct call *call)
{
	struct err err = {0};
	int64_t import;
	int r;

	if (str_to_i64(call->path_values[0], &import) < 0 || import <= 0) {
		call_fail(call, 404, "not_found", "there is no such import");
		return;
	}
	r = import_undo(call->web->db, import, str_from(call->session.user.name), call->now, &err);
	if (r == ERR_END)
		call_fail(call, 404, "not_found", "%s", err.message);
	else if (r == ERR_DENIED)
		call_fail(call, 409, "built_upon", "%s", err.message);
	else if (r < 0)
		call_fail_code(call, r);
	else
		call_no_content(call);
}
