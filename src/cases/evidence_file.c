/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/evidence_file.h"

#include <errno.h>
#include <limits.h>

#include "base/hash.h"
#include "base/io.h"
#include "cases/private.h"

/* FOLDER/ab/abcdef…; sha256 is hex of our own. */
static int make_path(char path[PATH_MAX], const char *folder, struct str sha256, bool make_folder)
{
	int len = snprintf(path, PATH_MAX, "%s/%.2s", folder, sha256.ptr), r = 0;

	if (sha256.len != SHA256_HEX_SIZE - 1)
		return ERR_CORRUPT;
	if (len < 0 || len + SHA256_HEX_SIZE + 1 >= PATH_MAX)
		return -ENAMETOOLONG;
	if (make_folder)
		r = io_make_folder(path, 0700);
	snprintf(path + len, PATH_MAX - (size_t)len, "/%.*s", STR_FMT(sha256));
	return r;
}

/* The same bytes twice are there already. */
static int write_bytes(const char *folder, struct str sha256, struct str bytes)
{
	char path[PATH_MAX];
	int r = make_path(path, folder, sha256, true);

	if (r == 0)
		r = io_create_file(path, bytes.ptr, bytes.len, 0600);
	return r == -EEXIST ? 0 : r;
}

static int check_room(struct db_tx *tx, int64_t incident, struct str sha256, size_t size)
{
	int64_t status = 0, count = 0, total = 0;
	int r = db_get_integer(tx, "SELECT status FROM incidents WHERE id = ?1",
			       DB_ARGS(db_integer(incident)), &status);

	if (r <= 0)
		return r == 0 ? ERR_END : r;
	if (status == INCIDENT_MERGED)
		return ERR_DENIED;
	r = db_get_integer(tx, "SELECT count(*) FROM incident_files WHERE incident = ?1",
			   DB_ARGS(db_integer(incident)), &count);
	if (r >= 0)
		r = db_get_integer(tx,
				   "SELECT coalesce(sum(size), 0) FROM (SELECT max(size) AS size FROM"
				   " incident_files WHERE sha256 <> ?1 GROUP BY sha256)",
				   DB_ARGS(db_text(sha256)), &total);
	if (r < 0)
		return r;
	return size > EVIDENCE_FILE_MAX || count >= EVIDENCE_FILES_MAX ||
			       total + (int64_t)size > EVIDENCE_TOTAL_MAX
		       ? ERR_LIMIT
		       : 0;
}

static int add_row(struct db_tx *tx, int64_t incident, const struct evidence_file *file, struct str sha256,
		   size_t size, struct str by, int64_t at, int64_t *ret_id)
{
	static const char sql[] =
		"INSERT INTO incident_files (incident, name, type, size, sha256, note, added, added_by)"
		" VALUES (?1, ?2, '', ?3, ?4, ?5, ?6, ?7)";
	int r = db_run(tx, sql,
		       DB_ARGS(db_integer(incident), db_text(file->name), db_integer((int64_t)size),
			       db_text(sha256), db_text(file->note), db_integer(at), db_text(by)));

	if (r >= 0)
		r = db_get_integer(tx, "SELECT max(id) FROM incident_files", DB_NONE, ret_id);
	return r < 0 ? r : 0;
}

static int tell(struct db_tx *tx, int64_t incident, int64_t id, struct str name, struct str sha256,
		struct str by, int64_t at)
{
	struct buf data = {0};
	int r;

	buf_printf(&data, "{\"file\":%lld,\"sha256\":\"%.*s\",\"name\":", (long long)id, STR_FMT(sha256));
	buf_add_json_string(&data, name);
	buf_add_char(&data, '}');
	r = incident_note(tx, incident, "file", by, (struct str){0}, buf_str(&data), at);
	buf_done(&data);
	return r;
}

int evidence_add(struct db_tx *tx, const char *folder, int64_t incident, const struct evidence_file *file,
		 struct str bytes, struct str by, struct str address, int64_t at, int64_t *ret_id)
{
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];
	struct str sha = {hex, SHA256_HEX_SIZE - 1};
	int64_t id = 0;
	int r;

	sha256(bytes.ptr, bytes.len, digest);
	hex_encode(digest, sizeof(digest), hex);
	r = check_room(tx, incident, sha, bytes.len);
	if (r == 0)
		r = write_bytes(folder, sha, bytes);
	if (r == 0)
		r = add_row(tx, incident, file, sha, bytes.len, by, at, &id);
	if (r == 0)
		r = evidence_note(tx, id, "added", by, address, at);
	if (r == 0)
		r = tell(tx, incident, id, file->name, sha, by, at);
	if (r == 0)
		*ret_id = id;
	return r;
}

#define FILE_COLUMNS "id, incident, size, added, name, sha256, note, added_by"

static int visit_rows(struct db_rows *rows, evidence_visit *visit, void *context, bool *ret_found)
{
	int r, stop = 0;

	while (stop == 0 && (r = db_next(rows)) > 0) {
		struct evidence_file file = {
			.id = db_column_integer(rows, 0),
			.incident = db_column_integer(rows, 1),
			.size = db_column_integer(rows, 2),
			.added = db_column_integer(rows, 3),
			.name = db_column_text(rows, 4),
			.sha256 = db_column_text(rows, 5),
			.note = db_column_text(rows, 6),
			.added_by = db_column_text(rows, 7),
		};

		*ret_found = true;
		stop = visit(context, &file);
	}
	return stop ? stop : r;
}

int evidence_get(struct db_tx *tx, int64_t incident, int64_t id, evidence_visit *visit, void *context)
{
	bool found = false;
	int r = visit_rows(
		db_query(tx, "SELECT " FILE_COLUMNS " FROM incident_files WHERE id = ?1 AND incident = ?2",
			 DB_ARGS(db_integer(id), db_integer(incident))),
		visit, context, &found);

	return r == 0 && !found ? ERR_END : r;
}

int evidence_list(struct db_tx *tx, int64_t incident, evidence_visit *visit, void *context)
{
	bool found = false;

	return visit_rows(
		db_query(tx, "SELECT " FILE_COLUMNS " FROM incident_files WHERE incident = ?1 ORDER BY id",
			 DB_ARGS(db_integer(incident))),
		visit, context, &found);
}

int evidence_read(const char *folder, struct str sha, int64_t size, struct buf *out)
{
	size_t start = out->len;
	uint8_t digest[SHA256_SIZE];
	char path[PATH_MAX], hex[SHA256_HEX_SIZE];
	int r = make_path(path, folder, sha, false);

	if (r == 0)
		r = io_read_file(path, EVIDENCE_FILE_MAX, out);
	if (r < 0)
		return r;
	sha256(out->len ? out->ptr + start : "", out->len - start, digest);
	hex_encode(digest, sizeof(digest), hex);
	return out->len - start == (size_t)size && str_eq(sha, str_from(hex)) ? 0 : ERR_CORRUPT;
}

int evidence_note(struct db_tx *tx, int64_t id, const char *action, struct str by, struct str address,
		  int64_t at)
{
	int r = db_run(
		tx,
		"INSERT INTO file_custody (file, time, by_user, action, address) VALUES (?1, ?2, ?3, ?4, ?5)",
		DB_ARGS(db_integer(id), db_integer(at), db_text(by), db_text(str_from(action)),
			db_text(address)));

	return r < 0 ? r : 0;
}

int evidence_custody(struct db_tx *tx, int64_t id, int (*visit)(void *context, const struct custody *custody),
		     void *context)
{
	struct db_rows *rows =
		db_query(tx,
			 "SELECT time, by_user, action, address FROM file_custody WHERE file = ?1"
			 " ORDER BY number LIMIT 1000",
			 DB_ARGS(db_integer(id)));
	int r, stop = 0;

	while (stop == 0 && (r = db_next(rows)) > 0) {
		struct custody custody = {db_column_integer(rows, 0), db_column_text(rows, 1),
					  db_column_text(rows, 2), db_column_text(rows, 3)};

		stop = visit(context, &custody);
	}
	return stop ? stop : r;
}
