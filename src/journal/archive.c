/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "journal/archive_list.h"
#include "journal/head.h"
#include "journal/live_walk.h"
#include "journal/seal_private.h"

void sealed_info(const struct sealed *sealed, struct journal_segment_info *ret_info)
{
	const struct sealed_header *header = &sealed->header;
	bool deleted = header->flags & SEALED_DELETED;

	*ret_info = (struct journal_segment_info){
		.first_seq = header->first_seq,
		.last_seq = header->last_seq,
		.leaf_begin = header->before.end,
		.leaf_end = header->after.end,
		.lost = header->lost,
		.received_min = header->received_min,
		.received_max = header->received_max,
		.sealed = deleted ? header->changed : header->sealed,
		.bytes = sealed_bytes(sealed),
		.state = deleted ? JOURNAL_DELETED : JOURNAL_SEALED,
		.complete = true,
	};
	memcpy(ret_info->class_records, header->class_records, sizeof(ret_info->class_records));
	memcpy(ret_info->class_bytes, header->class_bytes, sizeof(ret_info->class_bytes));
}
