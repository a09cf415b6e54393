/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_READER_H
#define COLLECT_READER_H
/*
 * Records out of files, for `wanglou import` and `wanglou eval`: plain, gzip, zstd,
 * bzip2, xz or lz4 compressed, and all members of zip and tar archives. It streams,
 * so that memory is bounded by the record limit whatever a file unpacks to.
 *
 * A record is a line, ended by LF, CR LF or the end; empty lines are none. Where a
 * member is a stream of JSON documents that span lines, or one array of objects,
 * each document, or element of the array, is a record with its source bytes.
 * Records are bytes: nothing is decoded, no UTF-8 is required. A byte order mark at
 * the start of a member is left out.
 *
 * Content that is no text is read by the format that knows its first bytes
 * (reader_format.h); a record is then what the format says, and its "line" the number
 * of the record. What no format knows (databases, programs ...) is refused member by
 * member, by an error that names it and says what to do. What macOS adds to archives
 * (__MACOSX/, ._name) is left out silently.
 *
 * One thread per reader. Only libarchive's own decoders are used, never a program.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct reader;
struct reader_format;

struct reader_record {
	struct str bytes; /* valid until the next call */
	uint64_t line;    /* where it begins in its member, from 1 */
	const char
		*member; /* name inside the archive; "" where the file is none; valid until the next call */
	bool truncated;  /* longer than the limit, or the file ends inside the document: the rest is left out
			  */
};

/* Opens a file, or standard input where path is "-". Records are cut at record_max bytes. formats is a table
   that ends with NULL, and lives as long as the reader; NULL: text only.
   0, -errno or a code of ours with *ret_err filled. */
int reader_open(const char *path, size_t record_max, const struct reader_format *const *formats,
		struct reader **ret_reader, struct err *ret_err);
void reader_close(struct reader *reader); /* NULL is fine */

/* 0; ERR_END after the last record. Any other code, with *ret_err filled, says that a member was refused or
   is damaged: the next call goes on with the next member, and gives ERR_END where there is none. */
int reader_next(struct reader *reader, struct reader_record *ret_record, struct err *ret_err);

/* Bytes of the file, as it is on disk, that have been read, and its size: 0 where that is not known. */
void reader_progress(const struct reader *reader, uint64_t *ret_done, uint64_t *ret_total);

#endif
