/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "store/private.h"

/* A user's settings follow and may change these. An answer that is sent in one piece is held in memory. */
#define READ_DEFAULTS "max_execution_time=60,max_result_bytes=268435456,result_overflow_mode='throw'"
#define STREAM_DEFAULTS "max_execution_time=60"
/* One thread and no splitting: the same data makes the same parts, as deduplication needs. What a file of
   memory held under its number before must not be remembered. The engine's new analyzer takes twice as long
   over each view of a wide table: 12 ms of the 41 that an insert costs before its first row. */
#define INSERT_DEFAULTS                                                                                  \
	"max_insert_threads=1,max_threads=1,max_insert_block_size=4194304,"                              \
	"use_structure_from_insertion_table_in_table_functions=1,schema_inference_use_cache_for_file=0," \
	"allow_experimental_analyzer=0"

static void finish(struct call *call, int status)
{
	call->elapsed = clock_monotonic() - call->started;
	call->status = status;
}

/* Puts the engine's error in place of the answer. */
static void fail(struct call *call)
{
	struct str text = call->session ? engine_error(call->session) : (struct str){0};

	if (!text.len)
		text = str_from(call->err.message);
	call->code = exception_code(text);
	buf_clear(&call->out);
	buf_add_str(&call->out, text);
	buf_add_char(&call->out, '\n');
	call->streaming = false;
	finish(call, exception_status(call->code));
}

static bool streamable(const struct call *call)
{
	return call->statement.kind == STATEMENT_SELECT && !call->wait_end &&
	       format_header_lines(call->format) >= 0;
}

static int prepare(struct call *call)
{
	const char *defaults = streamable(call) ? STREAM_DEFAULTS : READ_DEFAULTS;
	struct engine_result result;
	struct buf sql = {0};
	int r;

	if (call->statement.kind == STATEMENT_INSERT)
		defaults = INSERT_DEFAULTS;
	buf_printf(&sql, "SET %s;", call->statement.kind == STATEMENT_OTHER ? "max_threads=2" : defaults);
	if (call->database && call->database[0]) {
		buf_add_str(&sql, STR("USE "));
		add_identifier(&sql, str_from(call->database));
		buf_add_char(&sql, ';');
	}
	if (call->settings.len)
		buf_printf(&sql, "SET %.*s;", STR_FMT(buf_str(&call->settings)));
	if (call->readonly)
		buf_add_str(&sql, STR("SET readonly=1;"));
	r = engine_query(call->session, buf_str(&sql), "Null", NULL, &result, &call->err);
	buf_done(&sql);
	return r;
}

static void add_totals(struct call *call, const struct engine_result *result)
{
	call->totals.result_rows += result->result_rows;
	call->totals.read_rows += result->read_rows;
	call->totals.read_bytes += result->read_bytes;
	call->totals.written_rows += result->written_rows;
}

static int put(struct call *call, struct str piece, bool last)
{
	if (call->revision && piece.len && str_ieq(str_from(call->format), STR("Native"))) {
		buf_clear(&call->native);
		if (!native_convert(piece, call->revision, &call->native))
			return err_set(
				&call->err, ERR_UNKNOWN, 0, 0,
				"Code: 48. DB::Exception: a column's type cannot be sent as Native with "
				"client_protocol_version (NOT_IMPLEMENTED)");
		piece = buf_str(&call->native);
	}
	if (call->gzip)
		answer_deflate(call, piece, last);
	else
		buf_add_str(&call->out, piece);
	return 0;
}

/* Later pieces begin with the names again, which the first has already said. */
static struct str without_header(struct call *call, struct str piece, bool first)
{
	int lines = format_header_lines(call->format);

	if (first)
		call->header = lines > 0 ? header_length(piece, lines, call->format[0] == 'C') : 0;
	return first ? piece : str_from_offset(piece, call->header);
}

static int next_piece(struct call *call, bool first)
{
	struct engine_result result;
	int r = engine_stream_next(call->session, &result, &call->err);

	buf_clear(&call->out);
	call->sent = 0;
	if (r == 0) {
		add_totals(call, &result);
		r = put(call, without_header(call, result.data, first), false);
	} else if (r == ERR_END) {
		call->streaming = false;
		r = call->gzip ? put(call, (struct str){0}, true) : 0;
	}
	return r;
}

static int run_stream(struct call *call, const struct engine_params *params)
{
	int r = engine_stream(call->session, call->statement.text, call->format, params, &call->err);

	if (r < 0)
		return r;
	call->streaming = true;
	return next_piece(call, true);
}

static int run_whole(struct call *call, struct str sql, const struct engine_params *params)
{
	struct engine_result result;
	int r = engine_query(call->session, sql, call->format, params, &result, &call->err);

	if (r == 0) {
		add_totals(call, &result);
		r = put(call, result.data, true);
	}
	return r;
}

/* The INSERT's data in a file of memory: inlined in the query binary data would be damaged. The body's own
   where it is nothing but the data, else one of its own. */
static int find_file(struct call *call, int *ret_own)
{
	const struct http_request *request = call->request;
	int fd, r;

	if (request->body_file >= 0 && call->data.ptr == request->body.ptr)
		return request->body_file;
	fd = memfd_create("insert", MFD_CLOEXEC);
	if (fd < 0)
		return err_set(&call->err, -errno, 0, 0, "Code: 74. DB::Exception: %s", err_text(-errno));
	*ret_own = fd;
	r = io_write(fd, call->data.ptr, call->data.len);
	return r < 0 ? err_set(&call->err, r, 0, 0, "Code: 75. DB::Exception: %s", err_text(r)) : fd;
}

static int run_insert(struct call *call, const struct engine_params *params)
{
	struct buf sql = {0};
	int own = -1, fd = find_file(call, &own), r = fd;

	if (fd >= 0) {
		buf_add_str(&sql, call->statement.text);
		buf_printf(&sql, " SELECT * FROM file('/proc/self/fd/%d', ", fd);
		add_literal(&sql, call->statement.format);
		buf_add_char(&sql, ')');
		call->gzip = false;
		r = run_whole(call, buf_str(&sql), params);
	}
	buf_done(&sql);
	if (own >= 0)
		close(own);
	return r;
}

void call_run(struct call *call)
{
	struct engine_params params = {call->names.items, call->values.items, call->names.len};
	int r = engine_session_open(call->engine, &call->session, &call->err);

	if (r == 0)
		r = prepare(call);
	if (r == 0 && call->statement.kind == STATEMENT_INSERT)
		r = run_insert(call, &params);
	else if (r == 0 && streamable(call))
		r = run_stream(call, &params);
	else if (r == 0)
		r = run_whole(call, call->statement.text, &params);
	if (r < 0)
		fail(call);
	else
		finish(call, 200);
	if (!call->streaming) {
		engine_session_close(call->session);
		call->session = NULL;
	}
}

void call_more(struct call *call)
{
	if (next_piece(call, false) == 0)
		return;
	call->gzip = false;
	fail(call);
	call->broken = true;
}

void call_refuse(struct call *call)
{
	call->broken = call->streaming;
	call->streaming = false;
	buf_clear(&call->out);
	buf_add_str(&call->out, STR("Code: 236. DB::Exception: the store is stopping (ABORTED)\n"));
	call->code = 236;
	finish(call, 503);
}
