/* SPDX-License-Identifier: Apache-2.0 */
/* fault_fill FOLDER MIB: appends records of 200 to 500 bytes until the journal has grown by so much. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "journal/journal.h"

#define AT_ONCE 4096
#define TEXT_MAX 512

static uint64_t append_some(struct journal *journal, uint64_t number)
{
	static char texts[AT_ONCE][TEXT_MAX];
	struct journal_record records[AT_ONCE];
	uint64_t bytes = 0;

	for (size_t i = 0; i < AT_ONCE; i++) {
		int n = snprintf(texts[i], TEXT_MAX,
				 "<134>1 2026-03-01T08:00:00Z gate%" PRIu64 " kernel - - - DROP IN=eth0 OUT= "
				 "SRC=10.%" PRIu64 ".%" PRIu64 ".%" PRIu64 " DST=192.0.2.%" PRIu64
				 " LEN=60 TTL=%" PRIu64 " PROTO=TCP SPT=%" PRIu64 " DPT=443 ID=%" PRIx64,
				 (number + i) % 40, (number + i) % 200, (number + i) / 7 % 250,
				 (number + i) * 31 % 250, (number + i) % 9, 40 + (number + i) % 90,
				 (number + i) * 2654435761u % 60000,
				 (number + i) * UINT64_C(0x9e3779b97f4a7c15));

		memset(texts[i] + n, '.', (number + i) % 200);
		records[i] = (struct journal_record){.received = clock_now(), .listener = 2};
		records[i].bytes = str_of(texts[i], (size_t)n + (number + i) % 200);
		bytes += records[i].bytes.len + 40;
	}
	for (;;) {
		int r = journal_append(journal, records, AT_ONCE);

		if (r == 0)
			return bytes;
		if (r != -EAGAIN) {
			fprintf(stderr, "append: %s\n", err_text(r));
			exit(1);
		}
	}
}

int main(int argc, char **argv)
{
	const struct journal_options options = {.commit_bytes = 8 * 1024 * 1024};
	struct journal *journal;
	struct err err = {0};
	uint64_t want, done = 0;

	if (argc != 3)
		return 2;
	want = strtoull(argv[2], NULL, 10) * 1024 * 1024;
	if (journal_open(argv[1], &options, NULL, NULL, &journal, &err) < 0) {
		fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	for (uint64_t number = 0; done < want; number += AT_ONCE)
		done += append_some(journal, number);
	journal_close(journal);
	return 0;
}
