/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_FOLLOW_H
#define COLLECT_FOLLOW_H
/*
 * The machine's own log files, line by line, on a thread of its own that looks once
 * a second. A file is its inode: one that was renamed by log rotation is read to its
 * end, and for ten seconds more, while the new one is begun; one that shrank, or
 * whose first bytes changed, is begun again. A last line waits for its line end.
 *
 * Where a file is begun: at its last MiB when it is there at the very first start,
 * at byte 0 when it comes later.
 *
 * Places are kept in a state file, replaced as a whole once the records before
 * them are durable. After a crash the sink's owner is asked for the file records
 * durable since, and they are found again in the files, so that no line is lost or
 * repeated; only lines that stand in several files at once can then be taken for
 * one another and be repeated. A damaged state file is told of and left: every
 * file is begun at its end.
 *
 * A rule may say that records have several lines (follow_rules.h). Such a record is
 * appended when the line is there that begins the next one, when it is as long as it
 * may be, or when the file did not grow for a while; until then the place is before it.
 *
 * Rotation by copying (copytruncate): what a pattern matches and is a copy of a
 * followed file is read from where that file was, if that was emptied by then, else
 * from its end. What is written between the copy and the emptying is lost by logrotate.
 */
#include <stdint.h>

#include "base/err.h"
#include "collect/sink.h"

#define FOLLOW_PATTERNS_MAX 64
#define FOLLOW_FILES_MAX 256
#define FOLLOW_FIRST_BYTES (1024 * 1024) /* of a file at the very first start */

struct follow;
struct follow_rules;

typedef void follow_visit(void *context, struct str bytes);

struct follow_options {
	const char *patterns;             /* of glob(7), with commas between; at most FOLLOW_PATTERNS_MAX */
	const char *state;                /* the state file */
	const struct follow_rules *rules; /* NULL: every line of every file is a record */

	/* Calls visit for every durable record of LISTENER_FILE above seq, in order. 0 or a negative code. */
	int (*since)(void *context, uint64_t seq, follow_visit *visit, void *visit_context);
	/* Told once for each file that cannot be read, and when the state file cannot. */
	void (*notice)(void *context, const char *path, int code);
	void *context;
};

/* Reads the state and opens what is there. 0, ERR_LIMIT where there are too many patterns. The texts of
   options must live as long; sink is copied. */
int follow_new(const struct follow_options *options, const struct collect_sink *sink,
	       struct follow **ret_follow);

/* Stops, waits a moment until what was appended is durable, and keeps the places. NULL is fine. */
void follow_free(struct follow *follow);

/* Starts the thread; -errno. */
int follow_start(struct follow *follow);

/* What the thread does each second: looks for files, reads what is new. True where there is more to read. */
bool follow_pass(struct follow *follow);

struct follow_stats {
	uint64_t files, denied; /* open now; that could not be read */
	uint64_t records, bytes, truncated, refused;
};
void follow_stats(const struct follow *follow, struct follow_stats *ret_stats); /* any thread */

#endif
