/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_CLOCK_LINK_H
#define BIN_CLOCK_LINK_H
/*
 * Clocks of talkers inside analyze: the committer hands the tallies to the learner, what
 * it finds out holds from the first record that no worker has seen yet, is kept beside
 * the cursor before a batch with it is handed over, and is said in the journal.
 */
#include "base/arena.h"
#include "bin/config.h"
#include "coverage/clock_learner.h"

#define CLOCKS_FILE "cursor/clocks.json" /* below the data folder */

/* What is known by the file; an empty table where there is none, or where it is damaged, which the log says.
   The caller's. */
struct clocks *clock_link_load(const struct config *config, struct arena *arena,
			       const struct registry *registry);

struct clock_link;

/* window: µs. The texts, and the registry, outlive it. */
struct clock_link *clock_link_new(const char *file, const char *collect_socket,
				  const struct registry *registry, int64_t window, struct clocks *clocks);
void clock_link_free(struct clock_link *link); /* NULL is fine */

/* True where something was found out: then clock_link_publish() is to be called with the number of the first
   record that no worker has seen. Committer. */
bool clock_link_take(struct clock_link *link, const struct tally *tally);
/* The table from then on, or NULL where it stays. The caller's. Only memory is touched. */
struct clocks *clock_link_publish(struct clock_link *link, uint64_t from);
/* Saves and says what was found out; before anything made with the table is handed over. */
void clock_link_tell(struct clock_link *link);

#endif
