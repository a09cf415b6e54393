/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealing and pruning, killed before each of their steps, failing at each of them, or without room on the
 * disk: the journal reads as before, and the next try succeeds and leaves nothing behind.
 */
#include "archive_helper.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static const char *const seal_steps[] = {"scan", "create", "write", "sync", "verify", "rename", "done"};
static const char *const prune_steps[] = {"create", "write", "verify", "rename", "done"};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int die_at(void *context, const char *name)
{
	if (strcmp(context, name) == 0)
		raise(SIGKILL);
	return 0;
}

static int fail_at(void *context, const char *name)
{
	return strcmp(context, name) == 0 ? -EIO : 0;
}

static unsigned class_of(void *context, const struct journal_record *record)
{
	(void)context;
	return record->listener;
}

static const struct journal_seal_options options = {.class_of = class_of};

/* Files in sealed/ that are no segments. */
static unsigned litter(const char *folder)
{
	char path[PATH_MAX];
	unsigned count = 0;
	DIR *dir;

	assert_int_equal(sealed_path(folder, 0, path), 0);
	dir = opendir(path);
	for (struct dirent *each; dir && (each = readdir(dir));)
		count += each->d_name[0] != '.' && !str_ends(str_from(each->d_name), STR(SEALED_SUFFIX));
	if (dir)
		closedir(dir);
	return count;
}

static void in_child(void (*work)(const char *folder, const char *step), const char *folder, const char *step)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		work(folder, step);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void seal_and_die(const char *folder, const char *step)
{
	journal_seal_stepped(folder, 1, &options, die_at, (void *)step, NULL, NULL);
}

static void prune_and_die(const char *folder, const char *step)
{
	journal_prune_stepped(folder, NULL, 1, 1 << 3, "", die_at, (void *)step, NULL);
}

static void test_killed_sealing(void **state)
{
	struct all_records all, again;
	struct err err = {0};

	for (size_t i = 0; i < COUNT(seal_steps); i++) {
		write_segment(*state, NULL, 1, 2000);
		write_segment(*state, NULL, 2001, 2010);
		records_read(*state, NULL, 1, &all);
		in_child(seal_and_die, *state, seal_steps[i]);
		assert_int_equal(litter(*state), i >= 2 && i < 6);
		records_read(*state, NULL, 1, &again);
		assert_records(&all, &again);
		records_done(&again);
		if (journal_seal(*state, 1, &options, NULL, &err) < 0)
			assert_int_equal(i, 6); /* it was done already */
		assert_int_equal(litter(*state), 0);
		remove_live(*state);
		records_read(*state, NULL, 1, &again);
		assert_records(&all, &again);
		records_done(&again);
		records_done(&all);
		folder_clear(*state);
	}
}

static void test_killed_pruning(void **state)
{
	struct all_records all, again;

	for (size_t i = 0; i < COUNT(prune_steps); i++) {
		write_segment(*state, NULL, 1, 2000);
		write_segment(*state, NULL, 2001, 2010);
		records_read(*state, NULL, 1, &all);
		seal_all(*state, &options);
		remove_live(*state);
		in_child(prune_and_die, *state, prune_steps[i]);
		records_read(*state, NULL, 1, &again);
		if (i < 4)
			assert_records(&all, &again);
		else
			assert_int_equal(again.len, all.len - 2000 / 7 - (2000 % 7 >= 3));
		records_done(&again);
		assert_int_equal(journal_prune(*state, NULL, 1, 1 << 3, "", NULL), 0);
		assert_int_equal(litter(*state), 0);
		records_read(*state, NULL, 1, &again);
		assert_int_equal(again.len, all.len - 2000 / 7 - (2000 % 7 >= 3));
		records_done(&again);
		records_done(&all);
		folder_clear(*state);
	}
}

static void test_failing_steps(void **state)
{
	struct all_records all, again;

	write_segment(*state, NULL, 1, 2000);
	write_segment(*state, NULL, 2001, 2010);
	records_read(*state, NULL, 1, &all);
	for (size_t i = 0; i < COUNT(seal_steps) - 1; i++) {
		assert_int_equal(
			journal_seal_stepped(*state, 1, &options, fail_at, (void *)seal_steps[i], NULL, NULL),
			-EIO);
		assert_int_equal(litter(*state), 0);
		records_read(*state, NULL, 1, &again);
		assert_records(&all, &again);
		records_done(&again);
	}
	assert_int_equal(journal_seal(*state, 1, &options, NULL, NULL), 0);
	records_done(&all);
}

/* A disk that does not give back what was written: every byte of the new file in turn, from the first block
   to the copies, just before it is read back. */
struct flip {
	const char *folder;
	off_t at;
};

static int flip_before_verify(void *context, const char *name)
{
	const struct flip *flip = context;
	char path[PATH_MAX], byte;
	int fd;

	if (strcmp(name, "verify") != 0)
		return 0;
	assert_int_equal(sealed_path(flip->folder, 1, path), 0);
	strcat(path, ".new");
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	if (pread(fd, &byte, 1, flip->at) == 1) {
		byte ^= 4;
		assert_int_equal(pwrite(fd, &byte, 1, flip->at), 1);
	}
	close(fd);
	return 0;
}

static void test_read_back(void **state)
{
	struct flip flip = {*state, SEALED_HEADER_SIZE};
	unsigned refused = 0, tries = 0;

	write_segment(*state, NULL, 1, 200);
	write_segment(*state, NULL, 201, 210);
	for (; flip.at < SEALED_HEADER_SIZE + 6000; flip.at += 61, tries++) {
		struct journal_segment_info info;
		char path[PATH_MAX];
		int r = journal_seal_stepped(*state, 1, &options, flip_before_verify, &flip, &info, NULL);

		assert_true(r == 0 || r == ERR_CORRUPT);
		refused += r != 0;
		if (r == 0 && flip.at + SEALED_HEADER_SIZE > (off_t)info.bytes)
			break;
		if (r == 0) { /* the byte is in the room kept for the index, and was not needed */
			assert_int_equal(sealed_path(*state, 1, path), 0);
			assert_int_equal(unlink(path), 0);
		}
	}
	assert_true(refused > 30 && refused + 20 > tries);
}

/* Writes fail behind some length of the file. */
static void test_no_room(void **state)
{
	struct rlimit limit, whole;
	struct all_records all, again;
	struct err err = {0};

	write_segment(*state, NULL, 1, 20000);
	write_segment(*state, NULL, 20001, 20010);
	records_read(*state, NULL, 1, &all);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &whole), 0);
	for (rlim_t room = 100; room < 60000; room += 12345) {
		limit = whole;
		limit.rlim_cur = room;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		assert_int_equal(journal_seal(*state, 1, &options, NULL, &err), -EFBIG);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &whole), 0);
		assert_non_null(strstr(err.message, "File too large"));
		assert_int_equal(litter(*state), 0);
		records_read(*state, NULL, 1, &again);
		assert_records(&all, &again);
		records_done(&again);
	}
	assert_int_equal(journal_seal(*state, 1, &options, NULL, NULL), 0);
	records_done(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_FOLDER(test_killed_sealing), TEST_IN_FOLDER(test_killed_pruning),
		TEST_IN_FOLDER(test_failing_steps),  TEST_IN_FOLDER(test_read_back),
		TEST_IN_FOLDER(test_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
