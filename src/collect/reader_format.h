/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_READER_FORMAT_H
#define COLLECT_READER_FORMAT_H
/*
 * What a binary format brings so that the reader can make records of it: bin/ names
 * the formats in a table and hands it to reader_open().
 *
 * A member whose first bytes a format knows is copied into an unlinked temporary
 * file (a plain file on disk is read where it lies) and given to the format in a
 * process of its own, forked for this member, which can do no more than read that
 * file and answer through a pipe: no other descriptor, no opening, no network, a
 * limit on memory, and one on processor time for each record. What goes wrong there
 * costs the rest of this member and nothing else. So open, next and close may not
 * open files, start threads, or write anywhere.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define READER_SPOOL_MAX ((uint64_t)16 << 30) /* bytes, whatever a format says */
#define READER_FORMAT_HEAD 4096               /* bytes that test() sees where the member has as many */

struct reader_format {
	const char *name; /* for messages: "a Windows event file (EVTX)" */
	uint64_t max;     /* bytes of a member that is copied; a longer one is refused */

	bool (*test)(struct str head);

	/* fd is at 0, seekable, and the caller's. 0 or a negative code with *ret_err filled. */
	int (*open)(int fd, void **ret_state, struct err *ret_err);
	/* 0 with the next record, valid until the next call; ERR_END; any other negative code, with *ret_err
	   filled, tells of damage, behind which the next call goes on. */
	int (*next)(void *state, struct str *ret_record, struct err *ret_err);
	void (*close)(void *state);
};

#endif
