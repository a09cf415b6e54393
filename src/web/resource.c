/* SPDX-License-Identifier: Apache-2.0 */
/* Conventions that all objects of the API share: versions, lists in pages, files that are sent. */
#include <inttypes.h>
#include <string.h>

#include "base/hash.h"
#include "web/resource.h"

#define ANY_VERSION 0
#define CURSOR_KEY_MAX 1024 /* bytes of what a list is sorted by */
#define FILE_NAME_MAX 200   /* bytes, in Content-Disposition */

/* At most max bytes, and no character halved. */
static struct str cut(struct str text, size_t max)
{
	size_t len = text.len < max ? text.len : max;

	while (len < text.len && len > 0 && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
		len--;
	return str_head(text, len);
}

/* --- transactions, and what goes wrong in them ---------------------------------------------------------- */

struct db_tx *call_begin(struct call *call, enum db_mode mode)
{
	struct db_tx *tx = NULL;
	int r = db_begin(call->web->db, mode, &tx);

	if (r < 0)
		call_fail_code(call, r);
	return r < 0 ? NULL : tx;
}

void call_explain(struct call *call, int r, const struct err *err, const struct refusal *refusals,
		  size_t count)
{
	const char *why = err && err->message[0] ? err->message : err_text(r);

	for (size_t i = 0; i < count; i++)
		if (refusals[i].code == r) {
			call_fail(call, refusals[i].status, refusals[i].name, "%s",
				  refusals[i].text ? words_of(refusals[i].text) : why);
			return;
		}
	if (r == ERR_BUSY)
		call_stale(call);
	else
		call_fail_code(call, r);
}

/* --- versions ----------------------------------------------------------------------------------------- */

void call_etag(struct call *call, int64_t version)
{
	http_set_header(call->response, "ETag",
			arena_printf(call->request->arena, "\"v%" PRId64 "\"", version).ptr);
}

/* One tag of If-Match (RFC 9110, 13.1.1). A proxy that compresses makes tags weak; they say the same here. */
static bool read_tag(struct str tag, int64_t *ret_version)
{
	if (str_eq(tag, STR("*"))) {
		*ret_version = ANY_VERSION;
		return true;
	}
	if (str_starts(tag, STR("W/")))
		tag = str_from_offset(tag, 2);
	if (tag.len < 4 || !str_starts(tag, STR("\"v")) || tag.ptr[tag.len - 1] != '"')
		return false;
	return str_to_i64(str_of(tag.ptr + 2, tag.len - 3), ret_version) == 0 && *ret_version > 0;
}

void call_stale(struct call *call)
{
	call_fail(call, 412, "changed_meanwhile", "somebody else has changed this meanwhile; load it again");
}

bool call_match_version(struct call *call, int64_t *ret_version)
{
	const char *value = http_header(call->request, "If-Match");

	if (!value) {
		call_fail(call, 428, "if_match_required", "send the ETag of what you saw in If-Match");
		return false;
	}
	if (read_tag(str_trim(str_from(value)), ret_version))
		return true;
	call_stale(call);
	return false;
}

bool call_match(struct call *call, int64_t current_version)
{
	int64_t version;

	if (!call_match_version(call, &version))
		return false;
	if (version == ANY_VERSION || version == current_version)
		return true;
	call_stale(call);
	return false;
}

/* --- pages -------------------------------------------------------------------------------------------- */

/* A cursor is the hexadecimal digits of "ID KEY": text that needs no escapes and invites nobody to edit it.
 */
static bool read_cursor(struct call *call, struct str cursor, struct list_page *page)
{
	struct str text, id;
	char *bytes;

	if (cursor.len % 2 || cursor.len / 2 > CURSOR_KEY_MAX + 24)
		return false;
	bytes = arena_alloc(call->request->arena, cursor.len / 2 + 1);
	if (hex_decode(cursor, bytes, cursor.len / 2) < 0)
		return false;
	text = str_of(bytes, cursor.len / 2);
	if (str_find_char(text, ' ') == STR_NOT_FOUND || !str_is_utf8(text))
		return false;
	id = str_head(text, str_find_char(text, ' '));
	page->after = str_from_offset(text, id.len + 1);
	page->first = false;
	return str_to_i64(id, &page->after_id) == 0;
}

bool call_page(struct call *call, struct list_page *ret_page)
{
	struct list_page page = {.first = true};
	struct str cursor = call_text(call, "cursor");

	if (!call_number(call, "limit", 1, PAGE_LIMIT_MAX, PAGE_LIMIT_DEFAULT, &page.limit))
		return false;
	if (cursor.len && !read_cursor(call, cursor, &page)) {
		call_fail(call, 400, "bad_cursor", "cursor is the next_cursor of the page before");
		return false;
	}
	*ret_page = page;
	return true;
}

void page_open(struct call *call)
{
	out_open(call->out, NULL, '{');
	out_open(call->out, "items", '[');
}

void page_close(struct call *call, bool more, int64_t last_id, struct str last)
{
	struct str text;
	char *cursor;

	out_close(call->out, ']');
	if (more) {
		last = cut(last, CURSOR_KEY_MAX);
		text = arena_printf(call->request->arena, "%" PRId64 " %.*s", last_id, STR_FMT(last));
		cursor = arena_alloc(call->request->arena, text.len * 2 + 1);
		hex_encode((const uint8_t *)text.ptr, text.len, cursor);
		out_text(call->out, "next_cursor", str_from(cursor));
	}
	out_close(call->out, '}');
}

/* --- files -------------------------------------------------------------------------------------------- */

/* attr-char of RFC 8187; of a path only what stands behind the last separator would be left by a browser. */
static bool is_plain(char c)
{
	return char_is_digit(c) || (unsigned char)(char_lower(c) - 'a') < 26 || (c && strchr("-._", c));
}

void call_attachment(struct call *call, const char *content_type, struct str name)
{
	struct str head = STR("attachment; filename=\""), middle = STR("\"; filename*=UTF-8''");
	struct buf value = {0};

	name = cut(name, FILE_NAME_MAX);
	buf_add_str(&value, head);
	for (size_t i = 0; i < name.len; i++)
		if (((unsigned char)name.ptr[i] & 0xc0) != 0x80)
			buf_add_char(&value, is_plain(name.ptr[i]) ? name.ptr[i] : '_');
	buf_add_str(&value, middle);
	for (size_t i = 0; i < name.len; i++)
		if (is_plain(name.ptr[i]))
			buf_add_char(&value, name.ptr[i]);
		else
			buf_printf(&value, "%%%02X", (unsigned char)name.ptr[i]);
	http_set_header(call->response, "Content-Disposition", buf_cstr(&value));
	buf_done(&value);
	call->response->content_type = content_type;
}
