/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/package.h"
#include "base/arena.h"
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted is exactly what is written for it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_parser *parser = json_parser_new();
	struct str line = str_of((const char *)data, size);
	struct arena *arena = arena_new(0);
	struct audit_proof_line proof;
	struct journal_record record;
	struct buf again = {0};
	uint64_t leaf;

	if (audit_record_read(parser, line, arena, &record, &leaf) == 0) {
		audit_record_line(&record, leaf, &again);
		must(str_eq(buf_str(&again), line));
	}
	if (audit_proof_read(parser, line, &proof) == 0)
		audit_proof_line(&proof, &again);
	buf_done(&again);
	arena_free(arena);
	json_parser_free(parser);
	return 0;
}
