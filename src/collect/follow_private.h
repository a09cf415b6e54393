/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_FOLLOW_PRIVATE_H
#define COLLECT_FOLLOW_PRIVATE_H
/* Inside follow*.c: one file, and the list of them as the state file has it. */
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/vec.h"
#include "collect/follow_rules.h"

#define FINGERPRINT_MAX 256 /* bytes at the front of a file */
#define TAIL_MAX 64         /* bytes before a place */

/* What the bytes at the front hash to: tells a file from another that got its inode. Of the bytes before a
   place: tells that a file was emptied and grew past the place before we looked. */
struct fingerprint {
	uint64_t len, hash;
};

struct follow_place {
	char *path; /* where the file was seen last; owned */
	uint64_t inode;
	uint64_t offset; /* everything before it is in the sink */
	bool skipping;   /* offset is inside a line of which nothing more is wanted */
	struct fingerprint fingerprint;
	struct fingerprint tail; /* before offset; of no bytes where that is not known */
};

struct follow_file {
	struct follow_place place;
	int fd;
	dev_t device;
	uint64_t seen_size;
	struct timespec seen_time;      /* of its last change */
	const struct follow_rule *rule; /* NULL: records are lines */
	unsigned idle;                  /* passes without news since it is gone */
	unsigned quiet; /* passes without news while a record of several lines may be unfinished */
	bool held;      /* there may be such a record */
	bool there;     /* seen in this pass under a name that a pattern matches */
};

struct follow_files {
	VEC_OF(struct follow_file)
};

struct follow_places {
	VEC_OF(struct follow_place)
};

/* --- follow_file.c --- */

/* Opens a regular file with its place at 0. 0; -errno; ERR_REFUSED where it is none. */
int follow_file_open(const char *path, struct follow_file *ret_file);
void follow_file_close(struct follow_file *file);

/* True where the file begins as the fingerprint says. */
bool follow_file_is(const struct follow_file *file, const struct fingerprint *fingerprint);

/* Notes the bytes before the place, once it has moved. */
void follow_file_note_tail(struct follow_file *file);

/* True where what was read up to the place is still there: the file was not emptied. */
bool follow_file_stands(const struct follow_file *file);

/* True where copy holds what original held up to its place: rotation has copied the file. */
bool follow_file_is_copy(const struct follow_file *copy, const struct follow_file *original);

/* Puts the place at the end, or at most bytes before it, behind the line that is cut there. */
void follow_file_seek_end(struct follow_file *file, uint64_t bytes);

/* Looks at the size; begins again where the file shrank or is another. False where there is nothing new. */
bool follow_file_changed(struct follow_file *file);

/* Takes the first line off *rest that is not empty: up to its LF, or, longer than a record may be, cut. At
   the end of a file that is gone the last line needs no LF. False where there is none. */
bool follow_cut(struct str *rest, bool at_end, bool *skipping, struct str *ret_line, bool *ret_truncated);

/* Steps over the next record where it is this one. exact: and the file's rule would end it there. */
bool follow_file_skip(struct follow_file *file, struct regex_scratch *scratch, struct str record, bool exact);

/* --- follow_join.c --- */

enum follow_end {
	FOLLOW_GROWS, /* more may come to the last record */
	FOLLOW_QUIET, /* nothing came for so long that its whole lines are a record */
	FOLLOW_GONE,  /* nothing will come: a last line needs no LF */
};

/* As follow_cut(), but a record is as many lines as the rule says. */
bool follow_join(const struct follow_rule *rule, struct regex_scratch *scratch, struct str *rest,
		 enum follow_end end, bool *skipping, struct str *ret_record, bool *ret_truncated);

/* Takes this record off *rest where whole lines there are it. */
bool follow_skip_record(struct str *rest, bool *skipping, struct str record);

/* --- follow_state.c --- */

/* doc: a first line with the version, "seq N", a line for each place, the checksum of all before. No device
   numbers: they change from one boot to the next. */
void follow_state_write(const struct follow_files *files, uint64_t seq, struct buf *out);
/* 0, ERR_CORRUPT, ERR_VERSION. The places' paths are the caller's to free. */
int follow_state_read(struct str text, struct follow_places *ret_places, uint64_t *ret_seq);
void follow_places_done(struct follow_places *places);

#endif
