/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_EXPORT_H
#define AUDIT_EXPORT_H
/*
 * Writes an evidence package (package.h) of the records of a range, of all sources
 * or some. The records are checked on the way; those that are not the ones that
 * were hashed when they came are left out and told.
 *
 * Beside the proofs to the head behind the last record stand those to one head an
 * hour, so that it is also proven when the records were there, and to each head
 * kept elsewhere.
 */
#include "audit/heads.h"
#include "audit/range.h"
#include "event/ip.h"

#define AUDIT_SOURCES_MAX 256

/* A record is taken where it came by one of the listeners, or has one of the hints, or one of the peers. */
struct audit_source {
	const char *text; /* as given: a listener's name or a hint */
	bool is_net;
	struct ip_net net; /* a peer or a net of them */
};

int audit_source_read(const char *text, struct audit_source *ret_source);

struct audit_export {
	const char *folder; /* of the journal */
	const struct journal_key *key;
	const struct audit_segments *segments;
	const struct audit_heads *heads; /* sorted */
	struct audit_range range;
	const struct audit_source *sources;
	size_t source_count; /* 0: all */
	const uint8_t *node;
	const char *out; /* written beside and renamed */
	const char *program, *by, *from, *to;
	const struct audit_report *report;
};

struct audit_export_summary {
	uint64_t records, unproven, problems;
	uint64_t first_seq, last_seq;
	int64_t received_from, received_to;
	uint64_t heads, bytes; /* of the package */
	uint8_t sha256[SHA256_SIZE];
};

/* ERR_END where no record is in the range; -EEXIST where out is there already. */
int audit_export(const struct audit_export *export, struct audit_export_summary *ret_summary,
		 struct err *ret_err);

#endif
