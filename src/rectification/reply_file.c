/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a unit as evidence: kept once under their SHA-256, never changed; an entry that is taken back is
   marked, not deleted, and the bytes stay. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/io.h"
#include "rectification/private.h"

static const struct {
	const char *suffix, *type;
} types[] = {
	{".pdf", "application/pdf"},
	{".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	{".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
	{".doc", "application/msword"},
	{".xls", "application/vnd.ms-excel"},
	{".png", "image/png"},
	{".jpg", "image/jpeg"},
	{".jpeg", "image/jpeg"},
	{".txt", "text/plain"},
	{".log", "text/plain"},
	{".csv", "text/csv"},
	{".zip", "application/zip"},
};

const char *reply_file_type(struct str name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct str suffix = str_from(types[i].suffix);

		if (name.len > suffix.len && str_ieq(str_from_offset(name, name.len - suffix.len), suffix))
			return types[i].type;
	}
	return NULL;
}

/* "FOLDER/ab/cdef…" */
static int make_path(const struct rectification_office *office, const char *hex, bool make, char *out,
		     size_t size)
{
	int len = snprintf(out, size, "%s/%.2s", office->folder, hex), r = 0;

	if (len < 0 || (size_t)len + SHA256_HEX_SIZE >= size)
		return -ENAMETOOLONG;
	if (make)
		r = io_make_folder(out, 0700);
	snprintf(out + len, size - (size_t)len, "/%s", hex + 2);
	return r;
}

static int keep_bytes(const struct rectification_office *office, const char *hex, struct str bytes)
{
	char path[PATH_MAX];
	int r = make_path(office, hex, true, path, sizeof(path));

	if (r == 0)
		r = io_create_file(path, bytes.ptr, bytes.len, 0600);
	return r == -EEXIST ? 0 : r;
}

/* --- entries -------------------------------------------------------------------------------------------- */

static int check_room(struct db_tx *tx, int64_t rectification, size_t more)
{
	struct db_rows *rows = db_query(tx,
					"SELECT count(*), coalesce(sum(size), 0) FROM rectification_files"
					" WHERE rectification = ?1 AND removed = 0",
					DB_ARGS(db_integer(rectification)));
	int64_t count, size;
	int r = db_next(rows);

	if (r <= 0)
		return r < 0 ? r : ERR_CORRUPT;
	count = db_column_integer(rows, 0);
	size = db_column_integer(rows, 1);
	while ((r = db_next(rows)) > 0)
		;
	if (r < 0)
		return r;
	return count >= REPLY_FILES_MAX || size + (int64_t)more > REPLY_BYTES_MAX ? ERR_LIMIT : 0;
}

static int find_same(struct db_tx *tx, int64_t rectification, struct str name, const uint8_t *digest,
		     int64_t *ret_id)
{
	return db_get_integer(tx,
			      "SELECT id FROM rectification_files WHERE rectification = ?1 AND name = ?2"
			      " AND sha256 = ?3 AND removed = 0",
			      DB_ARGS(db_integer(rectification), db_text(name), db_blob(digest, SHA256_SIZE)),
			      ret_id);
}

static int add_entry(struct db_tx *tx, const struct link *link, struct str name, size_t size,
		     const uint8_t *digest, int64_t now, int64_t *ret_id)
{
	static const char sql[] =
		"INSERT INTO rectification_files (rectification, name, type, size, sha256, added, by_name)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
	int r = find_same(tx, link->rectification, name, digest, ret_id);

	if (r != 0)
		return r < 0 ? r : 0;
	r = check_room(tx, link->rectification, size);
	if (r == 0)
		r = link_change(tx, link, RECTIFICATION_DOES_ATTACH, RECTIFICATION_ANY_VERSION, name, now);
	if (r == 0)
		r = db_run(tx, sql,
			   DB_ARGS(db_integer(link->rectification), db_text(name),
				   db_text(str_from(reply_file_type(name))), db_integer((int64_t)size),
				   db_blob(digest, SHA256_SIZE), db_integer(now),
				   db_text(str_from(link->name))));
	if (r >= 0)
		r = db_get_integer(tx, "SELECT max(id) FROM rectification_files", DB_NONE, ret_id);
	return r < 0 ? r : 0;
}

/* May it be added at all? Asked before the bytes are written; asked again with the entry. */
static int check_before(struct db *db, const struct link *link, size_t size)
{
	int64_t state;
	struct db_tx *tx;
	int r = db_begin(db, DB_READ, &tx);

	if (r < 0)
		return r;
	r = db_get_integer(tx, "SELECT state FROM rectifications WHERE id = ?1",
			   DB_ARGS(db_integer(link->rectification)), &state);
	if (r == 0)
		r = ERR_END;
	else if (r > 0 && !rectification_may(RECTIFICATION_DOES_ATTACH, (enum rectification_state)state))
		r = ERR_DENIED;
	else if (r > 0)
		r = check_room(tx, link->rectification, size);
	return db_end(tx, r);
}

/* A path in a name means nothing: the file's name is kept as text and never used as one. */
static struct str last_part(struct str name)
{
	for (size_t i = name.len; i-- > 0;)
		if (name.ptr[i] == '/' || name.ptr[i] == '\\')
			return str_from_offset(name, i + 1);
	return name;
}

int reply_file_add(struct db *db, const struct rectification_office *office, const struct link *link,
		   struct str name, struct str bytes, int64_t now, int64_t *ret_id)
{
	char hex[SHA256_HEX_SIZE];
	uint8_t digest[SHA256_SIZE];
	struct db_tx *tx = NULL;
	int r;

	name = str_trim(last_part(name));
	if (!reply_file_type(name) || !str_is_utf8(name))
		return ERR_UNKNOWN;
	if (name.len > REPLY_NAME_MAX || !bytes.len || bytes.len > REPLY_FILE_MAX)
		return ERR_LIMIT;
	r = check_before(db, link, bytes.len);
	if (r < 0)
		return r;
	sha256(bytes.ptr, bytes.len, digest);
	hex_encode(digest, sizeof(digest), hex);
	r = keep_bytes(office, hex, bytes);
	if (r == 0)
		r = db_begin(db, DB_WRITE, &tx);
	return r < 0 ? r : db_end(tx, add_entry(tx, link, name, bytes.len, digest, now, ret_id));
}

int reply_file_remove(struct db_tx *tx, const struct link *link, int64_t id, int64_t now)
{
	int r = db_run(tx,
		       "UPDATE rectification_files SET removed = ?3 WHERE id = ?1 AND rectification = ?2"
		       " AND removed = 0",
		       DB_ARGS(db_integer(id), db_integer(link->rectification), db_integer(now)));

	if (r == 0)
		return ERR_END;
	return r < 0 ? r
		     : link_change(tx, link, RECTIFICATION_DOES_DETACH, RECTIFICATION_ANY_VERSION,
				   (struct str){0}, now);
}

static void read_entry(struct db_rows *rows, struct reply_file *ret_evidence)
{
	struct str digest = db_column_blob(rows, 4);

	*ret_evidence = (struct reply_file){
		.id = db_column_integer(rows, 0),
		.name = db_column_text(rows, 1),
		.type = db_column_text(rows, 2),
		.size = db_column_integer(rows, 3),
		.added = db_column_integer(rows, 5),
		.by = db_column_text(rows, 6),
	};
	hex_encode(digest.ptr, digest.len == SHA256_SIZE ? SHA256_SIZE : 0, ret_evidence->sha256);
}

#define COLUMNS "id, name, type, size, sha256, added, by_name"

int reply_file_list(struct db_tx *tx, int64_t rectification,
		    int (*visit)(void *context, const struct reply_file *evidence), void *context)
{
	struct db_rows *rows = db_query(tx,
					"SELECT " COLUMNS " FROM rectification_files"
					" WHERE rectification = ?1 AND removed = 0 ORDER BY id",
					DB_ARGS(db_integer(rectification)));
	int r;

	while ((r = db_next(rows)) > 0) {
		struct reply_file evidence;

		read_entry(rows, &evidence);
		r = visit(context, &evidence);
		if (r != 0)
			return r;
	}
	return r;
}

static int read_bytes(const struct rectification_office *office, const struct reply_file *evidence,
		      struct buf *out)
{
	char path[PATH_MAX], hex[SHA256_HEX_SIZE];
	uint8_t digest[SHA256_SIZE];
	size_t before = out->len;
	int r = make_path(office, evidence->sha256, false, path, sizeof(path));

	if (r == 0)
		r = io_read_file(path, REPLY_FILE_MAX, out);
	if (r < 0)
		return r;
	sha256(out->ptr + before, out->len - before, digest);
	hex_encode(digest, sizeof(digest), hex);
	return strcmp(hex, evidence->sha256) == 0 ? 0 : ERR_CORRUPT;
}

int reply_file_read(struct db_tx *tx, const struct rectification_office *office, int64_t rectification,
		    int64_t id, int (*visit)(void *context, const struct reply_file *evidence), void *context,
		    struct buf *out)
{
	struct db_rows *rows = db_query(tx,
					"SELECT " COLUMNS " FROM rectification_files"
					" WHERE rectification = ?1 AND id = ?2 AND removed = 0",
					DB_ARGS(db_integer(rectification), db_integer(id)));
	struct reply_file evidence;
	int r = db_next(rows);

	if (r <= 0)
		return r < 0 ? r : ERR_END;
	read_entry(rows, &evidence);
	r = visit(context, &evidence);
	return r != 0 ? r : read_bytes(office, &evidence, out);
}
