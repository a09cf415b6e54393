/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CUSTODY_RETENTION_H
#define CUSTODY_RETENTION_H
/*
 * What of the sealed journal goes, and when: a pure decision from the list of
 * segments, the policy and the disk. Records belong to classes; the class's number
 * is kept in the sealed segments, so that a decision needs no record. A class has
 *
 *	days    how long its records are kept while there is room
 *	least   how long they are kept in any case: 180 days or more
 *	share   percent of the size limit it may take; 0: no limit of its own
 *
 * Reasons in the order they are looked at: older than days; over the share; over
 * the size limit; the disk is critically full. The last three take the oldest first
 * and nothing younger than least. An override (an audited decision of a person,
 * custody/retention_file.h) lowers least for a while; where the law's 180 days are all
 * that a class asks for, that is: a class kept longer on purpose is left alone.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"
#include "event/ip.h"
#include "journal/archive.h"

#define RETENTION_LEAST_DAYS \
	180 /* Cybersecurity Law, article 23 (before 2026: 21): logs are kept for six months */
#define RETENTION_NAME_MAX 32
#define RETENTION_MATCHES_MAX 32 /* of each kind in a class */

struct retention_class {
	char name[RETENTION_NAME_MAX + 1]; /* empty: there is no class of this number */
	long days, least;
	unsigned share;
	/* All kinds that are given must match; one of each kind is enough. */
	uint32_t listeners; /* bits; 0: any */
	struct str hints[RETENTION_MATCHES_MAX];
	size_t hint_count;
	struct ip_net networks[RETENTION_MATCHES_MAX];
	size_t network_count;
};

struct retention_policy {
	/* Class 0 is for all records that no other takes; the others are tried in the order of `order`. */
	struct retention_class classes[JOURNAL_CLASSES_MAX];
	uint8_t order[JOURNAL_CLASSES_MAX];
	size_t order_count;
	uint64_t size;          /* bytes of all segments; 0: no limit */
	unsigned disk_critical; /* percent */
};

/* journal_seal_options.class_of; the context is a policy. */
unsigned retention_class_of(void *policy, const struct journal_record *record);

/* What the overrides in force allow together. All zero: nothing. */
struct retention_override {
	bool active;
	long days;      /* in place of 180 */
	uint64_t size;  /* bytes to which the journal may be cut whatever the age; 0: not so */
	char text[160]; /* who and why, for the reason kept in the segments */
};

struct retention_state {
	int64_t now;
	uint64_t disk_total, disk_used; /* bytes, as df counts them */
};

enum retention_cause { RETENTION_AGE, RETENTION_SHARE, RETENTION_SIZE, RETENTION_DISK };

struct retention_step {
	uint64_t segment;
	uint32_t classes; /* bits; all bits: nothing of it stays */
	enum retention_cause cause;
	bool by_override; /* would have to stay without one */
	uint64_t bytes;   /* freed, about */
};

/* segments: all, oldest first. steps has room for count; returns how many there are, oldest first. Only
   sealed segments are touched. */
size_t retention_decide(const struct retention_policy *policy, const struct retention_override *override,
			const struct retention_state *state, const struct journal_segment_info *segments,
			size_t count, struct retention_step *steps);

/* "retention.days", … for reasons and notices. */
const char *retention_cause_name(enum retention_cause cause);

/* How full a disk is, as an alarm: once at each crossing, with two percent between rising and falling. */
enum retention_alarm { ALARM_NORMAL, ALARM_HIGH, ALARM_CRITICAL };
enum retention_alarm retention_alarm(enum retention_alarm before, unsigned percent, unsigned high,
				     unsigned critical);

#endif
