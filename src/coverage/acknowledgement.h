/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COVERAGE_ACKNOWLEDGEMENT_H
#define COVERAGE_ACKNOWLEDGEMENT_H
/*
 * Silences that somebody knows of or announced (停机报备): until when and why. Only the alarm is held back.
 * The source is shown as silent and what it does not say makes its time blind as ever. When the time is over
 * and the source still says nothing, the alarm is raised after all; so it is where the acknowledgement is
 * taken back. Any thread.
 */
#include "coverage/ledger.h"

struct acknowledgement {
	uint64_t talker; /* 0: there is none */
	int64_t said, until;
	struct str by, reason;
};

/* In the place of what was said of the source before. ERR_END where there is no such source, or it is
 * retired. */
int acknowledgement_add(struct db_tx *tx, const struct acknowledgement *acknowledgement);

/* Takes it back. ERR_END where there is none. */
int acknowledgement_end(struct db_tx *tx, uint64_t talker, int64_t now);

/* What holds now; ->talker is 0 where nothing does. The views live until visit returns, which is called once.
 */
typedef int acknowledgement_visit(void *context, const struct acknowledgement *acknowledgement);
int acknowledgement_find(struct db_tx *tx, uint64_t talker, int64_t now, acknowledgement_visit *visit,
			 void *context);

/* The source fell silent: *ret_value is 1 where the alarm is held back, which is then remembered. payload:
   what IPC_SILENCE carries. 0, ERR_PROTOCOL, or a negative code. */
int acknowledgement_ask(struct db *db, struct str payload, int64_t now, uint64_t *ret_value);

/* Sources that are silent still although what was said of them is over: their alarm is due, once. A visit
   that returns 0 has raised it; others come again. */
typedef int acknowledgement_over_visit(void *context, const struct ledger_talker *talker,
				       int64_t silent_since);
int acknowledgement_over(struct db *db, int64_t now, acknowledgement_over_visit *visit, void *context);

#endif
