/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_SEAL_PRIVATE_H
#define JOURNAL_SEAL_PRIVATE_H
/*
 * Sealing, in two walks over the live segment: seal_scan.c checks it against the tree and
 * decides which stream each record goes into; seal.c writes the blocks, reads the file
 * back and compares it with the live one, record by record, before it gets its name.
 */
#include "journal/archive_tail.h"
#include "journal/live_walk.h"
#include "journal/seal_group.h"
#include "journal/seal_tree.h"
#include "journal/sealed_write.h"

#define SEAL_LOST UINT16_MAX

struct sealing {
	const struct journal_seal_options *options;
	struct live_walk live;
	struct sealed_header header;
	struct sealed_index index;
	struct seal_groups groups;
	struct seal_tree tree;
	struct {
		VEC_OF(uint64_t)
	} frames; /* where the whole ones begin */
	struct {
		VEC_OF(uint16_t)
	} group_of; /* of each leaf; SEAL_LOST */
};

/* Fills all but what only the writing knows. ERR_CORRUPT where the segment is not what the tree has. */
int seal_scan(struct sealing *sealing, struct err *ret_err);

/* Between any two of these a process may be killed: tests do. A step that returns an error ends the sealing
   with it. */
typedef int seal_step(void *context, const char *name);
int seal_go_on(void *context, const char *name); /* 0 */
int journal_seal_stepped(const char *folder, uint64_t name, const struct journal_seal_options *options,
			 seal_step *step, void *context, struct journal_segment_info *ret_info,
			 struct err *ret_err);
int journal_prune_stepped(const char *folder, const struct journal_key *key, uint64_t name, uint32_t mask,
			  const char *reason, seal_step *step, void *context, struct err *ret_err);

void sealed_info(const struct sealed *sealed, struct journal_segment_info *ret_info);

#endif
