/* SPDX-License-Identifier: Apache-2.0 */
#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <strings.h>

#include "base/words.h"
#include "sheet/private.h"

#define CHUNK (64 * 1024)
#define TOKEN_MAX (256 * 1024) /* expat before 2.6 reads one that is not complete again with every chunk */
#define PARTS_MAX 4096         /* entries of a ZIP */

static struct str local_name(const char *name)
{
	const char *colon = strrchr(name, ':');

	return str_from(colon ? colon + 1 : name);
}

struct str xlsx_attribute(const char **attributes, const char *name)
{
	for (size_t i = 0; attributes[i]; i += 2)
		if (str_eq(local_name(attributes[i]), str_from(name)))
			return str_from(attributes[i + 1]);
	return (struct str){0};
}

void xlsx_part_fail(struct xlsx_part *part, int code, unsigned line, unsigned column, const char *message)
{
	if (part->failed)
		return;
	part->failed = message ? err_set(part->err, code, line, column, "%s", words_of(message)) : code;
	XML_StopParser(part->parser, XML_FALSE);
}

/* --- what expat calls ---------------------------------------------------------------------------------- */

static void on_open(void *user, const char *name, const char **attributes)
{
	struct xlsx_part *part = user;

	if (!part->failed)
		part->open(part, local_name(name), attributes);
}

static void on_close(void *user, const char *name)
{
	struct xlsx_part *part = user;

	if (!part->failed && part->close)
		part->close(part, local_name(name));
}

static void on_text(void *user, const char *text, int len)
{
	struct xlsx_part *part = user;

	if (part->failed || !part->takes_text)
		return;
	if (part->text.len + (size_t)len > SHEET_CELL_MAX)
		xlsx_part_fail(part, ERR_LIMIT, 0, 0, "a cell of more than 32 KiB");
	else
		buf_add(&part->text, text, (size_t)len);
}

/* No part has a document type; where one stands, entities are about to follow. */
static void on_doctype(void *user, const char *name, const char *system_id, const char *public_id,
		       int has_internal)
{
	(void)name;
	(void)system_id;
	(void)public_id;
	(void)has_internal;
	xlsx_part_fail(user, ERR_SYNTAX, 0, 0, "the workbook holds a document type");
}

/* --- the ZIP ------------------------------------------------------------------------------------------- */

static int corrupt(struct err *ret_err, const char *name)
{
	return err_set(ret_err, ERR_CORRUPT, 0, 0, "the workbook is damaged or under a password (%s)", name);
}

static int find_part(struct archive *zip, const char *name, struct err *ret_err)
{
	struct archive_entry *entry;

	for (unsigned i = 0; i < PARTS_MAX; i++) {
		int r = archive_read_next_header(zip, &entry);
		const char *path;

		if (r == ARCHIVE_EOF)
			return ERR_END;
		if (r < ARCHIVE_WARN)
			return corrupt(ret_err, name);
		path = archive_entry_pathname(entry);
		if (path && strcasecmp(path + (path[0] == '/'), name) == 0)
			return 0;
	}
	return err_set(ret_err, ERR_LIMIT, 0, 0, "a workbook of more than %d files", PARTS_MAX);
}

/* Whether a tag or comment goes on for too long, of which so much of the part has been fed. */
static bool is_endless(XML_Parser parser, size_t fed)
{
	const XML_Index at = XML_GetCurrentByteIndex(parser);

	return at >= 0 && fed - (size_t)at > TOKEN_MAX;
}

static int parse_part(struct archive *zip, const char *name, struct xlsx_part *part, struct err *ret_err)
{
	struct xlsx *xlsx = part->xlsx;
	size_t fed = 0;

	for (;;) {
		void *chunk = XML_GetBuffer(part->parser, CHUNK);
		la_ssize_t n = chunk ? archive_read_data(zip, chunk, CHUNK) : -1;
		enum XML_Status status;

		if (n < 0)
			return corrupt(ret_err, name);
		fed += (size_t)n;
		xlsx->unfolded += (size_t)n;
		if (xlsx->unfolded > SHEET_UNFOLDED_MAX)
			return err_set(ret_err, ERR_LIMIT, 0, 0, "the workbook unfolds to more than %u MiB",
				       SHEET_UNFOLDED_MAX / 1024 / 1024);
		status = XML_ParseBuffer(part->parser, (int)n, n == 0);
		if (part->failed)
			return part->failed;
		if (status != XML_STATUS_OK)
			return err_set(ret_err, ERR_SYNTAX, 0, 0, "%s, line %lu: %s", name,
				       XML_GetCurrentLineNumber(part->parser),
				       XML_ErrorString(XML_GetErrorCode(part->parser)));
		if (n == 0)
			return 0;
		if (is_endless(part->parser, fed))
			return err_set(ret_err, ERR_LIMIT, 0, 0, "a tag or comment of more than %u KiB",
				       TOKEN_MAX / 1024);
	}
}

int xlsx_part_read(struct xlsx *xlsx, const char *name, struct xlsx_part *part, struct err *ret_err)
{
	struct archive *zip = archive_read_new();
	int r;

	must(zip);
	part->xlsx = xlsx;
	part->err = ret_err;
	part->parser = XML_ParserCreate(NULL);
	must(part->parser);
	XML_SetUserData(part->parser, part);
	XML_SetElementHandler(part->parser, on_open, on_close);
	XML_SetCharacterDataHandler(part->parser, on_text);
	XML_SetStartDoctypeDeclHandler(part->parser, on_doctype);
	archive_read_support_format_zip(zip);
	if (archive_read_open_memory(zip, xlsx->bytes.ptr, xlsx->bytes.len) != ARCHIVE_OK)
		r = corrupt(ret_err, name);
	else
		r = find_part(zip, name, ret_err);
	if (r == 0)
		r = parse_part(zip, name, part, ret_err);
	archive_read_free(zip);
	XML_ParserFree(part->parser);
	buf_done(&part->text);
	return r;
}
