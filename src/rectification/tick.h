/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECTIFICATION_TICK_H
#define RECTIFICATION_TICK_H
/*
 * Reminders and escalation up the chain of responsibility, by the table of the policy. Each step of a
 * notification is taken once for each deadline; of several that are due at once, as after a stop, only the
 * last one is, and the others are noted as left out. Nothing goes out in quiet hours: it is due when they
 * end.
 */
#include "rectification/centre.h"

#define RECTIFICATION_TICK_MAX 50 /* steps taken at one call; the next one goes on */

/* How many steps were taken, or a negative code. */
int rectification_tick(struct db *db, const struct rectification_office *office, int64_t now);

#endif
