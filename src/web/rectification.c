/* SPDX-License-Identifier: Apache-2.0 */
#include "web/rectification.h"

const struct rectification_office *call_office(struct call *call)
{
	const struct rectification_office *office = call->web->options.office;

	if (!office)
		call_fail(call, 503, "no_policy",
			  "content/compliance/rectification.yaml could not be read; see the log");
	return office;
}

void rectification_fail(struct call *call, int r)
{
	static const struct refusal refusals[] = {
		{ERR_END, 404, "not_found", WORDS("there is no such thing")},
		{ERR_DENIED, 409, "wrong_state", WORDS("this cannot be done in the state that it is in")},
		{ERR_RANGE, 400, "bad_body", WORDS("a part is missing, or a time is not where it can be")},
		{ERR_LIMIT, 429, "too_many", WORDS("too many changes or files; try again later")},
		{ERR_UNKNOWN, 409, "nobody_to_notify",
		 WORDS("no unit is known, or nobody in it who can be reached by mail")},
	};

	call_explain(call, r, NULL, refusals, sizeof(refusals) / sizeof(refusals[0]));
}

bool call_match_if_sent(struct call *call, int64_t *ret_version)
{
	*ret_version = RECTIFICATION_ANY_VERSION;
	return !http_header(call->request, "If-Match") || call_match_version(call, ret_version);
}

void out_time_if(struct buf *out, const char *key, int64_t time)
{
	if (time)
		out_time(out, key, time);
}

void rectification_write_report(struct buf *out, const struct rectification *row)
{
	out_open(out, "report", '{');
	out_text(out, "cause", row->cause);
	out_text(out, "measures", row->measures);
	out_text(out, "result", row->result);
	out_time_if(out, "saved", row->saved);
	out_time_if(out, "reported", row->reported);
	out_optional(out, "reported_by", row->reported_by);
	out_close(out, '}');
}

void rectification_write_extension(struct buf *out, const struct rectification *row)
{
	out_open(out, "extension", '{');
	out_text(out, "state", str_from(extension_name(row->extension)));
	out_time_if(out, "until", row->extension_until);
	out_optional(out, "reason", row->extension_reason);
	out_optional(out, "answer", row->extension_answer);
	out_close(out, '}');
}

void rectification_write_actions(struct buf *out, const struct rectification *row,
				 const enum rectification_action *actions, size_t count)
{
	out_open(out, "actions", '[');
	for (size_t i = 0; i < count; i++)
		if (rectification_may(actions[i], row->state))
			out_text(out, NULL, str_from(rectification_action_name(actions[i])));
	out_close(out, ']');
}

static int write_file(void *context, const struct reply_file *evidence)
{
	struct buf *out = context;

	out_open(out, NULL, '{');
	out_integer(out, "id", evidence->id);
	out_text(out, "name", evidence->name);
	out_text(out, "type", evidence->type);
	out_integer(out, "size", evidence->size);
	out_text(out, "sha256", str_from(evidence->sha256));
	out_time(out, "added", evidence->added);
	out_text(out, "by", evidence->by);
	out_close(out, '}');
	return 0;
}

int rectification_write_files(struct call *call, struct db_tx *tx, int64_t id)
{
	int r;

	out_open(call->out, "files", '[');
	r = reply_file_list(tx, id, write_file, call->out);
	out_close(call->out, ']');
	return r;
}

/* --- the printable form --------------------------------------------------------------------------------- */

struct copy {
	struct arena *arena;
	struct rectification row;
	struct reply_file files[REPLY_FILES_MAX];
	size_t count;
};

static int copy_row(void *context, const struct rectification *row)
{
	struct copy *copy = context;

	rectification_copy(copy->arena, row, &copy->row);
	return 0;
}

static int copy_file(void *context, const struct reply_file *evidence)
{
	struct copy *copy = context;
	struct reply_file *file = &copy->files[copy->count];

	if (copy->count == REPLY_FILES_MAX)
		return 0;
	*file = *evidence;
	file->name = arena_copy(copy->arena, evidence->name);
	copy->count++;
	return 0;
}

static int read_form(struct call *call, int64_t id, struct copy *copy)
{
	struct db_tx *tx;
	int r = db_begin(call->web->db, DB_READ, &tx);

	if (r < 0)
		return r;
	r = rectification_get(tx, id, copy_row, copy);
	if (r == 0)
		r = reply_file_list(tx, id, copy_file, copy);
	return db_end(tx, r);
}

/* Drawn outside of the transaction: it takes its time. */
void rectification_answer_form(struct call *call, int64_t id)
{
	static const char docx[] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
	struct str format = call_text(call, "format"), kind = call_text(call, "form");
	const struct rectification_office *office = call_office(call);
	bool word = str_eq(format, STR("docx")), report = str_eq(kind, STR("report"));
	struct copy *copy = arena_struct(call->request->arena, struct copy);
	struct form_data data = {&copy->row, copy->files, 0};
	struct document *document;
	int r;

	copy->arena = call->request->arena;
	if (!office)
		return;
	if ((format.len && !word && !str_eq(format, STR("pdf"))) ||
	    (kind.len && !report && !str_eq(kind, STR("notice")))) {
		call_fail(call, 400, "bad_argument", "format is pdf or docx, form is notice or report");
		return;
	}
	r = read_form(call, id, copy);
	if (r < 0) {
		rectification_fail(call, r);
		return;
	}
	data.file_count = copy->count;
	document = form_make(office, report ? FORM_REPORT : FORM_NOTICE, &data);
	r = word ? document_write_docx(document, call->out) : document_write_pdf(document, call->out);
	document_free(document);
	if (r < 0)
		rectification_fail(call, r);
	else
		call_attachment(call, word ? docx : "application/pdf",
				arena_printf(copy->arena, "%s %.*s.%s", report ? "整改报告" : "整改通知书",
					     STR_FMT(copy->row.number), word ? "docx" : "pdf"));
}

/* --- evidence ------------------------------------------------------------------------------------------- */

/* Whatever it says it is, a browser is told to save it. */
static int name_file(void *context, const struct reply_file *evidence)
{
	call_attachment(context, "application/octet-stream",
			arena_copy(((struct call *)context)->request->arena, evidence->name));
	return 0;
}

void rectification_answer_file(struct call *call, int64_t id, int64_t file)
{
	const struct rectification_office *office = call_office(call);
	struct db_tx *tx;
	int r;

	if (!office)
		return;
	r = db_begin(call->web->db, DB_READ, &tx);
	if (r == 0)
		r = db_end(tx, reply_file_read(tx, office, id, file, name_file, call, call->out));
	if (r < 0)
		rectification_fail(call, r);
}
