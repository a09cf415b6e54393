/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A writer is killed again and again in the middle of its work. It tells through a pipe which records were
 * acknowledged. A reader that lives through all of it must see every acknowledged record exactly once, in
 * order, and never a record twice; and no number that was ever handed out may come back.
 */
#include "tree_helper.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define ROUNDS 25

/* Shared with the writers: plain stores survive their end. */
struct ledger {
	_Atomic uint64_t next;         /* content number of the next record to append */
	_Atomic uint64_t acknowledged; /* all content numbers up to this are durable */
	_Atomic uint64_t handed_out;   /* the highest sequence number given to the writer */
	_Atomic uint64_t reused;
};

static struct ledger *ledger_new(void)
{
	struct ledger *ledger =
		mmap(NULL, sizeof(*ledger), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(ledger != MAP_FAILED);
	ledger->next = 1;
	return ledger;
}

/* Appends what was not acknowledged and more, until it is killed. */
static void write_until_killed(const char *folder, struct ledger *ledger)
{
	const struct journal_options options = {
		.segment_bytes = 65536, .commit_delay = 300, .reserve_bytes = 1};
	struct journal *journal;
	uint64_t n;

	if (journal_open(folder, &options, NULL, NULL, &journal, NULL) < 0)
		_exit(1);
	for (;;) {
		uint64_t seq = 0;

		for (int i = 0; i < 20; i++) {
			char text[128];
			struct journal_record record;

			n = ledger->next++;
			record = record_make(n, text, sizeof(text));
			if (journal_append(journal, &record, 1) < 0)
				_exit(2);
			seq = record.seq;
			if (seq <= ledger->handed_out)
				ledger->reused++;
			ledger->handed_out = seq;
		}
		if (journal_wait(journal, seq, LONG_WAIT) < 0)
			_exit(3);
		ledger->acknowledged = n;
	}
}

/* Content numbers rise; those that were lost were never acknowledged. Returns the last. */
static uint64_t read_on(struct journal_reader *reader, uint64_t last, uint64_t *lost)
{
	struct journal_record record;
	struct err err = {0};
	int r;

	while ((r = journal_reader_next(reader, &record, &err)) == 0) {
		uint64_t n = (uint64_t)(record.received - 1700000000000000);

		assert_true(n > last);
		for (uint64_t gone = last + 1; gone < n; gone++)
			++*lost;
		record_check(&record, n);
		last = n;
	}
	if (r != ERR_END)
		fail_msg("%s", err.message);
	journal_reader_release(reader);
	return last;
}

static void test_kill_the_writer(void **state)
{
	struct ledger *ledger = ledger_new();
	struct journal_reader *reader = reader_at(*state, 1);
	uint64_t last = 0, lost = 0, lost_before;
	struct journal *journal;

	for (int round = 0; round < ROUNDS; round++) {
		uint64_t acknowledged, start = ledger->acknowledged;
		int status;
		pid_t child = fork();

		if (child == 0)
			write_until_killed(*state, ledger);
		/* Not before it has done something, then at any moment of its work. */
		while (ledger->acknowledged < start + 40 && waitpid(child, &status, WNOHANG) == 0) {
			journal_reader_wait(reader, CLOCK_MILLISECOND);
			last = read_on(reader, last, &lost);
		}
		usleep((useconds_t)(round * 397 % 3000));
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		/* Acknowledged is durable is visible, also with no writer alive. What follows in the ledger
		   may have been lost, in this round only. */
		acknowledged = ledger->acknowledged;
		lost_before = lost;
		last = read_on(reader, last, &lost);
		assert_true(last >= acknowledged);
		assert_int_equal(lost, lost_before);
	}
	journal = open_quick(*state);
	assert_true(read_on(reader, last, &lost) >= last);
	assert_int_equal(ledger->reused, 0);
	journal_close(journal);
	assert_true(check_tree(*state) >= ledger->acknowledged - lost);
	journal_reader_close(reader);
	munmap(ledger, sizeof(*ledger));
}

/* Numbers given out in a life that made nothing durable do not come back either. */
static void test_numbers_lost_twice(void **state)
{
	uint64_t *seqs = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const struct journal_options slow = {.commit_delay = 60 * CLOCK_SECOND, .reserve_bytes = 1};

	for (int i = 0; i < 3; i++) {
		pid_t child = fork();

		if (child == 0) {
			struct journal *journal;

			if (journal_open(*state, &slow, NULL, NULL, &journal, NULL) < 0)
				_exit(1);
			seqs[i] = append_one(journal, 1);
			kill(getpid(), SIGKILL);
		}
		assert_int_equal(waitpid(child, NULL, 0), child);
	}
	assert_true(seqs[0] == 1 && seqs[1] > seqs[0] && seqs[2] > seqs[1]);
	munmap(seqs, 4096);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_FOLDER(test_kill_the_writer),
		TEST_IN_FOLDER(test_numbers_lost_twice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
