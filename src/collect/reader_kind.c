/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/reader_private.h"

#define TEXT_LOOK 4096 /* bytes in which a NUL means that it is no text */
#define MAGIC_MAX 16   /* bytes */

#define CAPTURE "a packet capture: replay it through a sensor such as Suricata and import its eve.json"
#define UTF16 "UTF-16 text: convert it, e.g. with iconv -f UTF-16 -t UTF-8"
#define COMPRESSED "compressed a second time: unpack it first"

static const struct {
	struct str magic;
	const char *what;
} refused[] = {
	{STR("\xD4\xC3\xB2\xA1"), CAPTURE}, /* pcap, and with nanoseconds, in both byte orders */
	{STR("\xA1\xB2\xC3\xD4"), CAPTURE},
	{STR("\x4D\x3C\xB2\xA1"), CAPTURE},
	{STR("\xA1\xB2\x3C\x4D"), CAPTURE},
	{STR("\x0A\x0D\x0D\x0A"), CAPTURE}, /* pcapng */
	{STR("ElfFile\0"), "a Windows event file (EVTX): convert it to JSON, e.g. with evtx_dump -o jsonl"},
	{STR("LfLe"), "a Windows event file (EVT): convert it to JSON"},
	{STR("\xFF\xFE"), UTF16},
	{STR("\xFE\xFF"), UTF16},
	{STR("\x1F\x8B"), COMPRESSED},
	{STR("\x28\xB5\x2F\xFD"), COMPRESSED},
	{STR("PK\x03\x04"), COMPRESSED},
	{STR("\xFD"
	     "7zXZ"),
	 COMPRESSED},
	{STR("7z\xBC\xAF\x27\x1C"), "a 7-Zip archive: unpack it first"},
	{STR("Rar!\x1A\x07"), "a RAR archive: unpack it first"},
	{STR("SQLite format 3\0"), "a SQLite database: export its tables as JSON lines"},
	{STR("PAR1"), "a Parquet file: export it as JSON lines"},
	{STR("\x7F"
	     "ELF"),
	 "a program, not a log"},
	{STR("%PDF-"), "a PDF document, not a log"},
};

const char *reader_kind_refuse(struct str head)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (str_starts(head, refused[i].magic))
			return refused[i].what;
	if (str_find_char(str_head(head, TEXT_LOOK), 0) != STR_NOT_FOUND)
		return "not text: it holds NUL bytes; only text logs and JSON can be read";
	return NULL;
}

bool reader_kind_is_clear(struct str head)
{
	const size_t len = head.len;

	while (head.len && char_is_space(head.ptr[0]))
		head = str_from_offset(head, 1);
	return len >= MAGIC_MAX && str_find_char(head, '\n') != STR_NOT_FOUND;
}

bool reader_kind_is_documents(struct str head, struct json_parser *parser)
{
	const struct str text = str_trim(head);
	const struct str line = str_trim(str_head(text, str_find_char(text, '\n')));
	const struct str second = str_trim(str_from_offset(text, 1));
	const struct json_node *nodes;
	size_t offset = 0, used;
	int r;

	if (!text.len || (text.ptr[0] != '{' && text.ptr[0] != '['))
		return false;
	r = json_parse(parser, line, &nodes, &offset);
	if (r == 0) /* lines of JSON, unless the one line is an array of events */
		return text.ptr[0] == '[' && second.len && second.ptr[0] == '{';
	/* The line must be the beginning of a document. A log line like "[12:00:01] started" is wrong
	 * earlier. */
	if (r != ERR_SYNTAX || offset != line.len)
		return false;
	/* And what follows must go on with it: else the line was torn, and those behind it are whole. */
	r = json_parse(parser, text, &nodes, &offset);
	return r == 0 || offset == text.len || json_parse_prefix(parser, text, &nodes, &used) == 0;
}
