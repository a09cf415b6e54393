/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of custody of an incident's evidence as a form to print. */
#include <limits.h>
#include <stdio.h>

#include "base/clock.h"
#include "cases/custody_form.h"
#include "custody/heads.h"
#include "trail/trail.h"
#include "web/incident.h"

#define LOOKED_UP_MAX 1000 /* lines whose record is looked for: some 50 µs each */

/* The audit record is durable before the line is written; receipt is a moment between. */
#define RECORD_BEFORE (2 * CLOCK_SECOND)
#define RECORD_BEHIND (5 * CLOCK_SECOND)

/* --- the audit record of a line ------------------------------------------------------------------------- */

struct looking {
	struct str object; /* the end of it, "/12"; empty: any */
	int64_t time, distance;
	uint64_t seq;
};

static int take_nearest(void *context, const struct trail_entry *entry)
{
	struct looking *looking = context;
	int64_t distance =
		entry->time > looking->time ? entry->time - looking->time : looking->time - entry->time;

	if (str_ends(entry->object, looking->object) && distance < looking->distance) {
		looking->distance = distance;
		looking->seq = entry->seq;
	}
	return 0;
}

/* What the trail says of each action: of a file that was added, and of the form, it names the incident alone.
 */
static const struct {
	const char *custody, *trail;
	bool of_file;
} actions[] = {
	{"added", "file.add", false},
	{"viewed", "file.view", true},
	{"exported", "file.export", true},
	{"printed", "custody.export", false},
};

static uint64_t find_record(struct call *call, const struct custody *what, int64_t file)
{
	struct trail_filter filter = {
		.from = what->time - RECORD_BEFORE,
		.to = what->time + RECORD_BEHIND,
		.user = what->by,
		.outcome = STR("allowed"),
		.limit = 100,
	};
	struct looking looking = {.time = what->time, .distance = INT64_MAX};
	char object[32];

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]) && !filter.action.len; i++)
		if (str_eq(what->action, str_from(actions[i].custody))) {
			filter.action = str_from(actions[i].trail);
			snprintf(object, sizeof(object), "/%lld", (long long)file);
			looking.object = actions[i].of_file ? str_from(object) : STR("");
		}
	if (!filter.action.len)
		return 0;
	return trail_list(call->web->db, &filter, take_nearest, &looking) < 0 ? 0 : looking.seq;
}

static void find_records(struct call *call, struct custody_sheet *sheet)
{
	size_t left = LOOKED_UP_MAX;

	for (struct custody_file *file = sheet->files; file; file = file->next)
		for (size_t i = 0; i < file->count && left > 0; i++, left--)
			file->lines[i].record = find_record(call, &file->lines[i].what, file->file.id);
}

/* --- the newest head ------------------------------------------------------------------------------------ */

static int take_head(void *context, const struct tlog_head *head, struct str note)
{
	struct buf *text = context;

	(void)head;
	buf_add_str(text, note);
	return 1;
}

static void read_head(struct call *call, struct custody_sheet *sheet)
{
	const char *journal = call->web->options.journal;
	struct buf text = {0};
	char folder[PATH_MAX];

	if (journal && snprintf(folder, sizeof(folder), "%s/sealed", journal) < (int)sizeof(folder) &&
	    heads_walk(folder, false, take_head, &text) > 0)
		sheet->head = arena_copy(call->request->arena, buf_str(&text));
	buf_done(&text);
}

/* --- the answer ----------------------------------------------------------------------------------------- */

/* Whoever prints it stands in it. */
static int note_all(struct call *call, struct db_tx *tx, int64_t incident, struct custody_sheet *sheet)
{
	struct custody_sheet files = {.files = NULL};
	int r = custody_read(tx, incident, call->request->arena, &files);

	for (struct custody_file *file = files.files; file && r == 0; file = file->next)
		r = evidence_note(tx, file->file.id, "printed", incident_caller(call), incident_address(call),
				  call->now);
	return r == 0 ? custody_read(tx, incident, call->request->arena, sheet) : r;
}

static void write_form(struct call *call, const struct custody_sheet *sheet, bool docx)
{
	struct document *document = custody_document(sheet);
	int r = docx ? document_write_docx(document, call->out) : document_write_pdf(document, call->out);

	document_free(document);
	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	call_attachment(call,
			docx ? "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
			     : "application/pdf",
			arena_printf(call->request->arena, "证据保管链-%.*s.%s", STR_FMT(sheet->number),
				     docx ? "docx" : "pdf"));
}

void api_get_custody_document(struct call *call)
{
	const struct str format = call_text(call, "format");
	const bool docx = str_eq(format, STR("docx"));
	struct custody_sheet sheet = {.by = incident_caller(call), .made = call->now};
	struct db_tx *tx;
	int64_t incident;

	sheet.zone = call->web->options.zone;
	if (format.len && !docx && !str_eq(format, STR("pdf"))) {
		call_fail(call, 400, "bad_format", "format is pdf or docx");
		return;
	}
	if (!incident_begin(call, DB_WRITE, &tx, &incident) ||
	    !incident_end(call, tx, note_all(call, tx, incident, &sheet)))
		return;
	find_records(call, &sheet);
	read_head(call, &sheet);
	custody_check(&sheet, incident_files(call));
	write_form(call, &sheet, docx);
}
