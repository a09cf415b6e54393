/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/heads.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"

#define CHUNK (64 * 1024)
#define MARK 16 /* bytes kept behind damage: the next note may begin in them */

void audit_heads_done(struct audit_heads *heads)
{
	for (size_t i = 0; i < heads->files.len; i++)
		free(heads->files.items[i]);
	for (size_t i = 0; i < heads->key_count; i++) {
		tlog_key_free(heads->keys[i].key);
		free(heads->keys[i].path);
	}
	vec_done(&heads->files);
	vec_done(heads);
}

/* Takes the key over. */
static int add_key(struct audit_heads *heads, struct tlog_key *loaded, const char *path, bool given,
		   struct err *ret_err)
{
	struct audit_key *key = &heads->keys[heads->key_count];

	if (heads->key_count == AUDIT_KEYS_MAX) {
		tlog_key_free(loaded);
		return err_set(ret_err, ERR_LIMIT, 0, 0, "more than %d keys", AUDIT_KEYS_MAX);
	}
	*key = (struct audit_key){.key = loaded, .path = strdup(path), .given = given, .counts = true};
	must(key->path);
	heads->key_count++;
	for (size_t i = 0; i < heads->key_count; i++)
		heads->any_given |= heads->keys[i].given;
	for (size_t i = 0; i < heads->key_count; i++)
		heads->keys[i].counts = heads->keys[i].given || !heads->any_given;
	return 0;
}

int audit_heads_add_key(struct audit_heads *heads, const char *path, bool given, struct err *ret_err)
{
	struct tlog_key *key;
	int r = tlog_key_load_public(path, &key, ret_err);

	return r < 0 ? r : add_key(heads, key, path, given, ret_err);
}

int audit_heads_add_key_text(struct audit_heads *heads, struct str pem, const char *name, struct err *ret_err)
{
	struct tlog_key *key;
	int r = tlog_key_parse_public(pem, &key, ret_err);

	return r < 0 ? r : add_key(heads, key, name, false, ret_err);
}

static enum audit_signature check_signature(const struct audit_heads *heads, struct str note)
{
	enum audit_signature signature = AUDIT_UNKNOWN;

	for (size_t i = 0; i < heads->key_count; i++) {
		int r = heads->keys[i].counts ? tlog_head_verify(note, heads->keys[i].key) : ERR_UNKNOWN;

		if (r == 0)
			return AUDIT_SIGNED;
		if (r == ERR_DENIED)
			signature = AUDIT_FALSE;
	}
	return signature;
}

struct intake {
	struct audit_heads *heads;
	uint16_t file;
	bool given;
	uint64_t damaged, first_damage;
	bool cut; /* the last note has no end */
};

/* The beginning of a note, up to somewhere before the end of its first signature. */
static bool is_cut(struct str text)
{
	size_t dash = str_find(text, STR("\n\n\xe2\x80\x94 "));

	return text.len < TLOG_HEAD_TEXT_MAX && str_starts(text, STR("wanglou/")) &&
	       (dash == STR_NOT_FOUND ||
		str_find_char(str_from_offset(text, dash + 2), '\n') == STR_NOT_FOUND);
}

/* Takes the notes off text, which begins at offset of the file; unless it is the last piece, stops where a
   note may be cut. Returns the bytes it is done with. */
static size_t take_notes(struct intake *intake, struct str text, uint64_t offset, bool last)
{
	struct str rest = text, signed_text, note;
	struct audit_head head = {.file = intake->file, .given = intake->given};

	while (rest.len && (last || rest.len >= 2 * TLOG_HEAD_TEXT_MAX)) {
		uint64_t at = offset + (text.len - rest.len);
		int r = tlog_head_next(&rest, &head.head, &signed_text, &note);

		if (r == ERR_END)
			break;
		if (r < 0) {
			if (last && !rest.len && is_cut(str_from_offset(text, at - offset))) {
				intake->cut = true;
				break;
			}
			if (!intake->damaged++)
				intake->first_damage = at;
			if (!rest.len && !last)
				rest = str_from_offset(text, text.len - MARK);
			continue;
		}
		if (intake->heads->len == AUDIT_HEADS_MAX)
			break;
		head.offset = offset + (size_t)(note.ptr - text.ptr);
		head.length = (uint16_t)note.len;
		head.signature = (uint8_t)check_signature(intake->heads, note);
		vec_push(intake->heads, head);
	}
	return text.len - rest.len;
}

static int begin_file(struct intake *intake, const char *name, struct err *ret_err)
{
	char *copy;

	if (intake->heads->files.len == AUDIT_FILES_MAX)
		return err_set(ret_err, ERR_LIMIT, 0, 0, "more than %d files of heads", AUDIT_FILES_MAX);
	copy = strdup(name);
	must(copy);
	intake->file = (uint16_t)intake->heads->files.len;
	vec_push(&intake->heads->files, copy);
	return 0;
}

static void end_file(const struct intake *intake, const char *name, const struct audit_report *report)
{
	struct audit_problem problem = {.kind = AUDIT_DAMAGED_HEAD};

	snprintf(problem.file, sizeof(problem.file), "%s", name);
	if (intake->damaged) {
		intake->heads->damaged += intake->damaged;
		audit_tell(report, problem, "%llu pieces are no heads, the first at byte %llu",
			   (unsigned long long)intake->damaged, (unsigned long long)intake->first_damage);
	}
	problem.expected = true;
	if (intake->cut)
		audit_tell(report, problem,
			   "the last head has no end: it was just being written, or a crash cut it off");
}

int audit_heads_add_text(struct audit_heads *heads, struct str text, const char *name, bool given,
			 const struct audit_report *report, struct err *ret_err)
{
	struct intake intake = {.heads = heads, .given = given};
	int r = begin_file(&intake, name, ret_err);

	if (r < 0)
		return r;
	take_notes(&intake, text, 0, true);
	end_file(&intake, name, report);
	return 0;
}

int audit_heads_add_file(struct audit_heads *heads, const char *path, bool given,
			 const struct audit_report *report, struct err *ret_err)
{
	struct intake intake = {.heads = heads, .given = given};
	struct buf piece = {0};
	uint64_t offset = 0;
	ssize_t got = CHUNK;
	int r, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_set(ret_err, -errno, 0, 0, "%s: %s", path, strerror(errno));
	r = begin_file(&intake, path, ret_err);
	while (r == 0 && got == CHUNK) {
		size_t done;

		got = io_read(fd, buf_reserve(&piece, CHUNK), CHUNK);
		if (got < 0) {
			r = err_set(ret_err, (int)got, 0, 0, "%s: %s", path, err_text((int)got));
			break;
		}
		piece.len += (size_t)got;
		done = take_notes(&intake, buf_str(&piece), offset, got < CHUNK);
		memmove(piece.ptr, piece.ptr + done, piece.len - done);
		piece.len -= done;
		offset += done;
	}
	close(fd);
	buf_done(&piece);
	if (r == 0)
		end_file(&intake, path, report);
	return r;
}

struct walk {
	struct audit_heads *heads;
	const struct audit_report *report;
	struct err *err;
};

static bool is_called(const char *path, const char *prefix)
{
	const char *slash = strrchr(path, '/');

	return strncmp(slash ? slash + 1 : path, prefix, strlen(prefix)) == 0;
}

static int visit_key(const char *path, void *context)
{
	struct walk *walk = context;
	struct audit_problem problem = {.kind = AUDIT_NO_KEY};
	struct err err = {0};

	if (!is_called(path, "key-") || audit_heads_add_key(walk->heads, path, false, &err) == 0)
		return 0;
	snprintf(problem.file, sizeof(problem.file), "%s", path);
	audit_tell(walk->report, problem, "%.200s", err.message);
	return 0;
}

static int visit_heads(const char *path, void *context)
{
	struct walk *walk = context;

	if (!is_called(path, "heads-"))
		return 0;
	return audit_heads_add_file(walk->heads, path, false, walk->report, walk->err);
}

int audit_heads_add_folder(struct audit_heads *heads, const char *folder, const struct audit_report *report,
			   struct err *ret_err)
{
	struct walk walk = {heads, report, ret_err};
	int r = io_walk(folder, ".pem", visit_key, &walk);

	if (r == 0)
		r = io_walk(folder, ".txt", visit_heads, &walk);
	if (r == -ENOENT)
		return 0;
	if (r < 0 && ret_err && !ret_err->code)
		err_set(ret_err, r, 0, 0, "%s: %s", folder, err_text(r));
	return r;
}

const struct audit_head *audit_heads_covering(const struct audit_heads *heads, uint64_t size)
{
	size_t low = 0, high = heads->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (heads->items[middle].head.size < size)
			low = middle + 1;
		else
			high = middle;
	}
	while (low < heads->len && heads->items[low].signature != AUDIT_SIGNED)
		low++;
	return low < heads->len ? &heads->items[low] : NULL;
}

const struct audit_head *audit_heads_newest(const struct audit_heads *heads)
{
	for (size_t i = heads->len; i-- > 0;)
		if (heads->items[i].signature == AUDIT_SIGNED)
			return &heads->items[i];
	return NULL;
}

int audit_heads_text(const struct audit_heads *heads, const struct audit_head *head, struct buf *text)
{
	int fd = open(heads->files.items[head->file], O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = pread(fd, buf_reserve(text, head->length), head->length, (off_t)head->offset);
	close(fd);
	if (n != head->length)
		return n < 0 ? -errno : ERR_END;
	text->len += (size_t)n;
	return 0;
}
