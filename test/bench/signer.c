/* SPDX-License-Identifier: Apache-2.0 */
/* What it costs to sign: reading and hashing every record once more. bench_signer FOLDER [BYTES OF A RECORD]
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "custody/signer.h"

#define TOTAL (1024u * 1024 * 1024)
#define BATCH 1000

static void fill(const char *folder, size_t size)
{
	const struct journal_options options = {.commit_bytes = 4 * 1024 * 1024};
	struct journal_record records[BATCH];
	char *text = malloc(size);
	struct journal *journal;

	must(text && journal_open(folder, &options, NULL, NULL, &journal, NULL) == 0);
	for (size_t i = 0; i < size; i++)
		text[i] = (char)('a' + i % 26);
	for (size_t done = 0; done < TOTAL; done += BATCH * size) {
		for (size_t i = 0; i < BATCH; i++)
			records[i] =
				(struct journal_record){.received = clock_now(), .bytes = str_of(text, size)};
		while (journal_append(journal, records, BATCH) < 0)
			;
	}
	must(journal_wait(journal, records[BATCH - 1].seq, CLOCK_HOUR) == 0);
	journal_close(journal);
	free(text);
}

static double cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void no_report(void *context, const struct signer_break *found)
{
	(void)context;
	printf("broken: %s\n", signer_finding_name(found->finding));
}

int main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : "/tmp/bench_signer";
	size_t size = argc > 2 ? strtoul(argv[2], NULL, 10) : 705;
	struct signer_options options = {
		.journal = folder, .heads = folder, .recent = "/nonexistent", .report = no_report};
	struct signer *signer = signer_new(&options);
	struct err err = {0};
	double before;

	fill(folder, size);
	must(signer_restore(signer, &err) == 0);
	before = cpu_seconds();
	while (signer_read(signer, 16u * 1024 * 1024, &err) == 0)
		;
	before = cpu_seconds() - before;
	printf("signer: %zu bytes a record: %.2f us a record, %.0f MB/s of one core\n", size,
	       before * 1e6 / (double)signer_size(signer),
	       (double)signer_size(signer) * (double)size / 1e6 / before);
	signer_free(signer);
	return 0;
}
