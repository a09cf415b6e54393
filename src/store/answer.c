/* SPDX-License-Identifier: Apache-2.0 */
#include "store/private.h"

#define UNKNOWN_EXCEPTION 1002

/* ClickHouse's exception codes that do not mean 500 (its HTTPHandler does the same). */
static const struct {
	int code, status;
} statuses[] = {
	{6, 400},   {8, 400},   {15, 400},  {16, 404},  {20, 400},  {25, 400},  {26, 400},  {27, 400},
	{36, 400},  {38, 400},  {41, 400},  {42, 400},  {43, 400},  {44, 400},  {46, 404},  {47, 404},
	{48, 501},  {50, 404},  {53, 400},  {56, 404},  {60, 404},  {62, 400},  {69, 400},  {70, 400},
	{72, 400},  {73, 404},  {78, 400},  {81, 404},  {115, 404}, {117, 400}, {130, 400}, {158, 400},
	{159, 408}, {164, 403}, {179, 400}, {184, 400}, {192, 403}, {193, 403}, {194, 401}, {202, 503},
	{215, 400}, {241, 500}, {396, 400}, {427, 400}, {456, 400}, {457, 400}, {497, 403}, {516, 403},
};

static const struct {
	const char *format, *content_type;
	int header_lines; /* -1: one document, cannot be sent in pieces */
} formats[] = {
	{"TabSeparated", "text/tab-separated-values; charset=UTF-8", 0},
	{"TSV", "text/tab-separated-values; charset=UTF-8", 0},
	{"TabSeparatedRaw", "text/tab-separated-values; charset=UTF-8", 0},
	{"TSVRaw", "text/tab-separated-values; charset=UTF-8", 0},
	{"TabSeparatedWithNames", "text/tab-separated-values; charset=UTF-8", 1},
	{"TSVWithNames", "text/tab-separated-values; charset=UTF-8", 1},
	{"TabSeparatedWithNamesAndTypes", "text/tab-separated-values; charset=UTF-8", 2},
	{"TSVWithNamesAndTypes", "text/tab-separated-values; charset=UTF-8", 2},
	{"CSV", "text/csv; charset=UTF-8; header=absent", 0},
	{"CSVWithNames", "text/csv; charset=UTF-8; header=present", 1},
	{"CSVWithNamesAndTypes", "text/csv; charset=UTF-8; header=present", 2},
	{"JSONEachRow", "application/x-ndjson; charset=UTF-8", 0},
	{"JSONStringsEachRow", "application/x-ndjson; charset=UTF-8", 0},
	{"JSONCompactEachRow", "application/x-ndjson; charset=UTF-8", 0},
	{"JSONCompactStringsEachRow", "application/x-ndjson; charset=UTF-8", 0},
	{"JSONCompactEachRowWithNames", "application/x-ndjson; charset=UTF-8", 1},
	{"JSONCompactEachRowWithNamesAndTypes", "application/x-ndjson; charset=UTF-8", 2},
	{"JSONCompactStringsEachRowWithNames", "application/x-ndjson; charset=UTF-8", 1},
	{"JSONCompactStringsEachRowWithNamesAndTypes", "application/x-ndjson; charset=UTF-8", 2},
	{"RowBinary", "application/octet-stream", 0},
	{"Native", "application/octet-stream", 0},
	{"LineAsString", "text/plain; charset=UTF-8", 0},
	{"JSON", "application/json; charset=UTF-8", -1},
	{"JSONCompact", "application/json; charset=UTF-8", -1},
	{"JSONStrings", "application/json; charset=UTF-8", -1},
	{"JSONCompactStrings", "application/json; charset=UTF-8", -1},
	{"JSONColumns", "application/json; charset=UTF-8", -1},
	{"JSONColumnsWithMetadata", "application/json; charset=UTF-8", -1},
	{"JSONObjectEachRow", "application/json; charset=UTF-8", -1},
	{"XML", "application/xml; charset=UTF-8", -1},
	{"Parquet", "application/octet-stream", -1},
	{"Arrow", "application/octet-stream", -1},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

int exception_code(struct str text)
{
	int64_t code;
	struct str digits;

	if (!str_starts(text, STR("Code: ")))
		return UNKNOWN_EXCEPTION;
	text = str_from_offset(text, 6);
	digits = str_head(text, str_find_char(text, '.'));
	return str_to_i64(digits, &code) == 0 ? (int)code : UNKNOWN_EXCEPTION;
}

int exception_status(int code)
{
	for (size_t i = 0; i < COUNT(statuses); i++)
		if (statuses[i].code == code)
			return statuses[i].status;
	return 500;
}

const char *format_content_type(const char *format)
{
	for (size_t i = 0; i < COUNT(formats); i++)
		if (str_ieq(str_from(formats[i].format), str_from(format)))
			return formats[i].content_type;
	return "text/plain; charset=UTF-8";
}

int format_header_lines(const char *format)
{
	for (size_t i = 0; i < COUNT(formats); i++)
		if (str_ieq(str_from(formats[i].format), str_from(format)))
			return formats[i].header_lines;
	return -1;
}

size_t header_length(struct str text, int lines, bool quotes)
{
	bool quoted = false;
	size_t i = 0;

	for (; i < text.len && lines; i++)
		if (quotes && text.ptr[i] == '"')
			quoted = !quoted;
		else if (text.ptr[i] == '\n' && !quoted)
			lines--;
	return i;
}

#define DEFLATE_LEVEL 3
#define DEFLATE_STEP (64 * 1024)
#define WINDOW_GZIP (15 + 16)

void answer_deflate(struct call *call, struct str piece, bool last)
{
	if (!call->deflating) {
		must(deflateInit2(&call->deflate, DEFLATE_LEVEL, Z_DEFLATED, WINDOW_GZIP, 8,
				  Z_DEFAULT_STRATEGY) == Z_OK);
		call->deflating = true;
	}
	call->deflate.next_in = (Bytef *)piece.ptr;
	call->deflate.avail_in = (uInt)piece.len;
	do {
		call->deflate.next_out = (Bytef *)buf_reserve(&call->out, DEFLATE_STEP);
		call->deflate.avail_out = DEFLATE_STEP;
		deflate(&call->deflate, last ? Z_FINISH : Z_SYNC_FLUSH);
		call->out.len += DEFLATE_STEP - call->deflate.avail_out;
	} while (call->deflate.avail_out == 0);
}
