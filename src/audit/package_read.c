/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass over the file. The manifest comes first and says what follows; heads and
 * keys come before what they prove. Records are followed while they are decompressed,
 * led by the proofs, which wait in a temporary file.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/package_follow.h"
#include "audit/private.h"
#include "base/arena.h"
#include "base/json.h"

#define CHUNK (256 * 1024)
#define FILES_MAX 64
#define MEMBER_MAX (UINT64_C(1) << 46)

struct listed {
	struct audit_package_file file;
	bool seen;
};

struct package {
	struct archive *archive;
	const struct audit_report *report;
	struct audit_package_summary *summary;
	struct audit_heads *heads;
	struct listed files[FILES_MAX];
	size_t file_count;
	uint64_t records; /* that the manifest promises */
	bool has_node;
	uint8_t node[TLOG_NODE_SIZE];
	struct buf heads_text;
	struct audit_spool proofs;
	struct package_follow *follow;
};

static void complain(struct package *package, const char *file, const char *text)
{
	struct audit_problem problem = {.kind = AUDIT_PACKAGE};

	snprintf(problem.file, sizeof(problem.file), "%.200s", file);
	audit_tell(package->report, problem, "%.200s", text);
}

/* -- the manifest -------------------------------------------------------------------------------------- */

static int read_listed(const struct json_node *node, struct listed *ret_listed)
{
	const struct json_node *name = json_get(node, STR("name")), *bytes = json_get(node, STR("bytes")),
			       *hash = json_get(node, STR("sha256"));
	struct listed listed = {0};

	if (!name || name->type != JSON_STRING || name->len >= sizeof(listed.file.name) || !bytes ||
	    bytes->type != JSON_NUMBER ||
	    str_to_u64(str_of(bytes->text, bytes->len), &listed.file.bytes) < 0 ||
	    listed.file.bytes > MEMBER_MAX || !hash || hash->type != JSON_STRING ||
	    hex_decode(str_of(hash->text, hash->len), listed.file.sha256, SHA256_SIZE) < 0)
		return ERR_SYNTAX;
	memcpy(listed.file.name, name->text, name->len);
	*ret_listed = listed;
	return 0;
}

static bool is_text(const struct json_node *node, struct str text)
{
	return node && node->type == JSON_STRING && str_eq(str_of(node->text, node->len), text);
}

static int read_manifest_nodes(struct package *package, const struct json_node *root, struct err *ret_err)
{
	const struct json_node *version = json_get(root, STR("version")),
			       *origin = json_get(root, STR("origin")), *files = json_get(root, STR("files")),
			       *records = json_get(root, STR("records"));
	uint64_t number = 0;

	if (root->type != JSON_OBJECT || !is_text(json_get(root, STR("format")), STR("wanglou-evidence")))
		return err_set(ret_err, ERR_UNKNOWN, 0, 0, "this is no evidence package");
	if (!version || str_to_u64(str_of(version->text, version->len), &number) < 0 ||
	    number != AUDIT_PACKAGE_VERSION)
		return err_set(ret_err, ERR_VERSION, 0, 0,
			       "the package has version %" PRIu64 " of the format; this program reads %d",
			       number, AUDIT_PACKAGE_VERSION);
	if (origin && origin->type == JSON_STRING && origin->len > 8 &&
	    hex_decode(str_of(origin->text + 8, origin->len - 8), package->node, TLOG_NODE_SIZE) == 0)
		package->has_node = true;
	if (!records || str_to_u64(str_of(records->text, records->len), &package->records) < 0 || !files ||
	    files->type != JSON_ARRAY || files->count > FILES_MAX)
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "the manifest is incomplete");
	for (const struct json_node *node = json_first(files); node; node = json_next(files, node))
		if (read_listed(node, &package->files[package->file_count++]) < 0)
			return err_set(ret_err, ERR_SYNTAX, 0, 0, "the manifest's list of files is damaged");
	return 0;
}

static int read_manifest(struct package *package, struct str text, struct err *ret_err)
{
	struct json_parser *parser = json_parser_new();
	const struct json_node *root;
	int r;

	if (json_parse(parser, text, &root, NULL) < 0)
		r = err_set(ret_err, ERR_UNKNOWN, 0, 0, "this is no evidence package: no manifest");
	else
		r = read_manifest_nodes(package, root, ret_err);
	json_parser_free(parser);
	return r;
}

/* -- members ------------------------------------------------------------------------------------------- */

/* Where a member's bytes go, in pieces. */
typedef int take_piece(struct package *package, struct str piece);

static int take_heads(struct package *package, struct str piece)
{
	if (package->heads_text.len + piece.len > AUDIT_HEADS_TEXT_MAX)
		return ERR_LIMIT;
	buf_add_str(&package->heads_text, piece);
	return 0;
}

static int take_proofs(struct package *package, struct str piece)
{
	return audit_spool_add(&package->proofs, piece);
}

static int take_records(struct package *package, struct str piece)
{
	return package_follow_add(package->follow, piece);
}

static int take_nothing(struct package *package, struct str piece)
{
	(void)package, (void)piece;
	return 0;
}

/* Reads a member to its end. -EIO where the archive is cut off or damaged. */
static int read_member(struct package *package, take_piece *take, uint64_t max, uint64_t *ret_bytes,
		       uint8_t ret_sha256[SHA256_SIZE])
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	struct buf chunk = {0};
	uint64_t bytes = 0;
	ssize_t n = 0;
	int r = 0;

	must(hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1);
	buf_reserve(&chunk, CHUNK);
	while (r == 0 && (n = archive_read_data(package->archive, chunk.ptr, CHUNK)) > 0) {
		bytes += (uint64_t)n;
		must(EVP_DigestUpdate(hash, chunk.ptr, (size_t)n) == 1);
		r = bytes > max ? ERR_LIMIT : take(package, str_of(chunk.ptr, (size_t)n));
	}
	if (n < 0 && r == 0)
		r = -EIO;
	must(EVP_DigestFinal_ex(hash, ret_sha256, NULL) == 1);
	EVP_MD_CTX_free(hash);
	buf_done(&chunk);
	*ret_bytes = bytes;
	return r;
}

static int start_records(struct package *package, struct err *ret_err)
{
	int r = audit_spool_finish(&package->proofs);

	audit_heads_add_text(package->heads, buf_str(&package->heads_text), MEMBER_HEADS, false,
			     package->report, ret_err);
	audit_heads_check(package->heads, package->has_node ? package->node : NULL, package->report);
	package->follow =
		package_follow_new(&package->proofs, package->heads, package->report, package->summary);
	return r;
}

/* Where no key is given, the package's own count; that is said where heads are listed. */
static int take_key(struct package *package, const char *name, uint64_t *ret_bytes,
		    uint8_t ret_sha256[SHA256_SIZE])
{
	int r;

	buf_clear(&package->heads_text);
	r = read_member(package, take_heads, 64 * 1024, ret_bytes, ret_sha256);
	if (r == 0 && audit_heads_add_key_text(package->heads, buf_str(&package->heads_text), name, NULL) < 0)
		complain(package, name, "this is no public key");
	buf_clear(&package->heads_text);
	return r;
}

static int take_member(struct package *package, const struct listed *listed, uint64_t *ret_bytes,
		       uint8_t ret_sha256[SHA256_SIZE], struct err *ret_err)
{
	const char *name = listed->file.name;
	uint64_t max = listed->file.bytes;
	int r;

	if (package->follow) /* nothing counts that comes behind the records */
		return read_member(package, take_nothing, max, ret_bytes, ret_sha256);
	if (strncmp(name, "key-", 4) == 0)
		return take_key(package, name, ret_bytes, ret_sha256);
	if (strcmp(name, MEMBER_HEADS) == 0)
		return read_member(package, take_heads, max, ret_bytes, ret_sha256);
	if (strcmp(name, MEMBER_PROOFS) == 0)
		return read_member(package, take_proofs, max < AUDIT_PROOFS_MAX ? max : AUDIT_PROOFS_MAX,
				   ret_bytes, ret_sha256);
	if (strcmp(name, MEMBER_RECORDS) != 0)
		return read_member(package, take_nothing, max, ret_bytes, ret_sha256);
	r = start_records(package, ret_err);
	return r < 0 ? r : read_member(package, take_records, max, ret_bytes, ret_sha256);
}

static struct listed *find_listed(struct package *package, const char *name)
{
	for (size_t i = 0; i < package->file_count; i++)
		if (strcmp(package->files[i].file.name, name) == 0)
			return &package->files[i];
	return NULL;
}

static int one_member(struct package *package, struct archive_entry *entry, struct err *ret_err)
{
	const char *name = archive_entry_pathname(entry);
	struct listed *listed = name ? find_listed(package, name) : NULL;
	uint8_t digest[SHA256_SIZE];
	uint64_t bytes;
	int r;

	if (!listed || listed->seen) {
		complain(package, name ? name : "?", "the manifest does not list this file, or only once");
		return 0;
	}
	listed->seen = true;
	r = take_member(package, listed, &bytes, digest, ret_err);
	if (r == -EIO || r == ERR_LIMIT)
		complain(package, name, "the file is cut off, damaged or longer than the manifest says");
	else if (r == 0 &&
		 (bytes != listed->file.bytes || memcmp(digest, listed->file.sha256, SHA256_SIZE) != 0))
		complain(package, name, "the file is not the one of the manifest");
	return r == ERR_LIMIT ? 0 : r;
}

/* -- the file ------------------------------------------------------------------------------------------ */

static int open_package(const char *path, struct package *package, struct err *ret_err)
{
	struct archive_entry *entry;
	struct buf text = {0};
	ssize_t n = 0;
	int r;

	package->archive = archive_read_new();
	must(package->archive);
	archive_read_support_filter_zstd(package->archive);
	archive_read_support_format_tar(package->archive);
	if (archive_read_open_filename(package->archive, path, CHUNK) != ARCHIVE_OK ||
	    archive_read_next_header(package->archive, &entry) != ARCHIVE_OK ||
	    !archive_entry_pathname(entry) || strcmp(archive_entry_pathname(entry), MEMBER_MANIFEST) != 0)
		return err_set(ret_err, ERR_UNKNOWN, 0, 0,
			       "%s is no evidence package (a .tar.zst that begins with " MEMBER_MANIFEST ")",
			       path);
	while (text.len <= AUDIT_MANIFEST_MAX &&
	       (n = archive_read_data(package->archive, buf_reserve(&text, CHUNK), CHUNK)) > 0)
		text.len += (size_t)n;
	if (n < 0 || text.len > AUDIT_MANIFEST_MAX)
		r = err_set(ret_err, ERR_CORRUPT, 0, 0, "%s: the manifest cannot be read", path);
	else
		r = read_manifest(package, buf_str(&text), ret_err);
	buf_done(&text);
	return r;
}

static void finish(struct package *package)
{
	for (size_t i = 0; i < package->file_count; i++)
		if (!package->files[i].seen)
			complain(package, package->files[i].file.name, "the file is missing");
	if (package->follow) {
		package_follow_end(package->follow);
		if (package->summary->records != package->records)
			complain(package, MEMBER_RECORDS,
				 "there are not as many records as the manifest says");
	}
}

struct counter {
	const struct audit_report *report;
	struct audit_package_summary *summary;
};

static void count_problem(void *context, const struct audit_problem *problem)
{
	struct counter *counter = context;

	counter->summary->problems += !problem->expected;
	counter->report->problem(counter->report->context, problem);
}

int audit_package_verify(const char *path, struct audit_heads *heads, const struct audit_report *report,
			 struct audit_package_summary *ret_summary, struct err *ret_err)
{
	struct audit_package_summary summary = {0};
	struct counter counter = {report, &summary};
	const struct audit_report counting = {.problem = count_problem, .context = &counter};
	struct package *package = calloc(1, sizeof(*package));
	struct archive_entry *entry;
	int r, status = ARCHIVE_OK;

	must(package);
	package->report = &counting;
	package->summary = &summary;
	package->heads = heads;
	r = audit_spool_open("/tmp", &package->proofs);
	if (r < 0)
		err_set(ret_err, r, 0, 0, "/tmp: %s", err_text(r));
	else
		r = open_package(path, package, ret_err);
	while (r == 0 && (status = archive_read_next_header(package->archive, &entry)) == ARCHIVE_OK)
		r = one_member(package, entry, ret_err);
	if (r == -EIO || (r == 0 && status != ARCHIVE_EOF)) {
		complain(package, "", "the file is cut off or damaged");
		r = 0;
	}
	if (r == 0)
		finish(package);
	package_follow_free(package->follow);
	audit_spool_close(&package->proofs);
	buf_done(&package->heads_text);
	archive_read_free(package->archive);
	free(package);
	*ret_summary = summary;
	return r;
}
