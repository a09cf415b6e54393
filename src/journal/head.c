/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/head.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/io.h"
#include "journal/folder.h"

#define HEAD_SIZE 4096
#define HEAD_POLL CLOCK_MILLISECOND /* where futexes are forbidden */

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the head is mapped as it lies in the file");

enum { HEAD_CLEAN = 0, HEAD_OPEN = 1 };

/*
 * As it lies in the file, 4096 bytes, the rest zero:
 *
 *	 0 8 magic "WLJHEAD" and a zero    32 8 the last durable number
 *	 8 4 version                       40 8 name of the segment being written
 *	12 4 state: 0 clean, 1 open        48 8 durable bytes of it
 *	16 8 generation                    56 4 futex: changes whenever something above does
 *	24 8 process id of the writer     64 8 floor: the first number this generation may give out
 *	                                  72 8 when clean: XXH3-64 of bytes 0 to 71, the futex taken for 0
 *
 *	128 8 XXH3-64 of what follows     136 8 leaves     144 … the range of all leaves, 32 bytes a hash
 *
 * The first part is changed field by field, each of them whole at any time; the second is right where its
 * checksum is.
 */
struct head_map {
	uint8_t magic[8];
	uint32_t version;
	_Atomic uint32_t state;
	_Atomic uint64_t generation;
	_Atomic uint64_t pid;
	_Atomic uint64_t durable;
	_Atomic uint64_t segment;
	_Atomic uint64_t end;
	_Atomic uint32_t futex;
	uint32_t zero;
	_Atomic uint64_t floor;
	_Atomic uint64_t checksum;
	uint8_t kept[48];
	uint64_t tree_checksum;
	uint64_t leaves;
	uint8_t hashes[JOURNAL_TRAILER_MAX];
};
_Static_assert(offsetof(struct head_map, tree_checksum) == 128 && sizeof(struct head_map) <= HEAD_SIZE,
	       "as the table says");

#define CHECKED_SIZE offsetof(struct head_map, checksum)

#define HEAD_FILE_MAX (1024 * 1024) /* of a damaged one */

static const uint8_t head_magic[8] = "WLJHEAD";

struct journal_head {
	struct head_map *map;
	int fd;
};

union head_bytes {
	struct head_map map;
	uint8_t bytes[HEAD_SIZE];
};

static void head_fill(union head_bytes *head)
{
	memset(head, 0, sizeof(*head));
	memcpy(head->map.magic, head_magic, sizeof(head_magic));
	head->map.version = JOURNAL_VERSION;
	head->map.state = HEAD_OPEN; /* it cannot tell that the journal was ever closed */
}

int journal_head_create(const char *folder)
{
	union head_bytes head;
	char path[PATH_MAX];
	int r = journal_path(folder, "head", path);

	head_fill(&head);
	return r < 0 ? r : io_replace_file(path, head.bytes, sizeof(head.bytes), 0640);
}

int journal_head_remake(const char *folder)
{
	union head_bytes head;
	char path[PATH_MAX], torn[PATH_MAX];
	struct buf damaged = {0};
	int fd = -1, r = journal_path(folder, "head", path);

	if (r == 0)
		r = journal_path(folder, "head.torn", torn);
	if (r == 0)
		r = io_read_file(path, HEAD_FILE_MAX, &damaged);
	if (r == 0)
		r = io_replace_file(torn, damaged.ptr, damaged.len, 0640);
	buf_done(&damaged);
	head_fill(&head);
	if (r == 0 && (fd = open(path, O_WRONLY | O_CLOEXEC)) < 0)
		r = -errno;
	if (r == 0)
		r = io_write(fd, head.bytes, sizeof(head.bytes));
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (fd >= 0)
		close(fd);
	return r;
}

static uint64_t clean_checksum(const struct head_map *map)
{
	uint8_t bytes[CHECKED_SIZE];

	memcpy(bytes, map, sizeof(bytes));
	memset(bytes + offsetof(struct head_map, state), 0, sizeof(map->state));
	memset(bytes + offsetof(struct head_map, futex), 0, sizeof(map->futex));
	return hash_bytes(bytes, sizeof(bytes));
}

/* While a writer is at work nothing vouches for the head but itself. It says so before it changes anything,
   and again: one that begins while we look has not damaged it. */
static bool is_damaged(const struct head_map *map)
{
	return atomic_load(&map->state) == HEAD_CLEAN && atomic_load(&map->checksum) != clean_checksum(map) &&
	       atomic_load(&map->state) == HEAD_CLEAN;
}

static int head_check(const struct journal_head *head)
{
	if (memcmp(head->map->magic, head_magic, sizeof(head_magic)) != 0)
		return ERR_CORRUPT;
	if (head->map->version != JOURNAL_VERSION)
		return ERR_VERSION;
	return is_damaged(head->map) ? ERR_CORRUPT : 0;
}

int journal_head_open(const char *folder, bool write, struct journal_head **ret_head)
{
	char path[PATH_MAX];
	struct stat status;
	struct journal_head *head;
	void *map;
	int fd, r = journal_path(folder, "head", path);

	if (r < 0)
		return r;
	fd = open(path, (write ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) < 0 || status.st_size < HEAD_SIZE) {
		close(fd);
		return ERR_CORRUPT; /* a mapping past the end of the file would be a SIGBUS */
	}
	map = mmap(NULL, HEAD_SIZE, PROT_READ | (write ? PROT_WRITE : 0), MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		r = -errno;
		close(fd);
		return r;
	}
	head = malloc(sizeof(*head));
	must(head);
	*head = (struct journal_head){.map = map, .fd = fd};
	r = head_check(head);
	if (r < 0)
		journal_head_close(head);
	else
		*ret_head = head;
	return r;
}

void journal_head_close(struct journal_head *head)
{
	if (!head)
		return;
	munmap(head->map, HEAD_SIZE);
	close(head->fd);
	free(head);
}

/* segment and end belong together. The writer sets end to 0 before it changes segment, so that a reader which
   sees the same segment twice around an end has either its end or 0, which only means "not now". durable is
   read first: what it covers is then within the segment and end read after it. */
void journal_head_load(const struct journal_head *head, struct journal_mark *ret_mark)
{
	struct journal_mark mark;

	mark.durable = atomic_load(&head->map->durable);
	do {
		mark.segment = atomic_load(&head->map->segment);
		mark.end = atomic_load(&head->map->end);
	} while (mark.segment != atomic_load(&head->map->segment));
	*ret_mark = mark;
}

bool journal_head_is_clean(const struct journal_head *head)
{
	return atomic_load(&head->map->state) == HEAD_CLEAN;
}

uint64_t journal_head_generation(const struct journal_head *head)
{
	return atomic_load(&head->map->generation);
}

uint64_t journal_head_floor(const struct journal_head *head)
{
	return atomic_load(&head->map->floor);
}

static int head_sync(struct journal_head *head)
{
	if (msync(head->map, HEAD_SIZE, MS_SYNC) < 0 || fsync(head->fd) < 0)
		return -errno;
	return 0;
}

static uint64_t tree_checksum(const struct head_map *map, uint64_t leaves)
{
	return hash_bytes(&map->leaves,
			  sizeof(map->leaves) + (size_t)__builtin_popcountll(leaves) * TLOG_HASH_SIZE);
}

static void store_tree(struct head_map *map, const struct tlog_range *range)
{
	map->leaves = range->end;
	journal_trailer_encode(range, map->hashes);
	map->tree_checksum = tree_checksum(map, range->end);
}

int journal_head_tree(const struct journal_head *head, struct tlog_range *ret_range)
{
	const struct head_map *map = head->map;
	uint64_t leaves = map->leaves;

	if (!leaves || leaves > JOURNAL_LEAVES_MAX)
		return ERR_END;
	if (map->tree_checksum != tree_checksum(map, leaves))
		return ERR_CORRUPT;
	journal_trailer_decode(map->hashes, leaves, ret_range);
	return 0;
}

int journal_head_begin(struct journal_head *head, const struct journal_mark *mark,
		       const struct tlog_range *range, uint64_t floor)
{
	atomic_store(&head->map->state, HEAD_OPEN);
	atomic_fetch_add(&head->map->generation, 1);
	atomic_store(&head->map->pid, (uint64_t)getpid());
	atomic_store(&head->map->floor, floor);
	journal_head_publish(head, mark, range);
	return head_sync(head);
}

int journal_head_end(struct journal_head *head)
{
	int r;

	atomic_store(&head->map->checksum, clean_checksum(head->map));
	r = head_sync(head);
	if (r < 0)
		return r;
	atomic_store(&head->map->state, HEAD_CLEAN);
	return head_sync(head);
}

void journal_head_publish(struct journal_head *head, const struct journal_mark *mark,
			  const struct tlog_range *range)
{
	struct head_map *map = head->map;

	store_tree(map, range);
	if (atomic_load(&map->segment) != mark->segment) {
		atomic_store(&map->end, 0);
		atomic_store(&map->segment, mark->segment);
	}
	atomic_store(&map->end, mark->end);
	atomic_store(&map->durable, mark->durable);
	atomic_fetch_add(&map->futex, 1);
	syscall(SYS_futex, &map->futex, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

uint32_t journal_head_ticket(const struct journal_head *head)
{
	return atomic_load(&head->map->futex);
}

static struct timespec timespec_of(int64_t time)
{
	return (struct timespec){.tv_sec = time / CLOCK_SECOND, .tv_nsec = time % CLOCK_SECOND * 1000};
}

void journal_head_wait(const struct journal_head *head, uint32_t ticket, int64_t timeout)
{
	struct timespec wait = timespec_of(timeout);

	if (syscall(SYS_futex, &head->map->futex, FUTEX_WAIT, ticket, &wait, NULL, 0) == 0 ||
	    errno == EAGAIN || errno == EINTR || errno == ETIMEDOUT)
		return;
	wait = timespec_of(timeout < HEAD_POLL ? timeout : HEAD_POLL);
	nanosleep(&wait, NULL);
}
