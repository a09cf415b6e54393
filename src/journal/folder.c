/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "journal/sealed.h"

#define NAME_DIGITS 20
#define LOCK_TEXT_MAX 32

int journal_path(const char *folder, const char *name, char out[PATH_MAX])
{
	return snprintf(out, PATH_MAX, "%s/" JOURNAL_LIVE_FOLDER "/%s", folder, name) < PATH_MAX
		       ? 0
		       : -ENAMETOOLONG;
}

int journal_segment_path(const char *folder, uint64_t first_seq, char out[PATH_MAX])
{
	char name[NAME_DIGITS + sizeof(JOURNAL_SUFFIX)];

	snprintf(name, sizeof(name), "%0*" PRIu64 JOURNAL_SUFFIX, NAME_DIGITS, first_seq);
	return journal_path(folder, name, out);
}

uint64_t journal_segment_number(const char *name, const char *suffix)
{
	struct str digits = str_head(str_from(name), NAME_DIGITS);
	uint64_t number;

	if (digits.len != NAME_DIGITS || strcmp(name + NAME_DIGITS, suffix) != 0)
		return 0;
	for (size_t i = 0; i < digits.len; i++)
		if (!char_is_digit(digits.ptr[i]))
			return 0;
	return str_to_u64(digits, &number) == 0 ? number : 0;
}

static void listing_add(struct journal_listing *listing, uint64_t number, uint64_t seq)
{
	if (!listing->first || number < listing->first)
		listing->first = number;
	if (number > listing->last)
		listing->last = number;
	if (number <= seq && number > listing->below)
		listing->below = number;
	if (number > seq && (!listing->above || number < listing->above))
		listing->above = number;
	listing->segments++;
}

int journal_list(const char *folder, uint64_t seq, struct journal_listing *ret_listing)
{
	struct journal_listing listing = {0};
	char path[PATH_MAX];
	DIR *dir;
	int r = journal_path(folder, ".", path);

	if (r < 0)
		return r;
	dir = opendir(path);
	if (!dir)
		return -errno;
	for (struct dirent *entry; (entry = readdir(dir));) {
		uint64_t number = journal_segment_number(entry->d_name, JOURNAL_SUFFIX);
		struct stat status;

		if (!number)
			continue;
		listing_add(&listing, number, seq);
		if (fstatat(dirfd(dir), entry->d_name, &status, 0) == 0)
			listing.bytes += (uint64_t)status.st_size;
	}
	closedir(dir);
	*ret_listing = listing;
	return 0;
}

static bool has_segment(const char *path, const char *suffix)
{
	DIR *dir = opendir(path);
	bool found = false;

	if (!dir)
		return false;
	for (struct dirent *entry; !found && (entry = readdir(dir));)
		found = journal_segment_number(entry->d_name, suffix) != 0;
	closedir(dir);
	return found;
}

bool journal_has_sealed(const char *folder)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "%s/" SEALED_FOLDER, folder) < PATH_MAX &&
	       has_segment(path, SEALED_SUFFIX);
}

int journal_refuse_flat(const char *folder, struct err *ret_err)
{
	if (!has_segment(folder, JOURNAL_SUFFIX))
		return 0;
	return err_set(
		ret_err, ERR_VERSION, 0, 0,
		"%s holds a journal of format version 1, which program version 0.1 wrote and reads; this "
		"program reads and writes format version 2: move that folder away and keep it with a "
		"program of version 0.1, a new one is begun here",
		folder);
}

static int make_one(const char *path)
{
	char parent[PATH_MAX];

	if (mkdir(path, 0750) < 0)
		return errno == EEXIST ? 0 : -errno;
	if (snprintf(parent, sizeof(parent), "%s/..", path) >= PATH_MAX)
		return -ENAMETOOLONG;
	return io_sync_folder(parent);
}

int journal_make_folder(const char *folder)
{
	char path[PATH_MAX];
	int r = journal_path(folder, "", path);

	if (r == 0)
		r = make_one(folder);
	return r < 0 ? r : make_one(path);
}

static void lock_name_holder(int fd, const char *folder, struct err *ret_err)
{
	char text[LOCK_TEXT_MAX + 1] = "";
	ssize_t n = pread(fd, text, LOCK_TEXT_MAX, 0);

	if (n <= 0)
		snprintf(text, sizeof(text), "unknown");
	else
		text[strcspn(text, "\n")] = 0;
	err_set(ret_err, ERR_BUSY, 0, 0, "%s: process %s is writing this journal; stop it first", folder,
		text);
}

/* For the message above only: on a full disk the file stays empty. */
static void lock_sign(int fd)
{
	char text[LOCK_TEXT_MAX];
	int len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	ssize_t written = ftruncate(fd, 0) == 0 ? pwrite(fd, text, (size_t)len, 0) : 0;

	(void)written;
}

int journal_lock(const char *folder, int *ret_fd, struct err *ret_err)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char path[PATH_MAX];
	int fd, r = journal_path(folder, "lock", path);

	if (r < 0)
		return r;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (fd < 0)
		return err_set(ret_err, -errno, 0, 0, "%s: %s", path, strerror(errno));
	if (fcntl(fd, F_OFD_SETLK, &whole) < 0) {
		r = errno == EAGAIN || errno == EACCES ? ERR_BUSY : -errno;
		if (r == ERR_BUSY)
			lock_name_holder(fd, folder, ret_err);
		else
			err_set(ret_err, r, 0, 0, "%s: cannot be locked: %s", path, strerror(errno));
		close(fd);
		return r;
	}
	lock_sign(fd);
	*ret_fd = fd;
	return 0;
}

bool journal_is_written(const char *folder)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char path[PATH_MAX];
	int fd = journal_path(folder, "lock", path) < 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	bool held = fd >= 0 && fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;

	if (fd >= 0)
		close(fd);
	return held;
}

/* node: 8 bytes magic "WLJNODE1", 16 bytes id, 8 bytes XXH3-64 of these 24. */
static const uint8_t node_magic[8] = {'W', 'L', 'J', 'N', 'O', 'D', 'E', '1'};

#define NODE_CHECKSUM (sizeof(node_magic) + JOURNAL_NODE_SIZE)
#define NODE_FILE_SIZE (NODE_CHECKSUM + sizeof(uint64_t))

static uint64_t node_checksum(const uint8_t *bytes)
{
	return hash_bytes(bytes, NODE_CHECKSUM);
}

int journal_node(const char *folder, uint8_t ret_node[JOURNAL_NODE_SIZE])
{
	char path[PATH_MAX];
	struct buf content = {0};
	uint64_t checksum;
	int r = journal_path(folder, "node", path);

	if (r == 0)
		r = io_read_file(path, NODE_FILE_SIZE, &content);
	if (r == 0 &&
	    (content.len != NODE_FILE_SIZE || memcmp(content.ptr, node_magic, sizeof(node_magic)) != 0))
		r = ERR_CORRUPT;
	if (r == 0) {
		memcpy(&checksum, content.ptr + NODE_CHECKSUM, sizeof(checksum));
		if (checksum != node_checksum((const uint8_t *)content.ptr))
			r = ERR_CORRUPT;
	}
	if (r == 0)
		memcpy(ret_node, content.ptr + sizeof(node_magic), JOURNAL_NODE_SIZE);
	buf_done(&content);
	return r;
}

int journal_node_ensure(const char *folder, const uint8_t *fallback, uint8_t ret_node[JOURNAL_NODE_SIZE],
			struct err *ret_err)
{
	uint8_t content[NODE_FILE_SIZE], *id = content + sizeof(node_magic);
	char path[PATH_MAX];
	uint64_t checksum;
	int r = journal_node(folder, ret_node);

	if (r == ERR_CORRUPT || r == ERR_LIMIT)
		return err_set(ret_err, ERR_CORRUPT, 0, 0,
			       "%s/live/node is damaged; remove it, and it is made again from the segments",
			       folder);
	if (r != -ENOENT)
		return r;
	r = journal_path(folder, "node", path);
	if (r < 0)
		return r;
	memcpy(content, node_magic, sizeof(node_magic));
	if (fallback)
		memcpy(id, fallback, JOURNAL_NODE_SIZE);
	else
		random_bytes(id, JOURNAL_NODE_SIZE);
	checksum = node_checksum(content);
	memcpy(content + NODE_CHECKSUM, &checksum, sizeof(checksum));
	r = io_replace_file(path, content, sizeof(content), 0640);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%s: %s", path, err_text(r));
	memcpy(ret_node, id, JOURNAL_NODE_SIZE);
	return 0;
}
