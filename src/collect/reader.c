/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/reader_private.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

#define CHUNK ((size_t)128 * 1024)

struct reader {
	const struct reader_format *const *formats;
	struct archive *archive;
	struct json_parser *parser;
	int fd;
	char *path;
	uint64_t size;
	bool finished; /* nothing more can be read */

	bool in_member, member_ended;
	bool damaged; /* the member ended where it should not */
	char *member;
	struct reader_cutter cutter;

	char *window; /* of capacity bytes; the member's are those from start to end */
	size_t capacity, start, end;
	const void *block; /* libarchive's, not yet in the window */
	size_t block_len;

	struct reader_child *child; /* reads the member, which is binary */
	int spool;                  /* its bytes; -1 */
};

/* Every decoder that libarchive has built in. Its "all" includes some that run a program. */
static int support(struct archive *archive)
{
	static int (*const enable[])(struct archive *) = {
		archive_read_support_filter_gzip,  archive_read_support_filter_zstd,
		archive_read_support_filter_bzip2, archive_read_support_filter_xz,
		archive_read_support_filter_lz4,   archive_read_support_format_zip,
		archive_read_support_format_tar,   archive_read_support_format_empty,
		archive_read_support_format_raw,
	};

	for (size_t i = 0; i < sizeof(enable) / sizeof(enable[0]); i++)
		if (enable[i](archive) != ARCHIVE_OK)
			return -ENOTSUP;
	return 0;
}

static int fail(const struct reader *reader, int code, struct err *ret_err, const char *what)
{
	err_set_file(ret_err, reader->path);
	if (reader->member && reader->member[0])
		return err_set(ret_err, code, 0, 0, "%s: %s", reader->member, what);
	return err_set(ret_err, code, 0, 0, "%s", what);
}

/* libarchive has stopped in the middle of something. */
static int fail_archive(const struct reader *reader, struct err *ret_err)
{
	const char *why = archive_error_string(reader->archive);
	char text[ERR_MESSAGE_MAX];

	snprintf(text, sizeof(text), "damaged or cut off: %s", why ? why : "it cannot be unpacked");
	return fail(reader, ERR_CORRUPT, ret_err, text);
}

static void end_child(struct reader *reader)
{
	reader_child_end(reader->child);
	reader->child = NULL;
	if (reader->spool >= 0)
		close(reader->spool);
	reader->spool = -1;
}

void reader_close(struct reader *reader)
{
	if (!reader)
		return;
	end_child(reader);
	archive_read_free(reader->archive);
	json_parser_free(reader->parser);
	if (reader->fd > 0)
		close(reader->fd);
	free(reader->path);
	free(reader->member);
	free(reader->window);
	free(reader);
}

static struct reader *new_reader(const char *path, size_t record_max)
{
	struct reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return NULL;
	reader->capacity = 2 * record_max + CHUNK;
	reader->cutter.record_max = record_max;
	reader->fd = reader->spool = -1;
	reader->archive = archive_read_new();
	reader->parser = json_parser_new();
	reader->path = strdup(path);
	reader->window = malloc(reader->capacity);
	if (reader->archive && reader->parser && reader->path && reader->window)
		return reader;
	reader_close(reader);
	return NULL;
}

/* Opens the file itself; its size is 0 where it is no ordinary file. */
static int open_file(struct reader *reader, struct err *ret_err)
{
	struct stat status;

	reader->fd = strcmp(reader->path, "-") == 0 ? 0 : open(reader->path, O_RDONLY | O_CLOEXEC);
	if (reader->fd < 0 || fstat(reader->fd, &status) < 0) {
		const int code = -errno;

		return fail(reader, code, ret_err, err_text(code));
	}
	if (S_ISDIR(status.st_mode))
		return fail(reader, -EISDIR, ret_err, "a folder: name the files in it");
	reader->size = S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
	return 0;
}

int reader_open(const char *path, size_t record_max, const struct reader_format *const *formats,
		struct reader **ret_reader, struct err *ret_err)
{
	struct reader *reader = new_reader(path, record_max);
	int r;

	if (!reader)
		return err_set(ret_err, -ENOMEM, 0, 0, "%s", err_text(-ENOMEM));
	reader->formats = formats;
	r = open_file(reader, ret_err);
	if (r == 0 && support(reader->archive) < 0)
		r = fail(reader, -ENOTSUP, ret_err, "libarchive lacks a decoder it must have");
	if (r == 0 && archive_read_open_fd(reader->archive, reader->fd, CHUNK) != ARCHIVE_OK)
		r = fail_archive(reader, ret_err);
	if (r < 0)
		reader_close(reader);
	else
		*ret_reader = reader;
	return r;
}

/* Folders and links, and what macOS adds. */
static bool is_left_out(struct archive_entry *entry, const char *name)
{
	const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;

	return archive_entry_filetype(entry) != AE_IFREG || str_starts(str_from(base), STR("._")) ||
	       str_eq(str_from(base), STR(".DS_Store")) || str_starts(str_from(name), STR("__MACOSX/")) ||
	       strstr(name, "/__MACOSX/");
}

/* Names in a character set that the locale does not have are not there as plain text. */
static const char *name_of(const struct reader *reader, struct archive_entry *entry)
{
	const char *name;

	if (archive_format(reader->archive) == ARCHIVE_FORMAT_RAW)
		return "";
	name = archive_entry_pathname(entry);
	if (!name)
		name = archive_entry_pathname_utf8(entry);
	return name ? name : "(a member without a readable name)";
}

/* Adds what comes next to the window; where nothing does, sets member_ended, and damaged if it should. */
static void fill(struct reader *reader)
{
	size_t room, len;
	la_int64_t offset;
	int r = ARCHIVE_OK;
	const bool cheap = reader->start >= CHUNK && reader->end - reader->start <= reader->start;

	/* Early, so that what is read again and again stays in the processor's cache. */
	if (cheap || reader->capacity - reader->end < CHUNK) {
		memmove(reader->window, reader->window + reader->start, reader->end - reader->start);
		reader->end -= reader->start;
		reader->start = 0;
	}
	while (!reader->block_len && r >= ARCHIVE_WARN && r != ARCHIVE_EOF) {
		r = archive_read_data_block(reader->archive, &reader->block, &reader->block_len, &offset);
		reader->damaged |= r < ARCHIVE_OK && r != ARCHIVE_RETRY; /* a wrong checksum is a warning */
	}
	if (r < ARCHIVE_WARN || r == ARCHIVE_EOF) {
		reader->member_ended = true;
		reader->finished = r == ARCHIVE_FATAL;
		reader->block_len = 0;
		return;
	}
	room = reader->capacity - reader->end;
	len = reader->block_len < room ? reader->block_len : room;
	memcpy(reader->window + reader->end, reader->block, len);
	reader->end += len;
	reader->block = (const char *)reader->block + len;
	reader->block_len -= len;
}

/* --- binary members ------------------------------------------------------------------------------------- */

static const struct reader_format *format_of(const struct reader *reader, struct str head)
{
	const struct reader_format *const *format = reader->formats;

	head = str_head(head, READER_FORMAT_HEAD);
	while (format && *format && !(*format)->test(head))
		format++;
	return format ? *format : NULL;
}

/* Opens the file once more, from its beginning, where the member is the file as it lies on disk. */
static int open_in_place(struct reader *reader)
{
	struct stat first, again;
	int fd;

	if (!reader->size || archive_format(reader->archive) != ARCHIVE_FORMAT_RAW ||
	    archive_filter_code(reader->archive, 0) != ARCHIVE_FILTER_NONE)
		return -1;
	fd = open(reader->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fstat(reader->fd, &first) < 0 || fstat(fd, &again) < 0 || first.st_dev != again.st_dev ||
	    first.st_ino != again.st_ino) {
		close(fd);
		return -1;
	}
	reader->finished = true;
	return fd;
}

static int open_spool(void)
{
	const char *const folders[] = {getenv("TMPDIR"), "/var/tmp", "/tmp"};
	int fd = -1;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && fd < 0; i++)
		if (folders[i])
			fd = open(folders[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd;
}

/* Copies the member, whose front is in the window. */
static int fill_spool(struct reader *reader, uint64_t max)
{
	uint64_t total = 0;
	int r = 0;

	for (;;) {
		const size_t len = reader->end - reader->start;

		total += len;
		if (total > max)
			return ERR_LIMIT;
		r = io_write(reader->spool, reader->window + reader->start, len);
		reader->start = reader->end = 0;
		if (r < 0 || reader->member_ended)
			break;
		fill(reader);
	}
	return r < 0 ? r : lseek(reader->spool, 0, SEEK_SET) < 0 ? -errno : 0;
}

static int begin_binary(struct reader *reader, const struct reader_format *format, struct err *ret_err)
{
	const uint64_t max = format->max < READER_SPOOL_MAX ? format->max : READER_SPOOL_MAX;
	char text[ERR_MESSAGE_MAX];
	int r = 0;

	reader->spool = open_in_place(reader);
	if (reader->spool < 0) {
		reader->spool = r = open_spool();
		if (r >= 0)
			r = fill_spool(reader, max);
	}
	if (r == 0)
		r = reader_child_start(format, reader->spool, reader->cutter.record_max, &reader->child);
	if (r == 0)
		return 0;
	end_child(reader);
	snprintf(text, sizeof(text), "%s, which could not be copied or read: %s", format->name, err_text(r));
	if (r == ERR_LIMIT)
		snprintf(text, sizeof(text),
			 "%s of more than %llu bytes: unpack it, and import the file itself", format->name,
			 (unsigned long long)max);
	return fail(reader, r, ret_err, text);
}

/* The next record of a binary member; ERR_END behind its last. */
static int next_binary(struct reader *reader, struct reader_record *ret_record, struct err *ret_err)
{
	struct err err = {0};
	int r = reader_child_next(reader->child, ret_record, &err);

	if (r == 0)
		ret_record->member = reader->member;
	if (r >= 0)
		return r;
	if (r == ERR_END)
		end_child(reader);
	else
		fail(reader, r, ret_err, err.message);
	return r;
}

/* --- members -------------------------------------------------------------------------------------------- */

/* Fills the window for a look at what the member is, and makes the cutter ready for it. */
static int begin_member(struct reader *reader, struct err *ret_err)
{
	const size_t record_max = reader->cutter.record_max;
	const struct reader_format *format;
	const char *refusal;
	struct str head;

	reader->start = reader->end = reader->block_len = 0;
	reader->member_ended = reader->damaged = false;
	do {
		fill(reader);
		head = str_of(reader->window, reader->end);
	} while (!reader->member_ended && head.len <= record_max && !reader_kind_is_clear(head));
	format = format_of(reader, head);
	if (format)
		return begin_binary(reader, format, ret_err);
	refusal = reader_kind_refuse(head);
	if (refusal)
		return fail(reader, ERR_REFUSED, ret_err, refusal);
	if (str_starts(head, STR("\xEF\xBB\xBF")))
		reader->start = 3;
	head = str_from_offset(head, reader->start);
	reader_cutter_init(&reader->cutter, record_max, reader_kind_is_documents(head, reader->parser));
	reader->in_member = true;
	return 0;
}

static int next_member(struct reader *reader, struct err *ret_err)
{
	struct archive_entry *entry;
	const char *name;
	int r;

	for (;;) {
		do
			r = archive_read_next_header(reader->archive, &entry);
		while (r == ARCHIVE_RETRY);
		if (r == ARCHIVE_EOF)
			return ERR_END;
		if (r < ARCHIVE_WARN) {
			reader->finished = r == ARCHIVE_FATAL;
			return fail_archive(reader, ret_err);
		}
		name = name_of(reader, entry);
		if (!name[0] || !is_left_out(entry, name))
			break;
	}
	free(reader->member);
	reader->member = strdup(name);
	if (!reader->member)
		return -ENOMEM;
	if (archive_entry_is_encrypted(entry))
		return fail(reader, ERR_REFUSED, ret_err, "encrypted: unpack it with its password first");
	return begin_member(reader, ret_err);
}

/* A record of a member of text: 0, ERR_END behind its last, or how it is damaged. */
static int next_text(struct reader *reader, struct reader_record *ret_record, struct err *ret_err)
{
	for (;;) {
		size_t used;
		const bool found = reader_cut(
			&reader->cutter, str_of(reader->window + reader->start, reader->end - reader->start),
			reader->member_ended, ret_record, &used);

		reader->start += used;
		if (found) {
			ret_record->member = reader->member;
			return 0;
		}
		if (reader->member_ended)
			break;
		fill(reader);
	}
	reader->in_member = false;
	return reader->damaged ? fail_archive(reader, ret_err) : ERR_END;
}

int reader_next(struct reader *reader, struct reader_record *ret_record, struct err *ret_err)
{
	for (;;) {
		int r;

		if (!reader->in_member && !reader->child) {
			r = reader->finished ? ERR_END : next_member(reader, ret_err);
			if (r == ERR_END)
				reader->finished = true;
			if (r < 0)
				return r;
		}
		r = reader->child ? next_binary(reader, ret_record, ret_err)
				  : next_text(reader, ret_record, ret_err);
		if (r != ERR_END)
			return r;
	}
}

void reader_progress(const struct reader *reader, uint64_t *ret_done, uint64_t *ret_total)
{
	const la_int64_t done = archive_filter_bytes(reader->archive, -1);

	*ret_done = done > 0 ? (uint64_t)done : 0;
	if (reader->finished && reader->size) /* a zip's directory may be left */
		*ret_done = reader->size;
	*ret_total = reader->size;
}
