/* SPDX-License-Identifier: Apache-2.0 */
#include "rectification/form.h"

#include <inttypes.h>

#include "rectification/private.h"

#define LINES_FACTS 5
#define LINES_REPORT 6

static void add_notice(struct document *document, const struct rectification_office *office,
		       const struct rectification *row)
{
	static const struct str labels[] = {STR("签发人："), STR("发文单位（盖章）：")};
	char deadline[LOCAL_TEXT_SIZE], day[LOCAL_TEXT_SIZE];
	struct buf text = {0};

	local_time(office->zone, row->deadline, deadline);
	local_day(office->zone, row->sent ? row->sent : row->created, day);
	document_title(document, STR("网络安全事件整改通知书"));
	document_line(document, row->number, str_from(day));
	buf_printf(&text, "%.*s：", STR_FMT(row->unit_name));
	document_paragraph(document, buf_str(&text));
	buf_clear(&text);
	buf_printf(&text,
		   "经监测研判，你单位发生下列网络安全事件，现予通报，请于%s前完成整改并提交整改报告。",
		   deadline);
	document_paragraph(document, buf_str(&text));
	document_form_begin(document, 2);
	document_form_field(document, STR("通知编号"), row->number);
	document_form_field(document, STR("事件编号"), row->incident_number);
	document_form_field(document, STR("责任单位"), row->unit_name);
	document_form_field(document, STR("整改期限"), str_from(deadline));
	document_form_wide(document, STR("事项"), row->title, 1);
	document_form_wide(document, STR("事件情况"), row->facts, LINES_FACTS);
	document_form_wide(document, STR("整改要求"), row->requirements, LINES_FACTS);
	document_form_wide(document, STR("联系方式"), row->contact, 1);
	document_form_end(document);
	document_signatures(document, labels, 2, str_from(day));
	buf_done(&text);
}

static void add_files(struct document *document, const struct form_data *data)
{
	static const struct str headings[] = {STR("序号"), STR("文件名"), STR("大小（字节）"),
					      STR("SHA-256")};
	static const unsigned widths[] = {1, 5, 3, 8};

	if (!data->file_count)
		return;
	document_heading(document, 2, STR("佐证材料"));
	document_table_begin(document, headings, widths, 4);
	for (size_t i = 0; i < data->file_count; i++) {
		char number[24], size[24];
		struct str cells[4];

		snprintf(number, sizeof(number), "%zu", i + 1);
		snprintf(size, sizeof(size), "%" PRId64, data->files[i].size);
		cells[0] = str_from(number);
		cells[1] = data->files[i].name;
		cells[2] = str_from(size);
		cells[3] = str_from(data->files[i].sha256);
		document_table_row(document, cells);
	}
	document_table_end(document);
}

static void add_report(struct document *document, const struct rectification_office *office,
		       const struct form_data *data)
{
	static const struct str labels[] = {STR("填报人："), STR("单位负责人："), STR("单位（盖章）：")};
	const struct rectification *row = data->rectification;
	char deadline[LOCAL_TEXT_SIZE], reported[LOCAL_TEXT_SIZE], day[LOCAL_TEXT_SIZE];

	local_time(office->zone, row->deadline, deadline);
	local_time(office->zone, row->reported, reported);
	local_day(office->zone, row->reported ? row->reported : row->saved, day);
	document_title(document, STR("网络安全事件整改报告"));
	document_line(document, row->unit_name, str_from(day));
	document_form_begin(document, 2);
	document_form_field(document, STR("通知编号"), row->number);
	document_form_field(document, STR("事件编号"), row->incident_number);
	document_form_field(document, STR("报告单位"), row->unit_name);
	document_form_field(document, STR("填报人"), row->reported_by);
	document_form_field(document, STR("整改期限"), str_from(deadline));
	document_form_field(document, STR("提交时间"), str_from(reported));
	document_form_wide(document, STR("事项"), row->title, 1);
	document_form_wide(document, STR("原因分析"), row->cause, LINES_REPORT);
	document_form_wide(document, STR("整改措施"), row->measures, LINES_REPORT);
	document_form_wide(document, STR("整改结果"), row->result, LINES_REPORT);
	document_form_wide(document, STR("审核意见"), row->answer, 2);
	document_form_end(document);
	add_files(document, data);
	document_signatures(document, labels, 3, str_from(day));
}

struct document *form_make(const struct rectification_office *office, enum form form,
			   const struct form_data *data)
{
	struct document *document = document_new(form == FORM_NOTICE ? STR("网络安全事件整改通知书")
								     : STR("网络安全事件整改报告"),
						 office->policy->office);

	if (form == FORM_NOTICE)
		add_notice(document, office, data->rectification);
	else
		add_report(document, office, data);
	return document;
}
