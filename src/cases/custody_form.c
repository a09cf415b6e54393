/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/custody_form.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cases/private.h"

#define LINES_SPARE 6 /* rows that are filled in by hand */

/* --- reading -------------------------------------------------------------------------------------------- */

struct reading {
	struct arena *arena;
	struct custody_sheet *sheet;
	struct custody_file **end;
	size_t total;
	/* Of the file that is read. */
	struct custody_file *file;
	size_t room;
};

static int take_incident(void *context, const struct incident *incident)
{
	struct reading *reading = context;
	struct custody_sheet *sheet = reading->sheet;

	sheet->number = arena_copy(reading->arena, incident->number);
	sheet->title = arena_copy(reading->arena, incident->title);
	sheet->unit = arena_copy(reading->arena, incident->unit_name);
	sheet->responsible = arena_copy(reading->arena, incident->responsible);
	sheet->first = incident->first;
	sheet->last = incident->last;
	sheet->alerts = incident->alerts;
	return 0;
}

static int take_file(void *context, const struct evidence_file *file)
{
	struct reading *reading = context;
	struct custody_file *copy = arena_struct(reading->arena, struct custody_file);

	copy->file = *file;
	copy->file.name = arena_copy(reading->arena, file->name);
	copy->file.sha256 = arena_copy(reading->arena, file->sha256);
	copy->file.note = arena_copy(reading->arena, file->note);
	copy->file.added_by = arena_copy(reading->arena, file->added_by);
	*reading->end = copy;
	reading->end = &copy->next;
	return 0;
}

/* A place for one more line; the array doubles, what was there dies with the arena. */
static struct custody_line *next_line(struct reading *reading)
{
	struct custody_file *file = reading->file;

	if (file->count == reading->room) {
		size_t room = reading->room ? 2 * reading->room : 16;
		struct custody_line *lines = arena_array(reading->arena, struct custody_line, room);

		if (file->count)
			memcpy(lines, file->lines, file->count * sizeof(*lines));
		file->lines = lines;
		reading->room = room;
	}
	return &file->lines[file->count++];
}

static int take_line(void *context, const struct custody *custody)
{
	struct reading *reading = context;

	if (reading->total++ >= CUSTODY_LINES_MAX)
		return 1;
	*next_line(reading) = (struct custody_line){
		.what = {custody->time, arena_copy(reading->arena, custody->by),
			 arena_copy(reading->arena, custody->action),
			 arena_copy(reading->arena, custody->address)},
	};
	return 0;
}

/* Those of alerts that were made of one record; what came of counting has no such. */
static int read_records(struct db_tx *tx, int64_t incident, struct reading *reading)
{
	static const char sql[] =
		"SELECT event_seq, time, source, coalesce((SELECT nullif(title_zh, '') FROM rules"
		" WHERE hash = rule_hash), title) FROM alerts WHERE incident = ?1 AND event_seq > 0"
		" ORDER BY event_seq LIMIT ?2";
	struct custody_sheet *sheet = reading->sheet;
	struct db_rows *rows =
		db_query(tx, sql, DB_ARGS(db_integer(incident), db_integer(CUSTODY_RECORDS_MAX)));
	int r;

	sheet->records = arena_array(reading->arena, struct custody_record, CUSTODY_RECORDS_MAX);
	while ((r = db_next(rows)) > 0)
		sheet->records[sheet->record_count++] = (struct custody_record){
			.number = (uint64_t)db_column_integer(rows, 0),
			.time = db_column_integer(rows, 1),
			.source = arena_copy(reading->arena, db_column_text(rows, 2)),
			.title = arena_copy(reading->arena, db_column_text(rows, 3)),
		};
	return r;
}

int custody_read(struct db_tx *tx, int64_t incident, struct arena *arena, struct custody_sheet *ret_sheet)
{
	struct reading reading = {.arena = arena, .sheet = ret_sheet, .end = &ret_sheet->files};
	int r = incident_get(tx, incident, take_incident, &reading);

	if (r == 0)
		r = evidence_list(tx, incident, take_file, &reading);
	for (reading.file = ret_sheet->files; reading.file && r >= 0; reading.file = reading.file->next) {
		reading.room = 0;
		r = evidence_custody(tx, reading.file->file.id, take_line, &reading);
	}
	ret_sheet->cut = reading.total > CUSTODY_LINES_MAX;
	return r < 0 ? r : read_records(tx, incident, &reading);
}

void custody_check(struct custody_sheet *sheet, const char *folder)
{
	int64_t left = CUSTODY_CHECK_MAX;
	struct buf bytes = {0};

	for (struct custody_file *file = sheet->files; file; file = file->next) {
		int r;

		if (file->file.size > left)
			continue;
		left -= file->file.size;
		buf_clear(&bytes);
		r = evidence_read(folder, file->file.sha256, file->file.size, &bytes);
		if (r == 0)
			file->state = CUSTODY_INTACT;
		else if (r == ERR_CORRUPT)
			file->state = CUSTODY_DAMAGED;
		else if (r == -ENOENT)
			file->state = CUSTODY_GONE;
	}
	buf_done(&bytes);
}

/* --- the form ------------------------------------------------------------------------------------------- */

#define TIME_TEXT 24

struct form {
	struct document *document;
	const struct custody_sheet *sheet;
};

/* "2026-11-23 08:30:05"; nothing for 0. */
static struct str put_time(const struct form *form, int64_t time, char out[TIME_TEXT])
{
	char text[CLOCK_TEXT_SIZE];

	*out = 0;
	if (time) {
		clock_format(time + form->sheet->zone, text);
		snprintf(out, TIME_TEXT, "%.10s %.8s", text, text + 11);
	}
	return str_from(out);
}

static struct str put_number(uint64_t number, char out[TIME_TEXT])
{
	if (number)
		snprintf(out, TIME_TEXT, "%" PRIu64, number);
	return number ? str_from(out) : STR("—");
}

static struct str action_term(struct str action)
{
	static const struct {
		const char *action, *term;
	} terms[] = {
		{"added", "存入"},
		{"viewed", "查看记录"},
		{"exported", "导出"},
		{"printed", "制表"},
	};

	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
		if (str_eq(action, str_from(terms[i].action)))
			return str_from(terms[i].term);
	return action;
}

static const char *const states[] = {
	[CUSTODY_UNCHECKED] = "文件较多，本次未核对",
	[CUSTODY_INTACT] = "与存入时一致",
	[CUSTODY_DAMAGED] = "不一致：内容已被改动或损坏",
	[CUSTODY_GONE] = "文件已不在",
};

static void add_incident(struct form *form)
{
	const struct custody_sheet *sheet = form->sheet;
	char first[TIME_TEXT], last[TIME_TEXT], made[TIME_TEXT];

	document_form_begin(form->document, 2);
	document_form_field(form->document, STR("事件编号"), sheet->number);
	document_form_field(form->document, STR("责任单位"), sheet->unit);
	document_form_field(form->document, STR("最早发生"), put_time(form, sheet->first, first));
	document_form_field(form->document, STR("最近发生"), put_time(form, sheet->last, last));
	document_form_field(form->document, STR("制表人"), sheet->by);
	document_form_field(form->document, STR("制表时间"), put_time(form, sheet->made, made));
	document_form_wide(form->document, STR("事件"), sheet->title, 1);
	document_form_end(form->document);
}

static void add_chain(struct form *form, const struct custody_file *file)
{
	const struct str headings[] = {STR("时间"), STR("经手人"), STR("操作"), STR("来源地址"),
				       STR("审计记录号")};
	static const unsigned widths[] = {5, 4, 3, 5, 3};

	document_table_begin(form->document, headings, widths, 5);
	for (size_t i = 0; i < file->count; i++) {
		const struct custody_line *line = &file->lines[i];
		char time[TIME_TEXT], number[TIME_TEXT];
		const struct str cells[] = {put_time(form, line->what.time, time), line->what.by,
					    action_term(line->what.action), line->what.address,
					    put_number(line->record, number)};

		document_table_row(form->document, cells);
	}
	document_table_end(form->document);
}

static void add_file(struct form *form, const struct custody_file *file, unsigned number)
{
	char added[TIME_TEXT], size[32];
	struct buf text = {0};

	buf_printf(&text, "%u. %.*s", number, STR_FMT(file->file.name));
	document_heading(form->document, 3, buf_str(&text));
	buf_done(&text);
	snprintf(size, sizeof(size), "%" PRId64 " 字节", file->file.size);
	document_form_begin(form->document, 2);
	document_form_field(form->document, STR("存入时间"), put_time(form, file->file.added, added));
	document_form_field(form->document, STR("存入人"), file->file.added_by);
	document_form_field(form->document, STR("大小"), str_from(size));
	document_form_field(form->document, STR("制表时核对"), str_from(states[file->state]));
	document_form_wide(form->document, STR("SHA-256"), file->file.sha256, 1);
	if (file->file.note.len)
		document_form_wide(form->document, STR("来源说明"), file->file.note, 1);
	document_form_end(form->document);
	add_chain(form, file);
}

static void add_files(struct form *form)
{
	unsigned number = 0;

	document_heading(form->document, 2, STR("一、证据文件及经手记录"));
	for (const struct custody_file *file = form->sheet->files; file; file = file->next)
		add_file(form, file, ++number);
	if (!number)
		document_paragraph(form->document, STR("本事件没有存入文件。"));
	else
		document_paragraph(form->document,
				   STR("审计记录号为“—”的，制表时尚未取得，其后可在平台审计记录中查得。"));
	if (form->sheet->cut)
		document_paragraph(form->document, STR("经手记录过多，本表未能全部列出，其余见平台。"));
}

static void add_records(struct form *form)
{
	const struct custody_sheet *sheet = form->sheet;
	const struct str headings[] = {STR("记录号"), STR("时间"), STR("来源"), STR("触发的告警")};
	static const unsigned widths[] = {3, 5, 4, 8};
	char text[320];

	document_heading(form->document, 2, STR("二、日志原始记录"));
	snprintf(text, sizeof(text),
		 "本事件共 %lld 条告警。下表列出直接触发告警的 %zu "
		 "条日志原始记录，记录号为其在平台日志中的编号，"
		 "原文可凭记录号调取。",
		 (long long)sheet->alerts, sheet->record_count);
	document_paragraph(form->document, str_from(text));
	if (!sheet->record_count)
		return;
	document_table_begin(form->document, headings, widths, 4);
	for (size_t i = 0; i < sheet->record_count; i++) {
		const struct custody_record *record = &sheet->records[i];
		char number[TIME_TEXT], time[TIME_TEXT];
		const struct str cells[] = {put_number(record->number, number),
					    put_time(form, record->time, time), record->source,
					    record->title};

		document_table_row(form->document, cells);
	}
	document_table_end(form->document);
	if (sheet->record_count == CUSTODY_RECORDS_MAX)
		document_paragraph(form->document, STR("其余记录未列出，见平台的事件页面。"));
}

static void add_head(struct form *form)
{
	document_heading(form->document, 2, STR("三、日志完整性"));
	if (!form->sheet->head.len) {
		document_paragraph(form->document, STR("平台尚未签署树头，日志完整性待补证。"));
		return;
	}
	document_paragraph(
		form->document,
		STR("平台全部日志记录与审计记录构成一棵哈希树，由平台私钥定期签署树头。下面是制表时"
		    "最新的树头原文；任一记录号的包含证明可在平台上导出，凭公钥独立验证。"));
	document_paragraph(form->document, form->sheet->head);
}

/* What is handed over on paper goes on on paper. */
static void add_hand_over(struct form *form)
{
	static const struct str labels[] = {STR("制表人（签字）："), STR("复核人（签字）：")};
	const struct str headings[] = {STR("移交时间"), STR("移交人签字"), STR("接收人签字"),
				       STR("载体与数量"), STR("事由")};
	static const unsigned widths[] = {4, 4, 4, 4, 5};
	const struct str cells[] = {STR("　"), STR("　"), STR("　"), STR("　"), STR("　")};
	char made[TIME_TEXT];

	document_heading(form->document, 2, STR("四、移交记录"));
	document_table_begin(form->document, headings, widths, 5);
	for (int i = 0; i < LINES_SPARE; i++)
		document_table_row(form->document, cells);
	document_table_end(form->document);
	document_signatures(form->document, labels, 2, str_head(put_time(form, form->sheet->made, made), 10));
}

struct document *custody_document(const struct custody_sheet *sheet)
{
	struct form form = {document_new(STR("证据保管链记录"), sheet->by), sheet};

	document_title(form.document, STR("网络安全事件证据保管链记录"));
	add_incident(&form);
	add_files(&form);
	add_records(&form);
	add_head(&form);
	add_hand_over(&form);
	return form.document;
}
