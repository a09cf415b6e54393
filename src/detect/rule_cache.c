/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/rule_cache.h"

#include <libfyaml.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/map.h"
#include "base/vec.h"
#include "base/yaml_pack.h"
#include "detect/own_file.h"

#define MAGIC "WLRULES\2" /* raise the version when the same text comes to hold another tree */
#define BUILD_AT 8
#define CHECKSUM_AT 16
#define HEADER_SIZE 24

/* Longer than a tick of any file system's clock. */
#define REST_SECONDS 3

struct entry {
	struct str digest, text, tree;
	bool asked;
};

/* What stat says of a file: if all of it is the same, so is the text. */
struct file_facts {
	uint64_t device, inode, size, modified, changed;
};

/* Values in files: an entry, and whether the file was there this time. */
#define FILE_SEEN 1
#define FILE_ENTRY_SHIFT 1

struct rule_cache {
	struct buf bytes; /* of the cache's file, header included; empty where there is none */
	struct arena *arena;
	struct {
		VEC_OF(struct entry)
	} entries; /* in bytes those that were loaded, in the arena those that were made */
	struct {
		VEC_OF(uint32_t)
	} asked;             /* entries that were asked for, each once */
	struct map *digests; /* to entries */
	struct map *files;   /* struct file_facts to a value as above */
	size_t loaded;       /* of the entries */
	size_t files_seen, hits, unread;
	bool files_changed; /* there are some that were not loaded */
	int64_t at_rest;    /* files that changed before this second were */
	struct buf text;    /* of the file just read */
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

/* The next bytes of rest; ptr NULL where there are not so many, and from then on. */
static struct str take(struct str *rest, size_t len)
{
	struct str taken = str_of(rest->ptr, len);

	if (!rest->ptr || len > rest->len) {
		*rest = (struct str){0};
		return *rest;
	}
	*rest = str_of(rest->ptr + len, rest->len - len);
	return taken;
}

static uint32_t take_u32(struct str *rest)
{
	struct str bytes = take(rest, sizeof(uint32_t));
	uint32_t value = 0;

	if (bytes.ptr)
		memcpy(&value, bytes.ptr, sizeof(value));
	return value;
}

static uint32_t add_entry(struct rule_cache *cache, const struct entry *entry)
{
	uint32_t index = (uint32_t)cache->entries.len;

	vec_push(&cache->entries, *entry);
	*map_put(cache->digests, entry->digest, NULL) = index;
	return index;
}

static int index_entry(struct rule_cache *cache, struct str *rest)
{
	struct entry entry = {.digest = take(rest, SHA256_SIZE)};
	uint32_t text_len = take_u32(rest), tree_len = take_u32(rest);

	entry.text = take(rest, text_len);
	entry.tree = take(rest, tree_len);
	if (!entry.tree.ptr)
		return ERR_CORRUPT;
	add_entry(cache, &entry);
	return 0;
}

static int index_file(struct rule_cache *cache, struct str *rest)
{
	struct str facts = take(rest, sizeof(struct file_facts));
	uint32_t entry = take_u32(rest);
	uint64_t size;

	if (!rest->ptr || entry >= cache->entries.len)
		return ERR_CORRUPT;
	memcpy(&size, facts.ptr + offsetof(struct file_facts, size), sizeof(size));
	if (size != cache->entries.items[entry].text.len)
		return ERR_CORRUPT;
	*map_put(cache->files, facts, NULL) = (uint64_t)entry << FILE_ENTRY_SHIFT;
	return 0;
}

/* Checks the header and finds the entries. */
static int index_bytes(struct rule_cache *cache)
{
	const struct buf *bytes = &cache->bytes;
	struct str rest;
	int r = 0;

	if (!bytes->ptr || bytes->len < HEADER_SIZE || memcmp(bytes->ptr, MAGIC, 8) != 0 ||
	    get64(bytes, BUILD_AT) != build_key())
		return ERR_VERSION;
	rest = str_from_offset(buf_str(bytes), HEADER_SIZE);
	if (get64(bytes, CHECKSUM_AT) != hash_str(rest))
		return ERR_CORRUPT;
	for (uint32_t count = take_u32(&rest); r == 0 && count; count--)
		r = index_entry(cache, &rest);
	while (r == 0 && rest.len)
		r = index_file(cache, &rest);
	cache->loaded = cache->entries.len;
	return rest.ptr ? r : ERR_CORRUPT;
}

static struct rule_cache *new_cache(void)
{
	struct rule_cache *cache = calloc(1, sizeof(*cache));

	must(cache);
	cache->digests = map_new();
	cache->files = map_new();
	cache->arena = arena_new(0);
	must(cache->arena);
	cache->at_rest = clock_now() / CLOCK_SECOND - REST_SECONDS;
	return cache;
}

static void forget(struct rule_cache *cache)
{
	map_free(cache->digests);
	map_free(cache->files);
	cache->digests = map_new();
	cache->files = map_new();
	vec_clear(&cache->entries);
	cache->loaded = 0;
	buf_done(&cache->bytes);
}

int rule_cache_from(struct str bytes, struct rule_cache **ret_cache)
{
	struct rule_cache *cache = new_cache();
	int r;

	buf_add_str(&cache->bytes, bytes);
	r = index_bytes(cache);
	if (r < 0)
		forget(cache);
	*ret_cache = cache;
	return r;
}

void rule_cache_free(struct rule_cache *cache)
{
	if (!cache)
		return;
	map_free(cache->digests);
	map_free(cache->files);
	vec_done(&cache->entries);
	vec_done(&cache->asked);
	arena_free(cache->arena);
	buf_done(&cache->bytes);
	buf_done(&cache->text);
	free(cache);
}

int rule_cache_open(const char *path, struct rule_cache **ret_cache, struct err *ret_err)
{
	struct rule_cache *cache = new_cache();
	int folder = own_folder_open(path), r = folder < 0 ? folder : 0;

	*ret_cache = cache;
	if (r == 0) {
		memcpy(cache->path, path, strlen(path) + 1);
		r = own_file_read(folder, path, RULE_CACHE_SIZE_MAX, &cache->bytes);
		close(folder);
	}
	if (r == 0 && cache->bytes.len)
		r = index_bytes(cache);
	if (r == 0)
		return 0;
	forget(cache);
	return err_set(ret_err, r, 0, 0, "the cache of rules %s is not used: %s", path,
		       r == ERR_DENIED ? "it and its folder must be ours, and nobody else's to write"
				       : err_text(r));
}

/* -- asking -------------------------------------------------------------------------------------------- */

/* The entry's tree, which goes with the text. False where it is damaged. */
static bool take_entry(struct rule_cache *cache, uint32_t index, struct str text, struct arena *arena,
		       struct rule_yaml *ret_yaml)
{
	struct entry *entry = &cache->entries.items[index];

	if (yaml_unpack(entry->tree, text, arena, &ret_yaml->docs, &ret_yaml->count) < 0)
		return false;
	if (!entry->asked)
		vec_push(&cache->asked, index);
	entry->asked = true;
	ret_yaml->text = text;
	cache->hits++;
	return true;
}

static uint32_t add_fresh(struct rule_cache *cache, const uint8_t *digest, const struct rule_yaml *yaml)
{
	struct entry entry = {.digest = arena_copy(cache->arena, str_of((const char *)digest, SHA256_SIZE)),
			      .text = arena_copy(cache->arena, yaml->text),
			      .asked = true};
	struct buf tree = {0};
	uint32_t index;

	yaml_pack(yaml->docs, yaml->count, yaml->text, &tree);
	entry.tree = arena_copy(cache->arena, buf_str(&tree));
	buf_done(&tree);
	index = add_entry(cache, &entry);
	vec_push(&cache->asked, index);
	return index;
}

/* rule_cache_parse(), and the entry. */
static int parse(struct rule_cache *cache, struct str text, struct arena *arena, struct rule_yaml *ret_yaml,
		 uint32_t *ret_entry, struct err *ret_err)
{
	struct rule_yaml yaml = {.text = text};
	uint8_t digest[SHA256_SIZE];
	uint64_t *entry;
	int r;

	sha256(text.ptr, text.len, digest);
	entry = map_get(cache->digests, str_of((const char *)digest, sizeof(digest)));
	if (entry && take_entry(cache, (uint32_t)*entry, text, arena, ret_yaml)) {
		*ret_entry = (uint32_t)*entry;
		return 0;
	}
	r = yaml_parse(text, arena, &yaml.docs, &yaml.count, ret_err);
	if (r < 0)
		return r;
	*ret_entry = add_fresh(cache, digest, &yaml);
	*ret_yaml = yaml;
	return 0;
}

int rule_cache_parse(struct rule_cache *cache, struct str text, struct arena *arena,
		     struct rule_yaml *ret_yaml, struct err *ret_err)
{
	uint32_t entry;

	return parse(cache, text, arena, ret_yaml, &entry, ret_err);
}

static uint64_t nanoseconds(struct timespec time)
{
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static struct file_facts facts_of(const struct stat *status)
{
	return (struct file_facts){.device = status->st_dev,
				   .inode = status->st_ino,
				   .size = (uint64_t)status->st_size,
				   .modified = nanoseconds(status->st_mtim),
				   .changed = nanoseconds(status->st_ctim)};
}

static struct str facts_key(const struct file_facts *facts)
{
	return str_of((const char *)facts, sizeof(*facts));
}

bool rule_cache_knows(struct rule_cache *cache, const struct stat *status, struct arena *arena,
		      struct rule_yaml *ret_yaml)
{
	struct file_facts facts = facts_of(status);
	uint64_t *file = map_get(cache->files, facts_key(&facts));
	uint32_t entry;

	if (!file)
		return false;
	entry = (uint32_t)(*file >> FILE_ENTRY_SHIFT);
	if (!take_entry(cache, entry, cache->entries.items[entry].text, arena, ret_yaml))
		return false;
	cache->files_seen += !(*file & FILE_SEEN);
	*file |= FILE_SEEN;
	cache->unread++;
	return true;
}

/* Next time the file need not be read, if it is still so. */
static void remember(struct rule_cache *cache, const struct stat *status, uint32_t entry)
{
	struct file_facts facts = facts_of(status);
	uint64_t *file;

	if (!S_ISREG(status->st_mode) || facts.size != cache->entries.items[entry].text.len ||
	    status->st_mtim.tv_sec >= cache->at_rest || status->st_ctim.tv_sec >= cache->at_rest ||
	    status->st_ctim.tv_nsec == 0)
		return;
	file = map_put(cache->files, facts_key(&facts), NULL);
	cache->files_seen += !(*file & FILE_SEEN);
	*file = (uint64_t)entry << FILE_ENTRY_SHIFT | FILE_SEEN;
	cache->files_changed = true;
}

int rule_cache_read(struct rule_cache *cache, const char *path, struct arena *arena,
		    struct rule_yaml *ret_yaml, struct err *ret_err)
{
	struct stat status;
	uint32_t entry;
	int r;

	if (stat(path, &status) == 0 && rule_cache_knows(cache, &status, arena, ret_yaml))
		return 0;
	buf_clear(&cache->text);
	r = io_read_file_status(path, YAML_SIZE_MAX, &cache->text, &status);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "cannot read: %s", err_text(r));
	r = parse(cache, buf_str(&cache->text), arena, ret_yaml, &entry, ret_err);
	if (r == 0)
		remember(cache, &status, entry);
	return r;
}

size_t rule_cache_hits(const struct rule_cache *cache)
{
	return cache->hits;
}

size_t rule_cache_unread(const struct rule_cache *cache)
{
	return cache->unread;
}

/* -- keeping ------------------------------------------------------------------------------------------- */

static void write_entries(const struct rule_cache *cache, struct buf *out)
{
	buf_add_u32(out, (uint32_t)cache->asked.len);
	for (size_t i = 0; i < cache->asked.len; i++) {
		const struct entry *entry = &cache->entries.items[cache->asked.items[i]];

		buf_add_str(out, entry->digest);
		buf_add_u32(out, (uint32_t)entry->text.len);
		buf_add_u32(out, (uint32_t)entry->tree.len);
		buf_add_str(out, entry->text);
		buf_add_str(out, entry->tree);
	}
}

/* The files that are there, with the places of their entries among those that are written. */
static void write_files(const struct rule_cache *cache, struct buf *out)
{
	uint32_t *places = calloc(cache->entries.len + 1, sizeof(*places));
	struct str facts;
	size_t cursor = 0;
	uint64_t file;

	must(places);
	for (uint32_t i = 0; i < cache->asked.len; i++)
		places[cache->asked.items[i]] = i;
	while (map_next(cache->files, &cursor, &facts, &file)) {
		if (!(file & FILE_SEEN))
			continue;
		buf_add_str(out, facts);
		buf_add_u32(out, places[file >> FILE_ENTRY_SHIFT]);
	}
	free(places);
}

void rule_cache_write(const struct rule_cache *cache, struct buf *out)
{
	size_t start = out->len;
	uint64_t sum;

	buf_add(out, MAGIC, 8);
	buf_add_u64(out, build_key());
	buf_add_u64(out, 0);
	write_entries(cache, out);
	write_files(cache, out);
	sum = hash_bytes(out->ptr + start + HEADER_SIZE, out->len - start - HEADER_SIZE);
	memcpy(out->ptr + start + CHECKSUM_AT, &sum, sizeof(sum));
}

static bool is_changed(const struct rule_cache *cache)
{
	return cache->entries.len != cache->loaded || cache->asked.len != cache->loaded ||
	       cache->files_changed || cache->files_seen != map_len(cache->files);
}

int rule_cache_save(const struct rule_cache *cache)
{
	struct buf out = {0};
	int r = ERR_LIMIT;

	if (!cache->path[0] || !is_changed(cache))
		return 0;
	rule_cache_write(cache, &out);
	if (out.len <= RULE_CACHE_SIZE_MAX)
		r = io_replace_file(cache->path, out.ptr, out.len, 0600);
	buf_done(&out);
	return r;
}
