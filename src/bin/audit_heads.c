/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou audit heads, key: what is signed, and with what. */
#include <inttypes.h>

#include "base/clock.h"
#include "bin/audit_open.h"

static const char *const signatures[] = {
	[AUDIT_SIGNED] = "fine", [AUDIT_UNKNOWN] = "unknown key", [AUDIT_FALSE] = "FALSE"};

static void print_head(const struct audit_open *open, const struct audit_head *head)
{
	char time[CLOCK_TEXT_SIZE], root[SHA256_HEX_SIZE];
	struct buf json = {0};

	clock_format(head->head.time, time);
	hex_encode(head->head.root.bytes, TLOG_HASH_SIZE, root);
	if (!open->json) {
		printf("%s  %12" PRIu64 " leaves  up to record %" PRIu64 "  %s  %s%s\n", time,
		       head->head.size, head->head.seq, root, signatures[head->signature],
		       head->given ? ", given" : "");
		return;
	}
	buf_printf(&json,
		   "{\"time\":\"%s\",\"tree_size\":%" PRIu64 ",\"seq\":%" PRIu64
		   ",\"root\":\"%s\",\"signature\":\"%s\",\"given\":%s,\"file\":",
		   time, head->head.size, head->head.seq, root, signatures[head->signature],
		   head->given ? "true" : "false");
	buf_add_json_string(&json, str_from(open->heads.files.items[head->file]));
	printf("%s}\n", buf_cstr(&json));
	buf_done(&json);
}

static void print_key(const struct audit_open *open, const struct audit_key *key)
{
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];
	struct buf pem = {0}, json = {0};
	const char *algorithm = tlog_algorithm_name(tlog_key_algorithm(key->key));

	tlog_key_fingerprint(key->key, digest);
	hex_encode(digest, sizeof(digest), hex);
	tlog_key_public_pem(key->key, &pem);
	if (open->json) {
		buf_printf(&json, "{\"algorithm\":\"%s\",\"sha256\":\"%s\",\"pem\":", algorithm, hex);
		buf_add_json_string(&json, buf_str(&pem));
		printf("%s}\n", buf_cstr(&json));
	} else {
		printf("%s, SHA-256 of the key %s\n%s", algorithm, hex, buf_cstr(&pem));
	}
	buf_done(&pem);
	buf_done(&json);
}

static int open_for(struct audit_call *call, struct audit_open *open)
{
	const char *path = argument_next(call->arguments, NULL, &call->cursor);

	if (argument_next(call->arguments, NULL, &call->cursor))
		return usage_error(call->command, "there are too many words");
	return audit_open(call, path, "reading", open);
}

int audit_word_heads(struct audit_call *call)
{
	struct audit_open open = {.call = call};
	int status = open_for(call, &open);

	if (status == EXIT_OK)
		status = audit_open_archive(&open);
	for (size_t i = 0; status == EXIT_OK && i < open.heads.len; i++)
		print_head(&open, &open.heads.items[i]);
	if (status == EXIT_OK && open.problems)
		status = EXIT_FINDING;
	audit_open_done(&open);
	return status;
}

int audit_word_key(struct audit_call *call)
{
	struct audit_open open = {.call = call};
	int status = open_for(call, &open);

	if (status == EXIT_OK && !open.heads.key_count)
		status = command_failed(call->command,
					"there is no key in %s yet; it is made at the first start",
					open.place.sealed);
	for (size_t i = 0; status == EXIT_OK && i < open.heads.key_count; i++)
		print_key(&open, &open.heads.keys[i]);
	audit_open_done(&open);
	return status;
}
