/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_FOLDER_H
#define JOURNAL_FOLDER_H
/*
 * The files of a journal's live part, FOLDER/live/: how they are named, found and
 * locked. (FOLDER/sealed/ is the archive's: archive.h.)
 *
 *	lock                          held by the writer, names its process
 *	node                          the journal's identity, made once
 *	head                          what is durable (head.h)
 *	00000000000000000001.wlj …    segments, named by their first sequence number
 *	….torn                        what recovery cut off, kept for a person to look at
 */
#include <limits.h>
#include <stdint.h>

#include "journal/format.h"

#define JOURNAL_LIVE_FOLDER "live"
#define JOURNAL_SUFFIX ".wlj"

/* Writes folder/live/name to out; -ENAMETOOLONG. */
int journal_path(const char *folder, const char *name, char out[PATH_MAX]);
int journal_segment_path(const char *folder, uint64_t first_seq, char out[PATH_MAX]);

/* The number in the name of a segment with this suffix, 0 for any other file. */
uint64_t journal_segment_number(const char *name, const char *suffix);

/* What the folder holds, seen from a sequence number. 0 stands for none. */
struct journal_listing {
	uint64_t segments, bytes;
	uint64_t first, last;  /* names of the first and last segment */
	uint64_t below, above; /* the last segment named at or below seq, the first named above it */
};

/* -ENOENT where there is no folder. */
int journal_list(const char *folder, uint64_t seq, struct journal_listing *ret_listing);

/* True where FOLDER/sealed/ has a segment. */
bool journal_has_sealed(const char *folder);

/* Where version 1 had its segments, right in the folder: ERR_VERSION if some are there, else 0. */
int journal_refuse_flat(const char *folder, struct err *ret_err);

/* Makes the folder and live/ in it, durably; the folder's parent must be there. */
int journal_make_folder(const char *folder);

/* Takes the writer's lock and returns its descriptor, or ERR_BUSY, or -errno. */
int journal_lock(const char *folder, int *ret_fd, struct err *ret_err);

/* Reads the journal's identity. Where the file is missing, writes it: fallback, or a random one if that is
   NULL. */
int journal_node_ensure(const char *folder, const uint8_t *fallback, uint8_t ret_node[JOURNAL_NODE_SIZE],
			struct err *ret_err);

#endif
