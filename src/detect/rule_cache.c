/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/rule_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <libfyaml.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/map.h"
#include "base/vec.h"
#include "base/yaml_pack.h"

#define MAGIC "WLRULES\1" /* raise the version when the same text comes to hold another tree */
#define BUILD_AT 8
#define CHECKSUM_AT 16
#define HEADER_SIZE 24
#define ENTRY_HEAD (SHA256_SIZE + sizeof(uint32_t))
#define ENTRY_USED (UINT64_C(1) << 63) /* mark on an entry's place */

struct rule_cache {
	struct buf bytes;    /* of the file, header included; empty where there is none */
	struct map *entries; /* digest to the place of its entry in bytes */
	struct {
		VEC_OF(uint64_t)
	} used;           /* places of entries that were asked for, each once */
	struct buf fresh; /* entries that were made */
	size_t hits;
	char path[PATH_MAX];
};

static uint64_t build_key(void)
{
	char text[128];
	int len = snprintf(text, sizeof(text), "%s libfyaml %s", WANGLOU_VERSION, fy_library_version());

	return hash_bytes(text, (size_t)len);
}

static uint64_t get64(const struct buf *bytes, size_t at)
{
	uint64_t value;

	memcpy(&value, bytes->ptr + at, sizeof(value));
	return value;
}

/* The tree of the entry at a place; ptr NULL where it does not lie within bytes. */
static struct str entry_tree(const struct buf *bytes, size_t at)
{
	uint32_t len;

	if (bytes->len - at < ENTRY_HEAD)
		return (struct str){0};
	memcpy(&len, bytes->ptr + at + SHA256_SIZE, sizeof(len));
	if (len > bytes->len - at - ENTRY_HEAD)
		return (struct str){0};
	return str_of(bytes->ptr + at + ENTRY_HEAD, len);
}

/* Checks the header and finds the entries. */
static int index_entries(struct rule_cache *cache)
{
	const struct buf *bytes = &cache->bytes;

	if (bytes->len < HEADER_SIZE || memcmp(bytes->ptr, MAGIC, 8) != 0 ||
	    get64(bytes, BUILD_AT) != build_key())
		return ERR_VERSION;
	if (get64(bytes, CHECKSUM_AT) != hash_bytes(bytes->ptr + HEADER_SIZE, bytes->len - HEADER_SIZE))
		return ERR_CORRUPT;
	for (size_t at = HEADER_SIZE; at < bytes->len;) {
		struct str tree = entry_tree(bytes, at);

		if (!tree.ptr)
			return ERR_CORRUPT;
		*map_put(cache->entries, str_of(bytes->ptr + at, SHA256_SIZE), NULL) = at;
		at += ENTRY_HEAD + tree.len;
	}
	return 0;
}

static struct rule_cache *new_cache(void)
{
	struct rule_cache *cache = calloc(1, sizeof(*cache));

	must(cache);
	cache->entries = map_new();
	return cache;
}

static void forget(struct rule_cache *cache)
{
	map_free(cache->entries);
	cache->entries = map_new();
	buf_done(&cache->bytes);
	cache->bytes = (struct buf){0};
}

int rule_cache_from(struct str bytes, struct rule_cache **ret_cache)
{
	struct rule_cache *cache = new_cache();
	int r;

	buf_add_str(&cache->bytes, bytes);
	r = index_entries(cache);
	if (r < 0)
		forget(cache);
	*ret_cache = cache;
	return r;
}

void rule_cache_free(struct rule_cache *cache)
{
	if (!cache)
		return;
	map_free(cache->entries);
	buf_done(&cache->bytes);
	buf_done(&cache->fresh);
	vec_done(&cache->used);
	free(cache);
}

/* Whoever else can write there could make rules mean something else. */
static bool is_ours(const struct stat *status)
{
	return status->st_uid == geteuid() && !(status->st_mode & (S_IWGRP | S_IWOTH));
}

static int open_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX] = ".";
	int fd;

	if (slash)
		memcpy(folder, path, (size_t)(slash == path ? 1 : slash - path) + 1);
	if (slash)
		folder[slash == path ? 1 : slash - path] = 0;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int read_all(int fd, size_t size, struct buf *bytes)
{
	ssize_t n = io_read(fd, buf_reserve(bytes, size), size);

	if (n < 0)
		return (int)n;
	bytes->len = (size_t)n;
	return 0;
}

/* Where nobody else can write: there we read, and there we shall write. */
static int open_ours(const char *path)
{
	struct stat status;
	int folder = strlen(path) < PATH_MAX ? open_folder(path) : -ENAMETOOLONG, r;

	if (folder < 0)
		return folder;
	r = fstat(folder, &status) < 0 ? -errno : is_ours(&status) ? 0 : ERR_DENIED;
	if (r == 0)
		return folder;
	close(folder);
	return r;
}

static int read_ours(int folder, const char *name, struct buf *bytes)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), r;
	struct stat status;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(fd, &status) < 0)
		r = -errno;
	else if (!S_ISREG(status.st_mode) || !is_ours(&status))
		r = ERR_DENIED;
	else if (status.st_size > RULE_CACHE_SIZE_MAX)
		r = ERR_LIMIT;
	else
		r = read_all(fd, (size_t)status.st_size, bytes);
	close(fd);
	return r;
}

int rule_cache_open(const char *path, struct rule_cache **ret_cache, struct err *ret_err)
{
	struct rule_cache *cache = new_cache();
	const char *slash = strrchr(path, '/');
	int folder = open_ours(path), r = folder < 0 ? folder : 0;

	*ret_cache = cache;
	if (r == 0) {
		memcpy(cache->path, path, strlen(path) + 1);
		r = read_ours(folder, slash ? slash + 1 : path, &cache->bytes);
		close(folder);
	}
	if (r == 0 && cache->bytes.len)
		r = index_entries(cache);
	if (r == 0)
		return 0;
	forget(cache);
	return err_set(ret_err, r, 0, 0, "the cache of rules %s is not used: %s", path,
		       r == ERR_DENIED ? "it and its folder must be ours, and nobody else's to write"
				       : err_text(r));
}

static void add_fresh(struct rule_cache *cache, const uint8_t *digest, struct yaml_node *const *docs,
		      size_t count, struct str text)
{
	size_t start = cache->fresh.len;
	uint32_t len = 0;

	buf_add(&cache->fresh, digest, SHA256_SIZE);
	buf_add_u32(&cache->fresh, 0);
	yaml_pack(docs, count, text, &cache->fresh);
	len = (uint32_t)(cache->fresh.len - start - ENTRY_HEAD);
	memcpy(cache->fresh.ptr + start + SHA256_SIZE, &len, sizeof(len));
}

int rule_cache_parse(struct rule_cache *cache, struct str text, struct arena *arena,
		     struct yaml_node ***ret_docs, size_t *ret_count, struct err *ret_err)
{
	uint8_t digest[SHA256_SIZE];
	uint64_t *entry, place;
	int r;

	sha256(text.ptr, text.len, digest);
	entry = map_get(cache->entries, str_of((const char *)digest, sizeof(digest)));
	place = entry ? *entry & ~ENTRY_USED : 0;
	if (entry && yaml_unpack(entry_tree(&cache->bytes, place), text, arena, ret_docs, ret_count) == 0) {
		if (*entry == place)
			vec_push(&cache->used, place);
		*entry |= ENTRY_USED;
		cache->hits++;
		return 0;
	}
	r = yaml_parse(text, arena, ret_docs, ret_count, ret_err);
	if (r == 0)
		add_fresh(cache, digest, *ret_docs, *ret_count, text);
	return r;
}

size_t rule_cache_hits(const struct rule_cache *cache)
{
	return cache->hits;
}

void rule_cache_write(const struct rule_cache *cache, struct buf *out)
{
	const struct buf *old = &cache->bytes;
	size_t start = out->len;
	uint64_t sum;

	buf_add(out, MAGIC, 8);
	buf_add_u64(out, build_key());
	buf_add_u64(out, 0);
	for (size_t i = 0; i < cache->used.len; i++)
		buf_add(out, old->ptr + cache->used.items[i],
			ENTRY_HEAD + entry_tree(old, cache->used.items[i]).len);
	buf_add(out, cache->fresh.ptr, cache->fresh.len);
	sum = hash_bytes(out->ptr + start + HEADER_SIZE, out->len - start - HEADER_SIZE);
	memcpy(out->ptr + start + CHECKSUM_AT, &sum, sizeof(sum));
}

int rule_cache_save(const struct rule_cache *cache)
{
	struct buf out = {0};
	int r = ERR_LIMIT;

	if (!cache->path[0] || (cache->fresh.len == 0 && cache->used.len == map_len(cache->entries)))
		return 0;
	rule_cache_write(cache, &out);
	if (out.len <= RULE_CACHE_SIZE_MAX)
		r = io_replace_file(cache->path, out.ptr, out.len, 0600);
	buf_done(&out);
	return r;
}
