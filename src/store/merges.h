/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_MERGES_H
#define STORE_MERGES_H
/*
 * Inside store/: the engine's merges, which write small parts into larger ones, wait
 * while inserts come thick: they cost more than inserting does and need not be done at
 * once. They wait, rather than run at a lower priority, since they hold locks that
 * everybody else then waits for.
 */
#include <stdbool.h>

#include "store/engine.h"

struct merges {
	int64_t looked, inserting; /* µs: when last, and what inserts had taken until then */
	bool wait;
};

/* Tells the engine whether to merge now. inserting: µs that inserts have taken until now. To be called about
   once a second, by one thread. */
void merges_tend(struct merges *merges, struct engine *engine, int64_t inserting);

/* wait: whether they do now. percent: of the time, that inserts took; parts: the most of one partition. */
bool merges_should_wait(bool wait, int64_t percent, int64_t parts);

#endif
