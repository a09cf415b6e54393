/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_COVERAGE_LINK_H
#define BIN_COVERAGE_LINK_H
/*
 * Coverage inside analyze: workers fill tallies, the committer hands them over in
 * order, what comes of them goes to core before the cursor moves (IPC_COVERAGE,
 * with the batch's range, which core takes once), and notices go into the journal
 * through collect. All but the tallies belongs to the committer.
 *
 * What was learnt is saved beside the cursor, at most every minute and at the end,
 * after the cursor: a range that the saved state knows already is left out when it
 * comes again. A state that is older than the cursor, or lost, goes on from the
 * newest time that core knows. Notices of a range that core had already are not
 * said again, so that a journal that is read anew raises no old alarms; those that
 * wait for collect when analyze is killed are lost, the gaps in core's tables are
 * not.
 */
#include "base/json.h"
#include "coverage/coverage.h"

#define COVERAGE_QUEUE_MAX 1024 /* notices that wait; more are dropped, and counted in the log */

struct coverage_link_options {
	const char *core_socket, *collect_socket;
	const char *journal;  /* folder, for its identity */
	const char *snapshot; /* file */
	const struct registry *registry;
	int64_t zone, silent_least, admit; /* µs */
};

struct coverage_link;

/* The options' texts and the registry outlive it. */
struct coverage_link *coverage_link_new(const struct coverage_link_options *options);
/* Saves what was learnt since. NULL is fine. */
void coverage_link_free(struct coverage_link *link);

struct tally *coverage_link_tally(const struct coverage_link *link);
void coverage_link_tally_free(struct tally *tally); /* NULL is fine */

/* Delivers what records [first, end) say; connects where it must. 0 when core has it, else a negative code
   and the caller calls again with the same. */
int coverage_link_send(struct coverage_link *link, const struct tally *tally, uint64_t first, uint64_t end);

/* The cursor has moved behind what was sent last. */
void coverage_link_moved(struct coverage_link *link);

/* Reads a record of TALLY_LOSS. 0, ERR_SYNTAX or ERR_RANGE. */
struct dropped {
	uint16_t listener;
	uint64_t count;
	int64_t seconds; /* before the record */
};
int dropped_read(struct json_parser *parser, struct str bytes, struct dropped *ret_dropped);

#endif
