/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COVERAGE_COVERAGE_H
#define COVERAGE_COVERAGE_H
/*
 * Who should be talking, who does, and since when somebody does not.
 *
 * Takes tallies (tally.h) in the order of the journal and gives changes for core's
 * tables (change.h) and notices for the journal. Its only clock is the time of
 * receipt in the records: collect writes a heartbeat every minute, so that time
 * passes when nobody talks, stands still while collect is down, and a replay or a
 * stopped store raises no alarm. A hole of more than TALLY_APART between records
 * is a span in which collect was down: blind as a whole, and nobody's silence.
 * Silence is decided at steps of whole minutes (of silent_least, where that is
 * shorter) of that time, so that the borders of batches do not matter.
 *
 * A talker is admitted when it was heard in three steps over admit µs; until then
 * it counts as its listener's "other". Candidates of UDP, whose addresses can be
 * invented, and of other listeners have a table each of CANDIDATES entries; UDP may
 * fill three quarters of the talkers. So a flood of invented peers pushes out no
 * talker and no candidate that came over TCP. Registered talkers are admitted at
 * once. A talker not heard for ten times as long as it had been there (a day at
 * least, 30 days at most) is forgotten.
 *
 * At most COVERAGE_NOTICES notices of talkers a step; then one says how many more.
 *
 * In memory, about 1 KiB a talker. One thread.
 */
#include "base/buf.h"
#include "base/err.h"
#include "coverage/change.h"
#include "coverage/registry.h"
#include "coverage/tally.h"

#define COVERAGE_TALKERS_MAX 65536
#define COVERAGE_CANDIDATES 16384
#define COVERAGE_NOTICES 32
#define COVERAGE_SNAPSHOT_MAX (96u * 1024 * 1024)

struct coverage_options {
	const struct registry *registry; /* outlives it */
	int64_t zone;                    /* µs east of UTC: where working hours are */
	int64_t silent_least;            /* µs: shorter is never silence; 0: a minute */
	int64_t admit;                   /* µs; see above */
	size_t talkers_max;              /* 0: COVERAGE_TALKERS_MAX */
	uint64_t seed;                   /* of the hashes; that of the tallies */
};

struct coverage;

struct coverage *coverage_new(const struct coverage_options *options);
void coverage_free(struct coverage *coverage); /* NULL is fine */

/* µs, for coverage_tally_init(). */
int64_t coverage_step(int64_t silent_least);

struct coverage_notice {
	uint64_t silent;           /* the talker that fell silent; 0: it is about something else */
	const char *event, *level; /* as notice_platform() wants them */
	const char *message;
	struct str members; /* JSON members without braces */
};

/* Valid until the next coverage_begin(). */
struct coverage_output {
	struct buf changes;
	struct {
		VEC_OF(struct coverage_notice)
	} notices;
	struct arena *texts;
};

/* A batch: begin, any number of take and lose, then read the output. */
void coverage_begin(struct coverage *coverage);
void coverage_take(struct coverage *coverage, const struct tally *tally);
/* The kernel dropped count messages of a listener between from and to. */
void coverage_lose(struct coverage *coverage, uint16_t listener, int64_t from, int64_t to, uint64_t count);
const struct coverage_output *coverage_output(const struct coverage *coverage);

int64_t coverage_now(const struct coverage *coverage); /* the newest time of receipt; 0: none yet */
size_t coverage_talkers(const struct coverage *coverage);

/* All that was learnt, up to record end of the journal node, as bytes; and back. Restoring into a new one: 0;
   ERR_VERSION, ERR_CORRUPT, and then it is still new. */
void coverage_save(const struct coverage *coverage, struct str node, uint64_t end, struct buf *out);
int coverage_restore(struct coverage *coverage, struct str bytes, struct str node, uint64_t *ret_end);

/* Between coverage_begin() and the first take, where the records before it are not all known to this state:
   the newest of them came at time (0: there are none). Nobody's silence counts across it. */
void coverage_resume(struct coverage *coverage, int64_t time);

#endif
