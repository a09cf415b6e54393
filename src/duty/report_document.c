/* SPDX-License-Identifier: Apache-2.0 */
/* A report as a document: what the verdict is, what happened, what was not seen, who was there. */
#include <stdio.h>
#include <string.h>

#include "document/document.h"
#include "duty/report_private.h"

#define TIME_TEXT 32

struct writer {
	struct document *document;
	int64_t zone;
};

static struct str member(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_string(value) ? str_of(json_string_value(value), json_string_length(value)) : STR("");
}

static long long number(const json_t *object, const char *key)
{
	return (long long)json_integer_value(json_object_get(object, key));
}

static struct str put_time(const struct writer *writer, int64_t time, char out[TIME_TEXT])
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time + writer->zone, text);
	snprintf(out, TIME_TEXT, "%.10s %.5s", text, text + 11);
	return str_from(out);
}

static struct str put_member_time(const struct writer *writer, const json_t *object, const char *key,
				  char out[TIME_TEXT])
{
	int64_t time;

	return clock_parse(member(object, key), 0, &time) == 0 ? put_time(writer, time, out) : STR("");
}

/* "2026-11-22 08:30 至 2026-11-23 08:30" */
static struct str put_span(const struct writer *writer, const json_t *object, char out[2 * TIME_TEXT + 8])
{
	char from[TIME_TEXT], to[TIME_TEXT];

	put_member_time(writer, object, "from", from);
	put_member_time(writer, object, "to", to);
	snprintf(out, 2 * TIME_TEXT + 8, "%s 至 %s", from, to);
	return str_from(out);
}

/* What a table says where there is nothing to say: a row of its own. */
static void end_table(struct writer *writer, const json_t *list, size_t columns, struct str none)
{
	struct str cells[DOCUMENT_COLUMNS_MAX] = {0};

	cells[0] = none;
	if (!json_array_size(list) && columns)
		document_table_row(writer->document, cells);
	document_table_end(writer->document);
}

static const struct {
	const char *reason, *term;
} reasons[] = {
	{"unknown", "无记录"}, {"down", "采集停止"},     {"silent", "来源静默"},
	{"lost", "消息丢失"},  {"unparsed", "未能解析"},
};

static struct str reason_term(struct str reason)
{
	for (size_t i = 0; i < DUTY_WORD_COUNT(reasons); i++)
		if (str_eq(reason, str_from(reasons[i].reason)))
			return str_from(reasons[i].term);
	return reason;
}

static void put_incidents(struct writer *writer, const json_t *content)
{
	const struct str headings[] = {STR("编号"), STR("事件"), STR("单位"), STR("责任人"), STR("状态")};
	static const unsigned widths[] = {3, 7, 4, 3, 3};
	const json_t *incidents = json_object_get(content, "incidents"),
		     *list = json_object_get(incidents, "list");
	const json_t *item;
	char text[192];
	size_t i;

	document_heading(writer->document, 2, STR("一、网络安全事件"));
	snprintf(text, sizeof(text), "本时段新发生 %lld 起，办结 %lld 起，时段末在办 %lld 起。",
		 number(incidents, "opened"), number(incidents, "closed"), number(incidents, "open"));
	document_paragraph(writer->document, str_from(text));
	document_table_begin(writer->document, headings, widths, 5);
	json_array_foreach(list, i, item)
	{
		const struct str cells[] = {member(item, "number"), member(item, "title"),
					    member(item, "unit"), member(item, "responsible"),
					    member(item, "status")};

		document_table_row(writer->document, cells);
	}
	end_table(writer, list, 5, STR("无"));
	if (number(incidents, "listed_out")) {
		snprintf(text, sizeof(text), "另有 %lld 起未列出。", number(incidents, "listed_out"));
		document_paragraph(writer->document, str_from(text));
	}
}

static void put_alerts(struct writer *writer, const json_t *content)
{
	const json_t *alerts = json_object_get(content, "alerts"),
		     *levels = json_object_get(alerts, "by_level");
	char text[192];

	snprintf(text, sizeof(text),
		 "告警共 %lld 条：严重 %lld，高 %lld，中 %lld，低 %lld，提示 %lld；未处置 %lld 条。",
		 number(alerts, "total"), number(levels, "critical"), number(levels, "high"),
		 number(levels, "medium"), number(levels, "low"), number(levels, "informational"),
		 number(alerts, "open"));
	document_paragraph(writer->document, str_from(text));
}

/* Why, and what somebody had said of it: that makes it no less blind. */
static struct str put_reason(const struct writer *writer, const json_t *gap, struct buf *out)
{
	const json_t *acknowledged = json_object_get(gap, "acknowledged");
	struct str why = member(acknowledged, "reason"), by = member(acknowledged, "by");
	char until[TIME_TEXT];

	buf_clear(out);
	buf_add_str(out, reason_term(member(gap, "reason")));
	if (acknowledged)
		buf_printf(out, "（已报备：%.*s，至 %.*s，%.*s）", STR_FMT(why),
			   STR_FMT(put_member_time(writer, acknowledged, "until", until)), STR_FMT(by));
	return buf_str(out);
}

static void put_coverage(struct writer *writer, const json_t *content)
{
	const struct str headings[] = {STR("来源"), STR("原因"), STR("时段")};
	static const unsigned widths[] = {5, 4, 6};
	const json_t *coverage = json_object_get(content, "coverage"),
		     *gaps = json_object_get(coverage, "gaps");
	const json_t *item;
	char text[192], span[2 * TIME_TEXT + 8];
	struct buf reason = {0};
	size_t i;

	document_heading(writer->document, 2, STR("二、监测覆盖"));
	snprintf(text, sizeof(text), "共监测 %lld 个来源，%lld 处监测盲区。%s", number(coverage, "sources"),
		 number(coverage, "gap_count"),
		 str_eq(member(coverage, "verdict"), STR("complete"))
			 ? "监测完整。"
			 : "下列来源在下列时段不可见，“未发生事件”的结论不及于此。");
	document_paragraph(writer->document, str_from(text));
	document_table_begin(writer->document, headings, widths, 3);
	json_array_foreach(gaps, i, item)
	{
		const struct str who = member(item, "who");
		const struct str cells[] = {who.len ? who : STR("全部来源"),
					    put_reason(writer, item, &reason), put_span(writer, item, span)};

		document_table_row(writer->document, cells);
	}
	buf_done(&reason);
	end_table(writer, gaps, 3, STR("无"));
}

static void put_duty(struct writer *writer, const json_t *content)
{
	const struct str headings[] = {STR("岗位"), STR("姓名"), STR("电话"), STR("时段")};
	static const unsigned widths[] = {2, 3, 4, 7};
	const json_t *shifts = json_object_get(content, "on_duty"),
		     *holes = json_object_get(content, "holes");
	const json_t *item;
	char span[2 * TIME_TEXT + 8], text[2 * TIME_TEXT + 64];
	size_t i;

	document_heading(writer->document, 2, STR("三、值班情况"));
	document_table_begin(writer->document, headings, widths, 4);
	json_array_foreach(shifts, i, item)
	{
		enum duty_place place = PLACE_OFFICER;
		struct str cells[4];

		duty_place_parse(member(item, "place"), &place);
		cells[0] = str_from(duty_place_term(place));
		cells[1] = member(item, "name");
		cells[2] = member(item, "phone");
		cells[3] = put_span(writer, item, span);
		document_table_row(writer->document, cells);
	}
	end_table(writer, shifts, 4, STR("无"));
	json_array_foreach(holes, i, item)
	{
		snprintf(text, sizeof(text), "无值班员：%s", put_span(writer, item, span).ptr);
		document_paragraph(writer->document, str_from(text));
	}
}

static void put_log(struct writer *writer, const json_t *content)
{
	const struct str headings[] = {STR("时间"), STR("记录人"), STR("内容")};
	static const unsigned widths[] = {4, 3, 9};
	const json_t *log = json_object_get(content, "log"), *item;
	char time[TIME_TEXT];
	size_t i;

	document_heading(writer->document, 2, STR("四、值班日志"));
	document_table_begin(writer->document, headings, widths, 3);
	json_array_foreach(log, i, item)
	{
		const struct str cells[] = {put_member_time(writer, item, "time", time), member(item, "by"),
					    member(item, "text")};

		document_table_row(writer->document, cells);
	}
	end_table(writer, log, 3, STR("无"));
}

static void put_heading(struct writer *writer, const struct report *report, const json_t *content)
{
	char text[192], span[2 * TIME_TEXT + 8];
	const json_t *periods = json_object_get(content, "periods"), *item;
	size_t i;

	document_title(writer->document, STR("网络安全平安报告"));
	snprintf(text, sizeof(text), "第 %lld 号", (long long)report->id);
	document_line(writer->document, str_from(text), put_span(writer, content, span));
	json_array_foreach(periods, i, item) if (str_eq(member(item, "kind"), STR("key_period")))
	{
		snprintf(text, sizeof(text), "重要时期：%.150s", member(item, "name").ptr);
		document_paragraph(writer->document, str_from(text));
	}
	snprintf(text, sizeof(text), "结论：%s。", report_verdict_term(report->verdict));
	document_heading(writer->document, 1, str_from(text));
}

static void put_signature(struct writer *writer, const struct report *report)
{
	const struct str labels[] = {STR("值班员"), STR("带班领导")};
	char time[TIME_TEXT], text[512];

	if (report->comment.len) {
		document_heading(writer->document, 2, STR("五、值班员说明"));
		document_paragraph(writer->document, report->comment);
	}
	snprintf(text, sizeof(text), "内容校验值（SHA-256）：%.*s", STR_FMT(report->sha256));
	document_paragraph(writer->document, str_from(text));
	if (report->signed_at) {
		snprintf(text, sizeof(text), "已由 %.*s 于 %s 在系统中签发。", STR_FMT(report->signed_by),
			 put_time(writer, report->signed_at, time).ptr);
		document_paragraph(writer->document, str_from(text));
	}
	document_signatures(writer->document, labels, 2, STR(""));
}

int report_document(const struct report *report, int64_t zone, struct document **ret_document)
{
	json_t *content = json_loadb(report->content.ptr, report->content.len, 0, NULL);
	struct writer writer = {.zone = zone};

	if (!content)
		return ERR_CORRUPT;
	writer.document = document_new(STR("网络安全平安报告"), STR("望楼"));
	put_heading(&writer, report, content);
	put_incidents(&writer, content);
	put_alerts(&writer, content);
	put_coverage(&writer, content);
	put_duty(&writer, content);
	put_log(&writer, content);
	put_signature(&writer, report);
	json_decref(content);
	*ret_document = writer.document;
	return 0;
}
