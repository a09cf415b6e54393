/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou audit prove, consistency: proofs as JSON (doc/formats/evidence.md). */
#include <inttypes.h>
#include <string.h>

#include "audit/prove.h"
#include "bin/audit_open.h"

/* Opens what proofs are made of. */
static int open_archive(struct audit_open *open, const char *path, struct audit_archive *archive)
{
	struct audit_call *call = open->call;
	struct err err = {0};
	int status;

	if (argument_next(call->arguments, NULL, &call->cursor))
		return usage_error(call->command, "there are too many words");
	status = audit_open(call, path, "proving", open);
	if (status == EXIT_OK)
		status = audit_open_archive(open);
	if (status != EXIT_OK)
		return status;
	*archive = (struct audit_archive){.folder = open->place.journal,
					  .key = open->key,
					  .heads = &open->heads,
					  .node = open->place.node};
	if (journal_tree_open(archive->folder, archive->key, &archive->tree, &err) < 0)
		return command_failed_err(call->command, &err);
	return EXIT_OK;
}

static int print(const struct audit_open *open, int r, const struct err *err, struct buf *json)
{
	if (r == 0)
		printf("%s\n", buf_cstr(json));
	buf_done(json);
	if (r == 0)
		return EXIT_OK;
	command_failed_err(open->call->command, err);
	return r == ERR_CORRUPT ? EXIT_FINDING : EXIT_FAILED;
}

int audit_word_prove(struct audit_call *call)
{
	const char *text = argument_next(call->arguments, NULL, &call->cursor);
	const char *path = argument_next(call->arguments, NULL, &call->cursor);
	const char *size_text = argument_value(call->arguments, "size", NULL);
	struct audit_open open = {.call = call};
	struct audit_archive archive = {0};
	struct buf json = {0};
	struct err err = {0};
	uint64_t seq, size = 0;
	int status;

	if (!text || str_to_u64(str_from(text), &seq) < 0 || !seq)
		return usage_error(call->command, "prove takes the sequence number of a record");
	if (size_text && (str_to_u64(str_from(size_text), &size) < 0 || !size))
		return usage_error(call->command, "--size takes a number of leaves");
	status = open_archive(&open, path, &archive);
	if (status == EXIT_OK)
		status = audit_open_record(&open, "audit.prove", str_from(text));
	if (status == EXIT_OK)
		status = print(&open, audit_prove_inclusion(&archive, seq, size, &json, &err), &err, &json);
	journal_tree_close(archive.tree);
	audit_open_done(&open);
	return status;
}

/* "latest" is what the newest head covers. */
static int read_size(const struct audit_open *open, const char *text, uint64_t *ret_size)
{
	const struct audit_head *newest = audit_heads_newest(&open->heads);

	if (strcmp(text, "latest") != 0)
		return str_to_u64(str_from(text), ret_size) < 0
			       ? usage_error(open->call->command, "'%s' is neither a size nor 'latest'", text)
			       : EXIT_OK;
	if (!newest)
		return command_failed(open->call->command, "there is no signed head yet");
	*ret_size = newest->head.size;
	return EXIT_OK;
}

int audit_word_consistency(struct audit_call *call)
{
	const char *first_text = argument_next(call->arguments, NULL, &call->cursor);
	const char *second_text = argument_next(call->arguments, NULL, &call->cursor);
	const char *path = argument_next(call->arguments, NULL, &call->cursor);
	struct audit_open open = {.call = call};
	struct audit_archive archive = {0};
	struct buf json = {0};
	struct err err = {0};
	uint64_t first = 0, second = 0;
	int status;

	if (!first_text || !second_text)
		return usage_error(call->command, "consistency takes two sizes of the tree; 'latest' is one");
	status = open_archive(&open, path, &archive);
	if (status == EXIT_OK)
		status = read_size(&open, first_text, &first);
	if (status == EXIT_OK)
		status = read_size(&open, second_text, &second);
	if (status == EXIT_OK)
		status = print(&open, audit_prove_consistency(&archive, first, second, &json, &err), &err,
			       &json);
	journal_tree_close(archive.tree);
	audit_open_done(&open);
	return status;
}
