/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECTIFICATION_PRIVATE_H
#define RECTIFICATION_PRIVATE_H
/* Inside rectification/: the change of state that all actions share, and the messages that go out. */
#include "people/owner.h"
#include "rectification/link.h"

#define LOCAL_TEXT_SIZE 64

/* "2026年11月29日 17:30" in local time; "" for 0. */
void local_time(int64_t zone, int64_t time, char out[LOCAL_TEXT_SIZE]);
void local_day(int64_t zone, int64_t time, char out[LOCAL_TEXT_SIZE]);

/* --- changes (change.c) --------------------------------------------------------------------------------- */

struct change {
	enum rectification_action action;
	int64_t id, version; /* RECTIFICATION_ANY_VERSION: whichever */
	struct str by, text; /* text: what is added to the timeline; may be empty */
	bool unit;           /* by the unit's people */
	int64_t now;
};

/* Checks version and state, moves the state, counts the version up and writes the history, the incident's
   timeline too unless it is only a draft's. The caller then sets what else changes. */
int change_make(struct db_tx *tx, const struct change *change);

/* A line in both timelines without any check. */
int change_note(struct db_tx *tx, const struct change *change);

/* The same by somebody with a link, counted against what a link may change in an hour (link.c). */
int link_change(struct db_tx *tx, const struct link *link, enum rectification_action action, int64_t version,
		struct str text, int64_t now);

/* --- messages (message.c) ------------------------------------------------------------------------------- */

struct person {
	int64_t person;
	struct str name, phone, mail, unit_name;
	enum duty duty;
	unsigned distance;
};

struct people {
	struct arena *arena;
	size_t count;
	struct person items[RESPONSIBLES_MAX];
};

/* Who has one of the duties (bits) in the unit, or up to above units higher. Where nobody of the unit itself
   has one, the nearest above who does. */
int people_find(struct db_tx *tx, int64_t unit, unsigned duties, unsigned above, int64_t now,
		struct people *people);

struct sending {
	const struct rectification_office *office;
	const struct rectification *rectification;
	const struct policy_message *message;
	struct str key; /* below "rectification/ID/", unique */
	struct str comment;
	bool links;
	struct str file_name, file; /* PDF */
	int64_t now;
};

/* To each of the people who has a mail address, one message; notes that they were told. How many. */
int message_send(struct db_tx *tx, const struct sending *sending, const struct people *people);

/* To everybody who was told before and belongs to the unit itself. */
int message_send_told(struct db_tx *tx, const struct sending *sending);

/* To the channels of kind "rectification", without a link. */
int message_send_channels(struct db_tx *tx, const struct sending *sending);

#endif
