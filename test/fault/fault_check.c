/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault_check JOURNAL LEDGER…: reads the whole journal and holds it against what the senders remember. One
 * line for each: acknowledged records that are not there (lost), records that are there more often than they
 * were sent (copies), those sent again after no answer came that are there as often (repeats), and, where
 * nothing is acknowledged, what was sent and is not there (missing) in how many stretches and the longest of
 * them. Exits 1 where something is lost, there too often, changed, or damaged.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "journal/journal.h"
#include "ledger.h"

#define SENDERS_MAX 16

struct account {
	struct ledger *ledger;
	uint8_t *copies;
	uint64_t records, changed;
};

static struct account accounts[SENDERS_MAX];
static size_t account_count;
static uint64_t foreign;

static struct account *find_account(struct str name)
{
	for (size_t i = 0; i < account_count; i++)
		if (str_eq(name, str_from(accounts[i].ledger->sender)))
			return &accounts[i];
	return NULL;
}

static void count_record(const struct journal_record *record)
{
	char expected[LEDGER_TEXT_MAX], copy[2048], name[16];
	struct account *account;
	const char *at;
	uint64_t number;
	size_t len;

	len = record->bytes.len < sizeof(copy) ? record->bytes.len : sizeof(copy) - 1;
	memcpy(copy, record->bytes.ptr, len);
	copy[len] = 0;
	at = strstr(copy, "fault=");
	if (!at || sscanf(at, "fault=%15[a-z0-9] number=%" SCNu64, name, &number) != 2 ||
	    !(account = find_account(str_from(name))) || number >= LEDGER_MAX) {
		foreign++;
		return;
	}
	if (record->flags & JOURNAL_TRUNCATED)
		return; /* what a connection that was cut had sent of it */
	len = ledger_text(name, number, expected);
	if (strncmp(at, expected, len) != 0) {
		account->changed++;
		return;
	}
	account->records++;
	if (account->copies[number] < 255)
		account->copies[number]++;
}

static bool read_journal(const char *folder)
{
	struct journal_reader *reader;
	struct journal_record record;
	struct err err = {0};
	bool whole = true;
	int r = journal_reader_open(folder, NULL, 1, &reader, &err);

	if (r < 0) {
		fprintf(stderr, "%s\n", err.message);
		exit(2);
	}
	while ((r = journal_reader_next(reader, &record, &err)) == 0 || r == ERR_CORRUPT) {
		if (r == 0)
			count_record(&record);
		else
			fprintf(stderr, "%s\n", err.message);
		whole &= r == 0;
		journal_reader_release(reader);
	}
	if (r != ERR_END)
		fprintf(stderr, "%s\n", err.message);
	journal_reader_close(reader);
	return whole && r == ERR_END;
}

static bool report(const struct account *account)
{
	struct ledger *ledger = account->ledger;
	uint64_t lost = 0, copies = 0, repeats = 0, missing = 0, stretches = 0, longest = 0, run = 0;
	bool acknowledges = ledger->acknowledged > 0;

	for (uint64_t n = 0; n < ledger->next; n++) {
		uint8_t entry = ledger->numbers[n], there = account->copies[n];

		lost += (entry & LEDGER_ACKNOWLEDGED) && !there;
		copies += there > (entry & LEDGER_SENDS);
		repeats += there > 1;
		run = there || !(entry & LEDGER_SENDS) ? 0 : run + 1;
		missing += run > 0;
		stretches += run == 1;
		longest = run > longest ? run : longest;
	}
	printf("%s: sent %" PRIu64 ", acknowledged %" PRIu64 ", in the journal %" PRIu64 ", lost %" PRIu64
	       ", more often than sent %" PRIu64 ", changed %" PRIu64 ", sent again and there again %" PRIu64
	       ", missing %" PRIu64 " in %" PRIu64 " stretches of at most %" PRIu64 ", connections %" PRIu64
	       ", told to wait %" PRIu64 ", worst wait %.2f s\n",
	       ledger->sender, (uint64_t)ledger->next, (uint64_t)ledger->acknowledged, account->records, lost,
	       copies, account->changed, repeats, missing, stretches, longest, (uint64_t)ledger->connections,
	       (uint64_t)ledger->refused, (double)ledger->worst_gap / 1e6);
	return !lost && !copies && !account->changed && (!acknowledges || !missing);
}

int main(int argc, char **argv)
{
	bool good;

	if (argc < 3 || argc - 2 > SENDERS_MAX)
		return 2;
	for (int i = 2; i < argc; i++) {
		struct account *account = &accounts[account_count++];

		account->ledger = ledger_open(argv[i], NULL);
		account->copies = calloc(LEDGER_MAX, 1);
	}
	good = read_journal(argv[1]);
	for (size_t i = 0; i < account_count; i++)
		good &= report(&accounts[i]);
	printf("others' records: %" PRIu64 "; the journal is %s\n", foreign, good ? "good" : "NOT good");
	return !good;
}
