/* SPDX-License-Identifier: Apache-2.0 */
#include "store/merges.h"

#include "base/clock.h"

/* Of the time, that inserts took: from the first on merges wait, below the second they go on. */
#define THICK_PERCENT 50
#define THIN_PERCENT 20
/* Small parts of one partition: merges begin to wait only with few, and go on however thick inserts come with
   many; the engine itself slows inserts from 1,000 on. */
#define PARTS_FEW 100
#define PARTS_MANY 300

/* The most parts that one partition has; as if many where the engine does not say. */
static int64_t count_parts(struct engine_session *session)
{
	struct engine_result result;
	int64_t parts;

	if (engine_query(session,
			 STR("SELECT max(parts) FROM (SELECT count() AS parts FROM system.parts WHERE active "
			     "GROUP BY database, table, partition_id)"),
			 "TSV", NULL, &result, NULL) < 0 ||
	    str_to_i64(str_trim(result.data), &parts) < 0)
		return INT64_MAX;
	return parts;
}

bool merges_should_wait(bool wait, int64_t percent, int64_t parts)
{
	return wait ? percent >= THIN_PERCENT && parts < PARTS_MANY
		    : percent >= THICK_PERCENT && parts < PARTS_FEW;
}

static void judge(struct merges *merges, struct engine_session *session, int64_t percent)
{
	const int64_t parts = percent >= THIN_PERCENT ? count_parts(session) : 0;
	const bool wait = merges_should_wait(merges->wait, percent, parts);
	struct engine_result result;

	if (wait != merges->wait &&
	    engine_query(session, wait ? STR("SYSTEM STOP MERGES") : STR("SYSTEM START MERGES"), "Null", NULL,
			 &result, NULL) == 0)
		merges->wait = wait;
}

void merges_tend(struct merges *merges, struct engine *engine, int64_t inserting)
{
	const int64_t now = clock_monotonic();
	const int64_t percent = (inserting - merges->inserting) * 100 / (now - merges->looked + 1);
	struct engine_session *session;

	merges->looked = now;
	merges->inserting = inserting;
	if (!merges->wait && percent < THICK_PERCENT)
		return;
	if (engine_session_open(engine, &session, NULL) < 0)
		return;
	judge(merges, session, percent);
	engine_session_close(session);
}
